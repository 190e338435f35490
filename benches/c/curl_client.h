/* What a careful program on libcurl has: reused handles, bodies that grow in place, an event stream reader. */
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
    struct body text;  /* received and not parsed yet */
    struct body data;  /* of the event that is being read */
    size_t seen;       /* this much of `text` contains no line end */
    void (*report)(const struct status *status, void *to);
    void *to;
};

void must_curl(CURLcode code);
void append(struct body *body, const char *bytes, size_t length);

/* Parses a response or an event; exits if it is malformed. */
struct status read_status(const char *text, size_t length);

/* For CURLOPT_WRITEFUNCTION: into a struct body, and into a struct stream. */
size_t take_body(char *bytes, size_t size, size_t count, void *body);
size_t take_stream(char *bytes, size_t size, size_t count, void *stream);

/* A handle with the token, for responses of this media type. */
CURL *handle_of(const char *accept);
void set_url(CURL *curl, const char *base, const char *id, const char *rest);

int watch_by_polls(const char *base, char **argv);
int watch_by_streams(const char *base, char **argv);

#endif
