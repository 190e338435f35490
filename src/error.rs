//! Errors: a kind to branch on, and a message that states what failed, why, and what to do next.

use std::borrow::Cow;
use std::collections::TryReserveError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::problem::ProblemDetails;
use crate::secrets::Secrets;
use crate::visible;

mod kind;

pub use kind::{ErrorKind, Limit};

/// A result whose error is this library's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// The error of a call, with everything that helps to act on it. It never contains a token or a password.
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
    transient: bool,
    uncertain: bool,
    path: Option<PathBuf>,
    os_error: Option<i32>,
}

impl Error {
    /// An error of `kind`, and why it occurred. What was being done is put in front of it by [`Error::context`], what to do
    /// next behind it by [`Error::with_advice`].
    pub(crate) fn new(kind: ErrorKind, why: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: why.into(),
                http_status: None,
                problem: None,
                retry_after: None,
                reference_id: None,
                ticket: None,
                limit: None,
                unsent: false,
                transient: false,
                uncertain: false,
                path: None,
                os_error: None,
            }),
        }
    }

    /// An argument or option is invalid.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }

    /// The caller's cancel token was triggered.
    pub(crate) fn cancelled() -> Self {
        Self::new(
            ErrorKind::Cancelled,
            "the call was cancelled: its cancel token was triggered",
        )
    }

    /// A callback of the caller stopped the call.
    pub(crate) fn stopped() -> Self {
        Self::new(ErrorKind::Stopped, "the call was stopped by its callback")
    }

    /// The text `json`, which came as `what`, is not the JSON that it should be: its beginning is shown.
    pub(crate) fn malformed_json(what: &str, json: &str, cause: &serde_json::Error) -> Self {
        let beginning = json.char_indices().nth(80).map_or(json, |(end, _)| &json[..end]);
        let found = if json.trim().is_empty() {
            "it is empty".to_owned()
        } else {
            format!("it begins with {beginning:?}")
        };
        Self::new(
            ErrorKind::Protocol,
            format!("{what} is not the expected JSON: {cause}; {found}"),
        )
    }

    /// A timeout expired.
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

    /// An error response of the service: the kind follows the HTTP status, the message its problem document.
    pub(crate) fn from_response(status: u16, problem: ProblemDetails) -> Self {
        let kind = ErrorKind::from_http(status);
        let advice = kind.advice();
        Self::with_problem(kind, format!("the service returned {status}"), status, problem)
            .with_advice(advice)
    }

    /// An error response of `origin` to a request from which the token was withheld.
    pub(crate) fn from_untrusted(status: u16, problem: ProblemDetails, origin: impl fmt::Display) -> Self {
        let what = format!("the service returned {status}");
        Self::with_problem(ErrorKind::from_http(status), what, status, problem).with_advice(&format!(
            "the token was withheld, since {origin} is not a trusted origin: if it is the service's, add it to the trusted \
             origins (ClientOptions::trust_origin, nitro_options_add_trusted_origin)"
        ))
    }

    /// An error response of the token endpoint: the kind is `Unauthorized` wherever other credentials would help.
    pub(crate) fn from_token_endpoint(status: u16, problem: ProblemDetails) -> Self {
        if !matches!(status, 400 | 401 | 403) {
            return Self::from_response(status, problem);
        }
        let what = format!("the token endpoint returned {status}");
        Self::with_problem(ErrorKind::Unauthorized, what, status, problem)
            .with_advice("check the client id and the client secret")
    }

    /// `what` failed for the reason that the problem document states.
    fn with_problem(kind: ErrorKind, what: String, status: u16, problem: ProblemDetails) -> Self {
        let mut error = Self::new(kind, with_summary(what, Some(&problem)));
        error.inner.http_status = Some(status);
        error.inner.retry_after = problem.retry_after();
        error.inner.problem = Some(problem);
        error
    }

    /// The job ended without a result: `JobFailed` with the service's reason, or `JobCanceled`.
    pub(crate) fn from_job(kind: ErrorKind, problem: Option<ProblemDetails>) -> Self {
        let what = if kind == ErrorKind::JobCanceled {
            "the job was canceled at the service"
        } else {
            "the job failed"
        };
        let mut error = Self::new(kind, with_summary(what.to_owned(), problem.as_ref()));
        error.inner.problem = problem;
        error
    }

    /// Removes the secrets from what the service returned, in case it echoed them, and what is hidden from the message.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        let clean = |text: &mut String| {
            if let Cow::Owned(cleaner) = secrets.remove_from(text) {
                *text = cleaner;
            }
        };
        let message = &mut self.inner.message;
        if let Cow::Owned(visible) = visible::line(message) {
            *message = visible;
        }
        if let Cow::Owned(cleaner) = secrets.remove_long_from(message) {
            *message = cleaner;
        }
        if let Some(problem) = &mut self.inner.problem {
            let mut summary = secrets.remove_long_from(&problem.summary()).into_owned();
            if let Some(start) = message.find(&summary).filter(|_| !summary.is_empty()) {
                let end = start + summary.len();
                clean(&mut summary);
                message.replace_range(start..end, &summary);
            }
            clean(&mut problem.body);
            let fields = [
                &mut problem.kind,
                &mut problem.title,
                &mut problem.detail,
                &mut problem.instance,
                &mut problem.extensions,
            ];
            fields.into_iter().flatten().for_each(clean);
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

    /// Marks the error of a proxy that may pass.
    pub(crate) fn transient(mut self) -> Self {
        self.inner.transient = true;
        self
    }

    /// Marks an error after which an earlier part of the same request may have reached the server.
    pub(crate) fn maybe_sent(mut self) -> Self {
        self.inner.unsent = false;
        self
    }

    /// Prefixes the message with what was being done, unless the message contains it already or names the same URL.
    pub(crate) fn context(mut self, doing: impl fmt::Display) -> Self {
        let (doing, message) = (doing.to_string(), &self.inner.message);
        let is_present = message
            .strip_prefix(doing.as_str())
            .is_some_and(|rest| rest.starts_with(':'));
        if !is_present && !contains_url_of(message, &doing) {
            self.inner.message = format!("{doing}: {message}");
        }
        self
    }

    /// Appends to the message what to do next, unless the message contains it already.
    pub(crate) fn with_advice(mut self, advice: &str) -> Self {
        if !advice.is_empty() && !self.inner.message.ends_with(advice) {
            self.inner.message.push_str("; ");
            self.inner.message.push_str(advice);
        }
        self
    }

    /// Marks an error after which the request may have had its effect all the same.
    pub(crate) fn uncertain(mut self) -> Self {
        self.inner.uncertain = true;
        self
    }

    /// Adds the file that the error is about, and the operating system's error.
    pub(crate) fn with_file(mut self, path: &Path, os_error: Option<i32>) -> Self {
        self.inner.path = Some(path.to_owned());
        self.inner.os_error = os_error;
        self
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// What failed, why, and what to do next, in a sentence for people.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The HTTP status of the service's error response, if there was a response.
    pub fn http_status(&self) -> Option<u16> {
        self.inner.http_status
    }

    /// The service's problem document (RFC 9457), whole.
    pub fn problem(&self) -> Option<&ProblemDetails> {
        self.inner.problem.as_ref()
    }

    /// How long the service requests to wait before a retry.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// The id to quote to Nitro's support; each request about this job carries it.
    pub fn reference_id(&self) -> Option<&str> {
        self.inner.reference_id.as_deref()
    }

    /// The job's ticket as JSON, where the error is about a job that may still run.
    pub fn ticket(&self) -> Option<&str> {
        self.inner.ticket.as_deref()
    }

    /// Which timeout or limit expired, if one did.
    pub fn limit(&self) -> Option<Limit> {
        self.inner.limit
    }

    /// The file that could not be read or written, if the error is about one.
    pub fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }

    /// The operating system's error for that file, for example `ENOENT`, if it reported one.
    pub fn os_error(&self) -> Option<i32> {
        self.inner.os_error
    }

    /// Whether the request provably never reached the server.
    pub fn is_unsent(&self) -> bool {
        self.inner.unsent
    }

    /// Whether a job may have been created although its submission failed: submitting again could create a second one.
    pub fn is_uncertain(&self) -> bool {
        self.inner.uncertain
    }

    /// Whether the same call may succeed later without any change by the caller, and can be retried safely.
    pub fn is_retryable(&self) -> bool {
        use ErrorKind::*;
        if self.is_uncertain() {
            return false;
        }
        match self.kind() {
            Timeout | WaitTimeout | Dns | Connect | ConnectionLost | Truncated | RateLimited | Service
            | NotReady => true,
            Http => self.http_status() == Some(408),
            Proxy => self.inner.transient,
            _ => false,
        }
    }
}

