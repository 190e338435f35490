/* Measures how long a blocked call continues after its token is triggered: one line per run, in microseconds.

   runs=N do=status|wait|bytes|submit, and where the call blocks: job=ID, proxy=URL, ca_file=PATH */
#define _GNU_SOURCE
#include "check.h"
#include "lookup.h"

#include <time.h>

static struct timespec triggered;

static void on_hang(void) {}

static const char *given(char **argv, const char *name) {
    size_t length = strlen(name);
    for (; *argv; argv++)
        if (strncmp(*argv, name, length) == 0 && (*argv)[length] == '=') return *argv + length + 1;
    return NULL;
}

/* Gives the call time to block, and triggers at a random point of its wait slices. */
static void *trigger_soon(void *cancel) {
    struct timespec pause = {0, 30000000 + rand() % 60000000};
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &triggered);
    nitro_cancel_trigger(cancel);
    return NULL;
}

static int32_t ignore(const uint8_t *data, size_t length, void *user_data) {
    (void)data, (void)length, (void)user_data;
    return 0;
}

static nitro_code_t submit(const nitro_client_t *client, const nitro_cancel_t *cancel) {
    static uint8_t document[32 << 20];
    nitro_submission_t *submission = NULL;
    nitro_job_t *job = NULL;
    nitro_code_t code;
    OK(nitro_submission_new("transformations", "compress", &submission, &err));
    OK(nitro_submission_add_bytes(submission, "a.pdf", "application/pdf", document, sizeof document, &err));
    code = nitro_client_submit(client, submission, NULL, NULL, cancel, 0, &job, &err);
    nitro_submission_free(submission);
    return code;
}

static nitro_code_t blocked(const char *what, const nitro_client_t *client, const nitro_job_t *job,
                            const nitro_cancel_t *cancel) {
    nitro_status_t *status = NULL;
    if (strcmp(what, "status") == 0) return nitro_job_status(job, cancel, 0, &status, &err);
    if (strcmp(what, "wait") == 0) return nitro_job_wait(job, NULL, NULL, cancel, 0, &status, &err);
    if (strcmp(what, "bytes") == 0) return nitro_job_result_bytes(job, ignore, NULL, cancel, 0, NULL, NULL, &err);
    if (strcmp(what, "submit") == 0) return submit(client, cancel);
    CHECK(!"an unknown call");
    return NITRO_OK;
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    nitro_client_t *client;
    nitro_job_t *job;
    long runs;

    begin(argc, argv);
    options = some_options();
    if (given(argv, "proxy")) OK(nitro_options_set_proxy(options, arg("proxy"), &err));
    if (given(argv, "ca_file")) OK(nitro_options_add_ca_file(options, arg("ca_file"), &err));
    OK(nitro_options_set_poll_interval_ms(options, 3600000, 3600000, &err));
    OK(nitro_options_set_retry_cap_ms(options, 3600000, &err));
    OK(nitro_options_set_call_timeout_ms(options, 0, &err));
    client = client_with(options);
    job = job_named(client, "job");
    for (runs = strtol(arg("runs"), NULL, 10); runs > 0; runs--) {
        nitro_cancel_t *cancel = nitro_cancel_new();
        struct timespec ended;
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, trigger_soon, cancel) == 0);
        FAILS(blocked(arg("do"), client, job, cancel), NITRO_E_CANCELLED);
        clock_gettime(CLOCK_MONOTONIC, &ended);
        pthread_join(thread, NULL);
        nitro_cancel_free(cancel);
        printf("%ld\n", (ended.tv_sec - triggered.tv_sec) * 1000000 + (ended.tv_nsec - triggered.tv_nsec) / 1000);
    }
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}
