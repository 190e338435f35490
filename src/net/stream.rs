//! A connection as HTTP reads and writes it: plain TCP, or one or two layers of TLS over it (the second one to a proxy).

use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;

use rustls::ClientConnection;

use super::exchange::ExchangeContext;
use super::io_error::{WriteError, connection_lost, from_io_error, into_io_error};
use super::socket::Pending;
use super::tcp::TcpConn;
use super::tls;
use crate::cancel::Registration;
use crate::error::{Error, ErrorKind, Result};

/// A connection as seen by HTTP.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpConn),
    Tls(Box<TlsStream>),
}

impl Stream {
    pub(crate) fn plain(tcp: TcpStream) -> io::Result<Self> {
        TcpConn::new(tcp).map(Stream::Plain)
    }

    /// Negotiates TLS with `host` over this stream.
    pub(crate) fn start_tls(
        self,
        session: ClientConnection,
        host: &str,
        exchange: &ExchangeContext,
    ) -> Result<Self> {
        TlsStream::connect(self, session, host, exchange).map(Stream::Tls)
    }

    /// Reads what there is, waiting for at least a byte; 0 is the end.
    pub(crate) fn read(&mut self, buffer: &mut [u8], exchange: &ExchangeContext) -> Result<usize> {
        match self {
            Stream::Plain(tcp) => tcp.read(buffer, exchange),
            Stream::Tls(tls) => tls.read(buffer, exchange),
        }
    }

    /// Writes all of `bytes`, unless the peer responds instead of taking them.
    pub(crate) fn write_all(
        &mut self,
        bytes: &[u8],
        exchange: &ExchangeContext,
    ) -> std::result::Result<(), WriteError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let n = self.write(rest, exchange)?;
            rest = &rest[n..];
        }
        self.flush(exchange)
    }

    /// Sends bytes of a negotiation; what the peer sends meanwhile is read next.
    pub(crate) fn send(&mut self, bytes: &[u8], exchange: &ExchangeContext) -> Result<()> {
        match self.write_all(bytes, exchange) {
            Ok(()) | Err(WriteError::EarlyResponse) => Ok(()),
            Err(WriteError::Failed(error)) => Err(error),
        }
    }

    /// Takes some of `bytes` for the peer; with TLS some may wait for the next flush.
    fn write(&mut self, bytes: &[u8], exchange: &ExchangeContext) -> std::result::Result<usize, WriteError> {
        match self {
            Stream::Plain(tcp) => tcp.write(bytes, exchange),
            Stream::Tls(tls) => tls.write(bytes, exchange),
        }
    }

    fn flush(&mut self, exchange: &ExchangeContext) -> std::result::Result<(), WriteError> {
        match self {
            Stream::Plain(_) => Ok(()),
            Stream::Tls(tls) => tls.flush(exchange),
        }
    }

    /// Whether a read would find bytes for HTTP, or the end, without waiting.
    pub(crate) fn is_ready(&mut self, exchange: &ExchangeContext) -> Result<bool> {
        match self {
            Stream::Plain(tcp) => Ok(tcp.pending() != Pending::Nothing),
            Stream::Tls(tls) => tls.is_ready(exchange),
        }
    }

    /// Lets the exchange's token wake whatever blocks on this stream, until the registration is dropped.
    pub(crate) fn register_cancel(&mut self, exchange: &ExchangeContext) -> Option<Registration> {
        let socket = self.tcp().socket();
        exchange
            .context
            .cancel
            .as_ref()
            .map(|cancel| cancel.register(socket))
    }

    /// Does something that may block, with the token at hand for as long as it lasts and no longer.
    pub(crate) fn cancellable<T>(
        &mut self,
        exchange: &ExchangeContext,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        exchange.check_cancel()?;
        let registration = self.register_cancel(exchange);
        let done = work(self);
        drop(registration);
        // Looked at after the token let go: a trigger has cut the connection, or can no longer reach it.
        exchange.check_cancel().and(done)
    }

    /// The next request begins: inactivity and rate are measured anew.
    pub(crate) fn reset_limits(&mut self) {
        self.tcp().reset_limits();
    }

    fn tcp(&mut self) -> &mut TcpConn {
        match self {
            Stream::Plain(tcp) => tcp,
            Stream::Tls(tls) => tls.below.tcp(),
        }
    }
}

