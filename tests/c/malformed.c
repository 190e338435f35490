/* Malformed responses. The job id selects the response: see tests/c_api/errors.rs. */
#include "check.h"

static void status(const nitro_client_t *client, const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    nitro_status_t *status = (nitro_status_t *)&job;
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), code);
    CHECK(status == NULL);
    nitro_job_free(job);
}

static void result(const nitro_client_t *client, const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    nitro_result_t *result = (nitro_result_t *)&job;
    FAILS(nitro_job_result(job, NULL, -1, &result, &err), code);
    CHECK(result == NULL);
    nitro_job_free(job);
}

/* Fields of a wrong type are ignored; the JSON is kept as received. */
static void wrong_types(const nitro_client_t *client) {
    nitro_job_t *job = job_of(client, "wrong-status");
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    OK(nitro_job_status(job, NULL, -1, &status, &err));
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_UNKNOWN);
    CHECK(nitro_status_progress(status) < 0.0);
    CHECK_NUMBER(nitro_status_is_terminal(status), 0);
    CHECK_TEXT(nitro_status_json(status, NULL), "{\"jobID\":[],\"status\":7,\"progress\":\"half\",\"error\":null}");
    nitro_status_free(status);
    nitro_job_free(job);

    job = job_of(client, "wrong-file");
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    CHECK_NUMBER(nitro_result_file_count(result), 1);
    CHECK(nitro_result_file_url(result, 0) == NULL);
    CHECK(nitro_result_file_content_type(result, 0) == NULL);
    CHECK_NUMBER(nitro_result_file_size(result, 0), -1);
    CHECK_NUMBER(nitro_result_file_pages(result, 0), -1);
    nitro_result_free(result);
    nitro_job_free(job);

    job = job_of(client, "wrong-files");
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    CHECK_HOLDS(nitro_result_json(result, NULL), "\"files\":7");
    CHECK_NUMBER(nitro_result_file_count(result), 0);
    nitro_result_free(result);
    FAILS(nitro_job_download_all(job, "/", NITRO_EXISTING_FAIL, NULL, NULL, NULL, 0, NULL, &err),
          NITRO_E_UNEXPECTED_RESULT);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    nitro_client_t *client;
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);
    status(client, "empty", NITRO_E_PROTOCOL);
    status(client, "truncated", NITRO_E_PROTOCOL);
    status(client, "array", NITRO_E_PROTOCOL);
    status(client, "html", NITRO_E_PROTOCOL);
    status(client, "not-utf8", NITRO_E_PROTOCOL);
    status(client, "deep", NITRO_E_PROTOCOL);
    status(client, "short", NITRO_E_TRUNCATED);
    status(client, "not-http", NITRO_E_PROTOCOL);
    status(client, "no-response", NITRO_E_CONNECTION_LOST);
    status(client, "unsupported-scheme", NITRO_E_REDIRECT);
    result(client, "empty", NITRO_E_PROTOCOL);
    result(client, "truncated", NITRO_E_PROTOCOL);
    result(client, "html", NITRO_E_PROTOCOL);
    result(client, "not-utf8", NITRO_E_PROTOCOL);
    result(client, "short", NITRO_E_TRUNCATED);
    result(client, "redirect-loop", NITRO_E_REDIRECT);
    wrong_types(client);
    nitro_client_free(client);
    return end();
}
