/* Responses for which memory does not suffice: the call fails, the process lives, and the next call works. The job id selects
 * the response: see tests/c_api/no_memory.rs. Arguments: room, how many bytes the process may still map. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include <sys/resource.h>

static nitro_client_t *client;

static rlim_t mapped_bytes(void) {
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    CHECK(statm != NULL);
    CHECK(fscanf(statm, "%lu", &pages) == 1);
    fclose(statm);
    return (rlim_t)pages * 4096;
}

static void limit_memory(void) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
    limit.rlim_cur = mapped_bytes() + (rlim_t)atol(arg("room"));
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
}

static void still_works(void) {
    nitro_job_t *job = job_of(client, "good");
    nitro_result_t *result = NULL;
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err));
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    CHECK_TEXT(nitro_result_text(result, NULL), "short");
    nitro_result_free(result);
    nitro_job_free(job);
}

static void result(const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    nitro_result_t *result = NULL;
    FAILS(nitro_job_result(job, NULL, -1, &result, &err), code);
    CHECK(result == NULL);
    CHECK(strlen(nitro_error_message(err)) < 2000);
    nitro_job_free(job);
    still_works();
}

static void status(const char *id, nitro_code_t code) {
    nitro_job_t *job = job_of(client, id);
    nitro_status_t *status = NULL;
    err_forget();
    CHECK_NUMBER(nitro_job_status(job, NULL, -1, &status, &err), code);
    CHECK((status == NULL) == (code != NITRO_OK));
    CHECK(err == NULL || strlen(nitro_error_message(err)) < 2000);
    nitro_status_free(status);
    nitro_job_free(job);
    still_works();
}

/* The whole response is there, and no memory for a copy of its parts. */
static void copies(void) {
    nitro_job_t *job = job_of(client, "tables");
    nitro_result_t *result = NULL;
    char *json = NULL;
    size_t length = 0;
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    CHECK(nitro_result_json(result, &length) != NULL);
    CHECK(length > 7000000);
    FAILS(nitro_result_value_json(result, &json, NULL, &err), NITRO_E_NO_MEMORY);
    CHECK(json == NULL);
    nitro_result_free(result);
    nitro_job_free(job);
    still_works();
}

static void failed(void) {
    nitro_job_t *job = job_of(client, "failed");
    nitro_result_t *result = NULL;
    FAILS(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err), NITRO_E_JOB_FAILED);
    CHECK_TEXT(nitro_error_problem_type(err), "TooLong");
    FAILS(nitro_job_result(job, NULL, -1, &result, &err), NITRO_E_JOB_FAILED);
    nitro_job_free(job);
    still_works();
}

/* The response to the submission has the result: a job, and no memory to decode it. */
static void submitted(void) {
    nitro_submission_t *submission = NULL;
    nitro_job_t *job = NULL;
    nitro_result_t *result = NULL;
    nitro_status_t *status = NULL;
    OK(nitro_submission_new("extractions", "extract-text", &submission, &err));
    OK(nitro_submission_add_bytes(submission, "a.pdf", NULL, (const uint8_t *)"%PDF-1.7", 8, &err));
    OK(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err));
    FAILS(nitro_job_result(job, NULL, -1, &result, &err), NITRO_E_NO_MEMORY);
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, &status, &err));
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_COMPLETED);
    nitro_status_free(status);
    nitro_job_free(job);
    nitro_submission_free(submission);
    still_works();
}

int main(int argc, char **argv) {
    nitro_options_t *options;
    begin(argc, argv);
    options = some_options();
    OK(nitro_options_set_retries(options, 0, &err));
    client = client_with(options);
    still_works();
    limit_memory();
    if (strcmp(arg("what"), "text") == 0) {
        result("text", NITRO_E_NO_MEMORY);
    } else if (strcmp(arg("what"), "entries") == 0) {
        result("entries", NITRO_E_TOO_LARGE);
    } else {
        result("text", NITRO_E_NO_MEMORY);
        result("chunked", NITRO_E_NO_MEMORY);
        result("escaped", NITRO_E_NO_MEMORY);
        result("url", NITRO_E_NO_MEMORY);
        result("urls", NITRO_E_NO_MEMORY);
        result("nested", NITRO_E_PROTOCOL);
        result("nested-list", NITRO_E_PROTOCOL);
        copies();
        status("text", NITRO_OK);
        status("state", NITRO_OK);
        status("running", NITRO_OK);
        status("string", NITRO_E_PROTOCOL);
        status("number", NITRO_E_PROTOCOL);
        status("nested", NITRO_E_PROTOCOL);
        status("nested-list", NITRO_E_PROTOCOL);
        failed();
        submitted();
    }
    nitro_client_free(client);
    return end();
}
