//! The types of the machine: its inputs and its actions.

use std::time::Duration;

use crate::error::Error;
use crate::job::status::JobStatus;

/// What an event stream brings, from its reader to the machine.
#[derive(Debug)]
pub(crate) enum StreamEvent {
    /// The state of the job.
    Status(JobStatus),
    /// An event that cannot be read.
    Malformed,
    /// The server requests this pause before a new stream (`retry:`).
    Retry(Duration),
    /// The stream ended, or broke off, without a terminal state.
    Ended,
    /// Not a byte arrived within the idle timeout.
    Idle,
}

/// What happened.
#[derive(Debug)]
pub(super) enum MachineInput {
    /// The stream was opened.
    StreamOpened,
    /// The stream brought something.
    Stream(StreamEvent),
    /// The response to the stream request was one JSON document: there is no stream here.
    StreamUnavailable(JobStatus, Option<Duration>),
    /// The stream request failed, with an error response or without one.
    StreamFailed(Error),
    /// A poll brought the state, and perhaps `Retry-After`.
    Polled(JobStatus, Option<Duration>),
    /// A poll failed.
    PollFailed(Error),
    /// The sleep is over.
    Slept,
}

/// What to do next.
#[derive(Debug)]
pub(super) enum Action {
    /// Open the stream.
    OpenStream,
    /// Read the open stream's next event.
    ReadStream,
    /// Close the stream if one is open, and request the status once.
    Poll,
    /// Close the stream if one is open, and sleep.
    Sleep(Duration),
    /// The job has ended; this is its last status.
    Ended(JobStatus),
    /// It cannot be followed any further.
    GaveUp(Error),
}

/// Why the machine stopped using the stream: for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PollFallbackReason {
    /// It was inactive beyond the idle timeout.
    Idle,
    /// The server does not offer it.
    Unavailable,
    /// It failed too often in a row.
    Unreliable,
}

impl PollFallbackReason {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Idle => {
                "the stream was inactive beyond the idle timeout, as behind a proxy that buffers it"
            }
            Self::Unavailable => "the server does not offer a stream",
            Self::Unreliable => "the stream failed too often",
        }
    }
}

/// The machine's output for an input: the next action, what to report to the caller, and what to log.
#[derive(Debug)]
pub(super) struct Transition {
    pub action: Action,
    /// A running state to report, its progress never lower than the highest so far.
    pub report: Option<JobStatus>,
    /// Why polling replaces the stream from now on.
    pub fallback: Option<PollFallbackReason>,
}
