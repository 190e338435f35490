/**
 * @file nitro_jobs.h
 * nitro_jobs: follow Nitro's document jobs and take their results. Made from src/ffi; do not edit.
 *
 * Licence: MIT or Apache-2.0.
 *
 * The usual way: options (nitro_options_new() or nitro_options_from_env()), one client for the program
 * (nitro_client_new()), a job (nitro_client_submit(), or nitro_job_from_id() for one that was started elsewhere), its end
 * (nitro_job_wait()), its result (nitro_job_download() or nitro_job_result()), and each handle's _free function.
 * nitro_client_run() is all of it in one call.
 *
 * Conventions, which hold for every function unless its comment says otherwise:
 *
 * - Codes. A function that can fail returns a nitro_code_t, NITRO_OK (0) on success. Its last argument `err` may be NULL;
 *   else `*err` is set to NULL on success and to an error, which the caller frees with nitro_error_free(), on failure.
 *   What the variable held before is overwritten: free that error first.
 * - Outputs. `*out` is written to on success; on failure it is set to NULL or 0. A handle that comes out this way is the
 *   caller's, who frees it with the function of its name: nitro_x_t with nitro_x_free().
 * - Strings are UTF-8 on every platform, file paths included, and end with NUL. A `const char *` that a function returns is
 *   lent: it lives as long as the handle it came from. A string that comes out through a `char **` is the caller's, who
 *   frees it with nitro_string_free() and nothing else.
 * - Blocking. A function that can block takes a `cancel` token, which may be NULL, and `timeout_ms`: 0 for no limit, -1 for
 *   the client's default. Whatever the limit, silence and slowness beyond the client's options end a call.
 * - Threads. Each type says how many threads may use a handle at once. Freeing a handle while a call uses it is an error
 *   in the program; only a cancel token may be freed at any time.
 * - Callbacks run on the calling thread, during the call and never after it; `user_data` is handed through. They return 0
 *   to go on. No C++ exception may leave them.
 * - NULL where a handle or a string must be is NITRO_E_INVALID_ARGUMENT, never a crash. Accessors of NULL give their empty
 *   value. Freeing NULL does nothing.
 * - The library prints nothing, reads no environment but in nitro_options_from_env() and for the proxy and trust options
 *   that say so, and must not be unloaded.
 */


#ifndef NITRO_JOBS_H
#define NITRO_JOBS_H

#include <stddef.h>
#include <stdint.h>

/** The version of this header, as nitro_version() has it of the library. */
#define NITRO_VERSION "0.1.0"
/** The same as a number that can be compared: major * 1000000 + minor * 1000 + patch. */
#define NITRO_VERSION_NUMBER 1000
/** Major number of this header. */
#define NITRO_VERSION_MAJOR 0
/** Minor number of this header. */
#define NITRO_VERSION_MINOR 1
/** Patch number of this header. */
#define NITRO_VERSION_PATCH 0

/**
 * @def NITRO_API
 * How functions are imported: define NITRO_STATIC when linking the static library on Windows.
 */
#if defined(_WIN32) && !defined(NITRO_STATIC)
#define NITRO_API __declspec(dllimport)
#elif defined(__GNUC__)
#define NITRO_API __attribute__((visibility("default")))
#else
#define NITRO_API
#endif

/**
 * @def NITRO_DEPRECATED
 * Marks a function that has a better successor.
 */
#if defined(__GNUC__)
#define NITRO_DEPRECATED(successor) __attribute__((deprecated("use " successor)))
#elif defined(_MSC_VER)
#define NITRO_DEPRECATED(successor) __declspec(deprecated("use " successor))
#else
#define NITRO_DEPRECATED(successor)
#endif


/**
 * No time limit ran out.
 */
#define NITRO_LIMIT_NONE 0

/**
 * Resolving, connecting, proxy and TLS negotiation together took too long.
 */
#define NITRO_LIMIT_CONNECT 1

/**
 * No byte moved for too long.
 */
#define NITRO_LIMIT_IDLE 2

/**
 * A body came too slowly.
 */
#define NITRO_LIMIT_RATE 3

/**
 * The whole call took too long.
 */
#define NITRO_LIMIT_CALL 4

/**
 * The whole wait took too long.
 */
#define NITRO_LIMIT_WAIT 5

/**
 * Log level: something is wrong but the call goes on.
 */
#define NITRO_LOG_WARN 1

/**
 * Log level: a change that a person would want to know, such as a retry.
 */
#define NITRO_LOG_INFO 2

/**
 * Log level: each request and its answer.
 */
#define NITRO_LOG_DEBUG 3

/**
 * A token is asked for because there is none yet.
 */
#define NITRO_TOKEN_FIRST 1

/**
 * A token is asked for because the one there is expires soon, or has expired.
 */
#define NITRO_TOKEN_EXPIRING 2

/**
 * A token is asked for because the service refused the one there is.
 */
#define NITRO_TOKEN_REFUSED 3

/**
 * A state that this version does not know; nitro_status_name() has the service's word.
 */
#define NITRO_STATE_UNKNOWN 0

/**
 * The job is being processed.
 */
#define NITRO_STATE_RUNNING 1

/**
 * The job is done and has a result.
 */
#define NITRO_STATE_COMPLETED 2

/**
 * The job failed.
 */
#define NITRO_STATE_FAILED 3

/**
 * The job was canceled at the service.
 */
#define NITRO_STATE_CANCELED 4

/**
 * A result of a kind that this version does not know; nitro_result_json() has it.
 */
#define NITRO_RESULT_UNKNOWN 0

/**
 * One file.
 */
#define NITRO_RESULT_FILE 1

/**
 * Several files.
 */
#define NITRO_RESULT_FILES 2

/**
 * The text of a document.
 */
#define NITRO_RESULT_TEXT 3

/**
 * Tables.
 */
#define NITRO_RESULT_TABLES 4

/**
 * Places where a text was found.
 */
#define NITRO_RESULT_TEXT_BOXES 5

/**
 * Places of personal data.
 */
#define NITRO_RESULT_PII_BOXES 6

/**
 * A document's properties.
 */
#define NITRO_RESULT_PROPERTIES 7

/**
 * What a form holds, recognised, each with a confidence.
 */
#define NITRO_RESULT_FORM 8

/**
 * The fields of a fillable form, read or detected.
 */
#define NITRO_RESULT_FORM_FIELDS 9

/**
 * An existing file stays as it is and the call fails with NITRO_E_FILE_EXISTS.
 */
#define NITRO_EXISTING_FAIL 0

/**
 * The new file takes the place of an existing one at once, when it is whole.
 */
#define NITRO_EXISTING_REPLACE 1

/**
 * The new file gets a number where the name is taken: "report (2).pdf".
 */
#define NITRO_EXISTING_NUMBER 2

