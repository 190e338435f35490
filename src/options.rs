//! A client's options, checked when the client is created.

use std::env::VarError;
use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::call::IoLimits;
use crate::error::{Error, Result};
use crate::log::{Log, LogLevel};
use crate::token::{BearerToken, ClientCredentials, TokenReason, TokenSource};

/// The options of a [`Client`](crate::Client). Every option has a default that suits a desktop program.
///
/// Options are checked by [`Client::new`](crate::Client::new), whose error names the invalid option.
#[derive(Clone)]
pub struct ClientOptions {
    pub(crate) base_url: String,
    pub(crate) token: TokenSource,
    pub(crate) token_url: Option<String>,
    pub(crate) user_agent: String,
    pub(crate) io_limits: IoLimits,
    pub(crate) call_timeout: Option<Duration>,
    pub(crate) wait_timeout: Option<Duration>,
    pub(crate) retries: u32,
    pub(crate) retry_cap: Duration,
    pub(crate) trusted_origins: Vec<String>,
    pub(crate) trust: Trust,
    pub(crate) proxy: Proxy,
    pub(crate) no_proxy: Option<String>,
    pub(crate) poll_min: Duration,
    pub(crate) poll_max: Duration,
    pub(crate) max_json: usize,
    pub(crate) max_event: usize,
    pub(crate) log: Log,
}

/// The TLS trust anchors and the client's own certificate.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    /// PEM text of additional certificate authorities.
    pub authorities: Vec<String>,
    /// Trust only `authorities`, not those of the operating system.
    pub only_authorities: bool,
    /// PEM text of the client's certificate chain and of its key.
    pub identity: Option<(String, Zeroizing<String>)>,
}

/// Which proxy to use.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// None; the environment is ignored.
    #[default]
    Direct,
    /// `http://`, `https://`, `socks5://` or `socks5h://`, optionally with user name and password.
    Url(Zeroizing<String>),
    /// From the environment, as curl reads it.
    Environment,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            base_url: "https://api.gonitro.dev".to_owned(),
            token: TokenSource::None,
            token_url: None,
            user_agent: concat!("nitro-jobs/", env!("CARGO_PKG_VERSION")).to_owned(),
            io_limits: IoLimits {
                connect: Duration::from_secs(15),
                idle: Duration::from_secs(30),
                min_rate: 100,
            },
            call_timeout: Some(Duration::from_secs(120)),
            wait_timeout: Some(Duration::from_secs(30 * 60)),
            retries: 3,
            retry_cap: Duration::from_secs(30),
            trusted_origins: Vec::new(),
            trust: Trust::default(),
            proxy: Proxy::Direct,
            no_proxy: None,
            poll_min: Duration::from_millis(250),
            poll_max: Duration::from_secs(5),
            max_json: 256 << 20,
            max_event: 16 << 20,
            log: Log::default(),
        }
    }
}

impl ClientOptions {
    /// Options with their defaults and no token.
    pub fn new() -> Self {
        Self::default()
    }

