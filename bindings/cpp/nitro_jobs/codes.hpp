/** @file
 * The constants of the C header as enumerations. Unknown values are passed through unchanged. */
#ifndef NITRO_JOBS_CODES_HPP
#define NITRO_JOBS_CODES_HPP

#include <nitro_jobs.h>

#include <cstdint>

#include "config.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** How a call ended. Treat an unknown value as an error. */
enum class code : std::int32_t {
    ok = NITRO_OK,                                         /**< The call succeeded. */
    invalid_argument = NITRO_E_INVALID_ARGUMENT,           /**< An argument or option cannot be used; nothing was sent. */
    internal = NITRO_E_INTERNAL,                           /**< A defect inside the library was caught. */
    no_memory = NITRO_E_NO_MEMORY,                         /**< Out of memory while reading a response. */
    busy = NITRO_E_BUSY,                                   /**< Another thread is using the handle. */
    cancelled = NITRO_E_CANCELLED,                         /**< The cancel token was triggered. */
    stopped = NITRO_E_STOPPED,                             /**< A callback of the program returned "stop". */
    timeout = NITRO_E_TIMEOUT,                             /**< A timeout of the call expired. */
    wait_timeout = NITRO_E_WAIT_TIMEOUT,                   /**< The wait timeout expired; the job continues. */
    dns = NITRO_E_DNS,                                     /**< The host name could not be resolved. */
    connect = NITRO_E_CONNECT,                             /**< No connection was made; the request was not sent. */
    tls = NITRO_E_TLS,                                     /**< The handshake failed, or the certificate is not trusted. */
    proxy = NITRO_E_PROXY,                                 /**< The proxy could not be used or rejected the target. */
    proxy_auth = NITRO_E_PROXY_AUTH,                       /**< The proxy requires credentials, or other ones. */
    connection_lost = NITRO_E_CONNECTION_LOST,             /**< The connection was lost after the request was sent. */
    redirect = NITRO_E_REDIRECT,                           /**< A redirect cannot be followed. */
    protocol = NITRO_E_PROTOCOL,                           /**< The response is malformed. */
    truncated = NITRO_E_TRUNCATED,                         /**< A body was shorter than announced. */
    too_large = NITRO_E_TOO_LARGE,                         /**< A response is larger than the limit for its kind. */
    unverified = NITRO_E_UNVERIFIED,                       /**< The length of a body could not be verified. */
    bad_request = NITRO_E_BAD_REQUEST,                     /**< 400 */
    unauthorized = NITRO_E_UNAUTHORIZED,                   /**< 401 */
    forbidden = NITRO_E_FORBIDDEN,                         /**< 403 */
    not_found = NITRO_E_NOT_FOUND,                         /**< 404: no such job, or no longer. */
    gone = NITRO_E_GONE,                                   /**< 410: the job's files were deleted. */
    content_too_large = NITRO_E_CONTENT_TOO_LARGE,         /**< 413 */
    unsupported_media_type = NITRO_E_UNSUPPORTED_MEDIA_TYPE, /**< 415 */
    unprocessable = NITRO_E_UNPROCESSABLE,                 /**< 422 */
    rate_limited = NITRO_E_RATE_LIMITED,                   /**< 429 */
    service = NITRO_E_SERVICE,                             /**< 5xx */
    http = NITRO_E_HTTP,                                   /**< Any other HTTP status that is not a success. */
    not_ready = NITRO_E_NOT_READY,                         /**< The job is still running, so it has no result. */
    job_failed = NITRO_E_JOB_FAILED,                       /**< The job failed; the problem has the service's reason. */
    job_canceled = NITRO_E_JOB_CANCELED,                   /**< The job was canceled at the service. */
    unexpected_result = NITRO_E_UNEXPECTED_RESULT,         /**< The result is not of the requested kind. */
    delivered = NITRO_E_DELIVERED,                         /**< The result was delivered elsewhere, as requested. */
    file = NITRO_E_FILE,                                   /**< A local file could not be written or read. */
    file_exists = NITRO_E_FILE_EXISTS,                     /**< The file exists and was not to be replaced. */
    sink = NITRO_E_SINK                                    /**< The receiver of the bytes failed. */
};

