/* Following many jobs. Arguments, each a list of ids with commas: `completed`, `failed`, `canceled`, `lost`, `running`. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <pthread.h>
#include <time.h>

typedef struct {
    char id[80];
    int ends;
    nitro_code_t code;
} row;

static row rows[64];
static size_t row_count;
/* The user data of a job's events until it is replaced with its row. */
static row unknown;

static row *row_of(const nitro_watch_event_t *event) {
    row *here = nitro_watch_event_user_data(event);
    size_t i;
    for (i = 0; here == &unknown && i < row_count; i++)
        if (strcmp(rows[i].id, nitro_watch_event_job_id(event)) == 0) here = &rows[i];
    return here;
}

/* Adds each job of this list with its row. */
static void add_all(const nitro_client_t *client, const nitro_watch_t *watch, const char *name, nitro_code_t code) {
    const char *each = arg(name);
    while (*each) {
        size_t length = strcspn(each, ",");
        row *here = &rows[row_count++];
        nitro_job_t *job;
        uint64_t id = 0, same = 0;
        CHECK(row_count <= 64 && length < sizeof here->id);
        memcpy(here->id, each, length);
        here->code = code;
        job = job_of(client, here->id);
        OK(nitro_watch_add(watch, job, &unknown, &id, &err));
        CHECK(id != 0);
        /* Adding it again only replaces the user data. */
        OK(nitro_watch_add(watch, job, here, &same, &err));
        CHECK(id == same);
        nitro_job_free(job);
        each += length + (each[length] == ',');
    }
}

/* Each job has the expected last event with its reason; there is no event after it. */
static void ends_as_scripted(const nitro_client_t *client) {
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *event = NULL;
    size_t progress = 0, known = 0, i;
    OK(nitro_watch_new(client, 0, 0.0, &watch, &err));
    OK(nitro_watch_next(watch, NULL, -1, &event, &err));
    CHECK(event == NULL);
    add_all(client, watch, "completed", NITRO_OK);
    add_all(client, watch, "failed", NITRO_E_JOB_FAILED);
    add_all(client, watch, "canceled", NITRO_E_JOB_CANCELED);
    add_all(client, watch, "lost", NITRO_E_NOT_FOUND);
    CHECK_NUMBER(nitro_watch_count(watch), row_count);
    for (;;) {
        row *here;
        nitro_code_t code;
        err_forget();
        code = nitro_watch_next(watch, NULL, 2, &event, &err);
        if (code == NITRO_E_TIMEOUT) { /* No event is lost. */
            CHECK(event == NULL);
            continue;
        }
        CHECK_NUMBER(code, NITRO_OK);
        if (!event) break;
        here = row_of(event);
        known += here == nitro_watch_event_user_data(event);
        CHECK_TEXT(nitro_watch_event_job_id(event), here->id);
        CHECK(nitro_watch_event_id(event) != 0);
        CHECK_NUMBER(here->ends, 0);
        if (nitro_watch_event_is_last(event)) {
            const nitro_error_t *error = nitro_watch_event_error(event);
            const nitro_status_t *status = nitro_watch_event_status(event);
            here->ends++;
            CHECK_NUMBER(nitro_watch_event_code(event), here->code);
            CHECK_NUMBER(nitro_error_code(error), here->code);
            CHECK((error == NULL) == (here->code == NITRO_OK));
            CHECK((status == NULL) == (here->code == NITRO_E_NOT_FOUND));
            if (here->code == NITRO_E_JOB_FAILED) CHECK_HOLDS(nitro_error_problem_json(error), "PDFIsPasswordProtected");
            if (error) CHECK(nitro_error_reference_id(error) != NULL);
            if (error) CHECK_HOLDS(nitro_error_message(error), here->id);
        } else {
            progress++;
            CHECK_NUMBER(nitro_watch_event_code(event), NITRO_OK);
            CHECK_NUMBER(nitro_status_state(nitro_watch_event_status(event)), NITRO_STATE_RUNNING);
        }
        nitro_watch_event_free(event);
    }
    for (i = 0; i < row_count; i++) CHECK_NUMBER(rows[i].ends, 1);
    CHECK(progress > 0 && known > 0);
    CHECK_NUMBER(nitro_watch_count(watch), 0);
    nitro_watch_free(watch);
}

