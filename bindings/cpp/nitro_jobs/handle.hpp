/** @file
 * The owner of a C handle. */
#ifndef NITRO_JOBS_HANDLE_HPP
#define NITRO_JOBS_HANDLE_HPP

#include <memory>
#include <string>
#include <utility>

#include "outcome.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/**
 * Owns a C handle: it can be moved, not copied, and its destructor frees it. The base class of every handle.
 *
 * A handle that was moved from, or made without arguments, is empty: accessors return an empty value, and a call with it
 * fails with code::invalid_argument.
 */
template <class C> class handle {
  public:
    /** The C type. */
    typedef typename C::type c_type;

    /** An empty handle. */
    handle() noexcept : raw_(nullptr) {}
    /** Takes ownership of a handle of the C API. */
    explicit handle(c_type *raw) noexcept : raw_(raw) {}
    /** Leaves the other handle empty. */
    handle(handle &&other) noexcept : raw_(other.release()) {}
    /** Frees the current handle and leaves the other one empty. */
    handle &operator=(handle &&other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }
    handle(const handle &) = delete;
    handle &operator=(const handle &) = delete;
    /** Frees the handle. */
    ~handle() { reset(); }

    /** Whether it is not empty. */
    explicit operator bool() const noexcept { return raw_ != nullptr; }
    /** The C handle, which this object still owns. */
    c_type *get() const noexcept { return raw_; }
    /** Releases ownership: the caller must free the handle with the function of the C API. */
    NITRO_HPP_NODISCARD c_type *release() noexcept {
        c_type *raw = raw_;
        raw_ = nullptr;
        return raw;
    }
    /** Frees the current handle and takes ownership of another one, or none. */
    void reset(c_type *raw = nullptr) noexcept {
        if (raw_) C::destroy(raw_);
        raw_ = raw;
    }

  private:
    c_type *raw_;
};

namespace detail {

/** A handle with the callables that its callbacks use. The C handle is freed before them. */
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

/** A string returned by a C call; frees it. */
class owned_text {
  public:
    owned_text() noexcept : raw_(nullptr) {}
    owned_text(const owned_text &) = delete;
    owned_text &operator=(const owned_text &) = delete;
    ~owned_text() { nitro_string_free(raw_); }
    char **out() noexcept { return &raw_; }
    std::string str() const { return raw_ ? std::string(raw_) : std::string(); }
    std::string str(std::size_t length) const { return raw_ ? std::string(raw_, length) : std::string(); }

  private:
    char *raw_;
};

} // namespace detail

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
