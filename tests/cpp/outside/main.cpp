// Follows the first job to its end and saves its result; cancels the wait for the second one.
#include <nitro_jobs.hpp>
#include <iostream>

int main(int, char **argv) try {
    const nitro::client client(nitro::options::from_env());
    const nitro::job job = client.job_from_id(argv[1]), other = client.job_from_id(argv[2]);
    job.wait([](nitro::status_view now) { std::cout << now.name() << ' ' << now.progress() << '\n'; });
    std::cout << job.download("result.pdf") << '\n';
    const nitro::cancel_token cancel;
    try {
        other.wait([&](nitro::status_view) { cancel.trigger(); }, cancel);
    } catch (const nitro::cancelled_error &) {
        std::cout << "cancelled\n";
    }
    return 0;
} catch (const nitro::error &failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
