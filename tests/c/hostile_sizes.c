/* Sizes that the peer chooses, each as large as possible: the call returns a code or stops at a limit, memory stays
 * bounded, and the next call works. The job id selects the response: see tests/c_api/hostile_sizes.rs. Arguments: folder, to
 * save to. */
#include "check.h"
#include "peak.h"

static nitro_client_t *client;

static int32_t ignore(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    (void)length;
    (void)user_data;
    return 0;
}

/* The same client works after each of them. */
static void still_works(void) {
    nitro_job_t *job = job_of(client, "good");
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err));
    nitro_job_free(job);
}

static void status(const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    nitro_status_t *status = NULL;
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), code);
    CHECK(status == NULL);
    nitro_job_free(job);
    still_works();
}

static void result(const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    nitro_result_t *result = NULL;
    FAILS(nitro_job_result(job, NULL, -1, &result, &err), code);
    CHECK(result == NULL);
    nitro_job_free(job);
    still_works();
}

static void bytes(const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    FAILS(nitro_job_result_bytes(job, ignore, NULL, NULL, -1, NULL, NULL, &err), code);
    nitro_job_free(job);
    still_works();
}

static void download(const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", arg("folder"), id);
    FAILS(nitro_job_download(job, path, NITRO_EXISTING_FAIL, NULL, NULL, NULL, -1, NULL, &err), code);
    CHECK(!file_exists(path));
    nitro_job_free(job);
    still_works();
}

/* Only the stream ends: the library polls the job to its end. */
static void stream(const char *id) {
    nitro_job_t *job = job_of(client, id);
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err));
    nitro_job_free(job);
    still_works();
}

static void stated_size(void) {
    nitro_job_t *job = job_of(client, "size");
    char path[4096];
    nitro_result_t *result = NULL;
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    CHECK_NUMBER(nitro_result_file_count(result), 1);
    CHECK_NUMBER(nitro_result_file_size(result, 0), -1);
    CHECK_NUMBER(nitro_result_file_pages(result, 0), -1);
    nitro_result_free(result);
    /* An impossible size is ignored: the length of the response verifies the file. */
    snprintf(path, sizeof path, "%s/size", arg("folder"));
    OK(nitro_job_download(job, path, NITRO_EXISTING_FAIL, NULL, NULL, NULL, -1, NULL, &err));
    CHECK(remove(path) == 0);
    nitro_job_free(job);
    still_works();
}

static void requested_delay(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *capped;
    nitro_job_t *job;
    nitro_status_t *status_now = NULL;
    status("pause", NITRO_E_RATE_LIMITED);
    OK(nitro_options_set_retry_cap_ms(options, 10, &err));
    capped = client_with(options);
    job = job_of(capped, "pause");
    FAILS(nitro_job_status(job, NULL, -1, &status_now, &err), NITRO_E_RATE_LIMITED);
    CHECK_NUMBER(nitro_error_retry_after_ms(err), INT64_MAX);
    nitro_job_free(job);
    nitro_client_free(capped);
}

static void token_response(void) {
    nitro_options_t *options = some_options();
    nitro_client_t *saved = client;
    OK(nitro_options_set_client_credentials(options, "id", "secret", &err));
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);
    status("any", NITRO_E_TOO_LARGE);
    nitro_client_free(client);
    client = saved;
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);
    status("length", NITRO_E_TRUNCATED);
    result("length", NITRO_E_TRUNCATED);
    bytes("length", NITRO_E_TRUNCATED);
    download("stored-length", NITRO_E_TRUNCATED);
    status("chunk", NITRO_E_TRUNCATED);
    result("chunk", NITRO_E_TRUNCATED);
    bytes("chunk", NITRO_E_TRUNCATED);
    download("stored-chunk", NITRO_E_TRUNCATED);
    stream("line");
    stream("event");
    status("head", NITRO_E_PROTOCOL);
    status("headers", NITRO_E_PROTOCOL);
    stated_size();
    requested_delay();
    token_response();
    status("problem", NITRO_E_BAD_REQUEST);
    CHECK_PEAK_BELOW(48);
    nitro_client_free(client);
    return end();
}