/**
 * Phase of a run: the documents are being sent; `done` of `total` bytes.
 */
#define NITRO_RUN_UPLOAD 1

/**
 * Phase of a run: there is a job now; `ticket_json` is its ticket, to be written down.
 */
#define NITRO_RUN_SUBMITTED 2

/**
 * Phase of a run: the service works on the job; `status` is what it says.
 */
#define NITRO_RUN_PROCESSING 3

/**
 * Phase of a run: a file of the result is being saved; `done` of `total` bytes, -1 if that is not known.
 */
#define NITRO_RUN_DOWNLOAD 4

/**
 * A cancel token: stops the calls that it was given to, from any thread.
 *
 * One token may serve any number of calls, at once or one after the other. It cannot be reset: make a new one for new
 * work. Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_cancel_t nitro_cancel_t;

/**
 * A client: connections, trust, proxy and token, shared by everything that is made from it.
 *
 * Make one and keep it: connections are reused. Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_client_t nitro_client_t;

/**
 * An error: what went wrong in one call, with everything that helps to act on it.
 *
 * No token and no password is ever in it. Everything it lends lives until it is freed. Threads: one at a time. Since 0.1.0.
 */
typedef struct nitro_error_t nitro_error_t;

/**
 * The live progress of one job, to be pulled event by event; reconnects and polls by itself.
 *
 * Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
 */
typedef struct nitro_events_t nitro_events_t;

/**
 * A job's ticket: what is enough to come back to it, and all that can be done with it.
 *
 * Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_job_t nitro_job_t;

/**
 * The options of a client, set one by one; each has a default that suits a desktop program.
 *
 * Threads: one at a time. Since 0.1.0.
 */
typedef struct nitro_options_t nitro_options_t;

/**
 * What a job has made: files, or what was read out of a document.
 *
 * Never changes. Everything it lends lives until it is freed. Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_result_t nitro_result_t;

/**
 * Where a job stands: a state, and how far it is while it runs.
 *
 * Never changes. Everything it lends lives until it is freed. Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_status_t nitro_status_t;

/**
 * A job to be started: an endpoint, a method, its parameters, and documents.
 *
 * It can be submitted any number of times, unless one of its documents is a reader. Threads: one at a time. Since 0.1.0.
 */
typedef struct nitro_submission_t nitro_submission_t;

/**
 * Where a token callback puts the token: lent to it for the call.
 *
 * Threads: the callback's own. Since 0.1.0.
 */
typedef struct nitro_token_t nitro_token_t;

/**
 * What happened to one job of a watch.
 *
 * Never changes. Everything it lends lives until it is freed. Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_watch_event_t nitro_watch_event_t;

/**
 * Many jobs that are followed at once by a bounded number of threads, and whose events are pulled by one function.
 *
 * The threads belong to the watch and call nothing of the program: log lines, token requests and events come out of
 * nitro_watch_next(). A job takes about a kilobyte, however slowly events are pulled. Threads: nitro_watch_next() one at a
 * time, everything else any at once. Since 0.1.0.
 */
typedef struct nitro_watch_t nitro_watch_t;

/**
 * What a function returns: NITRO_OK, or what went wrong.
 *
 * Codes are only ever added, their numbers never change. Treat a code that is not known as a failure.
 */
typedef int32_t nitro_code_t;

/**
 * Hears what the library does: a level, one of NITRO_LOG_..., and a line without any secret.
 *
 * Called on a thread that is inside a call of this library, only during that call; two threads may be inside at once. It
 * must not call back into the library, and no C++ exception may leave it. `message` is lent for the call.
 */
typedef void (*nitro_log_fn)(int32_t level,
                             const char *message,
                             void *user_data);

/**
 * Gives the library a token: calls nitro_token_set() with `answer` and returns 0.
 *
 * Anything else says that there is none. `reason` is one of NITRO_TOKEN_.... Called on a thread that is inside a call of
 * this library, only during that call, and on one thread at a time for each client. It may block; the call's cancel
 * token and limits do not reach into it. It must not use the client that asks, and no C++ exception may leave it.
 * `answer` is lent for the call.
 */
typedef int32_t (*nitro_token_fn)(int32_t reason,
                                  nitro_token_t *answer,
                                  void *user_data);

/**
 * Hears how far a wait is.
 *
 * Returns 0 to go on; anything else stops the wait with NITRO_E_STOPPED. Called on the waiting thread, only during the
 * wait. `status` is lent for the call. No C++ exception may leave it.
 */
typedef int32_t (*nitro_progress_fn)(const nitro_status_t *status,
                                     void *user_data);

/**
 * Takes the next bytes of a result.
 *
 * Returns 0 to go on; anything else stops with NITRO_E_STOPPED. Called on the calling thread, only during the call.
 * `data` is lent for the call. No C++ exception may leave it.
 */
typedef int32_t (*nitro_sink_fn)(const uint8_t *data,
                                 size_t length,
                                 void *user_data);

/**
 * Hears how far a download is.
 *
 * Returns 0 to go on; anything else stops with NITRO_E_STOPPED and leaves no file. `file` counts from 0 to `files` - 1;
 * `bytes` of this file have come, of `total`, which is -1 if it is not known. Called on the calling thread, only during
 * the call. No C++ exception may leave it.
 */
typedef int32_t (*nitro_transfer_fn)(size_t file,
                                     size_t files,
                                     int64_t bytes,
                                     int64_t total,
                                     void *user_data);

/**
 * Gives the next bytes of a document: puts up to `capacity` of them into `buffer` and returns how many; 0 is the end.
 *
 * A negative number stops with NITRO_E_STOPPED. Called on the calling thread, only during nitro_client_submit() or
 * nitro_client_run(). `buffer` is lent for the call. No C++ exception may leave it.
 */
typedef int64_t (*nitro_read_fn)(uint8_t *buffer,
                                 size_t capacity,
                                 void *user_data);

/**
 * Hears how far an upload is: `sent` bytes of `total`.
 *
 * Returns 0 to go on; anything else stops with NITRO_E_STOPPED. Called on the calling thread, only during the call. No
 * C++ exception may leave it.
 */
typedef int32_t (*nitro_upload_fn)(int64_t sent,
                                   int64_t total,
                                   void *user_data);

/**
 * Hears how far a run is.
 *
 * Returns 0 to go on; anything else stops with NITRO_E_STOPPED. `phase` is one of NITRO_RUN_...; treat one that is not
 * known as nothing. What does not belong to the phase is 0 or NULL. Called on the calling thread, only during the call.
 * `ticket_json` and `status` are lent for the call. No C++ exception may leave it.
 */
typedef int32_t (*nitro_run_fn)(int32_t phase,
                                int64_t done,
                                int64_t total,
                                const char *ticket_json,
                                const nitro_status_t *status,
                                void *user_data);

