/**
 * @file nitro_jobs.h
 * nitro_jobs: starts Nitro's document jobs, follows them and gets their results. Generated from src/ffi; do not edit.
 *
 * Licence: MIT or Apache-2.0.
 *
 * Typical use: create options (nitro_options_new() or nitro_options_from_env()) and one client for the program
 * (nitro_client_new()); start a job (nitro_client_submit()) or refer to an existing one (nitro_job_from_id()); wait for it
 * (nitro_job_wait()); get its result (nitro_job_download() or nitro_job_result()); free each handle with its _free
 * function. nitro_client_run() does all of this in one call.
 *
 * Conventions, which apply to every function unless its comment says otherwise:
 *
 * - Codes. A function that can fail returns a nitro_code_t, which is NITRO_OK (0) on success. Its last argument `err` may be
 *   NULL; otherwise `*err` is set to NULL on success, and on failure to an error that the caller frees with
 *   nitro_error_free(). The previous value of `*err` is overwritten: free that error first.
 * - Outputs. `*out` is set on success; on failure it is NULL or 0. A handle that a function returns in an output is owned by
 *   the caller, who frees it with the function of its type: nitro_x_t with nitro_x_free().
 * - Strings are NUL-terminated UTF-8 on every platform, including file paths. A `const char *` that a function returns is
 *   owned by the handle it was obtained from and valid until that handle is freed ("lent"). A string in a `char **` output
 *   is owned by the caller, who frees it with nitro_string_free() and nothing else. String arguments are copied.
 * - Blocking. A function that can block has a `cancel` token, which may be NULL, and a `timeout_ms` in milliseconds: 0 for no
 *   timeout, -1 for the client's default; other negative values are NITRO_E_INVALID_ARGUMENT. With any `timeout_ms` the
 *   client's idle timeout and minimum rate apply.
 * - Threads. The comment of each type says how many threads may use a handle at the same time. A handle must not be freed
 *   while a call uses it; only a cancel token may be freed at any time.
 * - Callbacks are called on the calling thread, during the call and never after it returned. `user_data` is passed to them
 *   unchanged. They return 0 to continue. No C++ exception may leave a callback.
 * - NULL instead of a required handle or string is NITRO_E_INVALID_ARGUMENT, never a crash. Accessors return their empty value
 *   if their handle is NULL. The _free functions do nothing if NULL.
 * - The library prints nothing. It reads the environment only in nitro_options_from_env() and for the proxy and trust options
 *   that say so. It must not be unloaded.
 */


#ifndef NITRO_JOBS_H
#define NITRO_JOBS_H

#include <stddef.h>
#include <stdint.h>

/** The version of this header; nitro_version() returns that of the library. */
#define NITRO_VERSION "0.1.0"
/** The version of this header as a number: major * 1000000 + minor * 1000 + patch. */
#define NITRO_VERSION_NUMBER 1000
/** The major version of this header. */
#define NITRO_VERSION_MAJOR 0
/** The minor version of this header. */
#define NITRO_VERSION_MINOR 1
/** The patch version of this header. */
#define NITRO_VERSION_PATCH 0

/**
 * @def NITRO_API
 * Imports a function; define NITRO_STATIC when linking the static library on Windows.
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
 * Marks a deprecated function and names its successor.
 */
#if defined(__GNUC__)
#define NITRO_DEPRECATED(successor) __attribute__((deprecated("use " successor)))
#elif defined(_MSC_VER)
#define NITRO_DEPRECATED(successor) __declspec(deprecated("use " successor))
#else
#define NITRO_DEPRECATED(successor)
#endif


/**
 * No timeout or limit expired.
 */
#define NITRO_LIMIT_NONE 0

/**
 * The connect timeout: name resolution, TCP connect, proxy and TLS handshake together took too long.
 */
#define NITRO_LIMIT_CONNECT 1

/**
 * The idle timeout: no byte was sent or received for too long.
 */
#define NITRO_LIMIT_IDLE 2

/**
 * The minimum rate: a body was transferred too slowly.
 */
#define NITRO_LIMIT_RATE 3

/**
 * The timeout of the call.
 */
#define NITRO_LIMIT_CALL 4

/**
 * The timeout of a wait.
 */
#define NITRO_LIMIT_WAIT 5

/**
 * Log level: something is wrong, but the call continues.
 */
#define NITRO_LOG_WARN 1

/**
 * Log level: a notable event, such as a retry.
 */
#define NITRO_LOG_INFO 2

/**
 * Log level: each request and its response.
 */
#define NITRO_LOG_DEBUG 3

/**
 * Reason of a token request: there is no token yet.
 */
#define NITRO_TOKEN_FIRST 1

/**
 * Reason of a token request: the current token expires soon, or has expired.
 */
#define NITRO_TOKEN_EXPIRING 2

/**
 * Reason of a token request: the service rejected the current token.
 */
#define NITRO_TOKEN_REFUSED 3

/**
 * A state that this version does not know; nitro_status_name() has the service's name for it.
 */
#define NITRO_STATE_UNKNOWN 0

/**
 * The job is being processed.
 */
#define NITRO_STATE_RUNNING 1

/**
 * The job is completed and has a result.
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
 * A kind of result that this version does not know; nitro_result_json() has it.
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
 * Bounding boxes of text that was searched for.
 */
#define NITRO_RESULT_TEXT_BOXES 5

/**
 * Bounding boxes of personally identifiable information.
 */
#define NITRO_RESULT_PII_BOXES 6

/**
 * The properties of a document.
 */
#define NITRO_RESULT_PROPERTIES 7

/**
 * The recognized fields of a form or an invoice, each with a confidence.
 */
#define NITRO_RESULT_FORM 8

/**
 * The fields of a fillable form, read or detected.
 */
#define NITRO_RESULT_FORM_FIELDS 9

/**
 * An existing file is left as it is, and the call fails with NITRO_E_FILE_EXISTS.
 */
#define NITRO_EXISTING_FAIL 0

/**
 * An existing regular file is replaced atomically once the new one is complete, and its mode is kept.
 *
 * Anything else that has the name, such as a device, is NITRO_E_FILE.
 */
#define NITRO_EXISTING_REPLACE 1

/**
 * The new file gets a number if its name is taken, for example "report (2).pdf".
 */
#define NITRO_EXISTING_NUMBER 2

/**
 * Phase of a run: documents are being sent; `done` of `total` bytes.
 */
#define NITRO_RUN_UPLOAD 1

/**
 * Phase of a run: the job was created; `ticket_json` is its JSON, to be stored for nitro_job_from_json().
 */
#define NITRO_RUN_SUBMITTED 2

/**
 * Phase of a run: the service processes the job; `status` is its status.
 */
#define NITRO_RUN_PROCESSING 3

/**
 * Phase of a run: a file of the result is being saved; `done` of `total` bytes, which is -1 if unknown.
 */
#define NITRO_RUN_DOWNLOAD 4

