//! Following a job to its end, as a state machine: it takes what happened and returns what to do next.
//!
//! It uses no socket and no clock. Polls are the authority, the stream is a shortcut. After every input:
//! 1. the machine has ended, or requests one action: a request, a read, or a sleep of bounded length;
//! 2. there is at most one source: it never polls while a stream is open;
//! 3. it reports no terminal state that no source has reported;
//! 4. the progress that it reports never decreases and is never invented.

use std::time::Duration;

use super::types::{Action, MachineInput, PollFallbackReason, StreamEvent, Transition};
use crate::error::{Error, ErrorKind, shown};
use crate::job::status::{FollowUp, JobState, JobStatus};
use crate::poll_policy::PollPolicy;
use crate::retry::{self, Backoff, ends_wait, stream_ends_wait};

#[cfg(test)]
mod tests;

/// Stream failures in a row, without an event between them, after which only polling is left.
const MAX_STREAM_FAILURES: u32 = 3;
/// Polls in a row with the status 404 before the job counts as unknown: right after submission not every server may know it.
const MAX_NOT_FOUND_POLLS: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    OpenStream,
    Poll,
}

/// Follows one job.
#[derive(Clone, Debug)]
pub(super) struct WaitMachine {
    poll_policy: PollPolicy,
    random: fastrand::Rng,
    stream_usable: bool,
    /// Off while a watch has no thread to spare for the stream of this job.
    stream_allowed: bool,
    stream_open: bool,
    stream_failures: u32,
    /// Events that could not be read and were skipped.
    pub malformed_events: u64,
    polls: u32,
    failures: u32,
    /// How long the failures in a row have lasted: their requests, and the pauses between them.
    failing: Duration,
    /// How long the last request took.
    request_time: Duration,
    /// What is wrong: the last failure, or a state that is not known.
    trouble: Option<String>,
    not_found: u32,
    contact: bool,
    best_progress: Option<f64>,
    stream_retry: Option<Duration>,
    /// The `Retry-After` of the submission, until the first poll.
    submit_retry_after: Option<Duration>,
    after_sleep: After,
    fixed_rate: bool,
}

impl WaitMachine {
    pub(super) fn new(poll_policy: PollPolicy, random: fastrand::Rng) -> Self {
        let stream_usable = poll_policy.stream;
        Self {
            poll_policy,
            random,
            stream_usable,
            stream_allowed: true,
            stream_open: false,
            stream_failures: 0,
            malformed_events: 0,
            polls: 0,
            failures: 0,
            failing: Duration::ZERO,
            request_time: Duration::ZERO,
            trouble: None,
            not_found: 0,
            contact: false,
            best_progress: None,
            stream_retry: None,
            submit_retry_after: None,
            after_sleep: After::Poll,
            fixed_rate: false,
        }
    }

    /// Whether the stream would be used where it is allowed.
    pub(super) fn wants_stream(&self) -> bool {
        self.stream_usable
    }

    /// Allows the stream, or polling alone, from the next sleep's end on.
    pub(super) fn allow_stream(&mut self, allowed: bool) {
        if allowed && !self.stream_allowed {
            self.after_sleep = After::OpenStream;
        }
        self.stream_allowed = allowed;
    }

    /// Notes how long the request took whose outcome is the next input.
    pub(super) fn note_request(&mut self, took: Duration) {
        self.request_time = took;
    }

    /// Why there is no better news: the last failure, or a state that is not known.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Whether the pending sleep is counted from when the last poll was due, so that the rate of polls is fixed.
    pub(super) fn sleeps_at_fixed_rate(&self) -> bool {
        self.fixed_rate
    }

    /// The first action; `retry_after` is that of the submission.
    pub(super) fn start(&mut self, retry_after: Option<Duration>) -> Action {
        self.submit_retry_after = retry_after;
        if self.uses_stream() {
            Action::OpenStream
        } else {
            self.first_poll()
        }
    }

    /// The first poll, not before the `Retry-After` of the submission.
    fn first_poll(&mut self) -> Action {
        match self.submit_retry_after.take() {
            Some(pause) => {
                let pause = self.requested_pause(pause);
                self.sleep(pause, After::Poll)
            }
            None => Action::Poll,
        }
    }

