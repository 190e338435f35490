/* The workflow of an integration: credentials, merge, find personal data, redact it, split, save every part.
 * Arguments: id and secret, credentials; ca, PEM; proxy, its URL; folder, which holds one.pdf and two.pdf; at, the step before
 * which to create the file mark and to wait. Prints the outcome: see tests/c_api/flow/in_c.rs. */
#include "check.h"

static const char *const steps[] = {"credentials", "merge", "find", "redact", "split"};
static char *redactions;

static const char *in_folder(const char *name) {
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", arg("folder"), name);
    return path;
}

static nitro_submission_t *submission_for(const char *endpoint, const char *method, const char *params) {
    nitro_submission_t *submission = NULL;
    OK(nitro_submission_new(endpoint, method, &submission, &err));
    if (params) OK(nitro_submission_set_params_json(submission, params, &err));
    return submission;
}

/* Checks the submission, runs it and frees it. `path` is a file; NULL for all files to the folder, "" for no file. */
static nitro_code_t run(nitro_client_t *client, nitro_submission_t *submission, const char *path, nitro_job_t **job) {
    nitro_code_t code;
    OK(nitro_submission_check(submission, &err));
    err_forget();
    if (path)
        code = nitro_client_run(client, submission, *path ? path : NULL, NITRO_EXISTING_FAIL, NULL, NULL, NULL, -1, job,
                                NULL, &err);
    else
        code = nitro_client_run_all(client, submission, arg("folder"), NITRO_EXISTING_FAIL, NULL, NULL, NULL, -1, job, NULL,
                                    &err);
    nitro_submission_free(submission);
    return code;
}

/* The text from `start` up to and with `end`. */
static void copy_until(char *to, size_t capacity, const char *start, char end) {
    size_t length = (size_t)(strchr(start, end) - start) + 1;
    CHECK(length < capacity);
    memcpy(to, start, length);
    to[length] = '\0';
}

/* {"redactions":[{"pageIndex":...,"boundingBox":[...]},...]} of the boxes found; a real program would use a JSON parser. */
static char *redactions_of(const char *found) {
    char *json = malloc(strlen(found) * 2 + 64), page[32], area[256];
    CHECK(json != NULL);
    strcpy(json, "{\"redactions\":[");
    for (const char *box = strchr(found + 1, '{'); box; box = strchr(box + 1, '{')) {
        const char *index = strstr(box, "\"pageIndex\":"), *corner = strstr(box, "\"boundingBox\":");
        CHECK(index != NULL && corner != NULL);
        snprintf(page, sizeof page, "%ld", strtol(index + 12, NULL, 10));
        copy_until(area, sizeof area, strchr(corner, '['), ']');
        if (json[strlen(json) - 1] == '}') strcat(json, ",");
        sprintf(json + strlen(json), "{\"pageIndex\":%s,\"boundingBox\":%s}", page, area);
    }
    return strcat(json, "]}");
}

static nitro_code_t step_credentials(nitro_client_t *client, nitro_job_t **job) {
    nitro_status_t *status = NULL;
    nitro_code_t code;
    /* Any request needs a token; this one has a known response. */
    OK(nitro_job_from_id(client, "no-such-job", job, &err));
    err_forget();
    code = nitro_job_status(*job, NULL, -1, &status, &err);
    return code == NITRO_E_NOT_FOUND ? NITRO_OK : code;
}

static nitro_code_t step_merge(nitro_client_t *client, nitro_job_t **job) {
    nitro_submission_t *merge = submission_for("transformations", "merge", NULL);
    OK(nitro_submission_add_file(merge, in_folder("one.pdf"), NULL, &err));
    OK(nitro_submission_add_file(merge, in_folder("two.pdf"), NULL, &err));
    return run(client, merge, in_folder("merged.pdf"), job);
}

static nitro_code_t step_find(nitro_client_t *client, nitro_job_t **job) {
    nitro_submission_t *find = submission_for("extractions", "extract-pii-bounding-boxes", "{\"language\":\"en\"}");
    nitro_result_t *result = NULL;
    char *found = NULL;
    nitro_code_t code;
    OK(nitro_submission_add_file(find, in_folder("merged.pdf"), NULL, &err));
    code = run(client, find, "", job);
    if (code == NITRO_OK) code = nitro_job_result(*job, NULL, -1, &result, &err);
    if (code == NITRO_OK) {
        CHECK_NUMBER(nitro_result_kind(result), NITRO_RESULT_PII_BOXES);
        OK(nitro_result_value_json(result, &found, NULL, &err));
        printf("found %s\n", found);
        redactions = redactions_of(found);
    }
    nitro_string_free(found);
    nitro_result_free(result);
    return code;
}

static nitro_code_t step_redact(nitro_client_t *client, nitro_job_t **job) {
    nitro_submission_t *redact = submission_for("transformations", "redact", redactions);
    nitro_code_t code;
    OK(nitro_submission_add_file(redact, in_folder("merged.pdf"), NULL, &err));
    code = run(client, redact, in_folder("redacted.pdf"), job);
    if (code == NITRO_OK) printf("redact %s\n", nitro_job_id(*job));
    return code;
}

static nitro_code_t step_split(nitro_client_t *client, nitro_job_t **job) {
    nitro_submission_t *split = submission_for("transformations", "split", "{\"pageIndices\":[[0],[1],[2]]}");
    size_t size;
    unsigned char *whole = read_file(in_folder("redacted.pdf"), &size);
    nitro_code_t code;
    /* From memory; the parts are named after this name. */
    OK(nitro_submission_add_bytes(split, "merged.pdf", NULL, whole, size, &err));
    code = run(client, split, NULL, job);
    if (code == NITRO_OK) printf("split %s\n", nitro_job_id(*job));
    free(whole);
    return code;
}

static nitro_client_t *some_company_client(void) {
    nitro_options_t *options = nitro_options_new();
    OK(nitro_options_set_base_url(options, base_url, &err));
    OK(nitro_options_set_client_credentials(options, arg("id"), arg("secret"), &err));
    OK(nitro_options_add_ca_pem(options, arg("ca"), &err));
    OK(nitro_options_set_proxy(options, arg("proxy"), &err));
    OK(nitro_options_set_poll_interval_ms(options, 20, 100, &err));
    OK(nitro_options_set_retry_cap_ms(options, 50, &err));
    OK(nitro_options_set_idle_timeout_ms(options, 1500, &err));
    return client_with(options);
}

int main(int argc, char **argv) {
    nitro_code_t (*const step[])(nitro_client_t *, nitro_job_t **) = {step_credentials, step_merge, step_find, step_redact,
                                                                      step_split};
    nitro_client_t *client;
    nitro_code_t code = NITRO_OK;
    begin(argc, argv);
    client = some_company_client();
    for (size_t i = 0; i < sizeof step / sizeof *step && code == NITRO_OK; i++) {
        nitro_job_t *job = NULL;
        if (strcmp(steps[i], arg("at")) == 0) {
            FILE *mark = fopen(arg("mark"), "w");
            CHECK(mark != NULL);
            fclose(mark);
            await_signal();
        }
        code = step[i](client, &job);
        if (code != NITRO_OK)
            printf("failed %d %d %d %d\n", (int)i, (int)code, (int)nitro_error_is_uncertain(err),
                   nitro_error_ticket_json(err) != NULL);
        nitro_job_free(job);
    }
    free(redactions);
    nitro_client_free(client);
    return end();
}
