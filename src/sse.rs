//! Server-sent events: a line-based reader of event streams as the WHATWG HTML standard (9.2.6) defines them. Does no I/O.
//!
//! ```
//! let mut reader = nitro_jobs::sse::Reader::new();
//! reader.feed(b"event: progress\ndata: 1\ndata: 2\n\nda");
//! while let Some(event) = reader.next_event()? {
//!     assert_eq!((event.event, event.data), ("progress", "1\n2"));
//! }
//! # Ok::<(), nitro_jobs::Error>(())
//! ```

use std::collections::TryReserveError;
use std::ops::Range;
use std::time::Duration;

use crate::c_text;
use crate::error::{Error, ErrorKind};

#[cfg(test)]
mod tests;
mod utf8;

use utf8::Decoded;

/// The default limit of the size of a line and of an event: 16 MiB.
pub const DEFAULT_LIMIT: usize = 16 << 20;

/// The byte order mark, which may precede the first line of a stream.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// An event of the stream. It borrows from the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The event's type; `message` where the stream names none.
    pub event: &'a str,
    /// Its data; several lines are joined with LF.
    pub data: &'a str,
    /// The last event id of the stream as of this event; empty where none was set.
    pub id: &'a str,
}

/// Reads an event stream: feed it the bytes that each read returns, and call [`Reader::next_event`] until it returns `None`.
///
/// An event is returned as soon as its blank line has been fed. An event that is incomplete at the end of the stream is
/// discarded; a new stream needs a new reader. Memory is bounded by the limit and by what was fed since the last call of
/// [`Reader::next_event`].
#[derive(Debug)]
pub struct Reader {
    /// The bytes that were fed: unread from `start` on, and without a line end from there to `seen`.
    text: Decoded,
    start: usize,
    seen: usize,
    limit: usize,
    first_line: bool,
    /// The last line ended with CR at the end of what was fed: an LF that follows belongs to it.
    skip_lf: bool,
    event: String,
    data: Data,
    /// The event in `event` and `data` was returned.
    returned: bool,
    next_id: String,
    id: String,
    id_set: bool,
    retry: Option<Duration>,
    failed: Option<Failure>,
    /// How many bytes were searched for a line end, or moved.
    #[cfg(test)]
    work: usize,
}

/// Why the reader returns nothing any more.
#[derive(Clone, Copy, Debug)]
enum Failure {
    /// This exceeds the limit.
    TooLarge(&'static str),
    NoMemory,
}

/// The data of the current event.
#[derive(Debug)]
enum Data {
    /// No `data` field yet.
    Missing,
    /// One field, in the bytes that were fed.
    Line(Range<usize>),
    /// Several fields, or one whose bytes had to be moved.
    Lines(String),
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader for a stream from its start.
    pub fn new() -> Self {
        Self::with_limit(DEFAULT_LIMIT)
    }

    /// A reader that fails when a line, or all fields of an event together, are larger than `bytes`.
    pub fn with_limit(bytes: usize) -> Self {
        Self {
            text: Decoded::default(),
            start: 0,
            seen: 0,
            limit: bytes,
            first_line: true,
            skip_lf: false,
            event: String::new(),
            data: Data::Missing,
            returned: false,
            next_id: String::new(),
            id: String::new(),
            id_set: false,
            retry: None,
            failed: None,
            #[cfg(test)]
            work: 0,
        }
    }

    /// Adds the next bytes of the stream. Read all events before feeding more, since unread bytes are kept in memory.
    pub fn feed(&mut self, bytes: &[u8]) {
        let pushed = self.compact().and_then(|()| self.text.push(bytes));
        self.check_memory(pushed);
        self.discard_after_error();
    }

    /// As [`Reader::feed`], with the bytes that `read` writes into a buffer of `size` bytes; it returns how many.
    pub(crate) fn feed_from<E>(
        &mut self,
        size: usize,
        read: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let pushed = self.compact().and_then(|()| self.text.push_from(size, read));
        let read = self.check_memory(pushed);
        self.discard_after_error();
        read.unwrap_or(Ok(0))
    }

