// What the library tells about its doings, and that no secret is in it. Twin of tests/c/log.c.
#include "check.hpp"

namespace log_twin {

struct heard {
    int lines = 0, requests = 0;
    bool at_work = false; // Set while a call of this program is under way: no line comes at any other time.
};

void run() {
    heard heard;
    nitro::options options = some_options();
    const auto hear = [&heard](nitro::log_level level, const char *line) {
        const std::string text = line;
        CHECK(level >= nitro::log_level::warn && level <= nitro::log_level::debug);
        CHECK(heard.at_work);
        CHECK(!text.empty());
        CHECK(text.find(given().token) == std::string::npos);
        CHECK(text.find("Signature") == std::string::npos); // A presigned address is a secret from its query on.
        heard.lines++;
        heard.requests += level == nitro::log_level::debug && text.find("GET ") != std::string::npos;
#if NITRO_HPP_EXCEPTIONS
        throw std::runtime_error("a log cannot object");
#endif
    };
    SET(options.log(hear));
    nitro::client client = client_with(options);
    nitro::job job = job_named(client, "job");
    CHECK_NUMBER(heard.lines, 0);
    heard.at_work = true;
    OK(job.wait());
    OK(job.download(arg("path")));
    job = job_named(client, "lost");
    FAILS(not_found, job.status());
    heard.at_work = false;
    CHECK(heard.requests >= 4);

    // Silence again.
    heard.lines = 0;
    SET(options.log(nullptr));
    FAILS(not_found, job_named(client_with(options), "lost").status());
    CHECK_NUMBER(heard.lines, 0);
}

} // namespace log_twin
TWIN(log);
