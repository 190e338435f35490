/* The library as a C program uses it, against a load server. Contract: the last line is
 * {"ops":..,"bytes":..,"secs":..,"user":..,"sys":..,"check":..}; exit 3 means not supported.
 *
 * nitro_bench BASE once ID | poll ID N | sse ID | json ID N | jsonraw ID N | jsonres ID N | bin ID PATH N
 *                | up PATH N | batch PATH N AT_A_TIME | threads ID N THREADS
 *                | watch-poll JOBS MIN_MS MAX_MS TAG EVERY_MS | watch-sse JOBS MIN_MS MAX_MS TAG */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include "nitro_uploads.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static nitro_error_t *err;

static void must(nitro_code_t code) {
    if (code == NITRO_OK) return;
    fprintf(stderr, "%s: %s\n", nitro_code_name(code), nitro_error_message(err));
    exit(1);
}

static nitro_client_t *client_of(const char *base, long every_ms) {
    nitro_client_t *client = NULL;
    nitro_options_t *options = nitro_options_new();
    if (every_ms > 0) must(nitro_options_set_poll_interval_ms(options, every_ms, every_ms, &err));
    must(nitro_options_set_base_url(options, base, &err));
    must(nitro_options_set_token(options, "bench", &err));
    if (getenv("BENCH_CA")) must(nitro_options_add_ca_file(options, getenv("BENCH_CA"), &err));
    must(nitro_client_new(options, &client, &err));
    nitro_options_free(options);
    return client;
}

static int poll_status(nitro_job_t *job, long n) {
    struct start begun = start();
    double check = 0;
    for (long i = 0; i < n; i++) {
        nitro_status_t *status = NULL;
        must(nitro_job_status(job, NULL, -1, &status, &err));
        if (nitro_status_state(status) != NITRO_STATE_RUNNING) exit(1);
        check += nitro_status_progress(status);
        nitro_status_free(status);
    }
    return report(n, 0, begun, check);
}

struct poller {
    pthread_t thread;
    nitro_job_t *job;
    long polls;
    double check;
};

static void *poll_in_thread(void *poller) {
    struct poller *own = poller;
    nitro_error_t *error = NULL;
    for (long i = 0; i < own->polls; i++) {
        nitro_status_t *status = NULL;
        if (nitro_job_status(own->job, NULL, -1, &status, &error)) exit(1);
        own->check += nitro_status_progress(status);
        nitro_status_free(status);
    }
    return NULL;
}

/* All polls together are n, by threads that share the job and its client. */
static int poll_in_threads(nitro_job_t *job, long n, long threads) {
    struct poller *pollers = threads > 0 ? calloc((size_t)threads, sizeof *pollers) : NULL;
    struct start begun = start();
    double check = 0;
    if (!pollers) return 2;
    for (long k = 0; k < threads; k++) {
        pollers[k].job = job;
        pollers[k].polls = n / threads;
        if (pthread_create(&pollers[k].thread, NULL, poll_in_thread, &pollers[k])) exit(1);
    }
    for (long k = 0; k < threads; k++) {
        pthread_join(pollers[k].thread, NULL);
        check += pollers[k].check;
    }
    free(pollers);
    return report(n / threads * threads, 0, begun, check);
}

static int follow_events(nitro_job_t *job) {
    struct start begun = start();
    double check = 0;
    long n = 0;
    nitro_events_t *events = NULL;
    must(nitro_job_events(job, &events, &err));
    for (;;) {
        nitro_status_t *status = NULL;
        must(nitro_events_next(events, NULL, -1, &status, &err));
        if (!status) break;
        if (nitro_status_state(status) == NITRO_STATE_RUNNING) check += nitro_status_progress(status);
        nitro_status_free(status);
        n++;
    }
    nitro_events_free(events);
    return report(n, 0, begun, check);
}

static int fetch_json(nitro_job_t *job, long n, int value_alone) {
    struct start begun = start();
    double bytes = 0;
    for (long i = 0; i < n; i++) {
        nitro_result_t *result = NULL;
        size_t length = 0;
        must(nitro_job_result(job, NULL, -1, &result, &err));
        if (value_alone) {
            char *value = NULL;
            must(nitro_result_value_json(result, &value, &length, &err));
            if (value[length] != '\0') exit(1);
            nitro_string_free(value);
        }
        nitro_result_json(result, &length);
        bytes += (double)length;
        nitro_result_free(result);
    }
    return report(n, bytes, begun, bytes);
}

