/** @file
 * The options of a client. */
#ifndef NITRO_JOBS_OPTIONS_HPP
#define NITRO_JOBS_OPTIONS_HPP

#include "call.hpp"
#include "callback.hpp"
#include "text.hpp"

namespace nitro {
inline namespace NITRO_HPP_MODE {

/** A token, as a callable of options::token_source() gives it. */
struct token {
    std::string value;                   /**< The token itself; wiped once it was taken. Empty if there is none. */
    std::chrono::seconds expires_in{-1}; /**< For how long it is valid; -1 s if that is not known. */
};

/** The C side of options. */
struct c_options {
    typedef nitro_options_t type;                                     /**< The C type. */
    static void free(type *raw) noexcept { nitro_options_free(raw); } /**< Frees one. */
};

/**
 * The options of a client; each has a default that suits a desktop program.
 *
 * Setters return the options for the next one, or an outcome where nothing can be thrown. Times are rounded up to
 * milliseconds. Threads: one at a time.
 */
class options : public handle<c_options> {
  public:
#if NITRO_HPP_EXCEPTIONS
    /** What a setter returns: the options. */
    typedef options &set;
#else
    /** What a setter returns: whether it could be set. */
    typedef outcome<void> set;
#endif

    /** The defaults, and no token. */
    options() : handle<c_options>(nitro_options_new()) {}
    /** Takes over a handle of the C API. */
    explicit options(nitro_options_t *raw) noexcept : handle<c_options>(raw) {}

    /** From NITRO_BASE_URL, and NITRO_TOKEN or else NITRO_CLIENT_ID with NITRO_CLIENT_SECRET, each if it is set. */
    NITRO_HPP_NODISCARD static returns<options> from_env() {
        nitro_options_t *made = nullptr;
        detail::given_error err;
        if (nitro_options_from_env(&made, &err.raw) != NITRO_OK) return detail::failed<options>(err);
        return options(made);
    }

    /** The service's address; a path prefix is kept. Checked when a client is made, as are all texts below. */
    set base_url(const text &url) { return words(nitro_options_set_base_url, url); }
    /** The User-Agent. */
    set user_agent(const text &name) { return words(nitro_options_set_user_agent, name); }

    /** The limit on resolving, connecting, proxy and TLS together: 15 s by default. */
    template <class R, class P> set connect_timeout(const std::chrono::duration<R, P> &time) {
        return number(nitro_options_set_connect_timeout_ms, detail::to_milliseconds(time));
    }
    /** The limit on silence: 30 s by default. */
    template <class R, class P> set idle_timeout(const std::chrono::duration<R, P> &time) {
        return number(nitro_options_set_idle_timeout_ms, detail::to_milliseconds(time));
    }
    /** The least bytes a second that a body must bring: 100 by default, 0 switches it off. */
    set min_rate(std::int64_t bytes_per_second) { return number(nitro_options_set_min_rate, bytes_per_second); }
    /** The limit on a whole call that is given none: 120 s by default. */
    template <class R, class P> set call_timeout(const std::chrono::duration<R, P> &time) {
        return number(nitro_options_set_call_timeout_ms, at_least_one(detail::to_milliseconds(time)));
    }
    /** No limit on a whole call. */
    set call_timeout(no_limit_t) { return number(nitro_options_set_call_timeout_ms, 0); }
    /** The limit on a whole wait that is given none: 30 minutes by default. */
    template <class R, class P> set wait_timeout(const std::chrono::duration<R, P> &time) {
        return number(nitro_options_set_wait_timeout_ms, at_least_one(detail::to_milliseconds(time)));
    }
    /** No limit on a whole wait. */
    set wait_timeout(no_limit_t) { return number(nitro_options_set_wait_timeout_ms, 0); }
    /** How many times a safe request is sent again inside one call: 3 by default. */
    set retries(std::int32_t times) {
        detail::given_error err;
        return done(nitro_options_set_retries(get(), times, &err.raw), err);
    }
    /** The longest pause before a retry or a poll: 30 s by default. */
    template <class R, class P> set retry_cap(const std::chrono::duration<R, P> &time) {
        return number(nitro_options_set_retry_cap_ms, detail::to_milliseconds(time));
    }
    /** The first pause between two polls and the longest: 250 ms and 5 s by default. */
    template <class R1, class P1, class R2, class P2>
    set poll_interval(const std::chrono::duration<R1, P1> &first, const std::chrono::duration<R2, P2> &longest) {
        detail::given_error err;
        return done(nitro_options_set_poll_interval_ms(get(), detail::to_milliseconds(first),
                                                       detail::to_milliseconds(longest), &err.raw),
                    err);
    }
    /** The largest JSON answer that is taken into memory: 256 MiB by default. */
    set max_json_bytes(std::int64_t bytes) { return number(nitro_options_set_max_json_bytes, bytes); }
    /** The largest event of a stream: 16 MiB by default. */
    set max_event_bytes(std::int64_t bytes) { return number(nitro_options_set_max_event_bytes, bytes); }

    /** An origin that may be sent the token beside the base URL's own. */
    set add_trusted_origin(const text &origin) { return words(nitro_options_add_trusted_origin, origin); }
    /** Certificate authorities, as PEM text, beside those of the operating system. */
    set add_ca_pem(const text &pem) { return words(nitro_options_add_ca_pem, pem); }
    /** The same from a PEM file, which is read now. */
    set add_ca_file(const text &path) { return words(nitro_options_add_ca_file, path); }
    /** Trusts the added authorities alone. */
    set only_added_ca(bool only = true) {
        detail::given_error err;
        return done(nitro_options_set_only_added_ca(get(), only ? 1 : 0, &err.raw), err);
    }
    /** The client's certificate chain and private key, as PEM text. */
    set client_certificate_pem(const text &chain, const text &key) {
        return words(nitro_options_set_client_certificate_pem, chain, key);
    }
    /** The proxy; without it none is used. */
    set proxy(const text &url) { return words(nitro_options_set_proxy, url); }
    /** The proxy from the environment, as curl takes it. */
    set proxy_from_env() {
        detail::given_error err;
        return done(nitro_options_set_proxy_from_env(get(), &err.raw), err);
    }
    /** The hosts that are reached without the proxy. */
    set no_proxy(const text &hosts) { return words(nitro_options_set_no_proxy, hosts); }

    /** The bearer token. Of this, client_credentials() and token_source() the one set last counts. */
    set bearer_token(const text &value) { return words(nitro_options_set_token, value); }
    /** The client's id and secret, for which the service gives tokens. */
    set client_credentials(const text &id, const text &secret) {
        return words(nitro_options_set_client_credentials, id, secret);
    }
    /** Where client credentials are turned into tokens. */
    set token_url(const text &url) { return words(nitro_options_set_token_url, url); }
    /**
     * Who is asked for tokens: `token ask(token_reason)`, kept for as long as anything that was made from these options.
     *
     * An empty token says that there is none. What it throws comes out of the call that wanted the token; from a watch the
     * jobs' events say code::unauthorized instead. It runs on the thread of that call, on one thread at a time for each
     * client, and may not use that client.
     */
    template <class F, class = detail::answer<F, token_reason>> set token_source(F ask) {
        detail::given_error err;
        auto kept = std::make_shared<F>(std::move(ask));
        const nitro_code_t code = nitro_options_set_token_callback(get(), on_token<F>, kept.get(), &err.raw);
        if (code == NITRO_OK) token_ = std::move(kept);
        return done(code, err);
    }

    /**
     * Who hears what the library does: `void hear(log_level, const char *line)`, kept for as long as anything that was made
     * from these options.
     *
     * It runs on a thread that is inside a call, on two at once if two are. It may not call the library. It can object to
     * nothing: what it throws is dropped, or a line of a log could lose a job.
     */
    template <class F, class = detail::answer<F, log_level, const char *>> set log(F hear) {
        detail::given_error err;
        auto kept = std::make_shared<F>(std::move(hear));
        const nitro_code_t code = nitro_options_set_log(get(), on_log<F>, kept.get(), &err.raw);
        if (code == NITRO_OK) log_ = std::move(kept);
        return done(code, err);
    }
    /** Silence, the default. */
    set log(std::nullptr_t) {
        detail::given_error err;
        const nitro_code_t code = nitro_options_set_log(get(), nullptr, nullptr, &err.raw);
        if (code == NITRO_OK) log_.reset();
        return done(code, err);
    }

    /** What clients of these options keep alive. */
    std::shared_ptr<const void> hooks() const {
        if (!log_ && !token_) return nullptr;
        return std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>>(log_, token_);
    }

  private:
    set done(nitro_code_t code, const detail::given_error &err) {
#if NITRO_HPP_EXCEPTIONS
        if (code != NITRO_OK) detail::failed<void>(err);
        return *this;
#else
        if (code != NITRO_OK) return detail::failed<void>(err);
        return set();
#endif
    }
    /** A text that C would cut short. */
    set cut() {
#if NITRO_HPP_EXCEPTIONS
        raise(detail::cut_text());
#else
        return set(detail::cut_text());
#endif
    }
    /** No time at all is no way to say "no limit". */
    static std::int64_t at_least_one(std::int64_t ms) noexcept { return ms == 0 ? 1 : ms; }

    set number(nitro_code_t (*setter)(nitro_options_t *, std::int64_t, nitro_error_t **), std::int64_t value) {
        detail::given_error err;
        return done(setter(get(), value, &err.raw), err);
    }
    set words(nitro_code_t (*setter)(nitro_options_t *, const char *, nitro_error_t **), const text &value) {
        if (!value.is_whole()) return cut();
        detail::given_error err;
        return done(setter(get(), value.c_str(), &err.raw), err);
    }
    set words(nitro_code_t (*setter)(nitro_options_t *, const char *, const char *, nitro_error_t **), const text &one,
              const text &other) {
        if (!one.is_whole() || !other.is_whole()) return cut();
        detail::given_error err;
        return done(setter(get(), one.c_str(), other.c_str(), &err.raw), err);
    }

    template <class F> static void on_log(std::int32_t level, const char *line, void *data) noexcept {
#if NITRO_HPP_EXCEPTIONS
        try {
            detail::callable<F>(data)(static_cast<log_level>(level), line);
        } catch (...) {
            // A line of a log may not change what a call does.
        }
#else
        detail::callable<F>(data)(static_cast<log_level>(level), line);
#endif
    }

    template <class F> static std::int32_t on_token(std::int32_t reason, nitro_token_t *into, void *data) noexcept {
        return detail::guarded<std::int32_t>(1, [&]() -> std::int32_t {
            token given = detail::callable<F>(data)(static_cast<token_reason>(reason));
            if (given.value.empty() || given.value.find('\0') != std::string::npos) return 1;
            const nitro_code_t code = nitro_token_set(into, given.value.c_str(), given.expires_in.count(), nullptr);
            for (volatile char *each = &given.value[0]; *each; each++) *each = '\0';
            return code;
        });
    }

    std::shared_ptr<const void> log_, token_;
};

} // namespace NITRO_HPP_MODE
} // namespace nitro

#endif
