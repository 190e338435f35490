//! The exchange that this thread is in: the only way through ureq's interface for what bounds a call.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Instant;

use super::buffers::ConnectionBuffers;
use super::stream::Stream;
use crate::call::Scope;
use crate::error::{Error, Limit, Result};

/// One request on its way, or one read of a body: what bounds it, and what the transport has seen of it.
pub(super) struct Exchange {
    pub scope: Scope,
    /// The least bytes a second of what arrives; 0 for streams.
    pub min_rate: u64,
    /// Set while a connection is made: the end of the connect limit.
    pub connect_until: Cell<Option<Instant>>,
    /// The connection had served an earlier request.
    pub reused: Cell<bool>,
    /// A byte of the request was handed to the operating system.
    pub sent: Cell<bool>,
    /// A byte of the answer came.
    pub received: Cell<bool>,
    /// The answer came before the request was complete; the rest of the request is not sent.
    pub early: Cell<bool>,
    /// The TLS connection ended without saying so.
    pub abrupt: Cell<bool>,
    /// The connection, with what was read of it already, once ureq has let go of it.
    pub connection: Cell<Option<(Stream, ConnectionBuffers)>>,
}

impl Exchange {
    pub(super) fn new(scope: &Scope, min_rate: u64) -> Self {
        Self {
            scope: scope.clone(),
            min_rate,
            connect_until: Cell::new(None),
            reused: Cell::new(false),
            sent: Cell::new(false),
            received: Cell::new(false),
            early: Cell::new(false),
            abrupt: Cell::new(false),
            connection: Cell::new(None),
        }
    }

    /// Fails once the token is triggered or the call's or the connect limit is up.
    pub(super) fn check(&self) -> Result<()> {
        self.scope.check()?;
        match self.connect_until.get() {
            Some(until) if Instant::now() >= until => Err(self.connect_expired()),
            _ => Ok(()),
        }
    }

    /// Fails once the token is triggered.
    pub(super) fn check_cancel(&self) -> Result<()> {
        match &self.scope.cancel {
            Some(cancel) => cancel.check(),
            None => Ok(()),
        }
    }

    /// Whether a connection is being made.
    pub(super) fn is_connecting(&self) -> bool {
        self.connect_until.get().is_some()
    }

    fn connect_expired(&self) -> Error {
        let seconds = self.scope.pace.connect.as_secs_f64();
        let text = format!("no connection within the connect limit of {seconds} s");
        Error::timeout(Limit::Connect, text)
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Exchange>>> = const { RefCell::new(None) };
}

/// Ends the exchange on this thread; an exchange around it goes on (a callback may use the library).
pub(super) struct Guard(Option<Rc<Exchange>>);

impl Drop for Guard {
    fn drop(&mut self) {
        // A thread that is ending has no exchange to restore.
        let _ = CURRENT.try_with(|current| current.replace(self.0.take()));
    }
}

/// Makes `exchange` this thread's until the guard is dropped.
pub(super) fn enter(exchange: &Rc<Exchange>) -> Guard {
    Guard(CURRENT.with(|current| current.replace(Some(exchange.clone()))))
}

/// This thread's exchange; ureq runs nothing of ours outside one.
pub(super) fn get() -> Result<Rc<Exchange>> {
    CURRENT.with(|current| current.borrow().clone()).ok_or_else(|| {
        Error::new(
            crate::ErrorKind::Internal,
            "a connection was used outside a request",
        )
    })
}
