//! The library's version, and the names of its codes.

use std::ffi::{CStr, c_char};

use super::codes::{TABLE, nitro_code_t};
use crate::c_text::terminated;

/// Returns the version of the library at run time, for example "0.1.0".
///
/// Compare it with NITRO_VERSION, the version of the header at compile time. Static, never NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_version() -> *const c_char {
    const VERSION: &CStr = match CStr::from_bytes_with_nul(terminated!(env!("CARGO_PKG_VERSION")).as_bytes())
    {
        Ok(version) => version,
        Err(_) => c"",
    };
    VERSION.as_ptr()
}

/// Returns the version of the library as a number: major * 1000000 + minor * 1000 + patch.
///
/// Compare it with NITRO_VERSION_NUMBER.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_version_number() -> u32 {
    const fn number(digits: &str) -> u32 {
        let (bytes, mut at, mut value) = (digits.as_bytes(), 0, 0);
        while at < bytes.len() {
            value = value * 10 + (bytes[at] - b'0') as u32;
            at += 1;
        }
        value
    }
    number(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000_000
        + number(env!("CARGO_PKG_VERSION_MINOR")) * 1_000
        + number(env!("CARGO_PKG_VERSION_PATCH"))
}

/// Returns the name of a code, for example "NITRO_E_TIMEOUT"; "NITRO_E_?" for an unknown code.
///
/// Static, never NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_code_name(code: nitro_code_t) -> *const c_char {
    find(code).map_or(c"NITRO_E_?", |row| row.1).as_ptr()
}

/// Returns a short English description of a code.
///
/// nitro_error_message() has much more. Static, never NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_code_text(code: nitro_code_t) -> *const c_char {
    find(code).map_or(c"unknown code", |row| row.2).as_ptr()
}

fn find(code: nitro_code_t) -> Option<&'static (nitro_code_t, &'static CStr, &'static CStr)> {
    TABLE.iter().find(|row| row.0 == code)
}
