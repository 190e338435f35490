//! `nitro_client_t`: the pool, the trust, the proxy and the token.

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{drop_raw, handle, into_raw, output};
use super::options::nitro_options_t;
use crate::client::Client;

/// A client: connections, trust, proxy and token, shared by everything that is made from it.
///
/// Make one and keep it: connections are reused. Threads: any at once. Since 0.1.0.
pub struct nitro_client_t {
    pub(super) client: Client,
}

/// Makes a client from options.
///
/// No connection is made yet. The options are read, not taken: free them, or use them again. `options` may be NULL for
/// the defaults. The caller owns `*client` and frees it with nitro_client_free(). Codes: NITRO_E_INVALID_ARGUMENT names
/// the option that cannot be used. Threads: any, while no other thread changes `options`. Since 0.1.0.
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
/// Jobs and events that were made from it go on working. Does no network I/O. NULL is nothing. Threads: any, once no call
/// is given this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_client_free(client: *mut nitro_client_t) {
    drop_raw(client);
}
