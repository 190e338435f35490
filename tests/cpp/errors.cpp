// Error responses of the service. Twin of tests/c/errors.c.
#include "check.hpp"

namespace errors_twin {

code expected(int http) {
    switch (http) {
    case 400: return code::bad_request;
    case 401: return code::unauthorized;
    case 403: return code::forbidden;
    case 404: return code::not_found;
    case 410: return code::gone;
    case 413: return code::content_too_large;
    case 415: return code::unsupported_media_type;
    case 422: return code::unprocessable;
    case 429: return code::rate_limited;
    case 409: return code::http;
    default: return code::service;
    }
}

nitro::error_info error_response(const nitro::client &client, const std::string &format, int http) {
    const std::string name = format + "-" + std::to_string(http);
    const nitro::job job = job_named(client, name);
    CHECK(CODE_OF(job.status()) == expected(http)); // The C program makes two requests, too.
    const nitro::error_info err =
        check::fails(__FILE__, __LINE__, "status", nitro::attempt([&] { return job.status(); }), expected(http));
    CHECK_NUMBER(err.http_status, http);
    CHECK(err.retryable == (http == 429 || http >= 500));
    CHECK_TEXT(err.reference_id, job.reference_id());
    CHECK_HOLDS(err.message, arg(name)); // The message names the job.
    CHECK_HOLDS(err.message, std::to_string(http));
    CHECK(err.limit == nitro::limit::none);
    return err;
}

void every_format(const nitro::client &client, int http) {
    nitro::error_info err = error_response(client, "problem", http);
    CHECK_HOLDS(err.problem_type, "https://developers.gonitro.com/");
    CHECK(!err.problem_title.empty() && !err.problem_detail.empty());
    CHECK_HOLDS(err.problem_json, "\"instance\"");
    CHECK_HOLDS(err.message, err.problem_title);

    err = error_response(client, "message", http);
    CHECK_TEXT(err.problem_type, "bad_thing");
    CHECK_TEXT(err.problem_title, "It went badly");
    CHECK_TEXT(err.problem_json, "{\"error\":\"bad_thing\",\"message\":\"It went badly\"}");

    err = error_response(client, "html", http);
    CHECK_TEXT(err.problem_type, "");
    CHECK_TEXT(err.problem_title, "");
    CHECK_TEXT(err.problem_json, "<html><body>Bad gateway</body></html>");

    err = error_response(client, "empty", http);
    CHECK_TEXT(err.problem_type, "");
    CHECK_TEXT(err.problem_title, "");
    CHECK_TEXT(err.problem_detail, "");
}

// The delay that the service requests, in a header or in the document.
void retry_after(const nitro::client &client, const char *name) {
    const nitro::error_info err = FAILS(rate_limited, job_named(client, name).status());
    CHECK(err.retry_after == seconds(7));
    CHECK(err.retryable);
}

void wrong_token() {
    nitro::options options = some_options();
    SET(options.bearer_token("not-the-token-3c1d"));
    const nitro::error_info err = FAILS(unauthorized, job_named(client_with(options), "limited").status());
    CHECK(err.message.find("not-the-token-3c1d") == std::string::npos);
    CHECK_HOLDS(err.message, "token");
}

// No server listens on this port. The error outlives the other handles.
void connection_refused() {
    nitro::options options = some_options();
    SET(options.base_url(arg("closed")));
    SET(options.retries(0));
    const nitro::error_info err = FAILS(connect, job_of(client_with(options), "a").status());
    CHECK_NUMBER(err.http_status, 0);
    CHECK(err.retryable);
    CHECK(err.retry_after == milliseconds(-1));
    CHECK_TEXT(err.problem_json, "");
    // No request was sent, so there is nothing that the service could look up.
    CHECK_TEXT(err.reference_id, "");
}

void run() {
    nitro::options options = some_options();
    SET(options.retries(0));
    const nitro::client client = client_with(options);
    const std::string codes = arg("codes");
    for (std::size_t at = 0; at < codes.size(); at += 4) every_format(client, std::atoi(codes.c_str() + at));
    retry_after(client, "limited");
    retry_after(client, "limited_body");
    wrong_token();
    connection_refused();
}

} // namespace errors_twin
TWIN(errors);