/**
 * The call did what its comment says.
 */
#define NITRO_OK 0

/**
 * An argument or option cannot be used; nothing was sent.
 */
#define NITRO_E_INVALID_ARGUMENT 1

/**
 * A defect inside this library was caught.
 *
 * The call had no effect that is known; the next call works.
 */
#define NITRO_E_INTERNAL 2

/**
 * There is no memory for an answer whose size the peer decided.
 */
#define NITRO_E_NO_MEMORY 3

/**
 * A handle that serves one thread at a time is in use by another thread now.
 */
#define NITRO_E_BUSY 4

/**
 * The caller's cancel token was triggered.
 */
#define NITRO_E_CANCELLED 10

/**
 * A callback of the caller said stop.
 */
#define NITRO_E_STOPPED 11

/**
 * A time limit of this call ran out; nitro_error_limit() says which.
 */
#define NITRO_E_TIMEOUT 12

/**
 * The time to wait for a job ran out.
 *
 * The job goes on: its ticket is in nitro_error_ticket_json().
 */
#define NITRO_E_WAIT_TIMEOUT 13

/**
 * The host name could not be resolved.
 */
#define NITRO_E_DNS 20

/**
 * No connection could be made; the request was never sent.
 */
#define NITRO_E_CONNECT 21

/**
 * The TLS handshake failed or the certificate is not trusted.
 */
#define NITRO_E_TLS 22

/**
 * The proxy could not be used or refused the target.
 */
#define NITRO_E_PROXY 23

/**
 * The proxy wants credentials, or other ones (407).
 */
#define NITRO_E_PROXY_AUTH 24

/**
 * The connection broke after the request was on its way.
 */
#define NITRO_E_CONNECTION_LOST 25

/**
 * A redirect cannot be followed: too many hops, from https to http, or without a usable Location.
 */
#define NITRO_E_REDIRECT 26

/**
 * The peer did not speak HTTP, or its answer cannot be understood.
 */
#define NITRO_E_PROTOCOL 27

/**
 * A body ended before the length or the last chunk that its head promised.
 */
#define NITRO_E_TRUNCATED 28

/**
 * An answer is larger than the limit for its kind.
 */
#define NITRO_E_TOO_LARGE 29

/**
 * A body came without any proof of its end, so it cannot be told whole from cut.
 */
#define NITRO_E_UNVERIFIED 30

/**
 * 400: the service cannot use the request.
 */
#define NITRO_E_BAD_REQUEST 40

/**
 * 401: the token is missing, wrong or expired.
 */
#define NITRO_E_UNAUTHORIZED 41

/**
 * 403: the token does not allow this.
 */
#define NITRO_E_FORBIDDEN 42

/**
 * 404: there is no such job, or no longer.
 */
#define NITRO_E_NOT_FOUND 43

/**
 * 410: the job's files were deleted; the request must be sent again.
 */
#define NITRO_E_GONE 44

/**
 * 413: the document is larger than the service takes.
 */
#define NITRO_E_CONTENT_TOO_LARGE 45

/**
 * 415: the service does not take this kind of document.
 */
#define NITRO_E_UNSUPPORTED_MEDIA_TYPE 46

/**
 * 422: the request is well formed but asks for something that cannot be done.
 */
#define NITRO_E_UNPROCESSABLE 47

/**
 * 429: too many requests, or the allowance is used up.
 */
#define NITRO_E_RATE_LIMITED 48

/**
 * 5xx: the service has a fault of its own.
 */
#define NITRO_E_SERVICE 49

/**
 * Any other HTTP status that is no success.
 */
#define NITRO_E_HTTP 50

/**
 * The job is still running, so it has no result yet.
 */
#define NITRO_E_NOT_READY 60

/**
 * The job failed; nitro_error_problem_json() has the service's reason.
 */
#define NITRO_E_JOB_FAILED 61

/**
 * The job was canceled at the service.
 */
#define NITRO_E_JOB_CANCELED 62

/**
 * The result is not what was asked for: a text where a file was wanted, say.
 */
#define NITRO_E_UNEXPECTED_RESULT 63

/**
 * The result was delivered elsewhere at the submission's request, so there is nothing to download here.
 */
#define NITRO_E_DELIVERED 64

/**
 * A local file could not be written or read.
 */
#define NITRO_E_FILE 70

/**
 * The file exists already and was not to be replaced.
 */
#define NITRO_E_FILE_EXISTS 71

/**
 * The writer that takes the bytes failed.
 *
 * In Rust alone: a sink in C that says stop is NITRO_E_STOPPED.
 */
#define NITRO_E_SINK 72

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The code that the function returned; NITRO_OK for NULL.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_error_code(const nitro_error_t *err);

/**
 * What went wrong and what to do next, in a sentence or two for people; "" for NULL.
 *
 * Lent until the error is freed, never NULL. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_message(const nitro_error_t *err);

/**
 * The HTTP status of the service's refusal; 0 if there was no answer, or the failure is not the service's.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_http_status(const nitro_error_t *err);

/**
 * The service's type of problem, for example "PDFIsPasswordProtected", or a URI; NULL if it gave none.
 *
 * Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_type(const nitro_error_t *err);

/**
 * The service's title of the problem; NULL if it gave none.
 *
 * Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_title(const nitro_error_t *err);

/**
 * The service's explanation of this occurrence; NULL if it gave none.
 *
 * Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_detail(const nitro_error_t *err);

/**
 * The service's whole account of the problem, as received: a JSON problem document, or whatever came; NULL if none.
 *
 * Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_json(const nitro_error_t *err);

/**
 * How many milliseconds the service asks to wait before the next attempt; -1 if it said nothing.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int64_t nitro_error_retry_after_ms(const nitro_error_t *err);

/**
 * Whether the same call may succeed later without any change by the caller: 1 or 0.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_is_retryable(const nitro_error_t *err);

/**
 * Which time limit ran out: one of NITRO_LIMIT_...; NITRO_LIMIT_NONE if none did.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_limit(const nitro_error_t *err);

/**
 * The id to quote to Nitro's support; NULL if the failure is about no job.
 *
 * Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_reference_id(const nitro_error_t *err);

/**
 * Whether the failed submission may have started a job all the same, so that a second one could start another: 1 or 0.
 *
 * 0 for NULL. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_is_uncertain(const nitro_error_t *err);

/**
 * The ticket of the job that the failure is about, for nitro_job_from_json(); NULL if it is about no job.
 *
 * Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_ticket_json(const nitro_error_t *err);

/**
 * Frees the error and all that it lent.
 *
 * NULL is nothing. Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_error_free(nitro_error_t *err);

/**
 * Frees a string that a function of this library gave away through a `char **`.
 *
 * NULL is nothing. Never use free() of the C runtime for it, nor this function for a `const char *`, which is lent.
 * Threads: any. Since 0.1.0.
 */
