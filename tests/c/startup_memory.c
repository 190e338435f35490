/* The memory of a program that makes one request. Argument: job, a completed one. */
#include "peak.h"

int main(int argc, char **argv) {
    nitro_client_t *client;
    nitro_job_t *job;
    nitro_status_t *status = NULL;
    begin(argc, argv);
    client = some_client();
    job = job_named(client, "job");
    OK(nitro_job_status(job, NULL, -1, &status, &err));
    CHECK_NUMBER(nitro_status_state(status), NITRO_STATE_COMPLETED);
    nitro_status_free(status);
    nitro_job_free(job);
    nitro_client_free(client);
    printf("%ld KiB\n", peak_kib());
    CHECK_PEAK_BELOW(5);
    return end();
}
