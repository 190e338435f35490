// One client and one job on eight threads, cancelled from a ninth, everything ended in any order that is allowed. Twin of
// tests/c/ninth.c.
#include "check.hpp"

namespace ninth_twin {

// Lets go once all have come.
class meeting {
  public:
    explicit meeting(int count) : missing_(count) {}
    void come() {
        missing_--;
        while (missing_ > 0) std::this_thread::yield();
    }

  private:
    std::atomic<int> missing_;
};

struct shared {
    nitro::client client = some_client();
    nitro::job running = job_named(client, "running"), done = job_named(client, "done");
    nitro::cancel_token cancel;
};

code wait_here(const shared &all) {
    int heard = 0;
    const auto go_on = [&](nitro::status_view) { heard++; };
    return CODE_OF(all.running.wait(go_on, {all.cancel, nitro::no_limit}));
}

code pull_here(const shared &all) {
    const nitro::job_events events = OK(all.running.events());
    code come = code::ok;
    while (come == code::ok) come = CODE_OF(events.next({all.cancel, nitro::no_limit}));
    return come;
}

code ask_here(const shared &all) {
    code come = code::ok;
    while (come == code::ok) {
        come = CODE_OF(all.done.status(all.cancel));
        OK(all.client.job_from_id(all.done.id()));
    }
    return come;
}

code watch_here(const shared &all) {
    const nitro::job_watch watch = OK(all.client.watch(2));
    OK(watch.add(all.running));
    code come = code::ok;
    while (come == code::ok) come = CODE_OF(watch.next({all.cancel, nitro::no_limit}));
    return come;
}

void one_round(int round) {
    shared all;
    meeting together(9);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([&, i] {
            code (*const what[])(const shared &) = {wait_here, pull_here, ask_here, watch_here};
            together.come();
            CHECK(what[i % 4](all) == code::cancelled);
        });
    threads.emplace_back([&] {
        together.come();
        std::this_thread::sleep_for(milliseconds(50));
        all.cancel.trigger();
        all.cancel.trigger();
    });
    for (std::thread &thread : threads) thread.join();
    // In an order that differs from round to round.
    for (int i = 0; i < 4; i++) switch ((i * (round % 2 ? 3 : 1) + round) % 4) {
        case 0: all.client.reset(); break;
        case 1: all.running.reset(); break;
        case 2: all.done.reset(); break;
        default: all.cancel.reset(); break;
        }
}

// Another thread ends the token while a wait that was given it goes on: the wait has its own hold on it since it began,
// which the first progress shows.
void ended_in_mid_call() {
    shared all;
    all.client.reset(); // The ticket has its own hold on it.
    std::atomic<int> step(0);
    std::thread other([&] {
        while (step < 1) std::this_thread::yield();
        all.cancel.reset();
        step = 2;
    });
    const auto have_it_ended = [&](nitro::status_view) {
        if (step == 0) step = 1;
        while (step < 2) std::this_thread::yield();
    };
    while (step < 2) // On a slow machine the first progress may take longer.
        FAILS(wait_timeout, all.running.wait(have_it_ended, {all.cancel, milliseconds(300)}));
    other.join();
}

void run() {
    const int rounds = std::atoi(arg("rounds").c_str());
    for (int round = 0; round < rounds; round++) one_round(round);
    ended_in_mid_call();
}

} // namespace ninth_twin
TWIN(ninth);
