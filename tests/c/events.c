/* The live progress as events. Arguments: jobs `steps` (0, 0.1 ... 0.9), `failed`, `lost`. */
#include "check.h"

/* Requests events with a timeout of a few milliseconds, longer only where a request takes longer: the next call returns an
 * event that a timeout interrupted. */
static void timeouts_lose_no_event(nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "steps");
    nitro_events_t *events = NULL;
    nitro_status_t *status = NULL;
    int seen[11] = {0}, step, timeouts = 0;
    int64_t timeout = 3;
    OK(nitro_job_events(job, &events, &err));
    nitro_client_free(client); /* The events outlive the client and the job. */
    nitro_job_free(job);
    for (;;) {
        nitro_code_t code;
        err_forget();
        code = nitro_events_next(events, NULL, timeout, &status, &err);
        if (code == NITRO_E_TIMEOUT) {
            CHECK(status == NULL);
            CHECK_NUMBER(nitro_error_limit(err), NITRO_LIMIT_CALL);
            timeouts++;
            timeout *= 2;
            continue;
        }
        CHECK_NUMBER(code, NITRO_OK);
        timeout = 3;
        if (nitro_status_is_terminal(status)) break;
        /* The status of a poll between two streams may have no progress. */
        if (nitro_status_progress(status) >= 0.0) seen[(int)(nitro_status_progress(status) * 10.0 + 0.5)]++;
        nitro_status_free(status);
    }
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_COMPLETED);
    nitro_status_free(status);
    for (step = 0; step < 10; step++) CHECK(seen[step] >= 1);
    CHECK(timeouts > 0);

    /* After the last event every call returns none. */
    OK(nitro_events_next(events, NULL, -1, &status, &err));
    CHECK(status == NULL);
    OK(nitro_events_next(events, NULL, 0, &status, &err));
    CHECK(status == NULL);
    nitro_events_free(events);
}

static void failure_is_a_state(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "failed");
    nitro_events_t *events = NULL;
    nitro_status_t *status = NULL;
    OK(nitro_job_events(job, &events, &err));
    do {
        nitro_status_free(status);
        OK(nitro_events_next(events, NULL, -1, &status, &err));
        CHECK(status != NULL);
    } while (!nitro_status_is_terminal(status));
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_FAILED);
    CHECK_HOLDS(nitro_status_json(status, NULL), "PDFIsPasswordProtected");
    nitro_status_free(status);
    OK(nitro_events_next(events, NULL, -1, &status, &err));
    CHECK(status == NULL);
    nitro_events_free(events);
    nitro_job_free(job);
}

static void unknown_job(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "lost");
    nitro_events_t *events = NULL;
    nitro_status_t *status = (nitro_status_t *)&job;
    OK(nitro_job_events(job, &events, &err));
    FAILS(nitro_events_next(events, NULL, -1, &status, &err), NITRO_E_NOT_FOUND);
    CHECK(status == NULL);
    CHECK_NUMBER(nitro_error_http_status(err), 404);
    nitro_events_free(events);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    failure_is_a_state(client);
    unknown_job(client);
    timeouts_lose_no_event(client);
    return end();
}
