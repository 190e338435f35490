// What must not compile: the compiler must refuse each `case NAME: WORDS` on one of its lines, with one of the WORDS, and
// find nothing wrong with a case without any.
#include <nitro_jobs.hpp>

#include <string>

using namespace nitro;

int of_int(status_view);
int of_int(status_view) { return 0; }

void cases(const client &client, job &job, job_status &status, job_result &result, options &options, submission &submission,
           cancel_token &token, job_watch &watch, watch_event &event, const std::string &text);
void cases(const nitro::client &client, nitro::job &job, job_status &status, job_result &result, nitro::options &options,
           nitro::submission &submission, cancel_token &token, job_watch &watch, watch_event &event,
           const std::string &text) {
    // case none:
    {
        (void)job.wait({token, std::chrono::seconds(5)});
        for (auto &each : watch.each(token)) (void)each;
    }
    // case a job has one owner: deleted
    {
        nitro::job copy = job;
    }
    // case a client has one owner: deleted
    {
        nitro::client copy = client;
    }
    // case a status has one owner: deleted
    {
        job_status copy = status;
    }
    // case a result has one owner: deleted
    {
        job_result copy = result;
    }
    // case options have one owner: deleted
    {
        nitro::options copy = options;
    }
    // case a token has one owner: deleted
    {
        cancel_token copy(token);
    }
    // case a watch has one owner: deleted
    {
        job_watch copy(watch);
    }
    // case an event has one owner: deleted
    {
        watch_event copy = event;
    }
    // case a submission has one owner: deleted
    {
        nitro::submission copy = submission;
    }
    // case a handle is no number: cannot initialize|no match for|invalid operands|cannot convert|no viable conversion
    {
        int number = job;
    }
    // case a C handle is not taken over unasked: conversion from|no viable conversion|could not convert
    {
        job_status taken = nitro_cancel_new() ? static_cast<nitro_status_t *>(nullptr) : nullptr;
    }
    // case a token that nobody can trigger: deleted
    {
        (void)job.wait(cancel_token());
    }
    // case a token with a time that nobody can trigger: deleted
    {
        (void)job.wait({cancel_token(), std::chrono::seconds(1)});
    }
    // case a time without its unit: cannot convert|could not bind|no viable conversion|no matching
    {
        (void)job.status(5);
    }
    // case a setter without its unit: no matching
    {
        options.idle_timeout(5);
    }
    // case a number that a progress returns: returns nothing, or a bool
    {
        (void)job.wait(of_int);
    }
    // case a progress that takes something else: no matching
    {
        (void)job.wait([](int) {});
    }
    // case no text at all: deleted
    {
        (void)client.job_from_id(nullptr);
    }
    // case no setting at all: deleted
    {
        options.base_url(nullptr);
    }
    // case bytes that end at once: deleted
    {
        (void)submission.lend_bytes("a.pdf", std::string("%PDF"));
    }
    // case a loop over what has ended: deleted
    {
        for (auto &each : client.watch().each(token)) (void)each;
    }
    // case a code taken for another enumeration: no match for|invalid operands
    {
        (void)(event.code() == job_state::completed);
    }
    // case a code taken for a number: cannot convert|cannot initialize|no viable conversion
    {
        std::int32_t number = event.code();
    }
    // case a view of a status that ends at once: deleted
    {
        status_view view = job_status().view();
    }
    // case the status of an event that ends at once: deleted
    {
        status_view view = watch_event().status();
    }
    // case text of a result that ends at once: deleted
    {
        auto lent = job_result().json_view();
    }
    // case the name of a status that ends at once: deleted
    {
        auto lent = job_status().name_view();
    }
    // case a result that nobody takes: nodiscard
    {
        job.result();
    }
    // case a status that nobody looks at: nodiscard
    {
        job.status(token);
    }
    // case a job that nobody keeps: nodiscard
    {
        client.submit(submission);
    }
    // case a ticket that nobody writes down: nodiscard
    {
        job.json();
    }
    // case an event that is lost: nodiscard
    {
        watch.next();
    }
    (void)client, (void)text;
}
