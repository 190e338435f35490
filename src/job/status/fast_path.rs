//! The document that nearly every poll and event brings, parsed in one short pass: a running job, perhaps its id, and a number.

use std::ops::Range;

/// The status of a running job.
pub(super) struct RunningStatus {
    pub progress: Option<f64>,
    /// Its range in the document.
    pub job_id: Option<Range<usize>>,
    /// The range of the progress if there is one, with the space before it.
    number: Range<usize>,
}

/// How the previous event was written: the next one of a job mostly differs from it in its number alone.
#[derive(Debug, Default)]
pub(crate) struct PreviousEvent(Option<Template>);

#[derive(Debug)]
struct Template {
    text: String,
    number: Range<usize>,
    job_id: Option<Range<usize>>,
}

/// A longer document is not plain, and must not be copied without a thought of memory.
const MAX_LENGTH: usize = 64 << 10;
/// Longer documents are not stored for comparison.
const MAX_TEMPLATE: usize = 1 << 10;

impl PreviousEvent {
    /// As [`RunningStatus::parse`], by a comparison where that is enough.
    pub(super) fn parse(&mut self, json: &str) -> Option<RunningStatus> {
        let compared = self.parse_number_only(json);
        if compared.is_some() {
            return compared;
        }
        let running = RunningStatus::parse(json)?;
        let job_id = running.job_id.clone();
        // An id behind the number would move with it.
        let is_fixed = job_id.as_ref().is_none_or(|id| id.end < running.number.start);
        let is_template = running.progress.is_some() && is_fixed && json.len() <= MAX_TEMPLATE;
        self.0 = is_template.then(|| Template {
            text: json.to_owned(),
            number: running.number.clone(),
            job_id,
        });
        Some(running)
    }

    /// Parses a document that is the previous one but for its number.
    pub(super) fn parse_number_only(&self, json: &str) -> Option<RunningStatus> {
        let template = self.0.as_ref()?;
        let (before, after) = (
            &template.text[..template.number.start],
            &template.text[template.number.end..],
        );
        let number = json.strip_prefix(before)?.strip_suffix(after)?;
        let mut cursor = Cursor {
            text: number,
            rest: number.as_bytes(),
        };
        let progress = Some(cursor.number()?);
        cursor.rest.is_empty().then(|| RunningStatus {
            progress,
            job_id: template.job_id.clone(),
            number: before.len()..before.len() + number.len(),
        })
    }
}

impl RunningStatus {
    /// `None` for anything else, such as an escape, another field, a duplicate key, a wrong type or malformed JSON: those are
    /// left to [`JobStatus::parse_any`](super::JobStatus::parse_any), which decides.
    pub(super) fn parse(json: &str) -> Option<Self> {
        if json.len() > MAX_LENGTH {
            return None;
        }
        let mut cursor = Cursor {
            text: json,
            rest: json.as_bytes(),
        };
        let (mut runs, mut progress, mut job_id, mut number) = (false, None, None, 0..0);
        cursor.skip_space();
        let mut more = cursor.skip(b"{");
        while more {
            cursor.skip_space();
            if cursor.skip(b"\"status\":") && !runs {
                cursor.skip_space();
                if !cursor.skip(b"\"running\"") {
                    return None;
                }
                runs = true;
            } else if cursor.skip(b"\"progress\":") && progress.is_none() {
                number.start = cursor.position();
                progress = Some(cursor.number()?);
                number.end = cursor.position();
            } else if cursor.skip(b"\"jobID\":") && job_id.is_none() {
                job_id = Some(cursor.string()?);
            } else {
                return None;
            }
            cursor.skip_space();
            more = cursor.skip(b",");
        }
        let closed = cursor.skip(b"}");
        cursor.skip_space();
        (runs && closed && cursor.rest.is_empty()).then_some(Self {
            progress,
            job_id,
            number,
        })
    }
}

struct Cursor<'a> {
    text: &'a str,
    rest: &'a [u8],
}

impl Cursor<'_> {
    fn position(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    #[inline(always)]
    fn skip_space(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Skips `token` if it comes next: a comparison of one or two machine words, where a call would cost more.
    #[inline(always)]
    fn skip<const N: usize>(&mut self, token: &[u8; N]) -> bool {
        match self.rest.split_first_chunk() {
            Some((head, rest)) if head == token => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// A string without escapes.
    #[inline(always)]
    fn string(&mut self) -> Option<Range<usize>> {
        self.skip_space();
        if !self.skip(b"\"") {
            return None;
        }
        let start = self.position();
        self.rest = &self.rest[unescaped_length(self.rest)..];
        let end = self.position();
        self.skip(b"\"").then_some(start..end)
    }

    /// Appends the digits that come next to `value`; returns their number.
    #[inline(always)]
    fn digits(&mut self, value: &mut u64) -> usize {
        let before = self.rest.len();
        while let [digit @ b'0'..=b'9', rest @ ..] = self.rest {
            *value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.rest = rest;
        }
        before - self.rest.len()
    }

    /// A short number as JSON writes it: no leading zeros, digits on both sides of the point.
    fn number(&mut self) -> Option<f64> {
        /// The powers of ten by which a division is exact; as many digits are taken.
        const POWERS: [f64; 16] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        ];
        self.skip_space();
        let (mut value, leads_with_zero) = (0, self.rest.first() == Some(&b'0'));
        let integer = self.digits(&mut value);
        let has_point = self.skip(b".");
        let fraction = if has_point { self.digits(&mut value) } else { 0 };
        let has_zeros = integer > 1 && leads_with_zero;
        if integer == 0 || has_zeros || (has_point && fraction == 0) || integer + fraction > 15 {
            return None;
        }
        // Both are exact, so their quotient is the nearest number there is.
        Some(value as f64 / POWERS[fraction])
    }
}

/// How many bytes there are before the first quote, backslash or control character.
///
/// Eight bytes at a time: a byte below the limit borrows from its highest bit; false hits come only above the first true one.
fn unescaped_length(text: &[u8]) -> usize {
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
    let is_unescaped = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..b' ');
    at + rest.iter().take_while(|byte| is_unescaped(byte)).count()
}
