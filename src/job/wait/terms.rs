//! The words in which a wait is spoken of: how patient it is, what happens to it, and what it asks for.

use std::time::Duration;

use crate::error::Error;
use crate::job::status::JobStatus;

/// How patient a wait is, and how often it asks.
#[derive(Clone, Debug)]
pub(crate) struct Rhythm {
    /// Pause between two polls: the first, and the longest.
    pub poll_min: Duration,
    pub poll_max: Duration,
    /// Whether to try the stream at all.
    pub stream: bool,
    /// Failures in a row that are borne before the service has answered once, and afterwards.
    pub failures_before_contact: u32,
    pub failures_after_contact: u32,
    /// The longest pause that the service may ask for.
    pub pause_cap: Duration,
}

/// What happened.
#[derive(Debug)]
pub(crate) enum Input {
    /// The stream was opened.
    StreamOpened,
    /// The stream brought the job's state.
    StreamSaid(JobStatus),
    /// The stream request was answered by one JSON document: there is no stream here.
    StreamAnswered(JobStatus, Option<Duration>),
    /// The stream brought an event that nobody can read.
    StreamGarbled,
    /// The server asks for this pause before a new stream (`retry:`).
    StreamRetry(Duration),
    /// The stream ended, or broke, without a terminal state.
    StreamEnded,
    /// The stream was silent beyond the idle limit.
    StreamMute,
    /// The stream request was answered by something that is no stream, or failed.
    StreamFailed(Error),
    /// A poll was answered.
    Polled(JobStatus, Option<Duration>),
    /// A poll failed.
    PollFailed(Error),
    /// The sleep is over.
    Slept,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Action {
    /// Open the stream.
    OpenStream,
    /// Read the open stream's next event.
    ReadStream,
    /// Close the stream if one is open, and ask for the status once.
    Poll,
    /// Close the stream if one is open, and sleep.
    Sleep(Duration),
    /// The job has ended as this status says.
    Ended(JobStatus),
    /// It cannot be followed any further.
    GaveUp(Error),
}

/// Why the machine stopped using the stream: for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// It was silent beyond the idle limit: a proxy may hold it back.
    Mute,
    /// The server does not offer it.
    Refused,
    /// It failed too often in a row.
    Unreliable,
}

/// The next action, what to tell the caller, and what to log.
#[derive(Debug)]
pub(crate) struct Step {
    pub action: Action,
    /// A running state to report, its progress held to the highest seen.
    pub report: Option<JobStatus>,
    /// The stream was given up for polling.
    pub switched: Option<Switch>,
}

impl Rhythm {
    /// Whether there is but one pause between two polls.
    pub(super) fn is_steady(&self) -> bool {
        self.poll_min == self.poll_max
    }
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            poll_min: Duration::from_millis(250),
            poll_max: Duration::from_secs(5),
            stream: true,
            failures_before_contact: 8,
            failures_after_contact: 600,
            pause_cap: Duration::from_secs(30),
        }
    }
}
