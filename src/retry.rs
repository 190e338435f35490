//! When something that failed is tried again, and after how long: the back-off and the predicates of every layer that retries.
//!
//! The policies (how often, with which pauses) stand as constants where they apply.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Limit};
use crate::poll_policy::PollPolicy;

/// Exponential back-off: each pause may be twice as long as the one before, up to a longest one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    /// The bound of the first pause.
    pub first: Duration,
    pub longest: Duration,
}

impl Backoff {
    /// The bound of the pause before retry number `retry`, counted from 0.
    pub(crate) fn bound(&self, retry: u32) -> Duration {
        let doubled = 1u32.checked_shl(retry).unwrap_or(u32::MAX);
        self.first.saturating_mul(doubled).min(self.longest)
    }

    /// The pause before retry number `retry`, half of it random; `random` is evenly spread over 0 to 1.
    pub(crate) fn jittered(&self, retry: u32, random: f64) -> Duration {
        self.bound(retry).mul_f64(0.5 + 0.5 * random)
    }

    /// The pause before retry number `retry`: what the service requested (`Retry-After`), but never less than the back-off.
    pub(crate) fn pause(&self, retry: u32, retry_after: Option<Duration>) -> Duration {
        let requested = retry_after.unwrap_or_default().min(self.longest);
        requested.max(self.jittered(retry, fastrand::f64()))
    }

    /// As [`Backoff::pause`], without jitter.
    pub(crate) fn pause_without_jitter(&self, retry: u32, retry_after: Option<Duration>) -> Duration {
        retry_after
            .unwrap_or_default()
            .min(self.longest)
            .max(self.bound(retry))
    }
}

/// What the service requested (`Retry-After`), up to `longest`, and up to a tenth more, so that programs do not send in step.
pub(crate) fn requested_pause(pause: Duration, longest: Duration, random: f64) -> Duration {
    pause.min(longest).mul_f64(1.0 + 0.1 * random)
}

/// The pause after poll number `poll`, counted from 0: it grows by half each time, and varies by a fifth so that programs do
/// not poll in step. Where the first and the longest pause are the same, all pauses are.
pub(crate) fn poll_pause(poll: u32, policy: &PollPolicy, random: f64) -> Duration {
    if policy.is_fixed_rate() {
        return policy.poll_min;
    }
    let grown = policy.poll_min.mul_f64(1.5f64.powi(poll.min(64) as i32));
    grown.min(policy.poll_max).mul_f64(0.8 + 0.4 * random)
}

/// Whether the error ends the call of one caller (its cancel token, its deadline, its memory) and implies nothing about the
/// server. Such an error is never retried within the call.
pub(crate) fn is_call_end(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::NoMemory)
        || matches!(error.limit(), Some(Limit::Call | Limit::Wait))
}

/// Whether the same request may succeed if it is made again within the call.
pub(crate) fn is_transient(error: &Error) -> bool {
    error.is_retryable() && !is_call_end(error)
}

/// Whether the connection failed, so that a request which may be sent twice can be sent again.
pub(crate) fn is_connection_failure(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Dns | ErrorKind::Connect | ErrorKind::ConnectionLost
    ) || matches!(error.limit(), Some(Limit::Connect | Limit::Idle))
        || (error.kind() == ErrorKind::Proxy && error.is_retryable())
}

/// Whether another poll cannot succeed either, so that a wait ends. Unlike within a call, the timeout of one request
/// is no reason to end it.
pub(crate) fn ends_wait(error: &Error) -> bool {
    let is_unreadable = matches!(
        error.kind(),
        ErrorKind::Protocol | ErrorKind::TooLarge | ErrorKind::Redirect | ErrorKind::NoMemory
    );
    // A 3xx that announces nothing, as 304 from a cache.
    let is_redirect = matches!(error.http_status(), Some(300..400));
    !(error.is_retryable() || is_unreadable || is_redirect)
}

/// Whether a failed request for the event stream ends a wait. Whatever else befalls it, a poll may succeed.
pub(crate) fn stream_ends_wait(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Gone
    )
}

/// Whether the head of a response arrived and its body broke off.
pub(crate) fn is_broken_body(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Truncated | ErrorKind::ConnectionLost)
        || error.limit() == Some(Limit::Idle)
}

