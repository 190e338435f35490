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

use std::borrow::Cow;
use std::time::Duration;

use crate::error::{Error, ErrorKind};

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
    buffer: Vec<u8>,
    start: usize,
    seen: usize,
    limit: usize,
    first_line: bool,
    /// The last line ended with CR at the end of what was fed: an LF that follows belongs to it.
    skip_lf: bool,
    event: String,
    data: String,
    /// Whether a `data` field came, be it an empty one.
    has_data: bool,
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
            buffer: Vec::new(),
            start: 0,
            seen: 0,
            limit: bytes,
            first_line: true,
            skip_lf: false,
            event: String::new(),
            data: String::new(),
            has_data: false,
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
        if self.too_large.is_some() {
            return;
        }
        // Moving what is left is worth it only when it is little next to what is used up: that keeps the cost linear.
        if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            #[cfg(test)]
            self.count(self.buffer.len());
            self.seen -= self.start;
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Gives the next event, or `None` when more bytes are needed.
    ///
    /// After an error ([`ErrorKind::TooLarge`]) every call gives the same error.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        let whole = self.too_large.is_none() && self.advance();
        if let Some(what) = self.too_large {
            let limit = self.limit;
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("{what} of the event stream is longer than the limit of {limit} bytes"),
            ));
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
            data: &self.data,
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
        // The buffer is lent out for the time, so that lines of it can be read into the rest of the reader.
        let buffer = std::mem::take(&mut self.buffer);
        let whole = self.advance_in(&buffer);
        self.buffer = buffer;
        if self.start == self.buffer.len() {
            self.buffer.clear();
            (self.start, self.seen) = (0, 0);
        }
        if self.too_large.is_some() {
            self.drop_all();
        }
        whole
    }

    fn advance_in(&mut self, buffer: &[u8]) -> bool {
        loop {
            if self.skip_lf && self.start < buffer.len() {
                self.skip_lf = false;
                if buffer[self.start] == b'\n' {
                    self.start += 1;
                    self.seen = self.start;
                }
            }
            let ahead = match buffer.get(self.seen) {
                // The blank line after each event is not worth a search.
                Some(b'\n' | b'\r') => Some(0),
                _ => memchr::memchr2(b'\n', b'\r', &buffer[self.seen..]),
            };
            #[cfg(test)]
            self.count(ahead.unwrap_or(buffer.len() - self.seen));
            let Some(ahead) = ahead else {
                self.seen = buffer.len();
                if buffer.len() - self.start > self.limit.saturating_add(MARK.len()) {
                    self.fail("a line");
                }
                return false;
            };
            let end = self.seen + ahead;
            let mut line = &buffer[self.start..end];
            self.start = end + 1;
            self.seen = self.start;
            self.skip_lf = buffer[end] == b'\r';
            if std::mem::take(&mut self.first_line) {
                line = line.strip_prefix(MARK).unwrap_or(line);
            }
            if line.len() > self.limit {
                self.fail("a line");
            } else if !line.is_empty() {
                self.read_line(line);
            } else if self.end_block() {
                return true;
            }
            if self.too_large.is_some() {
                return false;
            }
        }
    }

    /// Reads a line that is not blank. Lines are cut at ASCII bytes, so each can be decoded on its own.
    fn read_line(&mut self, line: &[u8]) {
        // A plain search: the colon of every known field is among the first bytes.
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(0) => return,
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(&decode(value));
            }
            b"event" => {
                self.event.clear();
                self.event.push_str(&decode(value));
            }
            b"id" if !value.contains(&0) => {
                self.next_id.clear();
                self.next_id.push_str(&decode(value));
                self.id_set = true;
            }
            b"retry" => self.retry = milliseconds(value).or(self.retry),
            _ => return,
        }
        let id = if self.id_set { self.next_id.len() } else { 0 };
        if self.data.len() + self.event.len() + id > self.limit {
            self.fail("an event");
        }
    }

    /// Ends a block at its blank line; true if it is an event.
    fn end_block(&mut self) -> bool {
        if std::mem::take(&mut self.id_set) {
            self.id.clone_from(&self.next_id);
        }
        if !self.has_data {
            self.clear_event();
        }
        self.has_data
    }

    fn clear_event(&mut self) {
        self.event.clear();
        self.data.clear();
        self.has_data = false;
    }

    fn fail(&mut self, what: &'static str) {
        self.too_large = Some(what);
        self.drop_all();
    }

    #[cfg(test)]
    fn count(&mut self, bytes: usize) {
        self.work += bytes;
    }

    /// Gives the memory back; after an error none of it is needed.
    fn drop_all(&mut self) {
        self.buffer = Vec::new();
        self.data = String::new();
        self.event = String::new();
        (self.start, self.seen) = (0, 0);
    }
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    // The lossy decoder goes byte by byte, so it is left to the streams that need it.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
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

#[cfg(test)]
mod tests {
    use super::Reader;

    /// How many times each byte is touched, on the average, when `stream` comes in pieces of `size`, and `taken` events
    /// are taken after each.
    fn touches(stream: &[u8], size: usize, taken: usize) -> f64 {
        let mut reader = Reader::new();
        for piece in stream.chunks(size) {
            reader.feed(piece);
            for _ in 0..taken {
                if reader.next_event().unwrap().is_none() {
                    break;
                }
            }
        }
        while reader.next_event().unwrap().is_some() {}
        reader.work as f64 / stream.len() as f64
    }

    #[test]
    fn each_byte_is_touched_a_bounded_number_of_times() {
        let long = format!("data: {}\n\n", "x".repeat(1 << 16));
        let short = "data: x\n\n".repeat(1 << 13);
        for size in [1, 7, 100, 8192] {
            for (name, stream) in [("long", &long), ("short", &short)] {
                for taken in [1, usize::MAX] {
                    let touches = touches(stream.as_bytes(), size, taken);
                    assert!(
                        touches <= 2.0,
                        "{name} lines in pieces of {size}: {touches} times"
                    );
                }
            }
        }
    }
}
