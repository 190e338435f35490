#include "curl_client.h"

#include "json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

void must_curl(CURLcode code) {
    if (code != CURLE_OK) end(curl_easy_strerror(code));
}

void must_multi(CURLMcode code) {
    if (code != CURLM_OK) end(curl_multi_strerror(code));
}

CURL *next_ended(CURLM *multi, double seconds) {
    int running, left;
    CURLMsg *message;
    CURL *ended;
    must_multi(curl_multi_perform(multi, &running));
    message = curl_multi_info_read(multi, &left);
    if (!message && seconds > 0) {
        must_multi(curl_multi_poll(multi, NULL, 0, seconds > 1 ? 1000 : (int)(seconds * 1000) + 1, NULL));
        must_multi(curl_multi_perform(multi, &running));
        message = curl_multi_info_read(multi, &left);
    }
    if (!message) return NULL;
    must_curl(message->data.result);
    ended = message->easy_handle;
    must_multi(curl_multi_remove_handle(multi, ended));
    return ended;
}

void append(struct body *body, const char *bytes, size_t length) {
    if (body->length + length + 1 > body->capacity) {
        size_t capacity = body->capacity ? body->capacity * 2 : 4096;
        while (capacity < body->length + length + 1) capacity *= 2;
        body->text = realloc(body->text, capacity);
        if (!body->text) end("out of memory");
        body->capacity = capacity;
    }
    memcpy(body->text + body->length, bytes, length);
    body->length += length;
    body->text[body->length] = 0;
}

struct status read_status(const char *text, size_t length) {
    static const char *const names[] = {"status", "progress"};
    struct span values[2];
    struct status status = {0, 0};
    if (!json_read(text, length, names, values, 2)) end("no JSON");
    status.completed = json_is(values[0], "completed");
    if (!status.completed && !json_is(values[0], "running")) end("an unexpected status");
    if (values[1].text) status.progress = strtod(values[1].text, NULL);
    return status;
}

size_t take_body(char *bytes, size_t size, size_t count, void *body) {
    append(body, bytes, size * count);
    return size * count;
}

static void take_line(struct stream *stream, const char *line, size_t length) {
    if (length && line[length - 1] == '\r') length--;
    if (length == 0) {
        struct status status;
        if (!stream->data.length) return;
        status = read_status(stream->data.text, stream->data.length);
        stream->data.length = 0;
        stream->on_status(&status, stream->user_data);
    } else if (length >= 5 && !memcmp(line, "data:", 5)) {
        size_t skip = length > 5 && line[5] == ' ' ? 6 : 5;
        if (stream->data.length) append(&stream->data, "\n", 1);
        append(&stream->data, line + skip, length - skip);
    }
}

size_t take_stream(char *bytes, size_t size, size_t count, void *to) {
    struct stream *stream = to;
    size_t begin = 0;
    const char *found;
    append(&stream->text, bytes, size * count);
    while ((found = memchr(stream->text.text + stream->searched, '\n', stream->text.length - stream->searched))) {
        size_t line_end = (size_t)(found - stream->text.text);
        take_line(stream, stream->text.text + begin, line_end - begin);
        begin = stream->searched = line_end + 1;
    }
    if (begin) {
        stream->text.length -= begin;
        memmove(stream->text.text, stream->text.text + begin, stream->text.length);
    }
    stream->searched = stream->text.length;
    return size * count;
}

CURL *handle_of(const char *accept) {
    return handle_with(accept, NULL);
}

CURL *handle_with(const char *accept, const char *field) {
    char line[64];
    CURL *curl = curl_easy_init();
    struct curl_slist *fields; /* never freed: handles live to the program's end */
    const char *authority = getenv("BENCH_CA");
    if (!curl) end("no handle");
    snprintf(line, sizeof line, "Accept: %s", accept);
    fields = curl_slist_append(NULL, line);
    fields = curl_slist_append(fields, "Authorization: Bearer bench");
    if (field) fields = curl_slist_append(fields, field);
    must_curl(curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields));
    must_curl(curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L));
    must_curl(curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L));
    must_curl(curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L));
    must_curl(curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L));
    must_curl(curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 30L));
    if (authority) must_curl(curl_easy_setopt(curl, CURLOPT_CAINFO, authority));
    return curl;
}

void set_url(CURL *curl, const char *base, const char *id, const char *rest) {
    char url[512];
    snprintf(url, sizeof url, "%s/jobs/%s%s", base, id, rest);
    must_curl(curl_easy_setopt(curl, CURLOPT_URL, url));
}
