//! `nitro_options_t`: one setter an option.

use std::ffi::{CString, c_char, c_void};

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{UserData, drop_raw, handle_mut, infallible, into_raw, milliseconds, output, text};
use crate::c_text::to_c_string;
use crate::error::{Error, Result};
use crate::options::ClientOptions;
use crate::panic_guard::call_host;

/// Log level: something is wrong but the call goes on.
pub const NITRO_LOG_WARN: i32 = 1;
/// Log level: a change that a person would want to know, such as a retry.
pub const NITRO_LOG_INFO: i32 = 2;
/// Log level: each request and its answer.
pub const NITRO_LOG_DEBUG: i32 = 3;

/// Hears what the library does: a level, one of NITRO_LOG_..., and a line without any secret.
///
/// Called on a thread that is inside a call of this library, only during that call; two threads may be inside at once. It
/// must not call back into the library, and no C++ exception may leave it. `message` is lent for the call.
pub type nitro_log_fn =
    Option<unsafe extern "C" fn(level: i32, message: *const c_char, user_data: *mut c_void)>;

/// The options of a client, set one by one; each has a default that suits a desktop program.
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

/// A setter of one text option.
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

/// A setter of one number option.
pub(super) fn set_number<T>(
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

fn size(value: i64, name: &str) -> Result<usize> {
    match usize::try_from(value) {
        Ok(value) if value > 0 => Ok(value),
        _ => Err(Error::invalid(format!("{name} must be above zero"))),
    }
}

/// Makes options with their defaults and no token.
///
/// The caller owns them and frees them with nitro_options_free(). Never NULL. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_options_new() -> *mut nitro_options_t {
    infallible(std::ptr::null_mut(), || {
        into_raw(nitro_options_t {
            options: ClientOptions::new(),
        })
    })
}

/// Makes options from the environment: NITRO_BASE_URL, and NITRO_TOKEN or else NITRO_CLIENT_ID with NITRO_CLIENT_SECRET.
///
/// Each is read if it is set, and nothing else is. The caller owns `*options`. Codes: NITRO_E_INVALID_ARGUMENT if a variable
/// is not UTF-8, or if one of the last two is set without the other. Threads: any, while no thread changes the
/// environment. Since 0.1.0.
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

/// Sets the service's address, "https://api.gonitro.dev" by default; a path prefix is kept.
///
/// Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_base_url(
    options: *mut nitro_options_t,
    url: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, url, "url", err, ClientOptions::base_url)
}

/// Sets the User-Agent, "nitro-jobs/VERSION" by default.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_user_agent(
    options: *mut nitro_options_t,
    user_agent: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, user_agent, "user_agent", err, ClientOptions::user_agent)
}

/// Sets the limit on resolving, connecting, proxy and TLS negotiation together: 15000 ms by default.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_connect_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_number(options, above_zero(ms), err, ClientOptions::connect_timeout)
}

/// Sets the limit on silence, no byte for so long in a head, a body or a stream: 30000 ms by default.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_idle_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_number(options, above_zero(ms), err, ClientOptions::idle_timeout)
}

fn above_zero(ms: i64) -> Result<std::time::Duration> {
    milliseconds(ms, "ms").and_then(|d| {
        if d.is_zero() {
            Err(Error::invalid("ms must be above zero"))
        } else {
            Ok(d)
        }
    })
}

/// Sets the least bytes a second that a body must bring, averaged over 30 s: 100 by default, 0 switches it off.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_min_rate(
    options: *mut nitro_options_t,
    bytes_per_second: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let rate = u64::try_from(bytes_per_second).map_err(|_| Error::invalid("bytes_per_second is negative"));
    set_number(options, rate, err, ClientOptions::min_rate)
}

/// Sets the limit on a whole call that is given -1: 120000 ms by default, 0 for none.
///
/// Waits, streams, submissions and downloads do not have it. Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_call_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_number(options, milliseconds(ms, "ms"), err, ClientOptions::call_timeout)
}

/// Sets the limit on a whole wait that is given -1: 1800000 ms (30 minutes) by default, 0 for none.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_wait_timeout_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_number(options, milliseconds(ms, "ms"), err, ClientOptions::wait_timeout)
}

/// Sets how many times a safe request is sent again inside one call: 3 by default, 0 switches it off.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_retries(
    options: *mut nitro_options_t,
    retries: i32,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let retries = u32::try_from(retries).map_err(|_| Error::invalid("retries is negative"));
    set_number(options, retries, err, ClientOptions::retries)
}

/// Sets the longest pause before a retry or a poll, whatever the service asks for: 30000 ms by default.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_retry_cap_ms(
    options: *mut nitro_options_t,
    ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_number(options, milliseconds(ms, "ms"), err, ClientOptions::retry_cap)
}

/// Sets the first pause between two polls and the longest: 250 ms and 5000 ms by default.
///
/// Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT if one is negative. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_poll_interval_ms(
    options: *mut nitro_options_t,
    first_ms: i64,
    longest_ms: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let interval =
        milliseconds(first_ms, "first_ms").and_then(|f| Ok((f, milliseconds(longest_ms, "longest_ms")?)));
    set_number(options, interval, err, |o, (first, longest)| {
        o.poll_interval(first, longest)
    })
}

/// Sets the largest JSON answer that is taken into memory: 268435456 bytes by default.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_max_json_bytes(
    options: *mut nitro_options_t,
    bytes: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_number(options, size(bytes, "bytes"), err, ClientOptions::max_json_bytes)
}

/// Sets the longest line and the largest event of a stream: 16777216 bytes by default.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if it is not above zero. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_max_event_bytes(
    options: *mut nitro_options_t,
    bytes: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_number(options, size(bytes, "bytes"), err, ClientOptions::max_event_bytes)
}

/// Sets the function that hears what the library does; NULL for silence, the default.
///
/// `user_data` is handed to it and must live as long as the client and all that is made from it. Codes:
/// NITRO_E_INVALID_ARGUMENT for NULL options. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_log(
    options: *mut nitro_options_t,
    log: nitro_log_fn,
    user_data: *mut c_void,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let user_data = UserData(user_data);
    set_number(options, Ok(log), err, |o, log| match log {
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
/// Clients made from them keep their own copy. NULL is nothing. Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_free(options: *mut nitro_options_t) {
    drop_raw(options);
}
