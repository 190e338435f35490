// Answers of a size that the peer decides: a limit ends them, not the memory. Twin of tests/c/large.c, which measures.
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
    // A refusal without end is still the refusal.
    FAILS(bad_request, job_of(client, "refusal").status());
    // An event without end costs the stream, not the job: polling finds its end.
    CHECK(OK(job_of(client, "stream").wait()).state() == nitro::job_state::completed);
}

} // namespace large_twin
TWIN(large);
