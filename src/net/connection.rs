//! A connection to an origin, with what was read from it and is not used yet.

use super::exchange::ExchangeContext;
use super::input_buffer::InputBuffer;
use super::stream::Stream;
use crate::error::Result;
use crate::url::Origin;

#[derive(Debug)]
pub(crate) struct Connection {
    pub origin: Origin,
    pub stream: Stream,
    pub input: InputBuffer,
}

impl Connection {
    pub(crate) fn new(origin: Origin, stream: Stream) -> Self {
        Self {
            origin,
            stream,
            input: InputBuffer::default(),
        }
    }

    /// Reads what is there behind the input, waiting for at least a byte; 0 is the end. There must be space.
    pub(crate) fn receive(&mut self, exchange: &ExchangeContext) -> Result<usize> {
        let Self { stream, input, .. } = self;
        let n = stream.cancellable(exchange, |stream| stream.read(input.space(), exchange))?;
        input.appended(n);
        if n > 0 {
            exchange.received.set();
        }
        Ok(n)
    }
}
