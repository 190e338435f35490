/* What the measured clients have in common: the clock, and their last line of output. */
#ifndef BENCH_H
#define BENCH_H
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double seconds_of(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

struct start {
    double wall;
    struct rusage used;
};

/* Where the work begins: what a program needs before it does not count. */
static inline struct start start(void) {
    struct start begun;
    begun.wall = now();
    getrusage(RUSAGE_SELF, &begun.used);
    return begun;
}

static inline int report(long ops, double bytes, struct start begun, double check) {
    double wall = now() - begun.wall;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"ops\":%ld,\"bytes\":%.0f,\"secs\":%.9f,\"user\":%.6f,\"sys\":%.6f,\"check\":%.4f}\n", ops, bytes, wall,
           seconds_of(used.ru_utime) - seconds_of(begun.used.ru_utime), seconds_of(used.ru_stime) - seconds_of(begun.used.ru_stime),
           check);
    return 0;
}

/* Job k of a watch: "live-MS-TAG-k" runs for MS after its first request. */
static inline void live_job(char id[128], long k, long least, long most, const char *tag) {
    snprintf(id, 128, "live-%ld-%.80s-%ld", least + k * 7919 % (most - least), tag, k);
}

#endif
