//! From the bytes of a stream to its text: the UTF-8 decoding with which the standard begins.

use std::ops::Range;

/// The text that came so far, and room for more.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Whole characters up to `filled`, room behind. Nothing but what is in this file changes either.
    bytes: Vec<u8>,
    filled: usize,
    /// The beginning of a character whose rest is still to come.
    partial: Vec<u8>,
}

impl Decoded {
    /// Takes the next bytes of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.truncate(self.filled);
        self.bytes.extend_from_slice(bytes);
        self.take_in(bytes.len());
    }

    /// Takes what `read` puts into a room of `size` bytes and then says to be so many.
    pub(super) fn push_from<E>(
        &mut self,
        size: usize,
        read: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let end = self.filled + size;
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        let length = read(&mut self.bytes[self.filled..end])?.min(size);
        self.take_in(length);
        Ok(length)
    }

    /// Counts the next `length` bytes in, decoded.
    fn take_in(&mut self, length: usize) {
        let new = &self.bytes[self.filled..self.filled + length];
        if self.partial.is_empty() && simdutf8::basic::from_utf8(new).is_ok() {
            self.filled += length;
            return;
        }
        let decoded = decode(&mut self.partial, new);
        self.bytes.truncate(self.filled);
        self.bytes.extend_from_slice(decoded.as_bytes());
        self.filled = self.bytes.len();
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
        // SAFETY: `take_in` counts in only what is UTF-8, and `drop_before` cuts between characters. To check it again for
        // each event would cost a tenth of the event.
        unsafe { std::str::from_utf8_unchecked(self.as_bytes()) }
    }
}

/// Decodes bytes that are no text by themselves: what is wrong becomes U+FFFD, and a character that is cut off is kept in
/// `partial` until its rest comes.
#[cold]
fn decode(partial: &mut Vec<u8>, bytes: &[u8]) -> String {
    let mut whole = std::mem::take(partial);
    whole.extend_from_slice(bytes);
    let mut decoded = String::with_capacity(whole.len());
    let mut rest = whole.as_slice();
    for chunk in whole.utf8_chunks() {
        decoded.push_str(chunk.valid());
        rest = &rest[chunk.valid().len()..];
        let wrong = chunk.invalid();
        let is_last = wrong.len() == rest.len();
        if is_last && std::str::from_utf8(wrong).is_err_and(|e| e.error_len().is_none()) {
            break;
        }
        if !wrong.is_empty() {
            decoded.push(char::REPLACEMENT_CHARACTER);
        }
        rest = &rest[wrong.len()..];
    }
    *partial = rest.to_vec();
    decoded
}