/// There is no memory for what a response holds.
impl From<TryReserveError> for Error {
    fn from(_: TryReserveError) -> Self {
        Self::new(ErrorKind::NoMemory, "out of memory while reading a response")
    }
}

/// What failed, and why as far as the problem document states it.
fn with_summary(what: String, problem: Option<&ProblemDetails>) -> String {
    let summary = problem.map(ProblemDetails::summary).unwrap_or_default();
    if summary.is_empty() {
        what
    } else {
        format!("{what}: {summary}")
    }
}

/// A name that a peer chose, as part of a message: without control characters, and cut.
pub(crate) fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// Whether `text` contains the URL that `prefix` contains, as a token of its own.
fn contains_url_of(text: &str, prefix: &str) -> bool {
    let trim = |token: &'_ str| token.trim_end_matches([':', ';', ',', ')']).to_owned();
    let url = prefix.split(' ').find(|token| token.contains("://")).map(trim);
    url.is_some_and(|url| text.split(' ').any(|token| trim(token) == url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_each_part_and_each_url_once() {
        let error = || Error::new(ErrorKind::Truncated, "the connection was closed");
        let whole = error()
            .context("reading https://h/a")
            .with_advice("try again")
            .context("GET https://h/a")
            .with_advice("try again")
            .context("job j")
            .context("job j");
        assert_eq!(
            whole.message(),
            "job j: reading https://h/a: the connection was closed; try again"
        );
        let other = error().context("reading https://h/a").context("GET https://h/");
        assert_eq!(
            other.message(),
            "GET https://h/: reading https://h/a: the connection was closed"
        );
        assert_eq!(error().with_advice("").message(), error().message());
    }
}
