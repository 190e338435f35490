/** @file
 * A job to be started. */
#ifndef NITRO_JOBS_SUBMISSION_HPP
#define NITRO_JOBS_SUBMISSION_HPP

#include <vector>

#include "callback.hpp"
#include "text.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** The media type of a document; without one it follows from the name, or from how the document begins. */
class content_type {
  public:
    /** It is to be found out. */
    content_type() noexcept {}
    /** This one, for example "application/pdf". */
    content_type(const char *type) : type_(type), known_(true) {}
    /** This one, for example "application/pdf". */
    content_type(std::string type) : type_(std::move(type)), known_(true) {}
    /** There is no type in nothing. */
    content_type(std::nullptr_t) = delete;
    /** For C. */
    const char *c_str() const noexcept { return known_ ? type_.c_str() : nullptr; }
    /** Whether C sees all of it. */
    bool is_whole() const noexcept { return type_.find('\0') == std::string::npos; }

  private:
    std::string type_;
    bool known_ = false;
};

/** The C side of submission. */
struct c_submission {
    typedef nitro_submission_t type;                                     /**< The C type. */
    static void free(type *raw) noexcept { nitro_submission_free(raw); } /**< Frees one. */
};

/**
 * A job to be started: an endpoint, a method, its parameters, and documents, whose order counts.
 *
 * It can be submitted any number of times, unless one of its documents is a reader. Threads: one at a time.
 */
class submission : public handle<c_submission> {
  public:
    /** Empty. */
    submission() noexcept {}
    /** Takes over a handle of the C API. */
    explicit submission(nitro_submission_t *raw) noexcept : handle<c_submission>(raw) {}
#if NITRO_HPP_EXCEPTIONS
    /** For a method of an endpoint: submission("transformations", "flatten"). */
    submission(const text &endpoint, const text &method) : submission(make(endpoint, method)) {}
#endif
    /** Leaves the other one empty. */
    submission(submission &&other) noexcept = default;
    /** Leaves the other one empty. */
    submission &operator=(submission &&other) noexcept {
        handle<c_submission>::operator=(std::move(other)); // What C reads from goes after what C has.
        documents_ = std::move(other.documents_);
        return *this;
    }
    ~submission() { reset(); }

    /** For a method of an endpoint: "conversions", "extractions", "transformations" or "generations". */
    NITRO_HPP_NODISCARD static returns<submission> make(const text &endpoint, const text &method) {
        if (!endpoint.is_whole() || !method.is_whole()) return detail::refused<submission>(detail::cut_text());
        nitro_submission_t *made = nullptr;
        detail::given_error err;
        if (nitro_submission_new(endpoint.c_str(), method.c_str(), &made, &err.raw) != NITRO_OK)
            return detail::failed<submission>(err);
        return submission(made);
    }

    /** The method's parameters: the text of a JSON object, sent as it is. */
    returns<void> params_json(const text &json) {
        if (!json.is_whole()) return detail::refused<void>(detail::cut_text());
        detail::given_error err;
        return done(nitro_submission_set_params_json(get(), json.c_str(), &err.raw), err);
    }
    /** Where the service is to deliver the result and whom to call back: the text of a JSON object. */
    returns<void> delivery_json(const text &json) {
        if (!json.is_whole()) return detail::refused<void>(detail::cut_text());
        detail::given_error err;
        return done(nitro_submission_set_delivery_json(get(), json.c_str(), &err.raw), err);
    }
    /** Sends the documents to storage first: for those that the endpoints refuse as too large. */
    returns<void> presigned_upload(bool presigned = true) {
        detail::given_error err;
        return done(nitro_submission_set_presigned_upload(get(), presigned ? 1 : 0, &err.raw), err);
    }

    /** A file, which is opened when it is sent. */
    returns<void> add_file(const text &path, const content_type &type = content_type()) {
        if (!path.is_whole() || !type.is_whole()) return detail::refused<void>(detail::cut_text());
        detail::given_error err;
        return done(nitro_submission_add_file(get(), path.c_str(), type.c_str(), &err.raw), err);
    }
    /** A document in memory, under a file name; the submission keeps it. */
    returns<void> add_bytes(const text &name, std::vector<std::uint8_t> bytes, const content_type &type = content_type()) {
        return keep_bytes(name, std::move(bytes), type);
    }
    /** The same, of a string. */
    returns<void> add_bytes(const text &name, std::string bytes, const content_type &type = content_type()) {
        return keep_bytes(name, std::move(bytes), type);
    }
    /** A document in memory that is not copied: it must stay as it is for as long as the submission lives. */
    returns<void> lend_bytes(const text &name, const void *data, std::size_t length,
                             const content_type &type = content_type()) {
        if (!name.is_whole() || !type.is_whole()) return detail::refused<void>(detail::cut_text());
        detail::given_error err;
        return done(nitro_submission_add_bytes(get(), name.c_str(), type.c_str(), static_cast<const std::uint8_t *>(data),
                                               length, &err.raw),
                    err);
    }
    /** The same, of a container with data() and size(). */
    template <class Bytes, class = decltype(std::declval<const Bytes &>().data())>
    returns<void> lend_bytes(const text &name, const Bytes &bytes, const content_type &type = content_type()) {
        return lend_bytes(name, bytes.data(), bytes.size() * sizeof *bytes.data(), type);
    }
    /** Nobody would keep it. */
    template <class Bytes, class = decltype(std::declval<const Bytes &>().data())>
    returns<void> lend_bytes(const text &name, const Bytes &&bytes, const content_type &type = content_type()) = delete;
    /**
     * A document that a callable gives, exactly `length` bytes of it: `read(std::uint8_t *buffer, std::size_t capacity)`
     * puts up to so many there and returns how many; 0 is the end, a negative number stops the call.
     *
     * It is read once, so the submission can be sent once. What it throws comes out of the call that sends it.
     */
    template <class F, class = detail::answer<F, std::uint8_t *, std::size_t>>
    returns<void> add_reader(const text &name, std::int64_t length, F read, const content_type &type = content_type()) {
        if (!name.is_whole() || !type.is_whole()) return detail::refused<void>(detail::cut_text());
        detail::given_error err;
        auto kept = std::make_shared<F>(std::move(read));
        void *data = kept.get();
        documents_.push_back(std::move(kept));
        return done(nitro_submission_add_reader(get(), name.c_str(), type.c_str(), length, detail::on_read<F>, data,
                                                &err.raw),
                    err);
    }
    /** A document that the service fetches from an address itself; its type must be said. */
    returns<void> add_url(const text &url, const text &type) {
        if (!url.is_whole() || !type.is_whole()) return detail::refused<void>(detail::cut_text());
        detail::given_error err;
        return done(nitro_submission_add_url(get(), url.c_str(), type.c_str(), &err.raw), err);
    }

    /**
     * Checks what the catalogue knows of it: parameters, their values, how many documents and of which kinds. What it does
     * not know passes. Opens no file and asks nobody; sending does not ask for it.
     */
    returns<void> check() const {
        detail::given_error err;
        return done(nitro_submission_check(get(), &err.raw), err);
    }

  private:
    static returns<void> done(nitro_code_t code, const detail::given_error &err) {
        if (code != NITRO_OK) return detail::failed<void>(err);
        return detail::done();
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
