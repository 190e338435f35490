//! Bearer tokens: fixed, from the host program, or for client credentials; kept, renewed, and shared by all threads.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::call::CallContext;
use crate::cancel::Wake;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::http::{Http, check_bearer};
use crate::log::LogLevel;
use crate::sync::thread::{self, ThreadId};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::url::Url;

mod credentials;
#[cfg(model)]
pub mod model;
#[cfg(test)]
mod tests;

pub(crate) use credentials::Credentials;

/// A token is renewed so long before it expires, or after half its life if that is shorter.
const AHEAD: Duration = Duration::from_secs(60);

/// After an early renewal failed, the old token serves for so long before the next attempt.
const RESPITE: Duration = Duration::from_secs(10);

/// Why a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum TokenReason {
    /// There is none yet.
    First = 1,
    /// The one there is expires soon, or has expired.
    Expiring = 2,
    /// The service refused the one there is.
    Refused = 3,
}

/// A bearer token from the host program. Its text is wiped from memory when it is no longer used.
#[derive(Clone)]
pub struct BearerToken {
    text: Zeroizing<String>,
    expires_in: Option<Duration>,
}

impl BearerToken {
    /// A token that counts as valid until the service refuses it.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: Zeroizing::new(text.into()),
            expires_in: None,
        }
    }

    /// How long the token is valid from now on; it is renewed 60 s before that.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerToken")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

pub(crate) type Callback = dyn Fn(TokenReason) -> std::result::Result<BearerToken, Box<dyn std::error::Error + Send + Sync>>
    + Send
    + Sync;

/// Where tokens come from.
#[derive(Clone, Default)]
pub(crate) enum TokenSource {
    #[default]
    None,
    Fixed(Zeroizing<String>),
    Callback(Arc<Callback>),
    ClientCredentials(Credentials),
}

/// Has a thread of the program's ask for a token other than this number: for threads that must not call the program.
pub(crate) type Relay<'r> = Option<&'r dyn Fn(Option<u64>)>;

/// The tokens of one client.
pub(crate) struct Auth {
    source: TokenSource,
    token_url: Url,
    cache: Arc<Cache>,
}

/// A token in use; it knows which one it is, so that its refusal can be told apart from that of a later one.
#[derive(Clone)]
pub(crate) struct Bearer {
    text: Arc<Zeroizing<String>>,
    number: u64,
}

impl Bearer {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl Auth {
    pub(crate) fn new(source: TokenSource, token_url: Url) -> Result<Self> {
        if let TokenSource::ClientCredentials(credentials) = &source {
            credentials.check()?;
        }
        let cache = Arc::new(Cache::default());
        if let TokenSource::Fixed(text) = &source {
            cache.lock().hold(BearerToken::new(text.as_str()));
        }
        Ok(Self {
            source,
            token_url,
            cache,
        })
    }

    /// The token to send; none if the client has no source of tokens.
    pub(crate) fn bearer(
        &self,
        http: &Http,
        context: &CallContext,
        relay: Relay<'_>,
    ) -> Result<Option<Bearer>> {
        if matches!(self.source, TokenSource::None) {
            return Ok(None);
        }
        self.get(None, http, context, relay).map(Some)
    }

    /// Another token than the one that the service refused; none if there is no other to be had.
    pub(crate) fn instead_of(
        &self,
        refused: &Bearer,
        http: &Http,
        context: &CallContext,
        relay: Relay<'_>,
    ) -> Result<Option<Bearer>> {
        if matches!(self.source, TokenSource::None | TokenSource::Fixed(_)) {
            return Ok(None);
        }
        self.get(Some(refused.number), http, context, relay).map(Some)
    }

    /// Sees to it that there is a token other than number `refused`, for threads that wait for one and hear of a failure
    /// themselves. Does not wait for another thread that is at it.
    pub(crate) fn renew(&self, refused: Option<u64>, http: &Http, context: &CallContext) {
        let state = self.cache.lock();
        let needed = state.renewing.is_none() && state.usable(refused, Instant::now()).is_err();
        drop(state);
        if needed {
            let _ = self.get(refused, http, context, None);
        }
    }

    fn get(
        &self,
        refused: Option<u64>,
        http: &Http,
        context: &CallContext,
        relay: Relay<'_>,
    ) -> Result<Bearer> {
        let relay = relay.filter(|_| matches!(self.source, TokenSource::Callback(_)));
        self.cache.get(refused, context, relay, |reason| {
            context
                .log
                .line(LogLevel::Debug, || format!("asking for a token ({reason:?})"));
            match &self.source {
                TokenSource::Callback(ask) => asked(ask(reason)),
                TokenSource::ClientCredentials(credentials) => {
                    credentials.ask(http, &self.token_url, context)
                }
                TokenSource::None | TokenSource::Fixed(_) => Err(no_source()),
            }
        })
    }
}

fn asked(
    answer: std::result::Result<BearerToken, Box<dyn std::error::Error + Send + Sync>>,
) -> Result<BearerToken> {
    let token = answer.map_err(|why| {
        Error::new(
            ErrorKind::Unauthorized,
            format!("the program's token callback gave no token: {why}"),
        )
    })?;
    check_bearer(&token.text).map_err(|e| e.context("the program's token callback"))?;
    Ok(token)
}

fn no_source() -> Error {
    Error::new(ErrorKind::Internal, "a fixed token cannot be renewed")
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth")
    }
}

