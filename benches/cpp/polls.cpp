// The polls of polls.c, by C++. JOB_ID POLLS, with NITRO_BASE_URL and NITRO_TOKEN.
#include <nitro_jobs.hpp>

#include <cstdio>
#include <cstdlib>

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    try {
        const nitro::client client(nitro::options::from_env());
        const nitro::job job = client.job_from_id(argv[1]);
        long running = 0;
        for (long polls = std::atol(argv[2]); polls > 0; polls--) {
            const nitro::job_status status = job.status();
            running += status.state() == nitro::job_state::running && status.progress() >= 0.0;
        }
        return running != std::atol(argv[2]);
    } catch (const nitro::error &failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
}
