//! Bytes between us and a peer, through no, one or two layers of TLS, with the limits of the current exchange.

use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use rustls::ClientConnection;

use super::exchange::Exchange;
use super::rate::Rate;
use super::socket::{Pending, Socket, is_slice_over};
use super::tls;
use crate::cancel::Registration;
use crate::error::{Error, ErrorKind, Limit, Result};

/// A connection as seen by HTTP.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(Line),
    Tls(Box<Secured>),
}

/// A TLS session over a stream.
#[derive(Debug)]
pub(super) struct Secured {
    session: ClientConnection,
    below: Stream,
    host: String,
}

/// The socket, and how it has been moving.
#[derive(Debug)]
pub(super) struct Line {
    socket: Arc<Socket>,
    /// When a byte last moved.
    moved: Instant,
    /// What came since the answer's first byte, and what went.
    came: Rate,
    went: Rate,
}

/// A write that did not go through.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// The peer has already answered, so it does not want the rest.
    Answered,
    Failed(Error),
}

impl From<Error> for Unwritten {
    fn from(error: Error) -> Self {
        Unwritten::Failed(error)
    }
}

impl Stream {
    pub(super) fn plain(tcp: TcpStream) -> io::Result<Self> {
        Ok(Stream::Plain(Line {
            socket: Arc::new(Socket::new(tcp)?),
            moved: Instant::now(),
            came: Rate::default(),
            went: Rate::default(),
        }))
    }

    /// Has TLS negotiated with `host` over this stream.
    pub(super) fn secure(self, session: ClientConnection, host: &str, exchange: &Exchange) -> Result<Self> {
        let mut secured = Box::new(Secured {
            session,
            below: self,
            host: host.to_owned(),
        });
        loop {
            match secured.flush(exchange) {
                Ok(()) | Err(Unwritten::Answered) => {}
                Err(Unwritten::Failed(error)) => return Err(error),
            }
            if !secured.session.is_handshaking() {
                return Ok(Stream::Tls(secured));
            }
            if secured.fill(exchange)? == 0 {
                let text = format!("{host} closed the connection in the TLS handshake");
                // No word against us: the line broke, and the next one may hold.
                return Err(Error::new(ErrorKind::Connect, text));
            }
        }
    }

    /// Reads what there is, waiting for at least a byte; 0 is the end.
    pub(super) fn read(&mut self, buffer: &mut [u8], exchange: &Exchange) -> Result<usize> {
        match self {
            Stream::Plain(line) => line.read(buffer, exchange),
            Stream::Tls(secured) => secured.read(buffer, exchange),
        }
    }

    /// Writes all of `bytes`, unless the peer answers while it does not take them.
    pub(super) fn write_all(
        &mut self,
        bytes: &[u8],
        exchange: &Exchange,
    ) -> std::result::Result<(), Unwritten> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let n = self.write(rest, exchange)?;
            rest = &rest[n..];
        }
        self.flush(exchange)
    }

    /// Takes some of `bytes` for the peer; with TLS some may wait for the next flush.
    fn write(&mut self, bytes: &[u8], exchange: &Exchange) -> std::result::Result<usize, Unwritten> {
        match self {
            Stream::Plain(line) => line.write(bytes, exchange),
            Stream::Tls(secured) => secured.write(bytes, exchange),
        }
    }

    fn flush(&mut self, exchange: &Exchange) -> std::result::Result<(), Unwritten> {
        match self {
            Stream::Plain(_) => Ok(()),
            Stream::Tls(secured) => secured.flush(exchange),
        }
    }

    /// Whether a read would find bytes for HTTP, or the end, without waiting.
    pub(super) fn is_ready(&mut self, exchange: &Exchange) -> Result<bool> {
        match self {
            Stream::Plain(line) => Ok(line.socket.pending() != Pending::Nothing),
            Stream::Tls(secured) => secured.is_ready(exchange),
        }
    }

    /// Lets the exchange's token wake whatever blocks on this stream, until the registration is dropped.
    pub(super) fn wakeable(&mut self, exchange: &Exchange) -> Option<Registration> {
        let socket = self.line().socket.clone();
        exchange
            .context
            .cancel
            .as_ref()
            .map(|cancel| cancel.register(socket))
    }

    /// Does something that may block, with the token at hand for as long as it lasts and no longer.
    pub(super) fn bounded<T>(
        &mut self,
        exchange: &Exchange,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        exchange.check_cancel()?;
        let woken = self.wakeable(exchange);
        let done = work(self);
        drop(woken);
        // Looked at after the token let go: a trigger has cut the connection, or can no longer reach it.
        exchange.check_cancel().and(done)
    }

    /// The next request begins: silence and rate are measured anew.
    pub(super) fn restart(&mut self) {
        let line = self.line();
        line.moved = Instant::now();
        (line.came, line.went) = (Rate::default(), Rate::default());
    }

    fn line(&mut self) -> &mut Line {
        match self {
            Stream::Plain(line) => line,
            Stream::Tls(secured) => secured.below.line(),
        }
    }
}

