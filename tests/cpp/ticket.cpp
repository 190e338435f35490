// Jobs from ids and from tickets. Twin of tests/c/ticket.c.
#include "check.hpp"

namespace ticket_twin {

void round_trip(const nitro::client &client) {
    const nitro::job job = job_named(client, "job");
    CHECK_TEXT(job.id(), arg("job"));
    CHECK(job.reference_id().size() >= 16);
    const std::string json = OK(job.json());
    CHECK_HOLDS(json, arg("job"));
    CHECK(json.find(given().token) == std::string::npos);

    const nitro::job restored = OK(client.job_from_json(json));
    CHECK_TEXT(restored.id(), job.id());
    CHECK_TEXT(restored.reference_id(), job.reference_id());
    CHECK_TEXT(OK(restored.json()), json);
    OK(restored.status());
}

// An id with characters that are special in a path is percent-encoded.
void odd_id(const nitro::client &client) {
    const nitro::job job = job_named(client, "odd");
    CHECK_TEXT(job.id(), arg("odd"));
    FAILS(not_found, job.status());
}

void invalid_ids(const nitro::client &client) {
    // C would truncate the last one to "a".
    const std::string ids[] = {"",     ".",    "..",           "a\nb",                  "a\rb",
                               "\x7f", "\xff", "a\xc3", "\xed\xa0\x80", std::string(1025, 'x'), std::string("a\0b", 3)};
    for (const std::string &id : ids) FAILS(invalid_argument, client.job_from_id(id));
}

void invalid_tickets(const nitro::client &client) {
    const char *texts[] = {
        "", " ", "{}", "[]", "null", "\"a\"", "{\"jobID\":1}", "{\"jobID\":null}", "{\"jobID\":\"\"}",
        "{\"jobID\":\"..\"}", "{\"jobID\":\"a", "{\"jobID\":\"a\"} x", "{\"jobID\":\"a\",\"statusURL\":\"file:///etc\"}",
        "{\"jobID\":\"a\",\"statusURL\":\"nonsense\"}", "{\"jobID\":\"a\",\"statusURL\":7}",
        "{\"jobID\":\"a\",\"resultURL\":\"http://user:pass@host/\"}",
        "{\"jobID\":\"a\",\"referenceID\":\"a\\r\\nb: c\"}", "{\"jobID\":\"a\\u0000b\"}", "{\"jobID\":\"\xff\"}",
        "{\"jobID\":\"a\",\"retryAfterMs\":-1}",
    };
    for (const char *text : texts) FAILS(invalid_argument, client.job_from_json(text));
}

// A ticket may come from an untrusted source; only the service gets the token. The test checks what `elsewhere` received.
void ticket_with_foreign_url(const nitro::client &client) {
    const nitro::job job =
        OK(client.job_from_json("{\"jobID\":\"a\",\"statusURL\":\"" + arg("elsewhere") + "/jobs/a/status\"}"));
    FAILS(unauthorized, job.status());
}

void run() {
    const nitro::client client = some_client();
    round_trip(client);
    odd_id(client);
    invalid_ids(client);
    invalid_tickets(client);
    ticket_with_foreign_url(client);
}

} // namespace ticket_twin
TWIN(ticket);
