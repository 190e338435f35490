//! JSON text looked at in place: one checking pass, no tree. Whoever wants a field gets the slice that it was written as.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind};

/// What is to become of a field's value. It is checked in any case, but after `Stop`.
pub(crate) enum Take<'s, 'a> {
    /// Its text is kept here.
    Into(&'s mut Option<&'a str>),
    /// It is let go.
    Skip,
    /// The rest of the document stays unread.
    Stop,
}

/// Who wants fields of an object.
pub(crate) trait Fields<'a> {
    /// Decides about the value of `key`, which comes decoded. A key that comes twice is asked about twice: the last
    /// one wins, as in every common reader.
    fn take(&mut self, key: &str) -> Take<'_, 'a>;
}

/// Passes once over the object that `text` is.
pub(crate) fn fields<'a>(text: &'a str, into: &mut impl Fields<'a>) -> Outcome {
    let mut stopped = false;
    let mut reader = serde_json::Deserializer::from_str(unmarked(text));
    match reader.deserialize_map(Walk(into, &mut stopped)) {
        Ok(()) => reader.end(),
        Err(_) if stopped => Ok(()),
        Err(e) => Err(e),
    }
}

/// Whether a text was good JSON of the wanted type.
pub(crate) type Outcome = std::result::Result<(), serde_json::Error>;

struct Walk<'w, F>(&'w mut F, &'w mut bool);

impl<'a, F: Fields<'a>> Visitor<'a> for Walk<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> std::result::Result<(), M::Error> {
        // Keys are taken raw, so that an escape in a key that means nothing to us cannot spoil the document.
        while let Some(key) = map.next_key::<&'a RawValue>()? {
            match self.0.take(&string(key.get()).unwrap_or_default()) {
                Take::Into(slot) => *slot = Some(map.next_value::<&'a RawValue>()?.get()),
                Take::Skip => {
                    map.next_value::<IgnoredAny>()?;
                }
                Take::Stop => {
                    *self.1 = true;
                    return Err(serde::de::Error::custom("enough"));
                }
            }
        }
        Ok(())
    }
}

/// Calls `each` with the text of every item of the array that `text` is.
pub(crate) fn items<'a>(text: &'a str, each: impl FnMut(&'a str)) -> Outcome {
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
    let mut reader = serde_json::Deserializer::from_str(unmarked(text));
    reader.deserialize_seq(Items(each))?;
    reader.end()
}

/// Checks that `text` is one JSON value, whatever it is.
pub(crate) fn check(text: &str) -> Outcome {
    let mut reader = serde_json::Deserializer::from_str(unmarked(text));
    IgnoredAny::deserialize(&mut reader)?;
    reader.end()
}

/// The text without the byte order mark that some writers put before JSON.
pub(crate) fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// A field's value, unless it is `null`.
pub(crate) fn present(raw: Option<&str>) -> Option<&str> {
    raw.filter(|text| *text != "null")
}

/// The string that checked JSON text is; `None` for any other type. Half a surrogate pair becomes U+FFFD.
pub(crate) fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    // Setting up a vector search costs more than it saves on a word.
    let escaped = if inner.len() < 64 {
        inner.bytes().any(|byte| byte == b'\\')
    } else {
        memchr::memchr(b'\\', inner.as_bytes()).is_some()
    };
    if !escaped {
        return Some(Cow::Borrowed(inner));
    }
    let decoded = serde_json::from_str::<String>(raw)
        .or_else(|e| serde_json::from_str(&mend(raw).ok_or(e)?))
        .ok()?;
    Some(Cow::Owned(decoded))
}

/// The finite number that checked JSON text is; `None` for any other type.
pub(crate) fn number(raw: &str) -> Option<f64> {
    if !raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    raw.parse().ok().filter(|n: &f64| n.is_finite())
}

/// The same JSON text with U+FFFD for each half of a surrogate pair that stands alone; `None` if there is none.
pub(crate) fn mend(text: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut mended = String::new();
    let (mut at, mut kept) = (0, 0);
    while let Some(next) = memchr::memchr(b'\\', &text.as_bytes()[at..]) {
        at += next;
        match unit(at) {
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
            Some(0xD800..=0xDFFF) => {
                mended.push_str(&text[kept..at]);
                mended.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
        at = at.min(text.len());
    }
    if kept == 0 {
        return None;
    }
    mended.push_str(&text[kept..]);
    Some(mended)
}

/// Where `part` lies in `whole`, of which it is a slice.
pub(crate) fn range(whole: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    debug_assert!(start.saturating_add(part.len()) <= whole.len());
    start..start + part.len()
}

/// Says that what came as `what` is not the JSON that it should be, and shows how it begins.
pub(crate) fn unreadable(what: &str, text: &str, cause: &serde_json::Error) -> Error {
    let shown = if text.trim().is_empty() {
        "nothing came".to_owned()
    } else {
        format!("it begins {:?}", glimpse(text))
    };
    Error::new(
        ErrorKind::Protocol,
        format!("{what} cannot be understood: {cause}; {shown}"),
    )
}

/// The first characters of `text`, enough to recognise it by.
fn glimpse(text: &str) -> &str {
    let end = text.char_indices().nth(80).map_or(text.len(), |(at, _)| at);
    &text[..end]
}
