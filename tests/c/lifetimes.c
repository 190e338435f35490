/* Handles outlive the handles that they were made from, and are freed in any order. Arguments: done, running, lost. */
#include "check.h"

static void from_client_to_string(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *client = NULL, *second = NULL;
    nitro_job_t *job;
    nitro_events_t *events = NULL;
    nitro_status_t *status = NULL;
    nitro_result_t *result = NULL;
    char *value = NULL;
    OK(nitro_client_new(options, &client, &err));
    OK(nitro_client_new(options, &second, &err)); /* The caller keeps the options. */
    nitro_options_free(options);
    nitro_client_free(second);
    job = job_named(client, "done");
    nitro_client_free(client);
    OK(nitro_job_events(job, &events, &err));
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    nitro_job_free(job);
    OK(nitro_events_next(events, NULL, -1, &status, &err));
    nitro_events_free(events);
    OK(nitro_result_value_json(result, &value, NULL, &err));
    CHECK_NUMBER(nitro_result_file_count(result), 1);
    nitro_result_free(result);
    CHECK_HOLDS(value, "\"URL\"");
    CHECK_NUMBER(nitro_status_is_terminal(status), 1);
    nitro_string_free(value);
    nitro_status_free(status);
}

/* In the reverse order, with a stream that is open and in the middle of an event. */
static void with_an_open_stream(void) {
    nitro_client_t *client = some_client();
    nitro_job_t *job = job_named(client, "running");
    nitro_events_t *events = NULL, *unused = NULL;
    nitro_status_t *status = NULL;
    OK(nitro_job_events(job, &unused, &err));
    OK(nitro_job_events(job, &events, &err));
    OK(nitro_events_next(events, NULL, -1, &status, &err));
    nitro_status_free(status);
    nitro_client_free(client);
    nitro_events_free(unused);
    nitro_events_free(events);
    nitro_job_free(job);
}

/* An error keeps its fields after everything else was freed. */
static void error_outlives_the_other_handles(void) {
    nitro_client_t *client = some_client();
    nitro_job_t *job = job_named(client, "lost");
    nitro_status_t *status = NULL;
    const char *message, *json;
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_NOT_FOUND);
    message = nitro_error_message(err);
    json = nitro_error_problem_json(err);
    nitro_job_free(job);
    nitro_client_free(client);
    CHECK_HOLDS(message, "404");
    CHECK_HOLDS(json, "Not Found");
    CHECK_HOLDS(nitro_error_ticket_json(err), arg("lost"));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    from_client_to_string();
    with_an_open_stream();
    error_outlives_the_other_handles();
    return end();
}
