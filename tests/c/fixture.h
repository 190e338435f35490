/* One handle of each type, for the generated calls of tests/c_api/arguments.rs. Arguments: job, a completed one of one file;
 * folder, to save to; file, any text file. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "check.h"

static nitro_client_t *client;
static nitro_job_t *job;
static nitro_status_t *status;
static nitro_result_t *result;
static nitro_events_t *events;
static nitro_watch_t *watch;
static nitro_cancel_t *cancel;
static nitro_cancel_t *triggered;
static nitro_options_t *options;    /* For the setters. */
static nitro_options_t *used;       /* For the setters, after a client was made from it. */
static nitro_options_t *as_they_are; /* Never changed. */
static nitro_submission_t *submission; /* For the setters. */
static nitro_submission_t *to_send;    /* Never changed. */
static const uint8_t data[] = "%PDF-1.7 a document";
static nitro_error_t *error;
static char *ticket;
static char saved_to[4096];

static int32_t go_on_progress(const nitro_status_t *now, void *user_data) {
    (void)now;
    (void)user_data;
    return 0;
}

static int32_t go_on_sink(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    (void)length;
    (void)user_data;
    return 0;
}

static int32_t go_on_transfer(size_t file, size_t files, int64_t bytes, int64_t total, void *user_data) {
    (void)file;
    (void)files;
    (void)bytes;
    (void)total;
    (void)user_data;
    return 0;
}

static int32_t go_on_upload(int64_t sent, int64_t total, void *user_data) {
    (void)sent;
    (void)total;
    (void)user_data;
    return 0;
}

static int32_t go_on_run(int32_t phase, int64_t done, int64_t total, const char *ticket_json,
                         const nitro_status_t *now, void *user_data) {
    (void)phase;
    (void)done;
    (void)total;
    (void)ticket_json;
    (void)now;
    (void)user_data;
    return 0;
}

static int64_t no_bytes(uint8_t *buffer, size_t capacity, void *user_data) {
    (void)buffer;
    (void)capacity;
    (void)user_data;
    return 0;
}

static int32_t no_token(int32_t reason, nitro_token_t *output, void *user_data) {
    (void)reason;
    (void)output;
    (void)user_data;
    return 1;
}

static void no_log(int32_t level, const char *message, void *user_data) {
    (void)level;
    (void)message;
    (void)user_data;
}

static void set_up(int argc, char **argv) {
    nitro_job_t *none = NULL;
    begin(argc, argv);
    used = some_options();
    OK(nitro_client_new(used, &client, &err));
    job = job_named(client, "job");
    cancel = nitro_cancel_new();
    triggered = nitro_cancel_new();
    nitro_cancel_trigger(triggered);
    options = nitro_options_new();
    as_they_are = nitro_options_new();
    OK(nitro_submission_new("transformations", "flatten", &submission, &err));
    OK(nitro_submission_new("transformations", "flatten", &to_send, &err));
    OK(nitro_submission_add_bytes(to_send, "a.pdf", NULL, data, sizeof data - 1, &err));
    snprintf(saved_to, sizeof saved_to, "%s/saved", arg("folder"));
    OK(nitro_job_status(job, NULL, -1, &status, &err));
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    OK(nitro_job_events(job, &events, &err));
    OK(nitro_watch_new(client, 0, 0.0, &watch, &err));
    OK(nitro_job_json(job, &ticket, NULL, &err));
    CHECK_NUMBER(nitro_job_from_id(client, "", &none, &error), NITRO_E_INVALID_ARGUMENT);
}

static int tear_down(void) {
    nitro_string_free(ticket);
    nitro_submission_free(submission);
    nitro_submission_free(to_send);
    nitro_error_free(error);
    nitro_options_free(options);
    nitro_options_free(used);
    nitro_options_free(as_they_are);
    nitro_cancel_free(cancel);
    nitro_cancel_free(triggered);
    nitro_watch_free(watch);
    nitro_events_free(events);
    nitro_result_free(result);
    nitro_status_free(status);
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}

#endif
