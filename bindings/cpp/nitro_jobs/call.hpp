/** @file
 * How a call is bounded: a token that cancels it, and a time limit. */
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
    static void free(type *raw) noexcept { nitro_cancel_free(raw); }       /**< Frees one. */
};

/**
 * Stops the calls that it was given to, from any thread. Cannot be reset: make a new one for new work.
 *
 * Threads: any at once; it may end while calls use it, which then can no longer be cancelled.
 */
class cancel_token : public handle<c_cancel> {
  public:
    /** One that has not been triggered. */
    cancel_token() : handle<c_cancel>(nitro_cancel_new()) {}
    /** Takes over a handle of the C API. */
    explicit cancel_token(nitro_cancel_t *raw) noexcept : handle<c_cancel>(raw) {}

    /** Each call that was given it ends with code::cancelled, and so does each later one. Not for signal handlers. */
    void trigger() const noexcept { nitro_cancel_trigger(get()); }
    /** Whether it has been triggered. */
    NITRO_HPP_NODISCARD bool is_triggered() const noexcept { return nitro_cancel_is_triggered(get()) != 0; }
};

/** The type of no_limit. */
struct no_limit_t {};
/** Instead of a time: as long as it takes. Silence and slowness beyond the client's options end a call all the same. */
constexpr no_limit_t no_limit{};

namespace detail {

/** Whole milliseconds, rounded up, within what C can say. */
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
 * What bounds a call: `job.status(token)`, `job.status(std::chrono::seconds(5))`, `job.status({token, no_limit})`.
 *
 * Without anything the client's own limits hold. A time that is zero or less is over at once; it is never "no limit".
 */
class call {
  public:
    /** The client's own limits. */
    call() noexcept : cancel_(nullptr), timeout_ms_(-1) {}
    /** With a token, which must live as long as the call. */
    call(const cancel_token &cancel) noexcept : cancel_(cancel.get()), timeout_ms_(-1) {}
    /** With a time limit on the whole call. */
    template <class Rep, class Period>
    call(const std::chrono::duration<Rep, Period> &timeout) noexcept : cancel_(nullptr), timeout_ms_(limit(timeout)) {}
    /** Without a limit on the whole call. */
    call(no_limit_t) noexcept : cancel_(nullptr), timeout_ms_(0) {}
    /** With both. */
    template <class Rep, class Period>
    call(const cancel_token &cancel, const std::chrono::duration<Rep, Period> &timeout) noexcept
        : cancel_(cancel.get()), timeout_ms_(limit(timeout)) {}
    /** With a token and without a limit. */
    call(const cancel_token &cancel, no_limit_t) noexcept : cancel_(cancel.get()), timeout_ms_(0) {}
    /** Nobody could trigger it. */
    call(const cancel_token &&) = delete;
    /** Nobody could trigger it. */
    template <class Time> call(const cancel_token &&, const Time &) = delete;

    /** For C. */
    const nitro_cancel_t *cancel() const noexcept { return cancel_; }
    /** For C. */
    std::int64_t timeout_ms() const noexcept { return timeout_ms_; }

  private:
    template <class Rep, class Period>
    static std::int64_t limit(const std::chrono::duration<Rep, Period> &timeout) noexcept {
        const std::int64_t ms = detail::to_milliseconds(timeout);
        return ms > 0 ? ms : 1;
    }

    const nitro_cancel_t *cancel_;
    std::int64_t timeout_ms_;
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
