/* The result as bytes, passed to a sink. Arguments: jobs, and expected=the file that the job `file` must return. */
#include "check.h"

struct sink {
    unsigned char *bytes;
    size_t length;
    size_t stop_at; /* The sink returns "stop" once it has this many bytes; 0 for never. */
    int calls_after_stop;
};

static int32_t receive(const uint8_t *data, size_t length, void *user_data) {
    struct sink *sink = user_data;
    sink->calls_after_stop += sink->stop_at && sink->length >= sink->stop_at;
    sink->bytes = realloc(sink->bytes, sink->length + length);
    CHECK(sink->bytes != NULL && length > 0);
    memcpy(sink->bytes + sink->length, data, length);
    sink->length += length;
    return sink->stop_at && sink->length >= sink->stop_at ? 1 : 0;
}

static void complete_file(const nitro_client_t *client, const char *name) {
    nitro_job_t *job = job_named(client, name);
    struct sink sink = {NULL, 0, 0, 0};
    uint64_t bytes = 0;
    char *type = NULL;
    size_t size;
    unsigned char *expected = read_file(arg("expected"), &size);
    OK(nitro_job_result_bytes(job, receive, &sink, NULL, 0, &bytes, &type, &err));
    CHECK_NUMBER(bytes, size);
    CHECK_NUMBER(sink.length, size);
    CHECK(memcmp(sink.bytes, expected, size) == 0);
    CHECK_TEXT(type, "application/pdf");
    nitro_string_free(type);

    /* All other outputs are optional. */
    sink.length = 0;
    CHECK_NUMBER(nitro_job_result_bytes(job, receive, &sink, NULL, -1, NULL, NULL, NULL), NITRO_OK);
    CHECK_NUMBER(sink.length, size);
    free(sink.bytes);
    free(expected);
    nitro_job_free(job);
}

static void zip_archive(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "files");
    struct sink sink = {NULL, 0, 0, 0};
    char *type = NULL;
    OK(nitro_job_result_bytes(job, receive, &sink, NULL, 0, NULL, &type, &err));
    CHECK_TEXT(type, "application/zip");
    CHECK(sink.length > 4 && memcmp(sink.bytes, "PK\003\004", 4) == 0);
    nitro_string_free(type);
    free(sink.bytes);
    nitro_job_free(job);
}

/* The call fails with this code after the sink got at most `most` bytes. */
static void fails_with(const nitro_client_t *client, const char *name, nitro_code_t code, size_t stop_at, size_t most) {
    nitro_job_t *job = job_named(client, name);
    struct sink sink = {NULL, 0, 0, 0};
    uint64_t bytes = 77;
    char *type = (char *)&job;
    sink.stop_at = stop_at;
    FAILS(nitro_job_result_bytes(job, receive, &sink, NULL, 0, &bytes, &type, &err), code);
    CHECK(type == NULL);
    CHECK_NUMBER(bytes, 0);
    CHECK_NUMBER(sink.calls_after_stop, 0);
    CHECK(sink.length <= most);
    free(sink.bytes);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    const size_t big = 1000000;
    begin(argc, argv);
    client = some_client();
    complete_file(client, "file");
    complete_file(client, "chunked");
    zip_archive(client);
    fails_with(client, "file", NITRO_E_STOPPED, 1, big / 2);
    fails_with(client, "file", NITRO_E_STOPPED, big / 2, big - 1);
    fails_with(client, "until_close", NITRO_E_UNVERIFIED, 0, big);
    fails_with(client, "text", NITRO_E_UNEXPECTED_RESULT, 0, 0);
    fails_with(client, "tables", NITRO_E_UNEXPECTED_RESULT, 0, 0);
    fails_with(client, "running", NITRO_E_NOT_READY, 0, 0);
    fails_with(client, "failed", NITRO_E_JOB_FAILED, 0, 0);
    CHECK_TEXT(nitro_error_problem_type(err), "PDFIsPasswordProtected");
    fails_with(client, "canceled", NITRO_E_JOB_CANCELED, 0, 0);
    fails_with(client, "gone", NITRO_E_GONE, 0, 0);
    fails_with(client, "lost", NITRO_E_NOT_FOUND, 0, 0);
    nitro_client_free(client);
    return end();
}
