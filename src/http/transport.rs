//! What ureq sees of a connection: how one is made, and how bytes go in and out.

use std::fmt;
use std::sync::Arc;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::buffers::ConnectionBuffers;
use super::connection::receive;
use super::current;
use super::dialer::Dialer;
use super::exchange::Exchange;
use super::stream::{Stream, Unwritten, carry};
use crate::error::{Error, Result};
use crate::url::Origin;

/// Makes the connections that ureq asks for.
#[derive(Debug)]
pub(super) struct Connections(pub Arc<Dialer>);

impl Connector for Connections {
    type Out = Wire;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> std::result::Result<Option<Wire>, ureq::Error> {
        let current = current::get().map_err(wrap)?;
        let origin = origin(details.uri).map_err(wrap)?;
        let stream = self.0.connect(&origin, &current.exchange).map_err(wrap)?;
        Ok(Some(Wire {
            stream: Some(stream),
            secure: origin.https,
            buffers: ConnectionBuffers::default(),
        }))
    }
}

/// A connection in ureq's hands.
pub(super) struct Wire {
    /// There until the wire is dropped.
    stream: Option<Stream>,
    secure: bool,
    buffers: ConnectionBuffers,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    /// Does something that may block.
    fn bounded<T>(
        &mut self,
        work: impl FnOnce(&mut Stream, &mut ConnectionBuffers, &Exchange) -> Result<T>,
    ) -> std::result::Result<T, ureq::Error> {
        let Some(stream) = &mut self.stream else {
            return Err(ureq::Error::ConnectionFailed);
        };
        let current = current::get().map_err(wrap)?;
        let exchange = &current.exchange;
        let done = stream.bounded(exchange, |stream| work(stream, &mut self.buffers, exchange));
        done.map_err(wrap)
    }
}

/// When ureq lets go of the connection, it has read the answer's head: the exchange goes on with what follows.
impl Drop for Wire {
    fn drop(&mut self) {
        if let Ok(current) = current::get() {
            let buffers = std::mem::take(&mut self.buffers);
            current
                .connection
                .set(self.stream.take().map(|stream| (stream, buffers)));
        }
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> std::result::Result<(), ureq::Error> {
        self.bounded(|stream, buffers, exchange| {
            if exchange.early.get() {
                return Ok(());
            }
            match stream.write_all(&buffers.output()[..amount], exchange) {
                Ok(()) => Ok(()),
                Err(Unwritten::Answered) => {
                    exchange.early.set(true);
                    Ok(())
                }
                Err(Unwritten::Failed(error)) => Err(error),
            }
        })
    }

    fn await_input(&mut self, _: NextTimeout) -> std::result::Result<bool, ureq::Error> {
        self.bounded(|stream, buffers, exchange| Ok(receive(stream, buffers, exchange)? > 0))
    }

    /// Asked when ureq would keep the connection for another request: that is not its part.
    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.secure
    }
}

fn wrap(error: Error) -> ureq::Error {
    ureq::Error::Io(carry(error))
}

fn origin(uri: &ureq::http::Uri) -> Result<Origin> {
    let https = uri.scheme_str() == Some("https");
    let host = uri
        .host()
        .ok_or_else(|| Error::invalid("the address names no host"))?;
    Ok(Origin {
        https,
        host: host.to_ascii_lowercase(),
        port: uri.port_u16().unwrap_or(if https { 443 } else { 80 }),
    })
}
