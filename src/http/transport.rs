//! A connection as ureq uses it: taken out of the pool or dialed, and given back when ureq is done with it.
//!
//! The engine and the transport that ureq holds share a [`Handover`]: the limits that apply now go in, and
//! the connection comes out.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use zeroize::Zeroize;

use super::malformed;
use super::response_head::ResponseHead;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, Dialer, ExchangeContext, HEAD, Pool, WriteError, into_io_error};
use crate::url::Url;

/// What passes between the side that runs a request and the transport that ureq holds.
#[derive(Debug)]
pub(super) struct Handover {
    /// The limits of the request, then of each read of its body.
    exchange: Mutex<Arc<ExchangeContext>>,
    released: Mutex<Option<Released>>,
}

/// A connection that ureq has let go of.
#[derive(Debug)]
pub(super) struct Released {
    pub connection: Box<Connection>,
    /// The response was read to its end, and nothing in it forbids another request.
    pub reusable: bool,
}

impl Handover {
    pub(super) fn new(exchange: &Arc<ExchangeContext>) -> Arc<Self> {
        Arc::new(Self {
            exchange: Mutex::new(exchange.clone()),
            released: Mutex::default(),
        })
    }

    pub(super) fn set_exchange(&self, exchange: &Arc<ExchangeContext>) {
        *lock(&self.exchange) = exchange.clone();
    }

    pub(super) fn is_released(&self) -> bool {
        lock(&self.released).is_some()
    }

    pub(super) fn take_released(&self) -> Option<Released> {
        lock(&self.released).take()
    }

    fn exchange(&self) -> Arc<ExchangeContext> {
        lock(&self.exchange).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives ureq the connection for one request.
#[derive(Debug)]
pub(super) struct RequestConnector {
    pub dialer: Arc<Dialer>,
    pub pool: Arc<Pool>,
    pub url: Url,
    /// How long a pooled connection may have been idle; `None` for a new one.
    pub max_idle: Option<Duration>,
    pub output: OutputPlan,
    pub handover: Arc<Handover>,
}

/// What is known of a request before it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutputPlan {
    /// The size of the buffer that ureq writes into.
    pub size: usize,
    /// A body follows the head: both leave together.
    pub has_body: bool,
    /// All that is sent is wiped, not only the head: a body in memory may hold a secret, too.
    pub secret_body: bool,
}

impl Connector for RequestConnector {
    type Out = UreqTransport;

    fn connect(
        &self,
        _: &ConnectionDetails,
        _: Option<()>,
    ) -> std::result::Result<Option<UreqTransport>, ureq::Error> {
        let exchange = self.handover.exchange();
        let pooled = self
            .max_idle
            .and_then(|age| self.pool.take(&self.url, age, &exchange));
        let connection = match pooled {
            Some(connection) => {
                exchange.reused.set();
                connection
            }
            None => {
                let origin = self.url.origin();
                let stream = self.dialer.connect(&origin, &exchange).map_err(wrap)?;
                Box::new(Connection::new(origin, stream))
            }
        };
        Ok(Some(UreqTransport {
            buffers: UreqBuffers {
                connection: Some(connection),
                output: vec![0; self.output.size],
                held: 0,
                progress: false,
            },
            plan: self.output,
            head: ResponseHead::default(),
            handover: self.handover.clone(),
        }))
    }
}

/// What ureq is given in place of a resolver: a pooled connection needs none, and `net` resolves for a new one.
#[derive(Debug)]
pub(super) struct Unresolved;

impl Resolver for Unresolved {
    fn resolve(
        &self,
        _: &ureq::http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push((std::net::Ipv4Addr::UNSPECIFIED, 0).into());
        Ok(addresses)
    }
}

/// A connection in ureq's hands.
pub(super) struct UreqTransport {
    buffers: UreqBuffers,
    plan: OutputPlan,
    head: ResponseHead,
    handover: Arc<Handover>,
}

/// What the connection has received, and what ureq writes.
struct UreqBuffers {
    /// There until ureq lets go of it.
    connection: Option<Box<Connection>>,
    output: Vec<u8>,
    /// How much of `output` is a head that waits for the body to leave with it.
    held: usize,
    /// The last use of input used something.
    progress: bool,
}

impl UreqTransport {
    fn send(&mut self, amount: usize) -> Result<()> {
        let exchange = self.handover.exchange();
        let UreqBuffers {
            connection, output, ..
        } = &mut self.buffers;
        let Some(connection) = connection else {
            return Err(already_released());
        };
        if exchange.early_response.is_set() {
            return Ok(());
        }
        let bytes = &output[..amount];
        connection
            .stream
            .cancellable(&exchange, |stream| match stream.write_all(bytes, &exchange) {
                Ok(()) => Ok(()),
                Err(WriteError::EarlyResponse) => {
                    exchange.early_response.set();
                    Ok(())
                }
                Err(WriteError::Failed(error)) => Err(error),
            })
    }

