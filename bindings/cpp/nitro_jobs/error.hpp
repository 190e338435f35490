/** @file
 * What went wrong, as a value, and the exceptions that carry it. */
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
 * What went wrong in one call, with everything that helps to act on it; a value, to be copied and kept.
 *
 * No token and no password is ever in it. A text is empty where there is none.
 */
struct error_info {
    nitro::code code = nitro::code::ok;    /**< The code of the failure. */
    std::string message;                   /**< What went wrong and what to do next, for people. */
    int http_status = 0;                   /**< The status of the service's refusal; 0 if the failure is not its. */
    std::string problem_type;              /**< The service's type of problem, for example "PDFIsPasswordProtected". */
    std::string problem_title;             /**< The service's title of it. */
    std::string problem_detail;            /**< The service's explanation of this occurrence. */
    std::string problem_json;              /**< The service's whole account, as received: JSON, or whatever came. */
    std::chrono::milliseconds retry_after{-1}; /**< The pause that the service asks for; -1 ms if it said nothing. */
    bool retryable = false;                /**< The same call may succeed later without any change. */
    nitro::limit limit = nitro::limit::none; /**< Which time limit ran out. */
    std::string reference_id;              /**< The id to quote to Nitro's support. */
    bool uncertain = false;                /**< A submission failed but may have started a job all the same. */
    std::string ticket_json;               /**< The ticket of the job that the failure is about. */
};

namespace detail {

inline std::string owned(const char *text) { return text ? std::string(text) : std::string(); }

/** Copies what a C error lends. */
inline error_info info_of(const nitro_error_t *err) {
    error_info info;
    info.code = static_cast<code>(nitro_error_code(err));
    info.message = owned(nitro_error_message(err));
    info.http_status = nitro_error_http_status(err);
    info.problem_type = owned(nitro_error_problem_type(err));
    info.problem_title = owned(nitro_error_problem_title(err));
    info.problem_detail = owned(nitro_error_problem_detail(err));
    info.problem_json = owned(nitro_error_problem_json(err));
    info.retry_after = std::chrono::milliseconds(nitro_error_retry_after_ms(err));
    info.retryable = nitro_error_is_retryable(err) != 0;
    info.limit = static_cast<limit>(nitro_error_limit(err));
    info.reference_id = owned(nitro_error_reference_id(err));
    info.uncertain = nitro_error_is_uncertain(err) != 0;
    info.ticket_json = owned(nitro_error_ticket_json(err));
    return info;
}

/** The error that a call gave away. */
struct given_error {
    nitro_error_t *raw = nullptr; /**< Where the call puts it. */
    given_error() noexcept {}
    given_error(const given_error &) = delete;
    given_error &operator=(const given_error &) = delete;
    ~given_error() {
        if (raw) nitro_error_free(raw);
    }
};

/** The failure of a text that C would cut short. */
inline error_info cut_text() {
    error_info info;
    info.code = code::invalid_argument;
    info.message = "a text has a NUL in it: nothing behind it would be seen. Nothing was sent.";
    return info;
}

} // namespace detail

#if NITRO_HPP_EXCEPTIONS

/** A call failed: the root of all exceptions of this binding. Copying one does not throw. */
class error : public std::exception {
  public:
    /** An exception of this failure. */
    explicit error(error_info info) : info_(std::make_shared<error_info>(std::move(info))) {}

    /** What went wrong and what to do next. */
    const char *what() const noexcept override { return info_->message.c_str(); }
    /** Everything that is known of it. */
    const error_info &info() const noexcept { return *info_; }
    /** Its code. */
    nitro::code code() const noexcept { return info_->code; }

  private:
    std::shared_ptr<const error_info> info_;
};

/** The program's own mistake: an argument or option cannot be used. */
class argument_error : public error {
  public:
    using error::error;
};
/** The library's side: a defect that was caught, no memory, or a handle that another thread uses. */
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
/** A callable said stop. */
class stopped_error : public interrupted_error {
  public:
    using interrupted_error::interrupted_error;
};
/** A time limit ran out; error_info::limit says which. */
class timeout_error : public error {
  public:
    using error::error;
};
/** The time to wait for a job ran out. The job goes on: its ticket is in error_info::ticket_json. */
class wait_timeout_error : public timeout_error {
  public:
    using timeout_error::timeout_error;
};
/** The way to the service: names, connections, TLS, proxies, and answers that break off or cannot be understood. */
class connection_error : public error {
  public:
    using error::error;
};
/** The service refused: error_info::http_status and the problem say why. */
class service_error : public error {
  public:
    using error::error;
};
/** The token is missing, wrong or expired. */
class unauthorized_error : public service_error {
  public:
    using service_error::service_error;
};
/** There is no such job, or no longer; or its files were deleted. */
class not_found_error : public service_error {
  public:
    using service_error::service_error;
};
/** Too many requests: error_info::retry_after. */
class rate_limited_error : public service_error {
  public:
    using service_error::service_error;
};
/** The job has no such result: it is not ready, it failed, it was canceled, it made something else. */
class job_error : public error {
  public:
    using error::error;
};
/** The job failed, for the service's reason. */
class job_failed_error : public job_error {
  public:
    using job_error::job_error;
};
/** The job was canceled at the service. */
class job_canceled_error : public job_error {
  public:
    using job_error::job_error;
};
/** A local file. */
class file_error : public error {
  public:
    using error::error;
};

/** Throws the exception that goes with the code of a failure. */
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
    // The rest by group; a code that is added later is of its group, too.
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