/**
 * A cancel token: cancels the calls that it was passed to, from any thread.
 *
 * One token may be passed to any number of calls, concurrently or one after the other. It cannot be reset: create a
 * new one for new calls. A call keeps its own reference, so the token may be freed at any time.
 *
 * Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_cancel_t nitro_cancel_t;

/**
 * A client: connection pool, TLS trust, proxy and tokens, shared by everything that is created from it.
 *
 * Create one and keep it, so that connections are reused.
 *
 * Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_client_t nitro_client_t;

/**
 * The error of a failed call: a code, a message, and everything that helps to act on it.
 *
 * It never contains a token or a password. The strings that its accessors return are valid until it is freed.
 * Accessors return their empty value if `err` is NULL.
 *
 * Threads: one at a time. Since 0.1.0.
 */
typedef struct nitro_error_t nitro_error_t;

/**
 * The progress events of one job; reconnects, and falls back to polling, by itself.
 *
 * Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
 */
typedef struct nitro_events_t nitro_events_t;

/**
 * A job: its id, URLs and reference id, which is all that is needed to get its status and its result.
 *
 * It does not change. It can be stored as JSON with nitro_job_json() and recreated with nitro_job_from_json().
 *
 * Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_job_t nitro_job_t;

/**
 * The options of a client; each has a default that suits a desktop program.
 *
 * Threads: one at a time. Since 0.1.0.
 */
typedef struct nitro_options_t nitro_options_t;

/**
 * The result of a completed job: files, or data extracted from a document.
 *
 * It does not change. The strings that its accessors return are valid until it is freed. Files are numbered from 0.
 *
 * Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_result_t nitro_result_t;

/**
 * The status of a job at one moment: its state, and its progress while it is running.
 *
 * It does not change. The strings that its accessors return are valid until it is freed.
 *
 * Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_status_t nitro_status_t;

/**
 * A submission: the endpoint, the method, its parameters and the documents of a job to be started.
 *
 * It can be submitted any number of times, unless one of its documents is a reader.
 *
 * Threads: one at a time. Since 0.1.0.
 */
typedef struct nitro_submission_t nitro_submission_t;

/**
 * Receives the token of a token callback; valid during the callback only.
 *
 * Threads: the callback's own. Since 0.1.0.
 */
typedef struct nitro_token_t nitro_token_t;

/**
 * An event of one job of a watch.
 *
 * It does not change. What its accessors return is valid until it is freed.
 *
 * Threads: any at once. Since 0.1.0.
 */
typedef struct nitro_watch_event_t nitro_watch_event_t;

/**
 * A watch: follows many jobs with a bounded number of threads, and returns the events of all through one function.
 *
 * Its threads never call the program: log lines and token requests are delivered inside nitro_watch_next(). A job
 * takes about 1 kB of memory, however slowly its events are read.
 *
 * Threads: nitro_watch_next() one at a time, everything else any at once. Since 0.1.0.
 */
typedef struct nitro_watch_t nitro_watch_t;

/**
 * The status code that a function returns: NITRO_OK, or what went wrong.
 *
 * Codes are only ever added; their numbers never change. Treat an unknown code as a failure.
 */
typedef int32_t nitro_code_t;

/**
 * Log callback: `level` is one of NITRO_LOG_..., `message` one line of text without secrets.
 *
 * It is called on a thread that is inside a call of this library, only during that call; two threads can be inside
 * calls at the same time. It must not call this library, and no C++ exception may leave it. `message` is valid during
 * the callback only.
 */
typedef void (*nitro_log_fn)(int32_t level,
                             const char *message,
                             void *user_data);

/**
 * Token callback: calls nitro_token_set() with `handle` and returns 0; any other value means that there is no token.
 *
 * `reason` is one of NITRO_TOKEN_.... It is called on a thread that is inside a call of this library, only during that
 * call, and on one thread at a time for each client. It may block; the cancel token and the timeout of the call do not
 * interrupt it. It must not use the client that is requesting the token, and no C++ exception may leave it. `handle`
 * is valid during the callback only.
 */
typedef int32_t (*nitro_token_fn)(int32_t reason,
                                  nitro_token_t *handle,
                                  void *user_data);

/**
 * Progress callback of nitro_job_wait().
 *
 * Returns 0 to continue; any other value stops the wait with NITRO_E_STOPPED. It is called on the waiting thread, only
 * during the wait. `status` is valid during the callback only. No C++ exception may leave it.
 */
typedef int32_t (*nitro_progress_fn)(const nitro_status_t *status,
                                     void *user_data);

/**
 * Sink of nitro_job_result_bytes(): receives the next `length` bytes of the result.
 *
 * Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED. It is called on the calling thread, only
 * during the call. `data` is valid during the callback only. No C++ exception may leave it.
 */
typedef int32_t (*nitro_sink_fn)(const uint8_t *data,
                                 size_t length,
                                 void *user_data);

/**
 * Progress callback of nitro_job_download() and nitro_job_download_all().
 *
 * Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED and leaves no file. `file` counts from 0
 * to `files` - 1; `bytes` of this file were received, of `total`, which is -1 if unknown. It is called on the calling
 * thread, only during the call. No C++ exception may leave it.
 */
typedef int32_t (*nitro_transfer_fn)(size_t file,
                                     size_t files,
                                     int64_t bytes,
                                     int64_t total,
                                     void *user_data);

/**
 * Reader of nitro_submission_add_reader(): fills `buffer` with up to `capacity` bytes and returns how many; 0 at the end.
 *
 * A negative number stops the call with NITRO_E_STOPPED. It is called on the calling thread, only during
 * nitro_client_submit() or nitro_client_run(). `buffer` is valid during the callback only. No C++ exception may leave
 * it.
 */
typedef int64_t (*nitro_read_fn)(uint8_t *buffer,
                                 size_t capacity,
                                 void *user_data);

/**
 * Progress callback of nitro_client_submit(): `sent` of `total` bytes were sent.
 *
 * Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED. It is called on the calling thread, only
 * during the call. No C++ exception may leave it.
 */
typedef int32_t (*nitro_upload_fn)(int64_t sent,
                                   int64_t total,
                                   void *user_data);

/**
 * Progress callback of nitro_client_run() and nitro_client_run_all().
 *
 * Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED. `phase` is one of NITRO_RUN_...; ignore
 * unknown values. Arguments that do not belong to the phase are 0 or NULL. It is called on the calling thread, only
 * during the call. `ticket_json` and `status` are valid during the callback only. No C++ exception may leave it.
 */
typedef int32_t (*nitro_run_fn)(int32_t phase,
                                int64_t done,
                                int64_t total,
                                const char *ticket_json,
                                const nitro_status_t *status,
                                void *user_data);

/**
 * Success.
 */
#define NITRO_OK 0

/**
 * An argument or option is invalid; nothing was sent.
 */
#define NITRO_E_INVALID_ARGUMENT 1

/**
 * An internal error: a panic inside the library was caught.
 *
 * Later calls work. Please report it.
 */
#define NITRO_E_INTERNAL 2

/**
 * Out of memory while reading a response.
 */
#define NITRO_E_NO_MEMORY 3

