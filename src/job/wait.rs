//! Following a job to its end, as a state machine: it is told what happened and says what to do next.
//!
//! It knows no socket and no clock. Polling is the authority, the stream a shortcut. What holds after every input:
//! 1. it has ended, or asks for one thing: a request, a read, or a sleep of bounded length;
//! 2. there is at most one source: it never polls while a stream is open;
//! 3. it reports no terminal state that no source has reported;
//! 4. the progress it reports never goes backwards and is never invented.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::job::status::{JobStatus, Next};

mod terms;
#[cfg(test)]
mod tests;

pub(crate) use terms::{Action, Input, Rhythm, Step, Switch};

/// Stream failures in a row, without an event between them, after which only polling is left.
const STREAM_FAILURES: u32 = 3;
/// Polls in a row answered 404 before the job counts as unknown: right after submission it may not be seen everywhere.
const NOT_FOUND_POLLS: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    OpenStream,
    Poll,
}

/// Follows one job.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    rhythm: Rhythm,
    random: fastrand::Rng,
    stream_usable: bool,
    /// Off while whoever follows many jobs has no thread to spare for this one's stream.
    stream_allowed: bool,
    stream_open: bool,
    stream_failures: u32,
    /// Events that could not be read, counted and passed over.
    pub garbled: u64,
    polls: u32,
    failures: u32,
    not_found: u32,
    contact: bool,
    best_progress: Option<f64>,
    stream_retry: Option<Duration>,
    /// The pause that the service asked for when it accepted the job, until the first poll.
    asked_on_acceptance: Option<Duration>,
    after_sleep: After,
    on_beat: bool,
}

impl Wait {
    pub(crate) fn new(rhythm: Rhythm, random: fastrand::Rng) -> Self {
        let stream_usable = rhythm.stream;
        Self {
            rhythm,
            random,
            stream_usable,
            stream_allowed: true,
            stream_open: false,
            stream_failures: 0,
            garbled: 0,
            polls: 0,
            failures: 0,
            not_found: 0,
            contact: false,
            best_progress: None,
            stream_retry: None,
            asked_on_acceptance: None,
            after_sleep: After::Poll,
            on_beat: false,
        }
    }

    /// Whether the stream would be used where it is allowed.
    pub(crate) fn wants_stream(&self) -> bool {
        self.stream_usable
    }

    /// Allows the stream, or polling alone, from the next sleep's end on.
    pub(crate) fn allow_stream(&mut self, allowed: bool) {
        if allowed && !self.stream_allowed {
            self.after_sleep = After::OpenStream;
        }
        self.stream_allowed = allowed;
    }

    /// Whether the sleep asked for last is a beat of a steady rhythm, to be counted from the beat before.
    pub(crate) fn is_on_beat(&self) -> bool {
        self.on_beat
    }

    /// The first thing to do; `retry_after` is what the service asked for when it accepted the job.
    pub(crate) fn start(&mut self, retry_after: Option<Duration>) -> Action {
        self.asked_on_acceptance = retry_after;
        if self.streams() {
            Action::OpenStream
        } else {
            self.first_poll()
        }
    }

    /// The first poll, not before the moment that the service asked for when it accepted the job.
    fn first_poll(&mut self) -> Action {
        match self.asked_on_acceptance.take() {
            Some(pause) => {
                let pause = self.at_least(pause);
                self.sleep(pause, After::Poll)
            }
            None => Action::Poll,
        }
    }

    /// Takes what happened; gives what to do.
    pub(crate) fn next(&mut self, input: Input) -> Step {
        let mut step = Step {
            action: Action::Poll,
            report: None,
            switched: None,
        };
        step.action = match input {
            Input::StreamOpened => {
                self.stream_open = true;
                self.heard();
                Action::ReadStream
            }
            Input::StreamSaid(status) if !status.is_terminal() => {
                step.report = Some(self.on_running(status));
                Action::ReadStream
            }
            Input::StreamSaid(status) => self.on_stream_end(status),
            Input::StreamAnswered(status, retry_after) => {
                self.heard();
                self.give_up_stream(Switch::Refused, &mut step);
                let asked = retry_after.or(self.asked_on_acceptance.take());
                self.on_polled(status, asked, &mut step)
            }
            Input::StreamGarbled => {
                self.garbled += 1;
                self.continue_stream()
            }
            Input::StreamRetry(pause) => {
                self.stream_retry = Some(pause.min(self.rhythm.pause_cap));
                self.continue_stream()
            }
            Input::StreamEnded => {
                self.close_stream();
                self.count_stream_failure(&mut step);
                Action::Poll
            }
            Input::StreamMute => {
                self.close_stream();
                self.give_up_stream(Switch::Mute, &mut step);
                Action::Poll
            }
            Input::StreamFailed(error) => self.on_stream_failure(error, &mut step),
            Input::Polled(status, retry_after) => {
                self.heard();
                self.not_found = 0;
                self.on_polled(status, retry_after, &mut step)
            }
            Input::PollFailed(error) => self.on_poll_failure(error),
            Input::Slept => match self.after_sleep {
                After::OpenStream if self.streams() => Action::OpenStream,
                _ => Action::Poll,
            },
        };
        step
    }

