//! Makes a connection to an origin: directly or through a proxy, and with TLS where the URL says https.

use super::exchange::ExchangeContext;
use super::proxy::{Proxies, ProxyServer};
use super::resolve::DnsCache;
use super::socket;
use super::stream::Stream;
use super::tls::Tls;
use super::tunnel;
use crate::error::{Error, ErrorKind, Result};
use crate::options::ClientOptions;
use crate::url::Origin;

/// Makes connections for a client.
#[derive(Debug)]
pub(crate) struct Dialer {
    dns: DnsCache,
    tls: Tls,
    proxies: Proxies,
}

impl Dialer {
    /// Checks the options for trust and proxies; makes no connection.
    pub(crate) fn new(options: &ClientOptions) -> Result<Self> {
        Ok(Self {
            dns: DnsCache::default(),
            tls: Tls::new(&options.trust)?,
            proxies: Proxies::new(options, &|name| std::env::var(name).ok())?,
        })
    }

    /// A connection that has carried nothing yet.
    pub(crate) fn connect(&self, target: &Origin, exchange: &ExchangeContext) -> Result<Stream> {
        let dialed = exchange.while_connecting(|| self.dial(target, exchange));
        let mut stream = dialed.map_err(|error| match error.kind() {
            ErrorKind::Dns => error.with_advice(
                "check the network connection and the URL, and whether only a proxy can resolve the name",
            ),
            ErrorKind::Connect => {
                error.with_advice("check the URL and the firewall, and whether a proxy is needed")
            }
            _ => error.context(format_args!("connecting to {target}")),
        })?;
        stream.reset_limits();
        Ok(stream)
    }

    fn dial(&self, target: &Origin, exchange: &ExchangeContext) -> Result<Stream> {
        let stream = match self.proxies.choose(target)? {
            None => self.connect_tcp(&target.host, target.port, exchange)?,
            Some(server) => self.connect_via_proxy(server, target, exchange)?,
        };
        if target.https {
            self.start_tls(stream, &target.host, exchange)
        } else {
            Ok(stream)
        }
    }

    fn connect_via_proxy(
        &self,
        server: &ProxyServer,
        target: &Origin,
        exchange: &ExchangeContext,
    ) -> Result<Stream> {
        let reached = self.connect_tcp(&server.host, server.port, exchange);
        let mut stream = reached.map_err(|error| server.unreachable(error))?;
        if server.is_https() {
            let tls = self.start_tls(stream, &server.host, exchange);
            stream = tls.map_err(|error| server.unreachable(error))?;
        }
        let _woken = stream.register_cancel(exchange);
        tunnel::open(server, &mut stream, target, &self.dns, exchange)?;
        Ok(stream)
    }

    fn connect_tcp(&self, host: &str, port: u16, exchange: &ExchangeContext) -> Result<Stream> {
        let addresses = self.dns.find(host, port, exchange)?;
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
            self.dns.forget(host);
        }
        stream
    }

    fn start_tls(&self, mut stream: Stream, host: &str, exchange: &ExchangeContext) -> Result<Stream> {
        let session = self.tls.session(host)?;
        let _woken = stream.register_cancel(exchange);
        stream.start_tls(session, host, exchange)
    }
}
