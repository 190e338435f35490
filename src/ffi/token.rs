//! Where tokens come from: the three sources among a client's options.

use std::ffi::{c_char, c_void};
use std::time::Duration;

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{UserData, handle_mut, text};
use super::options::{nitro_options_t, set_text};
use crate::error::Error;
use crate::options::ClientOptions;
use crate::panic_guard::call_host;
use crate::token::BearerToken;

/// A token is asked for because there is none yet.
pub const NITRO_TOKEN_FIRST: i32 = 1;
/// A token is asked for because the one there is expires soon, or has expired.
pub const NITRO_TOKEN_EXPIRING: i32 = 2;
/// A token is asked for because the service refused the one there is.
pub const NITRO_TOKEN_REFUSED: i32 = 3;

/// Where a token callback puts the token: lent to it for the call.
///
/// Threads: the callback's own. Since 0.1.0.
pub struct nitro_token_t {
    token: Option<BearerToken>,
}

/// Gives the library a token: calls nitro_token_set() with `answer` and returns 0.
///
/// Anything else says that there is none. `reason` is one of NITRO_TOKEN_.... Called on a thread that is inside a call of
/// this library, only during that call, and on one thread at a time for each client. It may block; the call's cancel
/// token and limits do not reach into it. It must not use the client that asks, and no C++ exception may leave it.
/// `answer` is lent for the call.
pub type nitro_token_fn =
    Option<unsafe extern "C" fn(reason: i32, answer: *mut nitro_token_t, user_data: *mut c_void) -> i32>;

/// Sets the bearer token, which is sent to the service and to no other host.
///
/// Of token, callback and client credentials the one set last counts. It is copied into memory that is wiped when it is
/// freed. Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_token(
    options: *mut nitro_options_t,
    token: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, token, "token", err, ClientOptions::token)
}

/// Sets the client's id and secret, for which the service gives tokens.
///
/// Tokens are asked for when needed, kept, and renewed 60 s before they expire or when the service refuses one. The secret is
/// copied into memory that is wiped when it is freed. Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL
/// or broken UTF-8; calls of the client give NITRO_E_UNAUTHORIZED where the service refuses them. Since 0.1.0.
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

/// Sets where client credentials are turned into tokens, "oauth/token" below the base URL by default.
///
/// Checked by nitro_client_new(). Codes: NITRO_E_INVALID_ARGUMENT for NULL or broken UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_token_url(
    options: *mut nitro_options_t,
    url: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, url, "url", err, ClientOptions::token_url)
}

/// Sets the function that is asked for tokens: when there is none, when one expires soon, when the service refused one.
///
/// `user_data` is handed to it and must live as long as the client and all that is made from it. A call for which it gives no
/// token is NITRO_E_UNAUTHORIZED. Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
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
        let callback = callback.ok_or_else(|| Error::invalid("callback is NULL"))?;
        options.change(|o| {
            o.token_callback(move |reason| {
                let mut answer = nitro_token_t { token: None };
                // SAFETY: the header's contract for nitro_token_fn and its `user_data`.
                let said = call_host(|| unsafe { callback(reason as i32, &mut answer, user_data.get()) });
                match answer.token {
                    Some(token) if said == 0 => Ok(token),
                    None if said == 0 => Err("it returned 0 without calling nitro_token_set()".into()),
                    _ => Err(format!("it returned {said}").into()),
                }
            })
        });
        Ok(())
    })
}

/// Answers a token callback.
///
/// The token is copied into memory that is wiped when it is freed. `expires_in_s`: for how many seconds it is valid, -1
/// or 0 if that is not known; then it is used until the service refuses it. Codes: NITRO_E_INVALID_ARGUMENT for NULL or
/// broken UTF-8. Threads: that of the callback. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_token_set(
    answer: *mut nitro_token_t,
    token: *const c_char,
    expires_in_s: i64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let answer = handle_mut(answer, "answer")?;
        answer.token = Some(given(text(token, "token")?, expires_in_s));
        Ok(())
    })
}

fn given(token: &str, expires_in_s: i64) -> BearerToken {
    let token = BearerToken::new(token);
    match u64::try_from(expires_in_s) {
        Ok(seconds) if seconds > 0 => token.expires_in(Duration::from_secs(seconds)),
        _ => token,
    }
}
