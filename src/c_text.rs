//! Text that C reads: the NUL that ends it, known here and nowhere else.

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

/// A copy of `text` as a C string, without the NULs inside, behind which C could not see.
#[allow(unsafe_code)]
pub(crate) fn to_c_string(text: impl Into<Vec<u8>>) -> CString {
    let mut bytes: Vec<u8> = text.into();
    if memchr::memchr(0, &bytes).is_some() {
        bytes.retain(|byte| *byte != 0);
    }
    // SAFETY: no NUL is left. The standard library's own search would take a sixth of the time that a large result takes.
    unsafe { CString::from_vec_unchecked(bytes) }
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
        assert_eq!(without_terminator(terminated!("ab", "c")), "abc");
    }
}
