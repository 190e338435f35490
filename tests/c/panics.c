/* Defects inside the library, which it catches: a code comes back, nothing is printed, the next call works. They are made
 * without a library of another kind: this program's own system functions, which the library finds before the system's,
 * answer what no system answers. A clock that stops and a read of more than was asked for are panics at once.
 * Arguments: job and other, completed ones of one file; folder, to save to; named, the service's address with a name. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The clock fails at this look of the calling thread at it, or of any other thread, the read at this read of any other
 * thread; 0 is never. */
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

/* An address that is too short to be one; it is all that this program ever finds. */
static struct sockaddr_storage loopback;
static struct addrinfo address = {0, AF_INET, SOCK_STREAM, 0, sizeof(struct sockaddr_in), NULL, NULL, NULL};

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    static const unsigned char home[] = {127, 0, 0, 1};
    (void)name;
    (void)service;
    (void)hints;
    loopback.ss_family = AF_INET;
    /* After family and port. */
    memcpy((char *)&loopback + 4, home, sizeof home);
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

static int32_t go_on(const uint8_t *data, size_t length, void *user_data) {
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

static nitro_code_t bytes(void) { return nitro_job_result_bytes(job, go_on, NULL, NULL, -1, NULL, NULL, &err); }

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

/* The end, or after it nothing. */
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

/* Fails at each look at the clock in turn, until a call has none left to fail at. */
static void at_each_look(const char *what, nitro_code_t (*call)(void)) {
    long look, failed = 0;
    for (look = 1;; look++) {
        nitro_code_t code;
        err_forget();
        clock_fails_at = look;
        code = call();
        if (clock_fails_at) break;
        /* A kept connection that cannot be looked at is only one less. */
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

/* The code of the last event of the job that the watch has. */
static nitro_code_t its_end(void) {
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

static void ends_with(nitro_code_t code) { CHECK_NUMBER(its_end(), code); }

static void on_a_thread_of_the_watch(void) {
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

/* Whatever it is doing then: taking a job, asking about it, or giving it back. */
static void at_each_look_of_a_thread_of_the_watch(void) {
    long look, failed = 0, left = 0;
    for (look = 1; left == 0; look++) {
        nitro_code_t code;
        __atomic_store_n(&clock_fails_elsewhere_at, look, __ATOMIC_SEQ_CST);
        OK(add());
        code = its_end();
        left = __atomic_exchange_n(&clock_fails_elsewhere_at, 0, __ATOMIC_SEQ_CST);
        CHECK(code == NITRO_E_INTERNAL || code == NITRO_OK);
        failed += code != NITRO_OK;
    }
    CHECK(failed > 0);
}

static void on_the_thread_of_a_lookup(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *named;
    nitro_job_t *mine = job;
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
    job = mine;
}

int main(int argc, char **argv) {
    caller = pthread_self();
    begin(argc, argv);
    client = some_client();
    job = job_named(client, "job");
    snprintf(path, sizeof path, "%s/one.pdf", arg("folder"));
    OK(nitro_submission_new("transformations", "flatten", &submission, &err));
    OK(nitro_submission_add_bytes(submission, "a.pdf", NULL, (const uint8_t *)"%PDF-1.7", 8, &err));
    at_each_look("status", status);
    at_each_look("wait", wait);
    at_each_look("result", result);
    at_each_look("bytes", bytes);
    at_each_look("download", download);
    at_each_look("download_all", download_all);
    at_each_look("submit", submit);
    at_each_look("run", run);
    at_each_look("next_state", next_state);
    nitro_events_free(events);

    OK(nitro_watch_new(client, 1, 0.0, &watch, &err));
    on_a_thread_of_the_watch();
    at_each_look_of_a_thread_of_the_watch();
    at_each_look("add", add);
    ends_with(NITRO_OK);
    nitro_watch_free(watch);
    on_the_thread_of_a_lookup();

    nitro_submission_free(submission);
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}
