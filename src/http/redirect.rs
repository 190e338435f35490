//! Where a 3xx response leads.

use super::request::{Method, Redirects};
use crate::error::{Error, ErrorKind, Result};
use crate::url::Url;

/// The most hops of one request.
pub(super) const HOPS: usize = 10;

/// The largest body of a redirect that is read so that its connection can be used again.
pub(super) const DRAIN: u64 = 64 << 10;

/// The next hop.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hop {
    pub url: Url,
    pub method: Method,
    /// Whether the body goes along.
    pub keeps_body: bool,
}

/// Whether a response of `status` is followed to another URL.
pub(super) fn is_followed(redirects: Redirects, status: u16) -> bool {
    match redirects {
        Redirects::Follow => matches!(status, 301 | 302 | 303 | 307 | 308),
        Redirects::FollowMoved => matches!(status, 301 | 307 | 308),
        Redirects::Report => false,
    }
}

/// The hop that a response of `status` from `from` leads to.
pub(crate) fn hop(from: &Url, method: Method, status: u16, location: Option<&str>) -> Result<Hop> {
    let reject = |why: &str| {
        let text = format!("{from} responded {status}, a redirect that cannot be followed: {why}");
        Err(Error::new(ErrorKind::Redirect, text))
    };
    let Some(location) = location.filter(|l| !l.trim().is_empty()) else {
        return reject("it has no usable Location");
    };
    let url = match from.join(location) {
        Ok(url) => url,
        Err(error) => return reject(error.message()),
    };
    let keeps_body = matches!(status, 307 | 308);
    Ok(Hop {
        url,
        method: if keeps_body { method } else { Method::Get },
        keeps_body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_status_decides_the_method_of_the_next_request() {
        let from = url("https://a.example/x/y");
        for (status, method, then, keeps_body) in [
            (301, Method::Post, Method::Get, false),
            (302, Method::Get, Method::Get, false),
            (303, Method::Put, Method::Get, false),
            (307, Method::Post, Method::Post, true),
            (308, Method::Put, Method::Put, true),
        ] {
            let hop = hop(&from, method, status, Some("../z?q=1")).unwrap();
            assert_eq!(hop.url, url("https://a.example/z?q=1"));
            assert_eq!((hop.method, hop.keeps_body), (then, keeps_body), "{status}");
        }
    }

    #[test]
    fn a_redirect_that_cannot_be_followed_is_rejected_without_showing_a_query() {
        for location in [
            None,
            Some(" "),
            Some("http://a.example/?sig=secret"),
            Some("ftp://a.example"),
        ] {
            let error = hop(&url("https://a.example/x?t=secret"), Method::Get, 302, location).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect, "{location:?}");
            assert!(!error.message().contains("secret"), "{error}");
        }
        assert!(
            hop(
                &url("http://a.example"),
                Method::Get,
                302,
                Some("https://a.example")
            )
            .is_ok()
        );
    }
}
