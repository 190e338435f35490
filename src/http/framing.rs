//! Where the body of an answer ends, and whether its connection lasts longer (RFC 9112 6.3 and 9.3).

use super::head::{Head, malformed};
use crate::error::Result;

/// How a body says where it ends.
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
    pub(super) fn of(head: &Head) -> Result<Self> {
        if matches!(head.status, 100..=199 | 204 | 304) {
            return Ok(Framing::Length(0));
        }
        let length = content_length(head)?;
        // Version 1.0 knows no transfer coding.
        if !head.http10 && is_chunked(head)? {
            return Ok(Framing::Chunked);
        }
        Ok(length.map_or(Framing::UntilClose, Framing::Length))
    }
}

/// Whether the connection can serve another request after this answer and its body.
pub(super) fn persists(head: &Head) -> bool {
    let says = |option: &str| {
        let mut options = head.fields.elements("connection");
        options.any(|element| element.eq_ignore_ascii_case(option.as_bytes()))
    };
    // A length beside a transfer coding may have been put there to smuggle in an answer (RFC 9112 6.3).
    let doubtful =
        || head.fields.get("transfer-encoding").is_some() && head.fields.get("content-length").is_some();
    head.status != 101 && !says("close") && (!head.http10 || says("keep-alive")) && !doubtful()
}

/// The length that all `Content-Length` fields agree on.
fn content_length(head: &Head) -> Result<Option<u64>> {
    let mut length = None;
    for element in head.fields.elements("content-length") {
        let digits = std::str::from_utf8(element).ok();
        let number = digits
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| malformed("its Content-Length is no number"))?;
        if length.is_some_and(|other| other != number) {
            return Err(malformed("it has two lengths"));
        }
        length = Some(number);
    }
    Ok(length)
}

/// Whether the body comes in chunks. No other coding was asked for, and nothing here could undo it.
fn is_chunked(head: &Head) -> Result<bool> {
    let mut chunked = false;
    for coding in head.fields.elements("transfer-encoding") {
        if coding.eq_ignore_ascii_case(b"chunked") && !chunked {
            chunked = true;
        } else if !coding.eq_ignore_ascii_case(b"identity") {
            return Err(malformed(format_args!(
                "it has the transfer coding {}",
                coding.escape_ascii()
            )));
        }
    }
    Ok(chunked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(version: &str, status: u16, fields: &str) -> Head {
        let text = format!("HTTP/{version} {status} X\r\n{fields}\r\n");
        Head::parse(text.as_bytes()).unwrap().unwrap().0
    }

    #[test]
    fn a_body_ends_where_its_head_says() {
        use Framing::{Chunked, Length, UntilClose};
        for (version, status, fields, framing, lasts) in [
            ("1.1", 200, "Content-Length: 5\r\n", Length(5), true),
            (
                "1.1",
                200,
                "content-length: 05, 5\r\nContent-Length: 5\r\n",
                Length(5),
                true,
            ),
            ("1.1", 200, "Transfer-Encoding: Chunked\r\n", Chunked, true),
            (
                "1.1",
                200,
                "Transfer-Encoding: identity, chunked\r\n",
                Chunked,
                true,
            ),
            (
                "1.1",
                200,
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                Chunked,
                false,
            ),
            ("1.1", 200, "Transfer-Encoding: identity\r\n", UntilClose, true),
            ("1.1", 200, "", UntilClose, true),
            ("1.1", 204, "Content-Length: 5\r\n", Length(0), true),
            ("1.1", 304, "Transfer-Encoding: chunked\r\n", Length(0), true),
            ("1.1", 101, "Content-Length: 5\r\n", Length(0), false),
            (
                "1.1",
                200,
                "Content-Length: 5\r\nConnection: x, Close\r\n",
                Length(5),
                false,
            ),
            (
                "1.1",
                200,
                "Content-Length: 5\r\nConnection: closed\r\n",
                Length(5),
                true,
            ),
            ("1.0", 200, "Content-Length: 5\r\n", Length(5), false),
            (
                "1.0",
                200,
                "Content-Length: 5\r\nConnection: keep-alive\r\n",
                Length(5),
                true,
            ),
            ("1.0", 200, "Transfer-Encoding: chunked\r\n", UntilClose, false),
        ] {
            let head = head(version, status, fields);
            assert_eq!(Framing::of(&head).unwrap(), framing, "{fields}");
            assert_eq!(persists(&head), lasts, "{version} {fields}");
        }
    }

    #[test]
    fn an_end_that_nobody_can_know_is_an_error() {
        for fields in [
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: 5, 6\r\n",
            "Content-Length: +5\r\n",
            "Content-Length: 5 5\r\n",
            "Content-Length: \r\n",
            "Content-Length: 18446744073709551616\r\n",
            "Content-Length: x\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked, chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
        ] {
            let error = Framing::of(&head("1.1", 200, fields)).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Protocol, "{fields}");
        }
    }
}