NITRO_API
void nitro_string_free(char *string);

/**
 * The version of the library that the program runs with, for example "0.1.0".
 *
 * Compare with NITRO_VERSION, that of the header it was compiled with. Static, never NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_version(void);

/**
 * The same as a number that can be compared: major * 1000000 + minor * 1000 + patch.
 *
 * Compare with NITRO_VERSION_NUMBER. Threads: any. Since 0.1.0.
 */
NITRO_API
uint32_t nitro_version_number(void);

/**
 * The name of a code, for example "NITRO_E_TIMEOUT"; "NITRO_E_?" for a number that is none.
 *
 * Static, never NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_code_name(nitro_code_t code);

/**
 * What a code means, in a few English words. nitro_error_message() says much more.
 *
 * Static, never NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_code_text(nitro_code_t code);

/**
 * Makes a cancel token that has not been triggered.
 *
 * The caller owns it and frees it with nitro_cancel_free(). Never NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_cancel_t *nitro_cancel_new(void);

/**
 * Triggers the token: each call that it was given to returns NITRO_E_CANCELLED, and so does each later one.
 *
 * Does not block, may be called again, and may be called from any thread, a window's message handler for instance. It is
 * not for signal handlers. NULL is nothing. Since 0.1.0.
 */
NITRO_API
void nitro_cancel_trigger(const nitro_cancel_t *cancel);

/**
 * Whether the token has been triggered: 1 or 0; 0 for NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
int32_t nitro_cancel_is_triggered(const nitro_cancel_t *cancel);

/**
 * Frees the token.
 *
 * Calls that it was given to go on and can no longer be cancelled. NULL is nothing. Threads: any, also while calls use
 * the token. Since 0.1.0.
 */
NITRO_API
void nitro_cancel_free(nitro_cancel_t *cancel);

/**
 * Makes options with their defaults and no token.
 *
 * The caller owns them and frees them with nitro_options_free(). Never NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_options_t *nitro_options_new(void);

/**
 * Makes options from the environment: NITRO_BASE_URL, and NITRO_TOKEN or else NITRO_CLIENT_ID with NITRO_CLIENT_SECRET.
 *
 * Each is read if it is set, and nothing else is. The caller owns `*options`. Codes: NITRO_E_INVALID_ARGUMENT if a variable
 * is not UTF-8, or if one of the last two is set without the other. Threads: any, while no thread changes the
 * environment. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_from_env(nitro_options_t **options,
                                    nitro_error_t **err);

/**
 * Sets the service's address, "https://api.gonitro.dev" by default; a path prefix is kept.
 *
 * Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_base_url(nitro_options_t *options,
                                        const char *url,
                                        nitro_error_t **err);

/**
 * Sets the User-Agent, "nitro-jobs/VERSION" by default.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_user_agent(nitro_options_t *options,
                                          const char *user_agent,
                                          nitro_error_t **err);

/**
 * Sets the limit on resolving, connecting, proxy and TLS negotiation together: 15000 ms by default.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_connect_timeout_ms(nitro_options_t *options,
                                                  int64_t ms,
                                                  nitro_error_t **err);

/**
 * Sets the limit on silence, no byte for so long in a head, a body or a stream: 30000 ms by default.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_idle_timeout_ms(nitro_options_t *options,
                                               int64_t ms,
                                               nitro_error_t **err);

/**
 * Sets the least bytes a second that a body must bring, averaged over 30 s: 100 by default, 0 switches it off.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_min_rate(nitro_options_t *options,
                                        int64_t bytes_per_second,
                                        nitro_error_t **err);

/**
 * Sets the limit on a whole call that is given -1: 120000 ms by default, 0 for none.
 *
 * Waits, streams, submissions and downloads do not have it. Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_call_timeout_ms(nitro_options_t *options,
                                               int64_t ms,
                                               nitro_error_t **err);

/**
 * Sets the limit on a whole wait that is given -1: 1800000 ms (30 minutes) by default, 0 for none.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_wait_timeout_ms(nitro_options_t *options,
                                               int64_t ms,
                                               nitro_error_t **err);

/**
 * Sets how many times a safe request is sent again inside one call: 3 by default, 0 switches it off.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_retries(nitro_options_t *options,
                                       int32_t retries,
                                       nitro_error_t **err);

/**
 * Sets the longest pause before a retry or a poll, whatever the service asks for: 30000 ms by default.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_retry_cap_ms(nitro_options_t *options,
                                            int64_t ms,
                                            nitro_error_t **err);

/**
 * Sets the first pause between two polls and the longest: 250 ms and 5000 ms by default.
 *
 * Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT if one is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_poll_interval_ms(nitro_options_t *options,
                                                int64_t first_ms,
                                                int64_t longest_ms,
                                                nitro_error_t **err);

/**
 * Sets the largest JSON answer that is taken into memory: 268435456 bytes by default.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_max_json_bytes(nitro_options_t *options,
                                              int64_t bytes,
                                              nitro_error_t **err);

/**
 * Sets the longest line and the largest event of a stream: 16777216 bytes by default.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_max_event_bytes(nitro_options_t *options,
                                               int64_t bytes,
                                               nitro_error_t **err);

/**
 * Sets the function that hears what the library does; NULL for silence, the default.
 *
 * `user_data` is handed to it and must live as long as the client and all that is made from it. Codes:
 * NITRO_E_INVALID_ARGUMENT for NULL options. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_log(nitro_options_t *options,
                                   nitro_log_fn log,
                                   void *user_data,
                                   nitro_error_t **err);

/**
 * Frees the options.
 *
 * Clients made from them keep their own copy. NULL is nothing. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
void nitro_options_free(nitro_options_t *options);

/**
 * Adds an origin, "https://host" or "https://host:port", that may be sent the token beside the base URL's own.
 *
 * Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_add_trusted_origin(nitro_options_t *options,
                                              const char *origin,
                                              nitro_error_t **err);

/**
 * Adds certificate authorities, as PEM text, to those of the operating system.
 *
 * Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_add_ca_pem(nitro_options_t *options,
                                      const char *pem,
                                      nitro_error_t **err);

/**
 * Adds certificate authorities from a PEM file, which is read now, to those of the operating system.
 *
 * Codes: NITRO_E_FILE if it cannot be read; NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_add_ca_file(nitro_options_t *options,
                                       const char *path,
                                       nitro_error_t **err);

/**
 * Trusts the added authorities alone and not the operating system's (1), or both (0, the default).
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_only_added_ca(nitro_options_t *options,
                                             int32_t only,
                                             nitro_error_t **err);

/**
 * Sets the client's certificate chain and private key, as PEM text, for servers that ask for one.
 *
 * Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_client_certificate_pem(nitro_options_t *options,
                                                      const char *chain_pem,
                                                      const char *key_pem,
                                                      nitro_error_t **err);

/**
 * Sets the proxy: "http://", "https://", "socks5://" or "socks5h://", with "user:password@" if need be.
 *
 * Without it no proxy is used. Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8.
 * Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_proxy(nitro_options_t *options,
                                     const char *url,
                                     nitro_error_t **err);

/**
 * Takes the proxy from the environment as curl does: https_proxy, http_proxy, all_proxy and no_proxy.
 *
 * The environment is read by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_proxy_from_env(nitro_options_t *options,
                                              nitro_error_t **err);

/**
 * Sets the hosts that are reached without the proxy, as curl reads NO_PROXY: suffixes, ports, CIDR, "*".
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_no_proxy(nitro_options_t *options,
                                        const char *hosts,
                                        nitro_error_t **err);

/**
 * Sets the bearer token, which is sent to the service and to no other host.
 *
 * Of token, callback and client credentials the one set last counts. It is copied into memory that is wiped when it is
 * freed. Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_token(nitro_options_t *options,
                                     const char *token,
                                     nitro_error_t **err);

/**
 * Sets the client's id and secret, for which the service gives tokens.
 *
 * Tokens are asked for when needed, kept, and renewed 60 s before they expire or when the service refuses one. The secret is
 * copied into memory that is wiped when it is freed. Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL
 * or broken UTF-8; calls of the client give NITRO_E_UNAUTHORIZED where the service refuses them. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_client_credentials(nitro_options_t *options,
                                                  const char *client_id,
                                                  const char *client_secret,
                                                  nitro_error_t **err);

/**
 * Sets where client credentials are turned into tokens, "oauth/token" below the base URL by default.
 *
 * Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_token_url(nitro_options_t *options,
                                         const char *url,
                                         nitro_error_t **err);

/**
 * Sets the function that is asked for tokens: when there is none, when one expires soon, when the service refused one.
 *
 * `user_data` is handed to it and must live as long as the client and all that is made from it. A call for which it gives no
 * token is NITRO_E_UNAUTHORIZED. Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_token_callback(nitro_options_t *options,
                                              nitro_token_fn callback,
                                              void *user_data,
                                              nitro_error_t **err);

/**
 * Answers a token callback.
 *
 * The token is copied into memory that is wiped when it is freed. `expires_in_s`: for how many seconds it is valid, -1
 * or 0 if that is not known; then it is used until the service refuses it. Codes: NITRO_E_INVALID_ARGUMENT for NULL or
 * broken UTF-8. Threads: that of the callback. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_token_set(nitro_token_t *answer,
                             const char *token,
                             int64_t expires_in_s,
                             nitro_error_t **err);

/**
 * Makes a client from options.
 *
 * No connection is made yet. The options are read, not taken: free them, or use them again. `options` may be NULL for
 * the defaults. The caller owns `*client` and frees it with nitro_client_free(). Codes: NITRO_E_INVALID_ARGUMENT names
 * the option that cannot be used. Threads: any, while no other thread changes `options`. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_client_new(const nitro_options_t *options,
                              nitro_client_t **client,
                              nitro_error_t **err);

/**
 * Frees the client.
 *
 * Jobs and events that were made from it go on working. Does no network I/O. NULL is nothing. Threads: any, once no call
 * is given this handle. Since 0.1.0.
 */
