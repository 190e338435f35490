/* Panics inside the library, which it catches: the call returns a code, nothing is printed, the next call works. The panics
 * need no special build: this program replaces system functions with ones whose results no system returns. A clock that
 * fails and a read of more bytes than requested panic at once.
 * Arguments: job and other, completed ones of one file; folder, to save to; named, the service's URL with a host name. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The clock fails at this call of the main thread, or of any other thread; the read fails at this call of any other thread;
 * 0 is never. */
static __thread long clock_fails_at;
static long clock_fails_elsewhere_at, read_fails_at;
static int lookup_fails;
static pthread_t caller;

static int clock_fails(void) {
    if (!pthread_equal(caller, pthread_self()))
        return __atomic_load_n(&clock_fails_elsewhere_at, __ATOMIC_SEQ_CST) > 0 &&
               __atomic_sub_fetch(&clock_fails_elsewhere_at, 1, __ATOMIC_SEQ_CST) == 0;
    return clock_fails_at && --clock_fails_at == 0;
}

int clock_gettime(clockid_t which, struct timespec *now) {
    if (which == CLOCK_MONOTONIC && clock_fails()) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_clock_gettime, which, now);
}

ssize_t recv(int fd, void *buffer, size_t length, int flags) {
    if (!(flags & MSG_PEEK) && !pthread_equal(caller, pthread_self()) && __sync_bool_compare_and_swap(&read_fails_at, 1, 0))
        return (ssize_t)length + 1;
    return syscall(SYS_recvfrom, fd, buffer, length, flags, NULL, NULL);
}

/* The only address that a lookup returns. In a lookup that must fail, its length is too short for an address. */
static struct sockaddr_storage loopback;
static struct addrinfo address = {0, AF_INET, SOCK_STREAM, 0, sizeof(struct sockaddr_in), NULL, NULL, NULL};

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    static const unsigned char local_address[] = {127, 0, 0, 1};
    (void)name;
    (void)service;
    (void)hints;
    loopback.ss_family = AF_INET;
    /* After family and port. */
    memcpy((char *)&loopback + 4, local_address, sizeof local_address);
    address.ai_addr = (struct sockaddr *)&loopback;
    address.ai_addrlen = __atomic_load_n(&lookup_fails, __ATOMIC_SEQ_CST) ? 1 : sizeof(struct sockaddr_in);
    *found = &address;
    return 0;
}

void freeaddrinfo(struct addrinfo *found) { CHECK(found == &address); }

static nitro_client_t *client;
static nitro_job_t *job;
static nitro_watch_t *watch;
static nitro_submission_t *submission;
static char path[4096];

static int32_t ignore(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    (void)length;
    (void)user_data;
    return 0;
}

static nitro_code_t status(void) {
    nitro_status_t *status = NULL;
    nitro_code_t code = nitro_job_status(job, NULL, -1, &status, &err);
    nitro_status_free(status);
    return code;
}

static nitro_code_t wait(void) { return nitro_job_wait(job, NULL, NULL, NULL, 0, NULL, &err); }

static nitro_code_t result(void) {
    nitro_result_t *result = NULL;
    nitro_code_t code = nitro_job_result(job, NULL, -1, &result, &err);
    nitro_result_free(result);
    return code;
}

static nitro_code_t bytes(void) { return nitro_job_result_bytes(job, ignore, NULL, NULL, -1, NULL, NULL, &err); }

static nitro_code_t download(void) {
    return nitro_job_download(job, path, NITRO_EXISTING_REPLACE, NULL, NULL, NULL, -1, NULL, &err);
}

static nitro_code_t download_all(void) {
    return nitro_job_download_all(job, arg("folder"), NITRO_EXISTING_REPLACE, NULL, NULL, NULL, -1, NULL, &err);
}

static nitro_code_t submit(void) {
    nitro_job_t *job = NULL;
    nitro_code_t code = nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err);
    nitro_job_free(job);
    return code;
}

static nitro_code_t run(void) {
    return nitro_client_run(client, submission, path, NITRO_EXISTING_REPLACE, NULL, NULL, NULL, 0, NULL, NULL, &err);
}

static nitro_events_t *events;

/* The final state, or nothing after it. */
static nitro_code_t next_state(void) {
    nitro_status_t *status = NULL;
    nitro_code_t code;
    if (!events) OK(nitro_job_events(job, &events, &err));
    code = nitro_events_next(events, NULL, 0, &status, &err);
    nitro_status_free(status);
    if (code == NITRO_OK) {
        nitro_events_free(events);
        events = NULL;
    }
    return code;
}

