//! The limits of one request or of one read of a response body, and what was observed while it ran.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::call::CallContext;
use crate::error::{Error, Limit, Result};

/// One request under way, or one read of a body: its limits, and what the connection observed.
#[derive(Debug)]
pub(crate) struct ExchangeContext {
    pub context: CallContext,
    /// The minimum rate of what arrives, in bytes a second; 0 for event streams.
    pub min_rate: u64,
    /// Set while a connection is made: the end of the connect timeout, and when that was last looked at.
    connect_until: Mutex<Option<(Instant, Instant)>>,
    connecting: Flag,
    /// The connection had served an earlier request.
    pub reused: Flag,
    /// A byte of the request was handed to the operating system.
    pub sent: Flag,
    /// The whole request was handed to the operating system.
    pub complete: Flag,
    /// A byte of the response was received.
    pub received: Flag,
    /// The response came before the request was complete; the rest of the request is not sent.
    pub early_response: Flag,
    /// The TLS connection was closed without a close_notify alert.
    pub abrupt: Flag,
}

/// A fact that is either not known yet or true.
#[derive(Debug, Default)]
pub(crate) struct Flag(AtomicBool);

impl Flag {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How much of a wait, which lasts a slice, this process did not run in: it was stopped, or its machine was paused. A peer
/// cannot be late in that time.
pub(super) fn stopped(waited: Duration) -> Duration {
    match waited > Duration::from_secs(1) {
        true => waited,
        false => Duration::ZERO,
    }
}

impl ExchangeContext {
    pub(crate) fn new(context: &CallContext, min_rate: u64) -> Self {
        Self {
            context: context.clone(),
            min_rate,
            connect_until: Mutex::new(None),
            connecting: Flag::default(),
            reused: Flag::default(),
            sent: Flag::default(),
            complete: Flag::default(),
            received: Flag::default(),
            early_response: Flag::default(),
            abrupt: Flag::default(),
        }
    }

    /// Fails once the token is triggered, or the deadline of the call or of the connect has passed.
    pub(crate) fn check(&self) -> Result<()> {
        self.context.check()?;
        if !self.is_connecting() {
            return Ok(());
        }
        let mut connecting = self.connect_until.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((until, checked)) = &mut *connecting else {
            return Ok(());
        };
        let now = Instant::now();
        *until += stopped(now.saturating_duration_since(*checked));
        *checked = now;
        match now >= *until {
            true => Err(self.connect_expired()),
            false => Ok(()),
        }
    }

    /// Fails once the token is triggered.
    pub(crate) fn check_cancel(&self) -> Result<()> {
        match &self.context.cancel {
            Some(cancel) => cancel.check(),
            None => Ok(()),
        }
    }

    /// Applies the connect timeout to `work`.
    pub(crate) fn while_connecting<T>(&self, work: impl FnOnce() -> T) -> T {
        let limit = self.context.io_limits.connect;
        let now = Instant::now();
        let until = now.checked_add(limit).filter(|_| !limit.is_zero());
        *self.connect_until.lock().unwrap_or_else(PoisonError::into_inner) = until.map(|until| (until, now));
        self.connecting.set();
        let done = work();
        self.connecting.0.store(false, Ordering::Relaxed);
        done
    }

    /// Whether a connection is being made.
    pub(crate) fn is_connecting(&self) -> bool {
        self.connecting.is_set()
    }

    fn connect_expired(&self) -> Error {
        let seconds = self.context.io_limits.connect.as_secs_f64();
        let text = format!("no connection within the connect timeout of {seconds} s");
        Error::timeout(Limit::Connect, text)
    }
}
