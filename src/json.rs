//! JSON text read in place: one pass that checks it, no tree. A field's value is the slice of the text that it was written as.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What to do with a field's value. It is checked in every case except `Stop`.
pub(crate) enum FieldAction<'s, 'a> {
    /// Store its text here.
    Store(&'s mut Option<&'a str>),
    /// Ignore it.
    Skip,
    /// End here: the rest of the document is neither read nor checked.
    Stop,
}

/// Receives the fields of an object.
pub(crate) trait FieldVisitor<'a> {
    /// Decides about the value of `key`, which is decoded. A duplicate key is visited again: the last one wins, as in every
    /// common reader.
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a>;
}

/// Passes once over the object that `text` is.
pub(crate) fn visit_fields<'a>(text: &'a str, visitor: &mut impl FieldVisitor<'a>) -> Outcome {
    let mut stopped = false;
    let mut reader = serde_json::Deserializer::from_str(without_bom(text));
    match reader.deserialize_map(ObjectVisitor(visitor, &mut stopped)) {
        Ok(()) => reader.end(),
        Err(_) if stopped => Ok(()),
        Err(e) => Err(e),
    }
}

/// Whether a text was valid JSON of the expected type.
pub(crate) type Outcome = std::result::Result<(), serde_json::Error>;

struct ObjectVisitor<'w, F>(&'w mut F, &'w mut bool);

impl<'a, F: FieldVisitor<'a>> Visitor<'a> for ObjectVisitor<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> std::result::Result<(), M::Error> {
        // Keys are read raw, so that an invalid escape in a key that is ignored does not make the document invalid.
        while let Some(key) = map.next_key::<&'a RawValue>()? {
            match self.0.field(&string(key.get()).unwrap_or_default()) {
                FieldAction::Store(slot) => *slot = Some(map.next_value::<&'a RawValue>()?.get()),
                FieldAction::Skip => {
                    map.next_value::<IgnoredAny>()?;
                }
                FieldAction::Stop => {
                    *self.1 = true;
                    return Err(serde::de::Error::custom("stopped"));
                }
            }
        }
        Ok(())
    }
}

/// Calls `each` with the text of every item of the array that `text` is.
pub(crate) fn visit_items<'a>(text: &'a str, each: impl FnMut(&'a str)) -> Outcome {
    struct Items<F>(F);
    impl<'a, F: FnMut(&'a str)> Visitor<'a> for Items<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON array")
        }

        fn visit_seq<S: SeqAccess<'a>>(mut self, mut seq: S) -> std::result::Result<(), S::Error> {
            while let Some(item) = seq.next_element::<&'a RawValue>()? {
                (self.0)(item.get());
            }
            Ok(())
        }
    }
    let mut reader = serde_json::Deserializer::from_str(without_bom(text));
    reader.deserialize_seq(Items(each))?;
    reader.end()
}

/// Checks that `text` is one JSON value, whatever it is.
pub(crate) fn check(text: &str) -> Outcome {
    let mut reader = serde_json::Deserializer::from_str(without_bom(text));
    IgnoredAny::deserialize(&mut reader)?;
    reader.end()
}

/// The text without the byte order mark that some writers put before JSON.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A field's value, unless it is `null`.
pub(crate) fn non_null(raw: Option<&str>) -> Option<&str> {
    raw.filter(|text| *text != "null")
}

/// The decoded string if `raw`, which must be valid JSON, is one. Half a surrogate pair becomes U+FFFD.
pub(crate) fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    // Setting up a vector search costs more than it saves on a short string.
    let escaped = if inner.len() < 64 {
        inner.bytes().any(|byte| byte == b'\\')
    } else {
        memchr::memchr(b'\\', inner.as_bytes()).is_some()
    };
    if !escaped {
        return Some(Cow::Borrowed(inner));
    }
    let decoded = serde_json::from_str::<String>(raw)
        .or_else(|e| serde_json::from_str(&replace_lone_surrogates(raw).ok_or(e)?))
        .ok()?;
    Some(Cow::Owned(decoded))
}

/// The finite number if `raw`, which must be valid JSON, is one.
pub(crate) fn number(raw: &str) -> Option<f64> {
    if !raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    raw.parse().ok().filter(|n: &f64| n.is_finite())
}

/// The same JSON text with U+FFFD for each half of a surrogate pair that stands alone; `None` if there is none.
pub(crate) fn replace_lone_surrogates(text: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut replaced = String::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(next) = memchr::memchr(b'\\', &text.as_bytes()[at..]) {
        at += next;
        match unit(at) {
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                replaced.push_str(&text[copied..at]);
                replaced.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
        at = at.min(text.len());
    }
    if copied == 0 {
        return None;
    }
    replaced.push_str(&text[copied..]);
    Some(replaced)
}

/// Where `part` lies in `whole`, of which it is a slice.
pub(crate) fn range_of(whole: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    debug_assert!(start.saturating_add(part.len()) <= whole.len());
    start..start + part.len()
}
