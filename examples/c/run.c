/* Sends a document, follows the job with a progress bar, and saves the result, all in one call.
 *
 *   run ENDPOINT METHOD PARAMS_JSON DOCUMENT RESULT     for example: run transformations flatten '{}' in.pdf out.pdf
 *
 * NITRO_BASE_URL and NITRO_TOKEN, or NITRO_CLIENT_ID and NITRO_CLIENT_SECRET, are in the environment. Exits with 0 if the
 * result was saved, 1 if not, 2 for wrong arguments. */
#define _POSIX_C_SOURCE 200809L
#include <nitro_jobs.h>
#include <stdio.h>
#include <unistd.h>

/* A bar on a terminal, a line if the output goes to a file. */
static void show(const char *what, double fraction) {
    const int width = 40;
    int filled = (int)(fraction * width), percent = (int)(fraction * 100.0);
    if (!isatty(STDOUT_FILENO)) {
        printf("%s %3d %%\n", what, percent);
    } else {
        printf("\r%-12s [", what);
        for (int i = 0; i < width; i++) putchar(i < filled ? '#' : '.');
        printf("] %3d %%", percent);
    }
    fflush(stdout);
}

static int32_t on_progress(int32_t phase, int64_t done, int64_t total, const char *ticket_json,
                           const nitro_status_t *status, void *user_data) {
    double transferred = total > 0 ? (double)done / (double)total : 0.0;
    (void)user_data;
    if (phase == NITRO_RUN_UPLOAD && done == total) show("uploaded", 1.0);
    if (phase == NITRO_RUN_SUBMITTED) printf("\nticket: %s\n", ticket_json); /* Enough to resume the job. */
    if (phase == NITRO_RUN_PROCESSING && nitro_status_progress(status) >= 0.0)
        show(nitro_status_name(status), nitro_status_progress(status));
    if (phase == NITRO_RUN_DOWNLOAD && done == total) show("downloaded", transferred);
    return 0;
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_submission_t *submission = NULL;
    nitro_error_t *err = NULL;
    char *saved = NULL;

    if (argc != 6) {
        fprintf(stderr, "usage: %s ENDPOINT METHOD PARAMS_JSON DOCUMENT RESULT\n", argv[0]);
        return 2;
    }
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    if (code == NITRO_OK) code = nitro_submission_new(argv[1], argv[2], &submission, &err);
    if (code == NITRO_OK) code = nitro_submission_set_params_json(submission, argv[3], &err);
    if (code == NITRO_OK) code = nitro_submission_add_file(submission, argv[4], NULL, &err);
    if (code == NITRO_OK)
        code = nitro_client_run(client, submission, argv[5], NITRO_EXISTING_REPLACE, on_progress, NULL, NULL, -1, NULL,
                                &saved, &err);
    if (code == NITRO_OK) printf("\nsaved %s\n", saved);
    if (code != NITRO_OK) fprintf(stderr, "\n%s: %s\n", nitro_code_name(code), nitro_error_message(err));

    nitro_string_free(saved);
    nitro_error_free(err);
    nitro_submission_free(submission);
    nitro_client_free(client);
    nitro_options_free(options);
    return code != NITRO_OK;
}
