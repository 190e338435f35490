//! `nitro_client_t`: connection pool, TLS trust, proxy and tokens.

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{drop_raw, handle, into_raw, output};
use super::options::nitro_options_t;
use crate::client::Client;

/// A client: connection pool, TLS trust, proxy and tokens, shared by everything that is created from it.
///
/// Create one and keep it, so that connections are reused.
///
/// Threads: any at once. Since 0.1.0.
pub struct nitro_client_t {
    pub(super) client: Client,
}

/// Creates a client.
///
/// No connection is made yet. `options` may be NULL for the defaults. The client has a copy of the options: they may be
/// freed or reused. The caller owns `*client` and frees it with nitro_client_free().
///
/// Codes: NITRO_E_INVALID_ARGUMENT, with a message that names the invalid option.
///
/// Threads: any, while no other thread changes `options`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_client_new(
    options: *const nitro_options_t,
    client: *mut *mut nitro_client_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let client = output(client, "client", std::ptr::null_mut())?;
        let options = if options.is_null() {
            Default::default()
        } else {
            handle(options, "options")?.options.clone()
        };
        *client = into_raw(nitro_client_t {
            client: Client::new(options)?,
        });
        Ok(())
    })
}

/// Frees the client.
///
/// Jobs, events and watches that were created from it keep working. Does no network I/O. Does nothing if NULL.
///
/// Threads: any, once no call uses this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_client_free(client: *mut nitro_client_t) {
    drop_raw(client);
}
