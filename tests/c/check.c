#include "check.h"

nitro_error_t *err;
const char *base_url;
const char *token;

static char **arguments;

static void fail(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: %s", file, line, what);
}

void begin(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: %s BASE_URL TOKEN [NAME=VALUE]...\n", argv[0]);
        exit(2);
    }
    base_url = argv[1];
    token = argv[2];
    arguments = argv + 3;
}

int end(void) {
    err_forget();
    return 0;
}

const char *arg(const char *name) {
    size_t length = strlen(name);
    char **each;
    for (each = arguments; *each; each++) {
        if (strncmp(*each, name, length) == 0 && (*each)[length] == '=') return *each + length + 1;
    }
    fprintf(stderr, "the argument %s=... is missing\n", name);
    exit(2);
}

nitro_options_t *some_options(void) {
    nitro_options_t *options = nitro_options_new();
    CHECK(options != NULL);
    OK(nitro_options_set_base_url(options, base_url, &err));
    OK(nitro_options_set_token(options, token, &err));
    OK(nitro_options_set_poll_interval_ms(options, 20, 100, &err));
    return options;
}

nitro_client_t *client_with(nitro_options_t *options) {
    nitro_client_t *client = NULL;
    OK(nitro_client_new(options, &client, &err));
    CHECK(client != NULL);
    nitro_options_free(options);
    return client;
}

nitro_client_t *some_client(void) { return client_with(some_options()); }

nitro_job_t *job_of(const nitro_client_t *client, const char *id) {
    nitro_job_t *job = NULL;
    OK(nitro_job_from_id(client, id, &job, &err));
    CHECK(job != NULL);
    return job;
}

nitro_job_t *job_named(const nitro_client_t *client, const char *name) { return job_of(client, arg(name)); }

unsigned char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    unsigned char *bytes;
    long length;
    if (!file || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
        perror(path);
        exit(1);
    }
    rewind(file);
    *size = (size_t)length;
    bytes = malloc(*size + 1);
    CHECK(bytes != NULL && fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

int file_exists(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file) fclose(file);
    return file != NULL;
}

void await_signal(void) {
    int read = getchar();
    while (read != '\n' && read != EOF) read = getchar();
    CHECK(read == '\n');
}

void err_forget(void) {
    nitro_error_free(err);
    err = NULL;
}

void check_that(const char *file, int line, const char *what, int condition) {
    if (condition) return;
    fail(file, line, what);
    fprintf(stderr, " is false\n");
    exit(1);
}

void check_text(const char *file, int line, const char *what, const char *actual, const char *expected) {
    if (actual && expected ? strcmp(actual, expected) == 0 : actual == expected) return;
    fail(file, line, what);
    fprintf(stderr, " is \"%s\" and not \"%s\"\n", actual ? actual : "(NULL)", expected ? expected : "(NULL)");
    exit(1);
}

void check_holds(const char *file, int line, const char *what, const char *text, const char *part) {
    if (text && strstr(text, part)) return;
    fail(file, line, what);
    fprintf(stderr, " is \"%s\", which does not contain \"%s\"\n", text ? text : "(NULL)", part);
    exit(1);
}

void check_number(const char *file, int line, const char *what, long long actual, long long expected) {
    if (actual == expected) return;
    fail(file, line, what);
    fprintf(stderr, " is %lld and not %lld\n", actual, expected);
    exit(1);
}

void check_code(const char *file, int line, const char *call, nitro_code_t actual, nitro_code_t expected) {
    if (actual != expected) {
        fail(file, line, call);
        fprintf(stderr, " returned %s and not %s: %s\n", nitro_code_name(actual), nitro_code_name(expected),
                nitro_error_message(err));
        exit(1);
    }
    check_that(file, line, "there is an error exactly if the call failed", (err != NULL) == (actual != NITRO_OK));
    check_number(file, line, "nitro_error_code(err)", nitro_error_code(err), actual);
    check_that(file, line, "an error has a message", actual == NITRO_OK || *nitro_error_message(err) != '\0');
    check_that(file, line, "an error does not contain the token", !strstr(nitro_error_message(err), token));
    check_that(file, line, "a problem does not contain the token",
               !nitro_error_problem_json(err) || !strstr(nitro_error_problem_json(err), token));
    check_that(file, line, "a ticket does not contain the token",
               !nitro_error_ticket_json(err) || !strstr(nitro_error_ticket_json(err), token));
}