/// A TLS session over a stream.
#[derive(Debug)]
pub(crate) struct TlsStream {
    session: ClientConnection,
    below: Stream,
    host: String,
}

impl TlsStream {
    /// Negotiates TLS with `host` over `below`.
    pub(super) fn connect(
        below: Stream,
        session: ClientConnection,
        host: &str,
        exchange: &ExchangeContext,
    ) -> Result<Box<Self>> {
        let mut tls = Box::new(Self {
            session,
            below,
            host: host.to_owned(),
        });
        loop {
            match tls.flush(exchange) {
                Ok(()) | Err(WriteError::EarlyResponse) => {}
                Err(WriteError::Failed(error)) => return Err(error),
            }
            if !tls.session.is_handshaking() {
                return Ok(tls);
            }
            if tls.fill(exchange)? == 0 {
                let text = format!("{host} closed the connection in the TLS handshake");
                // The peer sent no alert: the connection broke, and the next one may work.
                return Err(Error::new(ErrorKind::Connect, text));
            }
        }
    }

    fn read(&mut self, buffer: &mut [u8], exchange: &ExchangeContext) -> Result<usize> {
        loop {
            match self.session.reader().read(buffer) {
                Ok(n) => return Ok(n),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    exchange.abrupt.set();
                    return Ok(0);
                }
                Err(_) => {}
            }
            match self.flush(exchange) {
                Ok(()) => {
                    self.fill(exchange)?;
                }
                Err(WriteError::EarlyResponse) => {}
                Err(WriteError::Failed(error)) => return Err(error),
            }
        }
    }

    /// Takes TLS records off the wire; 0 is the end.
    fn fill(&mut self, exchange: &ExchangeContext) -> Result<usize> {
        let mut pipe = Pipe {
            below: &mut self.below,
            exchange,
        };
        let n = self.session.read_tls(&mut pipe).map_err(from_io_error)?;
        if let Err(error) = self.session.process_new_packets() {
            // Sends the alert, if the peer still reads; the error is ours.
            let _ = self.session.write_tls(&mut Pipe {
                below: &mut self.below,
                exchange,
            });
            return Err(tls::explain(&self.host, &error));
        }
        Ok(n)
    }

    fn write(&mut self, bytes: &[u8], exchange: &ExchangeContext) -> std::result::Result<usize, WriteError> {
        self.flush(exchange)?;
        let n = self
            .session
            .writer()
            .write(bytes)
            .map_err(|e| connection_lost(&e))?;
        match self.flush(exchange) {
            // The session has taken the bytes: what is left of them goes with the next flush.
            Ok(()) | Err(WriteError::EarlyResponse) => Ok(n),
            failed => failed.map(|()| n),
        }
    }

    fn flush(&mut self, exchange: &ExchangeContext) -> std::result::Result<(), WriteError> {
        while self.session.wants_write() {
            // What an earlier look has taken off the wire can no longer be seen on it.
            if self.has_plaintext() {
                return Err(WriteError::EarlyResponse);
            }
            let mut pipe = Pipe {
                below: &mut self.below,
                exchange,
            };
            match self.session.write_tls(&mut pipe) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    // Something arrived meanwhile, but perhaps only a session ticket.
                    if self.is_ready(exchange)? {
                        return Err(WriteError::EarlyResponse);
                    }
                }
                Err(error) => return Err(from_io_error(error).into()),
            }
        }
        self.below.flush(exchange)
    }

    fn is_ready(&mut self, exchange: &ExchangeContext) -> Result<bool> {
        loop {
            if self.has_plaintext() {
                return Ok(true);
            }
            if !self.below.is_ready(exchange)? {
                return Ok(false);
            }
            if self.fill(exchange)? == 0 {
                return Ok(true);
            }
        }
    }

    /// Whether the session holds bytes for HTTP, or has seen its end.
    fn has_plaintext(&mut self) -> bool {
        !matches!(self.session.reader().fill_buf(), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// What TLS reads from and writes to. It has no vectored write, so that each goes out as a plain one.
struct Pipe<'a> {
    below: &'a mut Stream,
    exchange: &'a ExchangeContext,
}

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.below.read(buffer, self.exchange).map_err(into_io_error)
    }
}

impl Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.below.write(bytes, self.exchange) {
            Ok(n) => Ok(n),
            Err(WriteError::EarlyResponse) => Err(io::ErrorKind::ResourceBusy.into()),
            Err(WriteError::Failed(error)) => Err(into_io_error(error)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
