//! Text that C reads: the NUL that ends it, known here and nowhere else.

use std::borrow::Cow;
use std::collections::TryReserveError;
use std::ffi::CString;
use std::mem::MaybeUninit;

/// What a buffer needs beyond the text.
pub(crate) const TERMINATOR_LEN: usize = 1;

/// String literals joined to one that ends with NUL.
macro_rules! terminated {
    ($($part:expr),+) => { concat!($($part,)+ "\0") };
}
pub(crate) use terminated;

/// A text that [`terminated!`] made, as Rust has it.
pub(crate) fn without_terminator(text: &str) -> &str {
    text.strip_suffix('\0').unwrap_or(text)
}

/// Writes `text` and its NUL into `buffer`, which is [`TERMINATOR_LEN`] longer than the text.
#[allow(unsafe_code)]
pub(crate) fn write_terminated(buffer: &mut [MaybeUninit<u8>], text: &str) {
    assert_eq!(buffer.len(), text.len() + TERMINATOR_LEN);
    let start: *mut u8 = buffer.as_mut_ptr().cast();
    // SAFETY: the buffer is longer than the text, and is exclusively borrowed.
    unsafe { start.copy_from_nonoverlapping(text.as_ptr(), text.len()) };
    buffer[text.len()].write(0);
}

/// Copies `text` and its NUL to the beginning of `buffer`, which is longer than the text; returns how many bytes that are.
#[inline(always)]
pub(crate) fn copy_terminated(buffer: &mut [u8], text: &str) -> usize {
    buffer[..text.len()].copy_from_slice(text.as_bytes());
    buffer[text.len()] = 0;
    text.len() + TERMINATOR_LEN
}

/// Appends the NUL.
pub(crate) fn terminate(text: &mut String) -> Result<(), TryReserveError> {
    text.try_reserve_exact(TERMINATOR_LEN)?;
    text.push('\0');
    Ok(())
}

/// A copy of a text whose length the peer decided, with space for a NUL.
pub(crate) fn copy(text: &str) -> Result<String, TryReserveError> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len() + TERMINATOR_LEN)?;
    copy.push_str(text);
    Ok(copy)
}

/// Removes the NULs, since C would take the first one for the end.
pub(crate) fn remove_nuls(text: &mut String) {
    if memchr::memchr(0, text.as_bytes()).is_some() {
        text.retain(|c| c != '\0');
    }
}

/// A copy of a short `text` as a C string, without the NULs inside.
pub(crate) fn to_c_string(text: impl Into<String>) -> CString {
    into_c_string(text.into())
}

/// As [`to_c_string`], of a text whose length the peer decided.
pub(crate) fn try_c_string(text: Cow<'_, str>) -> Result<CString, TryReserveError> {
    let mut text = match text {
        Cow::Borrowed(text) => copy(text)?,
        Cow::Owned(text) => text,
    };
    text.try_reserve_exact(TERMINATOR_LEN)?;
    Ok(into_c_string(text))
}

#[allow(unsafe_code)]
fn into_c_string(mut text: String) -> CString {
    remove_nuls(&mut text);
    // SAFETY: no NUL is left. The standard library's own search would take a sixth of the time that a large result takes.
    unsafe { CString::from_vec_unchecked(text.into_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_c_string_has_no_nul_inside() {
        assert_eq!(to_c_string("a\0b\0").as_bytes(), b"ab");
        assert_eq!(to_c_string("").as_bytes_with_nul(), b"\0");
    }

    #[test]
    #[allow(unsafe_code)]
    fn a_text_is_followed_by_its_nul() {
        let mut buffer = [MaybeUninit::new(7); 4];
        write_terminated(&mut buffer, "abc");
        // SAFETY: all four bytes were initialised above.
        let bytes = buffer.map(|byte| unsafe { byte.assume_init() });
        assert_eq!(&bytes, b"abc\0");
        let mut buffer = [7; 4];
        assert_eq!(copy_terminated(&mut buffer, "ab"), 3);
        assert_eq!(&buffer, b"ab\0\x07");
        let mut text = "a\0b".to_owned();
        remove_nuls(&mut text);
        terminate(&mut text).unwrap();
        assert_eq!(text, "ab\0");
        assert_eq!(without_terminator(terminated!("ab", "c")), "abc");
    }
}
