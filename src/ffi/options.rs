//! `nitro_options_t`: one setter for each option.

use std::ffi::{CString, c_char, c_void};

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{
    UserData, drop_raw, handle_mut, infallible, into_raw, milliseconds, negative, output, text,
};
use crate::c_text::to_c_string;
use crate::error::{Error, Result};
use crate::options::ClientOptions;
use crate::panic_guard::call_host;

/// Log level: something is wrong, but the call continues.
pub const NITRO_LOG_WARN: i32 = 1;
/// Log level: a notable event, such as a retry.
pub const NITRO_LOG_INFO: i32 = 2;
/// Log level: each request and its response.
pub const NITRO_LOG_DEBUG: i32 = 3;

/// Log callback: `level` is one of NITRO_LOG_..., `message` one line of text without secrets.
///
/// It is called on a thread that is inside a call of this library, only during that call; two threads can be inside
/// calls at the same time. It must not call this library, and no C++ exception may leave it. `message` is valid during
/// the callback only.
pub type nitro_log_fn =
    Option<unsafe extern "C" fn(level: i32, message: *const c_char, user_data: *mut c_void)>;

/// The options of a client; each has a default that suits a desktop program.
///
/// Threads: one at a time. Since 0.1.0.
pub struct nitro_options_t {
    pub(super) options: ClientOptions,
}

impl nitro_options_t {
    pub(super) fn change(&mut self, change: impl FnOnce(ClientOptions) -> ClientOptions) {
        self.options = change(std::mem::take(&mut self.options));
    }
}

/// Sets an option that is a string.
pub(super) fn set_text(
    options: *mut nitro_options_t,
    value: *const c_char,
    name: &str,
    err: *mut *mut nitro_error_t,
    change: impl FnOnce(ClientOptions, String) -> ClientOptions,
) -> nitro_code_t {
    fallible(err, || {
        let options = handle_mut(options, "options")?;
        let value = text(value, name)?.to_owned();
        options.change(|o| change(o, value));
        Ok(())
    })
}

/// Sets an option to `value`, unless that is an error.
pub(super) fn set_value<T>(
    options: *mut nitro_options_t,
    value: Result<T>,
    err: *mut *mut nitro_error_t,
    change: impl FnOnce(ClientOptions, T) -> ClientOptions,
) -> nitro_code_t {
    fallible(err, || {
        let options = handle_mut(options, "options")?;
        let value = value?;
        options.change(|o| change(o, value));
        Ok(())
    })
}

fn not_positive(name: &str) -> Error {
    Error::invalid(format!("{name} is not positive"))
}

fn positive_size(value: i64, name: &str) -> Result<usize> {
    match usize::try_from(value) {
        Ok(value) if value > 0 => Ok(value),
        _ => Err(not_positive(name)),
    }
}

/// Creates options with the default values and no token.
///
/// The caller owns them and frees them with nitro_options_free(). Never NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_options_new() -> *mut nitro_options_t {
    infallible(std::ptr::null_mut(), || {
        into_raw(nitro_options_t {
            options: ClientOptions::new(),
        })
    })
}

/// Creates options from the environment variables NITRO_BASE_URL, NITRO_TOKEN, NITRO_CLIENT_ID and NITRO_CLIENT_SECRET.
///
/// Each is used if it is set; NITRO_TOKEN takes precedence over the client id and secret. No other variable is read.
/// The caller owns `*options` and frees it with nitro_options_free().
///
/// Codes: NITRO_E_INVALID_ARGUMENT if a variable is not UTF-8, or if only one of NITRO_CLIENT_ID and
/// NITRO_CLIENT_SECRET is set.
///
/// Threads: any, while no thread changes the environment. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_from_env(
    options: *mut *mut nitro_options_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let out = output(options, "options", std::ptr::null_mut())?;
        *out = into_raw(nitro_options_t {
            options: ClientOptions::from_env()?,
        });
        Ok(())
    })
}

/// Sets the service's URL; the default is "https://api.gonitro.dev", and a path prefix is kept.
///
/// The URL is checked by nitro_client_new().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_base_url(
    options: *mut nitro_options_t,
    url: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, url, "url", err, ClientOptions::base_url)
}

/// Sets the User-Agent header; the default is "nitro-jobs/VERSION".
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_user_agent(
    options: *mut nitro_options_t,
    user_agent: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, user_agent, "user_agent", err, ClientOptions::user_agent)
}

