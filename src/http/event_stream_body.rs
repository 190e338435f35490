//! The body of an event stream in chunks, read past ureq: what a connection has received goes to the line-based reader at once, so
//! that an event costs no more than its bytes do and one thread can wait for many streams.

use std::sync::Arc;

use super::chunked::{self, ChunkDecoder};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, ExchangeContext, Pool};

/// Dropped before its end, it closes the connection.
pub(super) struct EventStreamBody {
    /// There until the body has ended.
    connection: Option<Box<Connection>>,
    chunks: ChunkDecoder,
    /// Where the connection goes then, if it may serve another request.
    pool: Option<Arc<Pool>>,
}

impl EventStreamBody {
    pub(super) fn new(connection: Box<Connection>, pool: Option<Arc<Pool>>) -> Self {
        Self {
            connection: Some(connection),
            chunks: ChunkDecoder::default(),
            pool,
        }
    }

    /// The next bytes; 0 at the end. After an error the read may be retried, and nothing is lost.
    pub(super) fn read(&mut self, buffer: &mut [u8], exchange: &ExchangeContext) -> Result<usize> {
        while let Some(connection) = &mut self.connection {
            let (used, made) = self.chunks.decode(connection.input.unused(), buffer)?;
            connection.input.consume(used);
            if self.chunks.is_complete() {
                self.end();
                return Ok(made);
            }
            if made > 0 {
                return Ok(made);
            }
            // There is space: what is left of the input is at most the line of a chunk.
            if connection.receive(exchange)? == 0 {
                let text = "the connection was closed in the middle of the body";
                return Err(Error::new(ErrorKind::ConnectionLost, text));
            }
        }
        Ok(0)
    }

    /// Pools the connection for the next request, if nothing more came on it than belongs to this response: no trailer, an
    /// empty line. It is not waited for, since it adds nothing.
    fn end(&mut self) {
        if let (Some(mut connection), Some(pool)) = (self.connection.take(), self.pool.take())
            && connection.input.unused() == chunked::NO_TRAILER
        {
            connection.input.consume(chunked::NO_TRAILER.len());
            pool.put(connection);
        }
    }
}
