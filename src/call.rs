//! What bounds one call: a cancel token and a time limit.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancel::CancelToken;
use crate::error::{Error, Limit, Result};
use crate::log::Log;

/// What bounds one blocking call: a cancel token and a limit on the time of the whole call.
///
/// `Call::default()` cannot be cancelled and takes the client's default limit.
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
    /// A call without a cancel token, with the client's default limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets `token` stop the call from any thread.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.cancel = Some(token.clone());
        self
    }

    /// Limits the whole call. Zero means no limit, as in C.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = CallTimeout::of(timeout);
        self
    }

    /// A call with both of its bounds; `None` for the client's default limit, zero for no limit.
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

    /// The bounds of this call from now on; `default` is the limit where the caller named none.
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

/// The limits that hold inside every call: they bound silence and slowness, never a healthy stream.
#[derive(Clone, Debug)]
pub(crate) struct IoLimits {
    /// Resolve, connect, proxy and TLS together.
    pub connect: Duration,
    /// No byte for so long, in a head, a body or a stream.
    pub idle: Duration,
    /// The least bytes a second of a body, averaged over `RATE_WINDOW`; 0 switches it off. Streams are exempt.
    pub min_rate: u64,
}

/// Something to be done on a thread of the host program's, within the bounds of that thread's call.
pub(crate) type HostTask = Box<dyn FnOnce(&CallContext) + Send>;

/// Stands for the host program on threads of the library's own, which must not call it.
pub(crate) trait HostExecutor: fmt::Debug + Send + Sync {
    /// Has it done when the program next lends a thread. Does not wait.
    fn run(&self, task: HostTask);
}

/// A call under way: checked at each step that can block, and handed down to where it blocks.
#[derive(Clone, Debug)]
pub(crate) struct CallContext {
    pub cancel: Option<CancelToken>,
    pub deadline: Option<Instant>,
    timeout: Option<Duration>,
    limit: Limit,
    pub io_limits: IoLimits,
    pub log: Log,
    /// Set where this thread must not call the program itself.
    pub host: Option<Arc<dyn HostExecutor>>,
}

impl CallContext {
    /// Fails once the token is triggered or the time is up.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(cancel) = &self.cancel {
            cancel.check()?;
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(self.expired()),
            _ => Ok(()),
        }
    }

    /// The same bounds, told as `limit` when the time runs out.
    pub(crate) fn with_limit_kind(&self, limit: Limit) -> Self {
        Self {
            limit,
            ..self.clone()
        }
    }

    /// The same on a thread that must leave it to `host` to call the program.
    pub(crate) fn on_library_thread(mut self, host: Arc<dyn HostExecutor>) -> Self {
        self.host = Some(host);
        self
    }

    /// The same without an end, for what others than this call wait for.
    pub(crate) fn without_limits(&self) -> Self {
        Self {
            cancel: None,
            deadline: None,
            ..self.clone()
        }
    }

    /// The error of this call's own limit.
    pub(crate) fn expired(&self) -> Error {
        let seconds = self.timeout.unwrap_or_default().as_secs_f64();
        Error::timeout(self.limit, format!("the {} of {seconds} s ran out", self.limit))
    }

    /// The same bounds, but with `grace` from now on at least.
    pub(crate) fn with_grace(&self, grace: Duration) -> Self {
        let least = Instant::now().checked_add(grace);
        Self {
            deadline: self.deadline.and_then(|d| Some(d.max(least?))),
            ..self.clone()
        }
    }

    /// Sleeps for `duration`, bounded by the token and the deadline.
    pub(crate) fn sleep(&self, duration: Duration) -> Result<()> {
        self.check()?;
        let left = self.deadline.map(|d| d.saturating_duration_since(Instant::now()));
        let (nap, cut) = match left {
            Some(left) if left < duration => (left, true),
            _ => (duration, false),
        };
        match &self.cancel {
            Some(cancel) => cancel.sleep(nap)?,
            None => std::thread::sleep(nap),
        }
        if cut { Err(self.expired()) } else { Ok(()) }
    }
}
