//! The options of TLS trust, trusted origins and the proxy.

use std::ffi::c_char;
use std::io::Read;
use std::path::Path;

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{handle_mut, text};
use super::options::{nitro_options_t, set_text, set_value};
use crate::error::{Error, ErrorKind};
use crate::options::ClientOptions;
use crate::regular_file;

/// Adds an origin, "https://host" or "https://host:port", to which the token may be sent besides that of the base URL.
///
/// The origin is checked by nitro_client_new().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_add_trusted_origin(
    options: *mut nitro_options_t,
    origin: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, origin, "origin", err, ClientOptions::trust_origin)
}

/// Adds certificate authorities as PEM text to those of the operating system.
///
/// The text is checked by nitro_client_new().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_add_ca_pem(
    options: *mut nitro_options_t,
    pem: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, pem, "pem", err, ClientOptions::add_ca_pem)
}

/// Adds certificate authorities from a PEM file, which is read by this call, to those of the operating system.
///
/// Codes: NITRO_E_FILE if the file cannot be read or is not a regular file; NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8,
/// also in the file, as in one in DER. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_add_ca_file(
    options: *mut nitro_options_t,
    path: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let options = handle_mut(options, "options")?;
        let path = text(path, "path")?;
        let mut bytes = Vec::new();
        regular_file::open(path.as_ref())
            .and_then(|(mut file, _)| file.read_to_end(&mut bytes))
            .map_err(|e| {
                let what = format!("cannot read the CA file {path}: {e}");
                Error::new(ErrorKind::File, what).with_file(Path::new(path), e.raw_os_error())
            })?;
        let pem = String::from_utf8(bytes).map_err(|_| {
            Error::invalid(format!(
                "the CA file {path} is no PEM text; if it is a DER file, convert it: openssl x509 -inform DER -in FILE"
            ))
        })?;
        options.change(|o| o.add_ca_pem(pem));
        Ok(())
    })
}

/// Sets whether only the added certificate authorities are trusted (1), or the operating system's too (0, the default).
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_only_added_ca(
    options: *mut nitro_options_t,
    only: i32,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(options, Ok(only != 0), err, ClientOptions::only_added_ca)
}

/// Sets the client's certificate chain and private key as PEM text, for servers that require a client certificate.
///
/// Both are checked by nitro_client_new().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_client_certificate_pem(
    options: *mut nitro_options_t,
    chain_pem: *const c_char,
    key_pem: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let options = handle_mut(options, "options")?;
        let (chain, key) = (text(chain_pem, "chain_pem")?, text(key_pem, "key_pem")?);
        options.change(|o| o.client_certificate_pem(chain, key));
        Ok(())
    })
}

/// Sets the proxy: a URL with "http://", "https://", "socks5://" or "socks5h://", optionally with "user:password@".
///
/// The default is no proxy. The URL is checked by nitro_client_new().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_proxy(
    options: *mut nitro_options_t,
    url: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, url, "url", err, ClientOptions::proxy)
}

/// Takes the proxy from the environment variables https_proxy, http_proxy, all_proxy and no_proxy, as curl does.
///
/// The environment is read by nitro_client_new(). A variable that cannot be used is an error of the calls that would use it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_proxy_from_env(
    options: *mut nitro_options_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_value(options, Ok(()), err, |o, ()| o.proxy_from_env())
}

/// Sets the hosts that are connected to without the proxy, in the syntax of NO_PROXY as curl reads it.
///
/// That is a comma-separated list of host names and domain suffixes, IP addresses and CIDR blocks, each with an
/// optional port, or "*" for all hosts.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or invalid UTF-8. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_options_set_no_proxy(
    options: *mut nitro_options_t,
    hosts: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    set_text(options, hosts, "hosts", err, ClientOptions::no_proxy)
}