/**
 * A handle that may be used by one thread at a time is in use by another thread.
 */
#define NITRO_E_BUSY 4

/**
 * The call was cancelled by its cancel token.
 */
#define NITRO_E_CANCELLED 10

/**
 * A callback of the caller stopped the call.
 */
#define NITRO_E_STOPPED 11

/**
 * A timeout of this call expired; nitro_error_limit() returns which.
 */
#define NITRO_E_TIMEOUT 12

/**
 * The timeout of a wait expired.
 *
 * The job itself continues: nitro_error_ticket_json() has what nitro_job_from_json() needs to wait for it again.
 */
#define NITRO_E_WAIT_TIMEOUT 13

/**
 * The host name could not be resolved.
 */
#define NITRO_E_DNS 20

/**
 * The connection could not be established; the request was not sent.
 */
#define NITRO_E_CONNECT 21

/**
 * The TLS handshake failed, or the server's certificate is not trusted.
 */
#define NITRO_E_TLS 22

/**
 * The proxy could not be used, or refused the destination.
 */
#define NITRO_E_PROXY 23

/**
 * 407: the proxy requires a user name and password, or other ones.
 */
#define NITRO_E_PROXY_AUTH 24

/**
 * The connection was lost after the request was sent at least in part.
 */
#define NITRO_E_CONNECTION_LOST 25

/**
 * A redirect cannot be followed: too many redirects, from https to http, or without a valid Location.
 */
#define NITRO_E_REDIRECT 26

/**
 * The response is malformed: not HTTP, or not the expected content.
 */
#define NITRO_E_PROTOCOL 27

/**
 * A response body ended before its Content-Length or its last chunk.
 */
#define NITRO_E_TRUNCATED 28

/**
 * A response exceeds the size limit for its kind.
 */
#define NITRO_E_TOO_LARGE 29

/**
 * A response body has neither a length nor chunks, so that it cannot be verified to be complete.
 */
#define NITRO_E_UNVERIFIED 30

/**
 * 400: the service rejected the request as invalid.
 */
#define NITRO_E_BAD_REQUEST 40

/**
 * 401: the token is missing, invalid or expired.
 */
#define NITRO_E_UNAUTHORIZED 41

/**
 * 403: the token does not allow this.
 */
#define NITRO_E_FORBIDDEN 42

/**
 * 404: the job does not exist, or no longer.
 */
#define NITRO_E_NOT_FOUND 43

/**
 * 410: the job's files were deleted; the document must be submitted again.
 */
#define NITRO_E_GONE 44

/**
 * 413: the document exceeds the service's size limit.
 */
#define NITRO_E_CONTENT_TOO_LARGE 45

/**
 * 415: the service does not support this type of document.
 */
#define NITRO_E_UNSUPPORTED_MEDIA_TYPE 46

/**
 * 422: the request is well formed, but cannot be processed.
 */
#define NITRO_E_UNPROCESSABLE 47

/**
 * 429: too many requests, or the quota is exhausted.
 */
#define NITRO_E_RATE_LIMITED 48

/**
 * 5xx: the service failed.
 */
#define NITRO_E_SERVICE 49

/**
 * Any other HTTP status that is not a success.
 */
#define NITRO_E_HTTP 50

/**
 * The job is still running and has no result yet.
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
 * The result is of another kind than requested, for example text instead of a file.
 */
#define NITRO_E_UNEXPECTED_RESULT 63

/**
 * The result was delivered to the destination that the submission named, so there is nothing to download.
 */
#define NITRO_E_DELIVERED 64

/**
 * A local file could not be read or written.
 */
#define NITRO_E_FILE 70

/**
 * The file already exists and must not be replaced.
 */
#define NITRO_E_FILE_EXISTS 71

/**
 * The writer that receives the bytes failed.
 *
 * Only the Rust API returns it: a C sink that stops the call gives NITRO_E_STOPPED.
 */
#define NITRO_E_SINK 72

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns the code that the failed function returned; NITRO_OK if NULL.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_error_code(const nitro_error_t *err);

/**
 * Returns what failed, why, and what to do next, in a sentence for people; "" if NULL.
 *
 * The text is English and may change between versions: branch on nitro_error_code(). Lent until the error is freed,
 * never NULL.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_message(const nitro_error_t *err);

/**
 * Returns the HTTP status of the service's error response; 0 if there was no response or the error is not the service's.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_http_status(const nitro_error_t *err);

/**
 * Returns the `type` of the service's problem document, for example "PDFIsPasswordProtected" or a URI; NULL if absent.
 *
 * Lent until the error is freed.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_type(const nitro_error_t *err);

/**
 * Returns the `title` of the service's problem document; NULL if absent.
 *
 * Lent until the error is freed.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_title(const nitro_error_t *err);

/**
 * Returns the `detail` of the service's problem document, which explains this occurrence; NULL if absent.
 *
 * Lent until the error is freed.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_detail(const nitro_error_t *err);

/**
 * Returns the body of the service's error response, or the `error` of a failed job, as received; NULL if there is none.
 *
 * It is usually a JSON problem document (RFC 9457), but can be any text, for example the HTML page of a gateway. Lent
 * until the error is freed.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_problem_json(const nitro_error_t *err);

/**
 * Returns how many milliseconds the service requests to wait before a retry; -1 if it requests no pause.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int64_t nitro_error_retry_after_ms(const nitro_error_t *err);

/**
 * Returns 1 if the same call may succeed later without any change by the caller, else 0.
 *
 * A submission that may have created a job is not retryable: see nitro_error_is_uncertain().
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_is_retryable(const nitro_error_t *err);

/**
 * Returns which timeout or limit expired, one of NITRO_LIMIT_...; NITRO_LIMIT_NONE if none did.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_limit(const nitro_error_t *err);

/**
 * Returns the id to quote to Nitro's support; NULL if no request for a job was sent.
 *
 * Lent until the error is freed.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_reference_id(const nitro_error_t *err);

/**
 * Returns 1 if the failed submission may have created a job all the same, else 0; 0 if NULL.
 *
 * Submitting again could create, and bill, a second job.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_is_uncertain(const nitro_error_t *err);

/**
 * Returns the JSON of the job that the error is about, for nitro_job_from_json(); NULL if it is not about a job.
 *
 * As that of nitro_job_json(), it may contain the signature of a URL.
 *
 * Lent until the error is freed.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_ticket_json(const nitro_error_t *err);

/**
 * Returns the path of the file that could not be read or written; NULL if the error is not about a file.
 *
 * Lent until the error is freed.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
const char *nitro_error_path(const nitro_error_t *err);

/**
 * Returns the operating system's error for that file, for example ENOENT; 0 if it reported none.
 *
 * Threads: one at a time per error. Since 0.1.0.
 */
NITRO_API
int32_t nitro_error_os_error(const nitro_error_t *err);

