//! UTF-8 decoding of a stream, as the standard defines it: invalid bytes become U+FFFD.

use std::collections::TryReserveError;
use std::ops::Range;

/// The decoded text, and a buffer for more.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Complete characters up to `filled`, unused bytes behind. Only the methods in this file change either.
    bytes: Vec<u8>,
    filled: usize,
    /// The first bytes of a character that is still incomplete.
    partial: Vec<u8>,
}

impl Decoded {
    /// Adds the next bytes of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), TryReserveError> {
        self.bytes.truncate(self.filled);
        self.bytes.try_reserve(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        self.decode_new(bytes.len())
    }

    /// Adds the bytes that `read` writes into a buffer of `size` bytes; it returns how many. Without memory for the buffer
    /// nothing is read.
    pub(super) fn push_from<E>(
        &mut self,
        size: usize,
        read: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Result<usize, E>, TryReserveError> {
        let end = self.filled + size;
        if self.bytes.len() < end {
            self.bytes.try_reserve(end - self.bytes.len())?;
            self.bytes.resize(end, 0);
        }
        match read(&mut self.bytes[self.filled..end]) {
            Ok(length) => {
                let length = length.min(size);
                self.decode_new(length)?;
                Ok(Ok(length))
            }
            failed => Ok(failed),
        }
    }

    /// Decodes the next `length` bytes of the buffer.
    fn decode_new(&mut self, length: usize) -> Result<(), TryReserveError> {
        let new = &self.bytes[self.filled..self.filled + length];
        if self.partial.is_empty() && simdutf8::basic::from_utf8(new).is_ok() {
            self.filled += length;
            return Ok(());
        }
        let decoded = decode(&mut self.partial, new);
        self.bytes.truncate(self.filled);
        self.bytes.try_reserve(decoded.len())?;
        self.bytes.extend_from_slice(decoded.as_bytes());
        self.filled = self.bytes.len();
        Ok(())
    }

    /// Drops the text before `start`.
    pub(super) fn drop_before(&mut self, start: usize) {
        assert!(self.text().is_char_boundary(start));
        self.bytes.copy_within(start..self.filled, 0);
        self.filled -= start;
    }

    pub(super) fn len(&self) -> usize {
        self.filled
    }

    #[inline(always)]
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// A part of the text, which must not begin or end within a character.
    #[inline(always)]
    pub(super) fn part(&self, range: Range<usize>) -> &str {
        &self.text()[range]
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn text(&self) -> &str {
        // SAFETY: `decode_new` adds only valid UTF-8, and `drop_before` cuts between characters. Checking it again for each event
        // would cost a tenth of the event.
        unsafe { std::str::from_utf8_unchecked(self.as_bytes()) }
    }
}

/// Decodes bytes that are not valid UTF-8 by themselves: invalid ones become U+FFFD, and an incomplete character at the end is
/// kept in `partial`.
#[cold]
fn decode(partial: &mut Vec<u8>, bytes: &[u8]) -> String {
    let mut whole = std::mem::take(partial);
    whole.extend_from_slice(bytes);
    let mut decoded = String::with_capacity(whole.len());
    let mut rest = whole.as_slice();
    for chunk in whole.utf8_chunks() {
        decoded.push_str(chunk.valid());
        rest = &rest[chunk.valid().len()..];
        let invalid = chunk.invalid();
        let is_last = invalid.len() == rest.len();
        if is_last && std::str::from_utf8(invalid).is_err_and(|e| e.error_len().is_none()) {
            break;
        }
        if !invalid.is_empty() {
            decoded.push(char::REPLACEMENT_CHARACTER);
        }
        rest = &rest[invalid.len()..];
    }
    *partial = rest.to_vec();
    decoded
}
