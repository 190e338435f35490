/* Responses without an end: a size limit ends the call before memory runs out. The server: see tests/c_api/errors.rs. */
#include "check.h"
#include "peak.h"

int main(int argc, char **argv) {
    nitro_options_t *options;
    nitro_client_t *client;
    nitro_job_t *job;
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_max_json_bytes(options, 1 << 20, &err));
    OK(nitro_options_set_max_event_bytes(options, 1 << 20, &err));
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);

    job = job_of(client, "endless");
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_TOO_LARGE);
    FAILS(nitro_job_result(job, NULL, -1, &result, &err), NITRO_E_TOO_LARGE);
    nitro_job_free(job);

    /* An error response without an end is still reported as that error. */
    job = job_of(client, "error-response");
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_BAD_REQUEST);
    nitro_job_free(job);

    /* An event without an end only ends the stream: the library polls the job to its end. */
    job = job_of(client, "stream");
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, &status, &err));
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_COMPLETED);
    nitro_status_free(status);
    nitro_job_free(job);
    nitro_client_free(client);

    CHECK_PEAK_BELOW(16);
    return end();
}
