//! How a connection to an origin is made: directly or through a proxy, and with TLS where the address asks for it.

use std::sync::Arc;
use std::time::Instant;

use super::exchange::Exchange;
use super::proxy::{Proxies, Server};
use super::resolver::Lookups;
use super::socket;
use super::stream::Stream;
use super::tls::Tls;
use crate::error::{Error, ErrorKind, Result};
use crate::url::Origin;

/// Makes connections for a client.
#[derive(Debug)]
pub(super) struct Dialer {
    pub lookups: Lookups,
    pub tls: Arc<Tls>,
    pub proxies: Proxies,
}

impl Dialer {
    /// A connection that has carried nothing yet.
    pub(super) fn connect(&self, target: &Origin, exchange: &Exchange) -> Result<Stream> {
        let limit = exchange.context.io_limits.connect;
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
        Ok(stream)
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
