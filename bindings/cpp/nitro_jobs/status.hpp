/** @file
 * Where a job stands. */
#ifndef NITRO_JOBS_STATUS_HPP
#define NITRO_JOBS_STATUS_HPP

#include "handle.hpp"

#if NITRO_HPP_LENDS
#include <string_view>
#endif

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** Where a job stands, as a value: to be copied, compared and kept. */
struct status_info {
    job_state state = job_state::unknown; /**< Where it stands. */
    std::string name;                     /**< The same in the service's own word. */
    double progress = -1.0;               /**< From 0.0 to 1.0; -1.0 if the service did not say. */
    bool terminal = false;                /**< Whether it has ended, in whatever way. */

    /** Whether all of it is the same. */
    friend bool operator==(const status_info &one, const status_info &other) {
        return one.state == other.state && one.name == other.name && one.terminal == other.terminal &&
               !(one.progress < other.progress) && !(other.progress < one.progress);
    }
    /** Whether anything differs. */
    friend bool operator!=(const status_info &one, const status_info &other) { return !(one == other); }
};

namespace detail {

#if NITRO_HPP_LENDS
inline std::string_view lent(const char *chars) noexcept { return chars ? std::string_view(chars) : std::string_view(); }
#endif

} // namespace detail

/** What job_status and status_view both tell. */
template <class Self> class status_reader {
  public:
    /** Where the job stands. */
    job_state state() const noexcept { return static_cast<job_state>(nitro_status_state(raw())); }
    /** The state in the service's own word, for example "running". */
    std::string name() const { return detail::owned(nitro_status_name(raw())); }
    /** How far it is, from 0.0 to 1.0; -1.0 if the service did not say. 1.0 does not mean done. */
    double progress() const noexcept { return nitro_status_progress(raw()); }
    /** Whether it has ended, in whatever way. */
    bool is_terminal() const noexcept { return nitro_status_is_terminal(raw()) != 0; }
    /** What the service said, as received: JSON text, or nothing. */
    std::string json() const {
        std::size_t length = 0;
        const char *chars = nitro_status_json(raw(), &length);
        return std::string(chars, length);
    }
    /** A copy of what is told here, without the JSON. */
    status_info info() const {
        status_info info;
        info.state = state();
        info.name = name();
        info.progress = progress();
        info.terminal = is_terminal();
        return info;
    }

  private:
    const nitro_status_t *raw() const noexcept { return static_cast<const Self &>(*this).get(); }
};

/** A status that is lent: to a callable for the call, or by a watch_event. Threads: any at once. */
class status_view : public status_reader<status_view> {
  public:
    /** A view of a C status, which may be NULL. */
    explicit status_view(const nitro_status_t *raw = nullptr) noexcept : raw_(raw) {}
    /** Whether there is a status. */
    explicit operator bool() const noexcept { return raw_ != nullptr; }
    /** For functions of the C API. */
    const nitro_status_t *get() const noexcept { return raw_; }
#if NITRO_HPP_LENDS
    /** As name(), lent for as long as the status is. */
    std::string_view name_view() const noexcept { return detail::lent(nitro_status_name(raw_)); }
    /** As json(), lent for as long as the status is. */
    std::string_view json_view() const noexcept {
        std::size_t length = 0;
        const char *chars = nitro_status_json(raw_, &length);
        return std::string_view(chars, length);
    }
#endif

  private:
    const nitro_status_t *raw_;
};

/** The C side of job_status. */
struct c_status {
    typedef nitro_status_t type;                                     /**< The C type. */
    static void free(type *raw) noexcept { nitro_status_free(raw); } /**< Frees one. */
};

/** Where a job stands: a state, and how far it is while it runs. Never changes. Threads: any at once. */
class job_status : public handle<c_status>, public status_reader<job_status> {
  public:
    using handle<c_status>::handle;
    /** Empty. */
    job_status() noexcept {}

    /** The same, not owned. */
    status_view view() const & noexcept { return status_view(get()); }
    /** Nothing may be lent by what is about to end. */
    status_view view() const && = delete;
#if NITRO_HPP_LENDS
    /** As name(), lent for as long as this lives. */
    std::string_view name_view() const & noexcept { return view().name_view(); }
    /** Nothing may be lent by what is about to end. */
    std::string_view name_view() const && = delete;
    /** As json(), lent for as long as this lives. */
    std::string_view json_view() const & noexcept { return view().json_view(); }
    /** Nothing may be lent by what is about to end. */
    std::string_view json_view() const && = delete;
#endif
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
