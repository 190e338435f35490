/** @file
 * The result of a job. */
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

/** A file of a result, as the service describes it. A copyable value. */
struct file_info {
    std::string url;          /**< Its URL, valid for a limited time; a secret. Empty if the file was delivered elsewhere. */
    std::string content_type; /**< Its media type; empty if unknown. */
    std::int64_t size = -1;   /**< Its size in bytes; -1 if unknown. */
    std::int64_t pages = -1;  /**< Its number of pages; -1 if unknown. */
};

/** The C side of job_result. */
struct c_result {
    typedef nitro_result_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_result_free(raw); } /**< Frees one. */
};

/** The result of a job: files, or the data extracted from a document. Immutable. Threads: any number at once. */
class job_result : public handle<c_result> {
  public:
    using handle<c_result>::handle;
    /** An empty handle. */
    job_result() noexcept {}

    /** The kind of the result. */
    result_kind kind() const noexcept { return static_cast<result_kind>(nitro_result_kind(get())); }
    /** The number of files; 0 if the result is not a file. */
    std::size_t file_count() const noexcept { return nitro_result_file_count(get()); }
    /** The file at `index`, from 0; an empty value if the index is out of range. */
    file_info file(std::size_t index) const {
        file_info file;
        file.url = detail::copied(nitro_result_file_url(get(), index));
        file.content_type = detail::copied(nitro_result_file_content_type(get(), index));
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
    /** The extracted text; empty if the result is not a text. */
    std::string text() const {
        std::size_t length = 0;
        const char *chars = nitro_result_text(get(), &length);
        return chars ? std::string(chars, length) : std::string();
    }
    /** The whole response body exactly as received, checked to be JSON. */
    std::string json() const {
        std::size_t length = 0;
        const char *chars = nitro_result_json(get(), &length);
        return chars ? std::string(chars, length) : std::string();
    }
    /** Only the result, without the rest of the response, as JSON exactly as received. */
    NITRO_HPP_NODISCARD returns<std::string> value_json() const {
        detail::owned_error err;
        detail::owned_text json;
        std::size_t length = 0;
        if (nitro_result_value_json(get(), json.out(), &length, &err.raw) != NITRO_OK)
            return detail::failed<std::string>(err);
        return json.str(length);
    }
#if NITRO_HPP_LENDS
    /** As text(), valid for the lifetime of this handle. */
    std::string_view text_view() const & noexcept {
        std::size_t length = 0;
        const char *chars = nitro_result_text(get(), &length);
        return chars ? std::string_view(chars, length) : std::string_view();
    }
    /** Deleted: the view would outlive its owner. */
    std::string_view text_view() const && = delete;
    /** As json(), valid for the lifetime of this handle. */
    std::string_view json_view() const & noexcept {
        std::size_t length = 0;
        const char *chars = nitro_result_json(get(), &length);
        return chars ? std::string_view(chars, length) : std::string_view();
    }
    /** Deleted: the view would outlive its owner. */
    std::string_view json_view() const && = delete;
#endif
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