    /// Takes what happened; returns what to do.
    pub(super) fn advance(&mut self, input: MachineInput) -> Transition {
        let mut transition = Transition {
            action: Action::Poll,
            report: None,
            fallback: None,
        };
        transition.action = match input {
            MachineInput::StreamOpened => {
                self.stream_open = true;
                self.note_contact();
                Action::ReadStream
            }
            MachineInput::Stream(StreamEvent::Status(status)) if !status.is_terminal() => {
                transition.report = Some(self.on_running(status));
                Action::ReadStream
            }
            MachineInput::Stream(StreamEvent::Status(status)) => self.on_stream_end(status),
            MachineInput::StreamUnavailable(status, retry_after) => {
                self.give_up_stream(PollFallbackReason::Unavailable, &mut transition);
                let requested = retry_after.or(self.submit_retry_after.take());
                self.on_polled(status, requested, &mut transition)
            }
            MachineInput::Stream(StreamEvent::Malformed) => {
                self.malformed_events += 1;
                self.continue_stream()
            }
            MachineInput::Stream(StreamEvent::Retry(pause)) => {
                self.stream_retry = Some(pause.min(self.poll_policy.retry_cap));
                self.continue_stream()
            }
            MachineInput::Stream(StreamEvent::Ended) => {
                self.close_stream();
                self.count_stream_failure(&mut transition);
                Action::Poll
            }
            MachineInput::Stream(StreamEvent::Idle) => {
                self.close_stream();
                self.give_up_stream(PollFallbackReason::Idle, &mut transition);
                Action::Poll
            }
            MachineInput::StreamFailed(error) => self.on_stream_failure(error, &mut transition),
            MachineInput::Polled(status, retry_after) => {
                self.not_found = 0;
                self.on_polled(status, retry_after, &mut transition)
            }
            MachineInput::PollFailed(error) => self.on_poll_failure(error),
            MachineInput::Slept => match self.after_sleep {
                After::OpenStream if self.uses_stream() => Action::OpenStream,
                _ => Action::Poll,
            },
        };
        transition
    }

    /// The stream reported a running job, so reading goes on; returns what to report.
    pub(super) fn on_running(&mut self, status: JobStatus) -> JobStatus {
        self.note_contact();
        self.stream_failures = 0;
        self.report(status)
    }

    fn on_stream_end(&mut self, status: JobStatus) -> Action {
        self.note_contact();
        self.stream_failures = 0;
        self.close_stream();
        match status.follow_up() {
            // A mere announcement: a poll gets the result's URL, or the reason of the failure.
            FollowUp::Completed => Action::Poll,
            FollowUp::Failed if status.error().is_none() => Action::Poll,
            _ => Action::Ended(status),
        }
    }

    fn on_polled(
        &mut self,
        status: JobStatus,
        retry_after: Option<Duration>,
        transition: &mut Transition,
    ) -> Action {
        if let Some(error) = status.foreign_error() {
            transition.report = Some(self.report(status));
            return self.on_failure(error.with_retry_after(retry_after));
        }
        self.note_contact();
        if status.is_terminal() {
            return Action::Ended(status);
        }
        transition.report = Some(self.report(status));
        if self.uses_stream() {
            let pause = self.pause_after_failure(self.stream_failures, retry_after.or(self.stream_retry));
            return self.sleep(pause, After::OpenStream);
        }
        // A shorter one than the first pause between polls is no request to wait.
        let retry_after = retry_after.filter(|pause| *pause >= self.poll_policy.poll_min);
        let pause = match retry_after {
            Some(pause) => self.requested_pause(pause),
            None => self.poll_pause(),
        };
        self.polls = self.polls.saturating_add(1);
        let action = self.sleep(pause, After::Poll);
        self.fixed_rate = retry_after.is_none() && self.poll_policy.is_fixed_rate();
        action
    }

    fn on_stream_failure(&mut self, error: Error, transition: &mut Transition) -> Action {
        self.close_stream();
        if stream_ends_wait(&error) {
            return Action::GaveUp(error);
        }
        let status = error.http_status();
        if status == Some(501) || (status.is_some_and(|s| s < 500) && !error.is_retryable()) {
            self.give_up_stream(PollFallbackReason::Unavailable, transition);
            return self.first_poll();
        }
        self.count_stream_failure(transition);
        // If nothing but the stream failed, a poll succeeds; if not, the poll ends the wait.
        match ends_wait(&error) {
            true => self.first_poll(),
            false => self.on_failure(error),
        }
    }

