/* What a careful program on libcurl has: reused handles, bodies that grow in place, a reader of event streams. */
#ifndef CURL_CLIENT_H
#define CURL_CLIENT_H
#include <curl/curl.h>
#include <stddef.h>

struct body {
    char *text; /* followed by a NUL */
    size_t length, capacity;
};

struct status {
    int completed;
    double progress;
};

struct stream {
    struct body text;  /* what came and is not used yet */
    struct body data;  /* of the event that is being read */
    size_t searched;   /* so much of `text` holds no end of a line */
    void (*on_status)(const struct status *status, void *user_data);
    void *user_data;
};

void must_curl(CURLcode code);
void must_multi(CURLMcode code);
void append(struct body *body, const char *bytes, size_t length);

/* Reads a response or an event; what cannot be read ends the program. */
struct status read_status(const char *text, size_t length);

/* For CURLOPT_WRITEFUNCTION: into a struct body, and into a struct stream. */
size_t take_body(char *bytes, size_t size, size_t count, void *body);
size_t take_stream(char *bytes, size_t size, size_t count, void *stream);

/* A handle with the token, for responses of this media type; with one more header field. */
CURL *handle_of(const char *accept);
CURL *handle_with(const char *accept, const char *field);
void set_url(CURL *curl, const char *base, const char *id, const char *rest);

/* Waits for the next transfer that ends, for `seconds` at most, and removes its handle; NULL if none did. */
CURL *next_ended(CURLM *multi, double seconds);

int upload_files(const char *base, const char *path, long count, long at_a_time);
int watch_by_polls(const char *base, char **argv);
int watch_by_streams(const char *base, char **argv);

#endif
