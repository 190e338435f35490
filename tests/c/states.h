/* Handles in states in which a function has nothing to return, for the table of tests/c_api/states.rs. Arguments: done, a
 * completed job of one file; text, one of a text; paused, one in an unknown state; lost, one that does not exist; folder;
 * file, any. */
#ifndef STATES_H
#define STATES_H

#include "check.h"

static nitro_client_t *client;
static nitro_options_t *used;         /* A client was made from it. */
static nitro_job_t *orphan;           /* Its client was freed. */
static nitro_status_t *paused;        /* An unknown state. */
static nitro_result_t *file, *text;   /* Of one file; of a text. */
static nitro_error_t *plain;          /* Not about an HTTP response, a timeout or a job. */
static nitro_events_t *ended;         /* The last state was returned. */
static nitro_watch_t *empty;          /* Without jobs; it had one. */
static nitro_watch_event_t *given_up; /* Of a job that cannot be followed; its watch was freed. */
static nitro_submission_t *spent;     /* Its reader was read. */
static nitro_cancel_t *triggered;
static char *ticket;

static int64_t five_bytes(uint8_t *buffer, size_t capacity, void *user_data) {
    CHECK(capacity >= 5 && user_data == NULL);
    memcpy(buffer, "%PDF-", 5);
    return 5;
}

static void wait_for_last_event(nitro_job_t *job, nitro_watch_t *watch, nitro_watch_event_t **last) {
    OK(nitro_watch_add(watch, job, &client, NULL, &err));
    OK(nitro_watch_next(watch, NULL, 0, last, &err));
    CHECK_NUMBER(nitro_watch_event_is_last(*last), 1);
}

static void set_up(int argc, char **argv) {
    nitro_client_t *freed = NULL;
    nitro_job_t *job, *made = NULL;
    nitro_status_t *status = NULL;
    nitro_watch_t *watch = NULL;
    nitro_watch_event_t *last = NULL;
    begin(argc, argv);
    used = some_options();
    OK(nitro_client_new(used, &client, &err));
    OK(nitro_client_new(used, &freed, &err));
    orphan = job_named(freed, "done");
    nitro_client_free(freed);
    OK(nitro_job_json(orphan, &ticket, NULL, &err));
    OK(nitro_job_result(orphan, NULL, -1, &file, &err));
    CHECK_NUMBER(nitro_job_from_id(client, "", &made, &plain), NITRO_E_INVALID_ARGUMENT);

    OK(nitro_job_events(orphan, &ended, &err));
    do {
        nitro_status_free(status);
        OK(nitro_events_next(ended, NULL, 0, &status, &err));
    } while (status);
    OK(nitro_watch_new(client, 1, 0.0, &empty, &err));
    wait_for_last_event(orphan, empty, &last);
    nitro_watch_event_free(last);

    job = job_named(client, "text");
    OK(nitro_job_result(job, NULL, -1, &text, &err));
    nitro_job_free(job);
    job = job_named(client, "paused");
    OK(nitro_job_status(job, NULL, -1, &paused, &err));
    nitro_job_free(job);
    job = job_named(client, "lost");
    OK(nitro_watch_new(client, 1, 0.0, &watch, &err));
    wait_for_last_event(job, watch, &given_up);
    nitro_watch_free(watch);
    nitro_job_free(job);

    OK(nitro_submission_new("transformations", "flatten", &spent, &err));
    OK(nitro_submission_add_reader(spent, "a.pdf", NULL, 5, five_bytes, NULL, &err));
    OK(nitro_client_submit(client, spent, NULL, NULL, NULL, -1, &made, &err));
    nitro_job_free(made);
    triggered = nitro_cancel_new();
    nitro_cancel_trigger(triggered);
}

static int tear_down(void) {
    nitro_string_free(ticket);
    nitro_cancel_free(triggered);
    nitro_submission_free(spent);
    nitro_watch_event_free(given_up);
    nitro_watch_free(empty);
    nitro_events_free(ended);
    nitro_error_free(plain);
    nitro_result_free(text);
    nitro_result_free(file);
    nitro_status_free(paused);
    nitro_job_free(orphan);
    nitro_options_free(used);
    nitro_client_free(client);
    return end();
}

#endif
