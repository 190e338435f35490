#include "json.h"

#include <string.h>

enum { DEPTH = 128 };

static const char *space(const char *at) {
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
    return at;
}

static const char *escape(const char *at) {
    if (*at != 'u') return *at && strchr("\"\\/bfnrt", *at) ? at + 1 : NULL;
    return strspn(at + 1, "0123456789abcdefABCDEF") >= 4 ? at + 5 : NULL;
}

/* Skips a string, from after its first quote to after its last one. */
static const char *string(const char *at) {
    for (;;) {
        unsigned char c = (unsigned char)*at++;
        if (c == '"') return at;
        if (c < 0x20) return NULL;
        if (c == '\\' && !(at = escape(at))) return NULL;
    }
}

static const char *digits(const char *at) {
    const char *begin = at;
    while (*at >= '0' && *at <= '9') at++;
    return at > begin ? at : NULL;
}

static const char *number(const char *at) {
    if (*at == '-') at++;
    at = *at == '0' ? at + 1 : digits(at);
    if (at && *at == '.') at = digits(at + 1);
    if (at && (*at == 'e' || *at == 'E')) at = digits(at + 1 + (at[1] == '+' || at[1] == '-'));
    return at;
}

static const char *value(const char *at, int depth);

/* Skips an object or array, from after its first bracket. */
static const char *members(const char *at, char end, int depth) {
    at = space(at);
    if (*at == end) return at + 1;
    for (;;) {
        if (end == '}') {
            if (*at != '"' || !(at = string(at + 1))) return NULL;
            at = space(at);
            if (*at++ != ':') return NULL;
            at = space(at);
        }
        if (!(at = value(at, depth))) return NULL;
        at = space(at);
        if (*at == end) return at + 1;
        if (*at++ != ',') return NULL;
        at = space(at);
    }
}

static const char *value(const char *at, int depth) {
    if (depth > DEPTH) return NULL;
    switch (*at) {
    case '{': return members(at + 1, '}', depth + 1);
    case '[': return members(at + 1, ']', depth + 1);
    case '"': return string(at + 1);
    case 't': return strncmp(at, "true", 4) ? NULL : at + 4;
    case 'f': return strncmp(at, "false", 5) ? NULL : at + 5;
    case 'n': return strncmp(at, "null", 4) ? NULL : at + 4;
    default: return number(at);
    }
}

int json_read(const char *text, size_t length, const char *const names[], struct span values[], size_t count) {
    const char *at = space(text);
    memset(values, 0, count * sizeof *values);
    if (*at++ != '{') return 0;
    at = space(at);
    if (*at == '}') return space(at + 1) == text + length;
    for (;;) {
        const char *name = at + 1, *begin;
        size_t name_length;
        if (*at != '"' || !(at = string(name))) return 0;
        name_length = (size_t)(at - name) - 1;
        at = space(at);
        if (*at++ != ':') return 0;
        begin = space(at);
        if (!(at = value(begin, 1))) return 0;
        for (size_t i = 0; i < count; i++) {
            if (strlen(names[i]) != name_length || memcmp(names[i], name, name_length)) continue;
            values[i].text = begin;
            values[i].length = (size_t)(at - begin);
        }
        at = space(at);
        if (*at == '}') return space(at + 1) == text + length;
        if (*at++ != ',') return 0;
        at = space(at);
    }
}

int json_is(struct span value, const char *string) {
    size_t length = strlen(string);
    return value.text && value.length == length + 2 && !memcmp(value.text + 1, string, length);
}
