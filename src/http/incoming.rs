//! A body on its connection: its bytes out of what comes, up to its end, and what becomes of the connection then.

use std::sync::Arc;

use ureq::unversioned::transport::Buffers;

use super::chunked::{self, Chunks};
use super::connection::{Connection, receive};
use super::exchange::Exchange;
use super::framing::Framing;
use super::pool::Pool;
use crate::error::{Error, ErrorKind, Result};

/// Dropped before its end, it closes the connection.
pub(super) struct Incoming {
    /// There until the body has ended.
    connection: Option<Box<Connection>>,
    left: Left,
    /// Where the connection goes then, if it can serve another request.
    pool: Option<Arc<Pool>>,
}

/// What is still to come.
enum Left {
    Bytes(u64),
    Chunks(Chunks),
    UntilClose,
}

impl Incoming {
    pub(super) fn new(framing: Framing, connection: Box<Connection>, pool: Option<Arc<Pool>>) -> Self {
        let mut body = Self {
            connection: Some(connection),
            left: Left::of(framing),
            pool,
        };
        if framing == Framing::Length(0) {
            body.end();
        }
        body
    }

    /// The next bytes; 0 at the end. After an error the read may be repeated, and nothing is lost.
    pub(super) fn read(&mut self, buffer: &mut [u8], exchange: &Exchange) -> Result<usize> {
        while let Some(connection) = &mut self.connection {
            let Connection { stream, buffers, .. } = &mut **connection;
            let (used, made) = self.left.take(buffers.input(), buffer)?;
            buffers.input_consume(used);
            if self.left.is_none() {
                self.end();
                return Ok(made);
            }
            if made > 0 {
                return Ok(made);
            }
            // There is room: what is left of the input is at most the line of a chunk.
            if stream.bounded(exchange, |stream| receive(stream, buffers, exchange))? == 0 {
                return match self.left {
                    Left::UntilClose => Ok(0),
                    _ => Err(Error::new(
                        ErrorKind::ConnectionLost,
                        "the connection was closed in the middle of the body",
                    )),
                };
            }
        }
        Ok(0)
    }

    /// Keeps the connection for the next request, if nothing more came on it than belongs to this answer.
    fn end(&mut self) {
        let (Some(mut connection), Some(pool)) = (self.connection.take(), self.pool.take()) else {
            return;
        };
        let buffers = &mut connection.buffers;
        if matches!(self.left, Left::Chunks(_)) {
            // No trailer: an empty line. It is not waited for, since it adds nothing.
            if buffers.input() != chunked::NO_TRAILER {
                return;
            }
            buffers.input_consume(chunked::NO_TRAILER.len());
        }
        if buffers.input().is_empty() {
            pool.give(connection);
        }
    }
}

impl Left {
    fn of(framing: Framing) -> Self {
        match framing {
            Framing::Length(length) => Left::Bytes(length),
            Framing::Chunked => Left::Chunks(Chunks::default()),
            Framing::UntilClose => Left::UntilClose,
        }
    }

    /// Takes what it can of `input`; gives how much that was, and how many bytes of `output` it filled.
    fn take(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize)> {
        let most = match self {
            Left::Bytes(left) => usize::try_from(*left).unwrap_or(usize::MAX),
            Left::UntilClose => usize::MAX,
            Left::Chunks(chunks) => return chunks.decode(input, output),
        };
        let n = input.len().min(output.len()).min(most);
        output[..n].copy_from_slice(&input[..n]);
        if let Left::Bytes(left) = self {
            *left -= n as u64;
        }
        Ok((n, n))
    }

    fn is_none(&self) -> bool {
        match self {
            Left::Bytes(left) => *left == 0,
            Left::Chunks(chunks) => chunks.are_over(),
            Left::UntilClose => false,
        }
    }
}

/// The body that `input` begins with, and whether that is all of it: as it comes in pieces of `piece` bytes, into a buffer of
/// `room`.
#[cfg(any(test, fuzzing, nitro_bench))]
pub(super) fn decode(framing: Framing, input: &[u8], piece: usize, room: usize) -> Result<(Vec<u8>, bool)> {
    let (mut left, mut buffer) = (Left::of(framing), vec![0; room]);
    let (mut kept, mut body) = (Vec::new(), Vec::new());
    for piece in input.chunks(piece) {
        kept.extend_from_slice(piece);
        loop {
            let (used, made) = left.take(&kept, &mut buffer)?;
            kept.drain(..used);
            body.extend_from_slice(&buffer[..made]);
            if made == 0 {
                break;
            }
        }
    }
    Ok((body, left.is_none()))
}
