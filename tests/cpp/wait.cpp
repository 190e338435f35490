// Waiting for the end of a job. Twin of tests/c/wait.c.
#include "check.hpp"

namespace wait_twin {

struct seen {
    int calls, stop_at;
    double last;
};

// A progress callback: true to continue.
bool on_progress(nitro::status_view status, seen &seen) {
    CHECK(!status.is_terminal());
    if (status.progress() >= 0.0) { // A status may have no progress.
        CHECK(status.progress() >= seen.last);
        seen.last = status.progress();
    }
    return ++seen.calls != seen.stop_at;
}

void ignore(nitro::status_view) {}

void completes(const nitro::client &client, const char *name) {
    const nitro::job job = job_named(client, name);
    seen seen = {0, 0, 0.0};
    const auto count = [&](nitro::status_view status) { return on_progress(status, seen); };
    const nitro::job_status status = OK(job.wait(count));
    CHECK(seen.calls >= 1);
    CHECK(status.state() == nitro::job_state::completed);
    OK(job.wait(nitro::no_limit)); // A second wait has the same outcome.
    OK(job.wait(ignore));         // A function works as well, and one without a return value continues.
    OK(job.wait(std::function<void(nitro::status_view)>(ignore), nitro::no_limit));
}

void job_does_not_complete(const nitro::client &client) {
    nitro::job job = job_named(client, "failed");
    nitro::error_info err = FAILS(job_failed, job.wait());
    CHECK_NUMBER(err.http_status, 0);
    CHECK_TEXT(err.problem_type, "PDFIsPasswordProtected");
    CHECK_TEXT(err.problem_title, "The PDF needs a password");
    CHECK_HOLDS(err.problem_json, "PDFIsPasswordProtected");
    CHECK_HOLDS(err.message, "The PDF needs a password");
    CHECK(!err.retryable);
    CHECK(err.limit == nitro::limit::none);

    job = job_named(client, "canceled");
    err = FAILS(job_canceled, job.wait());
    CHECK_TEXT(err.problem_json, "");
}

void stopped_by_the_callback(const nitro::client &client) {
    const nitro::job job = job_named(client, "stopped");
    seen seen = {0, 2, 0.0};
    FAILS(stopped, job.wait([&](nitro::status_view status) { return on_progress(status, seen); }));
    CHECK_NUMBER(seen.calls, 2);
    CHECK(OK(job.wait())); // The job continued.
}

// The wait times out and the program ends; another one restores the job from the ticket of the error and waits again.
void times_out(nitro::client client) {
    nitro::job job = job_named(client, "slow");
    const nitro::error_info err = FAILS(wait_timeout, job.wait(milliseconds(50)));
    CHECK(err.limit == nitro::limit::wait);
    CHECK(err.retryable);
    CHECK(!err.ticket_json.empty());
    // A timeout of zero or less expires at once and never means "no timeout".
    FAILS(wait_timeout, job.wait(seconds(0)));
    FAILS(wait_timeout, job.wait(seconds(-5)));
    job.reset();
    client.reset();

    const nitro::client other = some_client();
    job = OK(other.job_from_json(err.ticket_json));
    OK(job.wait());
}

// Without a timeout in the call, the wait timeout of the client's options applies.
void default_timeout() {
    nitro::options options = some_options();
    SET(options.wait_timeout(milliseconds(50)));
    const nitro::client client = client_with(options);
    FAILS(wait_timeout, job_named(client, "never").wait());
}

void run() {
    nitro::client client = some_client();
    completes(client, "event_in_data");
    completes(client, "named");
    completes(client, "message");
    completes(client, "no_stream");
    completes(client, "plain_json");
    job_does_not_complete(client);
    stopped_by_the_callback(client);
    default_timeout();
    times_out(std::move(client));
}

} // namespace wait_twin
TWIN(wait);
