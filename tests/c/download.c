/* Saving the result. Arguments: jobs; folder, empty at first; expected=the file that the job `file` must return. */
#define _POSIX_C_SOURCE 200809L

#include "check.h"

#include <errno.h>
#include <unistd.h>

struct seen {
    int calls;
    int stop_at;
    size_t files;
    int64_t last;
};

static int32_t on_transfer(size_t file, size_t files, int64_t bytes, int64_t total, void *user_data) {
    struct seen *seen = user_data;
    CHECK(file < files);
    CHECK(bytes >= 0 && (total == -1 || bytes <= total));
    seen->files = files;
    seen->last = bytes;
    return ++seen->calls == seen->stop_at;
}

static const char *in_folder(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", arg("folder"), name);
    return path;
}

static void same_as_expected(const char *path) {
    size_t size, wanted;
    unsigned char *bytes = read_file(path, &size), *expected = read_file(arg("expected"), &wanted);
    CHECK_NUMBER(size, wanted);
    CHECK(memcmp(bytes, expected, size) == 0);
    free(bytes);
    free(expected);
}

static void one_file(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "file");
    struct seen seen = {0, 0, 0, 0};
    char *saved = NULL;
    char path[4096];
    strcpy(path, in_folder("one.pdf"));
    OK(nitro_job_download(job, path, NITRO_EXISTING_FAIL, on_transfer, &seen, NULL, 0, &saved, &err));
    same_as_expected(path);
    CHECK(seen.calls >= 2);
    CHECK_NUMBER(seen.files, 1);
    CHECK_NUMBER(seen.last, 1000000);
    CHECK_HOLDS(saved, "[{\"path\":\"");
    CHECK_HOLDS(saved, "one.pdf\",\"bytes\":1000000,\"contentType\":\"application/pdf\"}]");
    nitro_string_free(saved);

    saved = path;
    FAILS(nitro_job_download(job, path, NITRO_EXISTING_FAIL, NULL, NULL, NULL, -1, &saved, &err),
          NITRO_E_FILE_EXISTS);
    CHECK(saved == NULL);
    CHECK_HOLDS(nitro_error_message(err), "one.pdf");
    OK(nitro_job_download(job, path, NITRO_EXISTING_REPLACE, NULL, NULL, NULL, -1, NULL, &err));
    OK(nitro_job_download(job, path, NITRO_EXISTING_NUMBER, NULL, NULL, NULL, -1, &saved, &err));
    CHECK_HOLDS(saved, "one (2).pdf");
    same_as_expected(in_folder("one (2).pdf"));
    nitro_string_free(saved);

    /* Paths are UTF-8. */
    OK(nitro_job_download(job, in_folder("gr\xC3\xB6\xC3\x9F" "e.pdf"), NITRO_EXISTING_FAIL, NULL, NULL, NULL, 0, NULL, &err));
    same_as_expected(in_folder("gr\xC3\xB6\xC3\x9F" "e.pdf"));
    CHECK_NUMBER(nitro_job_download(job, path, NITRO_EXISTING_REPLACE, NULL, NULL, NULL, 0, NULL, NULL), NITRO_OK);
    nitro_job_free(job);
}

static void several_files(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "files");
    struct seen seen = {0, 0, 0, 0};
    char *saved = NULL;
    OK(nitro_job_download_all(job, arg("folder"), NITRO_EXISTING_NUMBER, on_transfer, &seen, NULL, 0, &saved, &err));
    CHECK_NUMBER(seen.files, 3);
    CHECK_HOLDS(saved, "first.pdf");
    CHECK_HOLDS(saved, "second.pdf");
    CHECK_HOLDS(saved, "first (2).pdf"); /* Two files of the same name are both kept. */
    CHECK(file_exists(in_folder("first.pdf")) && file_exists(in_folder("first (2).pdf")));
    nitro_string_free(saved);
    FAILS(nitro_job_download_all(job, arg("folder"), NITRO_EXISTING_FAIL, NULL, NULL, NULL, 0, NULL, &err),
          NITRO_E_FILE_EXISTS);
    FAILS(nitro_job_download(job, in_folder("x.pdf"), NITRO_EXISTING_FAIL, NULL, NULL, NULL, 0, NULL, &err),
          NITRO_E_UNEXPECTED_RESULT);
    nitro_job_free(job);
}

static int32_t change_folder(size_t file, size_t files, int64_t bytes, int64_t total, void *user_data) {
    (void)file, (void)files, (void)bytes, (void)total, (void)user_data;
    CHECK(chdir("/") == 0);
    return 0;
}

