/** @file
 * The header's constants as enumerations. A number that this version does not know passes through all the same. */
#ifndef NITRO_JOBS_CODES_HPP
#define NITRO_JOBS_CODES_HPP

#include <nitro_jobs.h>

#include <cstdint>

#include "config.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** What a call ended with. Treat one that is not known as a failure. */
enum class code : std::int32_t {
    ok = NITRO_OK,                                         /**< The call did what it says. */
    invalid_argument = NITRO_E_INVALID_ARGUMENT,           /**< An argument or option cannot be used; nothing was sent. */
    internal = NITRO_E_INTERNAL,                           /**< A defect inside the library was caught. */
    no_memory = NITRO_E_NO_MEMORY,                         /**< No memory for an answer whose size the peer decided. */
    busy = NITRO_E_BUSY,                                   /**< Another thread uses the handle now. */
    cancelled = NITRO_E_CANCELLED,                         /**< The cancel token was triggered. */
    stopped = NITRO_E_STOPPED,                             /**< A callable of the program said stop. */
    timeout = NITRO_E_TIMEOUT,                             /**< A time limit of the call ran out. */
    wait_timeout = NITRO_E_WAIT_TIMEOUT,                   /**< The time to wait ran out; the job goes on. */
    dns = NITRO_E_DNS,                                     /**< The host name could not be resolved. */
    connect = NITRO_E_CONNECT,                             /**< No connection; the request was never sent. */
    tls = NITRO_E_TLS,                                     /**< The handshake failed or the certificate is not trusted. */
    proxy = NITRO_E_PROXY,                                 /**< The proxy could not be used or refused the target. */
    proxy_auth = NITRO_E_PROXY_AUTH,                       /**< The proxy wants credentials, or other ones. */
    connection_lost = NITRO_E_CONNECTION_LOST,             /**< The connection broke with the request on its way. */
    redirect = NITRO_E_REDIRECT,                           /**< A redirect cannot be followed. */
    protocol = NITRO_E_PROTOCOL,                           /**< The peer's answer cannot be understood. */
    truncated = NITRO_E_TRUNCATED,                         /**< A body ended before its promised end. */
    too_large = NITRO_E_TOO_LARGE,                         /**< An answer is larger than the limit for its kind. */
    unverified = NITRO_E_UNVERIFIED,                       /**< A body came without any proof of its end. */
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
    http = NITRO_E_HTTP,                                   /**< Any other status that is no success. */
    not_ready = NITRO_E_NOT_READY,                         /**< The job still runs, so it has no result. */
    job_failed = NITRO_E_JOB_FAILED,                       /**< The job failed, for the service's reason. */
    job_canceled = NITRO_E_JOB_CANCELED,                   /**< The job was canceled at the service. */
    unexpected_result = NITRO_E_UNEXPECTED_RESULT,         /**< The result is not of the kind that was asked for. */
    delivered = NITRO_E_DELIVERED,                         /**< The result was delivered elsewhere, as asked. */
    file = NITRO_E_FILE,                                   /**< A local file could not be written or read. */
    file_exists = NITRO_E_FILE_EXISTS,                     /**< The file is there and was not to be replaced. */
    sink = NITRO_E_SINK                                    /**< What takes the bytes failed. */
};

/** Which time limit ran out. */
enum class limit : std::int32_t {
    none = NITRO_LIMIT_NONE,       /**< None did. */
    connect = NITRO_LIMIT_CONNECT, /**< Resolving, connecting, proxy and TLS together. */
    idle = NITRO_LIMIT_IDLE,       /**< No byte moved for too long. */
    rate = NITRO_LIMIT_RATE,       /**< A body came too slowly. */
    call = NITRO_LIMIT_CALL,       /**< The whole call took too long. */
    wait = NITRO_LIMIT_WAIT        /**< The whole wait took too long. */
};

/** How much a log line matters. */
enum class log_level : std::int32_t {
    warn = NITRO_LOG_WARN, /**< Something is wrong but the call goes on. */
    info = NITRO_LOG_INFO, /**< A change that a person would want to know. */
    debug = NITRO_LOG_DEBUG /**< Each request and its answer. */
};

/** Why a token is asked for. */
enum class token_reason : std::int32_t {
    first = NITRO_TOKEN_FIRST,       /**< There is none yet. */
    expiring = NITRO_TOKEN_EXPIRING, /**< The one there is expires soon, or has expired. */
    refused = NITRO_TOKEN_REFUSED    /**< The service refused the one there is. */
};

/** Where a job stands. Treat one that is not known as a job that still runs. */
enum class job_state : std::int32_t {
    unknown = NITRO_STATE_UNKNOWN,     /**< A word that this version does not know. */
    running = NITRO_STATE_RUNNING,     /**< It is being processed. */
    completed = NITRO_STATE_COMPLETED, /**< It is done and has a result. */
    failed = NITRO_STATE_FAILED,       /**< It failed. */
    canceled = NITRO_STATE_CANCELED    /**< It was canceled at the service. */
};

/** What a result is. */
enum class result_kind : std::int32_t {
    unknown = NITRO_RESULT_UNKNOWN,       /**< Of a kind that this version does not know; its JSON is there. */
    file = NITRO_RESULT_FILE,             /**< One file. */
    files = NITRO_RESULT_FILES,           /**< Several files. */
    text = NITRO_RESULT_TEXT,             /**< The text of a document. */
    tables = NITRO_RESULT_TABLES,         /**< Tables. */
    text_boxes = NITRO_RESULT_TEXT_BOXES, /**< Places where a text was found. */
    pii_boxes = NITRO_RESULT_PII_BOXES,   /**< Places of personal data. */
    properties = NITRO_RESULT_PROPERTIES, /**< A document's properties. */
    form = NITRO_RESULT_FORM,             /**< What a form holds, recognised. */
    form_fields = NITRO_RESULT_FORM_FIELDS /**< The fields of a fillable form. */
};

/** What to do with a file that exists already. */
enum class existing : std::int32_t {
    fail = NITRO_EXISTING_FAIL,       /**< It stays, and the call fails with code::file_exists. */
    replace = NITRO_EXISTING_REPLACE, /**< The new file takes its place once it is whole. */
    number = NITRO_EXISTING_NUMBER    /**< The new file gets a number: "report (2).pdf". */
};

/** How far a run is. */
enum class run_phase : std::int32_t {
    upload = NITRO_RUN_UPLOAD,         /**< The documents are being sent. */
    submitted = NITRO_RUN_SUBMITTED,   /**< There is a job; write its ticket down. */
    processing = NITRO_RUN_PROCESSING, /**< The service works on it. */
    download = NITRO_RUN_DOWNLOAD      /**< A file of the result is being saved. */
};

/** The name of a code in the C header, for example "NITRO_E_TIMEOUT". */
inline const char *code_name(code what) noexcept { return nitro_code_name(static_cast<nitro_code_t>(what)); }

/** What a code means, in a few English words. */
inline const char *code_text(code what) noexcept { return nitro_code_text(static_cast<nitro_code_t>(what)); }

/** The version of the library that the program runs with; compare with NITRO_VERSION. */
inline const char *version() noexcept { return nitro_version(); }

/** The same as a number that can be compared; see NITRO_VERSION_NUMBER. */
inline std::uint32_t version_number() noexcept { return nitro_version_number(); }

/** The documented operations of the service as JSON, for a program that offers them; see nitro_catalog_json(). */
inline const char *catalog_json() noexcept { return nitro_catalog_json(); }

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
