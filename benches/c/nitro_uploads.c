#define _POSIX_C_SOURCE 200809L
#include "nitro_uploads.h"

#include "bench.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

/* What the threads share. */
struct uploads {
    const nitro_client_t *client;
    const char *path;
    pthread_mutex_t lock;
    long left, accepted;
};

static void must(nitro_code_t code, const nitro_error_t *error) {
    if (code == NITRO_OK) return;
    fprintf(stderr, "%s: %s\n", nitro_code_name(code), nitro_error_message(error));
    exit(1);
}

/* A submission of its own for each upload, as for files that differ. */
static int upload(const nitro_client_t *client, const char *path) {
    nitro_submission_t *submission = NULL;
    nitro_job_t *job = NULL;
    nitro_error_t *error = NULL;
    int accepted;
    must(nitro_submission_new("conversions", "convert", &submission, &error), error);
    must(nitro_submission_set_params_json(submission, "{\"to\":\"docx\"}", &error), error);
    must(nitro_submission_add_file(submission, path, "application/pdf", &error), error);
    must(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &error), error);
    accepted = nitro_job_id(job)[0] != '\0';
    nitro_job_free(job);
    nitro_submission_free(submission);
    return accepted;
}

static void *upload_in_thread(void *shared) {
    struct uploads *uploads = shared;
    long accepted = 0;
    for (;;) {
        int more;
        pthread_mutex_lock(&uploads->lock);
        more = uploads->left > 0;
        if (more) uploads->left--;
        pthread_mutex_unlock(&uploads->lock);
        if (!more) break;
        accepted += upload(uploads->client, uploads->path);
    }
    pthread_mutex_lock(&uploads->lock);
    uploads->accepted += accepted;
    pthread_mutex_unlock(&uploads->lock);
    return NULL;
}

int upload_files(const nitro_client_t *client, const char *path, long count, long threads) {
    struct uploads uploads = {client, path, PTHREAD_MUTEX_INITIALIZER, count, 0};
    struct stat file;
    pthread_t *others;
    struct start begun;
    if (count < 1 || threads < 1 || stat(path, &file)) return 2;
    others = calloc((size_t)threads, sizeof *others);
    if (!others) return 1;
    begun = start();
    /* The main thread is one of them. */
    for (long k = 1; k < threads; k++) {
        if (pthread_create(&others[k], NULL, upload_in_thread, &uploads)) exit(1);
    }
    upload_in_thread(&uploads);
    for (long k = 1; k < threads; k++) pthread_join(others[k], NULL);
    free(others);
    return report(count, (double)file.st_size * (double)count, begun, (double)uploads.accepted);
}
