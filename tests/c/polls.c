/* Ten thousand polls on one client, and the threads and lookups that they need. Arguments: job=ID polls=N */
#define _GNU_SOURCE
#include "check.h"
#include "lookup.h"

#include <dirent.h>
#include <sched.h>

static void on_hang(void) { CHECK(!"an unexpected lookup"); }

/* The current number of threads of this process. */
static int threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    int n = 0;
    CHECK(tasks != NULL);
    while ((task = readdir(tasks))) n += task->d_name[0] != '.';
    closedir(tasks);
    return n;
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    nitro_job_t *job;
    long polls, i;
    int before, started = 0;

    begin(argc, argv);
    before = threads();
    polls = strtol(arg("polls"), NULL, 10);
    client = some_client();
    job = job_named(client, "job");
    for (i = 0; i < polls; i++) {
        nitro_status_t *status = NULL;
        OK(nitro_job_status(job, NULL, -1, &status, &err));
        CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_RUNNING);
        nitro_status_free(status);
        if (i == 0) started = COUNTED(threads_started);
    }
    /* The name was looked up once, on a thread that has ended. Another one closes the idle connection, and ends with the client. */
    CHECK_NUMBER(COUNTED(lookups), 1);
    CHECK_NUMBER(started, 2);
    CHECK_NUMBER(COUNTED(threads_started), 2);
    /* A tool may have threads of its own. */
    if (!getenv("NITRO_TEST_RUNNER")) CHECK_NUMBER(threads(), before + 1);
    nitro_job_free(job);
    nitro_client_free(client);
    while (!getenv("NITRO_TEST_RUNNER") && threads() > before) sched_yield();
    return end();
}
