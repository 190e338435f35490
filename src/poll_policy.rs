//! How often a job is polled, and how many failures in a row are tolerated.

use std::time::Duration;

/// How often a job is polled, and how many failures in a row are tolerated.
#[derive(Clone, Debug)]
pub(crate) struct PollPolicy {
    /// Pause between two polls: the first, and the longest.
    pub poll_min: Duration,
    pub poll_max: Duration,
    /// Whether to try the event stream at all.
    pub stream: bool,
    /// Failures in a row that are tolerated before the service has responded once, and afterwards.
    pub failures_before_contact: u32,
    pub failures_after_contact: u32,
    /// How long failures in a row are tolerated at least, however many they are: quick ones must not use up an outage.
    pub patience_before_contact: Duration,
    pub patience_after_contact: Duration,
    /// The longest pause that the service may request.
    pub retry_cap: Duration,
}

impl PollPolicy {
    /// Whether all pauses between polls are the same.
    pub(crate) fn is_fixed_rate(&self) -> bool {
        self.poll_min == self.poll_max
    }
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self {
            poll_min: Duration::from_millis(250),
            poll_max: Duration::from_secs(5),
            stream: true,
            failures_before_contact: 8,
            failures_after_contact: 600,
            patience_before_contact: Duration::from_secs(3),
            patience_after_contact: Duration::from_secs(300),
            retry_cap: Duration::from_secs(30),
        }
    }
}
