//! The log hook: what the library does, told to the host program on the thread that called, and to nobody else.

use std::fmt;
use std::sync::Arc;

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum LogLevel {
    /// Something is wrong but the call goes on: an answer that differs from what was announced, say.
    Warn = 1,
    /// A change that a person would want to know: a retry, a switch from streaming to polling.
    Info = 2,
    /// Each request and its answer.
    Debug = 3,
}

type Hook = dyn Fn(LogLevel, &str) + Send + Sync;

/// Where log lines go. Off by default; a message is only made when somebody listens.
#[derive(Clone, Default)]
pub(crate) struct Log(Option<Arc<Hook>>);

impl Log {
    pub(crate) fn to(hook: impl Fn(LogLevel, &str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    /// A log that gives its lines to `hook` if anybody listens to this one.
    pub(crate) fn relay(&self, hook: impl Fn(LogLevel, &str) + Send + Sync + 'static) -> Self {
        Self(self.0.as_ref().map(|_| Arc::new(hook) as Arc<Hook>))
    }

    /// Gives the line to the hook. `message` must hold no secret: no token, no password, no query of an address.
    pub(crate) fn line(&self, level: LogLevel, message: impl FnOnce() -> String) {
        if let Some(hook) = &self.0 {
            hook(level, &message());
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Log(on)" } else { "Log(off)" })
    }
}
