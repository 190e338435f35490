//! Follows one job over the network: carries out the actions of the [`WaitMachine`] and reports to it what happened.

use std::borrow::Borrow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::machine::WaitMachine;
use super::stream::{EventStream, OpenOutcome};
use super::types::{Action, MachineInput, StreamEvent};
use crate::call::CallContext;
use crate::error::{Error, Limit, Result};
use crate::http::Attempts;
use crate::job::status::JobStatus;
use crate::job::{Job, Ticket};
use crate::log::{Log, LogLevel};
use crate::retry::is_call_end;

/// The bounds of [`Follower::grace`] once a request ran out of time.
const MIN_GRACE: Duration = Duration::from_millis(100);
const MAX_GRACE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(in crate::job) struct Follower {
    pub(in crate::job) ticket: Arc<Ticket>,
    machine: WaitMachine,
    stream: Option<Box<EventStream>>,
    last_event_id: String,
    /// The action that is due, stored so that the next call can continue after one that timed out.
    pending: Option<Action>,
    wake_at: Option<Instant>,
    /// How long the next request may take beyond the call's own timeout, doubled until one succeeds: a request cannot be
    /// resumed half-way, so timeouts shorter than a round trip would never make progress.
    grace: Duration,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::job) enum NextStep {
    /// A request.
    Request,
    /// Reading the open stream.
    ReadStream,
    /// A sleep of this length; `fixed_rate` if it is counted from when the last request was due.
    Sleep { pause: Duration, fixed_rate: bool },
}

/// What one step led to.
#[derive(Debug)]
pub(in crate::job) enum StepOutcome {
    /// The job goes on; perhaps there is a state to report.
    Continue(Option<JobStatus>),
    /// The job has ended; this is its last status.
    Ended(JobStatus),
    /// The job cannot be followed any further.
    GaveUp(Error),
    /// The call ended (its token, its deadline), not the job: the same action is due in the next call.
    Interrupted(Error),
    /// The end was returned before: nothing is due any more.
    Done,
}

impl Follower {
    pub(in crate::job) fn new(job: &Job) -> Self {
        let ticket = job.ticket();
        let mut machine = WaitMachine::new(job.client.settings().poll_policy.clone(), fastrand::Rng::new());
        let pending = Some(match job.immediate_status() {
            Some(status) => Action::Ended(status),
            None => machine.start(ticket.retry_after),
        });
        Self {
            ticket,
            machine,
            stream: None,
            last_event_id: String::new(),
            pending,
            wake_at: None,
            grace: Duration::ZERO,
        }
    }

    /// How many events could not be read.
    pub(in crate::job) fn malformed_events(&self) -> u64 {
        self.machine.malformed_events
    }

    /// Steps until there is a state to report; `None` after the terminal one. The `context` is made only if what the
    /// stream has brought already holds no state.
    pub(in crate::job) fn next_status<C: Borrow<CallContext>>(
        &mut self,
        job: &Job,
        context: impl FnOnce() -> C,
    ) -> Result<Option<JobStatus>> {
        if let Some(report) = self.buffered_status(job) {
            return Ok(Some(report));
        }
        let context = context();
        loop {
            match self.step(job, context.borrow()) {
                StepOutcome::Continue(None) => {}
                StepOutcome::Continue(Some(status)) | StepOutcome::Ended(status) => return Ok(Some(status)),
                StepOutcome::GaveUp(error) => return Err(error),
                StepOutcome::Interrupted(error) => return Err(self.explain(error)),
                StepOutcome::Done => return Ok(None),
            }
        }
    }

