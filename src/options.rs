//! A client's options: set once, checked when the client is made.

use std::env::VarError;
use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::call::IoLimits;
use crate::error::{Error, Result};
use crate::log::{Log, LogLevel};
use crate::token::{BearerToken, ClientCredentials, TokenReason, TokenSource};

/// How a [`Client`](crate::Client) reaches the service. Every option has a default that suits a desktop program.
///
/// Nothing is checked before [`Client::new`](crate::Client::new), which names the option that cannot be used.
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

/// Whom the client trusts, and how it proves itself, in TLS.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    /// PEM text of further certificate authorities.
    pub authorities: Vec<String>,
    /// Trust only `authorities`, not the operating system's store.
    pub only_authorities: bool,
    /// PEM text of the client's certificate chain and of its key.
    pub identity: Option<(String, Zeroizing<String>)>,
}

/// Which proxy to use.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// None, whatever the environment says.
    #[default]
    Direct,
    /// `http://`, `https://`, `socks5://` or `socks5h://`, with user and password if need be.
    Url(Zeroizing<String>),
    /// As the environment says, in curl's reading of it.
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
    /// `NITRO_CLIENT_SECRET`, each if it is set; nothing else is read.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(Error::invalid(format!("{name} is not valid UTF-8"))),
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
                "NITRO_CLIENT_ID and NITRO_CLIENT_SECRET belong together, and only one of them is set",
            )),
        }
    }

    /// The service's address; a path prefix is kept. Default: `https://api.gonitro.dev`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The bearer token sent to the service, and to no other host. Of the three sources of tokens the last one set counts.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = TokenSource::Fixed(Zeroizing::new(token.into()));
        self
    }

    /// The client's id and secret, for which the service gives tokens. They are asked for when needed, kept, and renewed
    /// 60 s before they expire or when the service refuses one; the secret is sent to the token's address alone.
    pub fn client_credentials(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.token = TokenSource::ClientCredentials(ClientCredentials::new(id.into(), secret.into()));
        self
    }

    /// Where client credentials are turned into tokens. Default: `oauth/token` below the base URL.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Asks the program for tokens: when there is none, when one is about to expire, and when the service refused one.
    ///
    /// It is called inside a call of this library, on the thread of that call, and by one thread at a time however many
    /// wait for the token. It may block, but must not use a client made from these options. If it fails, so does the call,
    /// as [`ErrorKind::Unauthorized`](crate::ErrorKind::Unauthorized) with the words of its error.
    pub fn token_callback(
        mut self,
        ask: impl Fn(TokenReason) -> std::result::Result<BearerToken, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.token = TokenSource::Callback(std::sync::Arc::new(ask));
        self
    }

    /// The `User-Agent`. Default: `nitro-jobs/VERSION`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// The limit on resolving, connecting, proxy and TLS negotiation together. Default: 15 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.io_limits.connect = timeout;
        self
    }

    /// The limit on silence: no byte for so long, in a head, a body or a stream. Default: 30 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.io_limits.idle = timeout;
        self
    }

    /// The least bytes a second that a body must bring, averaged over 30 s; 0 switches it off. Default: 100.
    pub fn min_rate(mut self, bytes_per_second: u64) -> Self {
        self.io_limits.min_rate = bytes_per_second;
        self
    }

    /// The limit on a whole call that names none itself; zero means no limit. Waits, streams and downloads have
    /// their own. Default: 120 s.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout).filter(|t| !t.is_zero());
        self
    }

    /// The limit on a whole wait that names none itself; zero means no limit. Default: 30 minutes.
    pub fn wait_timeout(mut self, timeout: Duration) -> Self {
        self.wait_timeout = Some(timeout).filter(|t| !t.is_zero());
        self
    }

    /// How many times a safe request is sent again inside one call; 0 switches it off. Default: 3.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The longest pause before such a retry, whatever the service asks for. Default: 30 s.
    pub fn retry_cap(mut self, cap: Duration) -> Self {
        self.retry_cap = cap;
        self
    }

    /// Adds an origin (`https://host[:port]`) that may be sent the token, beside the base URL's own.
    pub fn trust_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// Adds certificate authorities, as PEM text, to those of the operating system.
    pub fn add_ca_pem(mut self, pem: impl Into<String>) -> Self {
        self.trust.authorities.push(pem.into());
        self
    }

    /// Trusts the added authorities alone and not the operating system's.
    pub fn only_added_ca(mut self, only: bool) -> Self {
        self.trust.only_authorities = only;
        self
    }

    /// The client's certificate chain and private key, as PEM text, for servers that ask for one.
    pub fn client_certificate_pem(mut self, chain: impl Into<String>, key: impl Into<String>) -> Self {
        self.trust.identity = Some((chain.into(), Zeroizing::new(key.into())));
        self
    }

    /// The proxy: `http://`, `https://`, `socks5://` or `socks5h://`, with `user:password@` if need be.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(Zeroizing::new(url.into()));
        self
    }

    /// Takes the proxy from the environment, in curl's reading of it. Without this the environment is not read.
    pub fn proxy_from_env(mut self) -> Self {
        self.proxy = Proxy::Environment;
        self
    }

    /// Hosts that are reached without the proxy, in curl's reading of `NO_PROXY`.
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.no_proxy = Some(hosts.into());
        self
    }

    /// The first pause between two polls, and the longest. Defaults: 250 ms and 5 s. Pauses vary by a fifth, so that
    /// no two programs beat in step, unless both are the same.
    pub fn poll_interval(mut self, first: Duration, longest: Duration) -> Self {
        (self.poll_min, self.poll_max) = (first, longest);
        self
    }

    /// The largest JSON answer taken into memory. Default: 256 MiB.
    pub fn max_json_bytes(mut self, bytes: usize) -> Self {
        self.max_json = bytes;
        self
    }

    /// The longest line and the largest event of a stream. Default: 16 MiB.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.max_event = bytes;
        self
    }

    /// Hears what the library does, on the thread that called it. No line holds a secret.
    pub fn log(mut self, hook: impl Fn(LogLevel, &str) + Send + Sync + 'static) -> Self {
        self.log = Log::to(hook);
        self
    }

    /// Takes the log hook away again.
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

    fn read(set: &[(&str, &str)]) -> Result<ClientOptions> {
        ClientOptions::from_variables(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })
    }

    #[test]
    fn the_environment_gives_a_token_or_credentials_but_not_half_of_them() {
        let both = [("NITRO_CLIENT_ID", "i"), ("NITRO_CLIENT_SECRET", "s")];
        assert!(matches!(read(&[]).unwrap().token, TokenSource::None));
        assert!(matches!(
            read(&both).unwrap().token,
            TokenSource::ClientCredentials(_)
        ));
        let all = [both[0], both[1], ("NITRO_TOKEN", "t")];
        assert!(matches!(read(&all).unwrap().token, TokenSource::Fixed(_)));
        for half in both {
            let error = read(&[half]).unwrap_err();
            assert!(error.message().contains("belong together"), "{error}");
        }
    }
}
