/* Operations of every kind leak no memory, descriptors or threads.
 * Arguments: operations; job, a completed one of one file; running, one that does not end; lost, one that does not exist. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <dirent.h>
#include <time.h>

static nitro_client_t *client;
static nitro_job_t *job, *running, *lost;
static char *ticket;

static int32_t count(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    *(uint64_t *)user_data += length;
    return 0;
}

static int32_t stop(const nitro_status_t *status, void *user_data) {
    (void)status;
    (void)user_data;
    return 1;
}

static void request_status(void) {
    nitro_status_t *status = NULL;
    OK(nitro_job_status(job, NULL, -1, &status, &err));
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_COMPLETED);
    nitro_status_free(status);
}

static void get_result(void) {
    nitro_result_t *result = NULL;
    char *value = NULL;
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    OK(nitro_result_value_json(result, &value, NULL, &err));
    nitro_string_free(value);
    nitro_result_free(result);
}

static void get_bytes(void) {
    uint64_t received = 0, bytes = 0;
    char *type = NULL;
    OK(nitro_job_result_bytes(job, count, &received, NULL, 0, &bytes, &type, &err));
    CHECK(bytes == received && bytes > 0);
    nitro_string_free(type);
}

static void read_event(void) {
    nitro_events_t *events = NULL;
    nitro_status_t *status = NULL;
    OK(nitro_job_events(running, &events, &err));
    OK(nitro_events_next(events, NULL, -1, &status, &err));
    nitro_status_free(status);
    nitro_events_free(events); /* Its stream is open. */
}

static void stop_wait(void) { FAILS(nitro_job_wait(running, stop, NULL, NULL, -1, NULL, &err), NITRO_E_STOPPED); }

static void time_out(void) {
    FAILS(nitro_job_wait(running, NULL, NULL, NULL, 1, NULL, &err), NITRO_E_WAIT_TIMEOUT);
}

static void get_error_response(void) {
    nitro_status_t *status = NULL;
    FAILS(nitro_job_status(lost, NULL, -1, &status, &err), NITRO_E_NOT_FOUND);
}

static void cancel_request(void) {
    nitro_cancel_t *cancel = nitro_cancel_new();
    nitro_status_t *status = NULL;
    nitro_cancel_trigger(cancel);
    FAILS(nitro_job_status(job, cancel, -1, &status, &err), NITRO_E_CANCELLED);
    nitro_cancel_free(cancel);
}

static void restore_job(void) {
    nitro_job_t *restored = NULL, *none = NULL;
    char *json = NULL;
    OK(nitro_job_from_json(client, ticket, &restored, &err));
    OK(nitro_job_json(restored, &json, NULL, &err));
    FAILS(nitro_job_from_json(client, "{", &none, &err), NITRO_E_INVALID_ARGUMENT);
    nitro_string_free(json);
    nitro_job_free(restored);
}

static void watch(void) {
    nitro_watch_t *watched = NULL;
    nitro_watch_event_t *event = NULL;
    OK(nitro_watch_new(client, 2, 0, &watched, &err));
    OK(nitro_watch_add(watched, running, NULL, NULL, &err));
    OK(nitro_watch_next(watched, NULL, -1, &event, &err));
    nitro_watch_event_free(event);
    nitro_watch_free(watched);
}

static void use_another_client(void) {
    nitro_client_t *other = some_client();
    nitro_job_t *same = job_of(other, nitro_job_id(job));
    nitro_status_t *status = NULL;
    OK(nitro_job_status(same, NULL, -1, &status, &err));
    nitro_status_free(status);
    nitro_job_free(same);
    nitro_client_free(other);
}

/* Operations that open connections or start threads are rare. */
static void run_operation(long number) {
    if (number % 500 == 0) watch();
    else if (number % 100 == 1) use_another_client();
    else if (number % 100 == 2) read_event();
    else if (number % 100 == 3) stop_wait();
    else if (number % 100 == 4) time_out();
    else if (number % 10 == 5) get_bytes();
    else if (number % 10 == 6) get_result();
    else if (number % 10 == 7) get_error_response();
    else if (number % 10 < 3) request_status();
    else if (number % 2) cancel_request();
    else restore_job();
}

static long entries(const char *path) {
    DIR *folder = opendir(path);
    long count = 0;
    CHECK(folder != NULL);
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

/* Private memory of this process in KiB, without pages of files. */
static long memory(void) {
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status != NULL);
    while (fgets(line, sizeof line, status)) sscanf(line, "RssAnon: %ld kB", &kib);
    fclose(status);
    CHECK(kib > 0);
    return kib;
}

/* An ended thread may take a moment to disappear from /proc. */
static long entries_once_settled(const char *path, long before) {
    struct timespec moment = {0, 10 * 1000 * 1000};
    int i;
    for (i = 0; i < 500 && entries(path) > before; i++) nanosleep(&moment, NULL);
    return entries(path);
}

int main(int argc, char **argv) {
    long operations, before, descriptors, threads, i;
    begin(argc, argv);
    operations = atol(arg("operations"));
    client = some_client();
    job = job_named(client, "job");
    running = job_named(client, "running");
    lost = job_named(client, "lost");
    OK(nitro_job_json(job, &ticket, NULL, &err));
    for (i = 0; i < operations / 10; i++) run_operation(i); /* Until buffers and the pool have reached their size. */
    before = memory();
    descriptors = entries("/proc/self/fd");
    threads = entries("/proc/self/task");
    for (i = 0; i < operations; i++) run_operation(i);
    CHECK_NUMBER(entries_once_settled("/proc/self/task", threads), threads);
    CHECK_NUMBER(entries_once_settled("/proc/self/fd", descriptors), descriptors);
    printf("%ld operations: %ld KiB before, %ld KiB after\n", operations, before, memory());
    /* A tool such as valgrind keeps freed memory for a while. */
    if (!getenv("NITRO_TEST_RUNNER")) CHECK(memory() < before + 1024);
    nitro_string_free(ticket);
    nitro_job_free(lost);
    nitro_job_free(running);
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}
