//! The header fields of an answer (RFC 9110 5), kept as they came.

use std::fmt;
use std::ops::Range;

use ureq::http::HeaderMap;

pub(super) struct Fields {
    text: Box<[u8]>,
    /// Where in `text` each name and its value stand.
    places: Box<[(Range<usize>, Range<usize>)]>,
}

impl Fields {
    /// Keeps `head`, of which `fields` are parts.
    pub(super) fn of_head(head: &[u8], fields: &[httparse::Header<'_>]) -> Self {
        let place = |part: &[u8]| {
            let start = part.as_ptr() as usize - head.as_ptr() as usize;
            start..start + part.len()
        };
        Self {
            text: head.into(),
            places: fields
                .iter()
                .map(|field| (place(field.name.as_bytes()), place(field.value)))
                .collect(),
        }
    }

    pub(super) fn of_map(map: &HeaderMap) -> Self {
        let (mut text, mut places) = (Vec::new(), Vec::new());
        for (name, value) in map {
            let start = text.len();
            text.extend_from_slice(name.as_str().as_bytes());
            let middle = text.len();
            text.extend_from_slice(value.as_bytes());
            places.push((start..middle, middle..text.len()));
        }
        Self {
            text: text.into(),
            places: places.into(),
        }
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
        let fields = self.places.iter();
        fields
            .filter(move |(place, _)| self.text[place.clone()].eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, place)| &self.text[place.clone()])
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
    use crate::http::head::Head;

    #[test]
    fn a_field_is_found_whatever_its_case_and_its_spaces() {
        let head = b"HTTP/1.1 200 OK\r\nA:1\r\nContent-Type: \t text/x \r\nab: 2\n\
                     CONTENT-TYPE: y\r\nempty:\r\nl: a, b ,,c\r\nL: d\r\nobs: \xe9\r\n\r\n";
        let (parsed, _) = Head::parse(head).unwrap().unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in [("a", "1"), ("content-type", "text/x"), ("ab", "2")] {
            map.insert(name, value.parse().unwrap());
        }
        for fields in [&parsed.fields, &Fields::of_map(&map)] {
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
        assert_eq!(parsed.fields.get("empty"), Some(""));
        assert_eq!(parsed.fields.get("obs"), None);
        let elements: Vec<_> = parsed.fields.elements("l").collect();
        assert_eq!(elements, [&b"a"[..], b"b", b"", b"c", b"d"]);
    }
}