/**
 * Frees an error and the strings of its accessors.
 *
 * Does nothing if NULL.
 *
 * Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_error_free(nitro_error_t *err);

/**
 * Frees a string that a function of this library returned through a `char **`.
 *
 * Does nothing if NULL. Do not free such a string with free() of the C runtime, and do not pass a `const char *` to
 * this function: that one belongs to its handle.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
void nitro_string_free(char *string);

/**
 * Returns the version of the library at run time, for example "0.1.0".
 *
 * Compare it with NITRO_VERSION, the version of the header at compile time. Static, never NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_version(void);

/**
 * Returns the version of the library as a number: major * 1000000 + minor * 1000 + patch.
 *
 * Compare it with NITRO_VERSION_NUMBER.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
uint32_t nitro_version_number(void);

/**
 * Returns the name of a code, for example "NITRO_E_TIMEOUT"; "NITRO_E_?" for an unknown code.
 *
 * Static, never NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_code_name(nitro_code_t code);

/**
 * Returns a short English description of a code.
 *
 * nitro_error_message() has much more. Static, never NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_code_text(nitro_code_t code);

/**
 * Creates a cancel token.
 *
 * The caller owns it and frees it with nitro_cancel_free(). Never NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_cancel_t *nitro_cancel_new(void);

/**
 * Triggers the token: each call that it was passed to, or will be passed to, returns NITRO_E_CANCELLED.
 *
 * Does not block, may be called repeatedly and from any thread, for example from a window's message handler. It is not
 * async-signal-safe. Does nothing if NULL. Since 0.1.0.
 */
NITRO_API
void nitro_cancel_trigger(const nitro_cancel_t *cancel);

/**
 * Returns 1 if the token was triggered, else 0; 0 if NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
int32_t nitro_cancel_is_triggered(const nitro_cancel_t *cancel);

/**
 * Frees a cancel token.
 *
 * Calls that it was passed to continue and can no longer be cancelled. A thread that has seen that the token was triggered
 * may free it even if that nitro_cancel_trigger() has not returned yet. Does nothing if NULL.
 *
 * Threads: any, also while calls use the token. Since 0.1.0.
 */
NITRO_API
void nitro_cancel_free(nitro_cancel_t *cancel);

/**
 * Creates options with the default values and no token.
 *
 * The caller owns them and frees them with nitro_options_free(). Never NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_options_t *nitro_options_new(void);

/**
 * Creates options from the environment variables NITRO_BASE_URL, NITRO_TOKEN, NITRO_CLIENT_ID and NITRO_CLIENT_SECRET.
 *
 * Each is used if it is set; NITRO_TOKEN takes precedence over the client id and secret. No other variable is read.
 * The caller owns `*options` and frees it with nitro_options_free().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if a variable is not UTF-8, or if only one of NITRO_CLIENT_ID and
 * NITRO_CLIENT_SECRET is set.
 *
 * Threads: any, while no thread changes the environment. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_from_env(nitro_options_t **options,
                                    nitro_error_t **err);

/**
 * Sets the service's URL; the default is "https://api.gonitro.dev", and a path prefix is kept.
 *
 * The URL is checked by nitro_client_new().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_base_url(nitro_options_t *options,
                                        const char *url,
                                        nitro_error_t **err);

/**
 * Sets the User-Agent header; the default is "nitro-jobs/VERSION".
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_user_agent(nitro_options_t *options,
                                          const char *user_agent,
                                          nitro_error_t **err);

/**
 * Sets the timeout of name resolution, TCP connect, proxy and TLS handshake together; the default is 15000 ms.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `ms` is not positive. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_connect_timeout_ms(nitro_options_t *options,
                                                  int64_t ms,
                                                  nitro_error_t **err);

/**
 * Sets the idle timeout, the longest time without a byte in a head, a body or a stream; the default is 30000 ms.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `ms` is not positive. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_idle_timeout_ms(nitro_options_t *options,
                                               int64_t ms,
                                               nitro_error_t **err);

/**
 * Sets the minimum rate of a body in bytes per second, averaged over 30 s; the default is 100, and 0 disables it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_min_rate(nitro_options_t *options,
                                        int64_t bytes_per_second,
                                        nitro_error_t **err);

/**
 * Sets the timeout of calls with `timeout_ms` -1; the default is 120000 ms, and 0 is no timeout.
 *
 * It does not apply to waits, streams, submissions and downloads.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `ms` is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_call_timeout_ms(nitro_options_t *options,
                                               int64_t ms,
                                               nitro_error_t **err);

/**
 * Sets the timeout of waits with `timeout_ms` -1; the default is 1800000 ms (30 minutes), and 0 is no timeout.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `ms` is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_wait_timeout_ms(nitro_options_t *options,
                                               int64_t ms,
                                               nitro_error_t **err);

/**
 * Sets how often a safe request is retried inside one call; the default is 3, and 0 disables retries.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `retries` is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_retries(nitro_options_t *options,
                                       int32_t retries,
                                       nitro_error_t **err);

/**
 * Sets the longest pause before a retry or a poll, even if the service requests a longer one; the default is 30000 ms.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `ms` is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_retry_cap_ms(nitro_options_t *options,
                                            int64_t ms,
                                            nitro_error_t **err);

/**
 * Sets the first and the longest pause between two polls of a job; the defaults are 250 ms and 5000 ms.
 *
 * Unless both are equal, pauses are jittered by a fifth. The values are checked by nitro_client_new().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if one is negative. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_poll_interval_ms(nitro_options_t *options,
                                                int64_t first_ms,
                                                int64_t longest_ms,
                                                nitro_error_t **err);

/**
 * Sets the maximum size of a JSON response in memory; the default is 268435456 bytes.
 *
 * A larger one is NITRO_E_TOO_LARGE.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `bytes` is not positive. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_max_json_bytes(nitro_options_t *options,
                                              int64_t bytes,
                                              nitro_error_t **err);

/**
 * Sets the maximum size of a line and of an event of an event stream; the default is 16777216 bytes.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `bytes` is not positive. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_max_event_bytes(nitro_options_t *options,
                                               int64_t bytes,
                                               nitro_error_t **err);

/**
 * Sets the log callback; the default is no logging.
 *
 * `log` may be NULL to remove it. `user_data` is passed to it and must be valid as long as the client and everything
 * created from it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `options` is NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_log(nitro_options_t *options,
                                   nitro_log_fn log,
                                   void *user_data,
                                   nitro_error_t **err);

/**
 * Frees the options.
 *
 * Clients created from them have a copy. Does nothing if NULL.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
void nitro_options_free(nitro_options_t *options);

/**
 * Adds an origin, "https://host" or "https://host:port", to which the token may be sent besides that of the base URL.
 *
 * The origin is checked by nitro_client_new().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_add_trusted_origin(nitro_options_t *options,
                                              const char *origin,
                                              nitro_error_t **err);

/**
 * Adds certificate authorities as PEM text to those of the operating system.
 *
 * The text is checked by nitro_client_new().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_add_ca_pem(nitro_options_t *options,
                                      const char *pem,
                                      nitro_error_t **err);

/**
 * Adds certificate authorities from a PEM file, which is read by this call, to those of the operating system.
 *
 * Codes: NITRO_E_FILE if the file cannot be read or is not a regular file; NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8,
 * also in the file, as in one in DER. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_add_ca_file(nitro_options_t *options,
                                       const char *path,
                                       nitro_error_t **err);

/**
 * Sets whether only the added certificate authorities are trusted (1), or the operating system's too (0, the default).
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_only_added_ca(nitro_options_t *options,
                                             int32_t only,
                                             nitro_error_t **err);

/**
 * Sets the client's certificate chain and private key as PEM text, for servers that require a client certificate.
 *
 * Both are checked by nitro_client_new().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_client_certificate_pem(nitro_options_t *options,
                                                      const char *chain_pem,
                                                      const char *key_pem,
                                                      nitro_error_t **err);

/**
 * Sets the proxy: a URL with "http://", "https://", "socks5://" or "socks5h://", optionally with "user:password@".
 *
 * The default is no proxy. The URL is checked by nitro_client_new().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_proxy(nitro_options_t *options,
                                     const char *url,
                                     nitro_error_t **err);

/**
 * Takes the proxy from the environment variables https_proxy, http_proxy, all_proxy and no_proxy, as curl does.
 *
 * The environment is read by nitro_client_new(). A variable that cannot be used is an error of the calls that would use it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_proxy_from_env(nitro_options_t *options,
                                              nitro_error_t **err);

/**
 * Sets the hosts that are connected to without the proxy, in the syntax of NO_PROXY as curl reads it.
 *
 * That is a comma-separated list of host names and domain suffixes, IP addresses and CIDR blocks, each with an
 * optional port, or "*" for all hosts.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_no_proxy(nitro_options_t *options,
                                        const char *hosts,
                                        nitro_error_t **err);

/**
 * Sets the bearer token, which is sent to the service and to no other host.
 *
 * Of token, token callback and client credentials the last one set is used. The token is copied into memory that is
 * wiped when it is freed.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_token(nitro_options_t *options,
                                     const char *token,
                                     nitro_error_t **err);

/**
 * Sets the client id and client secret, for which the token endpoint issues tokens.
 *
 * A token is requested when one is needed, cached, and renewed 60 s before it expires or when the service rejects it.
 * The secret is copied into memory that is wiped when it is freed, and is sent to the token URL only. Both are checked
 * by nitro_client_new(). Calls of the client return NITRO_E_UNAUTHORIZED if the token endpoint rejects them.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_client_credentials(nitro_options_t *options,
                                                  const char *client_id,
                                                  const char *client_secret,
                                                  nitro_error_t **err);

/**
 * Sets the URL of the token endpoint for client credentials; the default is "oauth/token" below the base URL.
 *
 * The URL is checked by nitro_client_new().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_token_url(nitro_options_t *options,
                                         const char *url,
                                         nitro_error_t **err);

/**
 * Sets the function that provides tokens: called if there is none, if one expires soon, and if the service rejected one.
 *
 * `user_data` is passed to it and must be valid as long as the client and everything created from it. A call for which
 * it provides no token returns NITRO_E_UNAUTHORIZED.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_options_set_token_callback(nitro_options_t *options,
                                              nitro_token_fn callback,
                                              void *user_data,
                                              nitro_error_t **err);

/**
 * Sets the token that a token callback provides.
 *
 * The token is copied into memory that is wiped when it is freed. `expires_in_s` is the lifetime of the token in
 * seconds; 0 or -1 if unknown: the token is then used until the service rejects it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8.
 *
 * Threads: that of the callback. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_token_set(nitro_token_t *handle,
                             const char *token,
                             int64_t expires_in_s,
                             nitro_error_t **err);

/**
 * Creates a client.
 *
 * No connection is made yet. `options` may be NULL for the defaults. The client has a copy of the options: they may be
 * freed or reused. The caller owns `*client` and frees it with nitro_client_free().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT, with a message that names the invalid option.
 *
 * Threads: any, while no other thread changes `options`. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_client_new(const nitro_options_t *options,
                              nitro_client_t **client,
                              nitro_error_t **err);

/**
 * Frees the client.
 *
 * Jobs, events and watches that were created from it keep working. Does no network I/O. Does nothing if NULL.
 *
 * Threads: any, once no call uses this handle. Since 0.1.0.
 */
