/* Every option. Arguments: base, a URL with a path prefix; done, a job there; unresponsive, the URL of a server that sends
 * no response; recorder, the URL of a server that keeps the requests; closed, a URL where no server listens; pem, a file
 * with a certificate; der, the same in DER. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

static nitro_code_t status_of(const nitro_client_t *client, const char *id, int64_t timeout_ms) {
    nitro_job_t *job = job_of(client, id);
    nitro_status_t *status = NULL;
    nitro_code_t code;
    err_forget();
    code = nitro_job_status(job, NULL, timeout_ms, &status, &err);
    nitro_status_free(status);
    nitro_job_free(job);
    return code;
}

/* A client cannot be made from these options; the message names the option. */
static void rejected(nitro_options_t *options, const char *part) {
    nitro_client_t *client = (nitro_client_t *)&options;
    FAILS(nitro_client_new(options, &client, &err), NITRO_E_INVALID_ARGUMENT);
    CHECK(client == NULL);
    CHECK_HOLDS(nitro_error_message(err), part);
    nitro_options_free(options);
}

static void base_urls(void) {
    const char *bad[] = {"",           "nonsense",        "//host",          "ftp://host",         "http://",
                         "http:///x",  "http://host:x",   "http://host:99999", "http://ho st",     "http://a\nb",
                         "http://a\r", "http://[::1",     "http://u:p@host", "file:///etc/passwd", "https://u@host"};
    size_t i;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        nitro_options_t *options = some_options();
        OK(nitro_options_set_base_url(options, bad[i], &err));
        rejected(options, "base URL");
    }
}

