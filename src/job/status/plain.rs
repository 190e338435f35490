//! The document that nearly every poll and event brings, read in one short pass: a flat object of plain words and numbers.

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
        let mut status = None;
        let mut plain = Self::default();
        cursor.expect(b'{')?;
        loop {
            let key = cursor.string()?;
            cursor.expect(b':')?;
            let slot = match &cursor.text[key] {
                b"status" => &mut status,
                b"jobID" => &mut plain.job_id,
                b"location" => &mut plain.location,
                b"progress" if plain.progress.is_none() => {
                    let number = cursor.number()?;
                    plain.progress = Some(json[number].parse().ok().filter(|n: &f64| n.is_finite())?);
                    if cursor.ends()? {
                        break;
                    }
                    continue;
                }
                _ => return None,
            };
            if slot.replace(cursor.string()?).is_some() {
                return None;
            }
            if cursor.ends()? {
                break;
            }
        }
        plain.status = status?;
        json[cursor.at..]
            .bytes()
            .all(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
            .then_some(plain)
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

    /// The next byte that is no space.
    fn next(&mut self) -> u8 {
        loop {
            let byte = self.peek();
            self.at += 1;
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next() == byte).then_some(())
    }

    /// Whether the object ends here, or goes on after a comma.
    fn ends(&mut self) -> Option<bool> {
        match self.next() {
            b'}' => Some(true),
            b',' => Some(false),
            _ => None,
        }
    }

    /// A string that is written as it is meant.
    fn string(&mut self) -> Option<Range<usize>> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += plain_length(&self.text[start..]);
        let end = self.at;
        self.at += 1;
        (self.text.get(end) == Some(&b'"')).then_some(start..end)
    }

    /// A number as JSON writes it: no leading zeros, digits on both sides of the point.
    fn number(&mut self) -> Option<Range<usize>> {
        let first = self.next();
        let start = self.at - 1;
        let digit = if first == b'-' { self.next() } else { first };
        match digit {
            b'0' => {}
            b'1'..=b'9' => _ = self.digits(),
            _ => return None,
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if let b'e' | b'E' = self.peek() {
            self.at += 1;
            if let b'+' | b'-' = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(start..self.at)
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        (self.at > start).then_some(())
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
