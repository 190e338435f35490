//! A connection to an origin, and one request on it: HTTP/1.1 (RFC 9112) for requests without a body.

use ureq::unversioned::transport::Buffers;

use super::buffers::{ConnectionBuffers, HEAD};
use super::exchange::Exchange;
use super::head::{Head, malformed};
use super::stream::{Stream, Unwritten};
use crate::error::{Error, ErrorKind, Result};
use crate::url::Origin;

#[derive(Debug)]
pub(super) struct Connection {
    pub origin: Origin,
    pub stream: Stream,
    /// What was read already, and how much is read at a time.
    pub buffers: ConnectionBuffers,
}

impl Connection {
    pub(super) fn new(origin: Origin, stream: Stream) -> Self {
        Self {
            origin,
            stream,
            buffers: ConnectionBuffers::default(),
        }
    }

    /// Sends a request's head and receives that of its answer.
    pub(super) fn ask(&mut self, head: &[u8], exchange: &Exchange) -> Result<Head> {
        let buffers = &mut self.buffers;
        self.stream.bounded(exchange, |stream| {
            match stream.write_all(head, exchange) {
                Ok(()) => {}
                Err(Unwritten::Answered) => exchange.early.set(true),
                Err(Unwritten::Failed(error)) => return Err(error),
            }
            receive_head(stream, buffers, exchange)
        })
    }
}

/// The head of the answer itself: those that only announce another are passed over.
fn receive_head(stream: &mut Stream, buffers: &mut ConnectionBuffers, exchange: &Exchange) -> Result<Head> {
    let mut passed = 0;
    loop {
        if let Some((head, length)) = Head::parse(buffers.input())? {
            buffers.input_consume(length);
            if !head.is_interim() {
                return Ok(head);
            }
            passed += length;
            if passed > HEAD {
                return Err(malformed("it announces itself without an end"));
            }
            continue;
        }
        if receive(stream, buffers, exchange)? == 0 {
            let text = "the connection was closed before the answer was complete";
            return Err(Error::new(ErrorKind::ConnectionLost, text));
        }
    }
}

/// Reads what there is of an answer; 0 is the end.
pub(super) fn receive(
    stream: &mut Stream,
    buffers: &mut ConnectionBuffers,
    exchange: &Exchange,
) -> Result<usize> {
    let room = buffers.input_append_buf();
    if room.is_empty() {
        let text = format!("the answer's head is larger than {} KiB", HEAD >> 10);
        return Err(Error::new(ErrorKind::Protocol, text));
    }
    let n = stream.read(room, exchange)?;
    buffers.input_appended(n);
    if n > 0 {
        exchange.received.set(true);
    }
    Ok(n)
}