static int fetch_file(nitro_job_t *job, const char *path, long n);
static int watch_jobs(const char *base, char **argv, int argc);

int main(int argc, char **argv) {
    const char *what = argc > 3 ? argv[2] : "";
    long n = argc > 4 ? atol(argv[argc - 1]) : 1;
    int status = 3;
    nitro_client_t *client;
    nitro_job_t *job = NULL;
    if (argc < 4) return 2;
    if (strncmp(what, "watch", 5) == 0) return argc < 7 ? 2 : watch_jobs(argv[1], argv + 2, argc - 2);
    client = client_of(argv[1], 0);
    if (!strcmp(what, "up") || !strcmp(what, "batch")) {
        long at_a_time = strcmp(what, "batch") ? 1 : argc > 5 ? atol(argv[5]) : 0;
        status = upload_files(client, argv[3], argc > 4 ? atol(argv[4]) : 0, at_a_time);
        nitro_client_free(client);
        return status;
    }
    must(nitro_job_from_id(client, argv[3], &job, &err));
    if (!strcmp(what, "once")) status = poll_status(job, 1);
    if (!strcmp(what, "poll")) status = poll_status(job, n);
    if (!strcmp(what, "threads") && argc > 5) status = poll_in_threads(job, atol(argv[4]), n);
    if (!strcmp(what, "sse")) status = follow_events(job);
    if (!strcmp(what, "json") || !strcmp(what, "jsonraw")) status = fetch_json(job, n, 0);
    if (!strcmp(what, "jsonres")) status = fetch_json(job, n, 1);
    if (!strcmp(what, "bin") && argc > 5) status = fetch_file(job, argv[4], n);
    nitro_job_free(job);
    nitro_client_free(client);
    return status;
}

struct file {
    FILE *file;
    double bytes;
};

static int32_t write_file(const uint8_t *data, size_t length, void *user_data) {
    struct file *out = user_data;
    out->bytes += (double)length;
    return fwrite(data, 1, length, out->file) != length;
}

static int fetch_file(nitro_job_t *job, const char *path, long n) {
    struct file out = {NULL, 0};
    struct start begun = start();
    for (long i = 0; i < n; i++) {
        out.file = fopen(path, "wb");
        if (!out.file) exit(1);
        setvbuf(out.file, NULL, _IONBF, 0);
        must(nitro_job_result_bytes(job, write_file, &out, NULL, -1, NULL, NULL, &err));
        fclose(out.file);
    }
    return report(n, out.bytes, begun, out.bytes);
}

/* Each job's end is printed as "done JOB NANOSECONDS". */
static int watch_jobs(const char *base, char **argv, int argc) {
    long jobs = atol(argv[1]), least = atol(argv[2]), most = atol(argv[3]);
    int polls = strcmp(argv[0], "watch-poll") == 0;
    nitro_client_t *client = client_of(base, polls && argc > 5 ? atol(argv[5]) : 250);
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *event = NULL;
    struct start begun = start();
    char *lines = malloc((size_t)jobs * 160), *end = lines;
    if (!lines || jobs < 1 || most <= least) return 2;
    must(nitro_watch_new(client, polls ? 8 : 256, 0, &watch, &err));
    for (long k = 0; k < jobs; k++) {
        char id[128];
        nitro_job_t *job = NULL;
        live_job(id, k, least, most, argv[4]);
        must(nitro_job_from_id(client, id, &job, &err));
        must(nitro_watch_add(watch, job, NULL, NULL, &err));
        nitro_job_free(job);
    }
    for (;;) {
        must(nitro_watch_next(watch, NULL, 0, &event, &err));
        if (!event) break;
        if (nitro_watch_event_is_last(event)) {
            must(nitro_watch_event_code(event));
            end += sprintf(end, "done %s %.0f\n", nitro_watch_event_job_id(event), now() * 1e9);
        }
        nitro_watch_event_free(event);
    }
    fwrite(lines, 1, (size_t)(end - lines), stdout);
    free(lines);
    nitro_watch_free(watch);
    nitro_client_free(client);
    return report(jobs, 0, begun, (double)jobs);
}
