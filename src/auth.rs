//! Requests, caches and renews the bearer tokens of one client, for all its threads.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::call::CallContext;
use crate::cancel::Wake;
use crate::error::{Error, ErrorKind, Result};
use crate::http::Http;
use crate::log::LogLevel;
use crate::retry::is_call_end;
use crate::sync::thread::{self, ThreadId};
use crate::sync::{Condvar, Mutex, MutexGuard};
use crate::token::{BearerToken, CallbackError, TokenReason, TokenSource, check_bearer};
use crate::url::Url;

mod credentials;
#[cfg(model)]
pub mod model;
#[cfg(test)]
mod tests;

/// A token is renewed this long before it expires, or after half its lifetime if that is later.
const RENEW_BEFORE_EXPIRY: Duration = Duration::from_secs(60);

/// After an early renewal failed, the current token is used for this long before the next attempt.
const RENEWAL_RETRY_DELAY: Duration = Duration::from_secs(10);

/// Has a thread of the program request a token other than this number: for threads that must not call the program.
pub(crate) type TokenRelay<'r> = Option<&'r dyn Fn(Option<u64>)>;

/// The tokens of one client.
pub(crate) struct Auth {
    source: TokenSource,
    token_url: Url,
    cache: Arc<TokenCache>,
}

/// A token in use. Its number distinguishes a rejection of it from the rejection of a later one.
#[derive(Clone)]
pub(crate) struct Bearer {
    text: Arc<Zeroizing<String>>,
    number: u64,
}

impl Bearer {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn shared(&self) -> &Arc<Zeroizing<String>> {
        &self.text
    }
}

impl Auth {
    pub(crate) fn new(source: TokenSource, token_url: Url) -> Result<Self> {
        if let TokenSource::ClientCredentials(credentials) = &source {
            credentials.check()?;
        }
        let cache = Arc::new(TokenCache::default());
        if let TokenSource::Fixed(text) = &source {
            cache.lock().store(BearerToken::new(text.as_str()));
        }
        Ok(Self {
            source,
            token_url,
            cache,
        })
    }

    /// The token to send; none if the client has no token source.
    pub(crate) fn bearer(
        &self,
        http: &Http,
        context: &CallContext,
        relay: TokenRelay<'_>,
    ) -> Result<Option<Bearer>> {
        if matches!(self.source, TokenSource::None) {
            return Ok(None);
        }
        self.get(None, http, context, relay).map(Some)
    }

    /// Another token than the rejected one; none if the source cannot provide another.
    pub(crate) fn instead_of(
        &self,
        rejected: &Bearer,
        http: &Http,
        context: &CallContext,
        relay: TokenRelay<'_>,
    ) -> Result<Option<Bearer>> {
        if matches!(self.source, TokenSource::None | TokenSource::Fixed(_)) {
            return Ok(None);
        }
        self.get(Some(rejected.number), http, context, relay).map(Some)
    }

    /// Requests a token other than number `rejected` unless there is one, for threads that wait for it and receive its failure
    /// themselves. Does not wait for another thread that is requesting one.
    pub(crate) fn renew(&self, rejected: Option<u64>, http: &Http, context: &CallContext) {
        let state = self.cache.lock();
        let needed = state.renewing.is_none() && state.usable(rejected, Instant::now()).is_err();
        drop(state);
        if needed {
            let _ = self.get(rejected, http, context, None);
        }
    }

    fn get(
        &self,
        rejected: Option<u64>,
        http: &Http,
        context: &CallContext,
        relay: TokenRelay<'_>,
    ) -> Result<Bearer> {
        let relay = relay.filter(|_| matches!(self.source, TokenSource::Callback(_)));
        self.cache.get(rejected, context, relay, |reason| {
            context
                .log
                .line(LogLevel::Debug, || format!("requesting a token: {reason}"));
            match &self.source {
                TokenSource::Callback(callback) => check_callback_token(callback(reason)),
                TokenSource::ClientCredentials(credentials) => {
                    credentials.request_token(http, &self.token_url, context)
                }
                TokenSource::None | TokenSource::Fixed(_) => Err(not_renewable()),
            }
        })
    }
}

fn check_callback_token(returned: std::result::Result<BearerToken, CallbackError>) -> Result<BearerToken> {
    const CALLBACK: &str = "the program's token callback";
    let token =
        returned.map_err(|why| Error::new(ErrorKind::Unauthorized, format!("{CALLBACK} failed: {why}")))?;
    check_bearer(&token.text).map_err(|e| e.context(CALLBACK))?;
    Ok(token)
}

fn not_renewable() -> Error {
    Error::new(ErrorKind::Internal, "a fixed token cannot be renewed")
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth")
    }
}

