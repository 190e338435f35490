/* One status request. Arguments: a job for each format in which the service may report its state. */
#include "check.h"

static void has_status(const nitro_client_t *client, const char *name, int32_t state, const char *state_name, int ended) {
    nitro_job_t *job = job_named(client, name);
    nitro_status_t *status = NULL;
    size_t length = 0;
    OK(nitro_job_status(job, NULL, -1, &status, &err));
    nitro_job_free(job); /* The status does not need it. */
    CHECK_NUMBER(nitro_status_state(status), state);
    CHECK_TEXT(nitro_status_name(status), state_name);
    CHECK_NUMBER(nitro_status_is_terminal(status), ended);
    CHECK_HOLDS(nitro_status_json(status, &length), "{");
    CHECK_NUMBER(length, strlen(nitro_status_json(status, NULL)));
    nitro_status_free(status);
}

static double progress(const nitro_client_t *client, const char *name) {
    nitro_job_t *job = job_named(client, name);
    nitro_status_t *status = NULL;
    double progress;
    OK(nitro_job_status(job, NULL, 0, &status, &err));
    progress = nitro_status_progress(status);
    nitro_status_free(status);
    nitro_job_free(job);
    return progress;
}

static void error_response(const nitro_client_t *client, const char *name, nitro_code_t code, int http) {
    nitro_job_t *job = job_named(client, name);
    nitro_status_t *status = (nitro_status_t *)&job;
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), code);
    CHECK(status == NULL);
    CHECK_NUMBER(nitro_error_http_status(err), http);
    CHECK_TEXT(nitro_error_reference_id(err), nitro_job_reference_id(job));
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    has_status(client, "running", NITRO_STATE_RUNNING, "running", 0);
    has_status(client, "completed", NITRO_STATE_COMPLETED, "completed", 1);
    has_status(client, "redirect", NITRO_STATE_COMPLETED, "completed", 1);
    has_status(client, "failed", NITRO_STATE_FAILED, "failed", 1);
    has_status(client, "canceled", NITRO_STATE_CANCELED, "canceled", 1);
    has_status(client, "paused", NITRO_STATE_UNKNOWN, "paused", 0);
    has_status(client, "no_status", NITRO_STATE_RUNNING, "running", 0);

    CHECK(progress(client, "half") > 0.49 && progress(client, "half") < 0.51);
    CHECK(progress(client, "half_percent") > 0.49 && progress(client, "half_percent") < 0.51);
    CHECK(progress(client, "completed") < 0.0);

    error_response(client, "gone", NITRO_E_GONE, 410);
    error_response(client, "lost", NITRO_E_NOT_FOUND, 404);
    nitro_client_free(client);
    return end();
}
