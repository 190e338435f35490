// Where tokens come from. Twin of tests/c/token.c.
#include "check.hpp"

namespace token_twin {

nitro::options options_without_token() {
    nitro::options options;
    SET(options.base_url(given().base_url));
    return options;
}

nitro::outcome<nitro::job_status> ask(const nitro::client &client) {
    return nitro::attempt([&] { return job_named(client, "job").status(); });
}

void credentials() {
    nitro::options options = options_without_token();
    SET(options.client_credentials(arg("id"), arg("secret")));
    CHECK(ask(client_with(options)));

    options = options_without_token();
    SET(options.client_credentials(arg("id"), "wrong"));
    const nitro::error_info err = ask(client_with(options)).error();
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
    std::weak_ptr<token_twin::program> lives = program;
    nitro::job job;
    {
        nitro::options options = options_without_token();
        SET(options.token_source([program](nitro::token_reason reason) {
            program->calls++;
            program->reason = reason;
            nitro::token given;
            given.value = program->token;
            given.expires_in = std::chrono::hours(1);
            return given;
        }));
        const nitro::client client = client_with(options);
        nitro::error_info err = ask(client).error();
        CHECK(err.code == code::unauthorized);
        CHECK_HOLDS(err.message, "returned 1");
        program->token = "\xff";
        CHECK(ask(client).code() == code::unauthorized);
        program->token = std::string("a\0b", 3);
        CHECK(ask(client).code() == code::unauthorized);
        program->token = given().token;
        program->calls = 0;
        CHECK(ask(client));
        CHECK(ask(client));
        CHECK_NUMBER(program->calls, 1);
        CHECK(program->reason == nitro::token_reason::first);
        CHECK_TEXT(program->token, given().token); // What was wiped is the copy.
        job = job_named(client, "job");
    }

    // The callable lives as long as what was made from the options.
    await_signal();
    program->token = "second";
    OK(job.status());
    CHECK_NUMBER(program->calls, 2);
    CHECK(program->reason == nitro::token_reason::refused);
    CHECK(lives.use_count() == 2);
    job = nitro::job();
    CHECK(lives.use_count() == 1);
}

void run() {
    credentials();
    callback();
}

} // namespace token_twin
TWIN(token);
