//! A chunked body (RFC 9112 7.1) read past ureq: a live stream puts each of its events into a chunk, and what ureq does for
//! each chunk costs more than all the rest of an event.

use std::rc::Rc;

use ureq::unversioned::transport::Buffers;

use super::buffers::ConnectionBuffers;
use super::current::{self, Exchange};
use super::stream::Stream;
use crate::error::{Error, ErrorKind, Result};

const NO_SIZE: &str = "no size stands before a chunk";
/// The longest line before a chunk. It is read again with each byte that comes, so it must be short.
const LONGEST_LINE: usize = 1 << 10;

/// Such a body, and the connection that brings it and serves nothing after it.
pub(super) struct Chunked {
    /// The connection, with what was read of it already.
    connection: Option<(Stream, ConnectionBuffers)>,
    place: Place,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Size,
    Data(u64),
    /// The end of the line after a chunk's data.
    DataEnd,
    /// The last chunk has come. Whatever follows says nothing about the body.
    Over,
}

impl Chunked {
    /// Takes over the connection of `body`, of which nothing was read yet.
    pub(super) fn take_over(body: ureq::Body, exchange: &Rc<Exchange>) -> Self {
        exchange.wants_connection.set(true);
        let entered = current::enter(exchange);
        drop(body);
        drop(entered);
        Self {
            connection: exchange.connection.take(),
            place: Place::Size,
        }
    }

    /// The next bytes; 0 after the last chunk. After an error the read may be repeated, and nothing is lost.
    pub(super) fn read(&mut self, buffer: &mut [u8], exchange: &Exchange) -> Result<usize> {
        let Some((stream, buffers)) = &mut self.connection else {
            return Err(Error::new(
                ErrorKind::Internal,
                "the connection of a stream is gone",
            ));
        };
        loop {
            let (used, made) = decode(&mut self.place, buffers.input(), buffer)?;
            buffers.input_consume(used);
            if made > 0 || self.place == Place::Over {
                return Ok(made);
            }
            // There is room: what is left of the input is at most a line.
            let room = buffers.input_append_buf();
            let n = stream.bounded(exchange, |stream| stream.read(room, exchange))?;
            if n == 0 {
                let text = "the connection was closed in the middle of the body";
                return Err(Error::new(ErrorKind::ConnectionLost, text));
            }
            buffers.input_appended(n);
        }
    }
}

/// Takes what it can of `input`; gives how much that was, and how many bytes of `output` it filled.
fn decode(place: &mut Place, input: &[u8], output: &mut [u8]) -> Result<(usize, usize)> {
    let (mut used, mut made) = (0, 0);
    loop {
        while *place == Place::Size
            && let Some((data, length)) = whole_chunk(&input[used..])
            && let Some(room) = output[made..].get_mut(..data.len())
        {
            room.copy_from_slice(data);
            (used, made) = (used + length, made + data.len());
        }
        let rest = &input[used..];
        match *place {
            // A line without a digit would be read as 0, the size of the last chunk.
            Place::Size if rest.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) => {
                return Err(malformed(NO_SIZE));
            }
            Place::Size => match httparse::parse_chunk_size(rest) {
                Ok(httparse::Status::Complete((line, size))) => {
                    used += line;
                    *place = if size == 0 { Place::Over } else { Place::Data(size) };
                }
                Ok(httparse::Status::Partial) if rest.len() > LONGEST_LINE => {
                    return Err(malformed("the line before a chunk is too long"));
                }
                Ok(httparse::Status::Partial) => break,
                Err(_) => return Err(malformed(NO_SIZE)),
            },
            Place::Data(left) => {
                let room = &mut output[made..];
                let n = rest
                    .len()
                    .min(room.len())
                    .min(usize::try_from(left).unwrap_or(usize::MAX));
                if n == 0 {
                    break;
                }
                room[..n].copy_from_slice(&rest[..n]);
                (used, made) = (used + n, made + n);
                let left = left - n as u64;
                *place = if left == 0 {
                    Place::DataEnd
                } else {
                    Place::Data(left)
                };
            }
            Place::DataEnd => match rest {
                [b'\r', b'\n', ..] => {
                    used += 2;
                    *place = Place::Size;
                }
                [] | [b'\r'] => break,
                _ => return Err(malformed("a chunk is longer than its size")),
            },
            Place::Over => break,
        }
    }
    Ok((used, made))
}

