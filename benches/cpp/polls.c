/* POLLS polls of one job in C: the reference for polls.cpp. JOB_ID POLLS, with NITRO_BASE_URL and NITRO_TOKEN. */
#include <nitro_jobs.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_error_t *err = NULL;
    nitro_code_t code = argc == 3 ? nitro_options_from_env(&options, &err) : NITRO_E_INVALID_ARGUMENT;
    long polls, running = 0;
    if (!code) code = nitro_client_new(options, &client, &err);
    if (!code) code = nitro_job_from_id(client, argv[1], &job, &err);
    for (polls = code ? 0 : atol(argv[2]); polls > 0 && !code; polls--) {
        nitro_status_t *status = NULL;
        code = nitro_job_status(job, NULL, -1, &status, &err);
        if (!code) running += nitro_status_state(status) == NITRO_STATE_RUNNING && nitro_status_progress(status) >= 0.0;
        nitro_status_free(status);
    }
    if (code) fprintf(stderr, "%s\n", nitro_error_message(err));
    nitro_error_free(err);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    return code != NITRO_OK || running != atol(argv[2]);
}
