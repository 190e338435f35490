//! Which proxy, if any, a target is reached through.

use std::fmt;

use fluent_uri::Uri;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::no_proxy::NoProxy;
use crate::error::{Error, ErrorKind, Result};
use crate::options::{ClientOptions, Proxy};
use crate::retry::is_connection_failure;
use crate::url::{Origin, split_zone, with_zone};

/// The proxies of one client, by the target's scheme.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    https: Option<Result<ProxyServer>>,
    http: Option<Result<ProxyServer>>,
    except: NoProxy,
}

/// A proxy server.
#[derive(Clone)]
pub(crate) struct ProxyServer {
    pub protocol: Protocol,
    pub host: String,
    pub port: u16,
    login: Option<(String, Zeroizing<String>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Https,
    /// `true`: the proxy resolves names.
    Socks(bool),
}

impl Proxies {
    /// Reads the options, and the environment through `variable` where they say so.
    pub(crate) fn new(options: &ClientOptions, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let listed = |text: &Option<String>| NoProxy::parse(text.as_deref().unwrap_or_default());
        match &options.proxy {
            Proxy::Direct => Ok(Self::default()),
            Proxy::Url(url) => {
                let server = ProxyServer::parse("proxy", url)?;
                Ok(Self {
                    https: Some(Ok(server.clone())),
                    http: Some(Ok(server)),
                    except: listed(&options.no_proxy),
                })
            }
            Proxy::Environment => {
                // A variable that cannot be used fails the connections that would use it, not the client.
                let first = |names: &[&'static str]| {
                    let mut set = names
                        .iter()
                        .map(|name| (*name, variable(name).unwrap_or_default()));
                    let (name, value) = set.find(|(_, value)| !value.is_empty())?;
                    Some(ProxyServer::parse(name, &value))
                };
                Ok(Self {
                    https: first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
                    // Never HTTP_PROXY: in a CGI program a request's `Proxy:` header sets it.
                    http: first(&["http_proxy", "all_proxy", "ALL_PROXY"]),
                    except: match &options.no_proxy {
                        None => listed(&variable("no_proxy").or_else(|| variable("NO_PROXY"))),
                        given => listed(given),
                    },
                })
            }
        }
    }

    /// The proxy for `target`; none if it is reached directly.
    pub(crate) fn choose(&self, target: &Origin) -> Result<Option<&ProxyServer>> {
        let server = if target.https { &self.https } else { &self.http };
        match server {
            Some(server) if !self.except.covers(&target.host, target.port) => match server {
                Ok(server) => Ok(Some(server)),
                Err(error) => Err(error.clone()),
            },
            _ => Ok(None),
        }
    }
}

impl ProxyServer {
    /// Parses a proxy URL, by default `http` and, as for curl, port 1080. `option` is what an error names;
    /// the URL itself is never quoted, for it may hold a password.
    fn parse(option: &str, text: &str) -> Result<Self> {
        let bad = |why: &str| Error::invalid(format!("{option}: the proxy URL cannot be used: {why}"));
        let text = text.trim();
        let full = if text.contains("://") {
            Zeroizing::new(text.to_owned())
        } else {
            Zeroizing::new(format!("http://{text}"))
        };
        let (parsed, zone) = split_zone(&full);
        let parsed = Zeroizing::new(parsed.into_owned());
        let uri = Uri::parse(parsed.as_str()).map_err(|_| {
            bad("it is not a URL; characters such as @ : / # in a user name or password must be percent-encoded")
        })?;
        let protocol = match uri.scheme().as_str().to_ascii_lowercase().as_str() {
            "http" => Protocol::Http,
            "https" => Protocol::Https,
            "socks5" => Protocol::Socks(false),
            "socks5h" => Protocol::Socks(true),
            _ => {
                return Err(bad(
                    "it must begin with http://, https://, socks5:// or socks5h://",
                ));
            }
        };
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        if authority.host().is_empty() {
            return Err(bad("it names no host"));
        }
        let port = authority
            .port_to_u16()
            .map_err(|_| bad("its port is not a number from 0 to 65535"))?;
        let login = match authority.userinfo() {
            None => None,
            Some(login) => {
                let (user, password) = login.as_str().split_once(':').unwrap_or((login.as_str(), ""));
                let decoded = |part| percent_decode_str(part).decode_utf8().map(|p| p.into_owned());
                let (Ok(user), Ok(password)) = (decoded(user), decoded(password)) else {
                    return Err(bad("its user name or password is not UTF-8"));
                };
                let password = Zeroizing::new(password);
                let too_long = user.len() > 255 || password.len() > 255;
                if matches!(protocol, Protocol::Socks(_))
                    && (user.is_empty() || password.is_empty() || too_long)
                {
                    return Err(bad(
                        "SOCKS5 requires a user name and a password of 1 to 255 bytes",
                    ));
                }
                Some((user, password))
            }
        };
        Ok(Self {
            protocol,
            host: with_zone(authority.host(), zone.as_deref()),
            port: port.unwrap_or(if protocol == Protocol::Https { 443 } else { 1080 }),
            login,
        })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.protocol == Protocol::Https
    }

