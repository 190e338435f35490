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
        // Without a total, more may follow after this part.
        let Some(known) = total.or(self.total) else {
            return false;
        };
        first == bytes
            && last >= first
            && last.checked_add(1) == Some(known)
            && self.total.is_none_or(|t| known == t)
    }

    /// Whether this states that the file ends after `bytes`; `total` is what was announced before.
    pub(super) fn has_nothing_after(&self, bytes: u64, total: Option<u64>) -> bool {
        self.total == Some(bytes) && total.is_none_or(|total| total == bytes)
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
            ("bytes 5-9/*", 5, None, false),
            ("bytes 5-18446744073709551615/*", 5, Some(10), false),
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
    fn an_end_before_the_announced_length_is_no_end() {
        for (header, bytes, total, ends) in [
            ("bytes */10", 10, None, true),
            ("bytes */10", 10, Some(10), true),
            ("bytes */10", 10, Some(20), false),
            ("bytes */11", 10, None, false),
            ("bytes */*", 10, None, false),
        ] {
            let range = ContentRange::parse(header).unwrap();
            assert_eq!(range.has_nothing_after(bytes, total), ends, "{header} {total:?}");
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