    /// The next state to report among those that the stream has brought already, without a clock and without a limit.
    fn buffered_status(&mut self, job: &Job) -> Option<JobStatus> {
        while let (Some(Action::ReadStream), Some(stream)) = (&self.pending, &mut self.stream) {
            // An error stays in the stream and is handled by the step that reads it.
            let report = match stream.buffered_event().ok()?? {
                StreamEvent::Status(status)
                    if !status.is_terminal() && self.ticket.check_job_id(status.job_id()).is_ok() =>
                {
                    Some(self.machine.on_running(status))
                }
                event => {
                    let log = &job.client.settings().log;
                    let input = self.check_event(event, job, log);
                    self.advance(input, log)
                }
            };
            if report.is_some() {
                return report;
            }
        }
        None
    }

    /// Does the one thing that is due: a request, a read, or a sleep.
    pub(in crate::job) fn step(&mut self, job: &Job, context: &CallContext) -> StepOutcome {
        let Some(action) = self.pending.take() else {
            return StepOutcome::Done;
        };
        let is_request = matches!(action, Action::OpenStream | Action::Poll);
        let begun = is_request.then(Instant::now);
        let done = match &action {
            Action::OpenStream => self.open_stream(job, &context.with_grace(self.grace)),
            Action::ReadStream => self.read_stream(job, context),
            Action::Poll => self.poll(job, &context.with_grace(self.grace)),
            Action::Sleep(pause) => self.sleep(*pause, context),
            Action::Ended(_) | Action::GaveUp(_) => {
                self.pending = Some(action);
                return self.outcome(None);
            }
        };
        self.machine
            .note_request(begun.map(|begun| begun.elapsed()).unwrap_or_default());
        match done {
            Ok(input) => {
                self.grace = Duration::ZERO;
                let report = self.advance(input, &context.log);
                self.outcome(report)
            }
            Err(error) => {
                if is_request && error.limit() == Some(Limit::Call) {
                    self.grace = (self.grace * 2).clamp(MIN_GRACE, MAX_GRACE);
                }
                self.pending = Some(action);
                StepOutcome::Interrupted(error)
            }
        }
    }

    /// Adds to the error of an expired timeout why the job was not over before, where that is known.
    fn explain(&self, error: Error) -> Error {
        match self.machine.trouble() {
            Some(trouble) if error.limit().is_some() => error.with_advice(trouble),
            _ => error,
        }
    }

    /// Counts an interrupted step as a failed request: for callers whose timeout bounds one request and not the whole wait.
    pub(in crate::job) fn fail_step(&mut self, error: Error, log: &Log) -> StepOutcome {
        let input = match self.pending {
            Some(Action::Poll) => MachineInput::PollFailed(error),
            _ => MachineInput::StreamFailed(error),
        };
        let report = self.advance(input, log);
        self.outcome(report)
    }

    /// Ends the job if that is what is due, so that its end is returned once.
    fn outcome(&mut self, report: Option<JobStatus>) -> StepOutcome {
        match self.pending.take() {
            Some(Action::Ended(status)) => StepOutcome::Ended(status),
            Some(Action::GaveUp(error)) => StepOutcome::GaveUp(error),
            pending => {
                self.pending = pending;
                StepOutcome::Continue(report)
            }
        }
    }

    /// Gives the machine its input and makes its next action pending; returns the state to report.
    fn advance(&mut self, input: MachineInput, log: &Log) -> Option<JobStatus> {
        let transition = self.machine.advance(input);
        if !matches!(transition.action, Action::ReadStream) {
            self.close_stream();
        }
        if let Some(reason) = transition.fallback {
            log.line(LogLevel::Info, || {
                let (job_id, reason) = (&self.ticket.job_id, reason.as_str());
                format!("job {job_id}: polling instead of streaming: {reason}")
            });
        }
        self.pending = Some(transition.action);
        transition.report
    }

    /// What is due, for a caller that follows many jobs and sleeps for all of them.
    pub(in crate::job) fn next_step(&self) -> NextStep {
        match &self.pending {
            Some(Action::Sleep(pause)) => NextStep::Sleep {
                pause: *pause,
                fixed_rate: self.machine.sleeps_at_fixed_rate(),
            },
            Some(Action::ReadStream) => NextStep::ReadStream,
            _ => NextStep::Request,
        }
    }

