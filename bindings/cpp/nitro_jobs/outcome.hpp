/** @file
 * The outcome of a call: its value, or an error that is thrown or returned. */
#ifndef NITRO_JOBS_OUTCOME_HPP
#define NITRO_JOBS_OUTCOME_HPP

#include <cstdlib>
#include <memory>
#include <type_traits>
#include <utility>

#include "error.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** Either the value of a call or its error. Without exceptions every call that can fail returns one. */
template <class T> class NITRO_HPP_NODISCARD outcome {
  public:
    /** A success with this value. */
    outcome(T value) : value_(std::move(value)) {}
    /** An error. */
    outcome(error_info failure) : value_(), failure_(std::make_shared<error_info>(std::move(failure))) {}

    /** Whether there is a value. */
    explicit operator bool() const noexcept { return !failure_; }
    /** The code; code::ok on success. */
    nitro::code code() const noexcept { return failure_ ? failure_->code : nitro::code::ok; }
    /** The error; with an empty message on success. */
    error_info error() const { return failure_ ? *failure_ : error_info(); }

    /** The value. Throws the error if there is one; without exceptions it aborts the program. */
    T &value() & { return require_value(), value_; }
    /** The same, read-only. */
    const T &value() const & { return require_value(), value_; }
    /** The value, moved out. */
    T value() && { return require_value(), std::move(value_); }
    /** The value, as value() gives it. */
    T &operator*() & { return value(); }
    /** The same, read-only. */
    const T &operator*() const & { return value(); }
    /** The value, moved out. */
    T operator*() && { return std::move(*this).value(); }
    /** A member of the value. */
    T *operator->() { return std::addressof(value()); }
    /** The same, read-only. */
    const T *operator->() const { return std::addressof(value()); }

  private:
    void require_value() const {
        if (!failure_) return;
#if NITRO_HPP_EXCEPTIONS
        raise(*failure_);
#else
        std::abort();
#endif
    }

    T value_;
    std::shared_ptr<const error_info> failure_;
};

/** Success without a value, or an error. */
template <> class NITRO_HPP_NODISCARD outcome<void> {
  public:
    /** A success. */
    outcome() noexcept {}
    /** An error. */
    outcome(error_info failure) : failure_(std::make_shared<error_info>(std::move(failure))) {}

    /** Whether the call succeeded. */
    explicit operator bool() const noexcept { return !failure_; }
    /** The code; code::ok on success. */
    nitro::code code() const noexcept { return failure_ ? failure_->code : nitro::code::ok; }
    /** The error; with an empty message on success. */
    error_info error() const { return failure_ ? *failure_ : error_info(); }
    /** Throws the error if there is one; without exceptions it aborts the program. */
    void value() const {
        if (!failure_) return;
#if NITRO_HPP_EXCEPTIONS
        raise(*failure_);
#else
        std::abort();
#endif
    }

  private:
    std::shared_ptr<const error_info> failure_;
};

#if NITRO_HPP_EXCEPTIONS
/** The return type of a call that can fail: the value, because errors are thrown. */
template <class T> using returns = T;
#else
/** The return type of a call that can fail: an outcome, because nothing can be thrown. */
template <class T> using returns = outcome<T>;
#endif

namespace detail {

#if NITRO_HPP_EXCEPTIONS
/** The exception that a callback threw during the current call of this thread. */
inline std::exception_ptr &pending_exception() noexcept {
    static thread_local std::exception_ptr slot;
    return slot;
}

/** Throws the exception of a callback if there is one, because it caused the error; otherwise the error. */
template <class T> [[noreturn]] inline T failed(const owned_error &err) {
    if (pending_exception()) {
        std::exception_ptr thrown;
        std::swap(thrown, pending_exception());
        std::rethrow_exception(std::move(thrown));
    }
    raise(info_of(err.raw));
}

template <class T> [[noreturn]] inline T rejected(error_info info) { raise(std::move(info)); }

inline void succeeded() noexcept {}
#else
template <class T> inline outcome<T> failed(const owned_error &err) { return info_of(err.raw); }

template <class T> inline outcome<T> rejected(error_info info) { return info; }

inline outcome<void> succeeded() noexcept { return outcome<void>(); }
#endif

} // namespace detail

#if NITRO_HPP_EXCEPTIONS
namespace detail {

template <class F, class T> struct attempt_call {
    static outcome<T> of(F &call) {
        try {
            return outcome<T>(call());
        } catch (const error &failure) {
            return outcome<T>(failure.info());
        }
    }
};

template <class F> struct attempt_call<F, void> {
    static outcome<void> of(F &call) {
        try {
            call();
            return outcome<void>();
        } catch (const error &failure) {
            return outcome<void>(failure.info());
        }
    }
};

} // namespace detail

/** Makes a call and returns its outcome, with and without exceptions. Other exceptions are not caught. */
template <class F> auto attempt(F call) -> outcome<decltype(call())> {
    return detail::attempt_call<F, decltype(call())>::of(call);
}
#else
/** Makes a call and returns its outcome, with and without exceptions. */
template <class F> auto attempt(F call) -> decltype(call()) { return call(); }
#endif

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
