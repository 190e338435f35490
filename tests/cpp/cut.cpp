// Every connection breaks in the middle of a file. Twin of tests/c/cut.c.
#include "check.hpp"

namespace cut_twin {

void run() {
    const nitro::client client = some_client();
    const nitro::job job = job_named(client, "file");
    std::size_t got = 0;
    const auto count = [&](const std::uint8_t *, std::size_t length) { got += length; };
    CHECK(FAILS(truncated, job.result_bytes(count)).retryable);
    CHECK(got > 0 && got < 1000000);
    FAILS(truncated, job.download(arg("path")));
    CHECK(!check::file_exists(arg("path")));
}

} // namespace cut_twin
TWIN(cut);