NITRO_API
void nitro_client_free(nitro_client_t *client);

/**
 * Makes the ticket of a job of which only the id is known.
 *
 * Nothing is sent. The caller owns `*job`; the client may be freed before it. Codes: NITRO_E_INVALID_ARGUMENT for an id
 * that cannot be one. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_from_id(const nitro_client_t *client,
                               const char *id,
                               nitro_job_t **job,
                               nitro_error_t **err);

/**
 * Takes up the ticket that nitro_job_json() wrote, in this program or another, on this day or another.
 *
 * Nothing is sent. The caller owns `*job`; the client may be freed before it. Codes: NITRO_E_INVALID_ARGUMENT for what
 * is no ticket. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_from_json(const nitro_client_t *client,
                                 const char *json,
                                 nitro_job_t **job,
                                 nitro_error_t **err);

/**
 * Writes the ticket down as JSON, without secrets: store it as soon as there is a job.
 *
 * The caller owns `*json` and frees it with nitro_string_free(). `length` may be NULL; else it is set to the bytes without
 * the final NUL. Codes: NITRO_E_INVALID_ARGUMENT for NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_json(const nitro_job_t *job,
                            char **json,
                            size_t *length,
                            nitro_error_t **err);

/**
 * The job's id; "" for a job that the service answered at once without giving it one; NULL for NULL.
 *
 * Lent until the job is freed. Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_job_id(const nitro_job_t *job);

/**
 * The id to quote to Nitro's support, sent with each request about this job; NULL for NULL.
 *
 * Lent until the job is freed. Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_job_reference_id(const nitro_job_t *job);

/**
 * Asks the service for the job's status, once.
 *
 * A failed or canceled job is an answer here, not an error. The caller owns `*status`. `cancel` may be NULL.
 * `timeout_ms`: 0 for no limit, -1 for the client's call limit. Codes: NITRO_E_NOT_FOUND for an unknown id,
 * NITRO_E_UNAUTHORIZED, NITRO_E_GONE. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_status(const nitro_job_t *job,
                              const nitro_cancel_t *cancel,
                              int64_t timeout_ms,
                              nitro_status_t **status,
                              nitro_error_t **err);

/**
 * Follows the job to its end: NITRO_OK once it is completed.
 *
 * `progress` may be NULL; it is called with each state while the job runs. `status` may be NULL; else the caller owns
 * `*status`, the completed one. `timeout_ms`: 0 waits without limit, -1 for the client's wait limit. Codes:
 * NITRO_E_JOB_FAILED with the service's reason, NITRO_E_JOB_CANCELED; NITRO_E_WAIT_TIMEOUT, NITRO_E_CANCELLED and
 * NITRO_E_STOPPED end the waiting, not the job: wait again. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_wait(const nitro_job_t *job,
                            nitro_progress_fn progress,
                            void *user_data,
                            const nitro_cancel_t *cancel,
                            int64_t timeout_ms,
                            nitro_status_t **status,
                            nitro_error_t **err);

/**
 * Takes the result as JSON: files as addresses, or the text, tables, boxes or fields themselves.
 *
 * The caller owns `*result`. `timeout_ms`: 0 for no limit, -1 for the client's call limit. Codes: NITRO_E_NOT_READY while
 * the job runs, NITRO_E_JOB_FAILED with the service's reason, NITRO_E_JOB_CANCELED, NITRO_E_NOT_FOUND, NITRO_E_GONE.
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_result(const nitro_job_t *job,
                              const nitro_cancel_t *cancel,
                              int64_t timeout_ms,
                              nitro_result_t **result,
                              nitro_error_t **err);

/**
 * Takes the result as bytes, given to `sink` as they come, in constant memory; several files come as one zip.
 *
 * `bytes` may be NULL; else it is set to their number. `content_type` may be NULL; else the caller owns `*content_type`,
 * which is NULL if the service gave none. After any error what the sink was given is incomplete. `timeout_ms`: 0 or -1 for
 * no limit but silence and slowness. Codes: as nitro_job_result(); NITRO_E_UNEXPECTED_RESULT for a result that is no file;
 * NITRO_E_TRUNCATED; NITRO_E_STOPPED by the sink. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_result_bytes(const nitro_job_t *job,
                                    nitro_sink_fn sink,
                                    void *user_data,
                                    const nitro_cancel_t *cancel,
                                    int64_t timeout_ms,
                                    uint64_t *bytes,
                                    char **content_type,
                                    nitro_error_t **err);

/**
 * Frees the ticket.
 *
 * The job at the service goes on. NULL is nothing. Threads: any, once no call is given this handle. Since 0.1.0.
 */
