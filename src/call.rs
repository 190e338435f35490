//! A call's cancel token, timeout and deadline.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancel::CancelToken;
use crate::error::{Error, Limit, Result};
use crate::log::Log;

/// What can end one blocking call early: a cancel token and a timeout.
///
/// `Call::default()` cannot be cancelled and has the client's default timeout.
///
/// ```
/// # use nitro_jobs::{Call, CancelToken};
/// # use std::time::Duration;
/// let cancel = CancelToken::new();
/// let call = Call::new().cancel(&cancel).timeout(Duration::from_secs(20));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Call {
    cancel: Option<CancelToken>,
    timeout: CallTimeout,
}

#[derive(Clone, Copy, Debug, Default)]
enum CallTimeout {
    #[default]
    Default,
    None,
    After(Duration),
}

impl CallTimeout {
    fn of(timeout: Duration) -> Self {
        if timeout.is_zero() {
            Self::None
        } else {
            Self::After(timeout)
        }
    }
}

impl Call {
    /// A call without a cancel token, with the client's default timeout.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets `token` cancel the call from any thread.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.cancel = Some(token.clone());
        self
    }

    /// Sets the timeout of the whole call. Zero means no timeout, as in C.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = CallTimeout::of(timeout);
        self
    }

    /// A call with both; `None` for the client's default timeout, zero for no timeout.
    pub(crate) fn bounded(cancel: Option<&CancelToken>, timeout: Option<Duration>) -> Self {
        Self {
            cancel: cancel.cloned(),
            timeout: timeout.map_or(CallTimeout::Default, CallTimeout::of),
        }
    }

    /// Fails if the token has been triggered.
    pub(crate) fn check_cancel(&self) -> Result<()> {
        self.cancel.as_ref().map_or(Ok(()), CancelToken::check)
    }

    /// Starts the call: its deadline is computed from now. `default` is the timeout if the caller set none.
    pub(crate) fn begin(
        &self,
        default: Option<Duration>,
        limit: Limit,
        io_limits: &IoLimits,
        log: &Log,
    ) -> CallContext {
        let timeout = match self.timeout {
            CallTimeout::Default => default,
            CallTimeout::None => None,
            CallTimeout::After(timeout) => Some(timeout),
        };
        CallContext {
            cancel: self.cancel.clone(),
            deadline: timeout.and_then(|t| Instant::now().checked_add(t)),
            timeout,
            limit,
            io_limits: io_limits.clone(),
            log: log.clone(),
            host: None,
        }
    }
}

/// The limits that apply inside every call: they end inactivity and slow transfers, never a healthy stream.
#[derive(Clone, Debug)]
pub(crate) struct IoLimits {
    /// Timeout of name resolution, TCP connect, proxy and TLS handshake together.
    pub connect: Duration,
    /// Longest time without a byte sent or received, in a head, a body or a stream.
    pub idle: Duration,
    /// Minimum bytes per second of a body, averaged over `RATE_WINDOW`; 0 disables it. Streams are exempt.
    pub min_rate: u64,
}

/// Work for a thread of the host program, within the deadline of that thread's call.
pub(crate) type HostTask = Box<dyn FnOnce(&CallContext) + Send>;

/// Runs tasks on threads of the host program, for the library's own threads, which must not call the host.
pub(crate) trait HostExecutor: fmt::Debug + Send + Sync {
    /// Queues the task until a thread of the host program is inside the library. Does not wait.
    fn run(&self, task: HostTask);
}

/// A call in progress: checked at each step that can block, and passed down to where it blocks.
#[derive(Clone, Debug)]
pub(crate) struct CallContext {
    pub cancel: Option<CancelToken>,
    pub deadline: Option<Instant>,
    timeout: Option<Duration>,
    limit: Limit,
    pub io_limits: IoLimits,
    pub log: Log,
    /// Set if this thread must not call the host program itself.
    pub host: Option<Arc<dyn HostExecutor>>,
}

impl CallContext {
    /// Fails if the token was triggered or the deadline has passed.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(cancel) = &self.cancel {
            cancel.check()?;
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(self.expired()),
            _ => Ok(()),
        }
    }

    /// The same call whose expiry is reported as `limit`.
    pub(crate) fn with_limit_kind(&self, limit: Limit) -> Self {
        Self {
            limit,
            ..self.clone()
        }
    }

    /// The same call on a thread of the library's own, which leaves calls of the host program to `host`.
    pub(crate) fn on_library_thread(mut self, host: Arc<dyn HostExecutor>) -> Self {
        self.host = Some(host);
        self
    }

    /// The same call without cancel token and deadline, for work that other calls wait for too.
    pub(crate) fn without_limits(&self) -> Self {
        Self {
            cancel: None,
            deadline: None,
            ..self.clone()
        }
    }

    /// The error of an expired timeout of this call.
    pub(crate) fn expired(&self) -> Error {
        let seconds = self.timeout.unwrap_or_default().as_secs_f64();
        Error::timeout(self.limit, format!("the {} of {seconds} s expired", self.limit))
    }

    /// The same call with at least `grace` left until its deadline.
    pub(crate) fn with_grace(&self, grace: Duration) -> Self {
        let least = Instant::now().checked_add(grace);
        Self {
            deadline: self.deadline.and_then(|d| Some(d.max(least?))),
            ..self.clone()
        }
    }

    /// Sleeps for `duration`, or until the token is triggered or the deadline has passed.
    pub(crate) fn sleep(&self, duration: Duration) -> Result<()> {
        self.check()?;
        let left = self.deadline.map(|d| d.saturating_duration_since(Instant::now()));
        let (duration, expires) = match left {
            Some(left) if left < duration => (left, true),
            _ => (duration, false),
        };
        match &self.cancel {
            Some(cancel) => cancel.sleep(duration)?,
            None => std::thread::sleep(duration),
        }
        if expires { Err(self.expired()) } else { Ok(()) }
    }
}

/// The context of a call in a model, in which no timeout expires.
#[cfg(model)]
pub(crate) fn model_context(call: &Call) -> CallContext {
    let io_limits = IoLimits {
        connect: crate::sync::LONG,
        idle: crate::sync::LONG,
        min_rate: 0,
    };
    call.begin(None, Limit::Call, &io_limits, &Log::default())
}
