/* Jobs from ids and from tickets. Arguments: job, and odd=an id that is unusual but valid. */
#include "check.h"

static void round_trip(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "job"), *restored = NULL;
    nitro_status_t *status = NULL;
    char *json = NULL, *same = NULL;
    size_t length = 0;
    CHECK_TEXT(nitro_job_id(job), arg("job"));
    CHECK(strlen(nitro_job_reference_id(job)) >= 16);
    OK(nitro_job_json(job, &json, &length, &err));
    CHECK_NUMBER(length, strlen(json));
    CHECK_HOLDS(json, arg("job"));
    CHECK(!strstr(json, token));

    OK(nitro_job_from_json(client, json, &restored, &err));
    CHECK_TEXT(nitro_job_id(restored), nitro_job_id(job));
    CHECK_TEXT(nitro_job_reference_id(restored), nitro_job_reference_id(job));
    OK(nitro_job_json(restored, &same, NULL, &err));
    CHECK_TEXT(same, json);
    OK(nitro_job_status(restored, NULL, -1, &status, &err));

    nitro_status_free(status);
    nitro_string_free(same);
    nitro_string_free(json);
    nitro_job_free(restored);
    nitro_job_free(job);
}

/* An id with characters that are special in a path is percent-encoded. */
static void odd_id(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "odd");
    nitro_status_t *status = NULL;
    CHECK_TEXT(nitro_job_id(job), arg("odd"));
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_NOT_FOUND);
    nitro_job_free(job);
}

static void invalid_ids(const nitro_client_t *client) {
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

static void invalid_tickets(const nitro_client_t *client) {
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

/* A ticket may come from an untrusted source; only the service gets the token. The test checks what `elsewhere` received. */
static void ticket_with_foreign_url(const nitro_client_t *client) {
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
    invalid_ids(client);
    invalid_tickets(client);
    ticket_with_foreign_url(client);
    nitro_client_free(client);
    return end();
}
