/* The log lines of the library, which contain no secrets. Arguments: job, one with a file; lost; path. */
#include "check.h"

struct log {
    int lines;
    int requests;
    int in_call; /* Set during a call of this program: there is no line at any other time. */
};

static void on_log(int32_t level, const char *message, void *user_data) {
    struct log *log = user_data;
    CHECK(level >= NITRO_LOG_WARN && level <= NITRO_LOG_DEBUG);
    CHECK(log->in_call);
    CHECK(*message != '\0');
    CHECK(!strstr(message, token));
    CHECK(!strstr(message, "Signature")); /* The query of a presigned URL is a secret. */
    log->lines++;
    log->requests += level == NITRO_LOG_DEBUG && strstr(message, "GET ") != NULL;
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    nitro_client_t *client;
    nitro_job_t *job;
    nitro_status_t *status = NULL;
    struct log log = {0, 0, 0};
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_log(options, on_log, &log, &err));
    OK(nitro_client_new(options, &client, &err));
    job = job_named(client, "job");
    CHECK_NUMBER(log.lines, 0);
    log.in_call = 1;
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err));
    OK(nitro_job_download(job, arg("path"), NITRO_EXISTING_FAIL, NULL, NULL, NULL, 0, NULL, &err));
    nitro_job_free(job);
    job = job_named(client, "lost");
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_NOT_FOUND);
    log.in_call = 0;
    CHECK(log.requests >= 4);
    nitro_job_free(job);
    nitro_client_free(client);

    /* Without a log callback there are no lines. */
    log.lines = 0;
    OK(nitro_options_set_log(options, NULL, NULL, &err));
    client = client_with(options);
    job = job_named(client, "lost");
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_NOT_FOUND);
    CHECK_NUMBER(log.lines, 0);
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}
