//! The log hook: log lines go to the host program's function, on the thread that called the library, and nowhere else.

use std::fmt;
use std::sync::Arc;

use crate::secrets::Secrets;
use crate::visible;

/// The severity of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum LogLevel {
    /// Something is wrong but the call continues: for example a response that differs from its headers.
    Warn = 1,
    /// A notable event: a retry, a fallback from the event stream to polling.
    Info = 2,
    /// Each request and its response.
    Debug = 3,
}

type Hook = dyn Fn(LogLevel, &str) + Send + Sync;

/// Where log lines go. Off by default; a message is formatted only if there is a hook.
#[derive(Clone, Default)]
pub(crate) struct Log(Option<Arc<Hook>>);

impl Log {
    pub(crate) fn to(hook: impl Fn(LogLevel, &str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    /// A log that passes its lines to `hook`, and is on if this one is.
    pub(crate) fn relay(&self, hook: impl Fn(LogLevel, &str) + Send + Sync + 'static) -> Self {
        Self(self.0.as_ref().map(|_| Arc::new(hook) as Arc<Hook>))
    }

    /// A log whose lines are without these secrets, if a peer echoed one.
    pub(crate) fn without(self, secrets: Arc<Secrets>) -> Self {
        let Some(hook) = self.0 else { return self };
        Self::to(move |level, line| hook(level, &secrets.remove_from(line)))
    }

    /// Passes a line to the hook, without hidden characters. `message` must not contain a secret: no token, password or query of a URL.
    pub(crate) fn line(&self, level: LogLevel, message: impl FnOnce() -> String) {
        if let Some(hook) = &self.0 {
            hook(level, &visible::line(&message()));
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Log(on)" } else { "Log(off)" })
    }
}
