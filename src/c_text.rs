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

/// Writes `text` and its NUL into `buffer`, whose length must be that of the text and [`TERMINATOR_LEN`].
pub(crate) fn write_terminated(buffer: &mut [MaybeUninit<u8>], text: &str) {
    let (body, terminator) = buffer.split_at_mut(text.len());
    body.write_copy_of_slice(text.as_bytes());
    terminator[0].write(0);
}

/// A copy of `text` as a C string, without the NULs inside, behind which C could not see.
pub(crate) fn to_c_string(text: impl Into<Vec<u8>>) -> CString {
    let mut bytes: Vec<u8> = text.into();
    if memchr::memchr(0, &bytes).is_some() {
        bytes.retain(|byte| *byte != 0);
    }
    #[allow(unsafe_code)]
    // SAFETY: no NUL is left. The standard library's own search would take a sixth of the time that a large result takes.
    unsafe {
        CString::from_vec_unchecked(bytes)
    }
}
