//! What bounds an exchange, and what was seen of it.

use std::cell::Cell;
use std::time::Instant;

use crate::call::CallContext;
use crate::error::{Error, Limit, Result};

/// One request on its way, or one read of a body: what bounds it, and what the transport has seen of it.
pub(super) struct Exchange {
    pub context: CallContext,
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
}

impl Exchange {
    pub(super) fn new(context: &CallContext, min_rate: u64) -> Self {
        Self {
            context: context.clone(),
            min_rate,
            connect_until: Cell::new(None),
            reused: Cell::new(false),
            sent: Cell::new(false),
            received: Cell::new(false),
            early: Cell::new(false),
            abrupt: Cell::new(false),
        }
    }

    /// Fails once the token is triggered or the call's or the connect limit is up.
    pub(super) fn check(&self) -> Result<()> {
        self.context.check()?;
        match self.connect_until.get() {
            Some(until) if Instant::now() >= until => Err(self.connect_expired()),
            _ => Ok(()),
        }
    }

    /// Fails once the token is triggered.
    pub(super) fn check_cancel(&self) -> Result<()> {
        match &self.context.cancel {
            Some(cancel) => cancel.check(),
            None => Ok(()),
        }
    }

    /// Whether a connection is being made.
    pub(super) fn is_connecting(&self) -> bool {
        self.connect_until.get().is_some()
    }

    fn connect_expired(&self) -> Error {
        let seconds = self.context.io_limits.connect.as_secs_f64();
        let text = format!("no connection within the connect timeout of {seconds} s");
        Error::timeout(Limit::Connect, text)
    }
}
