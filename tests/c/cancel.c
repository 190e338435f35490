/* Cancelling from another thread, and a handle that is busy. The server hangs as the job id requests, and signals that a
 * call is active: see tests/c_api/threads.rs. */
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

static int32_t count(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    *(size_t *)user_data += length;
    return 0;
}

static void check_cancelled(const nitro_cancel_t *cancel) {
    CHECK_NUMBER(nitro_error_code(err), NITRO_E_CANCELLED);
    CHECK_NUMBER(nitro_cancel_is_triggered(cancel), 1);
    CHECK_NUMBER(nitro_error_is_retryable(err), 0);
}

/* Makes `call`, which uses `cancel` and blocks, and cancels it from another thread. */
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

static void cancelled_during_the_call(void) {
    nitro_job_t *head = job_of(client, "hang"), *body = job_of(client, "hang-body");
    nitro_job_t *stream = job_of(client, "hang-stream"), *polled = job_of(client, "hang-between-polls");
    nitro_job_t *file = job_of(client, "hang-file");
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    nitro_events_t *events = NULL;
    size_t received = 0;

    CANCELLED(nitro_job_status(head, cancel, 0, &status, &err));
    CANCELLED(nitro_job_status(body, cancel, 0, &status, &err));
    CANCELLED(nitro_job_result(head, cancel, 0, &result, &err));
    CANCELLED(nitro_job_result(body, cancel, 0, &result, &err));
    CANCELLED(nitro_job_result_bytes(head, count, &received, cancel, 0, NULL, NULL, &err));
    CHECK_NUMBER(received, 0);
    CANCELLED(nitro_job_result_bytes(file, count, &received, cancel, 0, NULL, NULL, &err));
    CHECK(received <= 4);
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

/* A call whose token was triggered before sends nothing. */
static void cancelled_before_the_call(void) {
    nitro_job_t *job = job_of(client, "never-requested");
    nitro_cancel_t *cancel = nitro_cancel_new();
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    nitro_events_t *events = NULL;
    size_t received = 0;
    nitro_cancel_trigger(cancel);
    FAILS(nitro_job_status(job, cancel, 0, &status, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_wait(job, NULL, NULL, cancel, 0, &status, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_result(job, cancel, 0, &result, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_result_bytes(job, count, &received, cancel, 0, NULL, NULL, &err), NITRO_E_CANCELLED);
    FAILS(nitro_job_download(job, arg("path"), NITRO_EXISTING_FAIL, NULL, NULL, cancel, 0, NULL, &err),
          NITRO_E_CANCELLED);
    OK(nitro_job_events(job, &events, &err));
    FAILS(nitro_events_next(events, cancel, 0, &status, &err), NITRO_E_CANCELLED);
    nitro_events_free(events);
    nitro_cancel_free(cancel);
    nitro_job_free(job);
}

/* A token may be freed while a call uses it; after that only its timeout ends the call. */
static void freed_during_the_call(void) {
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

struct reader {
    nitro_events_t *events;
    nitro_cancel_t *cancel;
    nitro_code_t code;
};

static void *read_event(void *user_data) {
    struct reader *reader = user_data;
    nitro_status_t *status = NULL;
    reader->code = nitro_events_next(reader->events, reader->cancel, 0, &status, NULL);
    return NULL;
}

static void second_thread_gets_busy(void) {
    nitro_job_t *job = job_of(client, "hang-stream");
    struct reader reader = {NULL, NULL, NITRO_OK};
    nitro_status_t *status = (nitro_status_t *)&job;
    pthread_t other;
    OK(nitro_job_events(job, &reader.events, &err));
    reader.cancel = nitro_cancel_new();
    CHECK(pthread_create(&other, NULL, read_event, &reader) == 0);
    await_signal();
    FAILS(nitro_events_next(reader.events, NULL, 0, &status, &err), NITRO_E_BUSY);
    CHECK(status == NULL);
    nitro_cancel_trigger(reader.cancel);
    pthread_join(other, NULL);
    CHECK_NUMBER(reader.code, NITRO_E_CANCELLED);
    FAILS(nitro_events_next(reader.events, reader.cancel, 0, &status, &err), NITRO_E_CANCELLED); /* No longer busy. */
    nitro_cancel_free(reader.cancel);
    nitro_events_free(reader.events);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_retries(options, 0, &err));
    OK(nitro_options_set_poll_interval_ms(options, 600000, 600000, &err));
    client = client_with(options);
    cancelled_before_the_call();
    cancelled_during_the_call();
    freed_during_the_call();
    second_thread_gets_busy();
    nitro_client_free(client);
    return end();
}
