//! Which library this is.

use std::ffi::{CStr, c_char};

use super::codes::{TABLE, nitro_code_t};
use crate::c_text::terminated;

/// The version of the library that the program runs with, for example "0.1.0".
///
/// Compare with NITRO_VERSION, that of the header it was compiled with. Static, never NULL. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_version() -> *const c_char {
    const VERSION: &CStr = match CStr::from_bytes_with_nul(terminated!(env!("CARGO_PKG_VERSION")).as_bytes())
    {
        Ok(version) => version,
        Err(_) => c"",
    };
    VERSION.as_ptr()
}

/// The same as a number that can be compared: major * 1000000 + minor * 1000 + patch.
///
/// Compare with NITRO_VERSION_NUMBER. Threads: any. Since 0.1.0.
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

/// The name of a code, for example "NITRO_E_TIMEOUT"; "NITRO_E_?" for a number that is none.
///
/// Static, never NULL. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_code_name(code: nitro_code_t) -> *const c_char {
    find(code).map_or(c"NITRO_E_?", |row| row.1).as_ptr()
}

/// What a code means, in a few English words. nitro_error_message() says much more.
///
/// Static, never NULL. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_code_text(code: nitro_code_t) -> *const c_char {
    find(code).map_or(c"unknown code", |row| row.2).as_ptr()
}

fn find(code: nitro_code_t) -> Option<&'static (nitro_code_t, &'static CStr, &'static CStr)> {
    TABLE.iter().find(|row| row.0 == code)
}
