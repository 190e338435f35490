// Callables as callbacks: of any kind, stopping the call, and throwing through it. Arguments: done, a completed job of one
// file; running, one that does not end; folder, an empty one; path, a file that is never created.
#include "check.hpp"

namespace callables_twin {

const std::string document = "%PDF-1.7 a document";

// A stateful callable that cannot be copied.
struct only_moves {
    std::unique_ptr<int> calls;
    bool operator()(nitro::status_view) { return ++*calls < 2; }
};

struct overloaded {
    int *calls;
    void operator()(nitro::status_view) const { ++*calls; }
    void operator()(int) const {}
};

void of_any_kind(const nitro::client &client) {
    const nitro::job running = job_named(client, "running"), done = job_named(client, "done");
    FAILS(stopped, running.wait(only_moves{std::unique_ptr<int>(new int(1))}));
    int calls = 0;
    const overloaded counts = {&calls};
    while (calls == 0) FAILS(wait_timeout, running.wait(counts, milliseconds(100)));
    std::function<bool(const nitro::status_view &)> function = [&](const nitro::status_view &status) {
        return status.state() != nitro::job_state::running;
    };
    FAILS(stopped, running.wait(std::ref(function)));
}

#if NITRO_HPP_EXCEPTIONS

// An exception of the program, which a handler for the library's exceptions does not catch.
struct own : std::exception {
    explicit own(int number) : number(number) {}
    int number;
};

// The call rethrows exactly what was thrown in its callback.
template <class F> void throws(int number, F call) {
    try {
        call();
    } catch (const own &thrown) {
        CHECK_NUMBER(thrown.number, number);
        return;
    }
    NEVER("nothing was thrown");
}

nitro::submission some_submission() {
    nitro::submission submission("transformations", "flatten");
    submission.add_bytes("a.pdf", document);
    return submission;
}

void from_each_callable(const nitro::client &client) {
    const nitro::job running = job_named(client, "running"), done = job_named(client, "done");
    const auto at_progress = [](nitro::status_view) { throw own(1); };
    const auto at_bytes = [](const std::uint8_t *, std::size_t) -> bool { throw own(2); };
    const auto at_transfer = [](const nitro::transfer &) { throw own(3); };
    const auto at_upload = [](const nitro::upload &) { throw own(4); };
    const auto at_read = [](std::uint8_t *, std::size_t) -> std::int64_t { throw own(5); };
    const auto at_run = [](const nitro::run_progress &now) {
        if (now.phase == nitro::run_phase::submitted) throw own(6);
    };
    throws(1, [&] { running.wait(at_progress); });
    throws(2, [&] { done.result_bytes(at_bytes); });
    throws(3, [&] { done.download(arg("path"), existing::fail, at_transfer); });
    throws(3, [&] { done.download_all(arg("folder"), existing::fail, at_transfer); });
    CHECK(!check::file_exists(arg("path")));
    throws(4, [&] { OK(client.submit(some_submission(), at_upload)); });
    nitro::submission reads("transformations", "flatten");
    reads.add_reader("a.pdf", 9, at_read);
    throws(5, [&] { OK(client.submit(reads)); });
    throws(6, [&] { client.run(some_submission(), at_run); });
    throws(6, [&] { client.run(some_submission(), arg("path"), existing::fail, at_run); });
    throws(6, [&] { client.run_all(some_submission(), arg("folder"), existing::fail, at_run); });

    // A value that is not an exception object, and an exception of the standard library.
    try {
        running.wait([](nitro::status_view) { throw 7; });
        NEVER("nothing was thrown");
    } catch (int number) {
        CHECK_NUMBER(number, 7);
    }
    std::function<void(nitro::status_view)> empty;
    try {
        running.wait(empty);
        NEVER("nothing was thrown");
    } catch (const std::bad_function_call &) {
    }
    // The next call does not rethrow it.
    FAILS(wait_timeout, running.wait(milliseconds(10)));
    FAILS(stopped, running.wait([](nitro::status_view) { return false; }));
}

// A call inside a callback: the program may catch its error or let it pass.
void calls_inside(const nitro::client &client) {
    const nitro::job running = job_named(client, "running"), done = job_named(client, "done");
    int caught = 0;
    const auto catches = [&](nitro::status_view) {
        try {
            const nitro::job none = client.job_from_id("..");
        } catch (const nitro::argument_error &) {
            caught++;
        }
        throws(8, [&] { done.result_bytes([](const std::uint8_t *, std::size_t) { throw own(8); }); });
        return false;
    };
    FAILS(stopped, running.wait(catches));
    CHECK_NUMBER(caught, 1);
    FAILS(invalid_argument, running.wait([&](nitro::status_view) { OK(client.job_from_id("a")); done.download(""); }));
}

// Each thread has its own pending exception.
void on_threads(const nitro::client &client) {
    const nitro::job running = job_named(client, "running");
    std::vector<std::thread> threads;
    for (int number = 100; number < 108; number++)
        threads.emplace_back([&running, number] {
            for (int i = 0; i < 5; i++)
                throws(number, [&] { running.wait([&](nitro::status_view) { throw own(number); }); });
        });
    for (std::thread &thread : threads) thread.join();
}

// The call that needed the token rethrows an exception of the token callback; a watch reports it as events of its jobs.
void from_a_token_source() {
    nitro::options options;
    options.base_url(given().base_url).token_source([](nitro::token_reason) -> nitro::token { throw own(9); });
    const nitro::client client(options);
    const nitro::job job = job_named(client, "done");
    throws(9, [&] { OK(job.status()); });
    throws(9, [&] { job.wait(); });
    throws(9, [&] { OK(OK(job.events()).next()); });
    const nitro::job_watch watch = client.watch();
    watch.add(job);
    for (auto &event : watch) {
        CHECK(event.is_last() && event.code() == code::unauthorized);
        // The next call does not rethrow it.
        FAILS(invalid_argument, client.job_from_id(".."));
    }
}

// Constructors throw as calls do, and setters can be chained.
void constructors_and_setters() {
    const nitro::client client(
        nitro::options().base_url(given().base_url).bearer_token(given().token).retries(1).idle_timeout(seconds(20)));
    CHECK(client.job_from_id(arg("done")).status().is_terminal());
    try {
        nitro::submission nonsense("nonsense", "flatten");
        NEVER("nothing was thrown");
    } catch (const nitro::argument_error &thrown) {
        CHECK_HOLDS(thrown.what(), "nonsense");
    }
    try {
        nitro::client unusable(nitro::options().base_url("nonsense"));
        NEVER("nothing was thrown");
    } catch (const nitro::error &thrown) {
        CHECK(thrown.code() == code::invalid_argument);
    }
}

void throwing(const nitro::client &client) {
    from_each_callable(client);
    calls_inside(client);
    on_threads(client);
    from_a_token_source();
    constructors_and_setters();
}

#else

void throwing(const nitro::client &) {}

#endif

void times() {
    using nitro::call;
    const nitro::cancel_token token;
    CHECK_NUMBER(call().timeout_ms(), -1);
    CHECK_NUMBER(call(nitro::no_limit).timeout_ms(), 0);
    CHECK_NUMBER(call(token).timeout_ms(), -1);
    CHECK(call(token, seconds(1)).cancel() == token.get() && call(seconds(1)).cancel() == nullptr);
    CHECK_NUMBER(call(std::chrono::minutes(1)).timeout_ms(), 60000);
    CHECK_NUMBER(call(std::chrono::nanoseconds(1)).timeout_ms(), 1); // Rounded up: zero would mean no timeout.
    CHECK_NUMBER(call(std::chrono::microseconds(1001)).timeout_ms(), 2);
    CHECK_NUMBER(call(std::chrono::duration<double>(0.0101)).timeout_ms(), 11);
    CHECK_NUMBER(call(seconds(0)).timeout_ms(), 1);
    CHECK_NUMBER(call(seconds(-1)).timeout_ms(), 1);
    CHECK_NUMBER(call((std::chrono::hours::min)()).timeout_ms(), 1);
    CHECK_NUMBER(call((std::chrono::hours::max)()).timeout_ms(), INT64_MAX);
}

void run() {
    const nitro::client client = some_client();
    of_any_kind(client);
    throwing(client);
    times();
}

} // namespace callables_twin
TWIN(callables);
