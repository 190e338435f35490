/** @file
 * The options of a client. */
#ifndef NITRO_JOBS_OPTIONS_HPP
#define NITRO_JOBS_OPTIONS_HPP

#include "call.hpp"
#include "callback.hpp"
#include "text.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** A token, as a callback of options::token_source() returns it. */
struct token {
    std::string value;                   /**< The token; overwritten once it was used. Empty if there is none. */
    std::chrono::seconds expires_in{-1}; /**< How long it is valid; -1 s if unknown. */
};

/** The C side of options. */
struct c_options {
    typedef nitro_options_t type;                                     /**< The C type. */
    static void destroy(type *raw) noexcept { nitro_options_free(raw); } /**< Frees one. */
};

/**
 * The options of a client. The defaults suit a desktop program.
 *
 * Setters return the options, so that they can be chained, or without exceptions an outcome. Durations are rounded up to
 * milliseconds. Threads: one at a time.
 */
class options : public handle<c_options> {
  public:
#if NITRO_HPP_EXCEPTIONS
    /** The return type of a setter: the options. */
    typedef options &set;
#else
    /** The return type of a setter: success or an error. */
    typedef outcome<void> set;
#endif

    /** Default options without a token. */
    options() : handle<c_options>(nitro_options_new()) {}
    /** Takes ownership of a handle of the C API. */
    explicit options(nitro_options_t *raw) noexcept : handle<c_options>(raw) {}

    /** Reads NITRO_BASE_URL, and NITRO_TOKEN or else NITRO_CLIENT_ID with NITRO_CLIENT_SECRET, each if it is set. */
    NITRO_HPP_NODISCARD static returns<options> from_env() {
        nitro_options_t *made = nullptr;
        detail::owned_error err;
        if (nitro_options_from_env(&made, &err.raw) != NITRO_OK) return detail::failed<options>(err);
        return options(made);
    }

    /** The base URL of the service; a path prefix is kept. Checked when a client is made, as all strings below are. */
    set base_url(const text &url) { return set_text(nitro_options_set_base_url, url); }
    /** The User-Agent. */
    set user_agent(const text &name) { return set_text(nitro_options_set_user_agent, name); }

    /** The timeout for resolving, connecting, proxy and TLS together: 15 s by default. */
    template <class R, class P> set connect_timeout(const std::chrono::duration<R, P> &time) {
        return set_number(nitro_options_set_connect_timeout_ms, detail::to_milliseconds(time));
    }
    /** The idle timeout: how long no byte may be sent or received, 30 s by default. */
    template <class R, class P> set idle_timeout(const std::chrono::duration<R, P> &time) {
        return set_number(nitro_options_set_idle_timeout_ms, detail::to_milliseconds(time));
    }
    /** The minimum rate of a body in bytes per second: 100 by default, 0 disables the check. */
    set min_rate(std::int64_t bytes_per_second) { return set_number(nitro_options_set_min_rate, bytes_per_second); }
    /** The timeout for a call that sets none: 120 s by default. */
    template <class R, class P> set call_timeout(const std::chrono::duration<R, P> &time) {
        return set_number(nitro_options_set_call_timeout_ms, at_least_one(detail::to_milliseconds(time)));
    }
    /** No timeout for a call that sets none. */
    set call_timeout(no_limit_t) { return set_number(nitro_options_set_call_timeout_ms, 0); }
    /** The timeout for a wait that sets none: 30 minutes by default. */
    template <class R, class P> set wait_timeout(const std::chrono::duration<R, P> &time) {
        return set_number(nitro_options_set_wait_timeout_ms, at_least_one(detail::to_milliseconds(time)));
    }
    /** No timeout for a wait that sets none. */
    set wait_timeout(no_limit_t) { return set_number(nitro_options_set_wait_timeout_ms, 0); }
    /** How many times a safe request is retried within one call: 3 by default. */
    set retries(std::int32_t times) {
        detail::owned_error err;
        return checked(nitro_options_set_retries(get(), times, &err.raw), err);
    }
    /** The longest delay before a retry or a poll: 30 s by default. */
    template <class R, class P> set retry_cap(const std::chrono::duration<R, P> &time) {
        return set_number(nitro_options_set_retry_cap_ms, detail::to_milliseconds(time));
    }
    /** The first and the longest interval between two polls: 250 ms and 5 s by default. */
    template <class R1, class P1, class R2, class P2>
    set poll_interval(const std::chrono::duration<R1, P1> &first, const std::chrono::duration<R2, P2> &longest) {
        detail::owned_error err;
        return checked(nitro_options_set_poll_interval_ms(get(), detail::to_milliseconds(first),
                                                       detail::to_milliseconds(longest), &err.raw),
                    err);
    }
    /** The size limit of a JSON response: 256 MiB by default. */
    set max_json_bytes(std::int64_t bytes) { return set_number(nitro_options_set_max_json_bytes, bytes); }
    /** The size limit of an event of an event stream: 16 MiB by default. */
    set max_event_bytes(std::int64_t bytes) { return set_number(nitro_options_set_max_event_bytes, bytes); }

