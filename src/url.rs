//! Addresses: made, joined and compared by RFC 3986; only http and https, never with credentials inside.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use fluent_uri::{Uri, UriRef};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

use crate::error::{Error, Result};

/// What is unreserved in a path segment (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What services put into addresses though RFC 3986 has it encoded.
const SLOPPY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// An absolute http or https address without a fragment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Url {
    text: Arc<str>,
    https: bool,
    /// Where the host stands, as it was written.
    host: Range<usize>,
    port: u16,
}

/// Scheme, host and port: what a credential belongs to (RFC 6454).
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub https: bool,
    pub host: String,
    pub port: u16,
}

impl Url {
    /// Reads an absolute address.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let encoded = encode_sloppy(text)?;
        let uri = Uri::parse(encoded.as_ref())
            .map_err(|e| Error::invalid(format!("the address cannot be read: {e}")))?;
        Self::accept(uri.strip_fragment().as_str())
    }

    /// Resolves what a `Location` or the like holds, relative or absolute, against this address.
    pub(crate) fn join(&self, reference: &str) -> Result<Self> {
        let encoded = encode_sloppy(reference)?;
        let reference = UriRef::parse(encoded.as_ref())
            .map_err(|e| Error::invalid(format!("the address cannot be read: {e}")))?;
        let base = Uri::parse(&*self.text).map_err(|e| Error::invalid(e.to_string()))?;
        let joined = reference
            .resolve_against(&base)
            .map_err(|e| Error::invalid(format!("the address cannot be resolved: {e}")))?;
        Self::accept(joined.strip_fragment().as_str())
    }

    /// The address of `segments` below this one: each is percent-encoded, the path prefix is kept, a query dropped.
    pub(crate) fn below(&self, segments: &[&str]) -> Self {
        let path_end = self.text.find('?').unwrap_or(self.text.len());
        let mut text = self.text[..path_end].trim_end_matches('/').to_owned();
        for segment in segments {
            text.push('/');
            text.extend(utf8_percent_encode(segment, SEGMENT));
        }
        Self {
            text: text.into(),
            host: self.host.clone(),
            ..*self
        }
    }

    fn accept(text: &str) -> Result<Self> {
        let uri = Uri::parse(text).map_err(|e| Error::invalid(format!("the address cannot be read: {e}")))?;
        let https = match uri.scheme().as_str() {
            scheme if scheme.eq_ignore_ascii_case("https") => true,
            scheme if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err(Error::invalid("the address must begin with https:// or http://")),
        };
        let authority = uri
            .authority()
            .ok_or_else(|| Error::invalid("the address names no host"))?;
        if authority.has_userinfo() {
            return Err(Error::invalid(
                "the address must not hold a user name or password",
            ));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(Error::invalid("the address names no host"));
        }
        // A space or a letter beyond ASCII that became %20 or %C3%BC: no name server knows such a name.
        if host.contains('%') && !host.starts_with('[') {
            return Err(Error::invalid("the address' host is no host name"));
        }
        let Ok(port) = authority.port_to_u16() else {
            return Err(Error::invalid(
                "the port of the address is no number from 0 to 65535",
            ));
        };
        let start = host.as_ptr() as usize - text.as_ptr() as usize;
        Ok(Self {
            text: text.into(),
            https,
            host: start..start + host.len(),
            port: port.unwrap_or(if https { 443 } else { 80 }),
        })
    }

    fn host(&self) -> &str {
        &self.text[self.host.clone()]
    }

    /// Scheme, host and port of this address.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            https: self.https,
            host: self.host().to_ascii_lowercase(),
            port: self.port,
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.https
    }

    /// Whether its origin is this one.
    pub(crate) fn is_of(&self, origin: &Origin) -> bool {
        (self.https, self.port) == (origin.https, origin.port)
            && self.host().eq_ignore_ascii_case(&origin.host)
    }

    /// The path, still encoded.
    pub(crate) fn path(&self) -> &str {
        Uri::parse(&*self.text)
            .map(|u| u.path().as_str())
            .unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Without the query: that of a presigned address is a credential.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.split('?').next().unwrap_or_default())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}:{}",
            if self.https { "https" } else { "http" },
            self.host,
            self.port
        )
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Percent-encodes what is often left bare; refuses what could split a request.
fn encode_sloppy(text: &str) -> Result<Cow<'_, str>> {
    if text.bytes().any(|b| b.is_ascii_control()) {
        return Err(Error::invalid("the address holds a control character"));
    }
    Ok(percent_encode(text.as_bytes(), SLOPPY).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn segments_keep_the_prefix_and_are_encoded() {
        for base in [
            "https://api.example/idp/platform",
            "https://api.example/idp/platform/",
        ] {
            let status = url(base).below(&["jobs", "a/b?c#d é..", "status"]);
            assert_eq!(
                status.as_str(),
                "https://api.example/idp/platform/jobs/a%2Fb%3Fc%23d%20%C3%A9../status"
            );
        }
    }

    #[test]
    fn locations_may_be_relative_or_absolute() {
        let status = url("https://api.example/idp/jobs/1/status?x=1");
        for (location, expected) in [
            ("https://other.example/r", "https://other.example/r"),
            ("/jobs/1", "https://api.example/jobs/1"),
            ("../2", "https://api.example/idp/jobs/2"),
            ("//cdn.example/r", "https://cdn.example/r"),
            ("?a=b c", "https://api.example/idp/jobs/1/status?a=b%20c"),
            ("/r#part", "https://api.example/r"),
        ] {
            assert_eq!(status.join(location).unwrap().as_str(), expected, "{location}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "api.example",
            "/jobs",
            "ftp://h/",
            "http://a host/",
            "http://h%6Fst/",
            "https://",
            "https://u:p@h/",
            "http://h:99999/",
            "http://h/a\r\nb",
            "javascript:1",
        ] {
            assert!(Url::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn origins_compare_scheme_host_and_port() {
        assert_eq!(
            url("HTTPS://API.example/a").origin(),
            url("https://api.example:443/b").origin()
        );
        assert!(url("HTTPS://API.example/a").is_of(&url("https://api.example:443/b").origin()));
        assert!(
            url("http://[::1]:8080/a")
                .below(&["b"])
                .is_of(&url("http://[::1]:8080").origin())
        );
        for other in [
            "http://api.example:443",
            "https://api.example:8443",
            "https://api.example.evil",
        ] {
            let other = url(other);
            assert_ne!(url("https://api.example").origin(), other.origin(), "{other}");
            assert!(!other.is_of(&url("https://api.example").origin()), "{other}");
        }
    }

    #[test]
    fn a_query_is_never_shown() {
        let presigned = url("https://s3.example/f?X-Amz-Signature=secret");
        assert_eq!(
            format!("{presigned} {presigned:?}"),
            "https://s3.example/f Url(https://s3.example/f)"
        );
    }
}