    fn on_poll_failure(&mut self, error: Error) -> Action {
        if error.kind() == ErrorKind::NotFound {
            self.not_found += 1;
            if self.not_found < MAX_NOT_FOUND_POLLS {
                let pause = self.backoff(self.not_found);
                return self.sleep(pause, After::Poll);
            }
            return Action::GaveUp(error);
        }
        if ends_wait(&error) {
            return Action::GaveUp(error);
        }
        self.on_failure(error)
    }

    /// A transient failure: tolerate so many in a row. A poll follows, whichever source failed.
    fn on_failure(&mut self, error: Error) -> Action {
        self.failures += 1;
        self.failing += std::mem::take(&mut self.request_time);
        let policy = &self.poll_policy;
        let (tolerated, patience) = match self.contact {
            true => (policy.failures_after_contact, policy.patience_after_contact),
            false => (policy.failures_before_contact, policy.patience_before_contact),
        };
        if self.failures > tolerated && self.failing >= patience {
            return Action::GaveUp(error);
        }
        let pause = self.pause_after_failure(self.failures, error.retry_after());
        self.failing += pause;
        self.trouble = Some(format!("the last request failed: {error}"));
        self.sleep(pause, After::Poll)
    }

    /// The service has responded.
    fn note_contact(&mut self) {
        self.contact = true;
        self.failures = 0;
        self.failing = Duration::ZERO;
        self.trouble = None;
    }

    /// A running state as the caller sees it: with progress that never decreases.
    fn report(&mut self, mut status: JobStatus) -> JobStatus {
        if let JobState::Unknown(name) = status.state() {
            self.trouble = Some(match shown(name) {
                name if name.is_empty() => "the service reported no state".to_owned(),
                name => format!("the service reported the state \"{name}\", which is not known here"),
            });
        }
        if let Some(progress) = status.progress() {
            let best = self.best_progress.map_or(progress, |best| best.max(progress));
            self.best_progress = Some(best);
            status.set_shown_progress(best);
        }
        status
    }

    fn continue_stream(&self) -> Action {
        if self.stream_open {
            Action::ReadStream
        } else {
            Action::Poll
        }
    }

    fn close_stream(&mut self) {
        self.stream_open = false;
    }

    fn count_stream_failure(&mut self, transition: &mut Transition) {
        self.stream_failures += 1;
        if self.stream_failures >= MAX_STREAM_FAILURES {
            self.give_up_stream(PollFallbackReason::Unreliable, transition);
        }
    }

    fn give_up_stream(&mut self, reason: PollFallbackReason, transition: &mut Transition) {
        if self.stream_usable {
            self.stream_usable = false;
            transition.fallback = Some(reason);
        }
    }

    fn sleep(&mut self, pause: Duration, after: After) -> Action {
        self.after_sleep = after;
        self.fixed_rate = false;
        Action::Sleep(pause)
    }

    fn uses_stream(&self) -> bool {
        self.stream_usable && self.stream_allowed
    }

    fn poll_pause(&mut self) -> Duration {
        retry::poll_pause(self.polls, &self.poll_policy, self.random.f64())
    }

    /// What was requested, but never less than the back-off.
    fn pause_after_failure(&mut self, failures: u32, requested: Option<Duration>) -> Duration {
        let requested = requested.map_or(Duration::ZERO, |pause| self.requested_pause(pause));
        requested.max(self.backoff(failures))
    }

    /// Exponential, half of it random, up to the longest pause between polls.
    fn backoff(&mut self, failures: u32) -> Duration {
        let backoff = Backoff {
            first: self.poll_policy.poll_min,
            longest: self.poll_policy.poll_max,
        };
        backoff.jittered(failures, self.random.f64())
    }

    fn requested_pause(&mut self, pause: Duration) -> Duration {
        retry::requested_pause(pause, self.poll_policy.retry_cap, self.random.f64())
    }
}
