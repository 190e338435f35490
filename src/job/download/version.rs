//! Which version of a file a response carries (RFC 9110, 8.8): only parts of one version make a file.

use std::time::Duration;

use crate::http::Response;

/// What distinguishes one version of a file from another.
#[derive(Debug, PartialEq)]
pub(super) struct Version {
    /// Without the query, which in a presigned URL changes with each signature.
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    /// Whether the file could not change again within the second that its date names (RFC 9110, 8.8.2.2).
    is_date_strong: bool,
}

impl Version {
    pub(super) fn of(response: &Response) -> Self {
        let field = |name| response.header(name).map(|value| value.trim().to_owned());
        let last_modified = field("last-modified");
        let time = |text: Option<&str>| httpdate::parse_http_date(text?).ok();
        let age = match (time(response.header("date")), time(last_modified.as_deref())) {
            (Some(date), Some(modified)) => date.duration_since(modified).unwrap_or_default(),
            _ => Duration::ZERO,
        };
        Self {
            url: response
                .url
                .as_str()
                .split('?')
                .next()
                .unwrap_or_default()
                .to_owned(),
            etag: field("etag"),
            last_modified,
            is_date_strong: age >= Duration::from_secs(1),
        }
    }

    /// The value of `If-Range`: without one, no rest can be requested.
    pub(super) fn validator(&self) -> Option<&str> {
        self.strong_etag()
            .or_else(|| self.last_modified.as_deref().filter(|_| self.is_date_strong))
    }

    /// Whether the other response proves that it carries the same version. One that repeats no validator proves nothing.
    pub(super) fn is_proved_by(&self, other: &Self) -> bool {
        self.validator().is_some()
            && self.url == other.url
            && self.etag == other.etag
            && (self.strong_etag().is_some() || self.last_modified == other.last_modified)
    }

    fn strong_etag(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| tag.starts_with('"'))
    }
}
