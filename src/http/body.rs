//! The body of a response, read within the deadline and the I/O limits of the call that reads it.

use std::fmt;
use std::io::{Cursor, Read};
use std::sync::Arc;

use super::agent::UreqBody;
use super::event_stream_body::EventStreamBody;
use super::framing::Framing;
use crate::c_text::TERMINATOR_LEN;
use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::huge_pages::prefer_huge_pages;
use crate::net::ExchangeContext;
use crate::url::Url;

/// How much of the reserved memory is made ready at a time.
const STEP: usize = 64 << 10;

/// A body under way. Dropping it early closes its connection; read to its end, the connection goes back to the pool.
pub(crate) struct Body {
    source: Source,
    framing: Framing,
    /// An event stream may be as slow as it likes.
    has_min_rate: bool,
    url: Url,
    /// What ended the body before its end: a later read must not take that for the end.
    failed: Option<Error>,
}

enum Source {
    Ureq(UreqBody),
    Events(EventStreamBody),
    /// Read already, to look for a problem document.
    Buffered(Cursor<Vec<u8>>),
}

impl Body {
    /// The body that ureq reads; that of an event stream in chunks is taken over from it.
    pub(super) fn new(url: &Url, body: UreqBody, framing: Framing, is_event_stream: bool) -> Self {
        let source = match body {
            body if is_event_stream && framing == Framing::Chunked => match body.into_connection() {
                Some((connection, pool)) => Source::Events(EventStreamBody::new(connection, pool)),
                None => Source::Buffered(Cursor::default()),
            },
            body => Source::Ureq(body),
        };
        Self {
            source,
            framing,
            has_min_rate: !is_event_stream,
            url: url.clone(),
            failed: None,
        }
    }

    /// Leaves nothing to read; the connection is closed unless the body had ended.
    pub(super) fn clear(&mut self) {
        self.buffer(Vec::new());
    }

    /// Replaces the body by `bytes`, which were read from it.
    pub(super) fn buffer(&mut self, bytes: Vec<u8>) {
        self.framing = Framing::Length(bytes.len() as u64);
        self.source = Source::Buffered(Cursor::new(bytes));
    }

    /// The next bytes; 0 at the end, which `framing` has proved unless it is `UntilClose`.
    ///
    /// After a `Limit::Idle` or `Limit::Call` error the read may be retried and nothing is lost; `context` may be another
    /// one each time.
    pub(crate) fn read(&mut self, buffer: &mut [u8], context: &CallContext) -> Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let min_rate = if self.has_min_rate {
            context.io_limits.min_rate
        } else {
            0
        };
        let exchange = Arc::new(ExchangeContext::new(context, min_rate));
        let outcome = match &mut self.source {
            Source::Ureq(body) => body.read(buffer, &exchange),
            Source::Events(events) => events.read(buffer, &exchange),
            Source::Buffered(bytes) => return Ok(bytes.read(buffer).unwrap_or(0)),
        };
        exchange.check_cancel()?;
        let error = match outcome {
            Ok(0) if self.framing == Framing::UntilClose && exchange.abrupt.is_set() => {
                let url = &self.url;
                let text =
                    format!("the body of {url} was cut: the TLS connection ended without close_notify");
                Error::new(ErrorKind::Truncated, text)
            }
            Ok(n) => return Ok(n),
            Err(error) => self.truncated(error),
        };
        if error.kind() != ErrorKind::Timeout {
            self.failed = Some(error.clone());
        }
        Err(error)
    }

    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// A connection lost in a body that announced its end has truncated it.
    fn truncated(&self, error: Error) -> Error {
        let url = &self.url;
        if error.kind() != ErrorKind::ConnectionLost || self.framing == Framing::UntilClose {
            return error.context(format_args!("reading {url}"));
        }
        let announced = match self.framing {
            Framing::Length(length) => format!("the {length} bytes of its Content-Length"),
            _ => "its last chunk".to_owned(),
        };
        let text = format!("the body of {url} ended before {announced}");
        Error::new(ErrorKind::Truncated, text)
    }

    /// The body in memory, and whether that is all of it; what is over `limit` is not read.
    pub(super) fn read_up_to(&mut self, limit: usize, context: &CallContext) -> Result<(Vec<u8>, bool)> {
        let most = limit.saturating_add(1);
        // Capacity for what is announced and one byte more, so that the end is seen, and the NUL of C appended, without
        // growing. Memory that is merely reserved costs nothing yet.
        let space = match self.framing {
            Framing::Length(length) => usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1),
            _ => STEP,
        };
        let mut bytes = Vec::new();
        self.grow(&mut bytes, space.min(most))?;
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
                // What is read may be stored for long: a thousand texts of a hundred bytes shall not occupy 64 MB.
                bytes.shrink_to(filled + TERMINATOR_LEN);
                return Ok((bytes, true));
            }
            filled += n;
        }
    }

    /// Reserves space for `more` bytes whose number the peer decided.
    fn grow(&self, bytes: &mut Vec<u8>, more: usize) -> Result<()> {
        bytes.try_reserve_exact(more.max(1)).map_err(|_| {
            let target = bytes.len().saturating_add(more);
            let text = format!(
                "out of memory while reading the response of {} ({target} bytes)",
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
