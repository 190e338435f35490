/* Follows many jobs at once and prints a line for each change.
 *
 *   watch_many JOB_ID...     with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 * Exits with 0 if all jobs are completed, 1 if one is not, 2 for wrong arguments. */
#include <nitro_jobs.h>
#include <stdio.h>

static int explain(const nitro_error_t *err) {
    fprintf(stderr, "%s: %s\n", nitro_code_name(nitro_error_code(err)), nitro_error_message(err));
    return 1;
}

/* A row of a list, as a window would have it: user_data points to it, so no search is needed. */
typedef struct {
    int number;
    const char *id;
} row;

static int show(const nitro_watch_event_t *event) {
    const row *here = nitro_watch_event_user_data(event);
    const nitro_status_t *status = nitro_watch_event_status(event);
    double progress = nitro_status_progress(status);
    if (!nitro_watch_event_is_last(event)) {
        if (progress >= 0.0) printf("%3d  %s  %3.0f %%\n", here->number, here->id, progress * 100.0);
        return 0;
    }
    if (nitro_watch_event_code(event) == NITRO_OK) {
        printf("%3d  %s  %s\n", here->number, here->id, nitro_status_name(status));
        return 0;
    }
    printf("%3d  %s  no result\n", here->number, here->id);
    return explain(nitro_watch_event_error(event));
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *event = NULL;
    nitro_error_t *err = NULL;
    static row rows[1000];
    int failed = 0;

    if (argc < 2 || argc > 1000) {
        fprintf(stderr, "usage: %s JOB_ID...\n", argv[0]);
        return 2;
    }
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    /* Four threads, and no more than 20 requests a second for all jobs together. */
    if (code == NITRO_OK) code = nitro_watch_new(client, 4, 20.0, &watch, &err);
    for (int i = 1; i < argc && code == NITRO_OK; i++) {
        nitro_job_t *job = NULL;
        rows[i - 1].number = i;
        rows[i - 1].id = argv[i];
        code = nitro_job_from_id(client, argv[i], &job, &err);
        if (code == NITRO_OK) code = nitro_watch_add(watch, job, &rows[i - 1], NULL, &err);
        nitro_job_free(job);
    }
    while (code == NITRO_OK) {
        code = nitro_watch_next(watch, NULL, 0, &event, &err);
        if (code != NITRO_OK || event == NULL) break;
        failed |= show(event);
        nitro_watch_event_free(event);
    }
    if (code != NITRO_OK) failed = explain(err);

    nitro_error_free(err);
    nitro_watch_free(watch);
    nitro_client_free(client);
    nitro_options_free(options);
    return failed;
}
