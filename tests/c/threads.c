/* Eight threads on one client, one shared job and one each. Arguments: shared, job0 ... job7; size of each file. */
#include "check.h"
#include <pthread.h>

enum { THREADS = 8, ROUNDS = 4 };

static nitro_client_t *client;
static nitro_job_t *shared;
static int64_t size;

struct thread {
    nitro_job_t *job;
    int failures;
};

static int32_t count(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    *(uint64_t *)user_data += length;
    return 0;
}

/* Each thread needs its own error, so this does not use `err` of check.h. */
static int make_all_calls(const nitro_job_t *job) {
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    nitro_job_t *restored = NULL;
    char *json = NULL;
    uint64_t received = 0, bytes = 0;
    int succeeded = nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, NULL) == NITRO_OK &&
               nitro_job_status(job, NULL, -1, &status, NULL) == NITRO_OK &&
               nitro_job_result(job, NULL, -1, &result, NULL) == NITRO_OK &&
               nitro_job_result_bytes(job, count, &received, NULL, 0, &bytes, NULL, NULL) == NITRO_OK &&
               nitro_job_json(job, &json, NULL, NULL) == NITRO_OK &&
               nitro_job_from_json(client, json, &restored, NULL) == NITRO_OK &&
               nitro_status_state(status) == NITRO_STATE_COMPLETED && nitro_result_file_size(result, 0) == size &&
               (int64_t)received == size && bytes == received && strcmp(nitro_job_id(job), nitro_job_id(restored)) == 0;
    nitro_job_free(restored);
    nitro_string_free(json);
    nitro_result_free(result);
    nitro_status_free(status);
    return succeeded;
}

static void *run_thread(void *user_data) {
    struct thread *thread = user_data;
    int round;
    for (round = 0; round < ROUNDS; round++) thread->failures += !make_all_calls(thread->job) + !make_all_calls(shared);
    return NULL;
}

int main(int argc, char **argv) {
    struct thread threads[THREADS];
    pthread_t handles[THREADS];
    char name[16];
    int i;
    begin(argc, argv);
    client = some_client();
    shared = job_named(client, "shared");
    size = atol(arg("size"));
    for (i = 0; i < THREADS; i++) {
        snprintf(name, sizeof name, "job%d", i);
        threads[i].job = job_named(client, name);
        threads[i].failures = 0;
        CHECK(pthread_create(&handles[i], NULL, run_thread, &threads[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(handles[i], NULL);
        CHECK_NUMBER(threads[i].failures, 0);
        nitro_job_free(threads[i].job);
    }
    nitro_job_free(shared);
    nitro_client_free(client);
    return end();
}