    /** Adds an origin that may receive the token, besides the origin of the base URL. */
    set add_trusted_origin(const text &origin) { return set_text(nitro_options_add_trusted_origin, origin); }
    /** Adds certificate authorities, as PEM text, to those of the operating system. */
    set add_ca_pem(const text &pem) { return set_text(nitro_options_add_ca_pem, pem); }
    /** Adds certificate authorities from a PEM file, which is read at once. */
    set add_ca_file(const text &path) { return set_text(nitro_options_add_ca_file, path); }
    /** Trusts only the added authorities. */
    set only_added_ca(bool only = true) {
        detail::owned_error err;
        return checked(nitro_options_set_only_added_ca(get(), only ? 1 : 0, &err.raw), err);
    }
    /** The client's certificate chain and private key, as PEM text. */
    set client_certificate_pem(const text &chain, const text &key) {
        return set_text(nitro_options_set_client_certificate_pem, chain, key);
    }
    /** The URL of the proxy; by default none is used. */
    set proxy(const text &url) { return set_text(nitro_options_set_proxy, url); }
    /** Uses the proxy of the environment, by the rules of curl. */
    set proxy_from_env() {
        detail::owned_error err;
        return checked(nitro_options_set_proxy_from_env(get(), &err.raw), err);
    }
    /** The hosts that are contacted without the proxy. */
    set no_proxy(const text &hosts) { return set_text(nitro_options_set_no_proxy, hosts); }

    /** The bearer token. The last call of this, client_credentials() and token_source() takes effect. */
    set bearer_token(const text &value) { return set_text(nitro_options_set_token, value); }
    /** The client's id and secret, with which the library requests tokens. */
    set client_credentials(const text &id, const text &secret) {
        return set_text(nitro_options_set_client_credentials, id, secret);
    }
    /** The token endpoint for client credentials. */
    set token_url(const text &url) { return set_text(nitro_options_set_token_url, url); }
    /**
     * A callback that returns tokens: `token source(token_reason)`. It lives as long as anything made from these options.
     *
     * An empty token means that there is none. The call that needed the token rethrows what the callback throws; the events
     * of a watch report code::unauthorized instead. The callback runs on the thread of that call, on one thread at a time for
     * each client, and must not use that client.
     */
    template <class F, class = detail::call_result<F, token_reason>> set token_source(F source) {
        detail::owned_error err;
        auto kept = std::make_shared<F>(std::move(source));
        const nitro_code_t code = nitro_options_set_token_callback(get(), on_token<F>, kept.get(), &err.raw);
        if (code == NITRO_OK) token_ = std::move(kept);
        return checked(code, err);
    }

    /**
     * A callback that receives log lines: `void sink(log_level, const char *line)`. It lives as long as anything made from
     * these options.
     *
     * It runs on the thread of a call, and on two threads at once if two make calls. It must not call the library. What it
     * throws is ignored, because a log line must not make a submission fail.
     */
    template <class F, class = detail::call_result<F, log_level, const char *>> set log(F sink) {
        detail::owned_error err;
        auto kept = std::make_shared<F>(std::move(sink));
        const nitro_code_t code = nitro_options_set_log(get(), on_log<F>, kept.get(), &err.raw);
        if (code == NITRO_OK) log_ = std::move(kept);
        return checked(code, err);
    }
    /** No log, the default. */
    set log(std::nullptr_t) {
        detail::owned_error err;
        const nitro_code_t code = nitro_options_set_log(get(), nullptr, nullptr, &err.raw);
        if (code == NITRO_OK) log_.reset();
        return checked(code, err);
    }

    /** The callbacks, which clients made from these options keep alive. */
    std::shared_ptr<const void> hooks() const {
        if (!log_ && !token_) return nullptr;
        return std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>>(log_, token_);
    }

  private:
    set checked(nitro_code_t code, const detail::owned_error &err) {
#if NITRO_HPP_EXCEPTIONS
        if (code != NITRO_OK) detail::failed<void>(err);
        return *this;
#else
        if (code != NITRO_OK) return detail::failed<void>(err);
        return set();
#endif
    }
    /** Fails because of a string that C would truncate. */
    set reject_nul() {
#if NITRO_HPP_EXCEPTIONS
        raise(detail::contains_nul());
#else
        return set(detail::contains_nul());
#endif
    }
    /** 0 would mean "no timeout" in C. */
    static std::int64_t at_least_one(std::int64_t ms) noexcept { return ms == 0 ? 1 : ms; }

    set set_number(nitro_code_t (*setter)(nitro_options_t *, std::int64_t, nitro_error_t **), std::int64_t value) {
        detail::owned_error err;
        return checked(setter(get(), value, &err.raw), err);
    }
    set set_text(nitro_code_t (*setter)(nitro_options_t *, const char *, nitro_error_t **), const text &value) {
        if (!value.is_whole()) return reject_nul();
        detail::owned_error err;
        return checked(setter(get(), value.c_str(), &err.raw), err);
    }
    set set_text(nitro_code_t (*setter)(nitro_options_t *, const char *, const char *, nitro_error_t **), const text &one,
              const text &other) {
        if (!one.is_whole() || !other.is_whole()) return reject_nul();
        detail::owned_error err;
        return checked(setter(get(), one.c_str(), other.c_str(), &err.raw), err);
    }

    template <class F> static void on_log(std::int32_t level, const char *line, void *data) noexcept {
#if NITRO_HPP_EXCEPTIONS
        try {
            detail::callable<F>(data)(static_cast<log_level>(level), line);
        } catch (...) {
            // A log line must not change the result of a call.
        }
#else
        detail::callable<F>(data)(static_cast<log_level>(level), line);
#endif
    }

    template <class F> static std::int32_t on_token(std::int32_t reason, nitro_token_t *into, void *data) noexcept {
        return detail::guarded<std::int32_t>(1, [&]() -> std::int32_t {
            token returned = detail::callable<F>(data)(static_cast<token_reason>(reason));
            if (returned.value.empty() || returned.value.find('\0') != std::string::npos) return 1;
            const nitro_code_t code = nitro_token_set(into, returned.value.c_str(), returned.expires_in.count(), nullptr);
            for (volatile char *each = &returned.value[0]; *each; each++) *each = '\0';
            return code;
        });
    }

    std::shared_ptr<const void> log_, token_;
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
