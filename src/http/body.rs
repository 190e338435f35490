//! A body under way, within the limits of the call that reads it.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use super::connection::Connection;
use super::exchange::Exchange;
use super::framing::Framing;
use super::head::Head;
use super::incoming::Incoming;
use super::pool::Pool;
use super::request::Request;
use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::huge_pages::prefer_huge_pages;
use crate::url::Url;

/// How much of the reserved memory is made ready at a time.
const STEP: usize = 64 << 10;

const EVENTS: &str = "text/event-stream";

/// A body under way. Dropping it early closes its connection; read to its end, the connection goes back to the pool.
pub(crate) struct Body {
    source: Source,
    framing: Framing,
    /// An event stream, which may be as slow as it likes.
    stream: bool,
    url: Url,
}

enum Source {
    Wire(Incoming),
    /// Read already, to look for a problem document.
    Held(std::io::Cursor<Vec<u8>>),
}

impl Body {
    /// The body that follows `head` on `connection`, which goes to `pool` after it, if there is one.
    pub(super) fn new(
        request: &Request<'_>,
        head: &Head,
        framing: Framing,
        connection: Box<Connection>,
        pool: Option<Arc<Pool>>,
    ) -> Self {
        let is_events = |value: &str| {
            let kind = value.trim_start().get(..EVENTS.len());
            kind.is_some_and(|kind| kind.eq_ignore_ascii_case(EVENTS))
        };
        let answered = || head.fields.get("content-type");
        Self {
            source: Source::Wire(Incoming::new(framing, connection, pool)),
            framing,
            stream: request.accept.contains(EVENTS) && answered().is_some_and(is_events),
            url: request.url.clone(),
        }
    }

    /// Leaves nothing to read; the connection is closed unless the body had ended.
    pub(super) fn clear(&mut self) {
        self.hold(Vec::new());
    }

    pub(super) fn hold(&mut self, bytes: Vec<u8>) {
        self.framing = Framing::Length(bytes.len() as u64);
        self.source = Source::Held(std::io::Cursor::new(bytes));
    }

    /// The next bytes; 0 at the end, which `framing` has proved unless it is `UntilClose`.
    ///
    /// After a `Limit::Idle` or `Limit::Call` error the read may be repeated and nothing is lost; `context` may be another
    /// one each time.
    pub(crate) fn read(&mut self, buffer: &mut [u8], context: &CallContext) -> Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let min_rate = if self.stream {
            0
        } else {
            context.io_limits.min_rate
        };
        let exchange = Exchange::new(context, min_rate);
        let outcome = match &mut self.source {
            Source::Wire(incoming) => incoming.read(buffer, &exchange),
            Source::Held(bytes) => return Ok(bytes.read(buffer).unwrap_or(0)),
        };
        exchange.check_cancel()?;
        match outcome {
            Ok(0) if self.framing == Framing::UntilClose && exchange.abrupt.get() => {
                let text = format!("the body of {} was cut: TLS ended without saying so", self.url);
                Err(Error::new(ErrorKind::Truncated, text))
            }
            Ok(n) => Ok(n),
            Err(error) => Err(self.broken(error)),
        }
    }

    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// A connection lost in a body that announced its end has truncated it.
    fn broken(&self, error: Error) -> Error {
        let url = &self.url;
        if error.kind() != ErrorKind::ConnectionLost || self.framing == Framing::UntilClose {
            return error.context(format_args!("reading {url}"));
        }
        let promised = match self.framing {
            Framing::Length(length) => format!("the {length} bytes that its head promised"),
            _ => "its last chunk".to_owned(),
        };
        let text = format!("the body of {url} ended before {promised}");
        Error::new(ErrorKind::Truncated, text)
    }

    /// The body in memory, and whether that is all of it; what is over `limit` is not read.
    pub(super) fn read_up_to(&mut self, limit: usize, context: &CallContext) -> Result<(Vec<u8>, bool)> {
        let most = limit.saturating_add(1);
        // Room for what is announced and one byte more, so that the end is seen, and a NUL put, without growing. Memory
        // that is merely reserved costs nothing yet.
        let room = match self.framing {
            Framing::Length(length) => usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1),
            _ => STEP,
        };
        let mut bytes = Vec::new();
        self.grow(&mut bytes, room.min(most))?;
        let mut filled = 0;
        loop {
            if filled == bytes.len() {
                if filled > limit {
                    bytes.truncate(limit);
                    return Ok((bytes, false));
                }
                let target = filled.saturating_add(STEP).min(most);
                if filled == bytes.capacity() {
                    self.grow(&mut bytes, filled)?;
                }
                bytes.resize(target.min(bytes.capacity()), 0);
            }
            let n = self.read(&mut bytes[filled..], context)?;
            if n == 0 {
                bytes.truncate(filled);
                // What is read may be kept for long: a thousand words of a hundred bytes shall not take 64 MB.
                bytes.shrink_to(filled + 1);
                return Ok((bytes, true));
            }
            filled += n;
        }
    }

    /// Reserves room for `more` bytes whose number the peer decided.
    fn grow(&self, bytes: &mut Vec<u8>, more: usize) -> Result<()> {
        bytes.try_reserve_exact(more.max(1)).map_err(|_| {
            let target = bytes.len().saturating_add(more);
            let text = format!(
                "there is no memory for the answer of {} ({target} bytes)",
                self.url
            );
            Error::new(ErrorKind::NoMemory, text)
        })?;
        prefer_huge_pages(bytes.spare_capacity_mut());
        Ok(())
    }

    /// Reads the rest away if it is small, so that the connection can be used again.
    pub(super) fn drain(mut self, most: u64, context: &CallContext) -> Result<()> {
        if let Framing::Length(length) = self.framing
            && length > most
        {
            return Ok(());
        }
        let mut buffer = [0; 4096];
        let mut left = most;
        loop {
            let n = self.read(&mut buffer, context)? as u64;
            if n == 0 || n > left {
                return Ok(());
            }
            left -= n;
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("framing", &self.framing)
            .finish_non_exhaustive()
    }
}
