/* Replaces getaddrinfo and pthread_create of the system with functions that count their calls. A lookup of "hang.test" never
   ends, as the system's lookup may take minutes without a responding name server. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The counters are incremented on any thread. */
#define COUNTED(counter) __sync_fetch_and_add(&(counter), 0)
static int lookups;
static int threads_started;
/* Called when a lookup starts that never ends. */
static void on_hang(void);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    __sync_fetch_and_add(&lookups, 1);
    if (name && strcmp(name, "hang.test") == 0) {
        on_hang();
        for (;;) pause();
    }
    *(void **)(&real) = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!real) abort();
    return real(name, service, hints, found);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    __sync_fetch_and_add(&threads_started, 1);
    *(void **)(&real) = dlsym(RTLD_NEXT, "pthread_create");
    if (!real) abort();
    return real(thread, attributes, start, argument);
}

#endif