    /// The stream said that the job goes on, which asks for nothing but to read it on; gives what to report.
    pub(crate) fn on_running(&mut self, status: JobStatus) -> JobStatus {
        self.heard();
        self.stream_failures = 0;
        self.report(status)
    }

    fn on_stream_end(&mut self, status: JobStatus) -> Action {
        self.heard();
        self.stream_failures = 0;
        self.close_stream();
        match status.next() {
            // A mere announcement: the poll has the last word, and the reason of a failure.
            Next::Completed => Action::Poll,
            Next::Failed if status.error().is_none() => Action::Poll,
            _ => Action::Ended(status),
        }
    }

    fn on_polled(&mut self, status: JobStatus, retry_after: Option<Duration>, step: &mut Step) -> Action {
        if status.is_terminal() {
            return Action::Ended(status);
        }
        step.report = Some(self.report(status));
        if self.streams() {
            let pause = match (retry_after, self.stream_retry) {
                (Some(asked), _) | (None, Some(asked)) => self.at_least(asked),
                (None, None) => self.backoff(self.stream_failures),
            };
            return self.sleep(pause, After::OpenStream);
        }
        let pause = match retry_after {
            Some(pause) => self.at_least(pause),
            None => self.interval(),
        };
        self.polls = self.polls.saturating_add(1);
        let action = self.sleep(pause, After::Poll);
        self.on_beat = retry_after.is_none() && self.rhythm.is_steady();
        action
    }

    fn on_stream_failure(&mut self, error: Error, step: &mut Step) -> Action {
        self.close_stream();
        match error.http_status() {
            Some(404 | 405 | 406 | 415 | 501) => {
                self.give_up_stream(Switch::Refused, step);
                self.first_poll()
            }
            _ if is_final(&error) => Action::GaveUp(error),
            _ => {
                self.count_stream_failure(step);
                self.on_failure(error)
            }
        }
    }

    fn on_poll_failure(&mut self, error: Error) -> Action {
        if error.kind() == ErrorKind::NotFound {
            self.not_found += 1;
            if self.not_found < NOT_FOUND_POLLS {
                let pause = self.backoff(self.not_found);
                return self.sleep(pause, After::Poll);
            }
            return Action::GaveUp(error);
        }
        if is_final(&error) {
            return Action::GaveUp(error);
        }
        self.on_failure(error)
    }

    /// A passing failure: bear it, within patience. A poll follows, whichever source failed.
    fn on_failure(&mut self, error: Error) -> Action {
        self.failures += 1;
        let patience = match self.contact {
            true => self.rhythm.failures_after_contact,
            false => self.rhythm.failures_before_contact,
        };
        if self.failures > patience {
            return Action::GaveUp(error);
        }
        let pause = match error.retry_after() {
            Some(pause) => self.at_least(pause),
            None => self.backoff(self.failures),
        };
        self.sleep(pause, After::Poll)
    }

    /// The service has answered.
    fn heard(&mut self) {
        self.contact = true;
        self.failures = 0;
    }

    /// A running state as the caller may see it: nothing that would go backwards.
    fn report(&mut self, mut status: JobStatus) -> JobStatus {
        if let Some(progress) = status.progress() {
            let best = self.best_progress.map_or(progress, |best| best.max(progress));
            self.best_progress = Some(best);
            status.hold_progress(best);
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

    fn count_stream_failure(&mut self, step: &mut Step) {
        self.stream_failures += 1;
        if self.stream_failures >= STREAM_FAILURES {
            self.give_up_stream(Switch::Unreliable, step);
        }
    }

    fn give_up_stream(&mut self, why: Switch, step: &mut Step) {
        if self.stream_usable {
            self.stream_usable = false;
            step.switched = Some(why);
        }
    }

    fn sleep(&mut self, pause: Duration, after: After) -> Action {
        self.after_sleep = after;
        self.on_beat = false;
        Action::Sleep(pause)
    }

    fn streams(&self) -> bool {
        self.stream_usable && self.stream_allowed
    }

    /// The pause between two polls: growing by half each time, a fifth to either side so that no two programs beat in step.
    /// Who sets the first and the longest to the same wants just that.
    fn interval(&mut self) -> Duration {
        if self.rhythm.is_steady() {
            return self.rhythm.poll_min;
        }
        let grown = self
            .rhythm
            .poll_min
            .mul_f64(1.5f64.powi(self.polls.min(64) as i32));
        let spread = 0.8 + 0.4 * self.random.f64();
        grown.min(self.rhythm.poll_max).mul_f64(spread)
    }

    /// Exponential, with full jitter, up to the longest poll pause.
    fn backoff(&mut self, failures: u32) -> Duration {
        let ceiling = self
            .rhythm
            .poll_min
            .saturating_mul(1 << failures.min(16))
            .min(self.rhythm.poll_max);
        ceiling.mul_f64(self.random.f64())
    }

    /// What the service asked for, up to the cap, and up to a tenth more.
    fn at_least(&mut self, pause: Duration) -> Duration {
        pause
            .min(self.rhythm.pause_cap)
            .mul_f64(1.0 + 0.1 * self.random.f64())
    }
}

/// Whether asking again can change nothing.
fn is_final(error: &Error) -> bool {
    !(error.is_retryable() || matches!(error.kind(), ErrorKind::Protocol | ErrorKind::TooLarge))
}
