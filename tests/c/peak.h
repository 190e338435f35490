/* The peak memory of this process. */
#ifndef PEAK_H
#define PEAK_H

#include "check.h"

static long peak_kib(void) {
    char line[256];
    long peak = -1;
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status != NULL);
    while (fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld kB", &peak);
    fclose(status);
    CHECK(peak > 0);
    return peak;
}

/* A tool such as valgrind has memory of its own, so the peak is not checked under one. */
#define CHECK_PEAK_BELOW(mib)                                                                  \
    do {                                                                                       \
        long peak = peak_kib();                                                                \
        if (!getenv("NITRO_TEST_RUNNER") && peak >= (mib) * 1024L) {                           \
            fprintf(stderr, "the peak memory is %ld KiB and not below %d MiB\n", peak, mib); \
            exit(1);                                                                           \
        }                                                                                      \
    } while (0)

#endif