impl Line {
    fn read(&mut self, buffer: &mut [u8], exchange: &Exchange) -> Result<usize> {
        exchange.check()?;
        let mut begun = Instant::now();
        loop {
            let outcome = self.socket.read(buffer);
            // What a trigger cut off must not look like an end, nor like the bytes asked for.
            exchange.check_cancel()?;
            let now = Instant::now();
            match outcome {
                Ok(n) => {
                    self.moved = now;
                    if n > 0 && !exchange.is_connecting() {
                        self.came.count(now - begun, n, exchange.min_rate)?;
                    }
                    return Ok(n);
                }
                Err(error) if is_slice_over(&error) => {
                    exchange.check()?;
                    if !exchange.is_connecting() {
                        self.check_idle(now, exchange)?;
                        if self.came.has_begun() {
                            self.came.count(now - begun, 0, exchange.min_rate)?;
                        }
                    }
                    begun = now;
                }
                Err(error) => return Err(lost(&error)),
            }
        }
    }

    fn write(&mut self, bytes: &[u8], exchange: &Exchange) -> std::result::Result<usize, Unwritten> {
        exchange.check()?;
        let mut begun = Instant::now();
        loop {
            let outcome = self.socket.write(bytes);
            exchange.check_cancel()?;
            let now = Instant::now();
            match outcome {
                Ok(n) => {
                    self.moved = now;
                    if !exchange.is_connecting() {
                        exchange.sent.set(true);
                        self.went.count(now - begun, n, exchange.min_rate)?;
                    }
                    return Ok(n);
                }
                Err(error) if is_slice_over(&error) => {
                    exchange.check()?;
                    if self.socket.pending() != Pending::Nothing {
                        return Err(Unwritten::Answered);
                    }
                    if !exchange.is_connecting() {
                        self.check_idle(now, exchange)?;
                        self.went.count(now - begun, 0, exchange.min_rate)?;
                    }
                    begun = now;
                }
                // A server that refuses an upload answers, closes, and so breaks our writes.
                Err(_) if self.socket.pending() == Pending::Bytes => return Err(Unwritten::Answered),
                Err(error) => return Err(lost(&error).into()),
            }
        }
    }

    fn check_idle(&mut self, now: Instant, exchange: &Exchange) -> Result<()> {
        let idle = exchange.context.io_limits.idle;
        if idle.is_zero() || now - self.moved < idle {
            return Ok(());
        }
        // The caller may read on, and then silence is measured anew.
        self.moved = now;
        let text = format!(
            "no byte came or went within the idle timeout of {} s",
            idle.as_secs_f64()
        );
        Err(Error::timeout(Limit::Idle, text))
    }
}

impl Secured {
    fn read(&mut self, buffer: &mut [u8], exchange: &Exchange) -> Result<usize> {
        loop {
            match self.session.reader().read(buffer) {
                Ok(n) => return Ok(n),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    exchange.abrupt.set(true);
                    return Ok(0);
                }
                Err(_) => {}
            }
            match self.flush(exchange) {
                Ok(()) => {
                    self.fill(exchange)?;
                }
                Err(Unwritten::Answered) => {}
                Err(Unwritten::Failed(error)) => return Err(error),
            }
        }
    }

    /// Takes TLS records off the wire; 0 is the end.
    fn fill(&mut self, exchange: &Exchange) -> Result<usize> {
        let mut pipe = Pipe {
            below: &mut self.below,
            exchange,
        };
        let n = self.session.read_tls(&mut pipe).map_err(uncarry)?;
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

    fn write(&mut self, bytes: &[u8], exchange: &Exchange) -> std::result::Result<usize, Unwritten> {
        self.flush(exchange)?;
        let n = self.session.writer().write(bytes).map_err(|e| lost(&e))?;
        match self.flush(exchange) {
            // The session has taken the bytes: what is left of them goes with the next flush.
            Ok(()) | Err(Unwritten::Answered) => Ok(n),
            failed => failed.map(|()| n),
        }
    }

    fn flush(&mut self, exchange: &Exchange) -> std::result::Result<(), Unwritten> {
        while self.session.wants_write() {
            // What an earlier look has taken off the wire can no longer be seen on it.
            if self.has_plaintext() {
                return Err(Unwritten::Answered);
            }
            let mut pipe = Pipe {
                below: &mut self.below,
                exchange,
            };
            match self.session.write_tls(&mut pipe) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    // Something came meanwhile, but perhaps only a session ticket.
                    if self.is_ready(exchange)? {
                        return Err(Unwritten::Answered);
                    }
                }
                Err(error) => return Err(uncarry(error).into()),
            }
        }
        self.below.flush(exchange)
    }

    fn is_ready(&mut self, exchange: &Exchange) -> Result<bool> {
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
    exchange: &'a Exchange,
}

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.below.read(buffer, self.exchange).map_err(carry)
    }
}

impl Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.below.write(bytes, self.exchange) {
            Ok(n) => Ok(n),
            Err(Unwritten::Answered) => Err(io::ErrorKind::ResourceBusy.into()),
            Err(Unwritten::Failed(error)) => Err(carry(error)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Our error in the clothes of an I/O error: the way through interfaces that know no other.
pub(super) fn carry(error: Error) -> io::Error {
    io::Error::other(error)
}

/// Our error out of an I/O error; another one is a broken connection.
pub(super) fn uncarry(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) => lost(&error),
    }
}

/// The connection broke.
fn lost(error: &io::Error) -> Error {
    Error::new(
        ErrorKind::ConnectionLost,
        format!("the connection broke: {error}"),
    )
}
