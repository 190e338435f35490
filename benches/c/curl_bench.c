/* The same work as nitro_bench.c by a program on libcurl, as its author would write it with care. Commands and the last line
 * are those of nitro_bench.c; exit 3 means not supported.
 *
 * What it lacks beside the library: retries, redirects, cancelling, truncated results, checked UTF-8. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include "curl_client.h"
#include "json.h"
#include <stdlib.h>
#include <string.h>

static int poll_status(const char *base, const char *id, long n) {
    CURL *curl = handle_of("application/json");
    struct body body = {NULL, 0, 0};
    struct start begun = start();
    double check = 0;
    set_url(curl, base, id, "/status");
    must_curl(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body));
    must_curl(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body));
    for (long i = 0; i < n; i++) {
        body.length = 0;
        must_curl(curl_easy_perform(curl));
        check += read_status(body.text, body.length).progress;
    }
    report(n, 0, begun, check);
    free(body.text);
    curl_easy_cleanup(curl);
    return 0;
}

struct sum {
    long events;
    double progress;
};

static void add_event(const struct status *status, void *user_data) {
    struct sum *sum = user_data;
    sum->events++;
    if (!status->completed) sum->progress += status->progress;
}

static int follow_events(const char *base, const char *id) {
    CURL *curl = handle_of("text/event-stream");
    struct sum sum = {0, 0};
    struct stream stream = {{NULL, 0, 0}, {NULL, 0, 0}, 0, add_event, &sum};
    struct start begun = start();
    set_url(curl, base, id, "/status");
    must_curl(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_stream));
    must_curl(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &stream));
    must_curl(curl_easy_perform(curl));
    report(sum.events, 0, begun, sum.progress);
    free(stream.text.text);
    free(stream.data.text);
    curl_easy_cleanup(curl);
    return 0;
}

enum { RAW, CHECKED, RESULT };

static int fetch_json(const char *base, const char *id, long n, int what) {
    static const char *const names[] = {"status", "result"};
    CURL *curl = handle_of("application/json");
    struct start begun = start();
    double bytes = 0;
    set_url(curl, base, id, "");
    must_curl(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body));
    for (long i = 0; i < n; i++) {
        struct body body = {NULL, 0, 0}, result = {NULL, 0, 0};
        struct span values[2];
        must_curl(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body));
        must_curl(curl_easy_perform(curl));
        bytes += (double)body.length;
        if (what != RAW) {
            if (!json_read(body.text, body.length, names, values, 2) || !json_is(values[0], "completed")) exit(1);
        }
        if (what == RESULT) {
            append(&result, values[1].text, values[1].length);
            if (strlen(result.text) != result.length) exit(1);
        }
        free(body.text);
        free(result.text);
    }
    report(n, bytes, begun, bytes);
    curl_easy_cleanup(curl);
    return 0;
}

struct file {
    FILE *file;
    double bytes;
};

static size_t take_file(char *bytes, size_t size, size_t count, void *to) {
    struct file *out = to;
    out->bytes += (double)(size * count);
    return fwrite(bytes, 1, size * count, out->file);
}

static int fetch_file(const char *base, const char *id, const char *path, long n) {
    CURL *curl = handle_of("application/octet-stream");
    struct file out = {NULL, 0};
    struct start begun = start();
    set_url(curl, base, id, "");
    must_curl(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_file));
    must_curl(curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out));
    must_curl(curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 512L << 10));
    for (long i = 0; i < n; i++) {
        out.file = fopen(path, "wb");
        if (!out.file) exit(1);
        setvbuf(out.file, NULL, _IONBF, 0);
        must_curl(curl_easy_perform(curl));
        fclose(out.file);
    }
    report(n, out.bytes, begun, out.bytes);
    curl_easy_cleanup(curl);
    return 0;
}

int main(int argc, char **argv) {
    const char *base, *what, *id;
    long n = argc > 4 ? atol(argv[argc - 1]) : 1;
    int status = 3;
    if (argc < 4) return 2;
    base = argv[1];
    what = argv[2];
    id = argv[3];
    must_curl(curl_global_init(CURL_GLOBAL_DEFAULT));
    if (!strcmp(what, "once")) status = poll_status(base, id, 1);
    if (!strcmp(what, "poll")) status = poll_status(base, id, n);
    if (!strcmp(what, "sse")) status = follow_events(base, id);
    if (!strcmp(what, "jsonraw")) status = fetch_json(base, id, n, RAW);
    if (!strcmp(what, "json")) status = fetch_json(base, id, n, CHECKED);
    if (!strcmp(what, "jsonres")) status = fetch_json(base, id, n, RESULT);
    if (!strcmp(what, "bin") && argc > 5) status = fetch_file(base, id, argv[4], n);
    if (!strcmp(what, "up") && argc > 4) status = upload_files(base, argv[3], atol(argv[4]), 1);
    if (!strcmp(what, "batch") && argc > 5) status = upload_files(base, argv[3], atol(argv[4]), atol(argv[5]));
    if (!strcmp(what, "watch-poll") && argc > 7) status = watch_by_polls(base, argv + 3);
    if (!strcmp(what, "watch-sse") && argc > 6) status = watch_by_streams(base, argv + 3);
    curl_global_cleanup();
    return status;
}
