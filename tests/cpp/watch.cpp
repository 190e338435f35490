// Following many jobs. Twin of tests/c/watch.c.
#include "check.hpp"

namespace watch_twin {

struct row {
    std::string id;
    code ends_with;
    int ends;
};

// A list of rows that never move in memory.
typedef std::vector<std::unique_ptr<row>> rows;

// The user data of a job's events until it is replaced with its row.
row unknown;

row *row_of(const nitro::watch_event &event, const rows &all) {
    row *here = event.user_data_as<row>();
    if (here != &unknown) return here;
    for (const auto &each : all)
        if (event.job_id() == each->id) return each.get();
    return nullptr;
}

// Adds each job of this list with its row; returns the number of the first.
std::uint64_t add_all(const nitro::client &client, const nitro::job_watch &watch, const char *name, code ends_with,
                      rows &all) {
    std::uint64_t first = 0;
    const std::string list = arg(name) + ",";
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = list.find(',', at);
        all.emplace_back(new row{list.substr(at, end - at), ends_with, 0});
        at = end + 1;
        const nitro::job job = job_of(client, all.back()->id);
        const std::uint64_t id = OK(watch.add(job, &unknown));
        CHECK(id != 0);
        if (!first) first = id;
        // Adding it again only replaces the user data.
        CHECK(OK(watch.add(job, all.back().get())) == id);
    }
    return first;
}

// The items of a loop: the events, or without exceptions their outcomes.
const nitro::watch_event &unwrap(const nitro::watch_event &event) { return event; }
const nitro::watch_event &unwrap(const nitro::outcome<nitro::watch_event> &event) { return event.value(); }

// Checks an event; returns whether it was the last of its job.
bool as_scripted(const nitro::watch_event &event, row *here) {
    CHECK(here);
    CHECK_TEXT(event.job_id(), here->id);
    CHECK(event.id() != 0);
    CHECK_NUMBER(here->ends, 0);
    if (!event.is_last()) {
        CHECK(event.code() == code::ok);
        CHECK(event.status().state() == nitro::job_state::running);
        return false;
    }
    here->ends++;
    const nitro::error_info error = event.error();
    CHECK(event.code() == here->ends_with && error.code == here->ends_with);
    CHECK(error.message.empty() == (here->ends_with == code::ok));
    CHECK(!event.status() == (here->ends_with == code::not_found));
    if (here->ends_with == code::job_failed) CHECK_HOLDS(error.problem_json, "PDFIsPasswordProtected");
    if (here->ends_with != code::ok) {
        CHECK(!error.reference_id.empty());
        CHECK_HOLDS(error.message, here->id);
    }
    return true;
}

// Each job has the expected last event with its reason; there is no event after it.
void ends_as_scripted(const nitro::client &client) {
    const nitro::job_watch watch = OK(client.watch());
    CHECK(!OK(watch.next()));
    rows all;
    add_all(client, watch, "completed", code::ok, all);
    add_all(client, watch, "failed", code::job_failed, all);
    add_all(client, watch, "canceled", code::job_canceled, all);
    add_all(client, watch, "lost", code::not_found, all);
    CHECK_NUMBER(watch.count(), all.size());
    int progress = 0;
    std::size_t ends = 0, known = 0;
    const auto seen = [&](const nitro::watch_event &event) {
        row *here = row_of(event, all);
        known += here == event.user_data();
        if (as_scripted(event, here)) ends++;
        else progress++;
    };
    for (bool more = true; more;) { // One by one until a timeout, and the rest in a loop.
        const auto next = nitro::attempt([&] { return watch.next(milliseconds(2)); });
        CHECK(next || next.code() == code::timeout);
        more = next && *next;
        if (more) seen(*next);
    }
    for (auto &event : watch) seen(unwrap(event));
    for (const auto &each : all) CHECK_NUMBER(each->ends, 1);
    CHECK_NUMBER(ends, all.size());
    CHECK(progress > 0 && known > 0);
    CHECK_NUMBER(watch.count(), 0);
}

// One thread waits; another one gets code::busy and removes all jobs, which ends the wait.
void removed_from_another_thread(const nitro::client &client) {
    const nitro::job_watch watch = OK(client.watch(2, 100.0));
    rows all;
    const std::uint64_t first = add_all(client, watch, "running", code::ok, all);
    code last;
    do last = CODE_OF(watch.next(milliseconds(2))); // Each job has one event; after that there is none.
    while (last == code::ok);
    CHECK(last == code::timeout);
    std::thread waiting([&] {
        for (;;) { // The other thread may be waiting itself when this one starts.
            const auto next = nitro::attempt([&] { return watch.next(nitro::no_limit); });
            if (next.code() == code::busy || (next && *next)) continue;
            CHECK(next);
            return;
        }
    });
    // Lets the other thread run: a tool that runs one thread at a time may starve it.
    while (CODE_OF(watch.next(milliseconds(1))) != code::busy) std::this_thread::sleep_for(milliseconds(1));
    for (std::uint64_t id = first; id < first + all.size(); id++) CHECK(watch.remove(id));
    CHECK(!watch.remove(first));
    waiting.join();
}

// Destroying a watch does not wait for its jobs, and events outlive their watch.
void destroyed_while_jobs_run(const nitro::client &client) {
    nitro::job_watch watch = OK(client.watch(4));
    const nitro::cancel_token cancel;
    rows all;
    add_all(client, watch, "running", code::ok, all);
    const nitro::watch_event event = OK(watch.next(nitro::no_limit));
    CHECK(event);
    cancel.trigger();
    FAILS(cancelled, watch.next({cancel, nitro::no_limit}));
    watch.reset();
    CHECK(event.status().state() == nitro::job_state::running);
}

void run() {
    const nitro::client client = some_client();
    ends_as_scripted(client);
    removed_from_another_thread(client);
    destroyed_while_jobs_run(client);
    FAILS(invalid_argument, client.watch(257));
    FAILS(invalid_argument, client.watch(1, -1.0));
}

} // namespace watch_twin
TWIN(watch);
