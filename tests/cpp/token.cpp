// Sources of tokens. Twin of tests/c/token.c.
#include "check.hpp"

namespace token_twin {

nitro::options options_without_token() {
    nitro::options options;
    SET(options.base_url(given().base_url));
    return options;
}

nitro::outcome<nitro::job_status> request_status(const nitro::client &client) {
    return nitro::attempt([&] { return job_named(client, "job").status(); });
}

void credentials() {
    nitro::options options = options_without_token();
    SET(options.client_credentials(arg("id"), arg("secret")));
    CHECK(request_status(client_with(options)));

    options = options_without_token();
    SET(options.client_credentials(arg("id"), "wrong"));
    const nitro::error_info err = request_status(client_with(options)).error();
    CHECK(err.code == code::unauthorized);
    CHECK_TEXT(err.problem_type, "invalid_client");
    CHECK_NUMBER(err.http_status, 401);

    options = options_without_token();
    SET(options.client_credentials("", arg("secret")));
    FAILS(invalid_argument, nitro::client::make(options));
}

struct program {
    std::string token;
    int calls = 0;
    nitro::token_reason reason = nitro::token_reason::expiring;
};

void callback() {
    const auto program = std::make_shared<token_twin::program>();
    std::weak_ptr<token_twin::program> reference = program;
    nitro::job job;
    {
        nitro::options options = options_without_token();
        SET(options.token_source([program](nitro::token_reason reason) {
            program->calls++;
            program->reason = reason;
            nitro::token token;
            token.value = program->token;
            token.expires_in = std::chrono::hours(1);
            return token;
        }));
        const nitro::client client = client_with(options);
        nitro::error_info err = request_status(client).error();
        CHECK(err.code == code::unauthorized);
        CHECK_HOLDS(err.message, "returned 1");
        program->token = "\xff";
        CHECK(request_status(client).code() == code::unauthorized);
        program->token = std::string("a\0b", 3);
        CHECK(request_status(client).code() == code::unauthorized);
        program->token = given().token;
        program->calls = 0;
        CHECK(request_status(client));
        CHECK(request_status(client));
        CHECK_NUMBER(program->calls, 1);
        CHECK(program->reason == nitro::token_reason::first);
        CHECK_TEXT(program->token, given().token); // Only the copy was overwritten.
        job = job_named(client, "job");
    }

    // The callback reference as long as the handles made from the options.
    await_signal();
    program->token = "second";
    OK(job.status());
    CHECK_NUMBER(program->calls, 2);
    CHECK(program->reason == nitro::token_reason::refused);
    CHECK(reference.use_count() == 2);
    job = nitro::job();
    CHECK(reference.use_count() == 1);
}

void run() {
    credentials();
    callback();
}

} // namespace token_twin
TWIN(token);
