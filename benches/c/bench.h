/* Shared by the measured clients: the clock, and the last line of output. */
#ifndef BENCH_H
#define BENCH_H
#include <stdio.h>
#include <time.h>

static inline double clock_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double now(void) {
    return clock_of(CLOCK_MONOTONIC);
}

struct start {
    double wall, cpu;
};

/* The start of the work: setup before it does not count. */
static inline struct start start(void) {
    struct start begun;
    begun.wall = now();
    begun.cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    return begun;
}

static inline int report(long ops, double bytes, struct start begun, double check) {
    printf("{\"ops\":%ld,\"bytes\":%.0f,\"secs\":%.9f,\"cpu\":%.9f,\"check\":%.4f}\n", ops, bytes, now() - begun.wall,
           clock_of(CLOCK_PROCESS_CPUTIME_ID) - begun.cpu, check);
    return 0;
}

/* Job k of a watch: "live-MS-TAG-k" runs for MS after its first request. */
static inline void live_job(char id[128], long k, long least, long most, const char *tag) {
    snprintf(id, 128, "live-%ld-%.80s-%ld", least + k * 7919 % (most - least), tag, k);
}

#endif
