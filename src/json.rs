//! JSON text read in place: one pass that checks it, no tree. A field's value is the slice of the text that it was written as.

use std::borrow::Cow;
use std::collections::TryReserveError;
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

/// The longest string, as JSON spells it, that is taken for a name, a URL or a message.
const MAX_SHORT: usize = 64 << 10;

/// The deepest nesting: the parser keeps one byte for each level, in memory of its own.
const MAX_DEPTH: usize = 1 << 20;

/// Passes once over the object that `text` is. Compiled once: a copy for each visitor would take more than it gains.
pub(crate) fn visit_fields<'a>(text: &'a str, visitor: &mut dyn FieldVisitor<'a>) -> Outcome {
    let mut stopped = false;
    expect_first(text, '{', "expected a JSON object")?;
    let mut reader = serde_json::Deserializer::from_str(without_bom(text));
    match reader.deserialize_map(ObjectVisitor(visitor, &mut stopped)) {
        Ok(()) => reader.end(),
        Err(_) if stopped => Ok(()),
        Err(e) => Err(e),
    }
}

/// Whether a text was valid JSON of the expected type.
pub(crate) type Outcome = std::result::Result<(), serde_json::Error>;

struct ObjectVisitor<'w, 'a>(&'w mut dyn FieldVisitor<'a>, &'w mut bool);

impl<'a> Visitor<'a> for ObjectVisitor<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> std::result::Result<(), M::Error> {
        // Keys are read raw, so that an invalid escape in a key that is ignored does not make the document invalid.
        while let Some(key) = map.next_key::<&'a RawValue>()? {
            match self.0.field(&short_string(key.get()).unwrap_or_default()) {
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
pub(crate) fn visit_items<'a>(text: &'a str, mut each: impl FnMut(&'a str)) -> Outcome {
    struct Items<'w, 'a>(&'w mut dyn FnMut(&'a str));
    impl<'a> Visitor<'a> for Items<'_, 'a> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON array")
        }

        fn visit_seq<S: SeqAccess<'a>>(self, mut seq: S) -> std::result::Result<(), S::Error> {
            while let Some(item) = seq.next_element::<&'a RawValue>()? {
                (self.0)(item.get());
            }
            Ok(())
        }
    }
    expect_first(text, '[', "expected a JSON array")?;
    let mut reader = serde_json::Deserializer::from_str(without_bom(text));
    reader.deserialize_seq(Items(&mut each))?;
    reader.end()
}

/// Fails if `text` is another value. serde would show that value, however long it is.
fn expect_first(text: &str, first: char, expected: &str) -> Outcome {
    match without_bom(text).trim_ascii_start().chars().next() {
        Some(found) if found != first => Err(serde::de::Error::custom(expected)),
        _ => Ok(()),
    }
}

/// Fails if a document is nested deeper than any is.
pub(crate) fn check_depth(text: &str) -> Outcome {
    let text = text.as_bytes();
    // Most documents have not even so many brackets.
    if memchr::memchr2_iter(b'[', b'{', text).nth(MAX_DEPTH).is_none() {
        return Ok(());
    }
    let (mut depth, mut quoted, mut at) = (0_usize, false, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => at += 1,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(serde::de::Error::custom("it is nested too deeply"));
        }
        at += 1;
    }
    Ok(())
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
    decode(raw).ok()?
}

/// As [`string`], if it is no longer than a name, a URL or a message of the peer may be.
pub(crate) fn short_string(raw: &str) -> Option<Cow<'_, str>> {
    if raw.len() > MAX_SHORT {
        return None;
    }
    string(raw)
}

/// As [`string`], for one whose length the peer decided; fails if there is no memory for it.
pub(crate) fn decode(raw: &str) -> Result<Option<Cow<'_, str>>, TryReserveError> {
    let Some(inner) = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) else {
        return Ok(None);
    };
    // Setting up a vector search costs more than it saves on a short string.
    let escaped = if inner.len() < 64 {
        inner.bytes().any(|byte| byte == b'\\')
    } else {
        memchr::memchr(b'\\', inner.as_bytes()).is_some()
    };
    if !escaped {
        return Ok(Some(Cow::Borrowed(inner)));
    }
    // No escape is shorter than what it stands for.
    let mut decoded = String::new();
    decoded.try_reserve_exact(inner.len())?;
    Ok(unescape(inner, &mut decoded).map(|()| Cow::Owned(decoded)))
}

/// Appends to `decoded` what `inner` spells; `None` if it has an escape that JSON has not.
fn unescape(mut inner: &str, decoded: &mut String) -> Option<()> {
    while let Some(at) = memchr::memchr(b'\\', inner.as_bytes()) {
        decoded.push_str(&inner[..at]);
        let mut length = 2;
        decoded.push(match inner.as_bytes().get(at + 1)? {
            byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            _ => {
                let (first, second) = (unit(inner, at)?, unit(inner, at + 6));
                let pair = [first, second.unwrap_or_default()];
                match char::decode_utf16(pair).next() {
                    Some(Ok(c)) => {
                        length = 6 * c.len_utf16();
                        c
                    }
                    _ => {
                        length = 6;
                        char::REPLACEMENT_CHARACTER
                    }
                }
            }
        });
        inner = &inner[at + length..];
    }
    decoded.push_str(inner);
    Some(())
}

/// The UTF-16 unit that the escape at `at` stands for.
fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
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
    let unit = |at: usize| unit(text, at);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_decoded_as_their_escapes_say() {
        for (raw, decoded) in [
            (r#""plain ü""#, Some("plain ü")),
            (r#""\"\\\/\b\f\n\r\t""#, Some("\"\\/\u{8}\u{c}\n\r\t")),
            (r#""a\u0062\u00e9c""#, Some("ab\u{e9}c")),
            (r#""\ud83d\ude00!""#, Some("\u{1f600}!")),
            (r#""\ud83d""#, Some("\u{fffd}")),
            (r#""\ud83dx""#, Some("\u{fffd}x")),
            (r#""\ud83d\n""#, Some("\u{fffd}\n")),
            (r#""\ud83d\ud83d\ude00""#, Some("\u{fffd}\u{1f600}")),
            (r#""\ude00\ud83d""#, Some("\u{fffd}\u{fffd}")),
            (r#""\u0000""#, Some("\0")),
            (r#""\x""#, None),
            (r#""\u12""#, None),
            ("7", None),
        ] {
            assert_eq!(string(raw).as_deref(), decoded, "{raw}");
        }
        let long = format!("\"{}\"", "x".repeat(MAX_SHORT));
        assert!(string(&long).is_some() && short_string(&long).is_none());
    }

    #[test]
    fn nesting_deeper_than_any_document_is_rejected() {
        let (open, close) = ("[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(check_depth(&format!("{open}{close}")).is_ok());
        assert!(check_depth(&format!("{open}[")).is_err());
        assert!(check_depth(&"[{},[]]".repeat(MAX_DEPTH)).is_ok());
        assert!(check_depth(&format!(r#"{open}"\"[[["{close}"#)).is_ok());
        assert!(check_depth(&format!(r#"{open}"\\"[{close}"#)).is_err());
    }

    #[test]
    fn another_value_is_not_shown() {
        let none = |text: &str| visit_items(text, |_| ()).unwrap_err().to_string();
        for text in [r#""secret""#, " 7", "{}"] {
            assert_eq!(none(text), "expected a JSON array");
        }
        assert!(none("").contains("EOF"));
    }
}