/// The data of a chunk that is all here and plainly written, and how long the chunk is: what nearly every event comes in, in
/// half the time.
fn whole_chunk(input: &[u8]) -> Option<(&[u8], usize)> {
    let mut size = 0;
    let mut at = 0;
    while let Some(digit) = char::from(*input.get(at)?).to_digit(16) {
        size = size << 4 | digit as usize;
        at += 1;
        if at > 4 {
            return None;
        }
    }
    let chunk = input[at..].strip_prefix(b"\r\n")?;
    let is_whole = size > 0 && chunk.get(size..)?.starts_with(b"\r\n");
    is_whole.then(|| (&chunk[..size], at + 2 + size + 2))
}

fn malformed(what: &str) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the answer is no proper HTTP: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes `input` as it comes in pieces of `size`, into a buffer of `room`.
    fn decoded(input: &[u8], size: usize, room: usize) -> Result<(Vec<u8>, bool)> {
        let (mut place, mut buffer, mut body) = (Place::Size, vec![0; room], Vec::new());
        let mut kept = Vec::new();
        for piece in input.chunks(size) {
            kept.extend_from_slice(piece);
            loop {
                let (used, made) = decode(&mut place, &kept, &mut buffer)?;
                kept.drain(..used);
                body.extend_from_slice(&buffer[..made]);
                if made == 0 {
                    break;
                }
            }
        }
        Ok((body, place == Place::Over))
    }

    #[test]
    fn chunks_are_put_together_however_they_come() {
        for (input, expected) in [
            (
                &b"5\r\nhello\r\n0A;name=\"value\"\r\n, \r\nworld!\r\n0\r\nTrailer: x\r\n\r\n"[..],
                &b"hello, \r\nworld!"[..],
            ),
            (b"0b\r\nhello world\r\n00001\r\n!\r\n0\r\n\r\n", b"hello world!"),
        ] {
            for size in 1..=input.len() {
                for room in [1, 3, 100] {
                    let (body, over) = decoded(input, size, room).unwrap();
                    assert_eq!((body.as_slice(), over), (expected, true), "{size}, {room}");
                }
            }
        }
    }

    #[test]
    fn what_is_cut_short_is_not_over() {
        let input = b"5\r\nhello\r\n5\r\nworld\r\n0\r\n";
        for length in 0..input.len() - 1 {
            let (body, over) = decoded(&input[..length], 7, 100).unwrap();
            assert!(b"helloworld".starts_with(&body) && !over, "{length}");
        }
    }

    #[test]
    fn what_is_no_chunk_is_an_error() {
        for input in [
            "x\r\n",
            "-1\r\n",
            "11111111111111111\r\n",
            "2\r\nabc\r\n",
            "\r\n",
            "2\r\nab\rc",
            "2 2\r\n",
        ] {
            let error = decoded(input.as_bytes(), 100, 100).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{input:?}");
        }
        let endless = format!("1;{}", "x".repeat(LONGEST_LINE));
        assert_eq!(
            decoded(endless.as_bytes(), 1, 100).unwrap_err().kind(),
            ErrorKind::Protocol
        );
        // A size that no memory holds is only a number: the bytes that come are handed on.
        let (body, over) = decoded(b"ffffffffffffffff\r\nabc", 100, 100).unwrap();
        assert_eq!((body.as_slice(), over), (&b"abc"[..], false));
    }
}
