//! Bearer tokens and where they come from: the data that the options set, and that `auth` and `http` use.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Why a token is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum TokenReason {
    /// There is no token yet.
    First = 1,
    /// The current token expires soon, or has expired.
    Expiring = 2,
    /// The service rejected the current token.
    Refused = 3,
}

impl fmt::Display for TokenReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TokenReason::First => "there is none yet",
            TokenReason::Expiring => "the current one expires soon or has expired",
            TokenReason::Refused => "the service rejected the current one",
        })
    }
}

/// A bearer token from the host program. Its text is wiped from memory when it is no longer used.
#[derive(Clone)]
pub struct BearerToken {
    pub(crate) text: Zeroizing<String>,
    pub(crate) expires_in: Option<Duration>,
}

impl BearerToken {
    /// A token that is used until the service rejects it.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: Zeroizing::new(text.into()),
            expires_in: None,
        }
    }

    /// Sets how long the token is valid from now on; it is renewed 60 s before it expires.
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

/// Rejects a token that no `Authorization` header can carry.
pub(crate) fn check_bearer(token: &str) -> Result<()> {
    if token.is_empty() || token.bytes().any(|b| !b.is_ascii_graphic()) {
        return Err(Error::invalid(
            "the token cannot be used: it is empty or contains a space, a line break or a non-ASCII character",
        ));
    }
    Ok(())
}

/// The error of a token callback: whatever the program has.
pub(crate) type CallbackError = Box<dyn StdError + Send + Sync>;

pub(crate) type TokenCallback =
    dyn Fn(TokenReason) -> std::result::Result<BearerToken, CallbackError> + Send + Sync;

/// Where tokens come from.
#[derive(Clone, Default)]
pub(crate) enum TokenSource {
    #[default]
    None,
    Fixed(Zeroizing<String>),
    Callback(Arc<TokenCallback>),
    ClientCredentials(ClientCredentials),
}

/// A client's id and secret (RFC 6749, 4.4).
#[derive(Clone)]
pub(crate) struct ClientCredentials {
    pub(crate) id: Zeroizing<String>,
    pub(crate) secret: Zeroizing<String>,
}

impl ClientCredentials {
    pub(crate) fn new(id: String, secret: String) -> Self {
        Self {
            id: Zeroizing::new(id),
            secret: Zeroizing::new(secret),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.id.is_empty() || self.secret.is_empty() {
            return Err(Error::invalid(
                "client credentials: the client id or the client secret is empty; set both",
            ));
        }
        Ok(())
    }
}