    /// Whether a stream would be of use now.
    pub(in crate::job) fn wants_stream(&self) -> bool {
        self.machine.wants_stream() && matches!(self.pending, Some(Action::OpenStream | Action::Sleep(_)))
    }

    /// Ends the sleep if there is one, and allows or forbids streams from now on.
    pub(in crate::job) fn wake(&mut self, stream: bool, context: &CallContext) {
        self.machine.allow_stream(stream);
        match self.pending {
            Some(Action::Sleep(_)) => drop(self.advance(MachineInput::Slept, &context.log)),
            // The very first action: the `Retry-After` of the submission delays a poll, but not a stream.
            Some(Action::OpenStream) if !stream => {
                self.pending = Some(self.machine.start(self.ticket.retry_after));
            }
            _ => {}
        }
    }

    fn poll(&mut self, job: &Job, context: &CallContext) -> Result<MachineInput> {
        match job.request_status(&self.ticket, Attempts::Once, context) {
            Ok((status, retry_after)) => Ok(MachineInput::Polled(status, retry_after)),
            Err(error) if is_call_end(&error) => Err(error),
            Err(error) => Ok(MachineInput::PollFailed(error)),
        }
    }

    fn open_stream(&mut self, job: &Job, context: &CallContext) -> Result<MachineInput> {
        let opened = EventStream::open(job, &self.ticket, &self.last_event_id, context);
        let status = opened.and_then(|outcome| match outcome {
            OpenOutcome::Stream(stream) => {
                self.stream = Some(stream);
                Ok(MachineInput::StreamOpened)
            }
            OpenOutcome::Response(response) => {
                let retry_after = response.retry_after();
                let status = job.read_status(*response, context);
                Ok(match status {
                    Ok(status) => MachineInput::StreamUnavailable(status, retry_after),
                    Err(error) if is_call_end(&error) => return Err(error),
                    Err(error) => MachineInput::StreamFailed(error),
                })
            }
        });
        match status {
            // A proxy that buffers may hold back the head as well.
            Err(error) if error.limit() == Some(Limit::Idle) => Ok(MachineInput::Stream(StreamEvent::Idle)),
            Err(error) if !is_call_end(&error) => Ok(MachineInput::StreamFailed(error)),
            status => status,
        }
    }

    fn read_stream(&mut self, job: &Job, context: &CallContext) -> Result<MachineInput> {
        let Some(stream) = &mut self.stream else {
            return Ok(MachineInput::Stream(StreamEvent::Ended));
        };
        match stream.next_event(context) {
            Ok(event) => Ok(self.check_event(event, job, &context.log)),
            Err(error) if is_call_end(&error) => Err(error),
            Err(error) => Ok(MachineInput::StreamFailed(error)),
        }
    }

    /// Checks that the event is about this job, and stores the URL of the result if it names one.
    fn check_event(&self, event: StreamEvent, job: &Job, log: &Log) -> MachineInput {
        if let StreamEvent::Status(status) = &event {
            if let Err(error) = self.ticket.check_job_id(status.job_id()) {
                log.line(LogLevel::Warn, || format!("an event of the stream: {error}"));
                return MachineInput::Stream(StreamEvent::Malformed);
            }
            if status.is_terminal() {
                job.store_result_location(status);
            }
        }
        MachineInput::Stream(event)
    }

    /// Sleeps until the moment that was set when the sleep was first due, in one call or in several.
    fn sleep(&mut self, pause: Duration, context: &CallContext) -> Result<MachineInput> {
        let wake_at = *self.wake_at.get_or_insert_with(|| Instant::now() + pause);
        context.sleep(wake_at.saturating_duration_since(Instant::now()))?;
        self.wake_at = None;
        Ok(MachineInput::Slept)
    }

    fn close_stream(&mut self) {
        if let Some(stream) = self.stream.take() {
            stream.last_event_id().clone_into(&mut self.last_event_id);
        }
    }
}
