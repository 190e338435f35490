/* Waiting for the end of a job. Arguments: a job for each way in which it may end. */
#include "check.h"

struct seen {
    int calls;
    int stop_at;
    double last;
};

static int32_t on_progress(const nitro_status_t *status, void *user_data) {
    struct seen *seen = user_data;
    CHECK_NUMBER(nitro_status_is_terminal(status), 0);
    if (nitro_status_progress(status) >= 0.0) { /* A status may have no progress. */
        CHECK(nitro_status_progress(status) >= seen->last);
        seen->last = nitro_status_progress(status);
    }
    return ++seen->calls == seen->stop_at ? -7 : 0;
}

static void completes(const nitro_client_t *client, const char *name) {
    nitro_job_t *job = job_named(client, name);
    nitro_status_t *status = NULL;
    struct seen seen = {0, 0, 0.0};
    OK(nitro_job_wait(job, on_progress, &seen, NULL, -1, &status, &err));
    CHECK(seen.calls >= 1);
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_COMPLETED);
    nitro_status_free(status);
    OK(nitro_job_wait(job, NULL, NULL, NULL, 0, NULL, &err)); /* A second wait has the same outcome. */
    CHECK_NUMBER(nitro_job_wait(job, NULL, NULL, NULL, 0, NULL, NULL), NITRO_OK);
    nitro_job_free(job);
}

static void job_does_not_complete(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "failed");
    nitro_status_t *status = (nitro_status_t *)&job;
    FAILS(nitro_job_wait(job, NULL, NULL, NULL, -1, &status, &err), NITRO_E_JOB_FAILED);
    CHECK(status == NULL);
    CHECK_NUMBER(nitro_error_http_status(err), 0);
    CHECK_TEXT(nitro_error_problem_type(err), "PDFIsPasswordProtected");
    CHECK_TEXT(nitro_error_problem_title(err), "The PDF needs a password");
    CHECK_HOLDS(nitro_error_problem_json(err), "PDFIsPasswordProtected");
    CHECK_HOLDS(nitro_error_message(err), "The PDF needs a password");
    CHECK_NUMBER(nitro_error_is_retryable(err), 0);
    CHECK_NUMBER(nitro_error_limit(err), NITRO_LIMIT_NONE);
    nitro_job_free(job);

    job = job_named(client, "canceled");
    FAILS(nitro_job_wait(job, NULL, NULL, NULL, -1, &status, &err), NITRO_E_JOB_CANCELED);
    CHECK(nitro_error_problem_json(err) == NULL);
    nitro_job_free(job);
}

static void stopped_by_the_callback(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "stopped");
    nitro_status_t *status = (nitro_status_t *)&job;
    struct seen seen = {0, 2, 0.0};
    FAILS(nitro_job_wait(job, on_progress, &seen, NULL, -1, &status, &err), NITRO_E_STOPPED);
    CHECK_NUMBER(seen.calls, 2);
    CHECK(status == NULL);
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, &status, &err)); /* The job continued. */
    nitro_status_free(status);
    nitro_job_free(job);
}

/* The wait times out and the program ends; another one restores the job from the ticket of the error and waits again. */
static void times_out(nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "slow");
    nitro_client_t *other;
    char *ticket;
    FAILS(nitro_job_wait(job, NULL, NULL, NULL, 50, NULL, &err), NITRO_E_WAIT_TIMEOUT);
    CHECK_NUMBER(nitro_error_limit(err), NITRO_LIMIT_WAIT);
    CHECK_NUMBER(nitro_error_is_retryable(err), 1);
    CHECK(nitro_error_ticket_json(err) != NULL);
    ticket = malloc(strlen(nitro_error_ticket_json(err)) + 1);
    CHECK(ticket != NULL);
    strcpy(ticket, nitro_error_ticket_json(err));
    nitro_job_free(job);
    nitro_client_free(client);

    other = some_client();
    OK(nitro_job_from_json(other, ticket, &job, &err));
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err));
    nitro_job_free(job);
    nitro_client_free(other);
    free(ticket);
}

/* With -1 the wait timeout of the client's options applies. */
static void default_timeout(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *client;
    nitro_job_t *job;
    OK(nitro_options_set_wait_timeout_ms(options, 50, &err));
    client = client_with(options);
    job = job_named(client, "never");
    FAILS(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err), NITRO_E_WAIT_TIMEOUT);
    nitro_job_free(job);
    nitro_client_free(client);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    completes(client, "event_in_data");
    completes(client, "named");
    completes(client, "message");
    completes(client, "no_stream");
    completes(client, "plain_json");
    job_does_not_complete(client);
    stopped_by_the_callback(client);
    default_timeout();
    times_out(client);
    return end();
}
