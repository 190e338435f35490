//! Strings that cross the boundary.

use std::ffi::{CString, c_char};

use super::boundary::plain;
use crate::error::{Error, ErrorKind, Result};
use crate::huge_pages::prefer_large_pages;

/// Frees a string that a function of this library gave away through a `char **`.
///
/// NULL is nothing. Never use free() of the C runtime for it, nor this function for a `const char *`, which is lent.
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_string_free(string: *mut c_char) {
    // SAFETY: the header's contract: the string came from `give_text` and is freed once; free() takes NULL.
    plain((), || unsafe { libc::free(string.cast()) });
}

/// Gives a text without a NUL inside to C, which owns it from now on. It may be large: it is copied once and never searched.
pub(super) fn give_text(text: &str) -> Result<*mut c_char> {
    debug_assert!(!text.contains('\0'));
    // SAFETY: malloc() takes any size.
    let place: *mut u8 = unsafe { libc::malloc(text.len() + 1) }.cast();
    if place.is_null() {
        let text = format!("there is no memory for a text of {} bytes", text.len());
        return Err(Error::new(ErrorKind::NoMemory, text));
    }
    // SAFETY: the place is new and has room for the text and the NUL.
    unsafe {
        prefer_large_pages(std::slice::from_raw_parts_mut(place.cast(), text.len()));
        place.copy_from_nonoverlapping(text.as_ptr(), text.len());
        place.add(text.len()).write(0);
    }
    Ok(place.cast())
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
