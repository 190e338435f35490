/* A cancel token that is freed as soon as its trigger is seen, while the thread that triggered it may still be in the call.
 * Arguments: running, a job that does not end; rounds. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <pthread.h>

static nitro_cancel_t *cancel;
static nitro_events_t *events;
static pthread_barrier_t barrier;
static long rounds;

static void *trigger_each(void *nothing) {
    long round;
    (void)nothing;
    for (round = 0; round < rounds; round++) {
        pthread_barrier_wait(&barrier);
        nitro_cancel_trigger(cancel);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static void see_it_by_a_query(void) {
    while (!nitro_cancel_is_triggered(cancel)) {}
}

static void see_it_by_a_call(void) {
    nitro_status_t *status = NULL;
    nitro_code_t code = NITRO_OK;
    while (code == NITRO_OK) { /* The first events of the stream may come before the trigger. */
        code = nitro_events_next(events, cancel, 0, &status, NULL);
        nitro_status_free(status);
    }
    CHECK_NUMBER(code, NITRO_E_CANCELLED);
}

static void free_once_seen(void (*see)(void)) {
    pthread_t other;
    long round;
    CHECK(pthread_create(&other, NULL, trigger_each, NULL) == 0);
    for (round = 0; round < rounds; round++) {
        unsigned char *reused;
        cancel = nitro_cancel_new();
        pthread_barrier_wait(&barrier);
        see();
        nitro_cancel_free(cancel);
        reused = malloc(sizeof(void *)); /* Perhaps the memory of the handle. */
        CHECK(reused != NULL);
        memset(reused, 0xff, sizeof(void *));
        pthread_barrier_wait(&barrier);
        free(reused);
    }
    pthread_join(other, NULL);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    nitro_job_t *running;
    begin(argc, argv);
    rounds = atol(arg("rounds"));
    CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
    free_once_seen(see_it_by_a_query);
    client = some_client();
    running = job_named(client, "running");
    OK(nitro_job_events(running, &events, &err));
    free_once_seen(see_it_by_a_call);
    nitro_events_free(events);
    nitro_job_free(running);
    nitro_client_free(client);
    pthread_barrier_destroy(&barrier);
    return end();
}
