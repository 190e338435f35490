//! Reads and writes on a connection, through no, one or two layers of TLS, within the limits of the current exchange.

use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use rustls::ClientConnection;

use super::exchange::ExchangeContext;
use super::rate::Rate;
use super::socket::{Pending, Socket, is_slice_over};
use super::tls;
use crate::cancel::Registration;
use crate::error::{Error, ErrorKind, Limit, Result};

/// A connection as seen by HTTP.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpConn),
    Tls(Box<TlsStream>),
}

/// A TLS session over a stream.
#[derive(Debug)]
pub(crate) struct TlsStream {
    session: ClientConnection,
    below: Stream,
    host: String,
}

/// The socket, and how it has been moving.
#[derive(Debug)]
pub(crate) struct TcpConn {
    socket: Arc<Socket>,
    /// When a byte last last_activity.
    last_activity: Instant,
    /// What inbound since the answer's first byte, and what outbound.
    inbound: Rate,
    outbound: Rate,
}

/// A write that did not go through.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// The peer has already answered, so it does not want the rest.
    EarlyResponse,
    Failed(Error),
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        WriteError::Failed(error)
    }
}

impl Stream {
    pub(crate) fn plain(tcp: TcpStream) -> io::Result<Self> {
        Ok(Stream::Plain(TcpConn {
            socket: Arc::new(Socket::new(tcp)?),
            last_activity: Instant::now(),
            inbound: Rate::default(),
            outbound: Rate::default(),
        }))
    }

    /// Has TLS negotiated with `host` over this stream.
    pub(crate) fn start_tls(
        self,
        session: ClientConnection,
        host: &str,
        exchange: &ExchangeContext,
    ) -> Result<Self> {
        let mut tls = Box::new(TlsStream {
            session,
            below: self,
            host: host.to_owned(),
        });
        loop {
            match tls.flush(exchange) {
                Ok(()) | Err(WriteError::EarlyResponse) => {}
                Err(WriteError::Failed(error)) => return Err(error),
            }
            if !tls.session.is_handshaking() {
                return Ok(Stream::Tls(tls));
            }
            if tls.fill(exchange)? == 0 {
                let text = format!("{host} closed the connection in the TLS handshake");
                // No word against us: the line broke, and the next one may hold.
                return Err(Error::new(ErrorKind::Connect, text));
            }
        }
    }

    /// Reads what there is, waiting for at least a byte; 0 is the end.
    pub(crate) fn read(&mut self, buffer: &mut [u8], exchange: &ExchangeContext) -> Result<usize> {
        match self {
            Stream::Plain(line) => line.read(buffer, exchange),
            Stream::Tls(tls) => tls.read(buffer, exchange),
        }
    }

    /// Writes all of `bytes`, unless the peer answers while it does not take them.
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

    /// Takes some of `bytes` for the peer; with TLS some may wait for the next flush.
    fn write(&mut self, bytes: &[u8], exchange: &ExchangeContext) -> std::result::Result<usize, WriteError> {
        match self {
            Stream::Plain(line) => line.write(bytes, exchange),
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
            Stream::Plain(line) => Ok(line.socket.pending() != Pending::Nothing),
            Stream::Tls(tls) => tls.is_ready(exchange),
        }
    }

    /// Lets the exchange's token wake whatever blocks on this stream, until the registration is dropped.
    pub(crate) fn register_cancel(&mut self, exchange: &ExchangeContext) -> Option<Registration> {
        let socket = self.line().socket.clone();
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
        let woken = self.register_cancel(exchange);
        let done = work(self);
        drop(woken);
        // Looked at after the token let go: a trigger has cut the connection, or can no longer reach it.
        exchange.check_cancel().and(done)
    }

    /// The next request begins: silence and rate are measured anew.
    pub(crate) fn reset_limits(&mut self) {
        let line = self.line();
        line.last_activity = Instant::now();
        (line.inbound, line.outbound) = (Rate::default(), Rate::default());
    }

