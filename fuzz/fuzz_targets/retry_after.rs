//! `Retry-After`, compared with a naive parser where the value is a plain number.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use nitro_jobs::fuzzing;

fuzz_target!(|value: &str| {
    let pause = fuzzing::retry_after(value);
    let trimmed = value.trim();
    if !trimmed.is_empty() && trimmed.len() <= 9 && trimmed.bytes().all(|b| b.is_ascii_digit()) {
        assert_eq!(pause, Some(Duration::from_secs(trimmed.parse().unwrap())));
    }
    if trimmed.is_empty() || trimmed.starts_with('-') && !trimmed.contains('0') {
        assert_eq!(pause, None);
    }
    assert_eq!(pause, fuzzing::retry_after(trimmed));
});
