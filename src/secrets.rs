//! The secrets that a client sends, removed from what is shown: a peer may echo them, in whatever spelling.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// How many tokens are remembered: the current one, and those that requests under way may still carry.
const TOKENS: usize = 4;

/// A shorter secret is removed only where it stands alone: as a part of words it would be everywhere.
const LONG: usize = 8;

const REDACTED: &str = "***";

/// The secrets of one client.
#[derive(Default)]
pub(crate) struct Secrets {
    /// A client secret, and its Base64 forms.
    fixed: Vec<Zeroizing<String>>,
    /// Newest last.
    tokens: Mutex<VecDeque<Arc<Zeroizing<String>>>>,
}

/// How a character may be spelled.
#[derive(Clone, Copy)]
enum Spelling {
    Plain,
    Json,
    Percent,
}

impl Secrets {
    /// Those of a client that has these credentials.
    pub(crate) fn of_credentials(id: &str, secret: &str) -> Self {
        let login = Zeroizing::new(format!("{id}:{secret}"));
        let mut fixed = vec![Zeroizing::new(secret.to_owned())];
        for text in [&*login, secret] {
            fixed
                .extend([STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|base64| Zeroizing::new(base64.encode(text))));
        }
        Self {
            fixed,
            tokens: Mutex::default(),
        }
    }