/// Whether a request for a token lost its connection, before or after the head of the response.
pub(crate) fn is_token_connection_lost(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionLost | ErrorKind::Truncated)
}

/// Whether an event stream merely broke off, so that reconnecting is enough.
pub(crate) fn is_broken_stream(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionLost | ErrorKind::Truncated | ErrorKind::Protocol
    )
}

/// How many presigned URLs of one file are worth a request, if the last one led to this error: it has probably expired.
pub(crate) fn max_urls(error: &Error) -> u32 {
    match error.kind() {
        ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Gone => 3,
        // What some storage services respond (`ExpiredToken`); it may as well mean another fault.
        ErrorKind::BadRequest | ErrorKind::Unauthorized => 2,
        _ => 1,
    }
}

/// Whether a response of `status` is worth another attempt. Unless the request is `idempotent`, only a response after which
/// nothing was done.
pub(crate) fn is_transient_status(status: u16, idempotent: bool) -> bool {
    match status {
        429 | 503 => true,
        408 | 500 | 502 | 504 => idempotent,
        _ => false,
    }
}

/// Whether a request that was sent whole and that must not be made twice may have had its effect although it failed, with an
/// error or with a status (a gateway may have given up on a service that goes on).
pub(crate) fn is_uncertain(failure: Result<u16, &Error>) -> bool {
    match failure {
        Ok(status) => matches!(status, 500 | 502 | 504),
        Err(error) => !error.is_unsent(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        first: Duration::from_millis(500),
        longest: Duration::from_secs(30),
    };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let bounds: Vec<_> = (0..8).map(|n| BACKOFF.bound(n).as_millis()).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(BACKOFF.bound(u32::MAX), BACKOFF.longest);
    }

    #[test]
    fn half_of_a_pause_is_random() {
        let pauses: Vec<_> = (0..200).map(|_| BACKOFF.pause(3, None)).collect();
        assert!(pauses.iter().all(|p| (2.0..=4.0).contains(&p.as_secs_f64())));
        assert!(pauses.iter().any(|p| *p < Duration::from_millis(2500)));
        assert!(pauses.iter().any(|p| *p > Duration::from_millis(3500)));
    }

    #[test]
    fn retry_after_is_limited_to_the_longest_pause_and_never_shortens_the_back_off() {
        let requested = |retry, pause| BACKOFF.pause(retry, Some(pause));
        assert_eq!(requested(2, Duration::from_secs(7)), Duration::from_secs(7));
        assert_eq!(requested(2, Duration::MAX), BACKOFF.longest);
        for short in [Duration::ZERO, Duration::from_millis(1)] {
            assert!(requested(0, short) >= BACKOFF.first / 2);
            assert!(requested(9, short) >= BACKOFF.longest / 2);
            assert_eq!(BACKOFF.pause_without_jitter(1, Some(short)), BACKOFF.first * 2);
        }
    }

    #[test]
    fn the_end_of_a_call_is_not_transient() {
        for limit in [Limit::Call, Limit::Wait] {
            let error = Error::timeout(limit, "");
            assert!(is_call_end(&error) && !is_transient(&error) && error.is_retryable());
        }
        assert!(is_call_end(&Error::cancelled()));
        let idle = Error::timeout(Limit::Idle, "");
        assert!(!is_call_end(&idle) && is_transient(&idle) && is_broken_body(&idle));
        assert!(is_connection_failure(&idle));
        assert!(!is_connection_failure(&Error::timeout(Limit::Call, "")));
    }

    #[test]
    fn a_request_with_an_effect_is_retried_only_where_nothing_was_done() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(is_transient_status(status, true));
            assert_eq!(is_transient_status(status, false), matches!(status, 429 | 503));
        }
        assert!(!is_transient_status(501, true) && !is_transient_status(404, true));
        assert!(is_uncertain(Ok(502)) && !is_uncertain(Ok(503)));
        let lost = Error::new(ErrorKind::ConnectionLost, "");
        assert!(is_uncertain(Err(&lost)) && !is_uncertain(Err(&lost.clone().unsent())));
    }
}
