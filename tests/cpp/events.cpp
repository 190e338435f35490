// The live progress, pulled. Twin of tests/c/events.c.
#include "check.hpp"

namespace events_twin {

// Pulls with a limit of a few milliseconds, longer only where a request takes longer: whatever is interrupted is there in
// the next call.
void loses_nothing(nitro::client client) {
    nitro::job job = job_named(client, "steps");
    const nitro::job_events events = OK(job.events());
    client.reset(); // Each goes on without what it was made from.
    job.reset();
    int seen[10] = {0}, timeouts = 0;
    milliseconds limit(3);
    nitro::job_status status;
    for (;;) {
        auto next = nitro::attempt([&] { return events.next(limit); });
        if (next.code() == code::timeout) {
            CHECK(next.error().limit == nitro::limit::call);
            timeouts++;
            limit *= 2;
            continue;
        }
        CHECK(next);
        limit = milliseconds(3);
        status = std::move(next).value();
        if (status.is_terminal()) break;
        // It may also be silent about it.
        if (status.progress() >= 0.0) seen[static_cast<int>(status.progress() * 10.0 + 0.5)]++;
    }
    CHECK(status.state() == nitro::job_state::completed);
    for (int count : seen) CHECK(count >= 1);
    CHECK(timeouts > 0);

    // After the end there is nothing, as often as it is asked for.
    CHECK(!OK(events.next()));
    CHECK(!OK(events.next(nitro::no_limit)));
    for (auto &each : events) CHECK((static_cast<void>(each), false));
}

// What a loop goes through: the states themselves, or their outcomes where nothing can be thrown.
const nitro::job_status &plain(const nitro::job_status &status) { return status; }
const nitro::job_status &plain(const nitro::outcome<nitro::job_status> &status) { return status.value(); }

void failure_is_a_state(const nitro::client &client) {
    const nitro::job_events events = OK(job_named(client, "failed").events());
    nitro::job_state last = nitro::job_state::unknown;
    std::string json;
    for (auto &status : events) {
        CHECK(last == nitro::job_state::unknown || last == nitro::job_state::running);
        last = plain(status).state();
        json = plain(status).json();
    }
    CHECK(last == nitro::job_state::failed);
    CHECK_HOLDS(json, "PDFIsPasswordProtected");
}

void unknown_job(const nitro::client &client) {
    const nitro::job_events events = OK(job_named(client, "lost").events());
    CHECK_NUMBER(FAILS(not_found, events.next()).http_status, 404);
    // In a loop it is thrown, or the last that comes.
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
    loses_nothing(std::move(client));
}

} // namespace events_twin
TWIN(events);
