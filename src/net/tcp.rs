//! Reads and writes on a socket within the limits of an exchange: cancel, deadline, inactivity, minimum rate.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::exchange::{ExchangeContext, stopped};
use super::io_error::{WriteError, connection_lost};
use super::rate::Rate;
use super::socket::{Pending, Socket, is_slice_over};
use crate::error::{Error, Limit, Result};

/// The socket, and how it has been moving.
#[derive(Debug)]
pub(crate) struct TcpConn {
    socket: Arc<Socket>,
    /// When a byte was last transferred.
    last_activity: Instant,
    /// The rate since the first byte of the response, and that of the request.
    inbound: Rate,
    outbound: Rate,
}

impl TcpConn {
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        Ok(Self {
            socket: Arc::new(Socket::new(tcp)?),
            last_activity: Instant::now(),
            inbound: Rate::default(),
            outbound: Rate::default(),
        })
    }

    /// What a cancel wakes.
    pub(super) fn socket(&self) -> Arc<Socket> {
        self.socket.clone()
    }

    /// Looks at the input without waiting and without taking it.
    pub(super) fn pending(&self) -> Pending {
        self.socket.pending()
    }

    /// The next request begins: inactivity and rate are measured anew.
    pub(super) fn reset_limits(&mut self) {
        self.last_activity = Instant::now();
        (self.inbound, self.outbound) = (Rate::default(), Rate::default());
    }

    pub(super) fn read(&mut self, buffer: &mut [u8], exchange: &ExchangeContext) -> Result<usize> {
        exchange.check()?;
        let mut begun = Instant::now();
        loop {
            let outcome = self.socket.read(buffer);
            // A read that a cancel cut off must look neither like an end nor like data.
            exchange.check_cancel()?;
            let now = Instant::now();
            let waited = self.waited(now - begun);
            match outcome {
                Ok(n) => {
                    self.last_activity = now;
                    if n > 0 && !exchange.is_connecting() {
                        self.inbound.count(waited, n, exchange.min_rate)?;
                    }
                    return Ok(n);
                }
                Err(error) if is_slice_over(&error) => {
                    exchange.check()?;
                    if !exchange.is_connecting() {
                        self.check_idle(now, exchange)?;
                        if self.inbound.has_begun() {
                            self.inbound.count(waited, 0, exchange.min_rate)?;
                        }
                    }
                    begun = now;
                }
                Err(error) => return Err(connection_lost(&error)),
            }
        }
    }

    pub(super) fn write(
        &mut self,
        bytes: &[u8],
        exchange: &ExchangeContext,
    ) -> std::result::Result<usize, WriteError> {
        exchange.check()?;
        let mut begun = Instant::now();
        loop {
            let outcome = self.socket.write(bytes);
            exchange.check_cancel()?;
            let now = Instant::now();
            let waited = self.waited(now - begun);
            match outcome {
                Ok(n) => {
                    self.last_activity = now;
                    if !exchange.is_connecting() {
                        exchange.sent.set();
                        self.outbound.count(waited, n, exchange.min_rate)?;
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
                        self.outbound.count(waited, 0, exchange.min_rate)?;
                    }
                    begun = now;
                }
                // A server that rejects an upload responds and closes, which breaks our writes.
                Err(_) if self.socket.pending() == Pending::Bytes => return Err(WriteError::EarlyResponse),
                Err(error) => return Err(connection_lost(&error).into()),
            }
        }
    }

    /// How much of the time of an operation counts as waiting for the peer.
    fn waited(&mut self, took: Duration) -> Duration {
        let stopped = stopped(took);
        self.last_activity += stopped;
        took - stopped
    }

    fn check_idle(&mut self, now: Instant, exchange: &ExchangeContext) -> Result<()> {
        let idle = exchange.context.io_limits.idle;
        if idle.is_zero() || now.saturating_duration_since(self.last_activity) < idle {
            return Ok(());
        }
        // What has arrived since the last operation is no silence.
        if self.socket.pending() != Pending::Nothing {
            return Ok(());
        }
        // The caller may read on, and then inactivity is measured anew.
        self.last_activity = now;
        let text = format!(
            "no byte was sent or received within the idle timeout of {} s",
            idle.as_secs_f64()
        );
        Err(Error::timeout(Limit::Idle, text))
    }
}
