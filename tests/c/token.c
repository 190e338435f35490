/* Sources of tokens. Arguments: job; id and secret, of the client. The test writes a line to standard input when the
 * emulator accepts only the token `second`. */
#include "check.h"

static nitro_options_t *options_without_token(void) {
    nitro_options_t *options = nitro_options_new();
    OK(nitro_options_set_base_url(options, base_url, &err));
    return options;
}

static nitro_code_t request_status(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "job");
    nitro_status_t *status = NULL;
    nitro_code_t code;
    err_forget();
    code = nitro_job_status(job, NULL, -1, &status, &err);
    nitro_status_free(status);
    nitro_job_free(job);
    return code;
}

static void credentials(void) {
    nitro_options_t *options = options_without_token();
    nitro_client_t *client;
    OK(nitro_options_set_client_credentials(options, arg("id"), arg("secret"), &err));
    client = client_with(options);
    CHECK_NUMBER(request_status(client), NITRO_OK);
    nitro_client_free(client);

    options = options_without_token();
    OK(nitro_options_set_client_credentials(options, arg("id"), "wrong", &err));
    client = client_with(options);
    CHECK_NUMBER(request_status(client), NITRO_E_UNAUTHORIZED);
    CHECK_TEXT(nitro_error_problem_type(err), "invalid_client");
    CHECK_NUMBER(nitro_error_http_status(err), 401);
    nitro_client_free(client);

    options = options_without_token();
    OK(nitro_options_set_client_credentials(options, "", arg("secret"), &err));
    client = NULL;
    FAILS(nitro_client_new(options, &client, &err), NITRO_E_INVALID_ARGUMENT);
    nitro_options_free(options);
}

struct program {
    const char *token;
    int32_t returns;
    int calls;
    int32_t reason;
};

static int32_t on_token(int32_t reason, nitro_token_t *output, void *user_data) {
    struct program *program = user_data;
    nitro_error_t *error = NULL;
    program->calls++;
    program->reason = reason;
    CHECK_NUMBER(nitro_token_set(NULL, "x", -1, NULL), NITRO_E_INVALID_ARGUMENT);
    CHECK_NUMBER(nitro_token_set(output, NULL, -1, NULL), NITRO_E_INVALID_ARGUMENT);
    CHECK_NUMBER(nitro_token_set(output, "\xff", -1, &error), NITRO_E_INVALID_ARGUMENT);
    nitro_error_free(error);
    if (program->token) CHECK_NUMBER(nitro_token_set(output, program->token, 3600, NULL), NITRO_OK);
    return program->returns;
}

static void callback(void) {
    nitro_options_t *options = options_without_token();
    struct program program = {NULL, 0, 0, 0};
    nitro_client_t *client;
    FAILS(nitro_options_set_token_callback(options, NULL, NULL, &err), NITRO_E_INVALID_ARGUMENT);
    OK(nitro_options_set_token_callback(options, on_token, &program, &err));
    client = client_with(options);
    CHECK_NUMBER(request_status(client), NITRO_E_UNAUTHORIZED);
    CHECK_HOLDS(nitro_error_message(err), "nitro_token_set");
    program.returns = 3;
    CHECK_NUMBER(request_status(client), NITRO_E_UNAUTHORIZED);
    CHECK_HOLDS(nitro_error_message(err), "returned 3");
    program.token = token;
    CHECK_NUMBER(request_status(client), NITRO_E_UNAUTHORIZED);
    program.returns = 0;
    program.calls = 0;
    CHECK_NUMBER(request_status(client), NITRO_OK);
    CHECK_NUMBER(request_status(client), NITRO_OK);
    CHECK_NUMBER(program.calls, 1);
    CHECK_NUMBER(program.reason, NITRO_TOKEN_FIRST);

    await_signal();
    program.token = "second";
    CHECK_NUMBER(request_status(client), NITRO_OK);
    CHECK_NUMBER(program.calls, 2);
    CHECK_NUMBER(program.reason, NITRO_TOKEN_REFUSED);
    nitro_client_free(client);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    credentials();
    callback();
    return end();
}
