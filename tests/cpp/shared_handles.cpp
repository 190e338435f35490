// One client and one job on eight threads, cancelled from a ninth; all handles are destroyed in every allowed order. Twin of
// tests/c/shared_handles.c.
#include "check.hpp"

namespace shared_handles_twin {

// Blocks each thread until all have arrived.
class barrier {
  public:
    explicit barrier(int count) : missing_(count) {}
    void wait() {
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

code wait_for_job(const shared &all) {
    int reports = 0;
    const auto count = [&](nitro::status_view) { reports++; };
    return CODE_OF(all.running.wait(count, {all.cancel, nitro::no_limit}));
}

code read_events(const shared &all) {
    const nitro::job_events events = OK(all.running.events());
    code last = code::ok;
    while (last == code::ok) last = CODE_OF(events.next({all.cancel, nitro::no_limit}));
    return last;
}

code request_status(const shared &all) {
    code last = code::ok;
    while (last == code::ok) {
        last = CODE_OF(all.done.status(all.cancel));
        OK(all.client.job_from_id(all.done.id()));
    }
    return last;
}

code watch_job(const shared &all) {
    const nitro::job_watch watch = OK(all.client.watch(2));
    OK(watch.add(all.running));
    code last = code::ok;
    while (last == code::ok) last = CODE_OF(watch.next({all.cancel, nitro::no_limit}));
    return last;
}

void one_round(int round) {
    shared all;
    barrier barrier(9);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([&, i] {
            code (*const tasks[])(const shared &) = {wait_for_job, read_events, request_status, watch_job};
            barrier.wait();
            CHECK(tasks[i % 4](all) == code::cancelled);
        });
    threads.emplace_back([&] {
        barrier.wait();
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

// Another thread destroys the token during a wait that uses it: the wait has held its own reference since it started, which
// the first progress shows.
void token_destroyed_during_a_call() {
    shared all;
    all.client.reset(); // The job holds its own reference.
    std::atomic<int> step(0);
    std::thread other([&] {
        while (step < 1) std::this_thread::yield();
        all.cancel.reset();
        step = 2;
    });
    const auto let_it_be_destroyed = [&](nitro::status_view) {
        if (step == 0) step = 1;
        while (step < 2) std::this_thread::yield();
    };
    while (step < 2) // On a slow machine the first progress may take longer.
        FAILS(wait_timeout, all.running.wait(let_it_be_destroyed, {all.cancel, milliseconds(300)}));
    other.join();
}

void run() {
    const int rounds = std::atoi(arg("rounds").c_str());
    for (int round = 0; round < rounds; round++) one_round(round);
    token_destroyed_during_a_call();
}

} // namespace shared_handles_twin
TWIN(shared_handles);