    /// Sends what was held back, with `amount` bytes behind it.
    fn flush(&mut self, amount: usize) -> Result<()> {
        let head = std::mem::take(&mut self.buffers.held);
        let sent = if head + amount == 0 {
            Ok(())
        } else {
            self.send(head + amount)
        };
        // The head held the token.
        let secret = if self.plan.secret_body {
            head + amount
        } else {
            head
        };
        self.buffers.output[..secret].zeroize();
        sent
    }

    fn receive(&mut self) -> Result<bool> {
        let exchange = self.handover.exchange();
        exchange.complete.set();
        // Nothing is written after the first read, which may take long.
        self.buffers.output = Vec::new();
        let Some(connection) = &mut self.buffers.connection else {
            return Err(already_released());
        };
        loop {
            if connection.input.space().is_empty() {
                let text = if self.head.is_complete() {
                    "a line in the body is too long"
                } else {
                    "the head is too long"
                };
                return Err(malformed(format_args!("{text} (over {} KiB)", HEAD >> 10)));
            }
            if connection.receive(&exchange)? == 0 {
                return Ok(false);
            }
            if self.head.prepare(&mut connection.input)? {
                return Ok(true);
            }
        }
    }
}

impl Transport for UreqTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> std::result::Result<(), ureq::Error> {
        // ureq sends the head by itself; it is held back until the beginning of the body is there.
        if self.plan.has_body {
            self.plan.has_body = false;
            self.buffers.held = amount;
            return Ok(());
        }
        self.flush(amount).map_err(wrap)
    }

    fn await_input(&mut self, _: NextTimeout) -> std::result::Result<bool, ureq::Error> {
        self.flush(0).and_then(|()| self.receive()).map_err(wrap)
    }

    /// ureq calls this when it has read a response to its end, before it would pool the connection: it goes to our own pool.
    fn is_open(&mut self) -> bool {
        self.release(true);
        false
    }

    fn is_tls(&self) -> bool {
        let connection = self.buffers.connection.as_ref();
        connection.is_some_and(|connection| connection.origin.https)
    }
}

impl UreqTransport {
    fn release(&mut self, reusable: bool) {
        if let Some(connection) = self.buffers.connection.take() {
            *lock(&self.handover.released) = Some(Released { connection, reusable });
        }
    }
}

impl Drop for UreqTransport {
    fn drop(&mut self) {
        // An error may have left a part of the head behind.
        self.buffers.output[..self.buffers.held].zeroize();
        self.release(false);
    }
}

/// Shows nothing of the bytes.
impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UreqTransport")
    }
}

impl Buffers for UreqBuffers {
    fn output(&mut self) -> &mut [u8] {
        &mut self.output[self.held..]
    }

    fn input(&self) -> &[u8] {
        self.connection
            .as_ref()
            .map_or(&[], |connection| connection.input.unused())
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.connection
            .as_mut()
            .map_or(&mut [], |connection| connection.input.space())
    }

    /// The first is for chunks, in which nothing is sent here.
    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        (&mut [], &mut self.output[self.held..])
    }

    fn input_appended(&mut self, amount: usize) {
        if let Some(connection) = &mut self.connection {
            connection.input.appended(amount);
        }
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        if let Some(connection) = &mut self.connection {
            connection.input.consume(amount);
        }
    }

    fn can_use_input(&self) -> bool {
        self.progress && !self.input().is_empty()
    }
}

fn already_released() -> Error {
    Error::new(ErrorKind::Internal, "the connection was used after its response")
}

fn wrap(error: Error) -> ureq::Error {
    ureq::Error::Io(into_io_error(error))
}
