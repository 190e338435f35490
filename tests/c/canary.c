/* Makes an error inside the library's code that a tool must report: without this, a run without reports would prove nothing.
 * Argument: fault, one of use, leak, race. */
#include "check.h"
#include <pthread.h>

static nitro_options_t *options;

static void *set(void *nothing) {
    int i;
    (void)nothing;
    for (i = 0; i < 1000; i++) nitro_options_set_retries(options, i, NULL);
    return NULL;
}

static void leak(void) {
    nitro_options_t *volatile lost = nitro_options_new();
    lost = NULL;
    (void)lost;
}

/* The stack may still contain a pointer to the leaked memory. */
static void overwrite_the_stack(void) {
    volatile char bytes[8192];
    size_t i;
    for (i = 0; i < sizeof bytes; i++) bytes[i] = 0;
}

int main(int argc, char **argv) {
    pthread_t other;
    begin(argc, argv);
    options = nitro_options_new();
    if (strcmp(arg("fault"), "race") == 0) {
        CHECK(pthread_create(&other, NULL, set, NULL) == 0);
        set(NULL);
        pthread_join(other, NULL);
    }
    nitro_options_free(options);
    if (strcmp(arg("fault"), "use") == 0) nitro_options_set_retries(options, 1, NULL);
    if (strcmp(arg("fault"), "leak") == 0) leak();
    overwrite_the_stack();
    return end();
}