/// Sets the timeout of name resolution, TCP connect, proxy and TLS handshake together; the default is 15000 ms.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `ms` is not positive. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_connect_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(
        options,
        positive_milliseconds(ms),
        err,
        ClientOptions::connect_timeout,
    )
}

/// Sets the idle timeout, the longest time without a byte in a head, a body or a stream; the default is 30000 ms.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `ms` is not positive. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_idle_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(
        options,
        positive_milliseconds(ms),
        err,
        ClientOptions::idle_timeout,
    )
}

fn positive_milliseconds(ms: i64) -> Result<std::time::Duration> {
    milliseconds(ms, "ms").and_then(|d| {
        if d.is_zero() {
            Err(not_positive("ms"))
        } else {
            Ok(d)
        }
    })
}

/// Sets the minimum rate of a body in bytes per second, averaged over 30 s; the default is 100, and 0 disables it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_min_rate(
    options: *mut nitro_options_t,
    bytes_per_second: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let rate = u64::try_from(bytes_per_second).map_err(|_| negative("bytes_per_second"));
    set_value(options, rate, err, ClientOptions::min_rate)
}

/// Sets the timeout of calls with `timeout_ms` -1; the default is 120000 ms, and 0 is no timeout.
///
/// It does not apply to waits, streams, submissions and downloads.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `ms` is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_call_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(options, milliseconds(ms, "ms"), err, ClientOptions::call_timeout)
}

/// Sets the timeout of waits with `timeout_ms` -1; the default is 1800000 ms (30 minutes), and 0 is no timeout.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `ms` is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_wait_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(options, milliseconds(ms, "ms"), err, ClientOptions::wait_timeout)
}

/// Sets how often a safe request is retried inside one call; the default is 3, and 0 disables retries.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `retries` is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_retries(
    options: *mut nitro_options_t,
    retries: i32,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let retries = u32::try_from(retries).map_err(|_| negative("retries"));
    set_value(options, retries, err, ClientOptions::retries)
}

/// Sets the longest pause before a retry or a poll, even if the service requests a longer one; the default is 30000 ms.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `ms` is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_retry_cap_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(options, milliseconds(ms, "ms"), err, ClientOptions::retry_cap)
}

/// Sets the first and the longest pause between two polls of a job; the defaults are 250 ms and 5000 ms.
///
/// Unless both are equal, pauses are jittered by a fifth. The values are checked by nitro_client_new().
///
/// Codes: NITRO_E_INVALID_ARGUMENT if one is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_poll_interval_ms(
    options: *mut nitro_options_t,
    first_ms: i64,
    longest_ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let interval =
        milliseconds(first_ms, "first_ms").and_then(|f| Ok((f, milliseconds(longest_ms, "longest_ms")?)));
    set_value(options, interval, err, |o, (first, longest)| {
        o.poll_interval(first, longest)
    })
}

/// Sets the maximum size of a JSON response in memory; the default is 268435456 bytes.
///
/// A larger one is NITRO_E_TOO_LARGE.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `bytes` is not positive. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_max_json_bytes(
    options: *mut nitro_options_t,
    bytes: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(
        options,
        positive_size(bytes, "bytes"),
        err,
        ClientOptions::max_json_bytes,
    )
}

/// Sets the maximum size of a line and of an event of an event stream; the default is 16777216 bytes.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `bytes` is not positive. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_max_event_bytes(
    options: *mut nitro_options_t,
    bytes: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(
        options,
        positive_size(bytes, "bytes"),
        err,
        ClientOptions::max_event_bytes,
    )
}

/// Sets the log callback; the default is no logging.
///
/// `log` may be NULL to remove it. `user_data` is passed to it and must be valid as long as the client and everything
/// created from it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `options` is NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_log(
    options: *mut nitro_options_t,
    log: nitro_log_fn,
    user_data: *mut c_void,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let user_data = UserData(user_data);
    set_value(options, Ok(log), err, |o, log| match log {
        None => o.no_log(),
        Some(log) => o.log(move |level, message| {
            let message: CString = to_c_string(message);
            // SAFETY: the header's contract for nitro_log_fn and its `user_data`.
            call_host(|| unsafe { log(level as i32, message.as_ptr(), user_data.get()) });
        }),
    })
}

/// Frees the options.
///
/// Clients created from them have a copy. Does nothing if NULL.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_free(options: *mut nitro_options_t) {
    drop_raw(options);
}
