/* Starting jobs. Arguments: pdf, a PDF file; other, a file whose type cannot be detected; path, a file to be created;
 * folder, an empty folder. */
#include "check.h"

#include <errno.h>

static const uint8_t document[] = "%PDF-1.7 a document";
#define LENGTH (sizeof document - 1)

static nitro_submission_t *some_submission(const char *method) {
    nitro_submission_t *submission = NULL;
    OK(nitro_submission_new("transformations", method, &submission, &err));
    CHECK(submission != NULL);
    return submission;
}

struct source {
    size_t at;
    int64_t fails_with;
    int calls;
};

/* Returns three bytes at a time. */
static int64_t read_some(uint8_t *buffer, size_t capacity, void *user_data) {
    struct source *source = user_data;
    size_t count = LENGTH - source->at;
    source->calls++;
    if (source->fails_with) return source->fails_with;
    if (count > 3) count = 3;
    if (count > capacity) count = capacity;
    memcpy(buffer, document + source->at, count);
    source->at += count;
    return (int64_t)count;
}

struct upload {
    int64_t last, total;
    int64_t stop_at;
};

static int32_t on_upload(int64_t sent, int64_t total, void *user_data) {
    struct upload *upload = user_data;
    CHECK(sent > upload->last && sent <= total);
    upload->last = sent;
    upload->total = total;
    return upload->stop_at >= 0 && sent >= upload->stop_at ? 7 : 0;
}

/* Every kind of input in one submission. */
static void all_inputs(const nitro_client_t *client) {
    nitro_submission_t *submission = some_submission("merge");
    struct source source = {0, 0, 0};
    struct upload upload = {-1, 0, -1};
    nitro_job_t *job = NULL;
    nitro_result_t *result = NULL;
    char *json = NULL;
    OK(nitro_submission_set_params_json(submission, "{}", &err));
    OK(nitro_submission_add_file(submission, arg("pdf"), NULL, &err));
    OK(nitro_submission_add_bytes(submission, "b.pdf", NULL, document, LENGTH, &err));
    OK(nitro_submission_add_reader(submission, "c", "application/pdf", (int64_t)LENGTH, read_some, &source, &err));
    OK(nitro_client_submit(client, submission, on_upload, &upload, NULL, -1, &job, &err));
    CHECK_NUMBER(upload.last, upload.total);
    CHECK_NUMBER(source.at, LENGTH);
    nitro_submission_free(submission);

    OK(nitro_job_json(job, &json, NULL, &err));
    CHECK_HOLDS(json, nitro_job_id(job));
    CHECK_HOLDS(json, "\"retryAfterMs\":10");
    CHECK(!strstr(json, token));
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err));
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    CHECK_NUMBER(nitro_result_kind(result), NITRO_RESULT_FILE);
    nitro_result_free(result);
    nitro_string_free(json);
    nitro_job_free(job);
}

/* The library rejects an invalid submission before it sends anything. */
static void rejected_by_the_library(const nitro_client_t *client) {
    nitro_submission_t *submission = (nitro_submission_t *)&submission;
    nitro_job_t *job = (nitro_job_t *)&job;
    FAILS(nitro_submission_new("nonsense", "merge", &submission, &err), NITRO_E_INVALID_ARGUMENT);
    CHECK(submission == NULL);
    submission = some_submission("flatten");
    FAILS(nitro_submission_set_params_json(submission, "[1]", &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_submission_set_delivery_json(submission, "no", &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_submission_add_bytes(submission, "a.pdf", NULL, NULL, 1, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_submission_add_reader(submission, "a.pdf", NULL, -1, read_some, NULL, &err), NITRO_E_INVALID_ARGUMENT);
    FAILS(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err), NITRO_E_INVALID_ARGUMENT);
    CHECK_HOLDS(nitro_error_message(err), "no document");
    OK(nitro_submission_add_file(submission, arg("other"), NULL, &err));
    FAILS(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err), NITRO_E_INVALID_ARGUMENT);
    CHECK_HOLDS(nitro_error_message(err), "set its content type");
    CHECK(job == NULL);
    nitro_submission_free(submission);

    submission = some_submission("flatten");
    OK(nitro_submission_add_file(submission, "/no/such/file.pdf", NULL, &err));
    FAILS(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err), NITRO_E_FILE);
    CHECK_TEXT(nitro_error_path(err), "/no/such/file.pdf");
    CHECK_NUMBER(nitro_error_os_error(err), ENOENT);
    nitro_submission_free(submission);
}

