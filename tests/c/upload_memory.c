/* The memory of a program that uploads a large document. Arguments: size, in bytes; path, a file of that size. */
#include "check.h"
#include "peak.h"

static int64_t on_read(uint8_t *buffer, size_t capacity, void *user_data) {
    CHECK(capacity > 0 && capacity <= 1 << 20);
    memset(buffer, 'x', capacity);
    *(uint64_t *)user_data += capacity;
    return (int64_t)capacity;
}

static int32_t on_upload(int64_t sent, int64_t total, void *user_data) {
    int64_t *last = user_data;
    CHECK(sent >= *last && sent <= total);
    *last = sent;
    return 0;
}

static nitro_submission_t *some_submission(void) {
    nitro_submission_t *submission = NULL;
    OK(nitro_submission_new("transformations", "flatten", &submission, &err));
    return submission;
}

static void send(const nitro_client_t *client, nitro_submission_t *submission, int64_t size) {
    nitro_job_t *job = NULL;
    int64_t last = -1;
    OK(nitro_client_submit(client, submission, on_upload, &last, NULL, 0, &job, &err));
    CHECK(last > size);
    nitro_job_free(job);
    nitro_submission_free(submission);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    nitro_submission_t *submission;
    uint64_t provided = 0;
    int64_t size;
    begin(argc, argv);
    size = atoll(arg("size"));
    client = some_client();

    submission = some_submission();
    OK(nitro_submission_add_reader(submission, "a.pdf", NULL, size, on_read, &provided, &err));
    send(client, submission, size);
    CHECK(provided >= (uint64_t)size);

    submission = some_submission();
    OK(nitro_submission_add_file(submission, arg("path"), NULL, &err));
    send(client, submission, size);
    nitro_client_free(client);

    CHECK_PEAK_BELOW(16);
    printf("%ld KiB\n", peak_kib());
    return end();
}