NITRO_API
void nitro_client_free(nitro_client_t *client);

/**
 * Creates a job handle from an id.
 *
 * Nothing is sent. The caller owns `*job` and frees it with nitro_job_free(); the client may be freed before it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `id` cannot be a job id.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_from_id(const nitro_client_t *client,
                               const char *id,
                               nitro_job_t **job,
                               nitro_error_t **err);

/**
 * Recreates a job handle from JSON written by nitro_job_json(), possibly by another process.
 *
 * Nothing is sent. The caller owns `*job` and frees it with nitro_job_free(); the client may be freed before it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `json` was not written by nitro_job_json().
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_from_json(const nitro_client_t *client,
                                 const char *json,
                                 nitro_job_t **job,
                                 nitro_error_t **err);

/**
 * Writes the job as JSON for nitro_job_from_json(): its id, its URLs at the service, its reference id.
 *
 * Store it as soon as there is a job, so that the job is not lost with the process. It contains no token and no password, and
 * no URL outside the service. The URLs are whole, since the job might not be found without their queries: where the service
 * signs its URLs, keep the JSON like a password. The caller owns `*json` and frees
 * it with nitro_string_free(). `length` may be NULL; otherwise it is set to the length in bytes without the final NUL.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_json(const nitro_job_t *job,
                            char **json,
                            size_t *length,
                            nitro_error_t **err);

/**
 * Returns the job's id; "" if the service returned the result at once without an id; NULL if NULL.
 *
 * Lent until the job is freed.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_job_id(const nitro_job_t *job);

/**
 * Returns the id to quote to Nitro's support, which each request about this job carries; NULL if NULL.
 *
 * Lent until the job is freed.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_job_reference_id(const nitro_job_t *job);

/**
 * Gets the job's status from the service.
 *
 * The status of a failed or canceled job is a success here, not an error. The caller owns `*status` and frees it with
 * nitro_status_free(). `timeout_ms`: 0 for no timeout, -1 for the client's call timeout.
 *
 * Codes: NITRO_E_NOT_FOUND for an unknown id, NITRO_E_UNAUTHORIZED, NITRO_E_GONE.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_status(const nitro_job_t *job,
                              const nitro_cancel_t *cancel,
                              int64_t timeout_ms,
                              nitro_status_t **status,
                              nitro_error_t **err);

/**
 * Waits until the job ends; returns NITRO_OK if it is completed.
 *
 * `progress` may be NULL; otherwise it is called with each new status while the job is running. `status` may be NULL;
 * otherwise the caller owns `*status`, the status of the completed job, and frees it with nitro_status_free().
 * `timeout_ms`: 0 for no timeout, -1 for the client's wait timeout.
 *
 * Codes: NITRO_E_JOB_FAILED with the service's reason; NITRO_E_JOB_CANCELED. NITRO_E_WAIT_TIMEOUT, NITRO_E_CANCELLED
 * and NITRO_E_STOPPED end the wait, not the job: it can be waited for again.
 *
 * Threads: any. Since 0.1.0.
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
 * Gets the job's result as JSON: the URLs of files, or extracted text, tables, boxes or fields.
 *
 * The caller owns `*result` and frees it with nitro_result_free(). `timeout_ms`: 0 for no timeout, -1 for the client's
 * call timeout.
 *
 * Codes: NITRO_E_NOT_READY while the job is running; NITRO_E_JOB_FAILED with the service's reason;
 * NITRO_E_JOB_CANCELED; NITRO_E_NOT_FOUND; NITRO_E_GONE.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_result(const nitro_job_t *job,
                              const nitro_cancel_t *cancel,
                              int64_t timeout_ms,
                              nitro_result_t **result,
                              nitro_error_t **err);

/**
 * Gets the job's result as bytes, which are passed to `sink` as they are received; several files come as one zip archive.
 *
 * Memory use is constant. `bytes` may be NULL; otherwise it is set to the number of bytes. `content_type` may be NULL;
 * otherwise the caller owns `*content_type` and frees it with nitro_string_free(); it is NULL if the service sent no
 * media type. After an error the bytes that `sink` received are incomplete. `timeout_ms`: 0 or -1 for no timeout; the
 * idle timeout and the minimum rate still apply.
 *
 * Codes: those of nitro_job_result(); NITRO_E_UNEXPECTED_RESULT if the result is not a file; NITRO_E_TRUNCATED;
 * NITRO_E_STOPPED if `sink` stopped the call.
 *
 * Threads: any. Since 0.1.0.
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
 * Frees the job handle.
 *
 * The job at the service continues. Does nothing if NULL.
 *
 * Threads: any, once no call uses this handle. Since 0.1.0.
 */
