/** @file
 * The one owner of a C handle. */
#ifndef NITRO_JOBS_HANDLE_HPP
#define NITRO_JOBS_HANDLE_HPP

#include <memory>
#include <string>
#include <utility>

#include "outcome.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/**
 * Owns a C handle: moved, not copied, and freed at the end. Base of every handle below.
 *
 * One that was moved from, or made without arguments, is empty: accessors give their empty value, and a call with it fails
 * with code::invalid_argument.
 */
template <class C> class handle {
  public:
    /** The C type. */
    typedef typename C::type c_type;

    /** Empty. */
    handle() noexcept : raw_(nullptr) {}
    /** Takes over a handle of the C API. */
    explicit handle(c_type *raw) noexcept : raw_(raw) {}
    /** Leaves the other one empty. */
    handle(handle &&other) noexcept : raw_(other.release()) {}
    /** Frees what it had and leaves the other one empty. */
    handle &operator=(handle &&other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }
    handle(const handle &) = delete;
    handle &operator=(const handle &) = delete;
    /** Frees it. */
    ~handle() { reset(); }

    /** Whether it is not empty. */
    explicit operator bool() const noexcept { return raw_ != nullptr; }
    /** The handle for functions of the C API; it stays owned. */
    c_type *get() const noexcept { return raw_; }
    /** Gives the handle up: the caller frees it with the function of the C API. */
    NITRO_HPP_NODISCARD c_type *release() noexcept {
        c_type *raw = raw_;
        raw_ = nullptr;
        return raw;
    }
    /** Frees what it has and takes over another one, or none. */
    void reset(c_type *raw = nullptr) noexcept {
        if (raw_) C::free(raw_);
        raw_ = raw;
    }

  private:
    c_type *raw_;
};

namespace detail {

/** What the C handle's callbacks need for as long as it lives: it is freed before they are. */
template <class C> class hooked : public handle<C> {
  public:
    hooked() noexcept {}
    explicit hooked(typename C::type *raw, std::shared_ptr<const void> hooks = nullptr) noexcept
        : handle<C>(raw), hooks_(std::move(hooks)) {}
    hooked(hooked &&other) noexcept = default;
    hooked &operator=(hooked &&other) noexcept {
        handle<C>::operator=(std::move(other));
        hooks_ = std::move(other.hooks_);
        return *this;
    }
    ~hooked() { this->reset(); }

  protected:
    const std::shared_ptr<const void> &hooks() const noexcept { return hooks_; }

  private:
    std::shared_ptr<const void> hooks_;
};

/** A string that a call gave away. */
class given_text {
  public:
    given_text() noexcept : raw_(nullptr) {}
    given_text(const given_text &) = delete;
    given_text &operator=(const given_text &) = delete;
    ~given_text() { nitro_string_free(raw_); }
    char **out() noexcept { return &raw_; }
    std::string take() const { return raw_ ? std::string(raw_) : std::string(); }
    std::string take(std::size_t length) const { return raw_ ? std::string(raw_, length) : std::string(); }

  private:
    char *raw_;
};

} // namespace detail

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
