/* Waits on a worker thread, so that the main thread can react to the user, who may cancel the wait.
 *
 *   cancel JOB_ID     with NITRO_BASE_URL and NITRO_TOKEN in the environment; Enter cancels
 *
 * Exits with 0 if the job is completed, 1 if it is not, 2 for wrong arguments, 3 if the wait was cancelled. */
#define _POSIX_C_SOURCE 200809L
#include <nitro_jobs.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

/* Shared by the two threads. The main thread reads `code` and `err` after the worker has ended. */
typedef struct {
    const char *id;
    nitro_cancel_t *cancel;
    int ended[2]; /* The worker closes this pipe at its end, so that poll() can wait for it. */
    nitro_code_t code;
    nitro_error_t *err;
} waiting;

static int32_t on_progress(const nitro_status_t *status, void *user_data) {
    double progress = nitro_status_progress(status);
    (void)user_data;
    if (progress >= 0.0) printf("%s %.0f %%\n", nitro_status_name(status), progress * 100.0);
    fflush(stdout);
    return 0;
}

static void *follow(void *argument) {
    waiting *work = argument;
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_code_t code = nitro_options_from_env(&options, &work->err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &work->err);
    if (code == NITRO_OK) code = nitro_job_from_id(client, work->id, &job, &work->err);
    if (code == NITRO_OK) code = nitro_job_wait(job, on_progress, NULL, work->cancel, -1, NULL, &work->err);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    work->code = code;
    close(work->ended[1]);
    return NULL;
}

int main(int argc, char **argv) {
    waiting work = {.code = NITRO_OK};
    pthread_t worker;

    if (argc != 2) {
        fprintf(stderr, "usage: %s JOB_ID\n", argv[0]);
        return 2;
    }
    work.id = argv[1];
    work.cancel = nitro_cancel_new();
    if (pipe(work.ended) != 0 || pthread_create(&worker, NULL, follow, &work) != 0) {
        perror(argv[0]);
        return 1;
    }
    struct pollfd either[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = work.ended[0], .events = POLLIN}};
    poll(either, 2, -1); /* A window's event loop does the same. */
    /* Returns at once; the wait returns shortly after. If the wait has already ended, this has no effect. */
    if (either[0].revents != 0) nitro_cancel_trigger(work.cancel);
    pthread_join(worker, NULL);

    if (work.code == NITRO_OK)
        printf("completed\n");
    else if (work.code == NITRO_E_CANCELLED) /* The wait ended, the job did not. */
        printf("cancelled; the job goes on: %s\n", nitro_error_ticket_json(work.err));
    else
        fprintf(stderr, "%s: %s\n", nitro_code_name(work.code), nitro_error_message(work.err));

    nitro_error_free(work.err);
    nitro_cancel_free(work.cancel);
    close(work.ended[0]);
    if (work.code == NITRO_E_CANCELLED) return 3;
    return work.code != NITRO_OK;
}