NITRO_API
void nitro_job_free(nitro_job_t *job);

/**
 * The state, one of NITRO_STATE_...; NITRO_STATE_UNKNOWN for NULL.
 *
 * Treat a number that is not known as a job that still runs. Since 0.1.0.
 */
NITRO_API
int32_t nitro_status_state(const nitro_status_t *status);

/**
 * The state in the service's own word, for example "running"; "" if it gave none, and for NULL.
 *
 * Lent until the status is freed, never NULL. Since 0.1.0.
 */
NITRO_API
const char *nitro_status_name(const nitro_status_t *status);

/**
 * How far the job is, from 0.0 to 1.0; -1.0 if the service did not say, and for NULL.
 *
 * 1.0 does not mean done: only the state says so. Since 0.1.0.
 */
NITRO_API
double nitro_status_progress(const nitro_status_t *status);

/**
 * Whether the job has ended, in whatever way: 1 or 0; 0 for NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
int32_t nitro_status_is_terminal(const nitro_status_t *status);

/**
 * What the service said, as received: JSON text; "" where it said nothing, and for NULL.
 *
 * `length` may be NULL; else it is set to the bytes without the final NUL. Lent until the status is freed, never NULL.
 * Since 0.1.0.
 */
NITRO_API
const char *nitro_status_json(const nitro_status_t *status,
                              size_t *length);

/**
 * Frees the status and all that it lent.
 *
 * NULL is nothing. Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_status_free(nitro_status_t *status);

/**
 * Opens the live progress of a job.
 *
 * Nothing is sent before the first nitro_events_next(). The caller owns `*events` and frees it with nitro_events_free();
 * the job may be freed before. Codes: NITRO_E_INVALID_ARGUMENT for NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_events(const nitro_job_t *job,
                              nitro_events_t **events,
                              nitro_error_t **err);

/**
 * Waits for the job's next state: each one while it runs, then its end, then NULL with NITRO_OK.
 *
 * A job that failed is a state here, not an error. The caller owns `*status`. `timeout_ms`: 0 waits without limit, -1 for
 * the client's wait limit; a request that is under way may hold the call a little longer. Codes: NITRO_E_TIMEOUT and
 * NITRO_E_CANCELLED lose nothing: call again, after a cancel with a new token. NITRO_E_NOT_FOUND and NITRO_E_GONE end it.
 * Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_events_next(const nitro_events_t *events,
                               const nitro_cancel_t *cancel,
                               int64_t timeout_ms,
                               nitro_status_t **status,
                               nitro_error_t **err);

/**
 * Closes the stream and frees it.
 *
 * Does no network I/O. NULL is nothing. Threads: any, once no call is given this handle. Since 0.1.0.
 */
NITRO_API
void nitro_events_free(nitro_events_t *events);

/**
 * Makes a watch without jobs.
 *
 * Nothing is sent and no thread is started before nitro_watch_add(). `threads`: how many there may be, from 1 to 256; 0
 * stands for 4. Half of them may each hold the live stream of a job, the others poll the rest over kept connections.
 * `requests_per_second`: the most requests of all jobs together, evenly spread; 0 for no limit. The caller owns `*watch`
 * and frees it with nitro_watch_free(); the client may be freed before. Codes: NITRO_E_INVALID_ARGUMENT. Threads: any.
 * Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_new(const nitro_client_t *client,
                             uint32_t threads,
                             double requests_per_second,
                             nitro_watch_t **watch,
                             nitro_error_t **err);

/**
 * Begins to follow a job.
 *
 * `user_data` comes back with each event of the job. `id` may be NULL; else it is set to the job's number in this watch,
 * which is never 0. A job that the watch follows already keeps its number and takes the new `user_data`. The job may be freed
 * at once. Codes: NITRO_E_INVALID_ARGUMENT for NULL, NITRO_E_INTERNAL if no thread can be started. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_add(const nitro_watch_t *watch,
                             const nitro_job_t *job,
                             void *user_data,
                             uint64_t *id,
                             nitro_error_t **err);

/**
 * Ceases to follow a job and drops what was not pulled of it: 1 if the watch still had it, else 0; 0 for NULL.
 *
 * What is under way for the job is cancelled; the job at the service goes on. No nitro_watch_next() that begins after this
 * has returned gives an event of it. Does not wait. Threads: any. Since 0.1.0.
 */
NITRO_API
int32_t nitro_watch_remove(const nitro_watch_t *watch,
                           uint64_t id);

/**
 * How many jobs the watch has, those included whose end was not pulled yet; 0 for NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
size_t nitro_watch_count(const nitro_watch_t *watch);

/**
 * Waits until something happens to one of the jobs; `*event` is NULL with NITRO_OK once no job is left.
 *
 * Events come in the order in which things happened. Of the progress of a job only the latest is kept; an end is never lost.
 * A job that failed or cannot be followed is an event here, not an error, and disturbs no other. The caller owns `*event`
 * and frees it with nitro_watch_event_free(). `timeout_ms`: 0 waits without limit, -1 for the client's wait limit. Codes:
 * NITRO_E_TIMEOUT and NITRO_E_CANCELLED lose nothing: call again; NITRO_E_BUSY. The log callback and the token callback
 * are called in here. Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_next(const nitro_watch_t *watch,
                              const nitro_cancel_t *cancel,
                              int64_t timeout_ms,
                              nitro_watch_event_t **event,
                              nitro_error_t **err);

/**
 * Stops following, waits for the watch's threads, and frees it.
 *
 * NULL is nothing. The threads are cancelled in what they do, so this is prompt; the jobs at the service go on. Events
 * that were pulled stay valid. Threads: any, once no call is given this handle; not from a callback of the watch. Since
 * 0.1.0.
 */
