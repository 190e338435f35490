/** @file
 * C callbacks with `user_data` for C++ callables, and the handling of the exceptions that they throw. */
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

/** Progress of a download: `bytes` bytes of file number `file`, from 0 to `files` - 1, were received. */
struct transfer {
    std::size_t file;   /**< The index of the file. */
    std::size_t files;  /**< The number of files. */
    std::int64_t bytes; /**< Bytes of this file received so far. */
    std::int64_t total; /**< The size of this file in bytes; -1 if unknown. */
};

/** Progress of an upload. */
struct upload {
    std::int64_t sent;  /**< Bytes sent so far. */
    std::int64_t total; /**< Bytes to send in total. */
};

/** Progress of a run. Fields that do not belong to the phase are zero or empty. */
struct run_progress {
    run_phase phase;         /**< The phase of the run; ignore unknown values. */
    std::int64_t done;       /**< Bytes transferred so far, in run_phase::upload and run_phase::download. */
    std::int64_t total;      /**< Bytes to transfer in total; -1 if unknown. */
    std::string ticket_json; /**< In run_phase::submitted the job's ticket, which the program should store. */
    status_view status;      /**< In run_phase::processing the job's status. */
};

namespace detail {

/** The return type of a callable; substitution fails if it cannot be called with these arguments. */
template <class F, class... A> using call_result = decltype(std::declval<F &>()(std::declval<A>()...));

template <class R> struct progress_caller {
    static_assert(std::is_same<R, bool>::value,
                  "a progress callback returns nothing, or a bool: true to continue, false to stop");
    template <class F, class A> static bool invoke(F &call, A &&argument) { return call(static_cast<A &&>(argument)); }
};
template <> struct progress_caller<void> {
    template <class F, class A> static bool invoke(F &call, A &&argument) {
        call(static_cast<A &&>(argument));
        return true;
    }
};

/** Calls a progress callback; returns whether the call should continue. */
template <class F, class A> bool should_continue(F &call, A &&argument) {
    return progress_caller<call_result<F, A>>::invoke(call, static_cast<A &&>(argument));
}

/** Runs the body of a C callback. Stores an exception that it throws and returns `on_exception` then. */
template <class R, class Body> R guarded(R on_exception, Body body) noexcept {
#if NITRO_HPP_EXCEPTIONS
    try {
        return body();
    } catch (...) {
        pending_exception() = std::current_exception();
        return on_exception;
    }
#else
    (void)on_exception;
    return body();
#endif
}

template <class F> F &callable(void *user_data) noexcept { return *static_cast<F *>(user_data); }

template <class F> void *user_data(F &call) noexcept {
    return const_cast<void *>(static_cast<const void *>(std::addressof(call)));
}

template <class F> std::int32_t on_progress(const nitro_status_t *status, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] { return should_continue(callable<F>(data), status_view(status)) ? 0 : 1; });
}

template <class F>
std::int32_t on_transfer(std::size_t file, std::size_t files, std::int64_t bytes, std::int64_t total,
                         void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        const transfer progress = {file, files, bytes, total};
        return should_continue(callable<F>(data), progress) ? 0 : 1;
    });
}

template <class F> std::int32_t on_upload(std::int64_t sent, std::int64_t total, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        const upload progress = {sent, total};
        return should_continue(callable<F>(data), progress) ? 0 : 1;
    });
}

template <class F>
std::int32_t on_run(std::int32_t phase, std::int64_t done, std::int64_t total, const char *ticket_json,
                    const nitro_status_t *status, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        const run_progress progress = {static_cast<run_phase>(phase), done, total, copied(ticket_json), status_view(status)};
        return should_continue(callable<F>(data), progress) ? 0 : 1;
    });
}

/** Wraps a sink so that should_continue() can call it with one argument. */
template <class F> struct sink_caller {
    F &call;
    std::size_t length;
    auto operator()(const std::uint8_t *bytes) -> call_result<F, const std::uint8_t *, std::size_t> {
        return call(bytes, length);
    }
};

template <class F> std::int32_t on_bytes(const std::uint8_t *bytes, std::size_t length, void *data) noexcept {
    return guarded<std::int32_t>(1, [&] {
        sink_caller<F> sink = {callable<F>(data), length};
        return should_continue(sink, bytes) ? 0 : 1;
    });
}

template <class F> std::int64_t on_read(std::uint8_t *buffer, std::size_t capacity, void *data) noexcept {
    return guarded<std::int64_t>(-1, [&] { return static_cast<std::int64_t>(callable<F>(data)(buffer, capacity)); });
}

} // namespace detail

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
