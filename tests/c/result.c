/* The result as JSON, in every shape. Arguments: a job for each. */
#include "check.h"

static nitro_result_t *result_of(const nitro_client_t *client, const char *name, int32_t kind) {
    nitro_job_t *job = job_named(client, name);
    nitro_result_t *result = NULL;
    char *value = NULL;
    size_t length = 0, whole = 0;
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    nitro_job_free(job);
    CHECK_NUMBER(nitro_result_kind(result), kind);
    CHECK_HOLDS(nitro_result_json(result, &whole), arg(name));
    CHECK_NUMBER(whole, strlen(nitro_result_json(result, NULL)));
    OK(nitro_result_value_json(result, &value, &length, &err));
    CHECK_NUMBER(length, strlen(value));
    CHECK_HOLDS(nitro_result_json(result, NULL), value); /* Byte for byte as received. */
    CHECK(kind == NITRO_RESULT_FORM_FIELDS || length < whole);
    nitro_string_free(value);
    return result;
}

static void not_a_file(const nitro_client_t *client, const char *name, int32_t kind) {
    nitro_result_t *result = result_of(client, name, kind);
    size_t length = 77;
    CHECK_NUMBER(nitro_result_file_count(result), 0);
    CHECK(nitro_result_file_url(result, 0) == NULL);
    CHECK(nitro_result_file_content_type(result, 0) == NULL);
    CHECK_NUMBER(nitro_result_file_size(result, 0), -1);
    CHECK_NUMBER(nitro_result_file_pages(result, 0), -1);
    if (kind != NITRO_RESULT_TEXT) {
        CHECK(nitro_result_text(result, &length) == NULL);
        CHECK_NUMBER(length, 0);
    }
    nitro_result_free(result);
}

static void files(const nitro_client_t *client) {
    nitro_result_t *result = result_of(client, "file", NITRO_RESULT_FILE);
    size_t i;
    CHECK_NUMBER(nitro_result_file_count(result), 1);
    CHECK_HOLDS(nitro_result_file_url(result, 0), "http://");
    CHECK_TEXT(nitro_result_file_content_type(result, 0), "application/pdf");
    CHECK_NUMBER(nitro_result_file_size(result, 0), 1234);
    CHECK(nitro_result_file_pages(result, 0) >= 0);
    CHECK(nitro_result_file_url(result, 1) == NULL);
    CHECK(nitro_result_file_url(result, SIZE_MAX) == NULL);
    nitro_result_free(result);

    result = result_of(client, "files", NITRO_RESULT_FILES);
    CHECK_NUMBER(nitro_result_file_count(result), 3);
    for (i = 0; i < 3; i++) CHECK_HOLDS(nitro_result_file_url(result, i), "http://");
    nitro_result_free(result);

    result = result_of(client, "delivered", NITRO_RESULT_FILE);
    CHECK_NUMBER(nitro_result_file_count(result), 1);
    CHECK(nitro_result_file_url(result, 0) == NULL);
    nitro_result_free(result);
}

/* {"result":"a\u0000b \ud83d\ude00 \"q\"\n"}: decoded, and without the NUL, which would end the string in C. */
static void text(const nitro_client_t *client) {
    nitro_result_t *result = result_of(client, "escaped", NITRO_RESULT_TEXT);
    size_t length = 0;
    CHECK_TEXT(nitro_result_text(result, &length), "ab \xF0\x9F\x98\x80 \"q\"\n");
    CHECK_NUMBER(length, strlen(nitro_result_text(result, NULL)));
    nitro_result_free(result);
}

static void no_result(const nitro_client_t *client, const char *name, nitro_code_t code) {
    nitro_job_t *job = job_named(client, name);
    nitro_result_t *result = (nitro_result_t *)&job;
    FAILS(nitro_job_result(job, NULL, -1, &result, &err), code);
    CHECK(result == NULL);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    files(client);
    text(client);
    not_a_file(client, "text", NITRO_RESULT_TEXT);
    not_a_file(client, "tables", NITRO_RESULT_TABLES);
    not_a_file(client, "text_boxes", NITRO_RESULT_TEXT_BOXES);
    not_a_file(client, "text_boxes_queries", NITRO_RESULT_TEXT_BOXES);
    not_a_file(client, "pii_boxes", NITRO_RESULT_PII_BOXES);
    not_a_file(client, "properties", NITRO_RESULT_PROPERTIES);
    not_a_file(client, "form", NITRO_RESULT_FORM);
    not_a_file(client, "fillable", NITRO_RESULT_FORM_FIELDS);
    not_a_file(client, "fillable_unwrapped", NITRO_RESULT_FORM_FIELDS);
    not_a_file(client, "unknown", NITRO_RESULT_UNKNOWN);

    no_result(client, "running", NITRO_E_NOT_READY);
    CHECK_NUMBER(nitro_error_is_retryable(err), 1);
    no_result(client, "canceled", NITRO_E_JOB_CANCELED);
    no_result(client, "gone", NITRO_E_GONE);
    no_result(client, "lost", NITRO_E_NOT_FOUND);
    no_result(client, "failed", NITRO_E_JOB_FAILED); /* In a 200 response. */
    CHECK_TEXT(nitro_error_problem_type(err), "PDFIsPasswordProtected");
    CHECK_TEXT(nitro_error_problem_title(err), "The PDF needs a password");
    nitro_client_free(client);
    return end();
}
