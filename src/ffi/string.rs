//! Strings whose ownership passes to C.

use std::ffi::c_char;

use super::handle::infallible;
use crate::c_text::{TERMINATOR_LEN, write_terminated};
use crate::error::{Error, ErrorKind, Result};
use crate::huge_pages::prefer_huge_pages;

/// Frees a string that a function of this library returned through a `char **`.
///
/// Does nothing if NULL. Do not free such a string with free() of the C runtime, and do not pass a `const char *` to
/// this function: that one belongs to its handle.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_string_free(string: *mut c_char) {
    // SAFETY: the header's contract: the string came from `to_owned_text` and is freed once; free() takes NULL.
    infallible((), || unsafe { libc::free(string.cast()) });
}

/// Copies `text`, which contains no NUL, into memory that C owns from now on. It may be large: it is copied once and never
/// searched.
pub(super) fn to_owned_text(text: &str) -> Result<*mut c_char> {
    debug_assert!(!text.contains('\0'));
    let length = text.len() + TERMINATOR_LEN;
    // SAFETY: malloc() takes any size.
    let block: *mut c_char = unsafe { libc::malloc(length) }.cast();
    if block.is_null() {
        return Err(Error::new(
            ErrorKind::NoMemory,
            format!("out of memory while copying a string of {} bytes", text.len()),
        ));
    }
    // SAFETY: the block is new and has this length.
    let bytes = unsafe { std::slice::from_raw_parts_mut(block.cast(), length) };
    prefer_huge_pages(bytes);
    write_terminated(bytes, text);
    Ok(block)
}