    fn line(&mut self) -> &mut TcpConn {
        match self {
            Stream::Plain(line) => line,
            Stream::Tls(tls) => tls.below.line(),
        }
    }
}

impl TcpConn {
    fn read(&mut self, buffer: &mut [u8], exchange: &ExchangeContext) -> Result<usize> {
        exchange.check()?;
        let mut begun = Instant::now();
        loop {
            let outcome = self.socket.read(buffer);
            // What a trigger cut off must not look like an end, nor like the bytes asked for.
            exchange.check_cancel()?;
            let now = Instant::now();
            match outcome {
                Ok(n) => {
                    self.last_activity = now;
                    if n > 0 && !exchange.is_connecting() {
                        self.inbound.count(now - begun, n, exchange.min_rate)?;
                    }
                    return Ok(n);
                }
                Err(error) if is_slice_over(&error) => {
                    exchange.check()?;
                    if !exchange.is_connecting() {
                        self.check_idle(now, exchange)?;
                        if self.inbound.has_begun() {
                            self.inbound.count(now - begun, 0, exchange.min_rate)?;
                        }
                    }
                    begun = now;
                }
                Err(error) => return Err(connection_lost(&error)),
            }
        }
    }

    fn write(&mut self, bytes: &[u8], exchange: &ExchangeContext) -> std::result::Result<usize, WriteError> {
        exchange.check()?;
        let mut begun = Instant::now();
        loop {
            let outcome = self.socket.write(bytes);
            exchange.check_cancel()?;
            let now = Instant::now();
            match outcome {
                Ok(n) => {
                    self.last_activity = now;
                    if !exchange.is_connecting() {
                        exchange.sent.set();
                        self.outbound.count(now - begun, n, exchange.min_rate)?;
                    }
                    return Ok(n);
                }
                Err(error) if is_slice_over(&error) => {
                    exchange.check()?;
                    if self.socket.pending() != Pending::Nothing {
                        return Err(WriteError::EarlyResponse);
                    }
                    if !exchange.is_connecting() {
                        self.check_idle(now, exchange)?;
                        self.outbound.count(now - begun, 0, exchange.min_rate)?;
                    }
                    begun = now;
                }
                // A server that refuses an upload answers, closes, and so breaks our writes.
                Err(_) if self.socket.pending() == Pending::Bytes => return Err(WriteError::EarlyResponse),
                Err(error) => return Err(connection_lost(&error).into()),
            }
        }
    }

    fn check_idle(&mut self, now: Instant, exchange: &ExchangeContext) -> Result<()> {
        let idle = exchange.context.io_limits.idle;
        if idle.is_zero() || now - self.last_activity < idle {
            return Ok(());
        }
        // The caller may read on, and then silence is measured anew.
        self.last_activity = now;
        let text = format!(
            "no byte inbound or outbound within the idle limit of {} s",
            idle.as_secs_f64()
        );
        Err(Error::timeout(Limit::Idle, text))
    }
}

impl TlsStream {
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
            // Tells the peer why, if it still listens; the reason that counts is ours.
            let _ = self.session.write_tls(&mut Pipe {
                below: &mut self.below,
                exchange,
            });
            return Err(tls::refused(&self.host, &error));
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
                    // Something inbound meanwhile, but perhaps only a session ticket.
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

/// Our error in the clothes of an I/O error: the way through interfaces that know no other.
pub(crate) fn into_io_error(error: Error) -> io::Error {
    io::Error::other(error)
}

/// Our error out of an I/O error; another one is a broken connection.
pub(crate) fn from_io_error(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) => connection_lost(&error),
    }
}

/// The connection broke.
fn connection_lost(error: &io::Error) -> Error {
    Error::new(
        ErrorKind::ConnectionLost,
        format!("the connection broke: {error}"),
    )
}
