/* Cancelling from another thread, and a handle that is busy. The server hangs where it is asked to, and signals that a
 * call is under way: see tests/c_threads.rs. */
#include "check.h"
#include <pthread.h>

static nitro_client_t *client;

static void *trigger(void *cancel) {
    await_signal();
    nitro_cancel_trigger(cancel);
    nitro_cancel_trigger(cancel);
    return NULL;
}

static void *free_token(void *cancel) {
    await_signal();
    nitro_cancel_free(cancel);
    return NULL;
}

static int32_t take(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    *(size_t *)user_data += length;
    return 0;
}

static void check_cancelled(const nitro_cancel_t *cancel) {
    CHECK_NUMBER(nitro_error_code(err), NITRO_E_CANCELLED);
    CHECK_NUMBER(nitro_cancel_is_triggered(cancel), 1);
    CHECK_NUMBER(nitro_error_is_retryable(err), 0);
}

/* Runs `call`, which uses `cancel` and hangs, until it is cancelled. */
#define CANCELLED(call)                                                       \
    do {                                                                      \
        pthread_t other;                                                      \
        nitro_cancel_t *cancel = nitro_cancel_new();                          \
        CHECK_NUMBER(nitro_cancel_is_triggered(cancel), 0);                   \
        CHECK(pthread_create(&other, NULL, trigger, cancel) == 0);            \
        FAILS(call, NITRO_E_CANCELLED);                                       \
        pthread_join(other, NULL);                                            \
        check_cancelled(cancel);                                              \
        nitro_cancel_free(cancel);                                            \
    } while (0)

static void under_way(void) {
    nitro_job_t *head = job_of(client, "hang"), *body = job_of(client, "hang-body");
    nitro_job_t *stream = job_of(client, "hang-stream"), *polled = job_of(client, "hang-between-polls");
    nitro_job_t *file = job_of(client, "hang-file");
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    nitro_events_t *events = NULL;
    size_t got = 0;

    CANCELLED(nitro_job_status(head, cancel, 0, &status, &err));
    CANCELLED(nitro_job_status(body, cancel, 0, &status, &err));
    CANCELLED(nitro_job_result(head, cancel, 0, &result, &err));
    CANCELLED(nitro_job_result(body, cancel, 0, &result, &err));
    CANCELLED(nitro_job_result_bytes(head, take, &got, cancel, 0, NULL, NULL, &err));
    CHECK_NUMBER(got, 0);
    CANCELLED(nitro_job_result_bytes(file, take, &got, cancel, 0, NULL, NULL, &err));
    CHECK(got <= 4);
    CANCELLED(nitro_job_download(head, arg("path"), NITRO_EXISTING_FAIL, NULL, NULL, cancel, 0, NULL, &err));
    CHECK(!file_exists(arg("path")));
    CANCELLED(nitro_job_wait(head, NULL, NULL, cancel, 0, &status, &err));
    CANCELLED(nitro_job_wait(stream, NULL, NULL, cancel, 0, &status, &err));
    CANCELLED(nitro_job_wait(polled, NULL, NULL, cancel, 0, &status, &err));
    OK(nitro_job_events(stream, &events, &err));
    CANCELLED(nitro_events_next(events, cancel, 0, &status, &err));
    nitro_events_free(events);

    nitro_job_free(head);
    nitro_job_free(body);
    nitro_job_free(stream);
    nitro_job_free(polled);
    nitro_job_free(file);
}

/* A call that is cancelled before it begins sends nothing. */
static void before(void) {
    nitro_job_t *job = job_of(client, "never-asked");
    nitro_cancel_t *cancel = nitro_cancel_new();
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    nitro_events_t *events = NULL;
    size_t got = 0;
    nitro_cancel_trigger(cancel);
    FAILS(nitro_job_status(job, cancel, 0, &status, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_wait(job, NULL, NULL, cancel, 0, &status, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_result(job, cancel, 0, &result, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_result_bytes(job, take, &got, cancel, 0, NULL, NULL, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_download(job, arg("path"), NITRO_EXISTING_FAIL, NULL, NULL, cancel, 0, NULL, &err),
          NITRO_E_CANCELLED);
    OK(nitro_job_events(job, &events, &err));
    FAILS(nitro_events_next(events, cancel, 0, &status, &err), NITRO_E_CANCELLED);
    nitro_events_free(events);
    nitro_cancel_free(cancel);
    nitro_job_free(job);
}

/* A token may be freed while a call uses it; nothing but its own limit ends that call then. */
static void freed(void) {
    nitro_job_t *job = job_of(client, "hang");
    nitro_status_t *status = NULL;
    nitro_cancel_t *cancel = nitro_cancel_new();
    pthread_t other;
    CHECK(pthread_create(&other, NULL, free_token, cancel) == 0);
    FAILS(nitro_job_status(job, cancel, 1000, &status, &err), NITRO_E_TIMEOUT);
    pthread_join(other, NULL);
    CHECK_NUMBER(nitro_error_limit(err), NITRO_LIMIT_CALL);
    nitro_job_free(job);
}

struct puller {
    nitro_events_t *events;
    nitro_cancel_t *cancel;
    nitro_code_t code;
};

static void *pull(void *user_data) {
    struct puller *puller = user_data;
    nitro_status_t *status = NULL;
    puller->code = nitro_events_next(puller->events, puller->cancel, 0, &status, NULL);
    return NULL;
}

static void busy(void) {
    nitro_job_t *job = job_of(client, "hang-stream");
    struct puller puller = {NULL, NULL, NITRO_OK};
    nitro_status_t *status = (nitro_status_t *)&job;
    pthread_t other;
    OK(nitro_job_events(job, &puller.events, &err));
    puller.cancel = nitro_cancel_new();
    CHECK(pthread_create(&other, NULL, pull, &puller) == 0);
    await_signal();
    FAILS(nitro_events_next(puller.events, NULL, 0, &status, &err), NITRO_E_BUSY);
    CHECK(status == NULL);
    nitro_cancel_trigger(puller.cancel);
    pthread_join(other, NULL);
    CHECK_NUMBER(puller.code, NITRO_E_CANCELLED);
    FAILS(nitro_events_next(puller.events, puller.cancel, 0, &status, &err), NITRO_E_CANCELLED); /* Free again. */
    nitro_cancel_free(puller.cancel);
    nitro_events_free(puller.events);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_retries(options, 0, &err));
    OK(nitro_options_set_poll_interval_ms(options, 600000, 600000, &err));
    client = client_with(options);
    before();
    under_way();
    freed();
    busy();
    nitro_client_free(client);
    return end();
}
