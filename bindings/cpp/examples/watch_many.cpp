// Watches many jobs at once and prints one line for each event.
//
//   watch_many JOB_ID...     with NITRO_BASE_URL and NITRO_TOKEN in the environment
//
// Exits with 0 if all of them completed, 1 if one did not, 2 for wrong arguments.
#include <nitro_jobs.hpp>

#include <iostream>
#include <string>
#include <vector>

// A row of a list, as in a window: the event's user data points to it, so no search is needed.
struct row {
    int number;
    std::string id;
};

int main(int argc, char **argv) {
    if (argc < 2) {
        std::cerr << "usage: " << argv[0] << " JOB_ID...\n";
        return 2;
    }
    int failed = 0;
    try {
        const nitro::client client(nitro::options::from_env());
        // Four threads, and at most 20 requests a second for all jobs together.
        const nitro::job_watch watch = client.watch(4, 20.0);
        std::vector<row> rows;
        for (int i = 1; i < argc; i++) rows.push_back(row{i, argv[i]});
        for (row &each : rows) watch.add(client.job_from_id(each.id), &each);

        for (const auto &event : watch) {
            const row &here = *event.user_data_as<row>();
            std::cout << here.number << "  " << here.id << "  ";
            if (!event.is_last()) {
                std::cout << static_cast<int>(event.status().progress() * 100.0) << " %\n";
            } else if (event.code() == nitro::code::ok) {
                std::cout << event.status().name() << '\n';
            } else {
                std::cout << "no result\n";
                std::cerr << nitro::code_name(event.code()) << ": " << event.error().message << '\n';
                failed = 1;
            }
        }
    } catch (const nitro::error &failure) {
        std::cerr << nitro::code_name(failure.code()) << ": " << failure.what() << '\n';
        return 1;
    }
    return failed;
}
