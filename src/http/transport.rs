//! What ureq sees of a connection: how one is made, and how bytes go in and out.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::buffers::{ConnectionBuffers, HEAD};
use super::current::{self, Exchange};
use super::proxy::{Proxies, Server};
use super::resolver::Lookups;
use super::socket;
use super::stream::{Stream, Unwritten, carry};
use super::tls::Tls;
use crate::caught::catch;
use crate::error::{Error, ErrorKind, Result};
use crate::url::Origin;

/// Makes connections for a client.
#[derive(Debug)]
pub(super) struct Dialer {
    pub lookups: Lookups,
    pub tls: Arc<Tls>,
    pub proxies: Proxies,
}

impl Connector for Dialer {
    type Out = Wire;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> std::result::Result<Option<Wire>, ureq::Error> {
        let exchange = current::get().map_err(wrap)?;
        let connected = origin(details.uri).and_then(|origin| self.dial_within_limit(&origin, &exchange));
        let wire = connected.map_err(|error| wrap(error.unsent()))?;
        Ok(Some(wire))
    }
}

impl Dialer {
    fn dial_within_limit(&self, target: &Origin, exchange: &Exchange) -> Result<Wire> {
        let limit = exchange.scope.pace.connect;
        // Without a limit, one far away still marks that a connection is being made.
        let limit = if limit.is_zero() {
            std::time::Duration::from_secs(1 << 30)
        } else {
            limit
        };
        exchange.connect_until.set(Some(Instant::now() + limit));
        let dialed = self.dial(target, exchange);
        exchange.connect_until.set(None);
        let mut stream = dialed.map_err(|error| error.context(format_args!("connecting to {target}")))?;
        stream.restart();
        Ok(Wire {
            stream: Some(stream),
            secure: target.https,
            buffers: ConnectionBuffers::default(),
            pooled: false,
            spoilt: false,
        })
    }

    fn dial(&self, target: &Origin, exchange: &Exchange) -> Result<Stream> {
        let stream = match self.proxies.choose(target) {
            None => self.reach(&target.host, target.port, exchange)?,
            Some(server) => self.through(server, target, exchange)?,
        };
        if target.https {
            self.secure(stream, &target.host, exchange)
        } else {
            Ok(stream)
        }
    }

    fn through(&self, server: &Server, target: &Origin, exchange: &Exchange) -> Result<Stream> {
        let reached = self.reach(&server.host, server.port, exchange);
        let mut stream = reached.map_err(|error| server.unreachable(error))?;
        if server.is_https() {
            let secured = self.secure(stream, &server.host, exchange);
            stream = secured.map_err(|error| server.unreachable(error))?;
        }
        let _woken = stream.wakeable(exchange);
        server.open(&mut stream, target, &self.lookups, exchange)?;
        Ok(stream)
    }

    fn reach(&self, host: &str, port: u16, exchange: &Exchange) -> Result<Stream> {
        let addresses = self.lookups.find(host, port, exchange)?;
        let connected = socket::connect(&addresses, &|| exchange.check());
        let failed = |error: std::io::Error| {
            Error::new(
                ErrorKind::Connect,
                format!("no connection to {host}:{port}: {error}"),
            )
        };
        let stream = match connected {
            Ok(Ok(tcp)) => Stream::plain(tcp).map_err(failed),
            Ok(Err(error)) => Err(failed(error)),
            Err(error) => Err(error),
        };
        if stream.as_ref().is_err_and(|e| e.kind() != ErrorKind::Cancelled) {
            self.lookups.forget(host);
        }
        stream
    }

    fn secure(&self, mut stream: Stream, host: &str, exchange: &Exchange) -> Result<Stream> {
        let session = self.tls.session(host)?;
        let _woken = stream.wakeable(exchange);
        stream.secure(session, host, exchange)
    }
}

/// A connection in ureq's hands.
pub(super) struct Wire {
    /// There until the wire is dropped.
    stream: Option<Stream>,
    secure: bool,
    buffers: ConnectionBuffers,
    /// Between two requests.
    pooled: bool,
    /// Not to be used again: something broke, or the request was not sent whole.
    spoilt: bool,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    /// Whether it can be used. Looked at twice: when the connection goes back to the pool, where a look is not worth a
    /// system call, and when it is taken out again.
    fn is_fit(&mut self) -> bool {
        if self.spoilt {
            return false;
        }
        if !self.pooled {
            self.pooled = true;
            self.buffers.shrink();
            return true;
        }
        self.pooled = false;
        let (Ok(exchange), Some(stream)) = (current::get(), &mut self.stream) else {
            return false;
        };
        if exchange.fresh || stream.is_ready(&exchange).unwrap_or(true) {
            return false;
        }
        stream.restart();
        exchange.reused.set(true);
        true
    }

    /// Does something that may block.
    fn bounded<T>(
        &mut self,
        work: impl FnOnce(&mut Stream, &mut ConnectionBuffers, &Exchange) -> Result<T>,
    ) -> std::result::Result<T, ureq::Error> {
        let Some(stream) = &mut self.stream else {
            return Err(ureq::Error::ConnectionFailed);
        };
        let exchange = current::get().map_err(wrap)?;
        let done = stream.bounded(&exchange, |stream| work(stream, &mut self.buffers, &exchange));
        if exchange.early.get() || done.as_ref().is_err_and(|e| e.limit().is_none()) {
            self.spoilt = true;
        }
        done.map_err(wrap)
    }
}

/// An exchange that wants the connection for itself has ureq let go of it, and takes it up here.
impl Drop for Wire {
    fn drop(&mut self) {
        if let Ok(exchange) = current::get()
            && exchange.wants_connection.get()
        {
            let buffers = std::mem::take(&mut self.buffers);
            exchange
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
        self.bounded(|stream, buffers, exchange| {
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
            Ok(n > 0)
        })
    }

    /// Asked while ureq holds the lock of its pool: a panic that left here would poison it, and with it the client.
    fn is_open(&mut self) -> bool {
        catch(|| self.is_fit()).unwrap_or(false)
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
