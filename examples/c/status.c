/* Reads the status of a job once, without waiting.
 *
 *   status JOB_ID     with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 * Exits with 0 if the service returned a status, whatever it is, 1 if not, 2 for wrong arguments. */
#include <nitro_jobs.h>
#include <stdio.h>

static void show(const nitro_status_t *status) {
    switch (nitro_status_state(status)) {
    case NITRO_STATE_COMPLETED:
        printf("completed: the result can be fetched\n");
        break;
    case NITRO_STATE_FAILED: /* The JSON contains the reason; so does the error of nitro_job_wait(). */
        printf("failed: %s\n", nitro_status_json(status, NULL));
        break;
    case NITRO_STATE_CANCELED:
        printf("canceled at the service\n");
        break;
    default: /* An unknown state belongs to a job that is still running. */
        printf("%s", nitro_status_name(status));
        if (nitro_status_progress(status) >= 0.0) printf(" %.0f %%", nitro_status_progress(status) * 100.0);
        printf("\n");
        break;
    }
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_status_t *status = NULL;
    nitro_error_t *err = NULL;

    if (argc != 2) {
        fprintf(stderr, "usage: %s JOB_ID\n", argv[0]);
        return 2;
    }
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    if (code == NITRO_OK) code = nitro_job_from_id(client, argv[1], &job, &err);
    if (code == NITRO_OK) code = nitro_job_status(job, NULL, -1, &status, &err);
    if (code == NITRO_OK) show(status);
    if (code != NITRO_OK) fprintf(stderr, "%s: %s\n", nitro_code_name(code), nitro_error_message(err));

    nitro_error_free(err);
    nitro_status_free(status);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    return code != NITRO_OK;
}
