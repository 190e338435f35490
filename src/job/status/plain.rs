//! The document that nearly every poll and event brings, read in one short pass: a flat object of plain words and a number.

use std::ops::Range;

/// Where its fields lie.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plain {
    pub status: Range<usize>,
    pub progress: Option<f64>,
    pub job_id: Option<Range<usize>>,
    pub location: Option<Range<usize>>,
}

impl Plain {
    /// `None` for anything less plain, such as an escape, a nested value, a key that comes twice, a wrong type or bad JSON:
    /// for that there is the whole reader, which is the authority.
    pub(super) fn read(json: &str) -> Option<Self> {
        let mut cursor = Cursor {
            text: json.as_bytes(),
            at: 0,
        };
        let mut plain = Self::default();
        cursor.skip_space();
        let mut more = cursor.take(b"{");
        while more {
            cursor.skip_space();
            if cursor.take(b"\"status\"") && plain.status.end == 0 {
                plain.status = cursor.colon()?.string()?;
            } else if cursor.take(b"\"progress\"") && plain.progress.is_none() {
                plain.progress = Some(cursor.colon()?.number(json)?);
            } else if cursor.take(b"\"jobID\"") && plain.job_id.is_none() {
                plain.job_id = Some(cursor.colon()?.string()?);
            } else if cursor.take(b"\"location\"") && plain.location.is_none() {
                plain.location = Some(cursor.colon()?.string()?);
            } else {
                return None;
            }
            cursor.skip_space();
            more = cursor.take(b",");
        }
        if !cursor.take(b"}") {
            return None;
        }
        cursor.skip_space();
        (cursor.at == json.len() && plain.status.end > 0).then_some(plain)
    }
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// The byte at hand; at the end 0, which means nothing in JSON.
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// Goes past `word` if it stands here: a comparison of one machine word where this is inlined, a call elsewhere.
    #[inline(always)]
    fn take(&mut self, word: &[u8]) -> bool {
        let is_here = self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word));
        if is_here {
            self.at += word.len();
        }
        is_here
    }

    fn colon(&mut self) -> Option<&mut Self> {
        self.skip_space();
        let is_here = self.take(b":");
        self.skip_space();
        is_here.then_some(self)
    }

    /// A string that is written as it is meant.
    fn string(&mut self) -> Option<Range<usize>> {
        if !self.take(b"\"") {
            return None;
        }
        let start = self.at;
        self.at += plain_length(&self.text[start..]);
        let end = self.at;
        self.take(b"\"").then_some(start..end)
    }

    /// A number as JSON writes it: no leading zeros, digits on both sides of the point.
    fn number(&mut self, json: &str) -> Option<f64> {
        /// What a power of ten may be for a division by it to be exact, and digits for their number.
        const POWERS: [f64; 16] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        ];
        let start = self.at;
        let is_negative = self.take(b"-");
        let first = self.peek();
        let (mut value, whole) = self.digits(0);
        if whole == 0 || (first == b'0' && whole > 1) {
            return None;
        }
        let mut fraction = 0;
        if self.take(b".") {
            (value, fraction) = self.digits(value);
            if fraction == 0 {
                return None;
            }
        }
        if let b'e' | b'E' = self.peek() {
            self.at += 1;
            if let b'+' | b'-' = self.peek() {
                self.at += 1;
            }
            if self.digits(0).1 == 0 {
                return None;
            }
        } else if !is_negative && whole + fraction <= 15 {
            // Both are exact, so their quotient is the nearest number there is.
            return Some(value as f64 / POWERS[fraction]);
        }
        json[start..self.at].parse().ok().filter(|n: &f64| n.is_finite())
    }

    /// Goes past digits: the number that they continue, which counts only if they are few, and how many they are.
    fn digits(&mut self, mut value: u64) -> (u64, usize) {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            value = value.wrapping_mul(10).wrapping_add(u64::from(self.peek() - b'0'));
            self.at += 1;
        }
        (value, self.at - start)
    }
}

/// How many bytes there are before the first quote, backslash or control character.
///
/// Eight at a time: a byte below another borrows from its highest bit, and below the first that is found none does so falsely.
fn plain_length(text: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    let below = |word: u64, byte: u8| word.wrapping_sub(ONES * u64::from(byte)) & !word;
    let equals = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let mut at = 0;
    while let Some(word) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        let found = (equals(word, b'"') | equals(word, b'\\') | below(word, b' ')) & (ONES << 7);
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = &text[at..];
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..b' ');
    at + rest.iter().take_while(|byte| is_plain(byte)).count()
}
