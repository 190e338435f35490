// Responses without an end: a size limit ends the call. Twin of tests/c/large.c, which also measures the memory.
#include "check.hpp"

namespace large_twin {

void run() {
    nitro::options options = some_options();
    SET(options.max_json_bytes(1 << 20));
    SET(options.max_event_bytes(1 << 20));
    SET(options.retries(0));
    const nitro::client client = client_with(options);
    FAILS(too_large, job_of(client, "endless").status());
    FAILS(too_large, job_of(client, "endless").result());
    // An error response without an end is still reported as that error.
    FAILS(bad_request, job_of(client, "error-response").status());
    // An event without an end only ends the stream: the library polls the job to its end.
    CHECK(OK(job_of(client, "stream").wait()).state() == nitro::job_state::completed);
}

} // namespace large_twin
TWIN(large);
