//! The body of an event stream, read past ureq: what a connection has received goes to the line-based reader at once, chunk by
//! chunk, so that an event costs no more than its bytes do and one thread can wait for many streams.

use std::sync::Arc;

use super::chunked::{self, ChunkDecoder};
use super::framing::Framing;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, ExchangeContext, Pool};

/// Dropped before its end, it closes the connection.
pub(super) struct EventStreamBody {
    /// There until the body has ended.
    connection: Option<Box<Connection>>,
    remaining: Remaining,
    /// Where the connection goes then, if it may serve another request.
    pool: Option<Arc<Pool>>,
}

/// What is still to come.
enum Remaining {
    Bytes(u64),
    Chunks(ChunkDecoder),
    UntilClose,
}

impl EventStreamBody {
    /// `connection` is `None` if the body has ended with its head.
    pub(super) fn new(
        framing: Framing,
        connection: Option<Box<Connection>>,
        pool: Option<Arc<Pool>>,
    ) -> Self {
        Self {
            connection,
            remaining: Remaining::of(framing),
            pool,
        }
    }

    /// The next bytes; 0 at the end. After an error the read may be retried, and nothing is lost.
    pub(super) fn read(&mut self, buffer: &mut [u8], exchange: &ExchangeContext) -> Result<usize> {
        while let Some(connection) = &mut self.connection {
            let (used, made) = self.remaining.decode(connection.input.unused(), buffer)?;
            connection.input.consume(used);
            if self.remaining.is_nothing() {
                self.end();
                return Ok(made);
            }
            if made > 0 {
                return Ok(made);
            }
            // There is space: what is left of the input is at most the line of a chunk.
            if connection.receive(exchange)? == 0 {
                return match self.remaining {
                    Remaining::UntilClose => Ok(0),
                    _ => Err(Error::new(
                        ErrorKind::ConnectionLost,
                        "the connection was closed in the middle of the body",
                    )),
                };
            }
        }
        Ok(0)
    }

    /// Pools the connection for the next request, if nothing more came on it than belongs to this response.
    fn end(&mut self) {
        let (Some(mut connection), Some(pool)) = (self.connection.take(), self.pool.take()) else {
            return;
        };
        if matches!(self.remaining, Remaining::Chunks(_)) {
            // No trailer: an empty line. It is not waited for, since it adds nothing.
            if connection.input.unused() != chunked::NO_TRAILER {
                return;
            }
            connection.input.consume(chunked::NO_TRAILER.len());
        }
        if connection.input.unused().is_empty() {
            pool.put(connection);
        }
    }
}

impl Remaining {
    fn of(framing: Framing) -> Self {
        match framing {
            Framing::Length(length) => Remaining::Bytes(length),
            Framing::Chunked => Remaining::Chunks(ChunkDecoder::default()),
            Framing::UntilClose => Remaining::UntilClose,
        }
    }

    /// Takes what it can of `input`; gives how much that was, and how many bytes of `output` it filled.
    fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize)> {
        let most = match self {
            Remaining::Bytes(left) => usize::try_from(*left).unwrap_or(usize::MAX),
            Remaining::UntilClose => usize::MAX,
            Remaining::Chunks(chunks) => return chunks.decode(input, output),
        };
        let n = input.len().min(output.len()).min(most);
        output[..n].copy_from_slice(&input[..n]);
        if let Remaining::Bytes(left) = self {
            *left -= n as u64;
        }
        Ok((n, n))
    }

    fn is_nothing(&self) -> bool {
        match self {
            Remaining::Bytes(left) => *left == 0,
            Remaining::Chunks(chunks) => chunks.is_complete(),
            Remaining::UntilClose => false,
        }
    }
}

/// The chunked body that `input` begins with, and whether that is all of it: as it comes in pieces of `piece` bytes, into a
/// buffer of `size`.
#[cfg(any(test, fuzzing, nitro_bench))]
pub(super) fn decode_chunks(input: &[u8], piece: usize, size: usize) -> Result<(Vec<u8>, bool)> {
    let (mut remaining, mut buffer) = (Remaining::of(Framing::Chunked), vec![0; size]);
    let (mut unread, mut body) = (Vec::new(), Vec::new());
    for piece in input.chunks(piece) {
        unread.extend_from_slice(piece);
        loop {
            let (used, made) = remaining.decode(&unread, &mut buffer)?;
            unread.drain(..used);
            body.extend_from_slice(&buffer[..made]);
            if made == 0 {
                break;
            }
        }
    }
    Ok((body, remaining.is_nothing()))
}
