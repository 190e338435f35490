/* Makes the calls that its arguments name, one after the other on one client, and prints the outcome of each as lines.

   do=STEP,STEP...   status wait events result bytes download submit (upload=PATH) · trigger (the token) fresh (a new token) await (a signal)
   job=ID file=PATH timeout=MS cancel=signal mark=PATH mark_log=TEXT
   and the client's options: see `numbers` and `texts`. */
#define _GNU_SOURCE
#include "check.h"
#include "lookup.h"

#include <pthread.h>

static char **arguments;
static nitro_cancel_t *cancel;

/* The value of the n-th argument NAME=VALUE, from 0; NULL if there are not so many. */
static const char *nth(const char *name, size_t n) {
    size_t length = strlen(name);
    char **each;
    for (each = arguments; *each; each++)
        if (strncmp(*each, name, length) == 0 && (*each)[length] == '=' && n-- == 0) return *each + length + 1;
    return NULL;
}

static const char *given(const char *name) { return nth(name, 0); }

static int64_t number(const char *name, int64_t default_value) {
    return given(name) ? strtoll(given(name), NULL, 10) : default_value;
}

/* One line: NAME TEXT. */
static void print_text(const char *name, const char *text) {
    printf("%s ", name);
    for (; text && *text; text++) putchar(*text == '\n' || *text == '\r' ? ' ' : *text);
    putchar('\n');
}

static void print_number(const char *name, long long value) { printf("%s %lld\n", name, value); }

/* Creates the file that the test waits for. */
static void mark(void) {
    FILE *file = given("mark") ? fopen(given("mark"), "w") : NULL;
    if (file) fclose(file);
}

static void on_hang(void) { mark(); }

static void on_log(int32_t level, const char *message, void *user_data) {
    (void)user_data;
    CHECK(level >= NITRO_LOG_WARN && level <= NITRO_LOG_DEBUG);
    print_text("log", message);
    if (given("mark_log") && strstr(message, given("mark_log"))) mark();
}

static int32_t on_progress(const nitro_status_t *status, void *user_data) {
    (void)user_data;
    print_text("progress", nitro_status_name(status));
    if (!given("mark_log")) mark();
    return 0;
}

static int32_t on_bytes(const uint8_t *data, size_t length, void *user_data) {
    *(uint64_t *)user_data += length;
    CHECK(data != NULL);
    mark();
    return 0;
}

static int32_t on_upload(int64_t sent, int64_t total, void *user_data) {
    (void)user_data;
    CHECK(sent >= 0 && (total == -1 || sent <= total));
    if (sent > 0) mark();
    return 0;
}

static void *cancel_on_signal(void *unused) {
    await_signal();
    nitro_cancel_trigger(cancel);
    return unused;
}

static char *read_text(const char *path) {
    size_t size;
    char *text = (char *)read_file(path, &size);
    text[size] = '\0';
    return text;
}

typedef nitro_code_t (*set_number)(nitro_options_t *, int64_t, nitro_error_t **);
typedef nitro_code_t (*set_text)(nitro_options_t *, const char *, nitro_error_t **);

static const struct {
    const char *name;
    set_number set;
} numbers[] = {
    {"connect", nitro_options_set_connect_timeout_ms}, {"idle", nitro_options_set_idle_timeout_ms},
    {"min_rate", nitro_options_set_min_rate},          {"call", nitro_options_set_call_timeout_ms},
    {"wait", nitro_options_set_wait_timeout_ms},       {"retry_cap", nitro_options_set_retry_cap_ms},
};

static const struct {
    const char *name;
    set_text set;
} texts[] = {
    {"ca_file", nitro_options_add_ca_file},
    {"proxy", nitro_options_set_proxy},
    {"no_proxy", nitro_options_set_no_proxy},
    {"trusted", nitro_options_add_trusted_origin},
};

static void report(nitro_code_t code);

/* Ends the run with a report if a setter rejects its value. */
static void require_ok(nitro_code_t code) {
    if (code == NITRO_OK) return;
    report(code);
    exit(end());
}

static void set_all(nitro_options_t *options) {
    size_t i, n;
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (given(numbers[i].name)) OK(numbers[i].set(options, number(numbers[i].name, 0), &err));
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        for (n = 0; nth(texts[i].name, n); n++) require_ok(texts[i].set(options, nth(texts[i].name, n), &err));
    if (given("retries")) OK(nitro_options_set_retries(options, (int32_t)number("retries", 0), &err));
    if (given("poll")) OK(nitro_options_set_poll_interval_ms(options, number("poll", 0), number("poll", 0), &err));
    if (given("only_ca")) OK(nitro_options_set_only_added_ca(options, 1, &err));
    if (given("proxy_env")) OK(nitro_options_set_proxy_from_env(options, &err));
    for (n = 0; nth("ca", n); n++) {
        char *pem = read_text(nth("ca", n));
        OK(nitro_options_add_ca_pem(options, pem, &err));
        free(pem);
    }
    if (given("cert")) {
        char *chain = read_text(given("cert")), *key = read_text(arg("key"));
        OK(nitro_options_set_client_certificate_pem(options, chain, key, &err));
        free(chain);
        free(key);
    }
    if (!given("quiet")) OK(nitro_options_set_log(options, on_log, NULL, &err));
}

