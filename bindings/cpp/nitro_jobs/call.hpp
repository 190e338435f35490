/** @file
 * The cancel token and the timeout of a call. */
#ifndef NITRO_JOBS_CALL_HPP
#define NITRO_JOBS_CALL_HPP

#include <chrono>
#include <cstdint>
#include <limits>

#include "handle.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** The C side of cancel_token. */
struct c_cancel {
    typedef nitro_cancel_t type;                                           /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_cancel_free(raw); }       /**< Frees one. */
};

/**
 * Cancels the calls that it was passed to, from any thread. It cannot be reset: make a new one for new work.
 *
 * Threads: any number at once. It may be destroyed while calls use it; those calls can then no longer be cancelled.
 */
class cancel_token : public handle<c_cancel> {
  public:
    /** A token that has not been triggered. */
    cancel_token() : handle<c_cancel>(nitro_cancel_new()) {}
    /** Takes ownership of a handle of the C API. */
    explicit cancel_token(nitro_cancel_t *raw) noexcept : handle<c_cancel>(raw) {}

    /** Ends each call that uses it, and each later one, with code::cancelled. Must not be called in a signal handler. */
    void trigger() const noexcept { nitro_cancel_trigger(get()); }
    /** Whether it has been triggered. */
    NITRO_HPP_NODISCARD bool is_triggered() const noexcept { return nitro_cancel_is_triggered(get()) != 0; }
};

/** The type of no_limit. */
struct no_limit_t {};
/** Instead of a timeout: no timeout for the whole call. The client's idle timeout and minimum rate still apply. */
constexpr no_limit_t no_limit{};

namespace detail {

/** Whole milliseconds, rounded up and clamped to the range of the C API. */
template <class Rep, class Period>
std::int64_t to_milliseconds(const std::chrono::duration<Rep, Period> &time) noexcept {
    const double real = std::chrono::duration<double, std::milli>(time).count();
    if (!(real < 9.2e18)) return (std::numeric_limits<std::int64_t>::max)();
    if (real < -9.2e18) return (std::numeric_limits<std::int64_t>::min)();
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(time);
    return static_cast<std::int64_t>(whole.count()) + (whole < time ? 1 : 0);
}

} // namespace detail

/**
 * The cancel token and the timeout of a call: `job.status(token)`, `job.status(std::chrono::seconds(5))`,
 * `job.status({token, no_limit})`.
 *
 * By default the client's own timeouts apply. A timeout of zero or less expires at once; it never means "no timeout".
 */
class call {
  public:
    /** The client's own timeouts. */
    call() noexcept : cancel_(nullptr), timeout_ms_(-1) {}
    /** With a cancel token, which must outlive the call. */
    call(const cancel_token &cancel) noexcept : cancel_(cancel.get()), timeout_ms_(-1) {}
    /** With a timeout for the whole call. */
    template <class Rep, class Period>
    call(const std::chrono::duration<Rep, Period> &timeout) noexcept : cancel_(nullptr), timeout_ms_(to_timeout(timeout)) {}
    /** Without a timeout for the whole call. */
    call(no_limit_t) noexcept : cancel_(nullptr), timeout_ms_(0) {}
    /** With a cancel token and a timeout. */
    template <class Rep, class Period>
    call(const cancel_token &cancel, const std::chrono::duration<Rep, Period> &timeout) noexcept
        : cancel_(cancel.get()), timeout_ms_(to_timeout(timeout)) {}
    /** With a cancel token and without a timeout. */
    call(const cancel_token &cancel, no_limit_t) noexcept : cancel_(cancel.get()), timeout_ms_(0) {}
    /** Deleted: a temporary token cannot be triggered. */
    call(const cancel_token &&) = delete;
    /** Deleted: a temporary token cannot be triggered. */
    template <class Time> call(const cancel_token &&, const Time &) = delete;

    /** The cancel token as the C API takes it. */
    const nitro_cancel_t *cancel() const noexcept { return cancel_; }
    /** The timeout as the C API takes it. */
    std::int64_t timeout_ms() const noexcept { return timeout_ms_; }

  private:
    template <class Rep, class Period>
    static std::int64_t to_timeout(const std::chrono::duration<Rep, Period> &timeout) noexcept {
        const std::int64_t ms = detail::to_milliseconds(timeout);
        return ms > 0 ? ms : 1;
    }

    const nitro_cancel_t *cancel_;
    std::int64_t timeout_ms_;
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
