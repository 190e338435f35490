//! Requests a tunnel from a proxy to a target: by CONNECT (RFC 9110 9.3.6) or by SOCKS5.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::exchange::ExchangeContext;
use super::proxy::{Protocol, ProxyServer};
use super::resolve::DnsCache;
use super::socks;
use super::stream::Stream;
use crate::error::{Error, ErrorKind, Result};
use crate::retry::is_transient_status;
use crate::url::Origin;

/// The longest head of a proxy's response.
const HEAD: usize = 16 << 10;

/// Requests a tunnel from `server` to `target`.
pub(super) fn open(
    server: &ProxyServer,
    stream: &mut Stream,
    target: &Origin,
    dns: &DnsCache,
    exchange: &ExchangeContext,
) -> Result<()> {
    let (host, port) = (&target.host, target.port);
    let opened = match server.protocol {
        Protocol::Http | Protocol::Https => http_connect(stream, target, server.login(), exchange),
        Protocol::Socks(true) => socks::open(stream, host, port, server.login(), exchange),
        Protocol::Socks(false) => {
            let found = dns.find(host, port, exchange)?;
            let ip = found.first().map(|a| a.ip().to_string()).unwrap_or_default();
            socks::open(stream, &ip, port, server.login(), exchange)
        }
    };
    opened.map_err(|error| match error.kind() {
        ErrorKind::ConnectionLost => server.unreachable(error),
        _ => error.context(server),
    })
}

/// Requests it from an HTTP proxy.
fn http_connect(
    stream: &mut Stream,
    target: &Origin,
    login: Option<(&str, &str)>,
    exchange: &ExchangeContext,
) -> Result<()> {
    let (host, port) = (&target.host, target.port);
    let mut head = Zeroizing::new(format!(
        "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"
    ));
    if let Some((user, password)) = login {
        let login = Zeroizing::new(format!("{user}:{password}"));
        let encoded = Zeroizing::new(STANDARD.encode(login.as_bytes()));
        head.push_str("Proxy-Authorization: Basic ");
        head.push_str(&encoded);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    stream.send(head.as_bytes(), exchange)?;
    let status = read_status(stream, exchange)?;
    let given = login.is_some();
    match status {
        200..=299 => Ok(()),
        // tinyproxy responds 401 to a wrong password, and only the proxy itself responds to CONNECT.
        401 | 407 if given => Err(Error::new(
            ErrorKind::ProxyAuth,
            format!("the proxy does not accept this user name and password ({status})"),
        )),
        401 | 407 => Err(Error::new(
            ErrorKind::ProxyAuth,
            format!("the proxy requires a user name and a password ({status})"),
        )),
        status if is_transient_status(status, true) => Err(Error::new(
            ErrorKind::Proxy,
            format!("the proxy made no tunnel to {host}:{port}: it responded {status}"),
        )
        .transient()),
        _ if !target.https => Err(Error::new(
            ErrorKind::Proxy,
            format!(
                "the proxy rejected a tunnel (CONNECT) to {host}:{port} with status {status}; many proxies allow \
                     tunnels to port 443 only: use an https URL, or name the host in no_proxy"
            ),
        )),
        _ => Err(Error::new(
            ErrorKind::Proxy,
            format!("the proxy rejected a tunnel to {host}:{port} with status {status}"),
        )),
    }
}

/// The status of a proxy's response, once its head is there. Nothing comes through a tunnel before we send, so nothing follows it.
fn read_status(stream: &mut Stream, exchange: &ExchangeContext) -> Result<u16> {
    let protocol = |text: &str| Error::new(ErrorKind::Proxy, text);
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    loop {
        let n = stream.read(&mut buffer, exchange)?;
        if n == 0 {
            return Err(protocol("the proxy closed the connection without a response").transient());
        }
        head.extend_from_slice(&buffer[..n]);
        // Interim responses may have come with the final one, or in front of it alone.
        while let Some(end) = memchr::memmem::find(&head, b"\r\n\r\n") {
            let status = status_of(&head).ok_or_else(|| protocol("the proxy's response is not HTTP"))?;
            if (100..200).contains(&status) {
                head.drain(..end + 4);
                continue;
            }
            if status < 300 && end + 4 < head.len() {
                return Err(protocol("the proxy sent bytes before the tunnel was used"));
            }
            return Ok(status);
        }
        if head.len() > HEAD {
            return Err(protocol("the head of the proxy's response is too large"));
        }
    }
}

fn status_of(head: &[u8]) -> Option<u16> {
    let line = head.split(|&b| b == b'\r').next()?;
    let rest = std::str::from_utf8(line).ok()?.strip_prefix("HTTP/1.")?;
    let status: u16 = rest.split(' ').nth(1)?.parse().ok()?;
    (100..600).contains(&status).then_some(status)
}
