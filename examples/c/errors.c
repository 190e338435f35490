/* Fetches a job's result, and prints everything about the error if that fails.
 *
 *   errors JOB_ID     with NITRO_BASE_URL and NITRO_TOKEN in the environment
 *
 * Exits with 0 if the result was fetched, 1 if not, 2 for wrong arguments, 3 if a later attempt may succeed. */
#include <inttypes.h>
#include <nitro_jobs.h>
#include <stdio.h>

static void line(const char *name, const char *text) {
    if (text != NULL) printf("%-12s %s\n", name, text);
}

/* What to do. docs/ERRORS.md lists the cause and the cure of each code; a program handles them in groups. */
static const char *cure(const nitro_error_t *err) {
    switch (nitro_error_code(err)) {
    case NITRO_E_NOT_READY:
        return "wait for the job's end, then fetch the result";
    case NITRO_E_UNAUTHORIZED:
    case NITRO_E_FORBIDDEN:
        return "sign in again";
    case NITRO_E_NOT_FOUND:
    case NITRO_E_GONE:
        return "check the id; if it is right, submit the document again";
    case NITRO_E_JOB_FAILED:
        return "show the service's reason; change the document or the request and submit it again";
    case NITRO_E_DNS:
    case NITRO_E_CONNECT:
    case NITRO_E_TLS:
    case NITRO_E_PROXY:
    case NITRO_E_PROXY_AUTH:
        return "check the network, the URL, the proxy";
    default: /* Also codes that later versions add. */
        return nitro_error_is_retryable(err) ? "retry later" : "report it with the reference";
    }
}

static int explain(const nitro_error_t *err) {
    /* The code, which never changes, is for the program, the message for the user, the reference for support. */
    printf("%-12s %s (%d): %s\n", "code", nitro_code_name(nitro_error_code(err)), (int)nitro_error_code(err),
           nitro_code_text(nitro_error_code(err)));
    line("message", nitro_error_message(err));
    if (nitro_error_http_status(err) != 0) printf("%-12s %d\n", "HTTP status", (int)nitro_error_http_status(err));
    line("problem", nitro_error_problem_type(err));
    line("title", nitro_error_problem_title(err));
    line("detail", nitro_error_problem_detail(err));
    line("document", nitro_error_problem_json(err));
    line("reference", nitro_error_reference_id(err));
    line("ticket", nitro_error_ticket_json(err)); /* Enough to resume the job, now or on another day. */
    line("retryable", nitro_error_is_retryable(err) ? "yes" : "no");
    if (nitro_error_retry_after_ms(err) >= 0)
        printf("%-12s after %" PRId64 " ms\n", "", nitro_error_retry_after_ms(err));
    line("cure", cure(err));
    return nitro_error_is_retryable(err) ? 3 : 1;
}

int main(int argc, char **argv) {
    nitro_options_t *options = NULL;
    nitro_client_t *client = NULL;
    nitro_job_t *job = NULL;
    nitro_result_t *result = NULL;
    nitro_error_t *err = NULL;
    int outcome = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: %s JOB_ID\n", argv[0]);
        return 2;
    }
    nitro_code_t code = nitro_options_from_env(&options, &err);
    if (code == NITRO_OK) code = nitro_client_new(options, &client, &err);
    if (code == NITRO_OK) code = nitro_job_from_id(client, argv[1], &job, &err);
    if (code == NITRO_OK) code = nitro_job_result(job, NULL, -1, &result, &err);
    if (code == NITRO_OK) printf("the result is there; files: %zu\n", nitro_result_file_count(result));
    if (code != NITRO_OK) outcome = explain(err);

    nitro_error_free(err);
    nitro_result_free(result);
    nitro_job_free(job);
    nitro_client_free(client);
    nitro_options_free(options);
    return outcome;
}
