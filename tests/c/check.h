/* Helpers of the test programs. Usage: PROGRAM BASE_URL TOKEN [NAME=VALUE]... */
#ifndef CHECK_H
#define CHECK_H

#include <nitro_jobs.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) check_that(__FILE__, __LINE__, #condition, (condition) ? 1 : 0)
#define CHECK_TEXT(actual, expected) check_text(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_HOLDS(text, part) check_holds(__FILE__, __LINE__, #text, (text), (part))
#define CHECK_NUMBER(actual, expected) \
    check_number(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(expected))

/* The call, which takes &err, succeeds and sets no error. */
#define OK(call) (err_forget(), check_code(__FILE__, __LINE__, #call, (call), NITRO_OK))
/* The call, which takes &err, fails with this code; `err` is valid until the next OK or FAILS. */
#define FAILS(call, code) (err_forget(), check_code(__FILE__, __LINE__, #call, (call), (code)))

/* The error of the last OK or FAILS. */
extern nitro_error_t *err;
extern const char *base_url;
extern const char *token;

/* Reads the arguments; must be called first. */
void begin(int argc, char **argv);
/* Frees the error; must be called last. */
int end(void);

/* The value of the argument NAME=VALUE, which must exist. */
const char *arg(const char *name);

/* Options for the service of the test, with short poll intervals. */
nitro_options_t *some_options(void);
/* A client with these options, which are freed. */
nitro_client_t *client_with(nitro_options_t *options);
nitro_client_t *some_client(void);
/* The job whose id is the argument `name`. */
nitro_job_t *job_named(const nitro_client_t *client, const char *name);
/* The job of this id. */
nitro_job_t *job_of(const nitro_client_t *client, const char *id);

/* The contents of a file, which the caller frees; sets its size. */
unsigned char *read_file(const char *path, size_t *size);
int file_exists(const char *path);

/* Waits for a line from the test that started this program, which signals an event there. */
void await_signal(void);

void err_forget(void);
void check_that(const char *file, int line, const char *what, int condition);
void check_text(const char *file, int line, const char *what, const char *actual, const char *expected);
void check_holds(const char *file, int line, const char *what, const char *text, const char *part);
void check_number(const char *file, int line, const char *what, long long actual, long long expected);
void check_code(const char *file, int line, const char *call, nitro_code_t actual, nitro_code_t expected);

#endif
