/** @file
 * A job and the calls on it. */
#ifndef NITRO_JOBS_JOB_HPP
#define NITRO_JOBS_JOB_HPP

#include "callback.hpp"
#include "events.hpp"
#include "result.hpp"
#include "text.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** Length and media type of a result that was received as bytes. */
struct received {
    std::uint64_t bytes = 0;  /**< How many bytes were received. */
    std::string content_type; /**< The media type; empty if the service sent none. */
};

/** The C side of job. */
struct c_job {
    typedef nitro_job_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_job_free(raw); } /**< Frees one. */
};

/**
 * A handle for a job at the service, which can be restored from its ticket.
 *
 * A progress callback returns nothing, or a bool: false stops the call with code::stopped. It runs on the calling thread
 * during the call, and the call rethrows what it throws. Threads: any number at once.
 */
class job : public detail::hooked<c_job> {
  public:
    using detail::hooked<c_job>::hooked;
    /** An empty handle. */
    job() noexcept {}

    /** The job's id; empty if the service responded with the result at once and without an id. */
    std::string id() const { return detail::copied(nitro_job_id(get())); }
    /** The id to quote to Nitro's support. */
    std::string reference_id() const { return detail::copied(nitro_job_reference_id(get())); }

    /** The ticket as JSON, without token and password, for client::job_from_json(). Store it as soon as there is a job. */
    NITRO_HPP_NODISCARD returns<std::string> json() const {
        detail::owned_error err;
        detail::owned_text json;
        std::size_t length = 0;
        if (nitro_job_json(get(), json.out(), &length, &err.raw) != NITRO_OK) return detail::failed<std::string>(err);
        return json.str(length);
    }

    /** Requests the status once. A failed or canceled job is a status here, not an error. */
    NITRO_HPP_NODISCARD returns<job_status> status(const call &how = call()) const {
        nitro_status_t *status = nullptr;
        detail::owned_error err;
        if (nitro_job_status(get(), how.cancel(), how.timeout_ms(), &status, &err.raw) != NITRO_OK)
            return detail::failed<job_status>(err);
        return job_status(status);
    }

    /** Waits until the job completes. A failed or canceled job is an error here. */
    returns<job_status> wait(const call &how = call()) const { return wait_with(nullptr, nullptr, how); }
    /** The same with progress: `progress(status_view)` with each state while the job runs. */
    template <class F, class = detail::call_result<F, status_view>>
    returns<job_status> wait(F progress, const call &how = call()) const {
        return wait_with(detail::on_progress<F>, detail::user_data(progress), how);
    }

    /** The live progress as a sequence of states. Nothing is sent before the first one is requested. */
    NITRO_HPP_NODISCARD returns<job_events> events() const {
        nitro_events_t *events = nullptr;
        detail::owned_error err;
        if (nitro_job_events(get(), &events, &err.raw) != NITRO_OK) return detail::failed<job_events>(err);
        return job_events(events, hooks());
    }

    /** Gets the result as JSON: the URLs of files, or the text, tables, boxes or fields themselves. */
    NITRO_HPP_NODISCARD returns<job_result> result(const call &how = call()) const {
        nitro_result_t *result = nullptr;
        detail::owned_error err;
        if (nitro_job_result(get(), how.cancel(), how.timeout_ms(), &result, &err.raw) != NITRO_OK)
            return detail::failed<job_result>(err);
        return job_result(result);
    }

    /**
     * Gets the result as bytes, in constant memory: `sink(const std::uint8_t *bytes, std::size_t length)`.
     *
     * Several files are received as one zip archive. After any error the bytes that the sink got are incomplete. The sink
     * stops the call in the same way as a progress callback.
     */
    template <class F, class = detail::call_result<F, const std::uint8_t *, std::size_t>>
    returns<received> result_bytes(F sink, const call &how = call()) const {
        detail::owned_error err;
        detail::owned_text type;
        received received_bytes;
        if (nitro_job_result_bytes(get(), detail::on_bytes<F>, detail::user_data(sink), how.cancel(), how.timeout_ms(),
                                   &received_bytes.bytes, type.out(), &err.raw) != NITRO_OK)
            return detail::failed<received>(err);
        received_bytes.content_type = type.str();
        return received_bytes;
    }

    /**
     * Saves the result, which must be one file, to `path`: complete and verified, or not at all.
     *
     * Returns the saved files as JSON: [{"path":...,"bytes":...,"contentType":...}].
     */
    returns<std::string> download(const text &path, existing if_there = existing::fail, const call &how = call()) const {
        return save(nitro_job_download, path, if_there, nullptr, nullptr, how);
    }
    /** The same with progress: `progress(const transfer &)`. */
    template <class F, class = detail::call_result<F, const transfer &>>
    returns<std::string> download(const text &path, existing if_there, F progress, const call &how = call()) const {
        return save(nitro_job_download, path, if_there, detail::on_transfer<F>, detail::user_data(progress), how);
    }
    /** Saves all files of the result to `folder`, under the service's names, made safe: either all of them or none. */
    returns<std::string> download_all(const text &folder, existing if_there = existing::fail,
                                      const call &how = call()) const {
        return save(nitro_job_download_all, folder, if_there, nullptr, nullptr, how);
    }
    /** The same with progress: `progress(const transfer &)`. */
    template <class F, class = detail::call_result<F, const transfer &>>
    returns<std::string> download_all(const text &folder, existing if_there, F progress, const call &how = call()) const {
        return save(nitro_job_download_all, folder, if_there, detail::on_transfer<F>, detail::user_data(progress), how);
    }

  private:
    returns<job_status> wait_with(nitro_progress_fn progress, void *data, const call &how) const {
        nitro_status_t *status = nullptr;
        detail::owned_error err;
        if (nitro_job_wait(get(), progress, data, how.cancel(), how.timeout_ms(), &status, &err.raw) != NITRO_OK)
            return detail::failed<job_status>(err);
        return job_status(status);
    }

    typedef nitro_code_t (*saver)(const nitro_job_t *, const char *, std::int32_t, nitro_transfer_fn, void *,
                                  const nitro_cancel_t *, std::int64_t, char **, nitro_error_t **);
    returns<std::string> save(saver save, const text &path, existing if_there, nitro_transfer_fn progress, void *data,
                              const call &how) const {
        if (!path.is_whole()) return detail::rejected<std::string>(detail::contains_nul());
        detail::owned_error err;
        detail::owned_text saved;
        if (save(get(), path.c_str(), static_cast<std::int32_t>(if_there), progress, data, how.cancel(), how.timeout_ms(),
                 saved.out(), &err.raw) != NITRO_OK)
            return detail::failed<std::string>(err);
        return saved.str();
    }
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