    /// Options from the environment: `NITRO_BASE_URL`, and `NITRO_TOKEN` or else `NITRO_CLIENT_ID` with
    /// `NITRO_CLIENT_SECRET`, each if it is set. No other variable is read.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(Error::invalid(format!(
                "the environment variable {name} is not valid UTF-8"
            ))),
        })
    }

    fn from_variables(variable: impl Fn(&str) -> Result<Option<String>>) -> Result<Self> {
        let mut options = Self::default();
        if let Some(url) = variable("NITRO_BASE_URL")? {
            options = options.base_url(url);
        }
        if let Some(token) = variable("NITRO_TOKEN")? {
            return Ok(options.token(token));
        }
        match (variable("NITRO_CLIENT_ID")?, variable("NITRO_CLIENT_SECRET")?) {
            (Some(id), Some(secret)) => Ok(options.client_credentials(id, secret)),
            (None, None) => Ok(options),
            _ => Err(Error::invalid(
                "NITRO_CLIENT_ID and NITRO_CLIENT_SECRET belong together, and only one of them is set; set both",
            )),
        }
    }

    /// The service's URL; a path prefix is kept. Default: `https://api.gonitro.dev`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The bearer token, sent to the service and to no other host. Of token, callback and client credentials the last one
    /// set is used.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = TokenSource::Fixed(Zeroizing::new(token.into()));
        self
    }

    /// The client's id and secret, for which the token endpoint issues tokens. A token is requested when one is needed, cached,
    /// and renewed 60 s before it expires or when the service rejects it. The secret is sent to the token URL only.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.token = TokenSource::ClientCredentials(ClientCredentials::new(id.into(), secret.into()));
        self
    }

    /// The URL of the token endpoint for client credentials. Default: `oauth/token` below the base URL.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// A function that returns tokens: called when there is none, when one expires soon, and when the service rejected one.
    ///
    /// It is called inside a call of this library, on the thread of that call, and by one thread at a time, however many
    /// wait for the token. It may block, but must not use a client created from these options. If it fails, the call fails
    /// with [`ErrorKind::Unauthorized`](crate::ErrorKind::Unauthorized) and the text of its error.
    pub fn token_callback(
        mut self,
        callback: impl Fn(
            TokenReason,
        ) -> std::result::Result<BearerToken, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.token = TokenSource::Callback(std::sync::Arc::new(callback));
        self
    }

    /// The `User-Agent`. Default: `nitro-jobs/VERSION`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// The timeout of name resolution, TCP connect, proxy and TLS handshake together. Default: 15 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.io_limits.connect = timeout;
        self
    }

    /// The idle timeout: the longest time without a byte in a head, a body or a stream. Default: 30 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.io_limits.idle = timeout;
        self
    }

    /// The minimum rate of a body in bytes per second, averaged over 30 s; 0 disables it. Default: 100.
    pub fn min_rate(mut self, bytes_per_second: u64) -> Self {
        self.io_limits.min_rate = bytes_per_second;
        self
    }

    /// The timeout of calls that set none themselves; zero means no timeout. It does not apply to waits, streams, submissions
    /// and downloads. Default: 120 s.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout).filter(|t| !t.is_zero());
        self
    }

    /// The timeout of waits that set none themselves; zero means no timeout. Default: 30 minutes.
    pub fn wait_timeout(mut self, timeout: Duration) -> Self {
        self.wait_timeout = Some(timeout).filter(|t| !t.is_zero());
        self
    }

    /// How often a safe request is retried inside one call; 0 disables retries. Default: 3.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The longest pause before a retry or a poll, even if the service requests a longer one. Default: 30 s.
    pub fn retry_cap(mut self, cap: Duration) -> Self {
        self.retry_cap = cap;
        self
    }

    /// Adds an origin (`https://host[:port]`) to which the token may be sent, besides that of the base URL.
    pub fn trust_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// Adds certificate authorities as PEM text to those of the operating system.
    pub fn add_ca_pem(mut self, pem: impl Into<String>) -> Self {
        self.trust.authorities.push(pem.into());
        self
    }

    /// Trusts only the added certificate authorities, not those of the operating system.
    pub fn only_added_ca(mut self, only: bool) -> Self {
        self.trust.only_authorities = only;
        self
    }

    /// The client's certificate chain and private key as PEM text, for servers that require a client certificate.
    pub fn client_certificate_pem(mut self, chain: impl Into<String>, key: impl Into<String>) -> Self {
        self.trust.identity = Some((chain.into(), Zeroizing::new(key.into())));
        self
    }

    /// The URL of the proxy: `http://`, `https://`, `socks5://` or `socks5h://`, optionally with `user:password@`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(Zeroizing::new(url.into()));
        self
    }

    /// Takes the proxy from the environment, as curl does. Without this option the environment is not read.
    pub fn proxy_from_env(mut self) -> Self {
        self.proxy = Proxy::Environment;
        self
    }

    /// Hosts that are connected to without the proxy, in the syntax of `NO_PROXY` as curl reads it.
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// The first and the longest pause between two polls. Defaults: 250 ms and 5 s. Unless both are equal, pauses are jittered
    /// by a fifth, so that programs do not poll in step.
    pub fn poll_interval(mut self, first: Duration, longest: Duration) -> Self {
        (self.poll_min, self.poll_max) = (first, longest);
        self
    }

    /// The maximum size of a JSON response in memory. Default: 256 MiB.
    pub fn max_json_bytes(mut self, bytes: usize) -> Self {
        self.max_json = bytes;
        self
    }

    /// The maximum size of a line and of an event of an event stream. Default: 16 MiB.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.max_event = bytes;
        self
    }

    /// Sets the log hook, which is called on the thread that called the library. No line contains a secret.
    pub fn log(mut self, hook: impl Fn(LogLevel, &str) + Send + Sync + 'static) -> Self {
        self.log = Log::to(hook);
        self
    }

    /// Removes the log hook.
    pub fn no_log(mut self) -> Self {
        self.log = Log::default();
        self
    }
}

/// Without the token, the key and the proxy's password.
impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_variables(set: &[(&str, &str)]) -> Result<ClientOptions> {
        ClientOptions::from_variables(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })
    }

    #[test]
    fn the_environment_has_a_token_or_both_client_credentials() {
        let both = [("NITRO_CLIENT_ID", "i"), ("NITRO_CLIENT_SECRET", "s")];
        assert!(matches!(from_variables(&[]).unwrap().token, TokenSource::None));
        assert!(matches!(
            from_variables(&both).unwrap().token,
            TokenSource::ClientCredentials(_)
        ));
        let all = [both[0], both[1], ("NITRO_TOKEN", "t")];
        assert!(matches!(
            from_variables(&all).unwrap().token,
            TokenSource::Fixed(_)
        ));
        for half in both {
            let error = from_variables(&[half]).unwrap_err();
            assert!(error.message().contains("belong together"), "{error}");
        }
    }
}
