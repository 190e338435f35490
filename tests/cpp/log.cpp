// The log lines of the library, which contain no secrets. Twin of tests/c/log.c.
#include "check.hpp"

namespace log_twin {

struct counts {
    int lines = 0, requests = 0;
    bool in_call = false; // Set during a call of this program: there is no line at any other time.
};

void run() {
    counts counts;
    nitro::options options = some_options();
    const auto on_log = [&counts](nitro::log_level level, const char *line) {
        const std::string text = line;
        CHECK(level >= nitro::log_level::warn && level <= nitro::log_level::debug);
        CHECK(counts.in_call);
        CHECK(!text.empty());
        CHECK(text.find(given().token) == std::string::npos);
        CHECK(text.find("Signature") == std::string::npos); // The query of a presigned URL is a secret.
        counts.lines++;
        counts.requests += level == nitro::log_level::debug && text.find("GET ") != std::string::npos;
#if NITRO_HPP_EXCEPTIONS
        throw std::runtime_error("ignored");
#endif
    };
    SET(options.log(on_log));
    nitro::client client = client_with(options);
    nitro::job job = job_named(client, "job");
    CHECK_NUMBER(counts.lines, 0);
    counts.in_call = true;
    OK(job.wait());
    OK(job.download(arg("path")));
    job = job_named(client, "lost");
    FAILS(not_found, job.status());
    counts.in_call = false;
    CHECK(counts.requests >= 4);

    // Without a log callback there are no lines.
    counts.lines = 0;
    SET(options.log(nullptr));
    FAILS(not_found, job_named(client_with(options), "lost").status());
    CHECK_NUMBER(counts.lines, 0);
}

} // namespace log_twin
TWIN(log);
