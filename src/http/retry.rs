//! When a request is sent again, and after how long.

use std::time::Duration;

use super::request::Method;
use crate::error::{Error, ErrorKind, Limit};

/// The first pause is at most this long; each further one may be twice as long.
const FIRST: Duration = Duration::from_millis(500);

/// Whether a response of `status` is worth another attempt. A POST is retried only if the service turned it away.
pub(super) fn is_transient_status(method: Method, status: u16) -> bool {
    match status {
        429 | 503 => true,
        408 | 500 | 502 | 504 => method.is_idempotent(),
        _ => false,
    }
}

/// Whether a request that failed so may be sent again: it does no harm twice, or it never reached the server.
pub(super) fn is_safe(method: Method, error: &Error) -> bool {
    let passing = match error.kind() {
        ErrorKind::Dns | ErrorKind::Connect | ErrorKind::ConnectionLost => true,
        ErrorKind::Timeout => matches!(error.limit(), Some(Limit::Connect | Limit::Idle)),
        _ => false,
    };
    passing && (method.is_idempotent() || error.is_unsent())
}

/// The pause before attempt `attempt` (the first retry is 1): what the service asked for, or full jitter over an
/// exponential bound, and never more than `cap`.
pub(super) fn pause(attempt: u32, asked: Option<Duration>, cap: Duration) -> Duration {
    match asked {
        Some(asked) => asked.min(cap),
        None => bound(attempt, cap).mul_f64(fastrand::f64()),
    }
}

fn bound(attempt: u32, cap: Duration) -> Duration {
    let doubled = 1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST.saturating_mul(doubled).min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_cap_with_full_jitter() {
        let cap = Duration::from_secs(30);
        let bounds: Vec<_> = (1..=8).map(|n| bound(n, cap).as_millis()).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(bound(u32::MAX, cap), cap);
        let pauses: Vec<_> = (0..200).map(|_| pause(4, None, cap)).collect();
        assert!(pauses.iter().all(|p| *p <= Duration::from_secs(4)));
        assert!(pauses.iter().any(|p| *p < Duration::from_secs(1)));
        assert!(pauses.iter().any(|p| *p > Duration::from_secs(3)));
    }

    #[test]
    fn the_service_may_ask_for_a_pause_up_to_the_cap() {
        let cap = Duration::from_secs(30);
        assert_eq!(
            pause(1, Some(Duration::from_secs(7)), cap),
            Duration::from_secs(7)
        );
        assert_eq!(pause(1, Some(Duration::MAX), cap), cap);
        assert_eq!(pause(9, Some(Duration::ZERO), cap), Duration::ZERO);
    }

    #[test]
    fn a_post_is_retried_only_where_it_cannot_have_had_an_effect() {
        let lost = || Error::new(ErrorKind::ConnectionLost, "");
        assert!(is_safe(Method::Get, &lost()));
        assert!(!is_safe(Method::Post, &lost()));
        assert!(is_safe(Method::Post, &lost().unsent()));
        assert!(!is_safe(Method::Get, &Error::new(ErrorKind::Tls, "").unsent()));
        assert!(!is_safe(Method::Get, &Error::timeout(Limit::Call, "")));
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(is_transient_status(Method::Get, status));
            assert_eq!(
                is_transient_status(Method::Post, status),
                matches!(status, 429 | 503)
            );
        }
        assert!(!is_transient_status(Method::Get, 501) && !is_transient_status(Method::Get, 404));
    }
}
