/** @file
 * What a call gives: its value, or the failure, thrown or returned. */
#ifndef NITRO_JOBS_OUTCOME_HPP
#define NITRO_JOBS_OUTCOME_HPP

#include <cstdlib>
#include <memory>
#include <type_traits>
#include <utility>

#include "error.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** Either the value of a call or what went wrong. Without exceptions every call that can fail returns one. */
template <class T> class NITRO_HPP_NODISCARD outcome {
  public:
    /** A success with this value. */
    outcome(T value) : value_(std::move(value)) {}
    /** A failure. */
    outcome(error_info failure) : value_(), failure_(std::make_shared<error_info>(std::move(failure))) {}

    /** Whether there is a value. */
    explicit operator bool() const noexcept { return !failure_; }
    /** The code; code::ok on success. */
    nitro::code code() const noexcept { return failure_ ? failure_->code : nitro::code::ok; }
    /** What went wrong; without any words on success. */
    error_info error() const { return failure_ ? *failure_ : error_info(); }

    /** The value. Of a failure: throws it, or ends the program where nothing can be thrown. */
    T &value() & { return must(), value_; }
    /** The same, to look at. */
    const T &value() const & { return must(), value_; }
    /** The value, to keep. */
    T value() && { return must(), std::move(value_); }
    /** The value, as value() gives it. */
    T &operator*() & { return value(); }
    /** The same, to look at. */
    const T &operator*() const & { return value(); }
    /** The value, to keep. */
    T operator*() && { return std::move(*this).value(); }
    /** A member of the value. */
    T *operator->() { return std::addressof(value()); }
    /** The same, to look at. */
    const T *operator->() const { return std::addressof(value()); }

  private:
    void must() const {
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

/** Success without a value, or what went wrong. */
template <> class NITRO_HPP_NODISCARD outcome<void> {
  public:
    /** A success. */
    outcome() noexcept {}
    /** A failure. */
    outcome(error_info failure) : failure_(std::make_shared<error_info>(std::move(failure))) {}

    /** Whether it went well. */
    explicit operator bool() const noexcept { return !failure_; }
    /** The code; code::ok on success. */
    nitro::code code() const noexcept { return failure_ ? failure_->code : nitro::code::ok; }
    /** What went wrong; without any words on success. */
    error_info error() const { return failure_ ? *failure_ : error_info(); }
    /** Nothing. Of a failure: throws it, or ends the program where nothing can be thrown. */
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
/** What a call that can fail returns: the value itself, as a failure is thrown. */
template <class T> using returns = T;
#else
/** What a call that can fail returns: an outcome, as nothing can be thrown. */
template <class T> using returns = outcome<T>;
#endif

namespace detail {

#if NITRO_HPP_EXCEPTIONS
/** What a callable threw inside the call that is under way on this thread. */
inline std::exception_ptr &carried() noexcept {
    static thread_local std::exception_ptr slot;
    return slot;
}

/** Throws what a callable threw; else the failure. The program's own exception is the cause and goes first. */
template <class T> [[noreturn]] inline T failed(const given_error &err) {
    if (carried()) {
        std::exception_ptr thrown;
        std::swap(thrown, carried());
        std::rethrow_exception(std::move(thrown));
    }
    raise(info_of(err.raw));
}

template <class T> [[noreturn]] inline T refused(error_info info) { raise(std::move(info)); }

inline void done() noexcept {}
#else
template <class T> inline outcome<T> failed(const given_error &err) { return info_of(err.raw); }

template <class T> inline outcome<T> refused(error_info info) { return info; }

inline outcome<void> done() noexcept { return outcome<void>(); }
#endif

} // namespace detail

#if NITRO_HPP_EXCEPTIONS
namespace detail {

template <class F, class T> struct attempted {
    static outcome<T> of(F &call) {
        try {
            return outcome<T>(call());
        } catch (const error &failure) {
            return outcome<T>(failure.info());
        }
    }
};

template <class F> struct attempted<F, void> {
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

/** Makes a call and gives its outcome: the same source with and without exceptions. Other exceptions pass. */
template <class F> auto attempt(F call) -> outcome<decltype(call())> {
    return detail::attempted<F, decltype(call())>::of(call);
}
#else
/** Makes a call and gives its outcome: the same source with and without exceptions. */
template <class F> auto attempt(F call) -> decltype(call()) { return call(); }
#endif

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
