/* Waits for a job's end and shows its progress.
 *
 *   wait JOB_ID [SECONDS]     with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 * Exits with 0 if the job is completed, 1 if it is not, 2 for wrong arguments. */
#include <nitro_jobs.h>
#include <stdio.h>
#include <stdlib.h>

/* Called on the waiting thread, only during the wait. `status` is borrowed; `user_data` is the caller's. */
static int32_t on_progress(const nitro_status_t *status, void *user_data) {
    int *reports = user_data;
    double progress = nitro_status_progress(status); /* -1.0 if the service reports none. */
    *reports += 1;
    if (progress >= 0.0)
        printf("%s %.0f %%\n", nitro_status_name(status), progress * 100.0);
    else
        printf("%s\n", nitro_status_name(status));
    fflush(stdout);
    return 0; /* Any other value stops the wait with NITRO_E_STOPPED. */
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_error_t *err = NULL;
    int64_t timeout_ms = -1; /* The client's timeout, 30 minutes unless an option changes it. */
    int reports = 0;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s JOB_ID [SECONDS]\n", argv[0]);
        return 2;
    }
    if (argc == 3) timeout_ms = (int64_t)(strtod(argv[2], NULL) * 1000.0);
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    if (code == NITRO_OK) code = nitro_job_from_id(client, argv[1], &job, &err);
    if (code == NITRO_OK) code = nitro_job_wait(job, on_progress, &reports, NULL, timeout_ms, NULL, &err);

    if (code == NITRO_OK)
        printf("completed after %d reports\n", reports);
    else if (code == NITRO_E_WAIT_TIMEOUT) /* The wait ended, the job did not: its ticket is enough to resume it. */
        printf("still running; ticket: %s\n", nitro_error_ticket_json(err));
    else
        fprintf(stderr, "%s: %s\n", nitro_code_name(code), nitro_error_message(err));

    nitro_error_free(err);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    return code != NITRO_OK;
}
