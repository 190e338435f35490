/* Saves all files of a completed job into a folder: all of them complete, or none.
 *
 *   download JOB_ID FOLDER     with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 * Files keep the names from the service; if a name exists, the new file gets a number, as in a browser.
 * Exits with 0 if the files were saved, 1 if not, 2 for wrong arguments. */
#include <nitro_jobs.h>
#include <stdio.h>

/* The last tenth that was printed, so that not every block prints a line. */
typedef struct {
    size_t file;
    int64_t tenth;
} shown;

static int32_t on_transfer(size_t file, size_t files, int64_t bytes, int64_t total, void *user_data) {
    shown *last = user_data;
    int64_t tenth = total > 0 ? bytes * 10 / total : 0; /* `total` is -1 if the size is unknown. */
    if (file != last->file || tenth != last->tenth) {
        printf("file %zu of %zu: %d %%\n", file + 1, files, (int)tenth * 10);
        fflush(stdout);
    }
    last->file = file;
    last->tenth = tenth;
    return 0; /* Any other value stops the download and leaves no file. */
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_error_t *err = NULL;
    char *saved = NULL;
    shown last = {0, -1};

    if (argc != 3) {
        fprintf(stderr, "usage: %s JOB_ID FOLDER\n", argv[0]);
        return 2;
    }
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    if (code == NITRO_OK) code = nitro_job_from_id(client, argv[1], &job, &err);
    if (code == NITRO_OK)
        code = nitro_job_download_all(job, argv[2], NITRO_EXISTING_NUMBER, on_transfer, &last, NULL, -1, &saved, &err);

    if (code == NITRO_OK)
        printf("saved %s\n", saved); /* [{"path":...,"bytes":...,"contentType":...}] */
    else if (code == NITRO_E_NOT_READY)
        fprintf(stderr, "the job still runs: wait for its end first, as wait.c does\n");
    else
        fprintf(stderr, "%s: %s\n", nitro_code_name(code), nitro_error_message(err));

    nitro_string_free(saved);
    nitro_error_free(err);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    return code != NITRO_OK;
}
