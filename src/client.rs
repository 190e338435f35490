//! The client: the one door into the library.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::Auth;
use crate::call::{Call, CallContext, IoLimits};
use crate::error::{Error, Limit, Result};
use crate::http::{Attempts, Http, Method, Redirects, Request, RequestBody, Response};
use crate::job::{Job, Rhythm, Ticket};
use crate::log::Log;
use crate::options::ClientOptions;
use crate::url::Url;

/// What is asked of the service, in the words of its `Accept` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accept {
    Json,
    EventStream,
    OctetStream,
    /// Whatever a file is.
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

/// Reaches the service: one pool of connections, one token, one set of limits.
///
/// Clones share everything. Any number of threads may use a client at once. Dropping the last clone closes its idle
/// connections; it never waits for the network.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: Http,
    base: Url,
    auth: Auth,
    settings: Settings,
}

/// The options that calls need after the client is made.
pub(crate) struct Settings {
    pub io_limits: IoLimits,
    pub call_timeout: Option<Duration>,
    pub wait_timeout: Option<Duration>,
    /// How often a failed transfer is taken up again before it is given up.
    pub retries: u32,
    pub rhythm: Rhythm,
    pub max_json: usize,
    pub max_event: usize,
    pub log: Log,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("io_limits", &self.io_limits)
            .field("rhythm", &self.rhythm)
            .finish()
    }
}

impl Client {
    /// Makes a client, or says which option cannot be used. No connection is made yet.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let base = Url::parse(&options.base_url).map_err(|e| e.context("the base URL"))?;
        if options.poll_min.is_zero() || options.poll_max < options.poll_min {
            return Err(Error::invalid(
                "the poll interval must be above zero, the longest not below the first",
            ));
        }
        let http = Http::new(&options)?;
        let token_url = match &options.token_url {
            Some(url) => Url::parse(url).map_err(|e| e.context("the token URL"))?,
            None => base.join_path(&["oauth", "token"]),
        };
        let auth = Auth::new(options.token, token_url)?;
        let settings = Settings {
            rhythm: Rhythm {
                poll_min: options.poll_min,
                poll_max: options.poll_max,
                pause_cap: options.retry_cap,
                ..Rhythm::default()
            },
            io_limits: options.io_limits,
            call_timeout: options.call_timeout,
            wait_timeout: options.wait_timeout,
            retries: options.retries,
            max_json: options.max_json,
            max_event: options.max_event,
            log: options.log,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                base,
                auth,
                settings,
            }),
        })
    }

    /// The job of this id. Nothing is sent.
    pub fn job(&self, id: &str) -> Result<Job> {
        Ok(Job::new(self.clone(), Ticket::from_id(&self.inner.base, id)?))
    }

    /// The job of a ticket that was written down with [`Job::to_json`], in this process or another. Nothing is sent.
    pub fn job_from_json(&self, json: &str) -> Result<Job> {
        Ok(Job::new(self.clone(), Ticket::from_json(&self.inner.base, json)?))
    }

    /// Takes the token out of an error, should the service have echoed it.
    pub(crate) fn redact(&self, error: Error) -> Error {
        self.inner.auth.redact(error)
    }

    pub(crate) fn http(&self) -> &Http {
        &self.inner.http
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The bounds of an ordinary call.
    pub(crate) fn begin(&self, call: &Call) -> CallContext {
        let settings = self.settings();
        call.begin(
            settings.call_timeout,
            Limit::Call,
            &settings.io_limits,
            &settings.log,
        )
    }

    /// The bounds of a transfer: only silence and slowness end it, unless the call names a limit.
    pub(crate) fn begin_transfer(&self, call: &Call) -> CallContext {
        let settings = self.settings();
        call.begin(None, Limit::Call, &settings.io_limits, &settings.log)
    }

    /// The bounds of a wait for a job.
    pub(crate) fn begin_wait(&self, call: &Call) -> CallContext {
        let settings = self.settings();
        call.begin(
            settings.wait_timeout,
            Limit::Wait,
            &settings.io_limits,
            &settings.log,
        )
    }

    pub(crate) fn base(&self) -> &Url {
        &self.inner.base
    }

    /// Asks the service about a job.
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
        let sent = match get.with_token {
            true => self.send(&request, &mut RequestBody::Empty, context),
            false => self.inner.http.send(&request, context),
        };
        sent.map_err(|e| e.with_reference(get.reference_id))
    }

    /// Sends a request with the token. If the service refuses the token, and another one can be had, sends it once more: a
    /// request that was refused so has had no effect.
    pub(crate) fn send(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let Inner { http, auth, .. } = &*self.inner;
        let hand_over = context.host.as_ref().map(|host| {
            move |refused| {
                let client = self.clone();
                host.run(Box::new(move |context| {
                    client.inner.auth.renew(refused, &client.inner.http, context);
                }));
            }
        });
        let relay = hand_over
            .as_ref()
            .map(|hand_over| hand_over as &dyn Fn(Option<u64>));
        let Some(first) = auth.bearer(http, context, relay).map_err(Error::unsent)? else {
            return http.send_body(request, body, context);
        };
        let with = |bearer| Request {
            bearer: Some(bearer),
            ..*request
        };
        let response = http.send_body(&with(first.text()), body, context)?;
        if response.status != 401 || !http.trusts(&response.url) {
            return Ok(response);
        }
        let renewed = auth.instead_of(&first, http, context, relay);
        match renewed.map_err(|e| e.context("the service refused the token"))? {
            Some(second) if body.rewind() => http.send_body(&with(second.text()), body, context),
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
    /// Off for result files: a presigned address refuses it, and must not see it.
    pub with_token: bool,
    pub headers: &'a [(&'static str, &'a str)],
    pub redirects: Redirects,
    pub attempts: Attempts,
}

impl<'a> Get<'a> {
    /// A GET with the token that follows redirects and is repeated by the transport.
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