/* The callbacks and the cancel token stop a submission. */
static void stopped(const nitro_client_t *client) {
    nitro_submission_t *submission = some_submission("flatten");
    struct source source = {0, -1, 0};
    struct upload upload = {-1, 0, 0};
    nitro_cancel_t *cancel = nitro_cancel_new();
    nitro_job_t *job = NULL;
    OK(nitro_submission_add_reader(submission, "a.pdf", NULL, (int64_t)LENGTH, read_some, &source, &err));
    FAILS(nitro_client_submit(client, submission, on_upload, &upload, NULL, -1, &job, &err), NITRO_E_STOPPED);
    CHECK_NUMBER(source.calls, 0);
    FAILS(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err), NITRO_E_STOPPED);
    CHECK_NUMBER(nitro_error_is_uncertain(err), 0);
    CHECK_NUMBER(source.calls, 1);
    nitro_submission_free(submission);

    submission = some_submission("flatten");
    source.fails_with = INT64_MAX;
    OK(nitro_submission_add_reader(submission, "a.pdf", NULL, (int64_t)LENGTH, read_some, &source, &err));
    FAILS(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err), NITRO_E_INVALID_ARGUMENT);
    nitro_submission_free(submission);

    submission = some_submission("flatten");
    OK(nitro_submission_add_bytes(submission, "a.pdf", NULL, document, LENGTH, &err));
    nitro_cancel_trigger(cancel);
    FAILS(nitro_client_submit(client, submission, NULL, NULL, cancel, -1, &job, &err), NITRO_E_CANCELLED);
    nitro_cancel_free(cancel);
    nitro_submission_free(submission);
}

/* The service rejects an unknown method, and the error has its problem. */
static void rejected_by_the_service(const nitro_client_t *client) {
    nitro_submission_t *submission = some_submission("spilt");
    nitro_job_t *job = NULL;
    OK(nitro_submission_add_bytes(submission, "a.pdf", NULL, document, LENGTH, &err));
    FAILS(nitro_client_submit(client, submission, NULL, NULL, NULL, -1, &job, &err), NITRO_E_UNPROCESSABLE);
    CHECK_TEXT(nitro_error_problem_type(err), "InvalidPlatformMethodError");
    CHECK_HOLDS(nitro_error_problem_json(err), "allowed_methods");
    CHECK(nitro_error_reference_id(err) != NULL);
    nitro_submission_free(submission);
}

struct run {
    int phase, phases[5];
    int stop_in;
    char ticket[1024];
};

static int32_t on_run(int32_t phase, int64_t done, int64_t total, const char *ticket_json,
                         const nitro_status_t *status, void *user_data) {
    struct run *run = user_data;
    CHECK(phase >= run->phase && phase <= NITRO_RUN_DOWNLOAD);
    run->phase = phase;
    run->phases[phase]++;
    CHECK((ticket_json != NULL) == (phase == NITRO_RUN_SUBMITTED));
    CHECK((status != NULL) == (phase == NITRO_RUN_PROCESSING));
    CHECK(total < 0 || done <= total);
    if (ticket_json) snprintf(run->ticket, sizeof run->ticket, "%s", ticket_json);
    return phase == run->stop_in;
}

static void run(const nitro_client_t *client) {
    nitro_submission_t *submission = some_submission("flatten");
    struct run progress = {0};
    nitro_job_t *job = NULL;
    nitro_result_t *result = NULL;
    char *saved = NULL;
    int phase;
    OK(nitro_submission_add_bytes(submission, "a.pdf", NULL, document, LENGTH, &err));
    OK(nitro_client_run(client, submission, arg("path"), NITRO_EXISTING_FAIL, on_run, &progress, NULL, -1, &job, &saved,
                        &err));
    for (phase = NITRO_RUN_UPLOAD; phase <= NITRO_RUN_DOWNLOAD; phase++) CHECK(progress.phases[phase] > 0);
    CHECK_NUMBER(progress.phases[NITRO_RUN_SUBMITTED], 1);
    CHECK_HOLDS(progress.ticket, nitro_job_id(job));
    CHECK_HOLDS(saved, arg("path"));
    CHECK(file_exists(arg("path")));
    nitro_string_free(saved);
    nitro_job_free(job);

    OK(nitro_client_run_all(client, submission, arg("folder"), NITRO_EXISTING_NUMBER, NULL, NULL, NULL, -1, NULL, &saved,
                            &err));
    CHECK_HOLDS(saved, "a.pdf");
    nitro_string_free(saved);

    /* Without a path nothing is saved, and the result is available. */
    OK(nitro_client_run(client, submission, NULL, NITRO_EXISTING_FAIL, NULL, NULL, NULL, -1, &job, &saved, &err));
    CHECK_TEXT(saved, "[]");
    OK(nitro_job_result(job, NULL, -1, &result, &err));
    nitro_result_free(result);
    nitro_string_free(saved);
    nitro_job_free(job);

    /* Stopped as soon as there is a job: the error has its ticket. */
    progress.phase = 0;
    progress.stop_in = NITRO_RUN_SUBMITTED;
    FAILS(nitro_client_run(client, submission, NULL, NITRO_EXISTING_FAIL, on_run, &progress, NULL, -1, &job, NULL, &err),
          NITRO_E_STOPPED);
    CHECK(job == NULL);
    CHECK_TEXT(nitro_error_ticket_json(err), progress.ticket);
    OK(nitro_job_from_json(client, progress.ticket, &job, &err));
    OK(nitro_job_wait(job, NULL, NULL, NULL, -1, NULL, &err));
    nitro_job_free(job);
    nitro_submission_free(submission);
}

int main(int argc, char **argv) {
    nitro_client_t *client;
    begin(argc, argv);
    client = some_client();
    all_inputs(client);
    rejected_by_the_library(client);
    stopped(client);
    rejected_by_the_service(client);
    run(client);
    nitro_client_free(client);
    return end();
}
