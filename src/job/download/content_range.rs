//! The header `Content-Range` (RFC 9110, 14.4).

/// The value of `Content-Range`.
#[derive(Debug, PartialEq)]
pub(super) struct ContentRange {
    /// First and last byte; none if the requested range is not available.
    part: Option<(u64, u64)>,
    pub(super) total: Option<u64>,
}

impl ContentRange {
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (part, total) = header.trim().strip_prefix("bytes ")?.trim().split_once('/')?;
        let total = match total.trim() {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        if part.trim() == "*" {
            return Some(Self { part: None, total });
        }
        let (first, last) = part.split_once('-')?;
        let part = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        Some(Self {
            part: Some(part),
            total,
        })
    }

    /// Whether this continues exactly after `bytes`, to the end of a file of `total` bytes.
    pub(super) fn is_rest_of(&self, bytes: u64, total: Option<u64>) -> bool {
        let Some((first, last)) = self.part else {
            return false;
        };
        let known = total.or(self.total);
        first == bytes
            && last >= first
            && known.is_none_or(|t| last + 1 == t)
            && self.total.is_none_or(|t| known == Some(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_rest_of_the_same_file_resumes() {
        for (header, bytes, total, resumes) in [
            ("bytes 5-9/10", 5, Some(10), true),
            ("bytes 5-9/10", 5, None, true),
            ("bytes 5-9/*", 5, Some(10), true),
            ("bytes 4-9/10", 5, Some(10), false),
            ("bytes 5-8/10", 5, Some(10), false),
            ("bytes 5-9/11", 5, Some(10), false),
            ("bytes 5-10/11", 5, Some(10), false),
            ("bytes 5-4/10", 5, None, false),
            ("bytes */10", 10, Some(10), false),
            ("bytes 5-18446744073709551614/18446744073709551615", 5, None, true),
        ] {
            let range = ContentRange::parse(header).unwrap();
            assert_eq!(range.is_rest_of(bytes, total), resumes, "{header}");
        }
    }

    #[test]
    fn invalid_content_ranges_are_rejected() {
        for header in [
            "",
            "bytes",
            "bytes 1-2",
            "lines 1-2/3",
            "bytes a-b/c",
            "bytes 1-2/99999999999999999999",
        ] {
            assert_eq!(ContentRange::parse(header), None, "{header}");
        }
    }
}
