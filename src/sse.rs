//! Server-sent events: bytes in, events out, as the WHATWG HTML standard (9.2.6) interprets a stream. No I/O of its own.
//!
//! ```
//! let mut reader = nitro_jobs::sse::Reader::new();
//! reader.feed(b"event: progress\ndata: 1\ndata: 2\n\nda");
//! while let Some(event) = reader.next_event()? {
//!     assert_eq!((event.event, event.data), ("progress", "1\n2"));
//! }
//! # Ok::<(), nitro_jobs::Error>(())
//! ```

use std::ops::Range;
use std::time::Duration;

use crate::error::{Error, ErrorKind};

#[cfg(test)]
mod tests;
mod utf8;

use utf8::Decoded;

/// The longest line, and the largest event, that a reader takes unless told otherwise: 16 MiB.
pub const DEFAULT_LIMIT: usize = 16 << 20;

/// The byte order mark, which may stand at the start of a stream and is no part of its first line.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// An event of the stream. It borrows from the reader until the next one is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The event's type; `message` where the stream names none.
    pub event: &'a str,
    /// Its data; several lines are joined with LF.
    pub data: &'a str,
    /// The last event id of the stream as of this event; empty where none was set.
    pub id: &'a str,
}

/// Reads a stream of events: feed it what each read returns, and take events until there is none.
///
/// An event is given as soon as its blank line is in. What is unfinished when the stream ends is no event; a new
/// stream needs a new reader. Memory is bounded by the limit and by what was fed since
/// events were last taken.
#[derive(Debug)]
pub struct Reader {
    /// What was fed; from `start` on it is not used yet, and up to `seen` it holds no end of a line.
    text: Decoded,
    start: usize,
    seen: usize,
    limit: usize,
    first_line: bool,
    /// The last line ended with CR at the end of what was fed: an LF that follows belongs to it.
    skip_lf: bool,
    event: String,
    data: Data,
    /// The event in `event` and `data` was given out.
    given: bool,
    next_id: String,
    id: String,
    id_set: bool,
    retry: Option<Duration>,
    too_large: Option<&'static str>,
    /// How many bytes were looked at for an end of a line, or moved.
    #[cfg(test)]
    work: usize,
}

/// The data of the event at hand.
#[derive(Debug)]
enum Data {
    /// No `data` field came.
    Missing,
    /// One came, and lies in what was fed.
    Line(Range<usize>),
    /// Several came, or what was fed had to make room.
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

    /// A reader that ends in an error when a line, or all that makes up an event, is longer than `bytes`.
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
            given: false,
            next_id: String::new(),
            id: String::new(),
            id_set: false,
            retry: None,
            too_large: None,
            #[cfg(test)]
            work: 0,
        }
    }

    /// Takes the next bytes of the stream. Take all events before feeding more: what is fed waits in memory.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.make_room();
        self.text.push(bytes);
        self.bound();
    }

    /// As [`Reader::feed`], of what `read` puts into a room of `size` bytes and then says to be so many.
    pub(crate) fn feed_from<E>(
        &mut self,
        size: usize,
        read: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        self.make_room();
        let read = self.text.push_from(size, read);
        self.bound();
        read
    }

    /// After an error nothing that is fed is kept.
    fn bound(&mut self) {
        if self.too_large.is_some() {
            self.give_back();
        }
    }

    /// Moves what is left to the front when it is little next to what is used up: that keeps the cost linear.
    fn make_room(&mut self) {
        if std::mem::take(&mut self.given) {
            self.clear_event();
        }
        if self.start > self.text.len() / 2 {
            if let Data::Line(range) = &self.data {
                self.data = Data::Lines(self.text.part(range.clone()).to_owned());
            }
            self.text.drop_before(self.start);
            #[cfg(test)]
            self.count(self.text.len());
            self.seen -= self.start;
            self.start = 0;
        }
    }

    /// Gives the next event, or `None` when more bytes are needed.
    ///
    /// After an error ([`ErrorKind::TooLarge`]) every call gives the same error.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        let whole = self.too_large.is_none() && self.advance();
        if let Some(what) = self.too_large {
            return Err(too_large(what, self.limit));
        }
        if !whole {
            return Ok(None);
        }
        self.given = true;
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

    /// The last event id: what to send as `Last-Event-ID` when the stream is opened again.
    pub fn last_event_id(&self) -> &str {
        &self.id
    }

    /// How long the stream asks to wait before it is opened again.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Goes on to the end of the next event; false when the bytes run out before, or the limit is passed.
    fn advance(&mut self) -> bool {
        if std::mem::take(&mut self.given) {
            self.clear_event();
        }
        while let Some(line) = self.next_line() {
            if line.len() > self.limit {
                self.fail("a line");
            } else if !line.is_empty() {
                self.read_line(line);
                // The blank line after nearly every event is not worth a search.
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
            if self.too_large.is_some() {
                break;
            }
        }
        false
    }

    /// Where the next line lies, without its end; `None` when it is not whole yet.
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
            if length - start > self.limit.saturating_add(MARK.len()) {
                self.fail("a line");
            }
            return None;
        };
        let end = self.seen + ahead;
        self.skip_lf = text[end] == b'\r';
        #[cfg(test)]
        self.count(ahead);
        self.start = end + 1;
        self.seen = self.start;
        if std::mem::take(&mut self.first_line) && self.text.as_bytes()[start..end].starts_with(MARK) {
            return Some(start + MARK.len()..end);
        }
        Some(start..end)
    }

    /// Reads a line that is not blank.
    fn read_line(&mut self, at: Range<usize>) {
        let (name, value) = field(&self.text.as_bytes()[at.clone()]);
        let text = at.end - value.len()..at.end;
        match name {
            b"data" => match &mut self.data {
                Data::Missing => self.data = Data::Line(text),
                Data::Line(first) => {
                    let first = self.text.part(first.clone());
                    self.data = Data::Lines([first, self.text.part(text)].join("\n"));
                }
                Data::Lines(lines) => {
                    lines.push('\n');
                    lines.push_str(self.text.part(text));
                }
            },
            b"event" => self.text.part(text).clone_into(&mut self.event),
            b"id" if !value.contains(&0) => {
                self.text.part(text).clone_into(&mut self.next_id);
                self.id_set = true;
            }
            b"retry" => self.retry = milliseconds(value).or(self.retry),
            _ => return,
        }
        let data = match &self.data {
            Data::Missing => 0,
            Data::Line(range) => range.len(),
            Data::Lines(lines) => lines.len(),
        };
        let id = if self.id_set { self.next_id.len() } else { 0 };
        if data + self.event.len() + id > self.limit {
            self.fail("an event");
        }
    }

    /// Ends a block at its blank line; true if it is an event.
    fn end_block(&mut self) -> bool {
        if std::mem::take(&mut self.id_set) {
            self.id.clone_from(&self.next_id);
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

    fn fail(&mut self, what: &'static str) {
        self.too_large = Some(what);
        self.give_back();
    }

    /// Gives the memory back; after an error none of it is needed.
    fn give_back(&mut self) {
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

#[cold]
fn too_large(what: &str, limit: usize) -> Error {
    let text = format!("{what} of the event stream is longer than the limit of {limit} bytes");
    Error::new(ErrorKind::TooLarge, text)
}

/// The name of a line's field, and its value; a comment has no name.
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

/// The time that a `retry` field holds, if it is made of digits alone; one that is too large counts as the largest.
fn milliseconds(value: &[u8]) -> Option<Duration> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let millis = value.iter().fold(0u64, |sum, digit| {
        sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    Some(Duration::from_millis(millis))
}
