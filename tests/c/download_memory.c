/* The memory of a program that downloads a large file. Arguments: bytes, a job whose file of bytes_size bytes is passed to a
 * sink; file, a job whose file of file_size bytes is saved to path. */
#include "check.h"
#include "peak.h"

/* Counts the bytes and does not keep them. */
static int32_t count(const uint8_t *data, size_t length, void *user_data) {
    CHECK(data != NULL && length > 0 && length <= 1 << 20);
    *(uint64_t *)user_data += length;
    return 0;
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    nitro_job_t *job;
    uint64_t received = 0, bytes = 0;
    char *saved = NULL;
    begin(argc, argv);
    client = some_client();

    job = job_named(client, "bytes");
    OK(nitro_job_result_bytes(job, count, &received, NULL, 0, &bytes, NULL, &err));
    CHECK_NUMBER(bytes, atoll(arg("bytes_size")));
    CHECK_NUMBER(received, bytes);
    nitro_job_free(job);

    job = job_named(client, "file");
    OK(nitro_job_download(job, arg("path"), NITRO_EXISTING_FAIL, NULL, NULL, NULL, 0, &saved, &err));
    CHECK_HOLDS(saved, arg("file_size"));
    nitro_string_free(saved);
    nitro_job_free(job);
    nitro_client_free(client);

    CHECK_PEAK_BELOW(16);
    printf("%ld KiB\n", peak_kib());
    return end();
}
