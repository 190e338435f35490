//! Where the body of a response ends (RFC 9112 6.3).
//!
//! ureq decides it, and rejects lengths that conflict. What it would read although nobody can know the end is rejected here,
//! before a byte of the body is believed.

pub(super) use ureq::http::header::{self, HeaderMap};

use super::malformed;
use crate::error::Result;

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `Content-Length`.
    Length(u64),
    /// The last chunk.
    Chunked,
    /// The connection's end, which proves nothing.
    UntilClose,
}

impl Framing {
    /// The framing that ureq follows; `length` is what it took from `Content-Length`.
    pub(super) fn of(status: u16, http10: bool, headers: &HeaderMap, length: Option<u64>) -> Result<Self> {
        if matches!(status, 100..=199 | 204 | 304) {
            return Ok(Framing::Length(0));
        }
        // Version 1.0 has no transfer coding.
        if !http10 && is_chunked(headers)? {
            return Ok(Framing::Chunked);
        }
        Ok(length.map_or(Framing::UntilClose, Framing::Length))
    }
}

/// Whether the connection may serve another request as far as the framing goes. A length beside a transfer coding may have been
/// put there to smuggle in a response (RFC 9112 6.3); after 101 the connection speaks another protocol.
pub(super) fn allows_reuse(status: u16, headers: &HeaderMap) -> bool {
    status != 101
        && !(headers.contains_key(header::TRANSFER_ENCODING) && headers.contains_key(header::CONTENT_LENGTH))
}

/// Whether the body comes in chunks. No other coding was requested, and nothing here could undo it.
fn is_chunked(headers: &HeaderMap) -> Result<bool> {
    let mut chunked = false;
    let values = headers.get_all(header::TRANSFER_ENCODING).into_iter();
    for coding in values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
        let coding = coding.trim_ascii();
        if coding.eq_ignore_ascii_case(b"chunked") && !chunked {
            chunked = true;
        } else if !coding.eq_ignore_ascii_case(b"identity") {
            let coding = coding.escape_ascii();
            return Err(malformed(format_args!("unsupported transfer coding {coding}")));
        }
    }
    Ok(chunked)
}
