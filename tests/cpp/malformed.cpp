// Malformed responses. Twin of tests/c/malformed.c.
#include "check.hpp"

namespace malformed_twin {

// Fields of a wrong type are ignored; the JSON is kept as received.
void wrong_types(const nitro::client &client) {
    const nitro::job_status status = OK(job_of(client, "wrong-status").status());
    CHECK(status.state() == nitro::job_state::unknown);
    CHECK(status.progress() < 0.0);
    CHECK(!status.is_terminal());
    CHECK_TEXT(status.json(), "{\"jobID\":[],\"status\":7,\"progress\":\"half\",\"error\":null}");

    nitro::job_result result = OK(job_of(client, "wrong-file").result());
    CHECK_NUMBER(result.file_count(), 1);
    const nitro::file_info file = result.file(0);
    CHECK(file.url.empty() && file.content_type.empty() && file.size == -1 && file.pages == -1);

    const nitro::job job = job_of(client, "wrong-files");
    result = OK(job.result());
    CHECK_HOLDS(result.json(), "\"files\":7");
    CHECK_NUMBER(result.file_count(), 0);
    FAILS(unexpected_result, job.download_all("/"));
}

void run() {
    nitro::options options = some_options();
    SET(options.retries(0));
    const nitro::client client = client_with(options);
    for (const char *id : {"empty", "truncated", "array", "html", "not-utf8", "deep", "not-http"})
        FAILS(protocol, job_of(client, id).status());
    FAILS(truncated, job_of(client, "short").status());
    FAILS(connection_lost, job_of(client, "no-response").status());
    FAILS(redirect, job_of(client, "unsupported-scheme").status());
    for (const char *id : {"empty", "truncated", "html", "not-utf8"}) FAILS(protocol, job_of(client, id).result());
    FAILS(truncated, job_of(client, "short").result());
    FAILS(redirect, job_of(client, "redirect-loop").result());
    wrong_types(client);
}

} // namespace malformed_twin
TWIN(malformed);
