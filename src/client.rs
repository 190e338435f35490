//! The client, where every use of the library begins: connections, token and settings, shared by all jobs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::auth::{Auth, Bearer};
use crate::call::{Call, CallContext, IoLimits};
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::http::{Attempts, Http, Method, Redirects, Request, RequestBody, Response};
use crate::log::Log;
use crate::options::ClientOptions;
use crate::poll_policy::PollPolicy;
use crate::secrets::Secrets;
use crate::token::TokenSource;
use crate::url::Url;

/// The media type that a request accepts: its `Accept` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accept {
    Json,
    EventStream,
    OctetStream,
    /// For files, whose type is not known beforehand.
    Any,
}

impl Accept {
    fn as_str(self) -> &'static str {
        match self {
            Accept::Json => "application/json",
            Accept::EventStream => "text/event-stream",
            Accept::OctetStream => "application/octet-stream",
            Accept::Any => "*/*",
        }
    }
}

/// Makes requests to the service with one connection pool, one token and one set of limits.
///
/// Clones share everything. Any number of threads may use a client at once. Dropping the last clone closes its idle
/// connections; it never waits for the network.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    base: Url,
    auth: Auth,
    /// What was sent: a response may echo it.
    secrets: Arc<Secrets>,
    settings: Settings,
}

/// The options that calls need after the client is created.
pub(crate) struct Settings {
    pub io_limits: IoLimits,
    pub call_timeout: Option<Duration>,
    pub wait_timeout: Option<Duration>,
    /// How often a failed transfer is resumed before the call fails.
    pub retries: u32,
    pub poll_policy: PollPolicy,
    pub max_json: usize,
    pub max_event: usize,
    pub log: Log,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("io_limits", &self.io_limits)
            .field("poll_policy", &self.poll_policy)
            .finish()
    }
}

/// Without the token.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base)
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a client, or reports which option is invalid. No connection is made yet.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let base = Url::parse(&options.base_url).map_err(|e| e.context("the base URL"))?;
        if options.poll_min.is_zero() || options.poll_max < options.poll_min {
            return Err(Error::invalid(
                "invalid poll interval: set the first pause above zero and the longest not below the first",
            ));
        }
        let http = Http::new(&options)?;
        let token_url = match &options.token_url {
            Some(url) => Url::parse(url).map_err(|e| e.context("the token URL"))?,
            None => base.join_path(&["oauth", "token"]),
        };
        let secrets = Arc::new(match &options.token {
            TokenSource::ClientCredentials(own) => Secrets::of_credentials(&own.id, &own.secret),
            _ => Secrets::default(),
        });
        let auth = Auth::new(options.token, token_url)?;
        let settings = Settings {
            poll_policy: PollPolicy {
                poll_min: options.poll_min,
                poll_max: options.poll_max,
                retry_cap: options.retry_cap,
                ..PollPolicy::default()
            },
            io_limits: options.io_limits,
            call_timeout: options.call_timeout,
            wait_timeout: options.wait_timeout,
            retries: options.retries,
            max_json: options.max_json,
            max_event: options.max_event,
            log: options.log.without(secrets.clone()),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                base,
                auth,
                secrets,
                settings,
            }),
        })
    }

    /// Completes an error that leaves a public method: no secret that the service may have echoed, and the reference id
    /// of the job or submission if anything was sent. All public methods of the client and of jobs end here, once.
    pub(crate) fn annotate(&self, error: Error, reference_id: &str) -> Error {
        let redacted = error.without(&self.inner.secrets);
        if redacted.kind() == ErrorKind::InvalidArgument || redacted.is_unsent() {
            return redacted;
        }
        redacted.with_reference(reference_id)
    }

    pub(crate) fn http(&self) -> &Http {
        &self.inner.http
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The deadline and I/O limits of an ordinary call.
    pub(crate) fn begin(&self, call: &Call) -> CallContext {
        let settings = self.settings();
        call.begin(
            settings.call_timeout,
            Limit::Call,
            &settings.io_limits,
            &settings.log,
        )
    }

    /// The deadline and I/O limits of a transfer: only inactivity and slowness end it, unless the call sets a timeout.
    pub(crate) fn begin_transfer(&self, call: &Call) -> CallContext {
        let settings = self.settings();
        call.begin(None, Limit::Call, &settings.io_limits, &settings.log)
    }

    /// The deadline and I/O limits of a wait for a job; its timeout is reported as `limit`.
    pub(crate) fn begin_wait(&self, call: &Call, limit: Limit) -> CallContext {
        let settings = self.settings();
        call.begin(settings.wait_timeout, limit, &settings.io_limits, &settings.log)
    }

    pub(crate) fn base(&self) -> &Url {
        &self.inner.base
    }

    /// Makes a GET request about a job.
    pub(crate) fn get(&self, get: &Get<'_>, context: &CallContext) -> Result<Response> {
        let request = Request {
            method: Method::Get,
            url: get.url,
            accept: get.accept.as_str(),
            bearer: None,
            reference_id: Some(get.reference_id),
            headers: get.headers,
            redirects: get.redirects,
            attempts: get.attempts,
        };
        match get.with_token {
            true => self.send(&request, &mut RequestBody::Empty, context),
            false => self.inner.http.send(&request, context),
        }
    }

    /// Sends a request with the token. If the service rejects the token (401) and another one is available, sends it once
    /// more: a request that was rejected so has had no effect.
    pub(crate) fn send(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let Inner { http, auth, .. } = &*self.inner;
        let ask_host = context.host.as_ref().map(|host| {
            move |rejected| {
                let client = self.clone();
                host.run(Box::new(move |context| {
                    client.inner.auth.renew(rejected, &client.inner.http, context);
                }));
            }
        });
        let relay = ask_host.as_ref().map(|ask_host| ask_host as &dyn Fn(Option<u64>));
        let Some(first) = auth.bearer(http, context, relay).map_err(Error::unsent)? else {
            return http.send_body(request, body, context);
        };
        let send = |token: &Bearer, body: &mut RequestBody<'_>| {
            self.inner.secrets.remember_token(token.shared());
            let request = Request {
                bearer: Some(token.text()),
                ..*request
            };
            http.send_body(&request, body, context)
        };
        let response = send(&first, body)?;
        if response.status != 401 || !http.trusts(&response.url) {
            return Ok(response);
        }
        let renewed = auth.instead_of(&first, http, context, relay);
        match renewed.map_err(|e| e.context("the service rejected the token (401)"))? {
            Some(second) if body.rewind() => send(&second, body),
            _ => Ok(response),
        }
    }
}

/// A GET on behalf of a job.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Get<'a> {
    pub url: &'a Url,
    pub accept: Accept,
    pub reference_id: &'a str,
    /// Off for result files: a presigned URL rejects the token, and must not see it.
    pub with_token: bool,
    pub headers: &'a [(&'static str, &'a str)],
    pub redirects: Redirects,
    pub attempts: Attempts,
}

impl<'a> Get<'a> {
    /// A GET with the token that follows redirects and is retried by the HTTP layer.
    pub(crate) fn new(url: &'a Url, accept: Accept, reference_id: &'a str) -> Self {
        Self {
            url,
            accept,
            reference_id,
            with_token: true,
            headers: &[],
            redirects: Redirects::Follow,
            attempts: Attempts::Retry,
        }
    }
}