    /// Remembers a token that is about to be sent.
    pub(crate) fn remember_token(&self, token: &Arc<Zeroizing<String>>) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.contains(token) {
            return;
        }
        if tokens.len() == TOKENS {
            tokens.pop_front();
        }
        tokens.push_back(token.clone());
    }

    /// `text` without the secrets.
    pub(crate) fn remove_from<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.remove(text, 0)
    }

    /// `text` without the secrets that are so long that no word of ours contains them by chance.
    pub(crate) fn remove_long_from<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.remove(text, LONG)
    }

    fn remove<'t>(&self, text: &'t str, shortest: usize) -> Cow<'t, str> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = tokens.iter().map(|token| token.as_str());
        let mut clean = Cow::Borrowed(text);
        for secret in self.fixed.iter().map(|secret| secret.as_str()).chain(tokens) {
            if secret.len() < shortest {
                continue;
            }
            for spelling in [Spelling::Plain, Spelling::Json, Spelling::Percent] {
                if let Some(cleaner) = without(&clean, secret, spelling) {
                    clean = Cow::Owned(cleaner);
                }
            }
        }
        clean
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// `text` without `secret`; `None` if it is not in there.
fn without(text: &str, secret: &str, spelling: Spelling) -> Option<String> {
    let marker = match spelling {
        _ if secret.is_empty() => return None,
        Spelling::Plain => None,
        Spelling::Json => Some('\\'),
        Spelling::Percent => Some('%'),
    };
    if marker.is_some_and(|marker| !text.contains(marker)) {
        return None;
    }
    let (mut clean, mut copied, mut at) = (String::new(), 0, 0);
    while at < text.len() {
        match match_at(&text[at..], secret, spelling) {
            Some(length) if secret.len() >= LONG || stands_alone(text, at, at + length) => {
                clean.push_str(&text[copied..at]);
                clean.push_str(REDACTED);
                at += length;
                copied = at;
            }
            _ => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    (copied > 0).then(|| clean + &text[copied..])
}

/// The length of `secret` at the beginning of `text`, spelled so.
fn match_at(text: &str, secret: &str, spelling: Spelling) -> Option<usize> {
    let (mut at, mut left) = (0, secret.as_bytes());
    while !left.is_empty() {
        let (bytes, length, spelled) = match spelling {
            Spelling::Plain => return text.starts_with(secret).then_some(secret.len()),
            Spelling::Json => json_unit(text.get(at..)?),
            Spelling::Percent => percent_unit(text.as_bytes().get(at..)?),
        }?;
        left = left.strip_prefix(&bytes[..length])?;
        at += spelled;
    }
    text.is_char_boundary(at).then_some(at)
}

/// The bytes that `text` begins with, how many there are, and the length of their spelling as JSON or Rust escapes it.
fn json_unit(text: &str) -> Option<([u8; 4], usize, usize)> {
    let hex = |digits: &str| u32::from_str_radix(digits, 16).ok();
    let unit = |at: usize| hex(text.get(at..at + 6)?.strip_prefix("\\u")?);
    let mut chars = text.chars();
    let (c, spelled) = match (chars.next()?, chars.next()) {
        ('\\', Some('u')) => match (text[2..].strip_prefix('{'), unit(0)) {
            (Some(braced), _) => {
                let digits = braced.split('}').next()?;
                (char::from_u32(hex(digits)?)?, digits.len() + 4)
            }
            (None, Some(high @ 0xD800..=0xDBFF)) => {
                let low = unit(6)?.checked_sub(0xDC00)?;
                (char::from_u32(0x10000 + ((high - 0xD800) << 10) + low)?, 12)
            }
            (None, unit) => (char::from_u32(unit?)?, 6),
        },
        ('\\', Some(escaped)) => {
            let c = match escaped {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            };
            (c, 1 + escaped.len_utf8())
        }
        (c, _) => (c, c.len_utf8()),
    };
    let mut bytes = [0; 4];
    let length = c.encode_utf8(&mut bytes).len();
    Some((bytes, length, spelled))
}

/// As [`json_unit`], for a URL.
fn percent_unit(text: &[u8]) -> Option<([u8; 4], usize, usize)> {
    let encoded = match text {
        [b'%', high, low, ..] => {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            digit(*high)
                .zip(digit(*low))
                .map(|(high, low)| (high * 16 + low) as u8)
        }
        _ => None,
    };
    match encoded {
        Some(byte) => Some(([byte, 0, 0, 0], 1, 3)),
        None => Some(([*text.first()?, 0, 0, 0], 1, 1)),
    }
}

/// Whether neither a letter nor a digit is beside this part of `text`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    is_apart(text[..start].chars().next_back()) && is_apart(text[end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_removed_in_every_spelling() {
        let secrets = Secrets::of_credentials("the id", "abc/def\"é😀+x");
        for echoed in [
            "abc/def\"é😀+x",
            r#"abc\/def\"é😀+x"#,
            r#"\u0061bc/def\u0022\u00e9\ud83d\uDE00+x"#,
            r#"abc/def\"\u{e9}\u{1f600}+x"#,
            "abc%2fdef%22%C3%A9%F0%9F%98%80%2Bx",
            "abc/def%22é😀+x",
            "dGhlIGlkOmFiYy9kZWYiw6nwn5iAK3g",
            "dGhlIGlkOmFiYy9kZWYiw6nwn5iAK3g=",
            "YWJjL2RlZiLDqfCfmIAreA",
        ] {
            let text = format!("é {echoed}, and {echoed}.");
            let clean = secrets.remove_from(&text).replace("***=", "***");
            assert_eq!(clean, "é ***, and ***.", "{echoed}");
        }
        let other = r"abc\/deg abc%2 \u00 \ud83d %";
        assert_eq!(secrets.remove_from(other), other);
    }

    #[test]
    fn a_short_secret_is_removed_only_where_it_stands_alone() {
        let secrets = Secrets::default();
        secrets.remember_token(&Arc::new(Zeroizing::new("t".to_owned())));
        let echoed = "https://host/t?token=t is not it";
        assert_eq!(
            secrets.remove_from(echoed),
            "https://host/***?token=*** is not it"
        );
        assert_eq!(secrets.remove_long_from(echoed), echoed);
    }

    #[test]
    fn the_last_tokens_are_remembered() {
        let secrets = Secrets::default();
        for n in 0..9 {
            secrets.remember_token(&Arc::new(Zeroizing::new(format!("token-number-{n}"))));
        }
        let clean = secrets.remove_from("token-number-4 token-number-5 token-number-8");
        assert_eq!(clean, "token-number-4 *** ***");
    }
}