    /// The error of a proxy that cannot be reached, out of that of a connection.
    pub(crate) fn unreachable(&self, error: Error) -> Error {
        if matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Timeout) {
            return error;
        }
        let text = format!("{self} cannot be used: {}", error.message());
        match Error::new(ErrorKind::Proxy, text) {
            unreachable if is_connection_failure(&error) => unreachable.transient(),
            // The proxy's certificate, for instance.
            unusable => unusable,
        }
    }

    /// The user name and the password, if the URL has them.
    pub(crate) fn login(&self) -> Option<(&str, &str)> {
        self.login
            .as_ref()
            .map(|(user, password)| (user.as_str(), password.as_str()))
    }
}

/// Without the login.
impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            Protocol::Http => "http",
            Protocol::Https => "https",
            Protocol::Socks(false) => "socks5",
            Protocol::Socks(true) => "socks5h",
        };
        write!(f, "the proxy {scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(https: bool, host: &str) -> Origin {
        let port = if https { 443 } else { 80 };
        let host = host.to_owned();
        Origin { https, host, port }
    }

    fn chosen(
        options: &ClientOptions,
        environment: &[(&str, &str)],
        https: bool,
        host: &str,
    ) -> Option<String> {
        let variable = |name: &str| {
            let found = environment.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let proxies = Proxies::new(options, &variable).unwrap();
        let server = proxies.choose(&target(https, host)).unwrap();
        server.map(|s| s.to_string().trim_start_matches("the proxy ").to_owned())
    }

    #[test]
    fn the_environment_is_read_only_on_request_and_as_by_curl() {
        let from_env = ClientOptions::new().proxy_from_env();
        let secure = |environment: &[(&str, &str)]| chosen(&from_env, environment, true, "api.example");
        let plain = |environment: &[(&str, &str)]| chosen(&from_env, environment, false, "api.example");
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            chosen(&ClientOptions::new(), &[("https_proxy", "http://p:1")], true, "a"),
            None
        );
        assert_eq!(secure(&[]), None);
        assert_eq!(secure(&[("https_proxy", "p")]), some("http://p:1080"));
        assert_eq!(
            secure(&[("https_proxy", "p:1"), ("HTTPS_PROXY", "q:2")]),
            some("http://p:1")
        );
        assert_eq!(secure(&[("HTTPS_PROXY", "https://q")]), some("https://q:443"));
        assert_eq!(
            secure(&[("https_proxy", ""), ("all_proxy", "socks5://s")]),
            some("socks5://s:1080")
        );
        assert_eq!(secure(&[("http_proxy", "p:1")]), None);
        assert_eq!(
            plain(&[("http_proxy", "p:1"), ("ALL_PROXY", "q:2")]),
            some("http://p:1")
        );
        assert_eq!(plain(&[("HTTP_PROXY", "p:1")]), None);
        assert_eq!(plain(&[("ALL_PROXY", "socks5h://q:2")]), some("socks5h://q:2"));
        assert_eq!(secure(&[("https_proxy", "p:1"), ("NO_PROXY", ".example")]), None);
        assert_eq!(
            secure(&[("https_proxy", "p:1"), ("no_proxy", "x"), ("NO_PROXY", "*")]),
            some("http://p:1")
        );
        let listed = from_env.clone().no_proxy("other");
        let both = [("https_proxy", "p:1"), ("no_proxy", "*")];
        assert_eq!(chosen(&listed, &both, true, "api.example"), some("http://p:1"));
    }

    #[test]
    fn a_variable_that_cannot_be_used_fails_only_what_would_use_it() {
        let from_env = ClientOptions::new().proxy_from_env();
        let environment = |set: &'static [(&str, &str)]| {
            let variable = move |name: &str| {
                let found = set.iter().find(|(n, _)| *n == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            Proxies::new(&from_env, &variable).unwrap()
        };
        let bad = environment(&[
            ("https_proxy", "ftp://u:s3cret@h"),
            ("no_proxy", "internal.example"),
        ]);
        assert!(bad.choose(&target(false, "api.example")).unwrap().is_none());
        assert!(bad.choose(&target(true, "internal.example")).unwrap().is_none());
        let error = bad.choose(&target(true, "api.example")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().starts_with("https_proxy: ") && !error.message().contains("s3cret"));
        // One that is set and not needed.
        let unused = environment(&[("https_proxy", "http://p:1"), ("all_proxy", "socks://h")]);
        assert!(unused.choose(&target(true, "api.example")).unwrap().is_some());
        assert!(unused.choose(&target(false, "api.example")).is_err());
    }

    #[test]
    fn a_bad_proxy_url_is_rejected_without_being_quoted() {
        for bad in [
            "ftp://u:s3cret@h",
            "http://u:s3cret@",
            "http://u:s3cret@h:99999",
            "http://u:s3#cret@h:x",
            "http://u:%ff@h",
            "socks4://u:s3cret@h",
            "socks5://s3cret@h",
            "http://",
            "",
        ] {
            let error = ProxyServer::parse("proxy", bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{bad}");
            assert!(error.message().starts_with("proxy: "), "{error}");
            assert!(!error.message().contains("s3"), "{error}");
        }
        let server = ProxyServer::parse("proxy", "HTTP://us%20er:p%40ss@Proxy.Example:3128").unwrap();
        assert_eq!(
            format!("{server} {server:?}"),
            "the proxy http://proxy.example:3128 ".repeat(2).trim()
        );
        let (user, password) = server.login.unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("us er", "p@ss"));
    }
}
