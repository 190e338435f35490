/* What is read of the environment: nothing by a client, and no proxy unless the program requests it. Arguments: job. */
#define _GNU_SOURCE
#include "check.h"

extern char **environ;

/* Counted on any thread. */
static int reads;

/* Replaces that of the system, and counts. */
char *getenv(const char *name) {
    size_t length = strlen(name);
    char **variable;
    __sync_fetch_and_add(&reads, 1);
    for (variable = environ; variable && *variable; variable++)
        if (strncmp(*variable, name, length) == 0 && (*variable)[length] == '=') return *variable + length + 1;
    return NULL;
}

static int reads_so_far(void) { return __sync_fetch_and_add(&reads, 0); }

int main(int argc, char **argv) {
    nitro_options_t *options;
    nitro_client_t *client;
    nitro_job_t *job;
    nitro_status_t *status = NULL;
    int before;
    begin(argc, argv);
    CHECK(getenv("https_proxy") && getenv("http_proxy")); /* Neither can be used. */

    before = reads_so_far();
    options = some_options();
    OK(nitro_client_new(options, &client, &err));
    CHECK_NUMBER(reads_so_far(), before);
    job = job_named(client, "job");
    CHECK_NUMBER(reads_so_far(), before);
    OK(nitro_job_status(job, NULL, -1, &status, &err));
    nitro_status_free(status);
    nitro_job_free(job);
    nitro_client_free(client);

    /* On request: a variable that cannot be used fails the calls that would use it, and says which it is. */
    OK(nitro_options_set_proxy_from_env(options, &err));
    OK(nitro_client_new(options, &client, &err));
    CHECK(reads_so_far() > before);
    job = job_named(client, "job");
    FAILS(nitro_job_status(job, NULL, -1, &status, &err), NITRO_E_INVALID_ARGUMENT);
    CHECK_HOLDS(nitro_error_message(err), "http_proxy: ");
    nitro_job_free(job);
    nitro_client_free(client);

    /* Where no proxy is used, it does not matter. */
    OK(nitro_options_set_no_proxy(options, "127.0.0.1", &err));
    client = client_with(options);
    job = job_named(client, "job");
    OK(nitro_job_status(job, NULL, -1, &status, &err));
    nitro_status_free(status);
    nitro_job_free(job);
    nitro_client_free(client);
    return end();
}
