//! SOCKS5 (RFC 1928), with or without a user name and password (RFC 1929).

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::exchange::ExchangeContext;
use super::stream::Stream;
use crate::error::{Error, ErrorKind, Result};

const VERSION: u8 = 5;
const NO_LOGIN: u8 = 0;
const PASSWORD: u8 = 2;

/// Requests a connection to `host`, which the proxy resolves unless it is a literal.
pub(crate) fn open(
    stream: &mut Stream,
    host: &str,
    port: u16,
    login: Option<(&str, &str)>,
    exchange: &ExchangeContext,
) -> Result<()> {
    let offer: &[u8] = match login {
        Some(_) => &[VERSION, 2, NO_LOGIN, PASSWORD],
        None => &[VERSION, 1, NO_LOGIN],
    };
    stream.send(offer, exchange)?;
    let [version, method] = take(stream, exchange)?;
    if version != VERSION {
        return Err(Error::new(ErrorKind::Proxy, "this is not a SOCKS5 proxy"));
    }
    match (method, login) {
        (NO_LOGIN, _) => {}
        (PASSWORD, Some((user, password))) => {
            // The lengths were checked when the options were read.
            let mut login = Zeroizing::new(vec![1, user.len() as u8]);
            login.extend_from_slice(user.as_bytes());
            login.push(password.len() as u8);
            login.extend_from_slice(password.as_bytes());
            stream.send(&login, exchange)?;
            let [_, status] = take(stream, exchange)?;
            if status != 0 {
                let text = "the proxy does not accept this user name and password";
                return Err(Error::new(ErrorKind::ProxyAuth, text));
            }
        }
        _ => {
            let text = match login {
                None => "the proxy requires a user name and a password",
                Some(_) => "the proxy offers no way to log in with a password",
            };
            return Err(Error::new(ErrorKind::ProxyAuth, text));
        }
    }
    stream.send(&request(host, port)?, exchange)?;
    let [_, reply, _, kind] = take(stream, exchange)?;
    if reply != 0 {
        return Err(rejected(reply, host, port));
    }
    // Where the proxy connected from; of no use to us, but it has to be taken off.
    match kind {
        1 => take::<6>(stream, exchange).map(drop),
        4 => take::<18>(stream, exchange).map(drop),
        3 => {
            let [length] = take(stream, exchange)?;
            for _ in 0..usize::from(length) + 2 {
                take::<1>(stream, exchange)?;
            }
            Ok(())
        }
        _ => Err(Error::new(ErrorKind::Proxy, "the proxy's response is not SOCKS5")),
    }
}

fn request(host: &str, port: u16) -> Result<Vec<u8>> {
    let mut bytes = vec![VERSION, 1, 0];
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            bytes.push(1);
            bytes.extend(ip.octets());
        }
        Ok(IpAddr::V6(ip)) => {
            bytes.push(4);
            bytes.extend(ip.octets());
        }
        Err(_) => {
            let length = u8::try_from(bare.len())
                .map_err(|_| Error::invalid("the host name is longer than 255 bytes"))?;
            bytes.extend([3, length]);
            bytes.extend(bare.as_bytes());
        }
    }
    bytes.extend(port.to_be_bytes());
    Ok(bytes)
}

fn rejected(reply: u8, host: &str, port: u16) -> Error {
    let why = match reply {
        2 => "its rules do not allow it",
        3 => "the network is unreachable",
        4 => "the host is unreachable",
        5 => "the connection was refused",
        6 => "the connection took too long",
        7 => "it does not know the command",
        8 => "it does not know this kind of address",
        _ => "it failed",
    };
    let text = format!("the proxy made no connection to {host}:{port}: {why} (SOCKS5 reply {reply})");
    match Error::new(ErrorKind::Proxy, text) {
        error if matches!(reply, 1 | 3..=6) => error.transient(),
        error => error,
    }
}

/// Exactly `N` bytes, so that nothing of what follows is taken.
fn take<const N: usize>(stream: &mut Stream, exchange: &ExchangeContext) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let mut filled = 0;
    while filled < N {
        let n = stream.read(&mut bytes[filled..], exchange)?;
        if n == 0 {
            let text = "the proxy closed the connection during the negotiation";
            return Err(Error::new(ErrorKind::Proxy, text).transient());
        }
        filled += n;
    }
    Ok(bytes)
}