/// The token at hand, and the threads that wait for one. One thread at a time asks for a new one, without the lock.
#[derive(Default)]
struct Cache {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// How many tokens there were.
    number: u64,
    /// Who asks for one now.
    renewing: Option<ThreadId>,
    /// How many askings have ended, and how the last one failed if it is everybody's failure.
    round: u64,
    failure: Option<Error>,
}

struct Held {
    bearer: Bearer,
    renew_at: Option<Instant>,
    expires_at: Option<Instant>,
}

impl State {
    fn hold(&mut self, token: BearerToken) -> Bearer {
        let now = Instant::now();
        self.number += 1;
        let bearer = Bearer {
            text: Arc::new(token.text),
            number: self.number,
        };
        let after = |time: Duration| now.checked_add(time);
        self.held = Some(Held {
            bearer: bearer.clone(),
            renew_at: token
                .expires_in
                .and_then(|life| after(life.saturating_sub(AHEAD.min(life / 2)))),
            expires_at: token.expires_in.and_then(after),
        });
        bearer
    }

    /// The token to use, or why a new one is needed.
    fn usable(&self, refused: Option<u64>, now: Instant) -> std::result::Result<Bearer, TokenReason> {
        match &self.held {
            None => Err(TokenReason::First),
            Some(held) if Some(held.bearer.number) == refused => Err(TokenReason::Refused),
            Some(held) if held.renew_at.is_some_and(|at| now >= at) => Err(TokenReason::Expiring),
            Some(held) => Ok(held.bearer.clone()),
        }
    }

    /// The token that is due for renewal but still valid.
    fn waning(&self, reason: TokenReason, now: Instant) -> Option<Bearer> {
        let held = self.held.as_ref()?;
        let valid = held.expires_at.is_none_or(|at| now < at);
        (reason == TokenReason::Expiring && valid).then(|| held.bearer.clone())
    }
}

impl Cache {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token other than number `refused`: the one at hand, or what `ask` gives, or what another thread's asking gives.
    fn get(
        self: &Arc<Self>,
        refused: Option<u64>,
        context: &CallContext,
        relay: Relay<'_>,
        ask: impl FnOnce(TokenReason) -> Result<BearerToken>,
    ) -> Result<Bearer> {
        if let Ok(bearer) = self.lock().usable(refused, Instant::now()) {
            return Ok(bearer);
        }
        // Registered before the lock is taken and let go after it: a trigger holds the token's lock and takes this one.
        let _woken = context
            .cancel
            .as_ref()
            .map(|cancel| cancel.register(self.clone()));
        let mut state = self.lock();
        let mut relayed_in = None;
        let reason = loop {
            let now = Instant::now();
            let reason = match state.usable(refused, now) {
                Ok(bearer) => return Ok(bearer),
                Err(reason) => reason,
            };
            context.check()?;
            match (state.renewing, relay) {
                (None, Some(relay)) if relayed_in != Some(state.round) => {
                    relayed_in = Some(state.round);
                    // The relay has a lock of its own.
                    drop(state);
                    relay(refused);
                    state = self.lock();
                    continue;
                }
                (None, Some(_)) => {}
                (None, None) => break reason,
                (Some(thread), _) if thread == thread::current().id() => return Err(reentered()),
                (Some(_), _) => {}
            }
            if let Some(bearer) = state.waning(reason, now) {
                return Ok(bearer);
            }
            let round = state.round;
            state = self.wait(state, context);
            if state.round != round
                && let Some(error) = &state.failure
            {
                return Err(error.clone());
            }
        };
        state.renewing = Some(thread::current().id());
        drop(state);
        let renewal = Renewal { cache: self };
        let outcome = ask(reason);
        renewal.end(reason, outcome, context)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, context: &CallContext) -> MutexGuard<'a, State> {
        match context.deadline {
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                let woken = self.changed.wait_timeout(state, left);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }
}

impl Wake for Cache {
    /// Wakes all that wait; who was not meant waits on. The lock is never held for long.
    fn wake(&self) {
        drop(self.lock());
        self.changed.notify_all();
    }
}

/// This thread's turn to ask for a token. However it ends, the others go on.
struct Renewal<'c> {
    cache: &'c Cache,
}

impl Renewal<'_> {
    fn end(
        &self,
        reason: TokenReason,
        outcome: Result<BearerToken>,
        context: &CallContext,
    ) -> Result<Bearer> {
        let mut state = self.cache.lock();
        state.failure = None;
        let error = match outcome {
            Ok(token) => return Ok(state.hold(token)),
            Err(error) => error,
        };
        if is_own(&error) {
            // The end of this thread's call, not of the others'.
            return Err(error);
        }
        let now = Instant::now();
        if let Some(bearer) = state.waning(reason, now) {
            if let Some(held) = &mut state.held {
                held.renew_at = Some(held.expires_at.map_or(now + RESPITE, |at| at.min(now + RESPITE)));
            }
            drop(state);
            context.log.line(LogLevel::Warn, || {
                format!("the token could not be renewed yet, and the old one is used: {error}")
            });
            return Ok(bearer);
        }
        state.failure = Some(error.clone());
        Err(error)
    }
}

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        let mut state = self.cache.lock();
        state.renewing = None;
        state.round += 1;
        drop(state);
        self.cache.changed.notify_all();
    }
}

/// Whether an error is the end of one call only: its token, its limit.
fn is_own(error: &Error) -> bool {
    error.kind() == ErrorKind::Cancelled || matches!(error.limit(), Some(Limit::Call | Limit::Wait))
}

fn reentered() -> Error {
    Error::new(
        ErrorKind::Busy,
        "the token callback used the client that is asking it for a token",
    )
}
