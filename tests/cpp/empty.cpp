// Empty handles, the C++ counterpart of NULL. Every call with one fails; every accessor returns an empty value.
#include "check.hpp"

namespace empty_twin {

void calls() {
    const nitro::client client;
    const nitro::job job;
    const nitro::job_events events;
    const nitro::job_watch watch;
    const nitro::submission none;
    const auto ignore = [](const std::uint8_t *, std::size_t) {};
    FAILS(invalid_argument, client.job_from_id("a"));
    FAILS(invalid_argument, client.job_from_json("{\"jobID\":\"a\"}"));
    FAILS(invalid_argument, client.watch());
    FAILS(invalid_argument, client.submit(none));
    FAILS(invalid_argument, client.run(none));
    FAILS(invalid_argument, client.run_all(none, "folder"));
    FAILS(invalid_argument, job.json());
    FAILS(invalid_argument, job.status());
    FAILS(invalid_argument, job.wait());
    FAILS(invalid_argument, job.events());
    FAILS(invalid_argument, job.result());
    FAILS(invalid_argument, job.result_bytes(ignore));
    FAILS(invalid_argument, job.download("file"));
    FAILS(invalid_argument, job.download_all("folder"));
    FAILS(invalid_argument, events.next());
    FAILS(invalid_argument, watch.add(job));
    FAILS(invalid_argument, watch.next());
    FAILS(invalid_argument, nitro::job_result().value_json());

    // A null pointer as a string, which compiles only through a variable.
    const char *no_text = nullptr;
    FAILS(invalid_argument, some_client().job_from_id(no_text));
}

void accessors() {
    const nitro::job job;
    const nitro::job_status status;
    const nitro::job_result result;
    const nitro::watch_event event;
    CHECK(job.id().empty() && job.reference_id().empty());
    CHECK(status.state() == nitro::job_state::unknown && status.name().empty() && status.json().empty());
    CHECK(status.progress() < 0.0 && !status.is_terminal() && !status.view() && status.info() == nitro::status_info());
    CHECK(result.kind() == nitro::result_kind::unknown && result.files().empty() && result.json().empty());
    CHECK(result.text().empty() && result.file(0).url.empty());
    CHECK(event.id() == 0 && !event.user_data() && event.job_id().empty() && !event.is_last() && !event.status());
    CHECK(event.code() == code::ok && event.error().message.empty());
    const nitro::job_watch watch;
    CHECK(watch.count() == 0 && !watch.remove(1));

    nitro::cancel_token token;
    token.reset();
    token.trigger();
    CHECK(!token.is_triggered());
    // An empty token cancels nothing.
    CHECK(OK(job_named(some_client(), "done").status(token)).is_terminal());
}

void setters() {
    nitro::options options;
    options.reset();
    NOT_SET(invalid_argument, options.base_url("http://a"));
    NOT_SET(invalid_argument, options.retries(1));
    NOT_SET(invalid_argument, options.log(nullptr));
    NOT_SET(invalid_argument, options.poll_interval(seconds(1), seconds(2)));
    NOT_SET(invalid_argument, options.token_source([](nitro::token_reason) { return nitro::token(); }));
    CHECK(OK(nitro::client::make(options))); // C treats empty options as the defaults.
}

void outcomes() {
    nitro::outcome<std::string> good(std::string("a"));
    CHECK(good && *good == "a" && good->size() == 1 && good.code() == code::ok && good.error().message.empty());
    nitro::error_info info;
    info.code = code::gone;
    info.message = "gone";
    nitro::outcome<std::string> bad(info);
    const nitro::outcome<void> nothing, worse(info);
    CHECK(!bad && bad.code() == code::gone && bad.error().code == code::gone);
    CHECK(nothing && nothing.code() == code::ok && !worse && worse.error().code == code::gone);
#if NITRO_HPP_EXCEPTIONS
    FAILS(gone, bad.value());
    FAILS(gone, *bad);
    FAILS(gone, worse.value());
#endif
}

void run() {
    calls();
    accessors();
    setters();
    outcomes();
}

} // namespace empty_twin
TWIN(empty);
