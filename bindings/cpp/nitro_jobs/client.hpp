/** @file
 * The client, which is the entry point of the library. */
#ifndef NITRO_JOBS_CLIENT_HPP
#define NITRO_JOBS_CLIENT_HPP

#include "options.hpp"
#include "submission.hpp"
#include "watch.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** The result of a run. */
struct finished {
    nitro::job job;         /**< The job. */
    std::string saved_json; /**< The saved files: [{"path":...,"bytes":...,"contentType":...}]. */
};

/** The C side of client. */
struct c_client {
    typedef nitro_client_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_client_free(raw); } /**< Frees one. */
};

/**
 * Holds connections, TLS trust, proxy and token for everything that is made from it. Make one and keep it.
 *
 * Handles that were made from it may outlive it. Threads: any number at once.
 */
class client : public detail::hooked<c_client> {
  public:
    using detail::hooked<c_client>::hooked;
    /** An empty handle; see make(). */
    client() noexcept {}
#if NITRO_HPP_EXCEPTIONS
    /** Makes a client from options, which the caller keeps. No connection is made yet. */
    explicit client(const options &options) : client(make(options)) {}
#endif

    /** Makes a client from options, which the caller keeps. No connection is made yet. */
    NITRO_HPP_NODISCARD static returns<client> make(const options &options) {
        nitro_client_t *made = nullptr;
        detail::owned_error err;
        auto hooks = options.hooks();
        if (nitro_client_new(options.get(), &made, &err.raw) != NITRO_OK) return detail::failed<client>(err);
        return client(made, std::move(hooks));
    }

    /** Creates a job handle from an id. Nothing is sent. */
    NITRO_HPP_NODISCARD returns<job> job_from_id(const text &id) const { return job_from(nitro_job_from_id, id); }
    /** Recreates a job handle from JSON written by job::json(), possibly by another process. Nothing is sent. */
    NITRO_HPP_NODISCARD returns<job> job_from_json(const text &json) const { return job_from(nitro_job_from_json, json); }

    /**
     * Makes a watch without jobs. Nothing is sent and no thread is started before job_watch::add().
     *
     * `threads`: the maximum number of threads, 0 for 4. `requests_per_second`: for all jobs together, 0 for no limit.
     */
    NITRO_HPP_NODISCARD returns<job_watch> watch(std::uint32_t threads = 0, double requests_per_second = 0.0) const {
        nitro_watch_t *made = nullptr;
        detail::owned_error err;
        if (nitro_watch_new(get(), threads, requests_per_second, &made, &err.raw) != NITRO_OK)
            return detail::failed<job_watch>(err);
        return job_watch(made, hooks());
    }

    /**
     * Starts a job: sends the documents and returns as soon as the service has accepted them. Store job::json() at once.
     *
     * After an error for which error_info::uncertain is true a job may have been started.
     */
    NITRO_HPP_NODISCARD returns<job> submit(const submission &submission, const call &how = call()) const {
        return submit_with(submission, nullptr, nullptr, how);
    }
    /** The same with progress: `progress(const upload &)`. */
    template <class F, class = detail::call_result<F, const upload &>>
    NITRO_HPP_NODISCARD returns<job> submit(const submission &submission, F progress, const call &how = call()) const {
        return submit_with(submission, detail::on_upload<F>, detail::user_data(progress), how);
    }

    /**
     * Submits and waits; get the result with job::result(). Once there is a job, every error contains its ticket. An
     * exception of a progress callback is rethrown as it is, so store the ticket that the callback receives.
     */
    returns<finished> run(const submission &submission, const call &how = call()) const {
        return run_with(nitro_client_run, submission, nullptr, existing::fail, nullptr, nullptr, how);
    }
    /** The same with progress: `progress(const run_progress &)`. */
    template <class F, class = detail::call_result<F, const run_progress &>>
    returns<finished> run(const submission &submission, F progress, const call &how = call()) const {
        return run_with(nitro_client_run, submission, nullptr, existing::fail, detail::on_run<F>,
                        detail::user_data(progress), how);
    }
    /** Submits, waits, and saves the result, which must be one file, to `path`. */
    returns<finished> run(const submission &submission, const text &path, existing if_there = existing::fail,
                          const call &how = call()) const {
        return run_with(nitro_client_run, submission, &path, if_there, nullptr, nullptr, how);
    }
    /** The same with progress: `progress(const run_progress &)`. */
    template <class F, class = detail::call_result<F, const run_progress &>>
    returns<finished> run(const submission &submission, const text &path, existing if_there, F progress,
                          const call &how = call()) const {
        return run_with(nitro_client_run, submission, &path, if_there, detail::on_run<F>, detail::user_data(progress), how);
    }
    /** Submits, waits, and saves all files of the result to `folder`: either all of them or none. */
    returns<finished> run_all(const submission &submission, const text &folder, existing if_there = existing::fail,
                              const call &how = call()) const {
        return run_with(nitro_client_run_all, submission, &folder, if_there, nullptr, nullptr, how);
    }
    /** The same with progress: `progress(const run_progress &)`. */
    template <class F, class = detail::call_result<F, const run_progress &>>
    returns<finished> run_all(const submission &submission, const text &folder, existing if_there, F progress,
                              const call &how = call()) const {
        return run_with(nitro_client_run_all, submission, &folder, if_there, detail::on_run<F>,
                        detail::user_data(progress), how);
    }

  private:
    typedef nitro_code_t (*maker)(const nitro_client_t *, const char *, nitro_job_t **, nitro_error_t **);
    returns<job> job_from(maker make, const text &source) const {
        if (!source.is_whole()) return detail::rejected<job>(detail::contains_nul());
        nitro_job_t *made = nullptr;
        detail::owned_error err;
        if (make(get(), source.c_str(), &made, &err.raw) != NITRO_OK) return detail::failed<job>(err);
        return job(made, hooks());
    }

    returns<job> submit_with(const submission &what, nitro_upload_fn progress, void *data, const call &how) const {
        nitro_job_t *made = nullptr;
        detail::owned_error err;
        if (nitro_client_submit(get(), what.get(), progress, data, how.cancel(), how.timeout_ms(), &made, &err.raw) !=
            NITRO_OK)
            return detail::failed<job>(err);
        return job(made, hooks());
    }

    typedef nitro_code_t (*runner)(const nitro_client_t *, const nitro_submission_t *, const char *, std::int32_t,
                                   nitro_run_fn, void *, const nitro_cancel_t *, std::int64_t, nitro_job_t **, char **,
                                   nitro_error_t **);
    returns<finished> run_with(runner run, const submission &what, const text *path, existing if_there,
                               nitro_run_fn progress, void *data, const call &how) const {
        if (path && !path->is_whole()) return detail::rejected<finished>(detail::contains_nul());
        nitro_job_t *made = nullptr;
        detail::owned_error err;
        detail::owned_text saved;
        if (run(get(), what.get(), path ? path->c_str() : nullptr, static_cast<std::int32_t>(if_there), progress, data,
                how.cancel(), how.timeout_ms(), &made, saved.out(), &err.raw) != NITRO_OK)
            return detail::failed<finished>(err);
        finished result;
        result.job = job(made, hooks());
        result.saved_json = saved.str();
        return result;
    }
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
