//! `Retry-After`: seconds, fractions of them, or a date.

use std::time::{Duration, SystemTime};

/// How long the value requests to wait at `now`; nothing for what cannot be understood, zero for the past.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return from_seconds(seconds);
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

fn from_seconds(seconds: f64) -> Option<Duration> {
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_parsed_in_every_form() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (value, expected) in [
            ("0", Some(Duration::ZERO)),
            ("1.0", Some(Duration::from_secs(1))),
            (" 2.5 ", Some(Duration::from_millis(2500))),
            ("1e300", Some(Duration::MAX)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(Duration::from_secs(30))),
            ("Sunday, 06-Nov-94 08:50:07 GMT", Some(Duration::from_secs(30))),
            ("Sun Nov  6 08:50:07 1994", Some(Duration::from_secs(30))),
            ("Sun, 06 Nov 1994 08:49:07 GMT", Some(Duration::ZERO)),
            ("", None),
            ("-1", None),
            ("NaN", None),
            ("inf", None),
            ("soon", None),
        ] {
            assert_eq!(parse(value, now), expected, "{value:?}");
        }
    }
}
