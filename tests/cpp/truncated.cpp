// Every connection is closed in the middle of a file. Twin of tests/c/truncated.c.
#include "check.hpp"

namespace truncated_twin {

void run() {
    const nitro::client client = some_client();
    const nitro::job job = job_named(client, "file");
    std::size_t received = 0;
    const auto count = [&](const std::uint8_t *, std::size_t length) { received += length; };
    CHECK(FAILS(truncated, job.result_bytes(count)).retryable);
    CHECK(received > 0 && received < 1000000);
    FAILS(truncated, job.download(arg("path")));
    CHECK(!check::file_exists(arg("path")));
}

} // namespace truncated_twin
TWIN(truncated);
