/* One client and one job on eight threads, cancelled from a ninth; all handles are freed in every order that the header
 * allows. Arguments: running, a job that does not end; done, a completed one; rounds. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <pthread.h>
#include <time.h>

enum { THREADS = 8 };

static nitro_client_t *client;
static nitro_job_t *running, *done;
static nitro_cancel_t *cancel;
static pthread_barrier_t barrier;

/* The last code of each thread, checked once all are joined. */
static nitro_code_t codes[THREADS];

static int32_t count_progress(const nitro_status_t *status, void *user_data) {
    (void)status;
    *(int *)user_data += 1;
    return 0;
}

static nitro_code_t wait_for_job(void) {
    int reports = 0;
    return nitro_job_wait(running, count_progress, &reports, cancel, 0, NULL, NULL);
}

static nitro_code_t read_events(void) {
    nitro_events_t *events = NULL;
    nitro_status_t *status = NULL;
    nitro_code_t code = nitro_job_events(running, &events, NULL);
    while (code == NITRO_OK) {
        code = nitro_events_next(events, cancel, 0, &status, NULL);
        nitro_status_free(status);
    }
    nitro_events_free(events);
    return code;
}

static nitro_code_t request_status(void) {
    nitro_code_t code = NITRO_OK;
    while (code == NITRO_OK) {
        nitro_status_t *status = NULL;
        nitro_job_t *same = NULL;
        code = nitro_job_status(done, cancel, -1, &status, NULL);
        nitro_status_free(status);
        if (code == NITRO_OK) code = nitro_job_from_id(client, nitro_job_id(done), &same, NULL);
        nitro_job_free(same);
    }
    return code;
}

static nitro_code_t watch_job(void) {
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *event = NULL;
    nitro_code_t code = nitro_watch_new(client, 2, 0.0, &watch, NULL);
    if (code == NITRO_OK) code = nitro_watch_add(watch, running, NULL, NULL, NULL);
    while (code == NITRO_OK) {
        code = nitro_watch_next(watch, cancel, 0, &event, NULL);
        nitro_watch_event_free(event);
    }
    nitro_watch_free(watch);
    return code;
}

static void *run_task(void *number) {
    nitro_code_t (*const tasks[])(void) = {wait_for_job, read_events, request_status, watch_job};
    long index = *(long *)number;
    pthread_barrier_wait(&barrier);
    codes[index] = tasks[index % 4]();
    return NULL;
}

static void *trigger(void *nothing) {
    struct timespec moment = {0, 50 * 1000 * 1000};
    (void)nothing;
    pthread_barrier_wait(&barrier);
    nanosleep(&moment, NULL);
    nitro_cancel_trigger(cancel);
    nitro_cancel_trigger(cancel);
    return NULL;
}

/* The four handles, in an order that differs from round to round. */
static void free_in_order(long round) {
    long i;
    for (i = 0; i < 4; i++) switch ((i * (round % 2 ? 3 : 1) + round) % 4) {
        case 0: nitro_client_free(client); break;
        case 1: nitro_job_free(running); break;
        case 2: nitro_job_free(done); break;
        default: nitro_cancel_free(cancel); break;
        }
}

static void one_round(long round) {
    static long numbers[THREADS];
    pthread_t threads[THREADS], ninth;
    long i;
    client = some_client();
    running = job_named(client, "running");
    done = job_named(client, "done");
    cancel = nitro_cancel_new();
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS + 1) == 0);
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, run_task, &numbers[i]) == 0);
    }
    CHECK(pthread_create(&ninth, NULL, trigger, NULL) == 0);
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    pthread_join(ninth, NULL);
    for (i = 0; i < THREADS; i++) CHECK_NUMBER(codes[i], NITRO_E_CANCELLED);
    pthread_barrier_destroy(&barrier);
    free_in_order(round);
}

/* Another thread frees the token during a wait that uses it: the wait has held its own reference since it started, which the
 * first progress shows. */
static void *free_the_token(void *nothing) {
    (void)nothing;
    pthread_barrier_wait(&barrier);
    nitro_cancel_free(cancel);
    pthread_barrier_wait(&barrier);
    return NULL;
}

static int32_t let_it_be_freed(const nitro_status_t *status, void *reports) {
    (void)status;
    if (*(int *)reports == 0) {
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
    }
    *(int *)reports += 1;
    return 0;
}

static void token_freed_during_a_call(void) {
    pthread_t other;
    int reports = 0;
    client = some_client();
    running = job_named(client, "running");
    cancel = nitro_cancel_new();
    nitro_client_free(client); /* The job holds its own reference. */
    CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
    CHECK(pthread_create(&other, NULL, free_the_token, NULL) == 0);
    while (reports == 0) /* On a slow machine the first progress may take longer. */
        FAILS(nitro_job_wait(running, let_it_be_freed, &reports, cancel, 300, NULL, &err), NITRO_E_WAIT_TIMEOUT);
    pthread_join(other, NULL);
    pthread_barrier_destroy(&barrier);
    nitro_job_free(running);
}

int main(int argc, char **argv) {
    long rounds, round;
    begin(argc, argv);
    rounds = atol(arg("rounds"));
    for (round = 0; round < rounds; round++) one_round(round);
    token_freed_during_a_call();
    return end();
}
