// The live progress as events. Twin of tests/c/events.c.
#include "check.hpp"

namespace events_twin {

// Requests events with a timeout of a few milliseconds, longer only where a request takes longer: the next call returns an
// event that a timeout interrupted.
void timeouts_lose_no_event(nitro::client client) {
    nitro::job job = job_named(client, "steps");
    const nitro::job_events events = OK(job.events());
    client.reset(); // The events outlive the client and the job.
    job.reset();
    int seen[10] = {0}, timeouts = 0;
    milliseconds timeout(3);
    nitro::job_status status;
    for (;;) {
        auto next = nitro::attempt([&] { return events.next(timeout); });
        if (next.code() == code::timeout) {
            CHECK(next.error().limit == nitro::limit::call);
            timeouts++;
            timeout *= 2;
            continue;
        }
        CHECK(next);
        timeout = milliseconds(3);
        status = std::move(next).value();
        if (status.is_terminal()) break;
        // The status of a poll between two streams may have no progress.
        if (status.progress() >= 0.0) seen[static_cast<int>(status.progress() * 10.0 + 0.5)]++;
    }
    CHECK(status.state() == nitro::job_state::completed);
    for (int count : seen) CHECK(count >= 1);
    CHECK(timeouts > 0);

    // After the last event every call returns none.
    CHECK(!OK(events.next()));
    CHECK(!OK(events.next(nitro::no_limit)));
    for (auto &each : events) CHECK((static_cast<void>(each), false));
}

// The items of a loop: the states, or without exceptions their outcomes.
const nitro::job_status &unwrap(const nitro::job_status &status) { return status; }
const nitro::job_status &unwrap(const nitro::outcome<nitro::job_status> &status) { return status.value(); }

void failure_is_a_state(const nitro::client &client) {
    const nitro::job_events events = OK(job_named(client, "failed").events());
    nitro::job_state last = nitro::job_state::unknown;
    std::string json;
    for (auto &status : events) {
        CHECK(last == nitro::job_state::unknown || last == nitro::job_state::running);
        last = unwrap(status).state();
        json = unwrap(status).json();
    }
    CHECK(last == nitro::job_state::failed);
    CHECK_HOLDS(json, "PDFIsPasswordProtected");
}

void unknown_job(const nitro::client &client) {
    const nitro::job_events events = OK(job_named(client, "lost").events());
    CHECK_NUMBER(FAILS(not_found, events.next()).http_status, 404);
    // A loop throws the error, or without exceptions it is the last item.
    int items = 0;
#if NITRO_HPP_EXCEPTIONS
    const nitro::job_events thrown = OK(job_named(client, "lost").events());
    const auto loop = [&] {
        for (auto &status : thrown.each(seconds(20))) items += static_cast<bool>(status);
    };
    FAILS(not_found, loop());
    CHECK_NUMBER(items, 0);
#else
    for (auto &status : OK(job_named(client, "lost").events())) {
        CHECK(status.code() == code::not_found);
        items++;
    }
    CHECK_NUMBER(items, 1);
#endif
}

void run() {
    nitro::client client = some_client();
    failure_is_a_state(client);
    unknown_job(client);
    timeouts_lose_no_event(std::move(client));
}

} // namespace events_twin
TWIN(events);
