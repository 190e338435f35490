/* Jobs from ids and from tickets. Arguments: job, and odd=an id that is strange but legal. */
#include "check.h"

static void round_trip(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "job"), *again = NULL;
    nitro_status_t *status = NULL;
    char *json = NULL, *same = NULL;
    size_t length = 0;
    CHECK_TEXT(nitro_job_id(job), arg("job"));
    CHECK(strlen(nitro_job_reference_id(job)) >= 16);
    OK(nitro_job_json(job, &json, &length, &err));
    CHECK_NUMBER(length, strlen(json));
    CHECK_HOLDS(json, arg("job"));
    CHECK(!strstr(json, token));

    OK(nitro_job_from_json(client, json, &again, &err));
    CHECK_TEXT(nitro_job_id(again), nitro_job_id(job));
    CHECK_TEXT(nitro_job_reference_id(again), nitro_job_reference_id(job));
    OK(nitro_job_json(again, &same, NULL, &err));
    CHECK_TEXT(same, json);
    OK(nitro_job_status(again, NULL, -1, &status, &err));

    nitro_status_free(status);
    nitro_string_free(same);
    nitro_string_free(json);
    nitro_job_free(again);
    nitro_job_free(job);
}

/* An id that would be something else in a path is sent as what it is. */
static void odd_id(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "odd");
    nitro_status_t *status = NULL;
    CHECK_TEXT(nitro_job_id(job), arg("odd"));
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_NOT_FOUND);
    nitro_job_free(job);
}

static void hostile_ids(const nitro_client_t *client) {
    static char longest[1026];
    const char *ids[] = {"", ".", "..", "a\nb", "a\rb", "\x7f", "\xff", "a\xc3", "\xed\xa0\x80", longest};
    size_t i;
    memset(longest, 'x', sizeof longest - 1);
    for (i = 0; i < sizeof ids / sizeof *ids; i++) {
        nitro_job_t *job = (nitro_job_t *)&job;
        FAILS(nitro_job_from_id(client, ids[i], &job, &err), NITRO_E_INVALID_ARGUMENT);
        CHECK(job == NULL);
    }
}

static void no_tickets(const nitro_client_t *client) {
    const char *texts[] = {
        "", " ", "{}", "[]", "null", "\"a\"", "{\"jobID\":1}", "{\"jobID\":null}", "{\"jobID\":\"\"}",
        "{\"jobID\":\"..\"}", "{\"jobID\":\"a", "{\"jobID\":\"a\"} x", "{\"jobID\":\"a\",\"statusURL\":\"file:///etc\"}",
        "{\"jobID\":\"a\",\"statusURL\":\"nonsense\"}", "{\"jobID\":\"a\",\"statusURL\":7}",
        "{\"jobID\":\"a\",\"resultURL\":\"http://user:pass@host/\"}",
        "{\"jobID\":\"a\",\"referenceID\":\"a\\r\\nb: c\"}", "{\"jobID\":\"a\\u0000b\"}", "{\"jobID\":\"\xff\"}",
        "{\"jobID\":\"a\",\"retryAfterMs\":-1}",
    };
    size_t i;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        nitro_job_t *job = (nitro_job_t *)&job;
        FAILS(nitro_job_from_json(client, texts[i], &job, &err), NITRO_E_INVALID_ARGUMENT);
        CHECK(job == NULL);
    }
}

/* A ticket may come from anywhere; the token goes to the service alone. The test looks at what `elsewhere` was sent. */
static void ticket_to_elsewhere(const nitro_client_t *client) {
    nitro_job_t *job = NULL;
    nitro_status_t *status = NULL;
    char text[512];
    snprintf(text, sizeof text, "{\"jobID\":\"a\",\"statusURL\":\"%s/jobs/a/status\"}", arg("elsewhere"));
    OK(nitro_job_from_json(client, text, &job, &err));
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_UNAUTHORIZED);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    round_trip(client);
    odd_id(client);
    hostile_ids(client);
    no_tickets(client);
    ticket_to_elsewhere(client);
    nitro_client_free(client);
    return end();
}