    /// After an error no bytes are kept.
    fn discard_after_error(&mut self) {
        if self.failed.is_some() {
            self.release_buffers();
        }
    }

    /// Without memory the reader fails; `None` then.
    fn check_memory<T>(&mut self, outcome: Result<T, TryReserveError>) -> Option<T> {
        if outcome.is_err() {
            self.fail(Failure::NoMemory);
        }
        outcome.ok()
    }

    /// Moves the unread bytes to the front if they are fewer than the read ones: that keeps the cost linear.
    fn compact(&mut self) -> Result<(), TryReserveError> {
        if std::mem::take(&mut self.returned) {
            self.clear_event();
        }
        if self.start > self.text.len() / 2 {
            if let Data::Line(range) = &self.data {
                self.data = Data::Lines(c_text::copy(self.text.part(range.clone()))?);
            }
            self.text.drop_before(self.start);
            #[cfg(test)]
            self.count(self.text.len());
            self.seen -= self.start;
            self.start = 0;
        }
        Ok(())
    }

    /// The next event, or `None` if more bytes are needed.
    ///
    /// After an error ([`ErrorKind::TooLarge`], [`ErrorKind::NoMemory`]) every call returns the same error.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        let complete = self.failed.is_none() && self.advance();
        if let Some(failure) = self.failed {
            return Err(failure.error(self.limit));
        }
        if !complete {
            return Ok(None);
        }
        self.returned = true;
        Ok(Some(Event {
            event: if self.event.is_empty() {
                "message"
            } else {
                &self.event
            },
            data: match &self.data {
                Data::Missing => "",
                Data::Line(range) => self.text.part(range.clone()),
                Data::Lines(lines) => lines,
            },
            id: &self.id,
        }))
    }

    /// The last event id: the `Last-Event-ID` header of a reconnection.
    pub fn last_event_id(&self) -> &str {
        &self.id
    }

    /// The reconnection time that the stream set.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Reads to the end of the next event; false if the bytes end before, or the limit is exceeded.
    fn advance(&mut self) -> bool {
        if std::mem::take(&mut self.returned) {
            self.clear_event();
        }
        while let Some(line) = self.next_line() {
            if line.len() > self.limit {
                self.fail(Failure::TooLarge("a line"));
            } else if !line.is_empty() {
                let read = self.read_line(line);
                self.check_memory(read);
                // The blank line after nearly every event needs no search.
                if !self.skip_lf && self.text.as_bytes().get(self.start) == Some(&b'\n') {
                    self.start += 1;
                    self.seen = self.start;
                    if self.end_block() {
                        return true;
                    }
                }
            } else if self.end_block() {
                return true;
            }
            if self.failed.is_some() {
                break;
            }
        }
        false
    }

    /// The range of the next line, without its end; `None` if it is incomplete.
    fn next_line(&mut self) -> Option<Range<usize>> {
        let text = self.text.as_bytes();
        if self.skip_lf && self.start < text.len() {
            self.skip_lf = false;
            if text[self.start] == b'\n' {
                self.start += 1;
                self.seen = self.start;
            }
        }
        let ahead = memchr::memchr2(b'\n', b'\r', &text[self.seen..]);
        let (start, length) = (self.start, text.len());
        let Some(ahead) = ahead else {
            #[cfg(test)]
            self.count(length - self.seen);
            self.seen = length;
            if length - start > self.limit.saturating_add(BOM.len()) {
                self.fail(Failure::TooLarge("a line"));
            }
            return None;
        };
        let end = self.seen + ahead;
        self.skip_lf = text[end] == b'\r';
        #[cfg(test)]
        self.count(ahead);
        self.start = end + 1;
        self.seen = self.start;
        if std::mem::take(&mut self.first_line) && self.text.as_bytes()[start..end].starts_with(BOM) {
            return Some(start + BOM.len()..end);
        }
        Some(start..end)
    }

