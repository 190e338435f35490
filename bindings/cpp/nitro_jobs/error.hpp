/** @file
 * Errors: the value that describes one, and the exceptions that hold it. */
#ifndef NITRO_JOBS_ERROR_HPP
#define NITRO_JOBS_ERROR_HPP

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "codes.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/**
 * Describes why a call failed, with everything that helps to handle it. A copyable value.
 *
 * It never contains a token or a password. A string without a value is empty.
 */
struct error_info {
    nitro::code code = nitro::code::ok;    /**< The error code. */
    std::string message;                   /**< What failed and what to do next, for people. */
    int http_status = 0;                   /**< The HTTP status of an error response; 0 if there was none. */
    std::string problem_type;              /**< The problem type, for example "PDFIsPasswordProtected". */
    std::string problem_title;             /**< The problem title. */
    std::string problem_detail;            /**< The problem detail: an explanation of this occurrence. */
    std::string problem_json;              /**< The problem document as received: JSON, or any other body. */
    std::chrono::milliseconds retry_after{-1}; /**< The delay that the service requests; -1 ms if none. */
    bool retryable = false;                /**< Whether a retry without any change may succeed. */
    nitro::limit limit = nitro::limit::none; /**< Which timeout expired. */
    std::string reference_id;              /**< The id to quote to Nitro's support. */
    bool uncertain = false;                /**< Whether a failed submission may have started a job. */
    std::string ticket_json;               /**< The ticket of the job that the error is about. */
    std::string path;                      /**< The file that could not be read or written. */
    int os_error = 0;                      /**< The operating system's error for it, for example ENOENT; 0 if none. */
};

namespace detail {

inline std::string copied(const char *text) { return text ? std::string(text) : std::string(); }

/** Copies the fields of a C error. */
inline error_info info_of(const nitro_error_t *err) {
    error_info info;
    info.code = static_cast<code>(nitro_error_code(err));
    info.message = copied(nitro_error_message(err));
    info.http_status = nitro_error_http_status(err);
    info.problem_type = copied(nitro_error_problem_type(err));
    info.problem_title = copied(nitro_error_problem_title(err));
    info.problem_detail = copied(nitro_error_problem_detail(err));
    info.problem_json = copied(nitro_error_problem_json(err));
    info.retry_after = std::chrono::milliseconds(nitro_error_retry_after_ms(err));
    info.retryable = nitro_error_is_retryable(err) != 0;
    info.limit = static_cast<limit>(nitro_error_limit(err));
    info.reference_id = copied(nitro_error_reference_id(err));
    info.uncertain = nitro_error_is_uncertain(err) != 0;
    info.ticket_json = copied(nitro_error_ticket_json(err));
    info.path = copied(nitro_error_path(err));
    info.os_error = nitro_error_os_error(err);
    return info;
}

/** An error returned by a C call; frees it. */
struct owned_error {
    nitro_error_t *raw = nullptr; /**< Set by the call. */
    owned_error() noexcept {}
    owned_error(const owned_error &) = delete;
    owned_error &operator=(const owned_error &) = delete;
    ~owned_error() {
        if (raw) nitro_error_free(raw);
    }
};

/** The error for a string that C would truncate. */
inline error_info contains_nul() {
    error_info info;
    info.code = code::invalid_argument;
    info.message = "A string argument contains a NUL character. Nothing was sent. Remove the NUL character.";
    return info;
}

} // namespace detail

#if NITRO_HPP_EXCEPTIONS

/** A call failed: the base class of all exceptions of this binding. Copying one does not throw. */
class error : public std::exception {
  public:
    /** An exception for this error. */
    explicit error(error_info info) : info_(std::make_shared<error_info>(std::move(info))) {}

    /** What failed and what to do next. */
    const char *what() const noexcept override { return info_->message.c_str(); }
    /** Everything that is known about the error. */
    const error_info &info() const noexcept { return *info_; }
    /** The error code. */
    nitro::code code() const noexcept { return info_->code; }

  private:
    std::shared_ptr<const error_info> info_;
};

/** An argument or option cannot be used. */
class argument_error : public error {
  public:
    using error::error;
};
/** A defect in the library that was caught, out of memory, or a handle that another thread is using. */
class library_error : public error {
  public:
    using error::error;
};
/** The program ended the call itself. */
class interrupted_error : public error {
  public:
    using error::error;
};
/** A cancel token was triggered. */
class cancelled_error : public interrupted_error {
  public:
    using interrupted_error::interrupted_error;
};
/** A callback returned "stop". */
class stopped_error : public interrupted_error {
  public:
    using interrupted_error::interrupted_error;
};
/** A timeout expired; error_info::limit is which one. */
class timeout_error : public error {
  public:
    using error::error;
};
/** The wait timeout expired. The job continues: its ticket is in error_info::ticket_json. */
class wait_timeout_error : public timeout_error {
  public:
    using timeout_error::timeout_error;
};
/** The network failed: DNS, connections, TLS, proxies, and responses that are incomplete or malformed. */
class connection_error : public error {
  public:
    using error::error;
};
/** The service returned an error response: see error_info::http_status and the problem fields. */
class service_error : public error {
  public:
    using error::error;
};
/** The token is missing, wrong or expired. */
class unauthorized_error : public service_error {
  public:
    using service_error::service_error;
};
/** The job does not exist, does no longer exist, or its files were deleted. */
class not_found_error : public service_error {
  public:
    using service_error::service_error;
};
/** Too many requests: see error_info::retry_after. */
class rate_limited_error : public service_error {
  public:
    using service_error::service_error;
};
/** The job does not have this result: it is not ready, it failed, it was canceled, or the result is of another kind. */
class job_error : public error {
  public:
    using error::error;
};
/** The job failed; the problem fields have the service's reason. */
class job_failed_error : public job_error {
  public:
    using job_error::job_error;
};
/** The job was canceled at the service. */
class job_canceled_error : public job_error {
  public:
    using job_error::job_error;
};
/** A local file could not be read or written. */
class file_error : public error {
  public:
    using error::error;
};

/** Throws the exception class that belongs to the error code. */
[[noreturn]] inline void raise(error_info info) {
    const auto number = static_cast<nitro_code_t>(info.code);
    switch (info.code) {
    case code::invalid_argument: throw argument_error(std::move(info));
    case code::cancelled: throw cancelled_error(std::move(info));
    case code::stopped: throw stopped_error(std::move(info));
    case code::timeout: throw timeout_error(std::move(info));
    case code::wait_timeout: throw wait_timeout_error(std::move(info));
    case code::unauthorized: throw unauthorized_error(std::move(info));
    case code::not_found:
    case code::gone: throw not_found_error(std::move(info));
    case code::rate_limited: throw rate_limited_error(std::move(info));
    case code::job_failed: throw job_failed_error(std::move(info));
    case code::job_canceled: throw job_canceled_error(std::move(info));
    default: break;
    }
    // All other codes by group, so that codes added later map to their group.
    if (number > 0 && number < 10) throw library_error(std::move(info));
    if (number >= 20 && number < 40) throw connection_error(std::move(info));
    if (number >= 40 && number < 60) throw service_error(std::move(info));
    if (number >= 60 && number < 70) throw job_error(std::move(info));
    if (number >= 70 && number < 80) throw file_error(std::move(info));
    throw error(std::move(info));
}

#endif

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
