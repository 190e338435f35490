/* Follows a job to its end with a progress bar and saves its result.
 *
 *   follow JOB_ID FILE       with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 * Exits with 0 if the file was saved, 1 if not, 2 for wrong arguments. Ctrl-C cancels. */
#define _POSIX_C_SOURCE 200809L
#include <nitro_jobs.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* Waits for Ctrl-C on a separate thread: a signal handler may not call the library, a thread may. */
static void *cancel_on_ctrl_c(void *cancel) {
    sigset_t interrupt;
    int number = 0;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigwait(&interrupt, &number);
    nitro_cancel_trigger(cancel);
    return NULL;
}

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

static int32_t on_progress(const nitro_status_t *status, void *user_data) {
    double progress = nitro_status_progress(status);
    (void)user_data;
    if (progress >= 0.0) show(nitro_status_name(status), progress);
    return 0;
}

static int32_t on_transfer(size_t file, size_t files, int64_t bytes, int64_t total, void *user_data) {
    int64_t *tenth = user_data; /* Printed ten times, not for each block. */
    (void)file;
    (void)files;
    if (total > 0 && bytes * 10 / total != *tenth) {
        *tenth = bytes * 10 / total;
        show("downloading", (double)bytes / (double)total);
    }
    return 0;
}

static int explain(nitro_error_t *err) {
    fprintf(stderr, "\n%s: %s\n", nitro_code_name(nitro_error_code(err)), nitro_error_message(err));
    if (nitro_error_reference_id(err)) fprintf(stderr, "reference for support: %s\n", nitro_error_reference_id(err));
    nitro_error_free(err);
    return 1;
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_error_t *err = NULL;
    nitro_cancel_t *cancel = nitro_cancel_new();
    int64_t tenth = -1;
    char *saved = NULL;
    sigset_t interrupt;
    pthread_t watcher;

    if (argc != 3) {
        fprintf(stderr, "usage: %s JOB_ID FILE\n", argv[0]);
        return 2;
    }
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, NULL);
    pthread_create(&watcher, NULL, cancel_on_ctrl_c, cancel);

    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    if (code == NITRO_OK) code = nitro_job_from_id(client, argv[1], &job, &err);
    if (code == NITRO_OK) code = nitro_job_wait(job, on_progress, NULL, cancel, -1, NULL, &err);
    if (code == NITRO_OK)
        code = nitro_job_download(job, argv[2], NITRO_EXISTING_REPLACE, on_transfer, &tenth, cancel, -1, &saved, &err);
    if (code == NITRO_OK) printf("\nsaved %s\n", saved);

    pthread_kill(watcher, SIGINT); /* Ends the watcher thread; a trigger after the end has no effect. */
    pthread_join(watcher, NULL);
    nitro_string_free(saved);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    nitro_cancel_free(cancel);
    return code == NITRO_OK ? 0 : explain(err);
}
