/* Error responses of the service. Arguments: `codes`, a list of HTTP statuses; for each the jobs problem-N, message-N,
 * html-N and empty-N, named after the format of the body; limited, limited_body; closed, a URL where no server listens. */
#include "check.h"

static nitro_code_t expected(int http) {
    switch (http) {
    case 400: return NITRO_E_BAD_REQUEST;
    case 401: return NITRO_E_UNAUTHORIZED;
    case 403: return NITRO_E_FORBIDDEN;
    case 404: return NITRO_E_NOT_FOUND;
    case 410: return NITRO_E_GONE;
    case 413: return NITRO_E_CONTENT_TOO_LARGE;
    case 415: return NITRO_E_UNSUPPORTED_MEDIA_TYPE;
    case 422: return NITRO_E_UNPROCESSABLE;
    case 429: return NITRO_E_RATE_LIMITED;
    case 409: return NITRO_E_HTTP;
    default: return NITRO_E_SERVICE;
    }
}

/* Leaves the error in `err`. */
static void error_response(const nitro_client_t *client, const char *format, int http) {
    char name[32];
    nitro_job_t *job;
    nitro_status_t *status = (nitro_status_t *)name;
    snprintf(name, sizeof name, "%s-%d", format, http);
    job = job_named(client, name);
    CHECK_NUMBER(nitro_job_status(job, NULL, -1, &status, NULL), expected(http)); /* The error is optional. */
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), expected(http));
    CHECK(status == NULL);
    CHECK_NUMBER(nitro_error_http_status(err), http);
    CHECK_NUMBER(nitro_error_is_retryable(err), http == 429 || http >= 500);
    CHECK_TEXT(nitro_error_reference_id(err), nitro_job_reference_id(job));
    CHECK_HOLDS(nitro_error_message(err), arg(name)); /* The message names the job. */
    CHECK_HOLDS(nitro_error_message(err), name + strlen(format) + 1);
    CHECK_NUMBER(nitro_error_limit(err), NITRO_LIMIT_NONE);
    nitro_job_free(job);
}

static void every_format(const nitro_client_t *client, int http) {
    error_response(client, "problem", http);
    CHECK_HOLDS(nitro_error_problem_type(err), "https://developers.gonitro.com/");
    CHECK(nitro_error_problem_title(err) != NULL && *nitro_error_problem_title(err) != 0);
    CHECK(nitro_error_problem_detail(err) != NULL && *nitro_error_problem_detail(err) != 0);
    CHECK_HOLDS(nitro_error_problem_json(err), "\"instance\"");
    CHECK_HOLDS(nitro_error_message(err), nitro_error_problem_title(err));

    error_response(client, "message", http);
    CHECK_TEXT(nitro_error_problem_type(err), "bad_thing");
    CHECK_TEXT(nitro_error_problem_title(err), "It went badly");
    CHECK_TEXT(nitro_error_problem_json(err), "{\"error\":\"bad_thing\",\"message\":\"It went badly\"}");

    error_response(client, "html", http);
    CHECK(nitro_error_problem_type(err) == NULL);
    CHECK(nitro_error_problem_title(err) == NULL);
    CHECK_TEXT(nitro_error_problem_json(err), "<html><body>Bad gateway</body></html>");

    error_response(client, "empty", http);
    CHECK(nitro_error_problem_type(err) == NULL);
    CHECK(nitro_error_problem_title(err) == NULL);
    CHECK(nitro_error_problem_detail(err) == NULL);
}

/* The delay that the service requests, in a header or in the document. */
static void retry_after(const nitro_client_t *client, const char *name) {
    nitro_job_t *job = job_named(client, name);
    nitro_status_t *status = NULL;
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_RATE_LIMITED);
    CHECK_NUMBER(nitro_error_retry_after_ms(err), 7000);
    CHECK_NUMBER(nitro_error_is_retryable(err), 1);
    nitro_job_free(job);
}

static void wrong_token(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *client;
    nitro_job_t *job;
    nitro_status_t *status = NULL;
    OK(nitro_options_set_token(options, "not-the-token-3c1d", &err));
    client = client_with(options);
    job = job_named(client, "limited");
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_UNAUTHORIZED);
    CHECK(!strstr(nitro_error_message(err), "not-the-token-3c1d"));
    CHECK_HOLDS(nitro_error_message(err), "token");
    nitro_job_free(job);
    nitro_client_free(client);
}

/* No server listens on this port. The error outlives the other handles. */
static void connection_refused(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *client;
    nitro_job_t *job;
    nitro_status_t *status = NULL;
    OK(nitro_options_set_base_url(options, arg("closed"), &err));
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);
    job = job_of(client, "a");
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_CONNECT);
    nitro_job_free(job);
    nitro_client_free(client);
    CHECK_NUMBER(nitro_error_http_status(err), 0);
    CHECK_NUMBER(nitro_error_is_retryable(err), 1);
    CHECK_NUMBER(nitro_error_retry_after_ms(err), -1);
    CHECK(nitro_error_problem_json(err) == NULL);
    /* No request was sent, so there is nothing that the service could look up. */
    CHECK(nitro_error_reference_id(err) == NULL);
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    nitro_client_t *client;
    const char *codes;
    char *after;
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);
    codes = arg("codes");
    while (*codes) {
        every_format(client, (int)strtol(codes, &after, 10));
        codes = *after ? after + 1 : after;
    }
    retry_after(client, "limited");
    retry_after(client, "limited_body");
    wrong_token();
    connection_refused();
    nitro_client_free(client);
    return end();
}
