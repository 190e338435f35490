/** @file
 * Many jobs at once. */
#ifndef NITRO_JOBS_WATCH_HPP
#define NITRO_JOBS_WATCH_HPP

#include "job.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** The C side of watch_event. */
struct c_watch_event {
    typedef nitro_watch_event_t type;                                     /**< The C type. */
    static void free(type *raw) noexcept { nitro_watch_event_free(raw); } /**< Frees one. */
};

/** What happened to one job of a watch. Never changes. Threads: any at once. */
class watch_event : public handle<c_watch_event> {
  public:
    using handle<c_watch_event>::handle;
    /** Empty. */
    watch_event() noexcept {}

    /** The job's number in the watch, as job_watch::add() gave it. */
    std::uint64_t id() const noexcept { return nitro_watch_event_id(get()); }
    /** What was given to job_watch::add() with the job. */
    void *user_data() const noexcept { return nitro_watch_event_user_data(get()); }
    /** The same as what it points to. */
    template <class T> T *user_data_as() const noexcept { return static_cast<T *>(user_data()); }
    /** The id of the job at the service. */
    std::string job_id() const { return detail::owned(nitro_watch_event_job_id(get())); }
    /** Whether this is the last event of the job, which the watch has let go. */
    bool is_last() const noexcept { return nitro_watch_event_is_last(get()) != 0; }
    /** code::ok while the job runs and once it is completed, else why there will be no result. */
    nitro::code code() const noexcept { return static_cast<nitro::code>(nitro_watch_event_code(get())); }
    /** Where the job stands; empty if it cannot be followed any further. Lent for as long as this lives. */
    status_view status() const & noexcept { return status_view(nitro_watch_event_status(get())); }
    /** Nothing may be lent by what is about to end. */
    status_view status() const && = delete;
    /** Why there will be no result, with everything that helps; without any words while code() is code::ok. */
    error_info error() const {
        const nitro_error_t *why = nitro_watch_event_error(get());
        return why ? detail::info_of(why) : error_info();
    }
};

/** The C side of job_watch. */
struct c_watch {
    typedef nitro_watch_t type;                                     /**< The C type. */
    static void free(type *raw) noexcept { nitro_watch_free(raw); } /**< Frees one, and waits for its threads. */
};

/**
 * Many jobs that are followed by a bounded number of threads: `for (auto &event : watch)`. Made by client::watch().
 *
 * Its threads call nothing of the program. Its end is prompt, and the jobs go on. Threads: next() and loops one at a time,
 * else code::busy; everything else any at once.
 */
class job_watch : public detail::hooked<c_watch> {
  public:
    /** What is pulled. */
    typedef watch_event item;
    using detail::hooked<c_watch>::hooked;
    /** Empty. */
    job_watch() noexcept {}

    /** Begins to follow a job, which may end at once; gives its number, which is never 0. `user_data` comes back with it. */
    returns<std::uint64_t> add(const job &job, void *user_data = nullptr) const {
        std::uint64_t id = 0;
        detail::given_error err;
        if (nitro_watch_add(get(), job.get(), user_data, &id, &err.raw) != NITRO_OK)
            return detail::failed<std::uint64_t>(err);
        return id;
    }
    /** Ceases to follow a job and drops what was not pulled of it; whether the watch still had it. */
    bool remove(std::uint64_t id) const noexcept { return nitro_watch_remove(get(), id) != 0; }
    /** How many jobs the watch has, those included whose end was not pulled yet. */
    std::size_t count() const noexcept { return nitro_watch_count(get()); }

    /**
     * Waits until something happens to one of the jobs; an empty event once no job is left.
     *
     * A job that failed or cannot be followed is an event here, not an error. code::timeout and code::cancelled lose
     * nothing: call again.
     */
    NITRO_HPP_NODISCARD returns<watch_event> next(const call &how = call()) const {
        nitro_watch_event_t *event = nullptr;
        detail::given_error err;
        if (nitro_watch_next(get(), how.cancel(), how.timeout_ms(), &event, &err.raw) != NITRO_OK)
            return detail::failed<watch_event>(err);
#if NITRO_HPP_EXCEPTIONS
        detail::carried() = nullptr; // Of a token_source(): here the jobs' events tell it.
#endif
        return watch_event(event);
    }

    /** The events from here on, each pull bounded so. */
    pull_range<job_watch> each(const call &how) const & noexcept { return pull_range<job_watch>(*this, how); }
    /** The loop would go through what has ended. */
    pull_range<job_watch> each(const call &how) const && = delete;
    /** Pulls the next event. */
    pull_iterator<job_watch> begin() const { return pull_iterator<job_watch>(*this, call()); }
    /** The end. */
    pull_iterator<job_watch> end() const noexcept { return pull_iterator<job_watch>(); }
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
