//! Whether bytes move fast enough.

use std::time::Duration;

use crate::error::{Error, Limit, Result};

/// The time over which the rate is averaged.
const WINDOW: Duration = if cfg!(test) {
    Duration::from_secs(1)
} else {
    Duration::from_secs(30)
};

/// Bytes in one direction, and the time spent waiting for the peer to send or to take them. Time that the caller takes
/// does not count.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    waited: Duration,
    bytes: u64,
}

impl Rate {
    /// Whether a byte was counted yet.
    pub(crate) fn has_begun(&self) -> bool {
        self.bytes > 0
    }

    /// Counts; fails at the end of a window in which less than `least` bytes a second were transferred. 0 switches it off.
    pub(crate) fn count(&mut self, waited: Duration, bytes: usize, least: u64) -> Result<()> {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < WINDOW || least == 0 {
            return Ok(());
        }
        let rate = self.bytes as f64 / self.waited.as_secs_f64();
        // The next window begins, within what has begun.
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        if rate >= least as f64 {
            return Ok(());
        }
        let window = WINDOW.as_secs();
        let text = format!("{rate:.1} bytes a second over {window} s is below the minimum rate of {least}");
        Err(Error::timeout(Limit::Rate, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slowness_counts_over_a_window_and_waiting_alone() {
        let mut rate = Rate::default();
        assert!(!rate.has_begun());
        rate.count(WINDOW / 2, 10, 100).unwrap();
        assert!(rate.has_begun());
        let error = rate.count(WINDOW / 2, 10, 100).unwrap_err();
        assert_eq!(error.limit(), Some(Limit::Rate));
        // The window after is judged by itself.
        rate.count(WINDOW / 2, 1000, 100).unwrap();
        rate.count(WINDOW, 1000, 100).unwrap();
        // What takes no time cannot be too slow, and 0 means no floor.
        for _ in 0..1000 {
            rate.count(Duration::ZERO, 1, u64::MAX).unwrap();
        }
        rate.count(WINDOW * 9, 0, 0).unwrap();
    }
}