NITRO_API
void nitro_job_free(nitro_job_t *job);

/**
 * Returns the state, one of NITRO_STATE_...; NITRO_STATE_UNKNOWN if NULL.
 *
 * Treat an unknown value as a job that is still running. Since 0.1.0.
 */
NITRO_API
int32_t nitro_status_state(const nitro_status_t *status);

/**
 * Returns the service's name of the state, for example "running"; "" if the service gave none, or if NULL.
 *
 * Lent until the status is freed, never NULL. Since 0.1.0.
 */
NITRO_API
const char *nitro_status_name(const nitro_status_t *status);

/**
 * Returns the progress, from 0.0 to 1.0; -1.0 if the service gave none, or if NULL.
 *
 * 1.0 does not mean that the job is completed: see nitro_status_state(). Since 0.1.0.
 */
NITRO_API
double nitro_status_progress(const nitro_status_t *status);

/**
 * Returns 1 if the job has ended, whether completed, failed or canceled, else 0; 0 if NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
int32_t nitro_status_is_terminal(const nitro_status_t *status);

/**
 * Returns the status document of the service as received, a JSON text; "" if there was none, or if NULL.
 *
 * `length` may be NULL; otherwise it is set to the length in bytes without the final NUL. Lent until the status is
 * freed, never NULL. Since 0.1.0.
 */
NITRO_API
const char *nitro_status_json(const nitro_status_t *status,
                              size_t *length);

/**
 * Frees the status and the strings of its accessors.
 *
 * Does nothing if NULL.
 *
 * Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_status_free(nitro_status_t *status);

/**
 * Creates the progress events of a job.
 *
 * Nothing is sent before the first nitro_events_next(). The caller owns `*events` and frees it with
 * nitro_events_free(); the job may be freed before it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_job_events(const nitro_job_t *job,
                              nitro_events_t **events,
                              nitro_error_t **err);

/**
 * Waits for the next status of the job; `*status` is NULL with NITRO_OK after the last one.
 *
 * It returns each status while the job is running, and then that of its end. The status of a failed job is a success
 * here, not an error. The caller owns `*status` and frees it with nitro_status_free(). `timeout_ms`: 0 for no timeout,
 * -1 for the client's wait timeout; a request in progress can delay the return a little.
 *
 * Codes: NITRO_E_TIMEOUT and NITRO_E_CANCELLED lose no event: call again, after a cancellation with a new token. After
 * NITRO_E_NOT_FOUND and NITRO_E_GONE there are no more events. NITRO_E_BUSY.
 *
 * Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_events_next(const nitro_events_t *events,
                               const nitro_cancel_t *cancel,
                               int64_t timeout_ms,
                               nitro_status_t **status,
                               nitro_error_t **err);

/**
 * Closes the event stream and frees the handle.
 *
 * Does no network I/O. Does nothing if NULL.
 *
 * Threads: any, once no call uses this handle. Since 0.1.0.
 */
NITRO_API
void nitro_events_free(nitro_events_t *events);

/**
 * Creates a watch without jobs.
 *
 * Nothing is sent and no thread is started before nitro_watch_add(). `threads` is the maximum number of threads, from
 * 1 to 256; 0 stands for 4. Half of them can each hold the event stream of one job; the others poll the remaining jobs
 * over pooled connections. `requests_per_second` is the maximum rate of requests for all jobs together, evenly spread;
 * 0 for no maximum. The caller owns `*watch` and frees it with nitro_watch_free(); the client may be freed before it.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_new(const nitro_client_t *client,
                             uint32_t threads,
                             double requests_per_second,
                             nitro_watch_t **watch,
                             nitro_error_t **err);

/**
 * Adds a job to the watch.
 *
 * `user_data` is returned with each event of the job. `id` may be NULL; otherwise it is set to the number of the job
 * in this watch, which is never 0. A job that is already in the watch keeps its number and gets the new `user_data`.
 * The job handle may be freed at once.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL; NITRO_E_INTERNAL if no thread can be started.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_add(const nitro_watch_t *watch,
                             const nitro_job_t *job,
                             void *user_data,
                             uint64_t *id,
                             nitro_error_t **err);

/**
 * Removes a job and its pending events from the watch; returns 1 if the watch had it, else 0; 0 if NULL.
 *
 * Requests in progress for the job are cancelled; the job at the service continues. No call of nitro_watch_next() that
 * begins after this one returned will return an event of the job. Does not block.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
int32_t nitro_watch_remove(const nitro_watch_t *watch,
                           uint64_t id);

/**
 * Returns the number of jobs in the watch, including those whose last event was not read yet; 0 if NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
size_t nitro_watch_count(const nitro_watch_t *watch);

/**
 * Waits for the next event of any job; `*event` is NULL with NITRO_OK once no job is left.
 *
 * Events are returned in the order in which they occurred. Only the latest progress of a job is kept; its last event
 * is never lost. A job that failed or can no longer be followed is an event here, not an error, and does not affect
 * other jobs. The caller owns `*event` and frees it with nitro_watch_event_free(). `timeout_ms`: 0 for no timeout, -1
 * for the client's wait timeout. The log callback and the token callback are called inside this function.
 *
 * Codes: NITRO_E_TIMEOUT and NITRO_E_CANCELLED lose no event: call again. NITRO_E_BUSY.
 *
 * Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_next(const nitro_watch_t *watch,
                              const nitro_cancel_t *cancel,
                              int64_t timeout_ms,
                              nitro_watch_event_t **event,
                              nitro_error_t **err);

/**
 * Cancels the requests of the watch, joins its threads, and frees it.
 *
 * Since their requests are cancelled, the threads end promptly. The jobs at the service continue; events that were
 * read stay valid. Does nothing if NULL.
 *
 * Threads: any, once no call uses this handle; not from a callback of the watch. Since 0.1.0.
 */