/// The current token, and the threads that wait for one. One thread at a time requests a new one, without holding the lock.
#[derive(Default)]
struct TokenCache {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cached: Option<CachedToken>,
    /// How many tokens there were.
    number: u64,
    /// The thread that requests one now.
    renewing: Option<ThreadId>,
    /// How many requests have ended, and how the last one failed if that failure is every waiting thread's.
    round: u64,
    failure: Option<Error>,
}

struct CachedToken {
    bearer: Bearer,
    renew_at: Option<Instant>,
    expires_at: Option<Instant>,
}

impl State {
    fn store(&mut self, token: BearerToken) -> Bearer {
        let now = Instant::now();
        self.number += 1;
        let bearer = Bearer {
            text: Arc::new(token.text),
            number: self.number,
        };
        let after = |time: Duration| now.checked_add(time);
        self.cached = Some(CachedToken {
            bearer: bearer.clone(),
            renew_at: token
                .expires_in
                .and_then(|lifetime| after(lifetime.saturating_sub(RENEW_BEFORE_EXPIRY.min(lifetime / 2)))),
            expires_at: token.expires_in.and_then(after),
        });
        bearer
    }

    /// The token to use, or why a new one is needed.
    fn usable(&self, rejected: Option<u64>, now: Instant) -> std::result::Result<Bearer, TokenReason> {
        match &self.cached {
            None => Err(TokenReason::First),
            Some(cached) if Some(cached.bearer.number) == rejected => Err(TokenReason::Refused),
            Some(cached) if cached.renew_at.is_some_and(|at| now >= at) => Err(TokenReason::Expiring),
            Some(cached) => Ok(cached.bearer.clone()),
        }
    }

    /// The token that is due for renewal but still valid.
    fn expires_soon(&self, reason: TokenReason, now: Instant) -> Option<Bearer> {
        let cached = self.cached.as_ref()?;
        let valid = cached.expires_at.is_none_or(|at| now < at);
        (reason == TokenReason::Expiring && valid).then(|| cached.bearer.clone())
    }

    /// Puts the next renewal off after one that failed, at most until the token expires.
    fn delay_renewal(&mut self, now: Instant) {
        if let Some(cached) = &mut self.cached {
            let later = now + RENEWAL_RETRY_DELAY;
            cached.renew_at = Some(cached.expires_at.map_or(later, |at| at.min(later)));
        }
    }
}

impl TokenCache {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token other than number `rejected`: the cached one, or what `request` returns, or what another thread's request
    /// returns.
    fn get(
        self: &Arc<Self>,
        rejected: Option<u64>,
        context: &CallContext,
        relay: TokenRelay<'_>,
        request: impl FnOnce(TokenReason) -> Result<BearerToken>,
    ) -> Result<Bearer> {
        if let Ok(bearer) = self.lock().usable(rejected, Instant::now()) {
            return Ok(bearer);
        }
        // Registered before the lock is taken and released after it: a trigger holds the cancel token's lock and takes this one.
        let _registration = context
            .cancel
            .as_ref()
            .map(|cancel| cancel.register(self.clone()));
        let mut state = self.lock();
        let mut relayed_in = None;
        let reason = loop {
            let now = Instant::now();
            let reason = match state.usable(rejected, now) {
                Ok(bearer) => return Ok(bearer),
                Err(reason) => reason,
            };
            context.check()?;
            match (state.renewing, relay) {
                (None, Some(relay)) if relayed_in != Some(state.round) => {
                    relayed_in = Some(state.round);
                    // The relay has a lock of its own.
                    drop(state);
                    relay(rejected);
                    state = self.lock();
                    continue;
                }
                (None, Some(_)) => {}
                (None, None) => break reason,
                (Some(thread), _) if thread == thread::current().id() => return Err(reentered()),
                (Some(_), _) => {}
            }
            if let Some(bearer) = state.expires_soon(reason, now) {
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
        let outcome = request(reason);
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

impl Wake for TokenCache {
    /// Wakes all waiting threads; those whose call was not cancelled wait on. The lock is never held for long.
    fn wake(&self) {
        drop(self.lock());
        self.changed.notify_all();
    }
}

/// This thread's request for a token. However it ends, the waiting threads are woken.
struct Renewal<'c> {
    cache: &'c TokenCache,
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
            Ok(token) => return Ok(state.store(token)),
            Err(error) => error,
        };
        if is_call_end(&error) {
            // This thread's call ended, not those of the waiting threads.
            return Err(error);
        }
        let now = Instant::now();
        if let Some(bearer) = state.expires_soon(reason, now) {
            state.delay_renewal(now);
            drop(state);
            context.log.line(LogLevel::Warn, || {
                format!("the token could not be renewed yet, and the current one is used: {error}")
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

fn reentered() -> Error {
    Error::new(
        ErrorKind::Busy,
        "no token: the token callback called the client that is waiting for its token; use another client in the callback",
    )
}
