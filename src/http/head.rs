//! The head of an answer (RFC 9112 4 and 5).

use std::fmt::Display;
use std::mem::MaybeUninit;

use super::fields::Fields;
use crate::error::{Error, ErrorKind, Result};

/// More fields than this has no answer.
const FIELDS: usize = 128;

pub(super) struct Head {
    pub status: u16,
    pub http10: bool,
    pub fields: Fields,
}

impl Head {
    /// The head that `input` begins with and its length; nothing while it is not all there.
    pub(super) fn parse(input: &[u8]) -> Result<Option<(Self, usize)>> {
        let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
        let mut head = httparse::Response::new(&mut []);
        let parsed = httparse::ParserConfig::default()
            .parse_response_with_uninit_headers(&mut head, input, &mut fields)
            .map_err(malformed)?;
        let (httparse::Status::Complete(length), Some(status)) = (parsed, head.code) else {
            return Ok(None);
        };
        if status < 100 {
            return Err(malformed(format_args!("the status {status:03} is none")));
        }
        let head = Self {
            status,
            http10: head.version == Some(0),
            fields: Fields::of_head(&input[..length], head.headers),
        };
        Ok(Some((head, length)))
    }

    /// Whether it only announces another head (RFC 9110 15.2). After 101 the connection would speak something else.
    pub(super) fn is_interim(&self) -> bool {
        matches!(self.status, 100 | 102..=199)
    }
}

/// The peer does not speak HTTP/1.1 as it should.
pub(super) fn malformed(what: impl Display) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the answer is no proper HTTP: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_there_when_its_last_byte_is() {
        let head = b"\r\nHTTP/1.1 200 OK\r\nA: 1\r\nb:2\r\n\r\n";
        let mut input = head.to_vec();
        input.extend_from_slice(b"HTTP/1.1 500 Of another answer\r\n\r\n");
        for length in 0..head.len() {
            assert!(Head::parse(&input[..length]).unwrap().is_none(), "{length}");
        }
        let (parsed, length) = Head::parse(&input).unwrap().unwrap();
        assert_eq!((parsed.status, parsed.http10, length), (200, false, head.len()));
        assert_eq!(parsed.fields.get("b"), Some("2"));
        let (parsed, _) = Head::parse(b"HTTP/1.0 404\r\n\r\n").unwrap().unwrap();
        assert_eq!((parsed.status, parsed.http10), (404, true));
    }

    #[test]
    fn what_is_no_head_is_an_error_at_once() {
        for input in [
            &b"S"[..],
            b"HTTP/2 200\r\n",
            b"HTTP/1.1 2000",
            b"HTTP/1.1 -20",
            b"HTTP/1.1 099 X\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon\r\n",
            b"HTTP/1.1 200 OK\r\nspace : x\r\n",
            b"HTTP/1.1 200 OK\r\na: x\r\n folded\r\n\r\n",
            b"HTTP/1.1 200 OK\r\na: \0\r\n",
            b"HTTP/1.1 200 OK\r\n: x\r\n",
        ] {
            let error = Head::parse(input).map(|_| ()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{:?}", input.escape_ascii());
        }
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(FIELDS + 1));
        assert!(Head::parse(many.as_bytes()).is_err());
        assert!(Head::parse(many.replacen("a: b\r\n", "", 1).as_bytes()).is_ok());
    }

    #[test]
    fn a_status_that_announces_another_is_told_apart() {
        for (status, interim) in [(100, true), (101, false), (103, true), (199, true), (200, false)] {
            let (head, _) = Head::parse(format!("HTTP/1.1 {status} X\r\n\r\n").as_bytes())
                .unwrap()
                .unwrap();
            assert_eq!(head.is_interim(), interim, "{status}");
        }
    }
}
