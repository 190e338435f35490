/* Every connection is closed in the middle of a file. Arguments: file, a job with one file; path, which must not exist after
 * the call. */
#include "check.h"

static int32_t count(const uint8_t *data, size_t length, void *user_data) {
    (void)data;
    *(size_t *)user_data += length;
    return 0;
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    nitro_job_t *job;
    size_t received = 0;
    char *saved = (char *)&received;
    begin(argc, argv);
    client = some_client();
    job = job_named(client, "file");
    FAILS(nitro_job_result_bytes(job, count, &received, NULL, 0, NULL, NULL, &err), NITRO_E_TRUNCATED);
    CHECK(received > 0 && received < 1000000);
    CHECK_NUMBER(nitro_error_is_retryable(err), 1);
    FAILS(nitro_job_download(job, arg("path"), NITRO_EXISTING_FAIL, NULL, NULL, NULL, 0, &saved, &err),
          NITRO_E_TRUNCATED);
    CHECK(saved == NULL);
    CHECK(!file_exists(arg("path")));
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}
