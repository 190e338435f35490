//! The header fields of an answer (RFC 9110 5), kept as they came.

use std::fmt;

use ureq::http::HeaderMap;

/// The lines of a head that was found to be proper. Few are asked for, so each question looks through them anew.
pub(super) struct Fields(Box<[u8]>);

impl Fields {
    /// Takes the fields of a whole head, with its first line, in which nothing is found, or without it.
    pub(super) fn of_head(lines: &[u8]) -> Self {
        Self(lines.into())
    }

    pub(super) fn of_map(map: &HeaderMap) -> Self {
        let mut lines = Vec::new();
        for (name, value) in map {
            for part in [name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"] {
                lines.extend_from_slice(part);
            }
        }
        Self(lines.into())
    }

    /// The first value of `name`, which is given in any case, if it came and is plain text.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.all(name).next()?)
            .ok()
            .filter(|text| text.is_ascii())
    }

    /// The elements of all lists that came as `name` (RFC 9110 5.6.1), those that are empty too.
    pub(super) fn elements<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.all(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
    }

    fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            loop {
                let line;
                (line, rest) = rest.split_at(memchr::memchr(b'\n', rest)? + 1);
                if line.get(name.len()) == Some(&b':')
                    && line[..name.len()].eq_ignore_ascii_case(name.as_bytes())
                {
                    return Some(line[name.len() + 1..].trim_ascii());
                }
            }
        })
    }
}

/// Says nothing of what they hold.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_whatever_its_case_and_its_spaces() {
        let head = b"HTTP/1.1 200 OK\r\nA:1\r\nContent-Type: \t text/x \r\nab: 2\n\
                     CONTENT-TYPE: y\r\nempty:\r\nl: a, b ,,c\r\nL: d\r\nobs: \xe9\r\n\r\n";
        let mut map = HeaderMap::new();
        for (name, value) in [("a", "1"), ("content-type", "text/x"), ("ab", "2")] {
            map.insert(name, value.parse().unwrap());
        }
        for fields in [Fields::of_head(head), Fields::of_map(&map)] {
            for (name, value) in [
                ("a", Some("1")),
                ("AB", Some("2")),
                ("content-type", Some("text/x")),
                ("content", None),
                ("b", None),
            ] {
                assert_eq!(fields.get(name), value, "{name}");
            }
        }
        let fields = Fields::of_head(head);
        assert_eq!(fields.get("empty"), Some(""));
        assert_eq!(fields.get("obs"), None);
        let elements: Vec<_> = fields.elements("l").collect();
        assert_eq!(elements, [&b"a"[..], b"b", b"", b"c", b"d"]);
    }
}