NITRO_API
void nitro_watch_free(nitro_watch_t *watch);

/**
 * The job's number in the watch, as nitro_watch_add() gave it; 0 for NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
uint64_t nitro_watch_event_id(const nitro_watch_event_t *event);

/**
 * What was given to nitro_watch_add() with the job; NULL for NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
void *nitro_watch_event_user_data(const nitro_watch_event_t *event);

/**
 * The id of the job at the service; NULL for NULL.
 *
 * Lent until the event is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_watch_event_job_id(const nitro_watch_event_t *event);

/**
 * Whether this is the last event of the job, which the watch has let go: 1 or 0; 0 for NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
int32_t nitro_watch_event_is_last(const nitro_watch_event_t *event);

/**
 * How the job stands, as a code: NITRO_OK while it runs and once it is completed, else why there will be no result.
 *
 * NITRO_E_JOB_FAILED and NITRO_E_JOB_CANCELED are the job's own ends; NITRO_E_NOT_FOUND, NITRO_E_GONE, NITRO_E_UNAUTHORIZED
 * or any other code says why it cannot be followed any further. NITRO_OK for NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_event_code(const nitro_watch_event_t *event);

/**
 * Where the job stands; NULL if it cannot be followed any further, and for NULL.
 *
 * Lent until the event is freed; never free it. Since 0.1.0.
 */
NITRO_API
const nitro_status_t *nitro_watch_event_status(const nitro_watch_event_t *event);

/**
 * Why there will be no result, with everything that helps to act on it; NULL while nitro_watch_event_code() is NITRO_OK.
 *
 * Lent until the event is freed; never free it. Since 0.1.0.
 */
NITRO_API
const nitro_error_t *nitro_watch_event_error(const nitro_watch_event_t *event);

/**
 * Frees the event and all that it lent.
 *
 * NULL is nothing. Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_watch_event_free(nitro_watch_event_t *event);

/**
 * The kind of result, one of NITRO_RESULT_...; NITRO_RESULT_UNKNOWN for NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
int32_t nitro_result_kind(const nitro_result_t *result);

/**
 * How many files the result has; 0 if it is no file, and for NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
size_t nitro_result_file_count(const nitro_result_t *result);

/**
 * Where file `index`, from 0, can be had for a while; NULL if it was delivered elsewhere, and for an index that is none.
 *
 * It may hold a signature that grants access: treat it as a secret. Lent until the result is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_file_url(const nitro_result_t *result,
                                  size_t index);

/**
 * The media type of file `index`; NULL if the service gave none, and for an index that is none.
 *
 * Lent until the result is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_file_content_type(const nitro_result_t *result,
                                           size_t index);

/**
 * The size in bytes of file `index` as the service states it; -1 if it gave none, and for an index that is none.
 *
 * Since 0.1.0.
 */
NITRO_API
int64_t nitro_result_file_size(const nitro_result_t *result,
                               size_t index);

/**
 * The number of pages of file `index` as the service states it; -1 if it gave none, and for an index that is none.
 *
 * Since 0.1.0.
 */
NITRO_API
int64_t nitro_result_file_pages(const nitro_result_t *result,
                                size_t index);

