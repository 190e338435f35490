/* Many jobs at once on one thread, by libcurl's multi interface. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include "curl_client.h"
#include <stdlib.h>
#include <sys/epoll.h>

/* As many connections as the library has threads. */
enum { CONNECTIONS = 8 };

struct job {
    char id[128];
    double due, begun, ended;
};

static struct job *jobs_of(char **argv, long *count) {
    long least = atol(argv[1]), most = atol(argv[2]);
    struct job *jobs;
    *count = atol(argv[0]);
    if (*count < 1 || most <= least || !(jobs = calloc((size_t)*count, sizeof *jobs))) exit(2);
    for (long k = 0; k < *count; k++) live_job(jobs[k].id, k, least, most, argv[3]);
    return jobs;
}

static int report_jobs(struct job *jobs, long count, struct start begun) {
    for (long k = 0; k < count; k++) printf("done %s %.0f\n", jobs[k].id, jobs[k].ended * 1e9);
    free(jobs);
    return report(count, 0, begun, (double)count);
}

struct slot {
    CURL *curl;
    struct body body;
    struct job *job;
};

int watch_by_polls(const char *base, char **argv) {
    long count, open, head = 0, waiting, free_slots = CONNECTIONS;
    struct job *jobs = jobs_of(argv, &count), **ring = calloc((size_t)count, sizeof *ring);
    double every = atof(argv[4]) / 1000;
    struct start begun = start();
    struct slot slots[CONNECTIONS], *idle[CONNECTIONS];
    CURLM *multi = curl_multi_init();
    if (!ring || !multi) exit(1);
    for (long k = 0; k < CONNECTIONS; k++) {
        struct slot fresh = {handle_of("application/json"), {NULL, 0, 0}, NULL};
        slots[k] = fresh;
        idle[k] = &slots[k];
        must_curl(curl_easy_setopt(slots[k].curl, CURLOPT_WRITEFUNCTION, take_body));
        must_curl(curl_easy_setopt(slots[k].curl, CURLOPT_WRITEDATA, &slots[k].body));
        must_curl(curl_easy_setopt(slots[k].curl, CURLOPT_PRIVATE, &slots[k]));
    }
    for (long k = 0; k < count; k++) ring[k] = &jobs[k];
    for (open = waiting = count; open;) {
        /* All have the same interval: the job that was polled first is due first. */
        double wait = 1;
        CURL *ended;
        while (free_slots && waiting) {
            struct slot *slot = idle[free_slots - 1];
            wait = ring[head]->due - now();
            if (wait > 0) break;
            slot->job = ring[head];
            slot->job->begun = now();
            slot->body.length = 0;
            head = (head + 1) % count;
            waiting--;
            free_slots--;
            set_url(slot->curl, base, slot->job->id, "/status");
            must_multi(curl_multi_add_handle(multi, slot->curl));
        }
        if (!free_slots || !waiting) wait = 1;
        while ((ended = next_ended(multi, wait))) {
            struct slot *slot;
            must_curl(curl_easy_getinfo(ended, CURLINFO_PRIVATE, &slot));
            idle[free_slots++] = slot;
            wait = 0;
            if (read_status(slot->body.text, slot->body.length).completed) {
                slot->job->ended = now();
                open--;
                continue;
            }
            slot->job->due = slot->job->begun + every;
            ring[(head + waiting++) % count] = slot->job;
        }
    }
    for (long k = 0; k < CONNECTIONS; k++) {
        curl_easy_cleanup(slots[k].curl);
        free(slots[k].body.text);
    }
    curl_multi_cleanup(multi);
    free(ring);
    return report_jobs(jobs, count, begun);
}

static void note_end(const struct status *status, void *user_data) {
    struct job *job = user_data;
    if (status->completed) job->ended = now();
}

/* Where a thousand sockets are waited for: curl_multi_perform() would look at each of them every time. */
struct loop {
    int epoll;
    double due; /* when libcurl's own timer runs out; 0 for none */
};

static int want_socket(CURL *curl, curl_socket_t socket, int what, void *to, void *known) {
    struct loop *loop = to;
    struct epoll_event event = {0, {0}};
    (void)curl;
    (void)known;
    event.data.fd = socket;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(loop->epoll, EPOLL_CTL_DEL, socket, &event);
        return 0;
    }
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, socket, &event)) epoll_ctl(loop->epoll, EPOLL_CTL_MOD, socket, &event);
    return 0;
}

static int want_timer(CURLM *multi, long ms, void *to) {
    struct loop *loop = to;
    (void)multi;
    loop->due = ms < 0 ? 0 : now() + (double)ms / 1000;
    return 0;
}

/* Waits once, and lets libcurl do what can be done. */
static void wait_once(CURLM *multi, struct loop *loop) {
    struct epoll_event ready[256];
    double left = loop->due > 0 ? loop->due - now() : 1;
    int running, count = epoll_wait(loop->epoll, ready, 256, left > 0 ? (int)(left * 1000) + 1 : 0);
    for (int i = 0; i < count; i++) {
        int what = (ready[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) | (ready[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
        if (ready[i].events & (EPOLLERR | EPOLLHUP)) what |= CURL_CSELECT_ERR;
        must_multi(curl_multi_socket_action(multi, ready[i].data.fd, what, &running));
    }
    if (loop->due > 0 && now() >= loop->due) {
        loop->due = 0;
        must_multi(curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running));
    }
}

int watch_by_streams(const char *base, char **argv) {
    long count;
    struct job *jobs = jobs_of(argv, &count);
    struct stream *streams = calloc((size_t)count, sizeof *streams);
    struct loop loop = {epoll_create1(0), 0};
    struct start begun = start();
    CURLM *multi = curl_multi_init();
    if (!streams || !multi || loop.epoll < 0) exit(1);
    must_multi(curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, want_socket));
    must_multi(curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, &loop));
    must_multi(curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, want_timer));
    must_multi(curl_multi_setopt(multi, CURLMOPT_TIMERDATA, &loop));
    for (long k = 0; k < count; k++) {
        CURL *curl = handle_of("text/event-stream");
        streams[k].on_status = note_end;
        streams[k].user_data = &jobs[k];
        set_url(curl, base, jobs[k].id, "/status");
        must_curl(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_stream));
        must_curl(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &streams[k]));
        must_multi(curl_multi_add_handle(multi, curl));
    }
    for (long open = count; open;) {
        CURLMsg *message;
        int left;
        wait_once(multi, &loop);
        while ((message = curl_multi_info_read(multi, &left))) {
            CURL *ended = message->easy_handle;
            must_curl(message->data.result);
            must_multi(curl_multi_remove_handle(multi, ended));
            curl_easy_cleanup(ended);
            open--;
        }
    }
    for (long k = 0; k < count; k++) {
        free(streams[k].text.text);
        free(streams[k].data.text);
    }
    free(streams);
    curl_multi_cleanup(multi);
    return report_jobs(jobs, count, begun);
}
