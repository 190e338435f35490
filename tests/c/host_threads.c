/* What a host does with threads and signals. Arguments: running, a job that does not end; what: `signals`, `cancel` or
 * `watch`. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static nitro_client_t *client;
static nitro_job_t *running;
static volatile sig_atomic_t handled;

static void handle_signal(int signal) {
    (void)signal;
    handled = 1;
}

/* A watch whose thread has made a request. */
static nitro_watch_t *working_watch(void) {
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *event = NULL;
    OK(nitro_watch_new(client, 1, 0.0, &watch, &err));
    OK(nitro_watch_add(watch, running, NULL, NULL, &err));
    OK(nitro_watch_next(watch, NULL, 0, &event, &err));
    CHECK(event != NULL);
    nitro_watch_event_free(event);
    return watch;
}

static void watch_works(void) {
    nitro_status_t *status = NULL;
    OK(nitro_job_status(running, NULL, -1, &status, &err)); /* Looks the host name up. */
    nitro_status_free(status);
    nitro_watch_free(working_watch());
}

/* A signal to the process goes to any thread that does not block it. Here the host's only one does. */
static void signals_stay_with_the_host(void) {
    struct sigaction action;
    sigset_t before, after, own, pending;
    nitro_watch_t *watch;
    int number;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle_signal;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &before) == 0);
    watch = working_watch();
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &after) == 0);
    for (number = 1; number < 32; number++) CHECK_NUMBER(sigismember(&after, number), sigismember(&before, number));
    sigemptyset(&own);
    sigaddset(&own, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &own, NULL) == 0);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    nitro_watch_free(watch); /* Its thread has ended, and would have run the handler. */
    CHECK(sigpending(&pending) == 0);
    CHECK_NUMBER(sigismember(&pending, SIGUSR1), 1);
    CHECK_NUMBER(handled, 0);
}

static pthread_barrier_t barrier;
static nitro_cancel_t *cancel;
static nitro_code_t codes[2];

static int32_t report(const nitro_status_t *status, void *reports) {
    (void)status;
    if (*(int *)reports == 0) {
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
    }
    *(int *)reports += 1;
    return 0;
}

static void *wait_for_job(void *nothing) {
    int reports = 0;
    nitro_watch_t *watch = NULL;
    (void)nothing;
    codes[0] = nitro_watch_new(client, 1, 0.0, &watch, NULL);
    if (codes[0] == NITRO_OK) codes[0] = nitro_watch_add(watch, running, NULL, NULL, NULL);
    codes[1] = nitro_job_wait(running, report, &reports, cancel, 0, NULL, NULL);
    nitro_watch_free(watch);
    pthread_testcancel();
    codes[1] = NITRO_OK; /* Not reached. */
    return NULL;
}

static void a_cancelled_thread_ends_after_its_call(void) {
    pthread_t thread;
    void *value = NULL;
    cancel = nitro_cancel_new();
    CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
    CHECK(pthread_create(&thread, NULL, wait_for_job, NULL) == 0);
    pthread_barrier_wait(&barrier);
    CHECK(pthread_cancel(thread) == 0);
    pthread_barrier_wait(&barrier);
    nitro_cancel_trigger(cancel);
    CHECK(pthread_join(thread, &value) == 0);
    CHECK(value == PTHREAD_CANCELED);
    CHECK_NUMBER(codes[0], NITRO_OK);
    CHECK_NUMBER(codes[1], NITRO_E_CANCELLED);
    pthread_barrier_destroy(&barrier);
    nitro_cancel_free(cancel);
    watch_works();
}

int main(int argc, char **argv) {
    const char *what;
    begin(argc, argv);
    what = arg("what");
    client = some_client();
    running = job_named(client, "running");
    if (strcmp(what, "signals") == 0) signals_stay_with_the_host();
    if (strcmp(what, "cancel") == 0) a_cancelled_thread_ends_after_its_call();
    if (strcmp(what, "watch") == 0) watch_works();
    nitro_job_free(running);
    nitro_client_free(client);
    return end();
}