/* Where a file will be is decided when the call begins. */
static void relative_paths(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "file");
    char *saved = NULL, *path;
    char before[4096];
    CHECK(getcwd(before, sizeof before) != NULL);
    CHECK(chdir(arg("folder")) == 0);
    OK(nitro_job_download(job, "relative.pdf", NITRO_EXISTING_FAIL, change_folder, NULL, NULL, 0, &saved, &err));
    CHECK_HOLDS(saved, in_folder("relative.pdf"));
    nitro_string_free(saved);
    same_as_expected(in_folder("relative.pdf"));
    CHECK(remove(in_folder("relative.pdf")) == 0);
    CHECK(chdir(arg("folder")) == 0);
    OK(nitro_job_download_all(job, ".", NITRO_EXISTING_FAIL, change_folder, NULL, NULL, 0, &saved, &err));
    CHECK_HOLDS(saved, in_folder(""));
    path = strchr(saved, '/');
    if (path && strchr(path, '"'))
        *strchr(path, '"') = '\0';
    CHECK(path && remove(path) == 0);
    nitro_string_free(saved);
    CHECK(chdir(before) == 0);
    nitro_job_free(job);
}

/* The call fails with this code and leaves no file. */
static void fails_with(const nitro_client_t *client, const char *name, nitro_code_t code) {
    nitro_job_t *job = job_named(client, name);
    char *saved = (char *)&job;
    FAILS(nitro_job_download(job, in_folder("none.pdf"), NITRO_EXISTING_REPLACE, NULL, NULL, NULL, 0, &saved, &err),
          code);
    CHECK(saved == NULL);
    CHECK(!file_exists(in_folder("none.pdf")));
    FAILS(nitro_job_download_all(job, arg("folder"), NITRO_EXISTING_REPLACE, NULL, NULL, NULL, 0, &saved, &err), code);
    nitro_job_free(job);
}

static void stopped_by_the_callback(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "file");
    int at;
    for (at = 1; at <= 3; at++) {
        struct seen seen = {0, 0, 0, 0};
        seen.stop_at = at;
        FAILS(nitro_job_download(job, in_folder("none.pdf"), NITRO_EXISTING_FAIL, on_transfer, &seen, NULL, 0, NULL, &err),
              NITRO_E_STOPPED);
        CHECK_NUMBER(seen.calls, at);
        CHECK(!file_exists(in_folder("none.pdf")));
    }
    nitro_job_free(job);
}

static void invalid_targets(const nitro_client_t *client) {
    nitro_job_t *job = job_named(client, "file");
    int32_t existing[] = {-1, 3, INT32_MAX, INT32_MIN};
    size_t i;
    for (i = 0; i < sizeof existing / sizeof *existing; i++)
        FAILS(nitro_job_download(job, in_folder("none.pdf"), existing[i], NULL, NULL, NULL, 0, NULL, &err),
              NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_job_download(job, in_folder("no/such/folder.pdf"), 0, NULL, NULL, NULL, 0, NULL, &err), NITRO_E_FILE);
    CHECK_NUMBER(nitro_error_os_error(err), ENOENT);
    FAILS(nitro_job_download(job, arg("folder"), NITRO_EXISTING_REPLACE, NULL, NULL, NULL, 0, NULL, &err), NITRO_E_FILE);
    CHECK_TEXT(nitro_error_path(err), arg("folder"));
    CHECK_NUMBER(nitro_error_os_error(err), EISDIR);
    FAILS(nitro_job_download_all(job, in_folder("one.pdf"), 0, NULL, NULL, NULL, 0, NULL, &err), NITRO_E_FILE);
    FAILS(nitro_job_download(job, "", NITRO_EXISTING_REPLACE, NULL, NULL, NULL, 0, NULL, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_job_download_all(job, "", NITRO_EXISTING_REPLACE, NULL, NULL, NULL, 0, NULL, &err), NITRO_E_INVALID_ARGUMENT);
    nitro_job_free(job);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    one_file(client);
    several_files(client);
    relative_paths(client);
    fails_with(client, "text", NITRO_E_UNEXPECTED_RESULT);
    fails_with(client, "delivered", NITRO_E_DELIVERED);
    fails_with(client, "running", NITRO_E_NOT_READY);
    fails_with(client, "failed", NITRO_E_JOB_FAILED);
    fails_with(client, "canceled", NITRO_E_JOB_CANCELED);
    fails_with(client, "gone", NITRO_E_GONE);
    fails_with(client, "expired", NITRO_E_FORBIDDEN);
    fails_with(client, "storage_fault", NITRO_E_SERVICE);
    fails_with(client, "until_close", NITRO_E_UNVERIFIED);
    stopped_by_the_callback(client);
    invalid_targets(client);
    nitro_client_free(client);
    return end();
}
