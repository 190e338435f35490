/** @file
 * A submission: the request that starts a job. */
#ifndef NITRO_JOBS_SUBMISSION_HPP
#define NITRO_JOBS_SUBMISSION_HPP

#include <vector>

#include "callback.hpp"
#include "text.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** The media type of a document. Without one it is derived from the name, or from the first bytes of the document. */
class content_type {
  public:
    /** To be detected. */
    content_type() noexcept {}
    /** A given type, for example "application/pdf". */
    content_type(const char *type) : type_(type), known_(true) {}
    /** A given type, for example "application/pdf". */
    content_type(std::string type) : type_(std::move(type)), known_(true) {}
    /** Deleted: a null pointer is not a type. */
    content_type(std::nullptr_t) = delete;
    /** The type as the C API takes it. */
    const char *c_str() const noexcept { return known_ ? type_.c_str() : nullptr; }
    /** Whether it is free of NUL, which would truncate it in C. */
    bool is_whole() const noexcept { return type_.find('\0') == std::string::npos; }

  private:
    std::string type_;
    bool known_ = false;
};

/** The C side of submission. */
struct c_submission {
    typedef nitro_submission_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_submission_free(raw); } /**< Frees one. */
};

/**
 * The request that starts a job: an endpoint, a method, its parameters, and documents, whose order is significant.
 *
 * It can be submitted any number of times, unless one of its documents is a reader. Threads: one at a time.
 */
class submission : public handle<c_submission> {
  public:
    /** An empty handle. */
    submission() noexcept {}
    /** Takes ownership of a handle of the C API. */
    explicit submission(nitro_submission_t *raw) noexcept : handle<c_submission>(raw) {}
#if NITRO_HPP_EXCEPTIONS
    /** For a method of an endpoint: submission("transformations", "flatten"). */
    submission(const text &endpoint, const text &method) : submission(make(endpoint, method)) {}
#endif
    /** Leaves the other submission empty. */
    submission(submission &&other) noexcept = default;
    /** Leaves the other submission empty. */
    submission &operator=(submission &&other) noexcept {
        handle<c_submission>::operator=(std::move(other)); // Frees the C handle before the documents that it reads.
        documents_ = std::move(other.documents_);
        return *this;
    }
    ~submission() { reset(); }

    /** For a method of an endpoint: "conversions", "extractions", "transformations" or "generations". */
    NITRO_HPP_NODISCARD static returns<submission> make(const text &endpoint, const text &method) {
        if (!endpoint.is_whole() || !method.is_whole()) return detail::rejected<submission>(detail::contains_nul());
        nitro_submission_t *made = nullptr;
        detail::owned_error err;
        if (nitro_submission_new(endpoint.c_str(), method.c_str(), &made, &err.raw) != NITRO_OK)
            return detail::failed<submission>(err);
        return submission(made);
    }

    /** The method's parameters: the text of a JSON object, sent as it is. */
    returns<void> params_json(const text &json) {
        if (!json.is_whole()) return detail::rejected<void>(detail::contains_nul());
        detail::owned_error err;
        return checked(nitro_submission_set_params_json(get(), json.c_str(), &err.raw), err);
    }
    /** Where the service delivers the result and which URL it calls back: the text of a JSON object. */
    returns<void> delivery_json(const text &json) {
        if (!json.is_whole()) return detail::rejected<void>(detail::contains_nul());
        detail::owned_error err;
        return checked(nitro_submission_set_delivery_json(get(), json.c_str(), &err.raw), err);
    }
    /** Uploads the documents to storage first: for documents that the endpoints reject as too large. */
    returns<void> presigned_upload(bool presigned = true) {
        detail::owned_error err;
        return checked(nitro_submission_set_presigned_upload(get(), presigned ? 1 : 0, &err.raw), err);
    }