NITRO_API
void nitro_watch_free(nitro_watch_t *watch);

/**
 * Returns the number of the job in the watch, as set by nitro_watch_add(); 0 if NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
uint64_t nitro_watch_event_id(const nitro_watch_event_t *event);

/**
 * Returns the `user_data` that was given to nitro_watch_add(); NULL if NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
void *nitro_watch_event_user_data(const nitro_watch_event_t *event);

/**
 * Returns the id of the job at the service; NULL if NULL.
 *
 * Lent until the event is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_watch_event_job_id(const nitro_watch_event_t *event);

/**
 * Returns 1 if this is the last event of the job, which has left the watch, else 0; 0 if NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
int32_t nitro_watch_event_is_last(const nitro_watch_event_t *event);

/**
 * Returns NITRO_OK while the job is running and if it is completed, else the reason why there will be no result.
 *
 * NITRO_E_JOB_FAILED and NITRO_E_JOB_CANCELED are ends of the job itself. Any other code, such as NITRO_E_NOT_FOUND,
 * NITRO_E_GONE or NITRO_E_UNAUTHORIZED, is the reason why it can no longer be followed. NITRO_OK if NULL. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_watch_event_code(const nitro_watch_event_t *event);

/**
 * Returns the status of the job; NULL if it can no longer be followed, or if NULL.
 *
 * Lent until the event is freed: do not free it. Since 0.1.0.
 */
NITRO_API
const nitro_status_t *nitro_watch_event_status(const nitro_watch_event_t *event);

/**
 * Returns the error that explains nitro_watch_event_code(); NULL if that is NITRO_OK, or if NULL.
 *
 * Lent until the event is freed: do not free it. Since 0.1.0.
 */
NITRO_API
const nitro_error_t *nitro_watch_event_error(const nitro_watch_event_t *event);

/**
 * Frees the event and what its accessors returned.
 *
 * Does nothing if NULL.
 *
 * Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_watch_event_free(nitro_watch_event_t *event);

/**
 * Returns the kind of result, one of NITRO_RESULT_...; NITRO_RESULT_UNKNOWN if NULL.
 *
 * Ignore unknown values: nitro_result_json() has the whole result. Since 0.1.0.
 */
NITRO_API
int32_t nitro_result_kind(const nitro_result_t *result);

/**
 * Returns the number of files; 0 if the result is not a file, or if NULL.
 *
 * Since 0.1.0.
 */
NITRO_API
size_t nitro_result_file_count(const nitro_result_t *result);

/**
 * Returns the temporary URL of file `index`; NULL if it was delivered elsewhere, or if there is no such file.
 *
 * It can contain a signature that grants access: treat it as a secret. Lent until the result is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_file_url(const nitro_result_t *result,
                                  size_t index);

/**
 * Returns the media type of file `index`; NULL if the service gave none, or if there is no such file.
 *
 * Lent until the result is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_file_content_type(const nitro_result_t *result,
                                           size_t index);

/**
 * Returns the size of file `index` in bytes as stated by the service; -1 if it gave none, or if there is no such file.
 *
 * Since 0.1.0.
 */
NITRO_API
int64_t nitro_result_file_size(const nitro_result_t *result,
                               size_t index);

/**
 * Returns the page count of file `index` as stated by the service; -1 if it gave none, or if there is no such file.
 *
 * Since 0.1.0.
 */
NITRO_API
int64_t nitro_result_file_pages(const nitro_result_t *result,
                                size_t index);

/**
 * Returns the extracted text, decoded; NULL if the result is not text, or if NULL.
 *
 * `length` may be NULL; otherwise it is set to the length in bytes without the final NUL. NUL characters of the
 * document are left out. Lent until the result is freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_text(const nitro_result_t *result,
                              size_t *length);

/**
 * Returns the whole response as received, checked to be valid JSON; NULL if NULL.
 *
 * `length` may be NULL; otherwise it is set to the length in bytes without the final NUL. Lent until the result is
 * freed. Since 0.1.0.
 */
NITRO_API
const char *nitro_result_json(const nitro_result_t *result,
                              size_t *length);

/**
 * Copies the `result` member of the response as JSON, as received; the whole response if it has no such member.
 *
 * The caller owns `*json` and frees it with nitro_string_free(). `length` may be NULL; otherwise it is set to the
 * length in bytes without the final NUL.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL; NITRO_E_NO_MEMORY. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_result_value_json(const nitro_result_t *result,
                                     char **json,
                                     size_t *length,
                                     nitro_error_t **err);

/**
 * Frees the result and the strings of its accessors.
 *
 * Does nothing if NULL.
 *
 * Threads: any, once. Since 0.1.0.
 */
NITRO_API
void nitro_result_free(nitro_result_t *result);