    /// Interprets a line that is not blank.
    fn read_line(&mut self, at: Range<usize>) -> Result<(), TryReserveError> {
        let (name, value) = field(&self.text.as_bytes()[at.clone()]);
        let text = at.end - value.len()..at.end;
        match name {
            b"data" => match &mut self.data {
                Data::Missing => self.data = Data::Line(text),
                Data::Line(first) => {
                    let mut lines = c_text::copy(self.text.part(first.clone()))?;
                    append_line(&mut lines, self.text.part(text))?;
                    self.data = Data::Lines(lines);
                }
                Data::Lines(lines) => append_line(lines, self.text.part(text))?,
            },
            b"event" => replace(&mut self.event, self.text.part(text))?,
            b"id" if !value.contains(&0) => {
                replace(&mut self.next_id, self.text.part(text))?;
                self.id_set = true;
            }
            b"retry" => self.retry = milliseconds(value).or(self.retry),
            _ => return Ok(()),
        }
        let data = match &self.data {
            Data::Missing => 0,
            Data::Line(range) => range.len(),
            Data::Lines(lines) => lines.len(),
        };
        let id = if self.id_set { self.next_id.len() } else { 0 };
        if data + self.event.len() + id > self.limit {
            self.fail(Failure::TooLarge("an event"));
        }
        Ok(())
    }

    /// Dispatches the event at its blank line; false if it has no data.
    fn end_block(&mut self) -> bool {
        if std::mem::take(&mut self.id_set) {
            let replaced = replace(&mut self.id, &self.next_id);
            self.check_memory(replaced);
        }
        let is_event = !matches!(self.data, Data::Missing);
        if !is_event {
            self.clear_event();
        }
        is_event
    }

    fn clear_event(&mut self) {
        self.event.clear();
        self.data = Data::Missing;
    }

    fn fail(&mut self, failure: Failure) {
        self.failed = Some(failure);
        self.release_buffers();
    }

    /// Frees the buffers, which are not needed after an error.
    fn release_buffers(&mut self) {
        self.text = Decoded::default();
        self.event = String::new();
        self.data = Data::Missing;
        (self.start, self.seen) = (0, 0);
    }

    #[cfg(test)]
    fn count(&mut self, bytes: usize) {
        self.work += bytes;
    }
}

impl Failure {
    #[cold]
    fn error(self, limit: usize) -> Error {
        match self {
            Self::NoMemory => Error::new(ErrorKind::NoMemory, "out of memory while reading an event stream"),
            Self::TooLarge(what) => Error::new(
                ErrorKind::TooLarge,
                format!("{what} of the event stream exceeds the limit of {limit} bytes; raise that limit"),
            ),
        }
    }
}

/// As `clone_into`, which uses the memory that is there already.
fn replace(text: &mut String, with: &str) -> Result<(), TryReserveError> {
    text.clear();
    text.try_reserve(with.len())?;
    text.push_str(with);
    Ok(())
}

fn append_line(lines: &mut String, line: &str) -> Result<(), TryReserveError> {
    lines.try_reserve(line.len() + 1)?;
    lines.push('\n');
    lines.push_str(line);
    Ok(())
}

/// Name and value of the field of a line; a comment has an empty name.
fn field(line: &[u8]) -> (&[u8], &[u8]) {
    // Nearly every line is data, and a comparison is quicker than a search.
    let (name, value) = match line.strip_prefix(b"data:") {
        Some(value) => (&line[..4], value),
        None => match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        },
    };
    (name, value.strip_prefix(b" ").unwrap_or(value))
}

/// The value of a `retry` field, if it consists of digits only; one that is too large becomes the maximum.
fn milliseconds(value: &[u8]) -> Option<Duration> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let millis = value.iter().fold(0u64, |sum, digit| {
        sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    Some(Duration::from_millis(millis))
}
