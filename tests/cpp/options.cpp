// Every option. Twin of tests/c/options.c.
#include "check.hpp"

namespace options_twin {

typedef std::chrono::duration<std::int64_t, std::ratio<3600 * 24 * 365>> years;

nitro::outcome<nitro::job_status> status_of(const nitro::client &client, const std::string &id,
                                            const nitro::call &how = nitro::call()) {
    const nitro::job job = job_of(client, id);
    return nitro::attempt([&] { return job.status(how); });
}

// A client cannot be made from these options; the message names the option.
void rejected(const nitro::options &options, const char *part) {
    CHECK_HOLDS(FAILS(invalid_argument, nitro::client::make(options)).message, part);
}

void base_urls() {
    for (const char *bad : {"",           "nonsense",        "//host",            "ftp://host",         "http://",
                            "http:///x",  "http://host:x",   "http://host:99999", "http://ho st",       "http://a\nb",
                            "http://a\r", "http://[::1",     "http://u:p@host",   "file:///etc/passwd", "https://u@host"}) {
        nitro::options options = some_options();
        SET(options.base_url(bad));
        rejected(options, "base URL");
    }
}

void texts() {
    nitro::options options = some_options();
    SET(options.user_agent("a\r\nb: c"));
    rejected(options, "user");
    options = some_options();
    SET(options.bearer_token("a\r\nb: c"));
    rejected(options, "token");
    options = some_options();
    SET(options.add_trusted_origin("nonsense"));
    rejected(options, "origin");
    options = some_options();
    SET(options.add_ca_pem("nonsense"));
    rejected(options, "certificate");
    options = some_options();
    SET(options.client_certificate_pem("nonsense", "nonsense"));
    rejected(options, "certificate");
    options = some_options();
    SET(options.proxy("ftp://host"));
    rejected(options, "proxy");
    options = some_options();
    SET(options.poll_interval(milliseconds(500), milliseconds(100)));
    rejected(options, "poll");
    // A string that C would truncate is rejected.
    NOT_SET(invalid_argument, options.bearer_token(std::string("to\0ken", 6)));
    NOT_SET(invalid_argument, options.client_credentials("id", std::string("se\0cret", 7)));
}

void numbers() {
    nitro::options options = some_options();
    NOT_SET(invalid_argument, options.connect_timeout(seconds(0)));
    NOT_SET(invalid_argument, options.connect_timeout(seconds(-1)));
    NOT_SET(invalid_argument, options.idle_timeout(seconds(0)));
    NOT_SET(invalid_argument, options.min_rate(-1));
    NOT_SET(invalid_argument, options.call_timeout(seconds(-1)));
    NOT_SET(invalid_argument, options.wait_timeout((milliseconds::min)()));
    NOT_SET(invalid_argument, options.retries(-1));
    NOT_SET(invalid_argument, options.retry_cap(seconds(-1)));
    NOT_SET(invalid_argument, options.poll_interval(seconds(-1), milliseconds(5)));
    NOT_SET(invalid_argument, options.poll_interval(milliseconds(5), seconds(-1)));
    NOT_SET(invalid_argument, options.max_json_bytes(0));
    NOT_SET(invalid_argument, options.max_event_bytes(-5));
    CHECK_HOLDS(NOT_SET(file, options.add_ca_file("/no/such/file.pem")).message, "/no/such/file.pem");
    client_with(options); // The rejected values changed nothing.
}

// Every setter with a valid value; the longest durations work.
void all_at_once() {
    nitro::options options = some_options();
    const auto most = (std::numeric_limits<std::int64_t>::max)();
    SET(options.base_url(arg("base")));
    SET(options.user_agent("options-test/7"));
    SET(options.connect_timeout((years::max)()));
    SET(options.idle_timeout((milliseconds::max)()));
    SET(options.min_rate(0));
    SET(options.call_timeout(std::chrono::duration<double>(1e300)));
    SET(options.wait_timeout((std::chrono::hours::max)()));
    SET(options.retries((std::numeric_limits<std::int32_t>::max)()));
    SET(options.retry_cap((std::chrono::nanoseconds::max)()));
    SET(options.poll_interval(std::chrono::microseconds(1), (seconds::max)()));
    SET(options.max_json_bytes(most));
    SET(options.max_event_bytes(most));
    SET(options.add_trusted_origin("https://files.example:8443"));
    SET(options.add_ca_file(arg("pem")));
    SET(options.only_added_ca());
    SET(options.only_added_ca(false));
    SET(options.log(nullptr));
    const nitro::client client = client_with(options);
    CHECK(status_of(client, arg("done")));
    CHECK(status_of(client, arg("done"), (years::max)()));
}

void timeouts() {
    nitro::options options = some_options();
    SET(options.base_url(arg("unresponsive")));
    SET(options.call_timeout(milliseconds(60)));
    CHECK(status_of(client_with(options), "a").error().limit == nitro::limit::call);

    options = some_options();
    SET(options.base_url(arg("unresponsive")));
    SET(options.idle_timeout(milliseconds(60)));
    SET(options.call_timeout(nitro::no_limit));
    SET(options.wait_timeout(nitro::no_limit));
    SET(options.retries(0));
    CHECK(status_of(client_with(options), "a", nitro::no_limit).error().limit == nitro::limit::idle);
}

nitro::options options_without_retries() {
    nitro::options options = some_options();
    SET(options.base_url(arg("base")));
    SET(options.retries(0));
    return options;
}

void proxies() {
    nitro::options options = options_without_retries();
    SET(options.proxy(arg("closed")));
    CHECK(status_of(client_with(options), arg("done")).code() == code::proxy);
    SET(options.no_proxy("127.0.0.0/8"));
    CHECK(status_of(client_with(options), arg("done")));

    // The environment is used only on request.
    CHECK(setenv("http_proxy", arg("closed").c_str(), 1) == 0);
    options = options_without_retries();
    CHECK(status_of(client_with(options), arg("done")));
    SET(options.proxy_from_env());
    CHECK(status_of(client_with(options), arg("done")).code() == code::proxy);
    CHECK(unsetenv("http_proxy") == 0);
}

void environment() {
    CHECK(setenv("NITRO_BASE_URL", arg("base").c_str(), 1) == 0);
    CHECK(setenv("NITRO_TOKEN", given().token.c_str(), 1) == 0);
    CHECK(status_of(client_with(OK(nitro::options::from_env())), arg("done")));

    CHECK(setenv("NITRO_TOKEN", "\xff", 1) == 0);
    CHECK_HOLDS(FAILS(invalid_argument, nitro::options::from_env()).message, "NITRO_TOKEN");
    CHECK(unsetenv("NITRO_TOKEN") == 0 && unsetenv("NITRO_BASE_URL") == 0);
    client_with(OK(nitro::options::from_env()));
}

// Without a token none is sent; the test checks the request.
void no_token() {
    nitro::options options;
    SET(options.base_url(arg("recorder")));
    CHECK(status_of(client_with(options), "without-token").code() == code::unauthorized);
    client_with(nitro::options()); // All defaults.
}

void run() {
    base_urls();
    texts();
    numbers();
    all_at_once();
    timeouts();
    proxies();
    environment();
    no_token();
}

} // namespace options_twin
TWIN(options);
