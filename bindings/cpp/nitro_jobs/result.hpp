/** @file
 * What a job has made. */
#ifndef NITRO_JOBS_RESULT_HPP
#define NITRO_JOBS_RESULT_HPP

#include <cstdint>
#include <vector>

#include "handle.hpp"

#if NITRO_HPP_LENDS
#include <string_view>
#endif

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** A file of a result, as the service describes it; a value. */
struct file_info {
    std::string url;          /**< Where it can be had for a while: a secret. Empty if it was delivered elsewhere. */
    std::string content_type; /**< Its media type; empty if the service gave none. */
    std::int64_t size = -1;   /**< Its size in bytes; -1 if the service gave none. */
    std::int64_t pages = -1;  /**< Its number of pages; -1 if the service gave none. */
};

/** The C side of job_result. */
struct c_result {
    typedef nitro_result_t type;                                     /**< The C type. */
    static void free(type *raw) noexcept { nitro_result_free(raw); } /**< Frees one. */
};

/** What a job has made: files, or what was read out of a document. Never changes. Threads: any at once. */
class job_result : public handle<c_result> {
  public:
    using handle<c_result>::handle;
    /** Empty. */
    job_result() noexcept {}

    /** What it is. */
    result_kind kind() const noexcept { return static_cast<result_kind>(nitro_result_kind(get())); }
    /** How many files it has; 0 if it is no file. */
    std::size_t file_count() const noexcept { return nitro_result_file_count(get()); }
    /** File `index`, from 0; an empty one for an index that is none. */
    file_info file(std::size_t index) const {
        file_info file;
        file.url = detail::owned(nitro_result_file_url(get(), index));
        file.content_type = detail::owned(nitro_result_file_content_type(get(), index));
        file.size = nitro_result_file_size(get(), index);
        file.pages = nitro_result_file_pages(get(), index);
        return file;
    }
    /** All files. */
    std::vector<file_info> files() const {
        std::vector<file_info> all;
        all.reserve(file_count());
        for (std::size_t index = 0; index < file_count(); index++) all.push_back(file(index));
        return all;
    }
    /** The text that was extracted; empty if the result is no text. */
    std::string text() const {
        std::size_t length = 0;
        const char *chars = nitro_result_text(get(), &length);
        return chars ? std::string(chars, length) : std::string();
    }
    /** The whole answer exactly as received, checked to be JSON. */
    std::string json() const {
        std::size_t length = 0;
        const char *chars = nitro_result_json(get(), &length);
        return chars ? std::string(chars, length) : std::string();
    }
    /** The result alone, without the answer around it, as JSON exactly as received. */
    NITRO_HPP_NODISCARD returns<std::string> value_json() const {
        detail::given_error err;
        detail::given_text json;
        std::size_t length = 0;
        if (nitro_result_value_json(get(), json.out(), &length, &err.raw) != NITRO_OK)
            return detail::failed<std::string>(err);
        return json.take(length);
    }
#if NITRO_HPP_LENDS
    /** As text(), lent for as long as this lives. */
    std::string_view text_view() const & noexcept {
        std::size_t length = 0;
        const char *chars = nitro_result_text(get(), &length);
        return chars ? std::string_view(chars, length) : std::string_view();
    }
    /** Nothing may be lent by what is about to end. */
    std::string_view text_view() const && = delete;
    /** As json(), lent for as long as this lives. */
    std::string_view json_view() const & noexcept {
        std::size_t length = 0;
        const char *chars = nitro_result_json(get(), &length);
        return chars ? std::string_view(chars, length) : std::string_view();
    }
    /** Nothing may be lent by what is about to end. */
    std::string_view json_view() const && = delete;
#endif
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
