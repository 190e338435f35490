/** @file
 * From callables to C's functions with `user_data`, and what they throw back across C's frames. */
#ifndef NITRO_JOBS_CALLBACK_HPP
#define NITRO_JOBS_CALLBACK_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

#include "status.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** How far a download is: `bytes` of file `file`, which counts from 0 to `files` - 1, have come. */
struct transfer {
    std::size_t file;   /**< Which file. */
    std::size_t files;  /**< Of how many. */
    std::int64_t bytes; /**< What has come of it. */
    std::int64_t total; /**< Of how many bytes; -1 if that is not known. */
};

/** How far an upload is. */
struct upload {
    std::int64_t sent;  /**< Bytes that were sent. */
    std::int64_t total; /**< Of how many. */
};

/** How far a run is. What does not belong to the phase is zero or empty. */
struct run_progress {
    run_phase phase;         /**< Where the run is; treat one that is not known as nothing. */
    std::int64_t done;       /**< Bytes of run_phase::upload and run_phase::download. */
    std::int64_t total;      /**< Of how many; -1 if that is not known. */
    std::string ticket_json; /**< With run_phase::submitted the job's ticket, to be written down. */
    status_view status;      /**< With run_phase::processing what the service says. */
};

namespace detail {

/** What a callable returns; no type at all where it cannot be called so. */
template <class F, class... A> using answer = decltype(std::declval<F &>()(std::declval<A>()...));

template <class R> struct says_whether_to_go_on {
    static_assert(std::is_same<R, bool>::value,
                  "a progress callable returns nothing, or a bool: true to go on, false to stop");
    template <class F, class A> static bool ask(F &call, A &&told) { return call(static_cast<A &&>(told)); }
};
template <> struct says_whether_to_go_on<void> {
    template <class F, class A> static bool ask(F &call, A &&told) {
        call(static_cast<A &&>(told));
        return true;
    }
};

/** Calls it; whether to go on. */
template <class F, class A> bool goes_on(F &call, A &&told) {
    return says_whether_to_go_on<answer<F, A>>::ask(call, static_cast<A &&>(told));
}

/** Runs a body that C calls; keeps what it throws and gives `otherwise` instead. */
template <class R, class Body> R guarded(R otherwise, Body body) noexcept {
#if NITRO_HPP_EXCEPTIONS
    try {
        return body();
    } catch (...) {
        carried() = std::current_exception();
        return otherwise;
    }
#else
    (void)otherwise;
    return body();
#endif
}

template <class F> F &callable(void *user_data) noexcept { return *static_cast<F *>(user_data); }

template <class F> void *user_data(F &call) noexcept {
    return const_cast<void *>(static_cast<const void *>(std::addressof(call)));
}

template <class F> std::int32_t on_progress(const nitro_status_t *status, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] { return goes_on(callable<F>(data), status_view(status)) ? 0 : 1; });
}

template <class F>
std::int32_t on_transfer(std::size_t file, std::size_t files, std::int64_t bytes, std::int64_t total,
                         void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        const transfer told = {file, files, bytes, total};
        return goes_on(callable<F>(data), told) ? 0 : 1;
    });
}

template <class F> std::int32_t on_upload(std::int64_t sent, std::int64_t total, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        const upload told = {sent, total};
        return goes_on(callable<F>(data), told) ? 0 : 1;
    });
}

template <class F>
std::int32_t on_run(std::int32_t phase, std::int64_t done, std::int64_t total, const char *ticket_json,
                    const nitro_status_t *status, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        const run_progress told = {static_cast<run_phase>(phase), done, total, owned(ticket_json), status_view(status)};
        return goes_on(callable<F>(data), told) ? 0 : 1;
    });
}

/** The bytes of a sink as one argument, as goes_on() wants it. */
template <class F> struct two_arguments {
    F &call;
    std::size_t length;
    auto operator()(const std::uint8_t *bytes) -> answer<F, const std::uint8_t *, std::size_t> {
        return call(bytes, length);
    }
};

template <class F> std::int32_t on_bytes(const std::uint8_t *bytes, std::size_t length, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        two_arguments<F> both = {callable<F>(data), length};
        return goes_on(both, bytes) ? 0 : 1;
    });
}

template <class F> std::int64_t on_read(std::uint8_t *buffer, std::size_t capacity, void *data) noexcept {
    return guarded<std::int64_t>(-1, [&] { return static_cast<std::int64_t>(callable<F>(data)(buffer, capacity)); });
}

} // namespace detail

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
