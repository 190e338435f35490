/** @file
 * The status of a job. */
#ifndef NITRO_JOBS_STATUS_HPP
#define NITRO_JOBS_STATUS_HPP

#include "handle.hpp"

#if NITRO_HPP_LENDS
#include <string_view>
#endif

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** The status of a job as a value, which can be copied and compared. */
struct status_info {
    job_state state = job_state::unknown; /**< The state. */
    std::string name;                     /**< The name of the state as the service sent it. */
    double progress = -1.0;               /**< From 0.0 to 1.0; -1.0 if unknown. */
    bool terminal = false;                /**< Whether the job has ended, in any way. */

    /** Whether all fields are equal. */
    friend bool operator==(const status_info &one, const status_info &other) {
        return one.state == other.state && one.name == other.name && one.terminal == other.terminal &&
               !(one.progress < other.progress) && !(other.progress < one.progress);
    }
    /** Whether any field differs. */
    friend bool operator!=(const status_info &one, const status_info &other) { return !(one == other); }
};

namespace detail {

#if NITRO_HPP_LENDS
inline std::string_view view_of(const char *chars) noexcept { return chars ? std::string_view(chars) : std::string_view(); }
#endif

} // namespace detail

/** The accessors that job_status and status_view share. */
template <class Self> class status_reader {
  public:
    /** The state of the job. */
    job_state state() const noexcept { return static_cast<job_state>(nitro_status_state(raw())); }
    /** The name of the state as the service sent it, for example "running". */
    std::string name() const { return detail::copied(nitro_status_name(raw())); }
    /** The progress, from 0.0 to 1.0; -1.0 if unknown. 1.0 does not mean that the job has completed. */
    double progress() const noexcept { return nitro_status_progress(raw()); }
    /** Whether the job has ended, in any way. */
    bool is_terminal() const noexcept { return nitro_status_is_terminal(raw()) != 0; }
    /** The status document as received: JSON text, or an empty string. */
    std::string json() const {
        std::size_t length = 0;
        const char *chars = nitro_status_json(raw(), &length);
        return std::string(chars, length);
    }
    /** A copy of all fields except the JSON. */
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

/** A view of a status that is owned elsewhere: by the caller of a callback, or by a watch_event. Threads: any at once. */
class status_view : public status_reader<status_view> {
  public:
    /** A view of a C status, which may be NULL. */
    explicit status_view(const nitro_status_t *raw = nullptr) noexcept : raw_(raw) {}
    /** Whether there is a status. */
    explicit operator bool() const noexcept { return raw_ != nullptr; }
    /** The C handle, which is not owned. */
    const nitro_status_t *get() const noexcept { return raw_; }
#if NITRO_HPP_LENDS
    /** As name(), valid for the lifetime of the status. */
    std::string_view name_view() const noexcept { return detail::view_of(nitro_status_name(raw_)); }
    /** As json(), valid for the lifetime of the status. */
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
    static void destroy(type *raw) noexcept { nitro_status_free(raw); } /**< Frees one. */
};

/** The status of a job: its state, and its progress while it runs. Immutable. Threads: any number at once. */
class job_status : public handle<c_status>, public status_reader<job_status> {
  public:
    using handle<c_status>::handle;
    /** An empty handle. */
    job_status() noexcept {}

    /** A view of this status. */
    status_view view() const & noexcept { return status_view(get()); }
    /** Deleted: the view would outlive its owner. */
    status_view view() const && = delete;
#if NITRO_HPP_LENDS
    /** As name(), valid for the lifetime of this handle. */
    std::string_view name_view() const & noexcept { return view().name_view(); }
    /** Deleted: the view would outlive its owner. */
    std::string_view name_view() const && = delete;
    /** As json(), valid for the lifetime of this handle. */
    std::string_view json_view() const & noexcept { return view().json_view(); }
    /** Deleted: the view would outlive its owner. */
    std::string_view json_view() const && = delete;
#endif
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
