// Follows a job to its end with a progress line and saves its result. Ctrl-C cancels the wait.
//
//   follow JOB_ID FILE       with NITRO_BASE_URL and NITRO_TOKEN in the environment
//
// Exits with 0 if the file was saved, 1 if it was not, 2 for wrong arguments.
#include <nitro_jobs.hpp>

#include <csignal>
#include <iostream>
#include <thread>

#include <pthread.h>

// Waits for Ctrl-C in a separate thread: a signal handler may not call the library, a thread may.
class ctrl_c {
  public:
    explicit ctrl_c(const nitro::cancel_token &cancel) {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGUSR1);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        waiting_ = std::thread([this, &cancel] {
            int number = 0;
            sigwait(&signals_, &number);
            if (number == SIGINT) cancel.trigger();
        });
    }
    ~ctrl_c() {
        pthread_kill(waiting_.native_handle(), SIGUSR1); // Ends the thread if there was no Ctrl-C.
        waiting_.join();
    }

  private:
    sigset_t signals_;
    std::thread waiting_;
};

static void show(const std::string &what, double fraction) {
    std::cout << '\r' << what << ' ' << static_cast<int>(fraction * 100.0) << " %   " << std::flush;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        std::cerr << "usage: " << argv[0] << " JOB_ID FILE\n";
        return 2;
    }
    try {
        const nitro::cancel_token cancel;
        const ctrl_c guard(cancel);
        const nitro::client client(nitro::options::from_env());
        const nitro::job job = client.job_from_id(argv[1]);

        const auto progress = [](nitro::status_view status) {
            if (status.progress() >= 0.0) show(status.name(), status.progress());
        };
        job.wait(progress, cancel);

        const auto transfer = [](const nitro::transfer &now) {
            if (now.total > 0) show("downloading", static_cast<double>(now.bytes) / static_cast<double>(now.total));
        };
        const std::string saved = job.download(argv[2], nitro::existing::replace, transfer, cancel);
        std::cout << "\nsaved " << saved << '\n';
        return 0;
    } catch (const nitro::error &failure) {
        std::cerr << '\n' << nitro::code_name(failure.code()) << ": " << failure.what() << '\n';
        if (!failure.info().reference_id.empty())
            std::cerr << "reference for support: " << failure.info().reference_id << '\n';
        return 1;
    }
}