static void *wait_for_events(void *watch) {
    nitro_watch_event_t *event = NULL;
    nitro_code_t code;
    do { /* The other thread may be waiting itself when this one starts. */
        code = nitro_watch_next(watch, NULL, 0, &event, NULL);
        nitro_watch_event_free(event);
    } while (code == NITRO_E_BUSY || event);
    CHECK_NUMBER(code, NITRO_OK);
    return NULL;
}

/* One thread waits; another one gets NITRO_E_BUSY and removes all jobs, which ends the wait. */
static void removed_from_another_thread(const nitro_client_t *client) {
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *event = NULL;
    pthread_t waiting;
    nitro_code_t code;
    uint64_t first = 0, id;
    size_t i, count;
    nitro_job_t *job;
    OK(nitro_watch_new(client, 2, 100.0, &watch, &err));
    row_count = 0;
    memset(rows, 0, sizeof rows);
    add_all(client, watch, "running", NITRO_OK);
    count = row_count;
    job = job_of(client, rows[0].id);
    OK(nitro_watch_add(watch, job, NULL, &first, &err));
    nitro_job_free(job);
    do { /* Each job has one event; after that there is none. */
        err_forget();
        code = nitro_watch_next(watch, NULL, 2, &event, &err);
        CHECK((event == NULL) == (code != NITRO_OK));
        nitro_watch_event_free(event);
    } while (code == NITRO_OK);
    CHECK_NUMBER(code, NITRO_E_TIMEOUT);
    CHECK(pthread_create(&waiting, NULL, wait_for_events, watch) == 0);
    for (;;) {
        const struct timespec moment = {0, 1000000};
        err_forget();
        code = nitro_watch_next(watch, NULL, 1, &event, &err);
        nitro_watch_event_free(event);
        if (code == NITRO_E_BUSY) break;
        nanosleep(&moment, NULL); /* Lets the other thread run: a tool that runs one thread at a time may starve it. */
    }
    for (i = 0, id = first; i < count; i++, id++) CHECK_NUMBER(nitro_watch_remove(watch, id), 1);
    CHECK_NUMBER(nitro_watch_remove(watch, first), 0);
    CHECK(pthread_join(waiting, NULL) == 0);
    nitro_watch_free(watch);
}

/* Freeing a watch does not wait for its jobs, and events outlive their watch. */
static void freed_while_jobs_run(const nitro_client_t *client) {
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *event = NULL;
    nitro_cancel_t *cancel = nitro_cancel_new();
    OK(nitro_watch_new(client, 4, 0.0, &watch, &err));
    row_count = 0;
    memset(rows, 0, sizeof rows);
    add_all(client, watch, "running", NITRO_OK);
    OK(nitro_watch_next(watch, cancel, 0, &event, &err));
    CHECK(event != NULL);
    nitro_cancel_trigger(cancel);
    {
        nitro_watch_event_t *none = (nitro_watch_event_t *)&event;
        FAILS(nitro_watch_next(watch, cancel, 0, &none, &err), NITRO_E_CANCELLED);
        CHECK(none == NULL);
    }
    nitro_cancel_free(cancel);
    nitro_watch_free(watch);
    CHECK_NUMBER(nitro_status_state(nitro_watch_event_status(event)), NITRO_STATE_RUNNING);
    nitro_watch_event_free(event);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    ends_as_scripted(client);
    removed_from_another_thread(client);
    freed_while_jobs_run(client);
    nitro_client_free(client);
    return end();
}
