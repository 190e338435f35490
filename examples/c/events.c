/* Pulls a job's states one by one, with other work in between: no callback, no second thread.
 *
 *   events JOB_ID     with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 * Exits with 0 if the job is completed, 1 if it is not, 2 for wrong arguments. */
#include <nitro_jobs.h>
#include <stdio.h>

static void show(const nitro_status_t *status) {
    double progress = nitro_status_progress(status);
    printf("%s", nitro_status_name(status));
    if (progress >= 0.0 && !nitro_status_is_terminal(status)) printf(" %.0f %%", progress * 100.0);
    printf("\n");
    fflush(stdout);
}

/* Pulls until the end; `*state` is the last one. */
static nitro_code_t follow(nitro_events_t *events, int32_t *state, nitro_error_t **err) {
    for (;;) {
        nitro_status_t *status = NULL;
        nitro_code_t code = nitro_events_next(events, NULL, 500, &status, err);
        if (code == NITRO_E_TIMEOUT) { /* No new state within half a second, and none lost: do other work here. */
            nitro_error_free(*err);
            printf("...\n");
            fflush(stdout);
            continue;
        }
        if (code != NITRO_OK || status == NULL) return code; /* NULL with NITRO_OK means that the job has ended. */
        *state = nitro_status_state(status);
        show(status);
        nitro_status_free(status);
    }
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_events_t *events = NULL;
    nitro_error_t *err = NULL;
    int32_t state = NITRO_STATE_UNKNOWN;

    if (argc != 2) {
        fprintf(stderr, "usage: %s JOB_ID\n", argv[0]);
        return 2;
    }
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    if (code == NITRO_OK) code = nitro_job_from_id(client, argv[1], &job, &err);
    if (code == NITRO_OK) code = nitro_job_events(job, &events, &err);
    if (code == NITRO_OK) code = follow(events, &state, &err);
    if (code != NITRO_OK) fprintf(stderr, "%s: %s\n", nitro_code_name(code), nitro_error_message(err));

    nitro_error_free(err);
    nitro_events_free(events);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    return code != NITRO_OK || state != NITRO_STATE_COMPLETED;
}
