// Cancelling from another thread, and a handle that is busy. Twin of tests/c/cancel.c.
#include "check.hpp"

namespace cancel_twin {

// Makes `call`, which gets a token and blocks, and cancels it from another thread.
template <class F> void cancelled(F call) {
    const nitro::cancel_token cancel;
    CHECK(!cancel.is_triggered());
    std::thread other([&] {
        await_signal();
        cancel.trigger();
        cancel.trigger();
    });
    const nitro::error_info err = FAILS(cancelled, call({cancel, nitro::no_limit}));
    other.join();
    CHECK(cancel.is_triggered());
    CHECK(!err.retryable);
}

using nitro::call;

void cancelled_during_the_call(const nitro::client &client) {
    const nitro::job head = job_of(client, "hang"), body = job_of(client, "hang-body");
    const nitro::job stream = job_of(client, "hang-stream"), polled = job_of(client, "hang-between-polls");
    const nitro::job file = job_of(client, "hang-file");
    std::size_t received = 0;
    const auto count = [&](const std::uint8_t *, std::size_t length) { received += length; };

    cancelled([&](const call &how) { return head.status(how); });
    cancelled([&](const call &how) { return body.status(how); });
    cancelled([&](const call &how) { return head.result(how); });
    cancelled([&](const call &how) { return body.result(how); });
    cancelled([&](const call &how) { return head.result_bytes(count, how); });
    CHECK_NUMBER(received, 0);
    cancelled([&](const call &how) { return file.result_bytes(count, how); });
    CHECK(received <= 4);
    cancelled([&](const call &how) { return head.download(arg("path"), existing::fail, how); });
    CHECK(!check::file_exists(arg("path")));
    cancelled([&](const call &how) { return head.wait(how); });
    cancelled([&](const call &how) { return stream.wait(how); });
    cancelled([&](const call &how) { return polled.wait(how); });
    const nitro::job_events events = OK(stream.events());
    cancelled([&](const call &how) { return events.next(how); });
}

// A call whose token was triggered before sends nothing.
void cancelled_before_the_call(const nitro::client &client) {
    const nitro::job job = job_of(client, "never-requested");
    const nitro::cancel_token cancel;
    const auto count = [](const std::uint8_t *, std::size_t) {};
    cancel.trigger();
    FAILS(cancelled, job.status(cancel));
    FAILS(cancelled, job.wait(cancel));
    FAILS(cancelled, job.result(cancel));
    FAILS(cancelled, job.result_bytes(count, cancel));
    FAILS(cancelled, job.download(arg("path"), existing::fail, cancel));
    const nitro::job_events events = OK(job.events());
    FAILS(cancelled, events.next(cancel));
}

// A token may be destroyed while a call uses it; after that only its timeout ends the call.
void destroyed_during_the_call(const nitro::client &client) {
    const nitro::job job = job_of(client, "hang");
    nitro::cancel_token cancel;
    std::thread other([&] {
        await_signal();
        cancel.reset();
    });
    const nitro::error_info err = FAILS(timeout, job.status({cancel, milliseconds(1000)}));
    other.join();
    CHECK(err.limit == nitro::limit::call);
}

void second_thread_gets_busy(const nitro::client &client) {
    const nitro::job_events events = OK(job_of(client, "hang-stream").events());
    const nitro::cancel_token cancel;
    code last = code::ok;
    std::thread other([&] { last = CODE_OF(events.next({cancel, nitro::no_limit})); });
    await_signal();
    FAILS(busy, events.next(nitro::no_limit));
    cancel.trigger();
    other.join();
    CHECK(last == code::cancelled);
    FAILS(cancelled, events.next(cancel)); // No longer busy.
}

void run() {
    nitro::options options = some_options();
    SET(options.retries(0));
    SET(options.poll_interval(std::chrono::minutes(10), std::chrono::minutes(10)));
    const nitro::client client = client_with(options);
    cancelled_before_the_call(client);
    cancelled_during_the_call(client);
    destroyed_during_the_call(client);
    second_thread_gets_busy(client);
}

} // namespace cancel_twin
TWIN(cancel);
