/** @file
 * The live progress of a job, and iteration over handles that return one item after the other. */
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

/** Iterates over the items of `Source` until its end. Without exceptions an error is the last item. */
template <class Source> class pull_iterator {
  public:
    /** The items, or without exceptions their outcomes. */
    typedef returns<typename Source::item> value_type;
    /** See std::iterator_traits. */
    typedef std::input_iterator_tag iterator_category;
    /** See std::iterator_traits. */
    typedef std::ptrdiff_t difference_type;
    /** See std::iterator_traits. */
    typedef value_type *pointer;
    /** See std::iterator_traits. */
    typedef value_type &reference;

    /** The end iterator. */
    pull_iterator() noexcept {}
    /** Requests the first item. */
    pull_iterator(const Source &source, const call &how) : at_(std::make_shared<position>(source, how)) { check_end(); }

    /** The current item, which may be moved from. */
    reference operator*() const noexcept { return at_->item; }
    /** A member of the current item. */
    pointer operator->() const noexcept { return std::addressof(at_->item); }
    /** Requests the next item. */
    pull_iterator &operator++() {
        if (detail::is_failure(at_->item)) {
            at_.reset();
        } else {
            at_->item = at_->source->next(at_->how);
            check_end();
        }
        return *this;
    }
    /** Requests the next item. */
    void operator++(int) { ++*this; }
    /** Whether both are at the end. */
    friend bool operator==(const pull_iterator &one, const pull_iterator &other) noexcept { return one.at_ == other.at_; }
    /** Whether one is not at the end. */
    friend bool operator!=(const pull_iterator &one, const pull_iterator &other) noexcept { return !(one == other); }

  private:
    struct position {
        position(const Source &from, const call &options) : source(&from), how(options), item(from.next(options)) {}
        const Source *source;
        call how;
        value_type item;
    };
    void check_end() {
        if (detail::is_end(at_->item)) at_.reset();
    }
    std::shared_ptr<position> at_;
};

/** A range over the items of `Source`, each requested with the same cancel token and timeout. */
template <class Source> class pull_range {
  public:
    /** A range over `source`, which must outlive it. */
    pull_range(const Source &source, const call &how) noexcept : source_(&source), how_(how) {}
    /** Requests the first item. */
    pull_iterator<Source> begin() const { return pull_iterator<Source>(*source_, how_); }
    /** The end iterator. */
    pull_iterator<Source> end() const noexcept { return pull_iterator<Source>(); }

  private:
    const Source *source_;
    call how_;
};

/** The C side of job_events. */
struct c_events {
    typedef nitro_events_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_events_free(raw); } /**< Frees one. */
};

/**
 * The live progress of one job as a sequence of states: `for (auto &status : job.events())`. Reconnects and polls by itself.
 *
 * Threads: one at a time; a second thread gets code::busy.
 */
class job_events : public detail::hooked<c_events> {
  public:
    /** The item type. */
    typedef job_status item;
    using detail::hooked<c_events>::hooked;
    /** An empty handle. */
    job_events() noexcept {}

    /**
     * Waits for the next state: each state while the job runs, then its final state, then an empty status.
     *
     * A failed job is a state here, not an error. After code::timeout and code::cancelled no state is lost: call again.
     */
    NITRO_HPP_NODISCARD returns<job_status> next(const call &how = call()) const {
        nitro_status_t *status = nullptr;
        detail::owned_error err;
        if (nitro_events_next(get(), how.cancel(), how.timeout_ms(), &status, &err.raw) != NITRO_OK)
            return detail::failed<job_status>(err);
        return job_status(status);
    }

    /** The remaining states, each requested with this cancel token and timeout. */
    pull_range<job_events> each(const call &how) const & noexcept { return pull_range<job_events>(*this, how); }
    /** Deleted: the loop would use a destroyed handle. */
    pull_range<job_events> each(const call &how) const && = delete;
    /** Requests the next state. */
    pull_iterator<job_events> begin() const { return pull_iterator<job_events>(*this, call()); }
    /** The end iterator. */
    pull_iterator<job_events> end() const noexcept { return pull_iterator<job_events>(); }
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
