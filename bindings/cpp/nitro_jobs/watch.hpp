/** @file
 * Following many jobs at once. */
#ifndef NITRO_JOBS_WATCH_HPP
#define NITRO_JOBS_WATCH_HPP

#include "job.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** The C side of watch_event. */
struct c_watch_event {
    typedef nitro_watch_event_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_watch_event_free(raw); } /**< Frees one. */
};

/** An event of one job of a watch. Immutable. Threads: any number at once. */
class watch_event : public handle<c_watch_event> {
  public:
    using handle<c_watch_event>::handle;
    /** An empty handle. */
    watch_event() noexcept {}

    /** The job's number in the watch, as job_watch::add() returned it. */
    std::uint64_t id() const noexcept { return nitro_watch_event_id(get()); }
    /** The pointer that was passed to job_watch::add() with the job. */
    void *user_data() const noexcept { return nitro_watch_event_user_data(get()); }
    /** The same, cast to its type. */
    template <class T> T *user_data_as() const noexcept { return static_cast<T *>(user_data()); }
    /** The id of the job at the service. */
    std::string job_id() const { return detail::copied(nitro_watch_event_job_id(get())); }
    /** Whether this is the last event of the job, which the watch no longer follows. */
    bool is_last() const noexcept { return nitro_watch_event_is_last(get()) != 0; }
    /** code::ok while the job runs and once it has completed, otherwise why there will be no result. */
    nitro::code code() const noexcept { return static_cast<nitro::code>(nitro_watch_event_code(get())); }
    /** The status of the job; empty if it cannot be followed any further. Valid for the lifetime of this event. */
    status_view status() const & noexcept { return status_view(nitro_watch_event_status(get())); }
    /** Deleted: the view would outlive its owner. */
    status_view status() const && = delete;
    /** Why there will be no result; with an empty message while code() is code::ok. */
    error_info error() const {
        const nitro_error_t *why = nitro_watch_event_error(get());
        return why ? detail::info_of(why) : error_info();
    }
};

/** The C side of job_watch. */
struct c_watch {
    typedef nitro_watch_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_watch_free(raw); } /**< Frees one, and waits for its threads to end. */
};

/**
 * Follows many jobs with a bounded number of threads: `for (auto &event : watch)`. Made by client::watch().
 *
 * Its threads never call code of the program. Destroying it is prompt, and the jobs continue. Threads: next() and loops one
 * at a time, otherwise code::busy; everything else any number at once.
 */
class job_watch : public detail::hooked<c_watch> {
  public:
    /** The item type. */
    typedef watch_event item;
    using detail::hooked<c_watch>::hooked;
    /** An empty handle. */
    job_watch() noexcept {}

    /** Starts to follow a job, which may be freed at once. Returns its number, never 0. Its events have the `user_data`. */
    returns<std::uint64_t> add(const job &job, void *user_data = nullptr) const {
        std::uint64_t id = 0;
        detail::owned_error err;
        if (nitro_watch_add(get(), job.get(), user_data, &id, &err.raw) != NITRO_OK)
            return detail::failed<std::uint64_t>(err);
        return id;
    }
    /** Stops following a job and drops its pending events. Returns whether the watch still had the job. */
    bool remove(std::uint64_t id) const noexcept { return nitro_watch_remove(get(), id) != 0; }
    /** The number of jobs in the watch, including those whose last event was not returned yet. */
    std::size_t count() const noexcept { return nitro_watch_count(get()); }

    /**
     * Waits for the next event of any job; returns an empty event once no job is left.
     *
     * A job that failed or cannot be followed is an event here, not an error. After code::timeout and code::cancelled no
     * event is lost: call again.
     */
    NITRO_HPP_NODISCARD returns<watch_event> next(const call &how = call()) const {
        nitro_watch_event_t *event = nullptr;
        detail::owned_error err;
        if (nitro_watch_next(get(), how.cancel(), how.timeout_ms(), &event, &err.raw) != NITRO_OK)
            return detail::failed<watch_event>(err);
#if NITRO_HPP_EXCEPTIONS
        detail::pending_exception() = nullptr; // From a token_source(): the jobs' events report it.
#endif
        return watch_event(event);
    }

    /** The remaining events, each requested with this cancel token and timeout. */
    pull_range<job_watch> each(const call &how) const & noexcept { return pull_range<job_watch>(*this, how); }
    /** Deleted: the loop would use a destroyed handle. */
    pull_range<job_watch> each(const call &how) const && = delete;
    /** Requests the next event. */
    pull_iterator<job_watch> begin() const { return pull_iterator<job_watch>(*this, call()); }
    /** The end iterator. */
    pull_iterator<job_watch> end() const noexcept { return pull_iterator<job_watch>(); }
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