/** Which timeout expired. */
enum class limit : std::int32_t {
    none = NITRO_LIMIT_NONE,       /**< None. */
    connect = NITRO_LIMIT_CONNECT, /**< Resolving, connecting, proxy and TLS together. */
    idle = NITRO_LIMIT_IDLE,       /**< No byte was sent or received for too long. */
    rate = NITRO_LIMIT_RATE,       /**< A body was received too slowly. */
    call = NITRO_LIMIT_CALL,       /**< The whole call took too long. */
    wait = NITRO_LIMIT_WAIT        /**< The whole wait took too long. */
};

/** The level of a log line. */
enum class log_level : std::int32_t {
    warn = NITRO_LOG_WARN, /**< Something is wrong but the call continues. */
    info = NITRO_LOG_INFO, /**< A change of interest to a person. */
    debug = NITRO_LOG_DEBUG /**< Each request and its response. */
};

/** Why a token is requested. */
enum class token_reason : std::int32_t {
    first = NITRO_TOKEN_FIRST,       /**< There is no token yet. */
    expiring = NITRO_TOKEN_EXPIRING, /**< The current token expires soon, or has expired. */
    refused = NITRO_TOKEN_REFUSED    /**< The service rejected the current token. */
};

/** The state of a job. Treat an unknown value as a job that is still running. */
enum class job_state : std::int32_t {
    unknown = NITRO_STATE_UNKNOWN,     /**< A state that this version does not know. */
    running = NITRO_STATE_RUNNING,     /**< It is being processed. */
    completed = NITRO_STATE_COMPLETED, /**< It completed and has a result. */
    failed = NITRO_STATE_FAILED,       /**< It failed. */
    canceled = NITRO_STATE_CANCELED    /**< It was canceled at the service. */
};

/** The kind of a result. */
enum class result_kind : std::int32_t {
    unknown = NITRO_RESULT_UNKNOWN,       /**< A kind that this version does not know; its JSON is available. */
    file = NITRO_RESULT_FILE,             /**< One file. */
    files = NITRO_RESULT_FILES,           /**< Several files. */
    text = NITRO_RESULT_TEXT,             /**< The text of a document. */
    tables = NITRO_RESULT_TABLES,         /**< Tables. */
    text_boxes = NITRO_RESULT_TEXT_BOXES, /**< Locations where a text was found. */
    pii_boxes = NITRO_RESULT_PII_BOXES,   /**< Locations of personal data. */
    properties = NITRO_RESULT_PROPERTIES, /**< A document's properties. */
    form = NITRO_RESULT_FORM,             /**< The recognised contents of a form. */
    form_fields = NITRO_RESULT_FORM_FIELDS /**< The fields of a fillable form. */
};

/** What to do if the file exists already. */
enum class existing : std::int32_t {
    fail = NITRO_EXISTING_FAIL,       /**< Keep it; the call fails with code::file_exists. */
    replace = NITRO_EXISTING_REPLACE, /**< Replace it once the new file is complete. */
    number = NITRO_EXISTING_NUMBER    /**< Add a number to the new file's name: "report (2).pdf". */
};

/** The phase of a run. */
enum class run_phase : std::int32_t {
    upload = NITRO_RUN_UPLOAD,         /**< The documents are being sent. */
    submitted = NITRO_RUN_SUBMITTED,   /**< The job was started; store its ticket. */
    processing = NITRO_RUN_PROCESSING, /**< The service is processing the job. */
    download = NITRO_RUN_DOWNLOAD      /**< A file of the result is being saved. */
};

/** The name of a code in the C header, for example "NITRO_E_TIMEOUT". */
inline const char *code_name(code what) noexcept { return nitro_code_name(static_cast<nitro_code_t>(what)); }

/** A short English description of a code. */
inline const char *code_text(code what) noexcept { return nitro_code_text(static_cast<nitro_code_t>(what)); }

/** The version of the library at run time; compare with NITRO_VERSION. */
inline const char *version() noexcept { return nitro_version(); }

/** The same as a number that can be compared; see NITRO_VERSION_NUMBER. */
inline std::uint32_t version_number() noexcept { return nitro_version_number(); }

/** The documented operations of the service as JSON, for programs that offer them; see nitro_catalog_json(). */
inline const char *catalog_json() noexcept { return nitro_catalog_json(); }

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