static nitro_code_t add(void) { return nitro_watch_add(watch, job, NULL, NULL, &err); }

/* Makes each clock call of `call` fail in turn, until there is no further one. */
static void at_each_clock_call(const char *what, nitro_code_t (*call)(void)) {
    long number, failed = 0;
    for (number = 1;; number++) {
        nitro_code_t code;
        err_forget();
        clock_fails_at = number;
        code = call();
        if (clock_fails_at) break;
        /* A pooled connection whose age cannot be read is only dropped. */
        if (code == NITRO_OK) continue;
        failed++;
        check_code(__FILE__, __LINE__, what, code, NITRO_E_INTERNAL);
        /* The same handles. */
        err_forget();
        check_code(__FILE__, __LINE__, what, call(), NITRO_OK);
    }
    clock_fails_at = 0;
    CHECK(failed > 0);
}

/* The code of the last event of the only job of the watch. */
static nitro_code_t last_code(void) {
    nitro_watch_event_t *event = NULL;
    nitro_code_t code = NITRO_OK;
    int last = 0;
    while (!last) {
        OK(nitro_watch_next(watch, NULL, 30000, &event, &err));
        CHECK(event != NULL);
        last = nitro_watch_event_is_last(event);
        code = nitro_watch_event_code(event);
        nitro_watch_event_free(event);
    }
    OK(nitro_watch_next(watch, NULL, 0, &event, &err));
    CHECK(event == NULL);
    return code;
}

static void ends_with(nitro_code_t code) { CHECK_NUMBER(last_code(), code); }

static void in_a_watch_thread(void) {
    int round;
    for (round = 0; round < 3; round++) {
        __atomic_store_n(&read_fails_at, 1, __ATOMIC_SEQ_CST);
        OK(add());
        ends_with(NITRO_E_INTERNAL);
        CHECK_NUMBER(__atomic_load_n(&read_fails_at, __ATOMIC_SEQ_CST), 0);
        OK(add());
        ends_with(NITRO_OK);
    }
}

/* At any point: while the thread takes a job from the queue, requests its status, or puts it back. */
static void at_each_clock_call_of_a_watch_thread(void) {
    long number, failed = 0, left = 0;
    for (number = 1; left == 0; number++) {
        nitro_code_t code;
        __atomic_store_n(&clock_fails_elsewhere_at, number, __ATOMIC_SEQ_CST);
        OK(add());
        code = last_code();
        left = __atomic_exchange_n(&clock_fails_elsewhere_at, 0, __ATOMIC_SEQ_CST);
        CHECK(code == NITRO_E_INTERNAL || code == NITRO_OK);
        failed += code != NITRO_OK;
    }
    CHECK(failed > 0);
}

static void in_a_lookup_thread(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *named;
    nitro_job_t *saved = job;
    OK(nitro_options_set_base_url(options, arg("named"), &err));
    named = client_with(options);
    job = job_named(named, "job");
    __atomic_store_n(&lookup_fails, 1, __ATOMIC_SEQ_CST);
    FAILS(status(), NITRO_E_INTERNAL);
    FAILS(status(), NITRO_E_INTERNAL);
    __atomic_store_n(&lookup_fails, 0, __ATOMIC_SEQ_CST);
    OK(status());
    nitro_job_free(job);
    nitro_client_free(named);
    job = saved;
}

int main(int argc, char **argv) {
    caller = pthread_self();
    begin(argc, argv);
    client = some_client();
    job = job_named(client, "job");
    snprintf(path, sizeof path, "%s/one.pdf", arg("folder"));
    OK(nitro_submission_new("transformations", "flatten", &submission, &err));
    OK(nitro_submission_add_bytes(submission, "a.pdf", NULL, (const uint8_t *)"%PDF-1.7", 8, &err));
    at_each_clock_call("status", status);
    at_each_clock_call("wait", wait);
    at_each_clock_call("result", result);
    at_each_clock_call("bytes", bytes);
    at_each_clock_call("download", download);
    at_each_clock_call("download_all", download_all);
    at_each_clock_call("submit", submit);
    at_each_clock_call("run", run);
    at_each_clock_call("next_state", next_state);
    nitro_events_free(events);

    OK(nitro_watch_new(client, 1, 0.0, &watch, &err));
    in_a_watch_thread();
    at_each_clock_call_of_a_watch_thread();
    at_each_clock_call("add", add);
    ends_with(NITRO_OK);
    nitro_watch_free(watch);
    in_a_lookup_thread();

    nitro_submission_free(submission);
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}
