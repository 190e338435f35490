// Handles outlive the handles that they were made from, and are destroyed in any order. Twin of tests/c/lifetimes.c.
#include "check.hpp"

namespace lifetimes_twin {

// A handle is moved, not copied; a handle that was moved from is empty.
template <class T> void only_moves(T handle) {
    static_assert(!std::is_copy_constructible<T>::value && !std::is_copy_assignable<T>::value, "a handle has one owner");
    static_assert(std::is_nothrow_move_constructible<T>::value && std::is_nothrow_move_assignable<T>::value, "and moves");
    static_assert(!std::is_convertible<T, bool>::value, "a handle does not convert to bool implicitly");
    CHECK(handle);
    const auto *raw = handle.get();
    T moved = std::move(handle);
    CHECK(!handle && moved.get() == raw);
    handle = std::move(moved);
    CHECK(!moved && handle.get() == raw);
    T &same = handle;
    handle = std::move(same);
    CHECK(handle.get() == raw);
    std::swap(handle, moved);
    CHECK(!handle && moved);
    handle = T(moved.release());
    CHECK(!moved && handle.get() == raw);
}

void from_client_to_string() {
    nitro::options options = some_options();
    nitro::client client = client_with(options), second = client_with(options); // The caller keeps the options.
    options.reset();
    second.reset();
    nitro::job job = job_named(client, "done");
    client.reset();
    nitro::job_events events = OK(job.events());
    nitro::job_result result = OK(job.result());
    job.reset();
    nitro::job_status status = OK(events.next());
    events.reset();
    const std::string value = OK(result.value_json());
    CHECK_NUMBER(result.file_count(), 1);
    const nitro::file_info file = result.file(0);
    only_moves(std::move(result));
    CHECK_HOLDS(value, "\"URL\"");
    CHECK_HOLDS(value, file.url);
    CHECK(status.is_terminal());
    only_moves(std::move(status));
}

// In the reverse order, with a stream that is open and in the middle of an event.
void with_an_open_stream() {
    nitro::client client = some_client();
    const nitro::job job = job_named(client, "running");
    const nitro::job_events unused = OK(job.events()), events = OK(job.events());
    CHECK(OK(events.next()));
    client.reset();
}

// An error keeps its fields after everything else was destroyed.
void error_outlives_the_other_handles() {
    nitro::error_info err;
    {
        const nitro::client client = some_client();
        err = FAILS(not_found, job_named(client, "lost").status());
    }
    CHECK_HOLDS(err.message, "404");
    CHECK_HOLDS(err.problem_json, "Not Found");
    CHECK_HOLDS(err.ticket_json, arg("lost"));
}

void run() {
    from_client_to_string();
    with_an_open_stream();
    error_outlives_the_other_handles();
    const nitro::client client = some_client();
    only_moves(some_client());
    only_moves(some_options());
    only_moves(nitro::cancel_token());
    only_moves(job_named(client, "done"));
    only_moves(OK(job_named(client, "done").events()));
    only_moves(OK(client.watch()));
    only_moves(OK(nitro::submission::make("transformations", "flatten")));
}

} // namespace lifetimes_twin
TWIN(lifetimes);
