/** @file
 * String arguments of the library, in UTF-8. */
#ifndef NITRO_JOBS_TEXT_HPP
#define NITRO_JOBS_TEXT_HPP

#include <cstddef>
#include <string>
#include <utility>

#include "config.hpp"

#if NITRO_HPP_LENDS
#include <string_view>
#endif

namespace nitro {
inline namespace NITRO_HPP_MODE {

/**
 * A UTF-8 string argument: a literal, a std::string, and from C++17 on a std::string_view or a std::filesystem::path. It is
 * valid for the duration of the call. A string that contains a NUL is rejected.
 */
class text {
  public:
    /** A string that ends with NUL. */
    text(const char *chars) noexcept : chars_(chars), whole_(true) {}
    /** Deleted: a null pointer is not a string. */
    text(std::nullptr_t) = delete;
    /** A string, which is not copied. */
    text(const std::string &chars) noexcept : chars_(chars.c_str()), whole_(chars.find('\0') == std::string::npos) {}
#if NITRO_HPP_LENDS
    /** A string view, which is copied. */
    text(std::string_view chars) : own_(chars), chars_(own_.c_str()), whole_(own_.find('\0') == std::string::npos) {}
    /** A path, as UTF-8 on every platform. */
    template <class Path, class = decltype(std::declval<const Path &>().lexically_normal())>
    text(const Path &path) : whole_(true) {
        const auto chars = path.u8string();
        own_.assign(chars.begin(), chars.end());
        chars_ = own_.c_str();
        whole_ = own_.find('\0') == std::string::npos;
    }
#endif
    text(const text &) = delete;
    text &operator=(const text &) = delete;

    /** The string as the C API takes it. */
    const char *c_str() const noexcept { return chars_; }
    /** Whether it is free of NUL, which would truncate it in C. */
    bool is_whole() const noexcept { return whole_; }

  private:
#if NITRO_HPP_LENDS
    std::string own_;
#endif
    const char *chars_ = nullptr;
    bool whole_;
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
