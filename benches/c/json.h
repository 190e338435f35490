/* A JSON reader for the client on libcurl: it checks the grammar of all that it skips. */
#ifndef JSON_H
#define JSON_H
#include <stddef.h>

struct span {
    const char *text; /* the value as written in the document; NULL if it is absent */
    size_t length;
};

/* Reads the object `text`, which is followed by a NUL: the values of `count` of its names. 0 if it is not a JSON object. */
int json_read(const char *text, size_t length, const char *const names[], struct span values[], size_t count);

/* Whether the value is this string. */
int json_is(struct span value, const char *string);

#endif
