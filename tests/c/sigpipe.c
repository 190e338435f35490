/* The peer resets the connection while a request is written: with the default action, SIGPIPE must not end the program.
 * Argument: rounds. */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif
#include "check.h"

#include <signal.h>

int main(int argc, char **argv) {
    static char large[24001];
    long round, rounds;
    begin(argc, argv);
    rounds = atol(arg("rounds"));
    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    memset(large, 'x', sizeof large - 1);
    for (round = 0; round < rounds; round++) {
        nitro_options_t *options = some_options();
        nitro_client_t *client;
        nitro_job_t *job;
        nitro_status_t *status = NULL;
        nitro_code_t code;
        /* Longer than one segment, so that a part is written after the reset. */
        OK(nitro_options_set_user_agent(options, large, &err));
        OK(nitro_options_set_retries(options, 1, &err));
        OK(nitro_options_set_retry_cap_ms(options, 1, &err));
        client = client_with(options);
        job = job_of(client, "reset");
        code = nitro_job_status(job, NULL, 20000, &status, NULL);
        CHECK(code == NITRO_E_CONNECTION_LOST || code == NITRO_E_CONNECT);
        CHECK(status == NULL);
        nitro_job_free(job);
        nitro_client_free(client);
    }
    return end();
}
