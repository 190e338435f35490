//! URLs: parsed, joined and compared as RFC 3986 says; only http and https, never with credentials inside.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use fluent_uri::Uri;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

use crate::error::{Error, Result};

mod zone;
pub(crate) use zone::{bare_host, split_zone, with_zone};

#[cfg(test)]
mod tests;

/// What is unreserved in a path segment (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What browsers encode in a query (the special-query percent-encode set of the WHATWG URL standard), and control characters.
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');

/// What browsers encode in a path, where they leave brackets, bars and lone percent signs as they are, too. They would take a
/// backslash for a slash.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// An absolute http or https URL without a fragment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Url {
    text: Arc<str>,
    https: bool,
    /// Where the host is in `text`, as it was written.
    host: Range<usize>,
    port: u16,
    /// The zone of a link-local IPv6 address. It belongs to this machine, so it is no part of `text`, which is sent.
    zone: Option<Arc<str>>,
}

/// Scheme, host and port (RFC 6454): the scope of a credential.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub https: bool,
    pub host: String,
    pub port: u16,
}

impl Url {
    /// Parses an absolute URL.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let (text, zone) = split_zone(without_fragment(text)?);
        let (origin, rest) = text.split_at(origin_end(&text));
        let rest = encode(rest);
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let path = match path {
            "" => String::new(),
            _ => without_dots(path),
        };
        let url = Self::check(&[origin, &path, query].concat())?;
        Ok(Self { zone, ..url })
    }

    /// Resolves a reference such as a `Location` header, relative or absolute, against this URL (RFC 3986, 5.2).
    pub(crate) fn join(&self, reference: &str) -> Result<Self> {
        let (reference, zone) = split_zone(without_fragment(reference)?);
        let (own_origin, own_rest) = self.text.split_at(origin_end(&self.text));
        let own_path = self.path();
        let has_scheme = reference
            .split(['/', '?'])
            .next()
            .is_some_and(|segment| segment.contains(':'));
        let is_absolute = has_scheme || reference.starts_with("//");
        let scheme = match (has_scheme, self.https) {
            (true, _) => "",
            (false, true) => "https:",
            (false, false) => "http:",
        };
        let absolute = [scheme, &reference].concat();
        let (origin, rest) = match is_absolute {
            true => absolute.split_at(origin_end(&absolute)),
            false => (own_origin, &*reference),
        };
        let rest = encode(rest);
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let path = match path {
            "" if is_absolute => String::new(),
            "" => own_path.to_owned(),
            _ if path.starts_with('/') => without_dots(path),
            _ => without_dots(&[&own_path[..own_path.rfind('/').map_or(0, |at| at + 1)], path].concat()),
        };
        let query = if reference.is_empty() {
            &own_rest[own_path.len()..]
        } else {
            query
        };
        let url = Self::check(&[origin, &path, query].concat())?;
        self.lead_to(Self { zone, ..url })
    }

    /// The URL `to`, which this one led to, unless what is sent to it would no longer be encrypted. Every URL that the
    /// service or a ticket names passes here. At the same host it has the same zone.
    pub(crate) fn lead_to(&self, mut to: Self) -> Result<Self> {
        if self.https && !to.https {
            return Err(invalid(format_args!("it leads from https to http ({to})")));
        }
        if to.zone.is_none() && to.host().eq_ignore_ascii_case(self.host()) {
            to.zone.clone_from(&self.zone);
        }
        Ok(to)
    }

    /// Whether `other` is the same resource as this one, whatever its scheme, its port, or a query that was added to it.
    pub(crate) fn is_same_resource(&self, other: &Self) -> bool {
        let path = |url: &Self| url.path().trim_end_matches('/').to_owned();
        let query = |url: &Self| url.text.split_once('?').map(|(_, query)| query.to_owned());
        self.host().eq_ignore_ascii_case(other.host())
            && path(self) == path(other)
            && (query(self).is_none() || query(self) == query(other))
    }

    /// This URL with `segments` appended to its path, each percent-encoded; a query is dropped.
    pub(crate) fn join_path(&self, segments: &[&str]) -> Self {
        let path_end = self.text.find('?').unwrap_or(self.text.len());
        let mut text = self.text[..path_end].trim_end_matches('/').to_owned();
        for segment in segments {
            text.push('/');
            text.extend(utf8_percent_encode(segment, SEGMENT));
        }
        Self {
            text: text.into(),
            host: self.host.clone(),
            zone: self.zone.clone(),
            ..*self
        }
    }

    fn check(text: &str) -> Result<Self> {
        // What is behind the authority was encoded, and may be more than RFC 3986 allows.
        let origin = percent_encode(&text.as_bytes()[..origin_end(text)], PATH).to_string();
        let uri = Uri::parse(origin.as_str()).map_err(invalid)?;
        let https = match uri.scheme().as_str() {
            scheme if scheme.eq_ignore_ascii_case("https") => true,
            scheme if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err(invalid("it must begin with https:// or http://")),
        };
        let authority = uri.authority().ok_or_else(|| invalid("it has no host"))?;
        if authority.has_userinfo() {
            return Err(invalid("it must not contain a user name or password"));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(invalid("it has no host"));
        }
        // A space or a non-ASCII letter that was encoded as %20 or %C3%BC: not a host name in DNS.
        if host.contains('%') && !host.starts_with('[') {
            return Err(invalid("its host is not a valid host name"));
        }
        let Ok(port) = authority.port_to_u16() else {
            return Err(invalid("its port is not a number from 0 to 65535"));
        };
        let start = host.as_ptr() as usize - origin.as_ptr() as usize;
        Ok(Self {
            text: text.into(),
            https,
            host: start..start + host.len(),
            port: port.unwrap_or(if https { 443 } else { 80 }),
            zone: None,
        })
    }

    fn host(&self) -> &str {
        &self.text[self.host.clone()]
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            https: self.https,
            host: with_zone(self.host(), self.zone.as_deref()),
            port: self.port,
        }
    }

    pub(crate) fn has_origin(&self, origin: &Origin) -> bool {
        (self.https, self.port) == (origin.https, origin.port)
            && match &self.zone {
                None => self.host().eq_ignore_ascii_case(&origin.host),
                zone => with_zone(self.host(), zone.as_deref()) == origin.host,
            }
    }

    /// The path, percent-encoded.
    pub(crate) fn path(&self) -> &str {
        let rest = &self.text[origin_end(&self.text)..];
        &rest[..rest.find('?').unwrap_or(rest.len())]
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Without the query: that of a presigned URL is a credential.
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

fn invalid(why: impl fmt::Display) -> Error {
    Error::invalid(format!("invalid URL: {why}"))
}

/// The text without its fragment and without spaces around it; rejects what could split a request.
fn without_fragment(text: &str) -> Result<&str> {
    let text = text.trim_matches([' ', '\t']);
    if text.bytes().any(|b| b.is_ascii_control()) {
        return Err(invalid("it contains a control character"));
    }
    Ok(text.split('#').next().unwrap_or_default())
}

/// Where scheme and authority of an absolute URL end.
fn origin_end(text: &str) -> usize {
    let authority = text.find("://").map_or(0, |at| at + 3);
    let end = text[authority..].find(['/', '?']);
    end.map_or(text.len(), |at| authority + at)
}

/// Path and query as browsers send them.
fn encode(rest: &str) -> String {
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    let path = utf8_percent_encode(path, PATH);
    format!("{path}{}", utf8_percent_encode(query, QUERY))
}

/// A path without its `.` and `..` segments.
fn without_dots(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let mut rest = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = rest.next() {
        let is_last = rest.peek().is_none();
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            _ => {
                segments.push(segment);
                continue;
            }
        }
        if is_last {
            segments.push("");
        }
    }
    format!("/{}", segments.join("/"))
}