static void texts_and_numbers(void) {
    nitro_options_t *options = some_options();
    OK(nitro_options_set_user_agent(options, "a\r\nb: c", &err));
    rejected(options, "user");
    options = some_options();
    OK(nitro_options_set_token(options, "a\r\nb: c", &err));
    rejected(options, "token");
    options = some_options();
    OK(nitro_options_add_trusted_origin(options, "nonsense", &err));
    rejected(options, "origin");
    options = some_options();
    OK(nitro_options_add_ca_pem(options, "nonsense", &err));
    rejected(options, "certificate");
    options = some_options();
    OK(nitro_options_set_client_certificate_pem(options, "nonsense", "nonsense", &err));
    rejected(options, "certificate");
    options = some_options();
    OK(nitro_options_set_proxy(options, "ftp://host", &err));
    rejected(options, "proxy");
    options = some_options();
    OK(nitro_options_set_poll_interval_ms(options, 500, 100, &err));
    rejected(options, "poll");

    options = some_options();
    FAILS(nitro_options_set_connect_timeout_ms(options, 0, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_connect_timeout_ms(options, -1, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_idle_timeout_ms(options, 0, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_min_rate(options, -1, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_call_timeout_ms(options, -1, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_wait_timeout_ms(options, INT64_MIN, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_retries(options, -1, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_retry_cap_ms(options, -1, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_poll_interval_ms(options, -1, 5, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_poll_interval_ms(options, 5, -1, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_max_json_bytes(options, 0, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_set_max_event_bytes(options, -5, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_options_add_ca_file(options, "/no/such/file.pem", &err), NITRO_E_FILE);
    CHECK_HOLDS(nitro_error_message(err), "/no/such/file.pem");
    FAILS(nitro_options_add_ca_file(options, arg("der"), &err), NITRO_E_INVALID_ARGUMENT);
    CHECK_HOLDS(nitro_error_message(err), "openssl x509 -inform DER");
    FAILS(nitro_options_add_ca_file(options, arg("pipe"), &err), NITRO_E_FILE); /* Nobody writes to it. */
    CHECK_HOLDS(nitro_error_message(err), "not a regular file");
    FAILS(nitro_options_add_ca_file(options, "/dev/zero", &err), NITRO_E_FILE);
    nitro_client_free(client_with(options)); /* The rejected values changed nothing. */
}

/* Every setter with a valid value; the largest numbers work. */
static void all_at_once(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *client;
    OK(nitro_options_set_base_url(options, arg("base"), &err));
    OK(nitro_options_set_user_agent(options, "options-test/7", &err));
    OK(nitro_options_set_connect_timeout_ms(options, INT64_MAX, &err));
    OK(nitro_options_set_idle_timeout_ms(options, INT64_MAX, &err));
    OK(nitro_options_set_min_rate(options, 0, &err));
    OK(nitro_options_set_call_timeout_ms(options, INT64_MAX, &err));
    OK(nitro_options_set_wait_timeout_ms(options, INT64_MAX, &err));
    OK(nitro_options_set_retries(options, INT32_MAX, &err));
    OK(nitro_options_set_retry_cap_ms(options, INT64_MAX, &err));
    OK(nitro_options_set_poll_interval_ms(options, 1, INT64_MAX, &err));
    OK(nitro_options_set_max_json_bytes(options, INT64_MAX, &err));
    OK(nitro_options_set_max_event_bytes(options, INT64_MAX, &err));
    OK(nitro_options_add_trusted_origin(options, "https://files.example:8443", &err));
    OK(nitro_options_add_ca_file(options, arg("pem"), &err));
    OK(nitro_options_set_only_added_ca(options, 1, &err));
    OK(nitro_options_set_only_added_ca(options, 0, &err));
    OK(nitro_options_set_log(options, NULL, NULL, &err));
    client = client_with(options);
    CHECK_NUMBER(status_of(client, arg("done"), -1), NITRO_OK);
    CHECK_NUMBER(status_of(client, arg("done"), INT64_MAX), NITRO_OK);
    nitro_client_free(client);
}

static void timeouts(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *client;
    OK(nitro_options_set_base_url(options, arg("unresponsive"), &err));
    OK(nitro_options_set_call_timeout_ms(options, 60, &err));
    client = client_with(options);
    CHECK_NUMBER(status_of(client, "a", -1), NITRO_E_TIMEOUT);
    CHECK_NUMBER(nitro_error_limit(err), NITRO_LIMIT_CALL);
    nitro_client_free(client);

    options = some_options();
    OK(nitro_options_set_base_url(options, arg("unresponsive"), &err));
    OK(nitro_options_set_idle_timeout_ms(options, 60, &err));
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);
    CHECK_NUMBER(status_of(client, "a", 0), NITRO_E_TIMEOUT);
    CHECK_NUMBER(nitro_error_limit(err), NITRO_LIMIT_IDLE);
    nitro_client_free(client);
}

static void proxies(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *client;
    OK(nitro_options_set_base_url(options, arg("base"), &err));
    OK(nitro_options_set_retries(options, 0, &err));
    OK(nitro_options_set_proxy(options, arg("closed"), &err));
    OK(nitro_client_new(options, &client, &err));
    CHECK_NUMBER(status_of(client, arg("done"), -1), NITRO_E_PROXY);
    nitro_client_free(client);
    OK(nitro_options_set_no_proxy(options, "127.0.0.0/8", &err));
    client = client_with(options);
    CHECK_NUMBER(status_of(client, arg("done"), -1), NITRO_OK);
    nitro_client_free(client);

    /* The environment is used only on request. */
    CHECK(setenv("http_proxy", arg("closed"), 1) == 0);
    options = some_options();
    OK(nitro_options_set_base_url(options, arg("base"), &err));
    OK(nitro_options_set_retries(options, 0, &err));
    OK(nitro_client_new(options, &client, &err));
    CHECK_NUMBER(status_of(client, arg("done"), -1), NITRO_OK);
    nitro_client_free(client);
    OK(nitro_options_set_proxy_from_env(options, &err));
    client = client_with(options);
    CHECK_NUMBER(status_of(client, arg("done"), -1), NITRO_E_PROXY);
    nitro_client_free(client);
    CHECK(unsetenv("http_proxy") == 0);
}

static void environment(void) {
    nitro_options_t *options = NULL;
    nitro_client_t *client;
    CHECK(setenv("NITRO_BASE_URL", arg("base"), 1) == 0);
    CHECK(setenv("NITRO_TOKEN", token, 1) == 0);
    OK(nitro_options_from_env(&options, &err));
    client = client_with(options);
    CHECK_NUMBER(status_of(client, arg("done"), -1), NITRO_OK);
    nitro_client_free(client);

    CHECK(setenv("NITRO_TOKEN", "\xff", 1) == 0);
    FAILS(nitro_options_from_env(&options, &err), NITRO_E_INVALID_ARGUMENT);
    CHECK(options == NULL);
    CHECK_HOLDS(nitro_error_message(err), "NITRO_TOKEN");
    CHECK(unsetenv("NITRO_TOKEN") == 0 && unsetenv("NITRO_BASE_URL") == 0);
    OK(nitro_options_from_env(&options, &err));
    client = client_with(options);
    nitro_client_free(client);
}

/* Without a token none is sent; the test checks the request. */
static void no_token(void) {
    nitro_options_t *options = nitro_options_new();
    nitro_client_t *client;
    OK(nitro_options_set_base_url(options, arg("recorder"), &err));
    client = client_with(options);
    CHECK_NUMBER(status_of(client, "without-token", -1), NITRO_E_UNAUTHORIZED);
    nitro_client_free(client);
    OK(nitro_client_new(NULL, &client, &err)); /* All defaults. */
    nitro_client_free(client);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    base_urls();
    texts_and_numbers();
    all_at_once();
    timeouts();
    proxies();
    environment();
    no_token();
    return end();
}
