/* The most memory that this process has ever had at once. */
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

/* Under a tool that keeps books of its own the number says nothing: getenv tells. */
#define CHECK_PEAK_BELOW(mib)                                                                  \
    do {                                                                                       \
        long peak = peak_kib();                                                                \
        if (!getenv("NITRO_TEST_RUNNER") && peak >= (mib) * 1024L) {                           \
            fprintf(stderr, "the peak of memory is %ld KiB and not below %d MiB\n", peak, mib); \
            exit(1);                                                                           \
        }                                                                                      \
    } while (0)

#endif
