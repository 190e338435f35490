//! Strings that cross the boundary.

use std::ffi::{CString, c_char};

use super::boundary::plain;

/// Frees a string that a function of this library gave away through a `char **`.
///
/// NULL is nothing. Never use free() of the C runtime for it, nor this function for a `const char *`, which is lent.
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_string_free(string: *mut c_char) {
    plain((), || {
        if !string.is_null() {
            // SAFETY: the header's contract: the string came from `give_text` and is freed once.
            drop(unsafe { CString::from_raw(string) });
        }
    });
}

/// Gives a text to C, which owns it from now on. A NUL inside, which C could not see behind, is left out.
pub(super) fn give_text(text: impl Into<Vec<u8>>) -> *mut c_char {
    c_text(text).into_raw()
}

/// A text that a handle keeps in order to lend it.
pub(super) fn c_text(text: impl Into<Vec<u8>>) -> CString {
    let mut bytes: Vec<u8> = text.into();
    if memchr::memchr(0, &bytes).is_some() {
        bytes.retain(|byte| *byte != 0);
    }
    // SAFETY: no NUL is left. The standard library's own search would take a sixth of the time that a large result takes.
    unsafe { CString::from_vec_unchecked(bytes) }
}
