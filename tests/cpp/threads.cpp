// Eight threads on one client, one shared job and one each. Twin of tests/c/threads.c.
#include "check.hpp"

namespace threads_twin {

void make_all_calls(const nitro::client &client, const nitro::job &job, std::int64_t size) {
    OK(job.wait());
    CHECK(OK(job.status()).state() == nitro::job_state::completed);
    CHECK(OK(job.result()).file(0).size == size);
    std::uint64_t received = 0;
    const auto count = [&](const std::uint8_t *, std::size_t length) { received += length; };
    CHECK(OK(job.result_bytes(count)).bytes == received && static_cast<std::int64_t>(received) == size);
    const nitro::job restored = OK(client.job_from_json(OK(job.json())));
    CHECK_TEXT(restored.id(), job.id());
}

void run() {
    const nitro::client client = some_client();
    const nitro::job shared = job_named(client, "shared");
    const std::int64_t size = std::atol(arg("size").c_str());
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([&, i] {
            const nitro::job own = job_named(client, "job" + std::to_string(i));
            for (int round = 0; round < 4; round++) {
                make_all_calls(client, own, size);
                make_all_calls(client, shared, size);
            }
        });
    for (std::thread &thread : threads) thread.join();
}

} // namespace threads_twin
TWIN(threads);
