//! From the bytes of a stream to its text: the UTF-8 decoding with which the standard begins.

/// Whether `bytes` are text by themselves.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    simdutf8::basic::from_utf8(bytes).is_ok()
}

/// The text that a part of the buffer is.
#[allow(unsafe_code)]
pub(super) fn text(part: &[u8]) -> &str {
    debug_assert!(std::str::from_utf8(part).is_ok());
    // SAFETY: what the buffer holds was found to be UTF-8 when it was taken in, and it is cut at ASCII characters only.
    unsafe { std::str::from_utf8_unchecked(part) }
}

/// Decodes bytes that are no text by themselves: what is wrong becomes U+FFFD, and a character that is cut off is kept in
/// `partial` until its rest comes.
#[cold]
pub(super) fn decode(partial: &mut Vec<u8>, bytes: &[u8]) -> String {
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
