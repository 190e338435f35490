/** @file
 * What is pulled one after the other: the live progress of a job, and the loop over it. */
#ifndef NITRO_JOBS_EVENTS_HPP
#define NITRO_JOBS_EVENTS_HPP

#include <cstddef>
#include <iterator>

#include "call.hpp"
#include "status.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

namespace detail {

template <class T> bool is_failure(const T &) noexcept { return false; }
template <class T> bool is_failure(const outcome<T> &item) noexcept { return !item; }
template <class T> bool is_end(const T &item) noexcept { return !item; }
template <class T> bool is_end(const outcome<T> &item) { return item && !*item; }

} // namespace detail

/** Goes through what `Source` gives until there is no more. Where nothing can be thrown, a failure is the last item. */
template <class Source> class pull_iterator {
  public:
    /** What is gone through: the items themselves, or their outcomes where nothing can be thrown. */
    typedef returns<typename Source::item> value_type;
    /** As iterators have it. */
    typedef std::input_iterator_tag iterator_category;
    /** As iterators have it. */
    typedef std::ptrdiff_t difference_type;
    /** As iterators have it. */
    typedef value_type *pointer;
    /** As iterators have it. */
    typedef value_type &reference;

    /** The end. */
    pull_iterator() noexcept {}
    /** Pulls the first item. */
    pull_iterator(const Source &source, const call &how) : at_(std::make_shared<position>(source, how)) { settle(); }

    /** The item, which may be moved away. */
    reference operator*() const noexcept { return at_->item; }
    /** A member of it. */
    pointer operator->() const noexcept { return std::addressof(at_->item); }
    /** Pulls the next one. */
    pull_iterator &operator++() {
        if (detail::is_failure(at_->item)) {
            at_.reset();
        } else {
            at_->item = at_->source->next(at_->how);
            settle();
        }
        return *this;
    }
    /** Pulls the next one. */
    void operator++(int) { ++*this; }
    /** Whether both are at the end. */
    friend bool operator==(const pull_iterator &one, const pull_iterator &other) noexcept { return one.at_ == other.at_; }
    /** Whether one is not at the end. */
    friend bool operator!=(const pull_iterator &one, const pull_iterator &other) noexcept { return !(one == other); }

  private:
    struct position {
        position(const Source &from, const call &bounds) : source(&from), how(bounds), item(from.next(bounds)) {}
        const Source *source;
        call how;
        value_type item;
    };
    void settle() {
        if (detail::is_end(at_->item)) at_.reset();
    }
    std::shared_ptr<position> at_;
};

/** What a loop goes through, each pull bounded in the same way. */
template <class Source> class pull_range {
  public:
    /** Pulls from `source`, which must outlive it. */
    pull_range(const Source &source, const call &how) noexcept : source_(&source), how_(how) {}
    /** Pulls the first item. */
    pull_iterator<Source> begin() const { return pull_iterator<Source>(*source_, how_); }
    /** The end. */
    pull_iterator<Source> end() const noexcept { return pull_iterator<Source>(); }

  private:
    const Source *source_;
    call how_;
};

/** The C side of job_events. */
struct c_events {
    typedef nitro_events_t type;                                     /**< The C type. */
    static void free(type *raw) noexcept { nitro_events_free(raw); } /**< Frees one. */
};

/**
 * The live progress of one job, to be pulled: `for (auto &status : job.events())`; reconnects and polls by itself.
 *
 * Threads: one at a time; a second one gets code::busy.
 */
class job_events : public detail::hooked<c_events> {
  public:
    /** What is pulled. */
    typedef job_status item;
    using detail::hooked<c_events>::hooked;
    /** Empty. */
    job_events() noexcept {}

    /**
     * Waits for the next state: each one while the job runs, then its end, then an empty status.
     *
     * A job that failed is a state here, not an error. code::timeout and code::cancelled lose nothing: call again.
     */
    NITRO_HPP_NODISCARD returns<job_status> next(const call &how = call()) const {
        nitro_status_t *status = nullptr;
        detail::given_error err;
        if (nitro_events_next(get(), how.cancel(), how.timeout_ms(), &status, &err.raw) != NITRO_OK)
            return detail::failed<job_status>(err);
        return job_status(status);
    }

    /** The states from here on, each pull bounded so. */
    pull_range<job_events> each(const call &how) const & noexcept { return pull_range<job_events>(*this, how); }
    /** The loop would go through what has ended. */
    pull_range<job_events> each(const call &how) const && = delete;
    /** Pulls the next state. */
    pull_iterator<job_events> begin() const { return pull_iterator<job_events>(*this, call()); }
    /** The end. */
    pull_iterator<job_events> end() const noexcept { return pull_iterator<job_events>(); }
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
