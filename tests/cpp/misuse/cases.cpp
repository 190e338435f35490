// Code that must not compile: the compiler must reject each `case NAME: WORDS` on one of its lines, with one of the WORDS in
// its message, and accept a case without any.
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
    // case a handle is not a number: cannot initialize|no match for|invalid operands|cannot convert|no viable conversion
    {
        int number = job;
    }
    // case a C handle does not convert implicitly: conversion from|no viable conversion|could not convert
    {
        job_status converted = nitro_cancel_new() ? static_cast<nitro_status_t *>(nullptr) : nullptr;
    }
    // case a temporary token: deleted
    {
        (void)job.wait(cancel_token());
    }
    // case a temporary token with a timeout: deleted
    {
        (void)job.wait({cancel_token(), std::chrono::seconds(1)});
    }
    // case a timeout without a unit: cannot convert|could not bind|no viable conversion|no matching
    {
        (void)job.status(5);
    }
    // case a duration of a setter without a unit: no matching
    {
        options.idle_timeout(5);
    }
    // case a progress callback that returns a number: returns nothing, or a bool
    {
        (void)job.wait(of_int);
    }
    // case a progress callback with another argument: no matching
    {
        (void)job.wait([](int) {});
    }
    // case a null pointer as a string: deleted
    {
        (void)client.job_from_id(nullptr);
    }
    // case a null pointer as an option: deleted
    {
        options.base_url(nullptr);
    }
    // case borrowed bytes of a temporary: deleted
    {
        (void)submission.lend_bytes("a.pdf", std::string("%PDF"));
    }
    // case a loop over a temporary: deleted
    {
        for (auto &each : client.watch().each(token)) (void)each;
    }
    // case a code compared with another enumeration: no match for|invalid operands
    {
        (void)(event.code() == job_state::completed);
    }
    // case a code converted to a number: cannot convert|cannot initialize|no viable conversion
    {
        std::int32_t number = event.code();
    }
    // case a view of a temporary status: deleted
    {
        status_view view = job_status().view();
    }
    // case the status of a temporary event: deleted
    {
        status_view view = watch_event().status();
    }
    // case a view into a temporary result: deleted
    {
        auto view = job_result().json_view();
    }
    // case a view into a temporary status: deleted
    {
        auto view = job_status().name_view();
    }
    // case an ignored result: nodiscard
    {
        job.result();
    }
    // case an ignored status: nodiscard
    {
        job.status(token);
    }
    // case an ignored job: nodiscard
    {
        client.submit(submission);
    }
    // case an ignored ticket: nodiscard
    {
        job.json();
    }
    // case an ignored event: nodiscard
    {
        watch.next();
    }
    (void)client, (void)text;
}
