//! What went wrong, in words that a caller can act on.

use std::fmt;
use std::time::Duration;

use crate::problem::ProblemDetails;

mod kind;

pub use kind::{ErrorKind, Limit};

/// A result whose error is this library's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong in a call, with everything that helps to act on it. No token and no password is ever in it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .inner.message)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    http_status: Option<u16>,
    problem: Option<ProblemDetails>,
    retry_after: Option<Duration>,
    reference_id: Option<String>,
    ticket: Option<String>,
    limit: Option<Limit>,
    unsent: bool,
    uncertain: bool,
}

impl Error {
    /// An error of `kind` with a `message` for people.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                http_status: None,
                problem: None,
                retry_after: None,
                reference_id: None,
                ticket: None,
                limit: None,
                unsent: false,
                uncertain: false,
            }),
        }
    }

    /// An argument or option cannot be used.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }

    /// The caller's cancel token was triggered.
    pub(crate) fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "the call was cancelled by its cancel token")
    }

    /// A callback of the caller said stop.
    pub(crate) fn stopped() -> Self {
        Self::new(ErrorKind::Stopped, "the call was stopped by its callback")
    }

    /// A time limit ran out.
    pub(crate) fn timeout(limit: Limit, message: impl Into<String>) -> Self {
        let kind = if limit == Limit::Wait {
            ErrorKind::WaitTimeout
        } else {
            ErrorKind::Timeout
        };
        let mut error = Self::new(kind, message);
        error.inner.limit = Some(limit);
        error
    }

    /// The service's refusal: the kind follows the HTTP status, the message its problem document.
    pub(crate) fn from_response(status: u16, problem: ProblemDetails) -> Self {
        let kind = ErrorKind::from_http(status);
        let mut error = Self::new(kind, refusal(kind, status, &problem));
        error.inner.http_status = Some(status);
        error.inner.retry_after = problem.retry_after();
        error.inner.problem = Some(problem);
        error
    }

    /// The token endpoint's refusal: the kind is `Unauthorized` wherever other credentials would help.
    pub(crate) fn from_token_endpoint(status: u16, problem: ProblemDetails) -> Self {
        let mut error = Self::from_response(status, problem);
        if matches!(status, 400 | 401 | 403) {
            error.inner.kind = ErrorKind::Unauthorized;
            let said = error.problem().map(ProblemDetails::summary).unwrap_or_default();
            let separator = if said.is_empty() { "" } else { ": " };
            error.inner.message = format!(
                "the service gave no token ({status}){separator}{said}; check the client id and its secret"
            );
        }
        error
    }

    /// The job ended without a result: `JobFailed` with the service's reason, or `JobCanceled`.
    pub(crate) fn from_job(kind: ErrorKind, problem: Option<ProblemDetails>) -> Self {
        let what = if kind == ErrorKind::JobCanceled {
            "the job was canceled at the service"
        } else {
            "the job failed"
        };
        let reason = problem.as_ref().map(ProblemDetails::summary).unwrap_or_default();
        let message = if reason.is_empty() {
            what.to_owned()
        } else {
            format!("{what}: {reason}")
        };
        let mut error = Self::new(kind, message);
        error.inner.problem = problem;
        error
    }

    /// Takes `secret` out of what the service said, should it have echoed it.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        let clean = |text: &mut String| {
            if !secret.is_empty() && text.contains(secret) {
                *text = text.replace(secret, "***");
            }
        };
        clean(&mut self.inner.message);
        if let Some(problem) = &mut self.inner.problem {
            clean(&mut problem.body);
            let words = [
                &mut problem.kind,
                &mut problem.title,
                &mut problem.detail,
                &mut problem.instance,
                &mut problem.extensions,
            ];
            words.into_iter().flatten().for_each(clean);
        }
        self
    }

    pub(crate) fn with_reference(mut self, reference_id: &str) -> Self {
        self.inner
            .reference_id
            .get_or_insert_with(|| reference_id.to_owned());
        self
    }

    pub(crate) fn with_ticket(mut self, ticket: String) -> Self {
        self.inner.ticket.get_or_insert(ticket);
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        if retry_after.is_some() {
            self.inner.retry_after = retry_after;
        }
        self
    }

    /// Marks an error after which the request provably never reached the server.
    pub(crate) fn unsent(mut self) -> Self {
        self.inner.unsent = true;
        self
    }

    /// Marks an error after which an earlier part of the same request may have reached the server.
    pub(crate) fn maybe_sent(mut self) -> Self {
        self.inner.unsent = false;
        self
    }

    /// Puts words in front of the message: what was being done.
    pub(crate) fn context(mut self, doing: impl fmt::Display) -> Self {
        self.inner.message = format!("{doing}: {}", self.inner.message);
        self
    }

    /// Marks an error after which the request may have had its effect all the same.
    pub(crate) fn uncertain(mut self) -> Self {
        self.inner.uncertain = true;
        self
    }

    /// Puts words behind the message: what follows from it.
    pub(crate) fn with_advice(mut self, words: &str) -> Self {
        self.inner.message = format!("{}; {words}", self.inner.message);
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// What went wrong and what to do next, as one sentence or two for people.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The HTTP status of the service's refusal, if there was an answer.
    pub fn http_status(&self) -> Option<u16> {
        self.inner.http_status
    }

    /// The service's own account of the problem (RFC 9457), whole.
    pub fn problem(&self) -> Option<&ProblemDetails> {
        self.inner.problem.as_ref()
    }

    /// How long the service asks to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// The id to quote to Nitro's support: it was sent with each request about this job.
    pub fn reference_id(&self) -> Option<&str> {
        self.inner.reference_id.as_deref()
    }

    /// The job's ticket as JSON, where the error is about a job that may go on.
    pub fn ticket(&self) -> Option<&str> {
        self.inner.ticket.as_deref()
    }

    /// Which time limit ran out, if one did.
    pub fn limit(&self) -> Option<Limit> {
        self.inner.limit
    }

    /// Whether the request provably never reached the server.
    pub fn is_unsent(&self) -> bool {
        self.inner.unsent
    }

    /// Whether a job may have been created although its submission failed: sending it again could make a second one.
    pub fn is_uncertain(&self) -> bool {
        self.inner.uncertain
    }

    /// Whether the same call may succeed later without any change by the caller, and does no harm.
    pub fn is_retryable(&self) -> bool {
        use ErrorKind::*;
        if self.is_uncertain() {
            return false;
        }
        match self.kind() {
            Timeout | WaitTimeout | Dns | Connect | ConnectionLost | Truncated | RateLimited | Service
            | NotReady => true,
            Http => self.http_status() == Some(408),
            _ => false,
        }
    }
}

/// The sentence for a refusal: status, the service's words, and what to do next.
fn refusal(kind: ErrorKind, status: u16, problem: &ProblemDetails) -> String {
    use ErrorKind::*;
    let advice = match kind {
        Unauthorized => "check the bearer token: it is missing, wrong or expired",
        Forbidden => "the token does not allow this, or the address has expired",
        NotFound => "check the job id and the base URL; a job is forgotten some time after its end",
        Gone => "the service keeps files for about 15 minutes after a job's end; send the request again",
        ContentTooLarge => "the document is larger than the service takes",
        RateLimited => "too many requests or the allowance is used up; try again later",
        Service => "the service has a fault of its own; try again later",
        _ => "",
    };
    let mut text = format!("the service answered {status}");
    let summary = problem.summary();
    for part in [summary.as_str(), advice] {
        if !part.is_empty() {
            text.push_str(if part == advice && !summary.is_empty() {
                "; "
            } else {
                ": "
            });
            text.push_str(part);
        }
    }
    text
}
