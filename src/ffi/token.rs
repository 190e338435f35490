//! The three token sources among a client's options.

use std::ffi::{c_char, c_void};
use std::time::Duration;

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{UserData, handle_mut, required, text};
use super::options::{nitro_options_t, set_text};
use crate::options::ClientOptions;
use crate::panic_guard::call_host;
use crate::token::BearerToken;

/// Reason of a token request: there is no token yet.
pub const NITRO_TOKEN_FIRST: i32 = 1;
/// Reason of a token request: the current token expires soon, or has expired.
pub const NITRO_TOKEN_EXPIRING: i32 = 2;
/// Reason of a token request: the service rejected the current token.
pub const NITRO_TOKEN_REFUSED: i32 = 3;

/// Receives the token of a token callback; valid during the callback only.
///
/// Threads: the callback's own. Since 0.1.0.
pub struct nitro_token_t {
    token: Option<BearerToken>,
}

/// Token callback: calls nitro_token_set() with `handle` and returns 0; any other value means that there is no token.
///
/// `reason` is one of NITRO_TOKEN_.... It is called on a thread that is inside a call of this library, only during that
/// call, and on one thread at a time for each client. It may block; the cancel token and the timeout of the call do not
/// interrupt it. It must not use the client that is requesting the token, and no C++ exception may leave it. `handle`
/// is valid during the callback only.
pub type nitro_token_fn =
    Option<unsafe extern "C" fn(reason: i32, handle: *mut nitro_token_t, user_data: *mut c_void) -> i32>;

/// Sets the bearer token, which is sent to the service and to no other host.
///
/// Of token, token callback and client credentials the last one set is used. The token is copied into memory that is
/// wiped when it is freed.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_token(
    options: *mut nitro_options_t,
    token: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, token, "token", err, ClientOptions::token)
}

/// Sets the client id and client secret, for which the token endpoint issues tokens.
///
/// A token is requested when one is needed, cached, and renewed 60 s before it expires or when the service rejects it.
/// The secret is copied into memory that is wiped when it is freed, and is sent to the token URL only. Both are checked
/// by nitro_client_new(). Calls of the client return NITRO_E_UNAUTHORIZED if the token endpoint rejects them.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_client_credentials(
    options: *mut nitro_options_t,
    client_id: *const c_char,
    client_secret: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let options = handle_mut(options, "options")?;
        let (id, secret) = (
            text(client_id, "client_id")?,
            text(client_secret, "client_secret")?,
        );
        options.change(|o| o.client_credentials(id, secret));
        Ok(())
    })
}

/// Sets the URL of the token endpoint for client credentials; the default is "oauth/token" below the base URL.
///
/// The URL is checked by nitro_client_new().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_token_url(
    options: *mut nitro_options_t,
    url: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, url, "url", err, ClientOptions::token_url)
}

/// Sets the function that provides tokens: called if there is none, if one expires soon, and if the service rejected one.
///
/// `user_data` is passed to it and must be valid as long as the client and everything created from it. A call for which
/// it provides no token returns NITRO_E_UNAUTHORIZED.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_token_callback(
    options: *mut nitro_options_t,
    callback: nitro_token_fn,
    user_data: *mut c_void,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    let user_data = UserData(user_data);
    fallible(err, || {
        let options = handle_mut(options, "options")?;
        let callback = required(callback, "callback")?;
        options.change(|o| {
            o.token_callback(move |reason| {
                let mut handle = nitro_token_t { token: None };
                // SAFETY: the header's contract for nitro_token_fn and its `user_data`.
                let code = call_host(|| unsafe { callback(reason as i32, &mut handle, user_data.get()) });
                match handle.token {
                    Some(token) if code == 0 => Ok(token),
                    None if code == 0 => Err("it returned 0 without calling nitro_token_set()".into()),
                    _ => Err(format!("it returned {code}").into()),
                }
            })
        });
        Ok(())
    })
}

/// Sets the token that a token callback provides.
///
/// The token is copied into memory that is wiped when it is freed. `expires_in_s` is the lifetime of the token in
/// seconds; 0 or -1 if unknown: the token is then used until the service rejects it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8.
///
/// Threads: that of the callback. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_token_set(
    handle: *mut nitro_token_t,
    token: *const c_char,
    expires_in_s: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let handle = handle_mut(handle, "handle")?;
        handle.token = Some(bearer_token(text(token, "token")?, expires_in_s));
        Ok(())
    })
}

fn bearer_token(token: &str, expires_in_s: i64) -> BearerToken {
    let token = BearerToken::new(token);
    match u64::try_from(expires_in_s) {
        Ok(seconds) if seconds > 0 => token.expires_in(Duration::from_secs(seconds)),
        _ => token,
    }
}