    /** Adds a file, which is opened when it is sent. */
    returns<void> add_file(const text &path, const content_type &type = content_type()) {
        if (!path.is_whole() || !type.is_whole()) return detail::rejected<void>(detail::contains_nul());
        detail::owned_error err;
        return checked(nitro_submission_add_file(get(), path.c_str(), type.c_str(), &err.raw), err);
    }
    /** Adds a document in memory, under a file name; the submission owns it. */
    returns<void> add_bytes(const text &name, std::vector<std::uint8_t> bytes, const content_type &type = content_type()) {
        return keep_bytes(name, std::move(bytes), type);
    }
    /** The same for a string. */
    returns<void> add_bytes(const text &name, std::string bytes, const content_type &type = content_type()) {
        return keep_bytes(name, std::move(bytes), type);
    }
    /** Adds a document in memory that is not copied: it must stay unchanged for the lifetime of the submission. */
    returns<void> lend_bytes(const text &name, const void *data, std::size_t length,
                             const content_type &type = content_type()) {
        if (!name.is_whole() || !type.is_whole()) return detail::rejected<void>(detail::contains_nul());
        detail::owned_error err;
        return checked(nitro_submission_add_bytes(get(), name.c_str(), type.c_str(), static_cast<const std::uint8_t *>(data),
                                               length, &err.raw),
                    err);
    }
    /** The same for a container with data() and size(). */
    template <class Bytes, class = decltype(std::declval<const Bytes &>().data())>
    returns<void> lend_bytes(const text &name, const Bytes &bytes, const content_type &type = content_type()) {
        return lend_bytes(name, bytes.data(), bytes.size() * sizeof *bytes.data(), type);
    }
    /** Deleted: the bytes would not outlive the call. */
    template <class Bytes, class = decltype(std::declval<const Bytes &>().data())>
    returns<void> lend_bytes(const text &name, const Bytes &&bytes, const content_type &type = content_type()) = delete;
    /**
     * Adds a document of exactly `length` bytes that a callback provides: `read(std::uint8_t *buffer, std::size_t capacity)`
     * writes up to `capacity` bytes to the buffer and returns how many; 0 is the end, a negative number stops the call.
     *
     * It is read once, so the submission can be sent once. The call that sends it rethrows what the callback throws.
     */
    template <class F, class = detail::call_result<F, std::uint8_t *, std::size_t>>
    returns<void> add_reader(const text &name, std::int64_t length, F read, const content_type &type = content_type()) {
        if (!name.is_whole() || !type.is_whole()) return detail::rejected<void>(detail::contains_nul());
        detail::owned_error err;
        auto kept = std::make_shared<F>(std::move(read));
        void *data = kept.get();
        documents_.push_back(std::move(kept));
        return checked(nitro_submission_add_reader(get(), name.c_str(), type.c_str(), length, detail::on_read<F>, data,
                                                &err.raw),
                    err);
    }
    /** Adds a document that the service itself downloads from a URL; its type must be given. */
    returns<void> add_url(const text &url, const text &type) {
        if (!url.is_whole() || !type.is_whole()) return detail::rejected<void>(detail::contains_nul());
        detail::owned_error err;
        return checked(nitro_submission_add_url(get(), url.c_str(), type.c_str(), &err.raw), err);
    }

    /**
     * Checks the submission against the catalogue: the names of its parameters, their values, the number of documents and
     * their types. Methods that the catalogue does not have pass. It opens no file and sends nothing; sending does not
     * require it.
     *
     * Behind a macro named check(), as Unreal Engine and AssertMacros.h define it, call it as `(submission.check)()`.
     */
    returns<void>(check)() const {
        detail::owned_error err;
        return checked(nitro_submission_check(get(), &err.raw), err);
    }

  private:
    static returns<void> checked(nitro_code_t code, const detail::owned_error &err) {
        if (code != NITRO_OK) return detail::failed<void>(err);
        return detail::succeeded();
    }
    template <class Bytes> returns<void> keep_bytes(const text &name, Bytes bytes, const content_type &type) {
        auto kept = std::make_shared<const Bytes>(std::move(bytes));
        const void *data = kept->data();
        const std::size_t length = kept->size();
        documents_.push_back(std::move(kept));
        return lend_bytes(name, data, length, type);
    }

    std::vector<std::shared_ptr<const void>> documents_;
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