/* Prints the outcome of a call: its code and every field of its error. */
static void report(nitro_code_t code) {
    const char *found;
    CHECK((err != NULL) == (code != NITRO_OK));
    print_text("code", nitro_code_name(code));
    if (!err) return;
    CHECK_NUMBER(nitro_error_code(err), code);
    print_text("message", nitro_error_message(err));
    print_number("limit", nitro_error_limit(err));
    print_number("http", nitro_error_http_status(err));
    print_number("retryable", nitro_error_is_retryable(err));
    print_number("retry_after", nitro_error_retry_after_ms(err));
    if ((found = nitro_error_reference_id(err))) print_text("reference", found);
    if ((found = nitro_error_problem_type(err))) print_text("type", found);
    if ((found = nitro_error_problem_title(err))) print_text("title", found);
    if ((found = nitro_error_problem_detail(err))) print_text("detail", found);
    if ((found = nitro_error_problem_json(err))) print_text("problem", found);
    if ((found = nitro_error_ticket_json(err))) print_text("ticket", found);
    err_forget();
}

static void print_status(nitro_status_t *status) {
    if (status) print_text("status", nitro_status_name(status));
    nitro_status_free(status);
}

/* Requests events until the last one or an error. */
static nitro_code_t all_events(const nitro_job_t *job) {
    nitro_events_t *events = NULL;
    nitro_status_t *status = NULL;
    nitro_code_t code;
    OK(nitro_job_events(job, &events, &err));
    for (;;) {
        code = nitro_events_next(events, cancel, number("timeout", -1), &status, &err);
        if (code != NITRO_OK || !status) break;
        print_text("event", nitro_status_name(status));
        nitro_status_free(status);
        mark();
    }
    nitro_events_free(events);
    return code;
}

static nitro_code_t submit(const nitro_client_t *client) {
    nitro_submission_t *submission = NULL;
    nitro_job_t *job = NULL;
    nitro_code_t code;
    OK(nitro_submission_new("transformations", "compress", &submission, &err));
    OK(nitro_submission_add_file(submission, arg("upload"), "application/pdf", &err));
    code = nitro_client_submit(client, submission, on_upload, NULL, cancel, number("timeout", -1), &job, &err);
    CHECK((job != NULL) == (code == NITRO_OK));
    if (err) print_number("uncertain", nitro_error_is_uncertain(err));
    nitro_job_free(job);
    nitro_submission_free(submission);
    return code;
}

static void step(const char *what, const nitro_client_t *client, const nitro_job_t *job) {
    int64_t timeout = number("timeout", -1);
    nitro_code_t code;
    if (strcmp(what, "await") == 0) {
        await_signal();
    } else if (strcmp(what, "trigger") == 0) {
        nitro_cancel_trigger(cancel);
    } else if (strcmp(what, "fresh") == 0) {
        nitro_cancel_free(cancel);
        cancel = nitro_cancel_new();
    } else if (strcmp(what, "status") == 0) {
        nitro_status_t *status = NULL;
        code = nitro_job_status(job, cancel, timeout, &status, &err);
        print_status(status);
        report(code);
    } else if (strcmp(what, "wait") == 0) {
        nitro_status_t *status = NULL;
        code = nitro_job_wait(job, on_progress, NULL, cancel, timeout, &status, &err);
        print_status(status);
        report(code);
    } else if (strcmp(what, "events") == 0) {
        report(all_events(job));
    } else if (strcmp(what, "result") == 0) {
        nitro_result_t *result = NULL;
        report(nitro_job_result(job, cancel, timeout, &result, &err));
        CHECK(given("quiet") || !result || nitro_result_kind(result) >= 0);
        nitro_result_free(result);
    } else if (strcmp(what, "bytes") == 0) {
        uint64_t seen = 0, bytes = 0;
        code = nitro_job_result_bytes(job, on_bytes, &seen, cancel, timeout, &bytes, NULL, &err);
        print_number("bytes", (long long)bytes);
        CHECK(code != NITRO_OK || bytes == seen);
        report(code);
    } else if (strcmp(what, "download") == 0) {
        char *saved = NULL;
        code = nitro_job_download(job, arg("file"), NITRO_EXISTING_REPLACE, NULL, NULL, cancel, timeout, &saved, &err);
        if (saved) print_text("saved", saved);
        nitro_string_free(saved);
        report(code);
    } else if (strcmp(what, "submit") == 0) {
        report(submit(client));
    } else {
        CHECK(!"an unknown step");
    }
}

int main(int argc, char **argv) {
    nitro_options_t *options = nitro_options_new();
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_code_t code;
    char *steps, *what, *ticket = NULL;
    pthread_t waiting;

    begin(argc, argv);
    arguments = argv + 3;
    setvbuf(stdout, NULL, _IOLBF, 0);
    OK(nitro_options_set_base_url(options, base_url, &err));
    OK(nitro_options_set_token(options, token, &err));
    set_all(options);
    code = nitro_client_new(options, &client, &err);
    nitro_options_free(options);
    if (code != NITRO_OK) {
        report(code);
        return end();
    }
    cancel = nitro_cancel_new();
    job = job_named(client, "job");
    if (given("cancel")) CHECK(pthread_create(&waiting, NULL, cancel_on_signal, NULL) == 0);
    steps = malloc(strlen(arg("do")) + 1);
    CHECK(steps != NULL);
    strcpy(steps, arg("do"));
    for (what = strtok(steps, ","); what; what = strtok(NULL, ",")) step(what, client, job);
    if (given("cancel")) pthread_join(waiting, NULL);
    OK(nitro_job_json(job, &ticket, NULL, &err));
    print_text("ticket", ticket);
    print_number("lookups", COUNTED(lookups));
    nitro_string_free(ticket);
    free(steps);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_cancel_free(cancel);
    return end();
}