/**
 * The text that was extracted, decoded; NULL if the result is no text, and for NULL.
 *
 * `length` may be NULL; else it is set to the bytes without the final NUL. A NUL character in the document is left out.
 * Lent until the result is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_text(const nitro_result_t *result,
                              size_t *length);

/**
 * The whole answer exactly as received, checked to be JSON; NULL for NULL.
 *
 * `length` may be NULL; else it is set to the bytes without the final NUL. Lent until the result is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_json(const nitro_result_t *result,
                              size_t *length);

/**
 * The `result` alone, without the answer around it, as JSON exactly as received.
 *
 * The caller owns `*json` and frees it with nitro_string_free(). `length` may be NULL; else it is set to the bytes without
 * the final NUL. Codes: NITRO_E_INVALID_ARGUMENT for NULL, NITRO_E_NO_MEMORY. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_result_value_json(const nitro_result_t *result,
                                     char **json,
                                     size_t *length,
                                     nitro_error_t **err);

/**
 * Frees the result and all that it lent.
 *
 * NULL is nothing. Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_result_free(nitro_result_t *result);

/**
 * Saves the result, which must be one file, to `path`: whole and checked, or not at all.
 *
 * It is written beside its final place and renamed once it is whole and on disk. `existing` is one of NITRO_EXISTING_....
 * `progress` may be NULL. `saved_json` may be NULL; else the caller owns `*saved_json`:
 * [{"path":...,"bytes":...,"contentType":...}]. `timeout_ms`: 0 or -1 for no limit but silence and slowness. Codes: as
 * nitro_job_result(); NITRO_E_FILE, NITRO_E_FILE_EXISTS, NITRO_E_TRUNCATED, NITRO_E_UNVERIFIED,
 * NITRO_E_UNEXPECTED_RESULT if it is no file or several, NITRO_E_DELIVERED. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_download(const nitro_job_t *job,
                                const char *path,
                                int32_t existing,
                                nitro_transfer_fn progress,
                                void *user_data,
                                const nitro_cancel_t *cancel,
                                int64_t timeout_ms,
                                char **saved_json,
                                nitro_error_t **err);

/**
 * Saves all files of the result into `folder`, under the names that the service gives, made safe: all of them, or none.
 *
 * `existing` says what to do with names that are taken there; two files of one result never take each other's place. The
 * rest is as nitro_job_download() has it. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_download_all(const nitro_job_t *job,
                                    const char *folder,
                                    int32_t existing,
                                    nitro_transfer_fn progress,
                                    void *user_data,
                                    const nitro_cancel_t *cancel,
                                    int64_t timeout_ms,
                                    char **saved_json,
                                    nitro_error_t **err);

/**
 * Makes a submission without documents.
 *
 * `endpoint` is "conversions", "extractions", "transformations" or "generations"; `method` is sent as it is, for example
 * "convert" or "merge". The caller owns `*submission` and frees it with nitro_submission_free(). Codes:
 * NITRO_E_INVALID_ARGUMENT for another endpoint. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_new(const char *endpoint,
                                  const char *method,
                                  nitro_submission_t **submission,
                                  nitro_error_t **err);

/**
 * Sets the method's parameters: the text of a JSON object, which is sent as it is; "{}" by default.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for what is no JSON object. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_set_params_json(nitro_submission_t *submission,
                                              const char *json,
                                              nitro_error_t **err);

/**
 * Sets where the service is to deliver the result and whom to call back: the text of a JSON object, sent as it is.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for what is no JSON object. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_set_delivery_json(nitro_submission_t *submission,
                                                const char *json,
                                                nitro_error_t **err);

/**
 * Sends the documents to storage first and names them to the service afterwards (1), or sends them to it (0, the default).
 *
 * For documents that the endpoints themselves refuse as too large. The service does not document this way. Codes:
 * NITRO_E_INVALID_ARGUMENT for NULL. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_set_presigned_upload(nitro_submission_t *submission,
                                                   int32_t presigned,
                                                   nitro_error_t **err);

/**
 * Adds a file, which is opened when it is sent; the order of documents counts.
 *
 * `content_type` may be NULL: then it follows from the extension, or from how the file begins. Codes:
 * NITRO_E_INVALID_ARGUMENT for NULL; the submission gives NITRO_E_FILE if the file cannot be read or changes meanwhile, and
 * NITRO_E_INVALID_ARGUMENT if its type cannot be told. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_add_file(nitro_submission_t *submission,
                                       const char *path,
                                       const char *content_type,
                                       nitro_error_t **err);

/**
 * Adds a document in memory under a file name.
 *
 * `data` is not copied: it must stay as it is until the submission is freed. `content_type` may be NULL: then it follows
 * from the name's extension, or from how the document begins. `data` may be NULL if `length` is 0. Codes:
 * NITRO_E_INVALID_ARGUMENT for NULL. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_add_bytes(nitro_submission_t *submission,
                                        const char *name,
                                        const char *content_type,
                                        const uint8_t *data,
                                        size_t length,
                                        nitro_error_t **err);

/**
 * Adds a document that a function gives, exactly `length` bytes of it, under a file name.
 *
 * It is read once, so the submission can be sent once. `content_type` may be NULL: then the name's extension tells it.
 * `user_data` is handed to `read` and must live until the submission is freed. Codes: NITRO_E_INVALID_ARGUMENT for NULL or a
 * negative length; the submission gives NITRO_E_FILE if fewer bytes come. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_add_reader(nitro_submission_t *submission,
                                         const char *name,
                                         const char *content_type,
                                         int64_t length,
                                         nitro_read_fn read,
                                         void *user_data,
                                         nitro_error_t **err);

/**
 * Adds a document that the service fetches from an address itself; its content type must be said.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL; the submission gives it for what is no http or https address. Threads: one at a
 * time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_add_url(nitro_submission_t *submission,
                                      const char *url,
                                      const char *content_type,
                                      nitro_error_t **err);

/**
 * Starts a job: sends the documents, streamed in constant memory, and returns as soon as the service has them.
 *
 * Write the ticket down at once: nitro_job_json(). A job that the service answered at once is completed, and its result is
 * in the handle. `progress` may be NULL. The caller owns `*job`; client and submission may be freed before it. `timeout_ms`: 0
 * or -1 for no limit but silence. Codes: NITRO_E_INVALID_ARGUMENT, NITRO_E_FILE for the documents; NITRO_E_UNAUTHORIZED,
 * NITRO_E_CONTENT_TOO_LARGE, NITRO_E_UNSUPPORTED_MEDIA_TYPE, NITRO_E_UNPROCESSABLE, NITRO_E_RATE_LIMITED by the service. After
 * a failure for which nitro_error_is_uncertain() is 1 there may be a job all the same. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_client_submit(const nitro_client_t *client,
                                 const nitro_submission_t *submission,
                                 nitro_upload_fn progress,
                                 void *user_data,
                                 const nitro_cancel_t *cancel,
                                 int64_t timeout_ms,
                                 nitro_job_t **job,
                                 nitro_error_t **err);

/**
 * Frees the submission.
 *
 * Jobs that were made of it go on. NULL is nothing. Threads: any, once no call is given this handle. Since 0.1.0.
 */
NITRO_API
void nitro_submission_free(nitro_submission_t *submission);

/**
 * The documented operations of the service as JSON, for a program that offers them.
 *
 * A list of {"name","title","description","endpoint","method","documents":[...],"params":[...],"result",...}. `endpoint` and
 * `method` are for nitro_submission_new(). Each parameter has "name", "type", "required" and "description", and in JSON
 * Schema's words what its values may be: "enum", "default", "minimum", "maximum", "minItems", "maxItems", "maxLength",
 * "items"; "properties" is again a list of parameters. A parameter of "format" "password" is not to be shown. "documents" says
 * how many files of which extensions come in which order, "result" how the answer is called in the service's result. Ignore
 * what you do not know. Static, never NULL. Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_catalog_json(void);

/**
 * Checks what the catalogue knows of a submission, before it is sent.
 *
 * That is: required parameters, their types, values and ranges, how many documents there must be and of which kinds. Opens
 * no file and asks nobody. What the catalogue does not know passes, be it a method or a parameter; nitro_client_submit() and
 * nitro_client_run() do not ask for this check. Codes: NITRO_E_INVALID_ARGUMENT with a message that names the parameter and
 * never its value. Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_check(const nitro_submission_t *submission,
                                    nitro_error_t **err);

/**
 * Submits, waits, and saves the result, which must be one file, to `path`: one progress, one cancel token, one time limit.
 *
 * `path` may be NULL: then nothing is saved, and the result is taken by nitro_job_result(), as an extraction wants it.
 * `existing` is one of NITRO_EXISTING_.... `progress` may be NULL. `timeout_ms` bounds all of it: 0 for no limit, -1 for the
 * client's wait limit. `job` may be NULL; else the caller owns `*job`. `saved_json` may be NULL; else the caller owns
 * `*saved_json`: [{"path":...,"bytes":...,"contentType":...}]. Codes: NITRO_E_TIMEOUT before there is a job and
 * NITRO_E_WAIT_TIMEOUT while it is waited for; else those of nitro_client_submit(), nitro_job_wait() and
 * nitro_job_download(). Once there is a job every error carries its ticket (nitro_error_ticket_json()): the job goes on and
 * can be taken up. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_client_run(const nitro_client_t *client,
                              const nitro_submission_t *submission,
                              const char *path,
                              int32_t existing,
                              nitro_run_fn progress,
                              void *user_data,
                              const nitro_cancel_t *cancel,
                              int64_t timeout_ms,
                              nitro_job_t **job,
                              char **saved_json,
                              nitro_error_t **err);

/**
 * Submits, waits, and saves all files of the result into `folder`, under the names that the service gives, made safe.
 *
 * All of them are saved, or none. The rest is as nitro_client_run() has it. Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_client_run_all(const nitro_client_t *client,
                                  const nitro_submission_t *submission,
                                  const char *folder,
                                  int32_t existing,
                                  nitro_run_fn progress,
                                  void *user_data,
                                  const nitro_cancel_t *cancel,
                                  int64_t timeout_ms,
                                  nitro_job_t **job,
                                  char **saved_json,
                                  nitro_error_t **err);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NITRO_JOBS_H */