/**
 * Saves the job's result, which must be one file, to `path`: writes it atomically, or reports why it could not.
 *
 * The file is written to a temporary file in the same folder, checked, flushed to disk and renamed. A relative path is
 * resolved when the call begins; what cannot be written to is reported before anything is sent. `existing` is one of
 * NITRO_EXISTING_...; if `path` is a symbolic link, NITRO_EXISTING_REPLACE replaces the file to which it leads.
 * `progress` may be NULL. `saved_json` may be NULL; otherwise the caller owns `*saved_json`, which is
 * [{"path":...,"bytes":...,"contentType":...}] with absolute paths, and frees it with nitro_string_free(). `timeout_ms`:
 * 0 or -1 for no timeout; the idle timeout and the minimum rate still apply.
 *
 * Codes: those of nitro_job_result(); NITRO_E_FILE, NITRO_E_FILE_EXISTS, NITRO_E_TRUNCATED, NITRO_E_UNVERIFIED;
 * NITRO_E_UNEXPECTED_RESULT if the result is not a file or several files; NITRO_E_DELIVERED.
 *
 * Threads: any. Since 0.1.0.
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
 * Saves all files of the job's result in the folder `folder`, under sanitized forms of the names that the service gives.
 *
 * Either all files are saved, or none. `existing` decides what happens if a name is taken; two files of one result never
 * replace each other. Everything else is as for nitro_job_download().
 *
 * Threads: any. Since 0.1.0.
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
 * Creates a submission without documents.
 *
 * `endpoint` is "conversions", "extractions", "transformations" or "generations". `method` is sent as it is, for
 * example "convert" or "merge". The caller owns `*submission` and frees it with nitro_submission_free().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for another endpoint.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_new(const char *endpoint,
                                  const char *method,
                                  nitro_submission_t **submission,
                                  nitro_error_t **err);

/**
 * Sets the parameters of the method: the text of a JSON object, which is sent as it is; the default is "{}".
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `json` is not a JSON object.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_set_params_json(nitro_submission_t *submission,
                                              const char *json,
                                              nitro_error_t **err);

/**
 * Sets where the service delivers the result and which URL it calls: the text of a JSON object, which is sent as it is.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT if `json` is not a JSON object.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_set_delivery_json(nitro_submission_t *submission,
                                                const char *json,
                                                nitro_error_t **err);

/**
 * Sets whether documents are first uploaded to storage by presigned URLs (1) or sent with the request (0, the default).
 *
 * Use it for documents that the endpoint rejects as too large. The service does not document this way.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_set_presigned_upload(nitro_submission_t *submission,
                                                   int32_t presigned,
                                                   nitro_error_t **err);

/**
 * Adds a file as the next document.
 *
 * The order of documents matters. The file is opened when a call that sends it begins. `content_type` may be NULL: it is
 * then derived from the extension, or from the first bytes of the file. Submitting returns NITRO_E_FILE if the file cannot
 * be read, is not a regular file, or changes while it is sent, and NITRO_E_INVALID_ARGUMENT if its type cannot be derived.
 * Pass what comes from a pipe with nitro_submission_add_bytes() or nitro_submission_add_reader().
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_add_file(nitro_submission_t *submission,
                                       const char *path,
                                       const char *content_type,
                                       nitro_error_t **err);

/**
 * Adds a document in memory, under a file name, as the next document.
 *
 * `data` is not copied: it must stay valid and unchanged until the submission is freed. `data` may be NULL if `length`
 * is 0. `content_type` may be NULL: it is then derived from the extension of `name`, or from the first bytes.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_add_bytes(nitro_submission_t *submission,
                                        const char *name,
                                        const char *content_type,
                                        const uint8_t *data,
                                        size_t length,
                                        nitro_error_t **err);

/**
 * Adds a document of exactly `length` bytes that a function provides, under a file name, as the next document.
 *
 * It is read once, so the submission can be submitted once. `content_type` may be NULL: it is then derived from the
 * extension of `name`. `user_data` is passed to `read` and must be valid until the submission is freed. Submitting
 * returns NITRO_E_FILE if `read` provides fewer bytes.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL or a negative length.
 *
 * Threads: one at a time. Since 0.1.0.
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
 * Adds a document that the service downloads from a URL, as the next document.
 *
 * `content_type` is its media type and is required. Submitting returns NITRO_E_INVALID_ARGUMENT if `url` is not an
 * http or https URL.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT for NULL.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_add_url(nitro_submission_t *submission,
                                      const char *url,
                                      const char *content_type,
                                      nitro_error_t **err);

/**
 * Submits the documents, which starts a job; returns as soon as the service has accepted them.
 *
 * Documents are streamed in constant memory. Store the job at once: see nitro_job_json(). If the service returns the
 * result at once, the job is completed and its handle contains the result. `progress` may be NULL. The caller owns
 * `*job` and frees it with nitro_job_free(); client and submission may be freed before it. `timeout_ms`: 0 or -1 for
 * no timeout; the idle timeout still applies.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT or NITRO_E_FILE for the documents; NITRO_E_UNAUTHORIZED, NITRO_E_CONTENT_TOO_LARGE,
 * NITRO_E_UNSUPPORTED_MEDIA_TYPE, NITRO_E_UNPROCESSABLE or NITRO_E_RATE_LIMITED from the service. After an error for
 * which nitro_error_is_uncertain() is 1 a job may exist all the same.
 *
 * Threads: any. Since 0.1.0.
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
 * Jobs that it started continue. Does nothing if NULL.
 *
 * Threads: any, once no call uses this handle. Since 0.1.0.
 */
NITRO_API
void nitro_submission_free(nitro_submission_t *submission);

/**
 * Returns the documented operations of the service as JSON, for programs that offer them to users.
 *
 * It is a list of {"name","title","description","endpoint","method","documents":[...],"params":[...],"result",...}.
 * "endpoint" and "method" are the arguments of nitro_submission_new(). Each parameter has "name", "type", "required"
 * and "description", and the constraints of its values with the names of JSON Schema: "enum", "default", "minimum",
 * "maximum", "minItems", "maxItems", "maxLength", "items"; "properties" is again a list of parameters. A parameter
 * with "format" "password" must not be displayed. A "default" is what the service uses for a parameter
 * that is left out. "documents" states the number of files, their extensions and their
 * order; "result" is the name of the result in the response. Ignore unknown members. Static, never NULL.
 *
 * Threads: any. Since 0.1.0.
 */
NITRO_API
const char *nitro_catalog_json(void);

/**
 * Checks a submission against the catalogue: its parameters and its documents.
 *
 * Of parameters the names, required ones, types, values and ranges are checked, of documents the number and the types. No
 * file is opened and nothing is sent. Methods that the catalogue does not have are accepted. For a parameter that it does not
 * have, the message names the one that may be meant. nitro_client_submit() and nitro_client_run() do not make this check, so
 * that they send what the service added later.
 *
 * Codes: NITRO_E_INVALID_ARGUMENT, with a message that names the parameter and never its value.
 *
 * Threads: one at a time. Since 0.1.0.
 */
NITRO_API
nitro_code_t nitro_submission_check(const nitro_submission_t *submission,
                                    nitro_error_t **err);

/**
 * Submits, waits, and saves the result, which must be one file, to `path`, in one call.
 *
 * `path` may be NULL: nothing is saved then, and the result of an extraction is obtained with nitro_job_result(). A path
 * that cannot be written to is reported before anything is sent; so is an operation of the catalogue that gives several
 * files, or none. `existing` is one of NITRO_EXISTING_.... `progress` may be NULL. `timeout_ms` is for the whole call: 0
 * for no timeout, -1 for the client's wait timeout. `job` may be NULL; otherwise the caller owns `*job` and frees it with
 * nitro_job_free(). `saved_json` may be NULL; otherwise the caller owns `*saved_json`, which is
 * [{"path":...,"bytes":...,"contentType":...}], and frees it with nitro_string_free(). Once there is a job each error
 * has its JSON: see nitro_error_ticket_json(). The job continues and can be recreated with nitro_job_from_json().
 *
 * Codes: NITRO_E_TIMEOUT before there is a job, NITRO_E_WAIT_TIMEOUT while it is waited for; those of
 * nitro_client_submit(), nitro_job_wait() and nitro_job_download().
 *
 * Threads: any. Since 0.1.0.
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
 * Submits, waits, and saves all files of the result in the folder `folder`, in one call.
 *
 * The names are sanitized forms of those that the service gives. Either all files are saved, or none. Everything else
 * is as for nitro_client_run().
 *
 * Threads: any. Since 0.1.0.
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
