//! Follows one job over the network: does what the [`Wait`] machine asks for and tells it what happened.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::call::{Call, CallContext};
use crate::client::Accept;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::http::Attempts;
use crate::job::result::JobResult;
use crate::job::status::{JobState, JobStatus, Next};
use crate::job::stream::{Opened, Said, Stream};
use crate::job::wait::{Action, Input, Switch, Wait};
use crate::job::{Job, Ticket};
use crate::log::{Log, LogLevel};

impl Job {
    /// Follows the job to its end and returns its last status, which says completed.
    ///
    /// `progress` is called with each state that the service reports while the job runs, on this thread; returning
    /// `false` stops the wait with [`ErrorKind::Stopped`]. A job that failed is [`ErrorKind::JobFailed`] with the
    /// service's reason. When the time runs out the job goes on: [`ErrorKind::WaitTimeout`] carries its ticket.
    pub fn wait(&self, mut progress: impl FnMut(&JobStatus) -> bool, call: &Call) -> Result<JobStatus> {
        self.wait_in(&mut progress, &self.client.begin_wait(call))
    }

    pub(crate) fn wait_in(
        &self,
        progress: &mut dyn FnMut(&JobStatus) -> bool,
        context: &CallContext,
    ) -> Result<JobStatus> {
        let mut follow = Follow::new(self);
        loop {
            let status = match follow.next(self, context) {
                Ok(Some(status)) => status,
                Ok(None) => unreachable!("a terminal state ends the loop"),
                Err(error) => return Err(self.about(&follow.ticket, error)),
            };
            if !status.is_terminal() {
                if !progress(&status) {
                    return Err(self.about(&follow.ticket, Error::stopped()));
                }
                continue;
            }
            return match status.state() {
                JobState::Failed => Err(self.failure(&follow.ticket, &status, context)),
                JobState::Canceled => {
                    Err(self.about(&follow.ticket, Error::from_job(ErrorKind::JobCanceled, None)))
                }
                _ => Ok(status),
            };
        }
    }

    /// Why the job failed. Some streams only say where the reason is to be had.
    fn failure(&self, ticket: &Ticket, status: &JobStatus, context: &CallContext) -> Error {
        if let Next::ErrorAt(location) = status.next()
            && let Ok(result_url) = ticket.status_url.join(location)
        {
            let told = self
                .ask_result(
                    &Ticket {
                        result_url,
                        ..ticket.clone()
                    },
                    Accept::Json,
                    context,
                )
                .and_then(|response| response.text(self.client.settings().max_json, context))
                .and_then(|json| JobResult::of(ticket, json));
            if let Err(error) = told
                && error.kind() == ErrorKind::JobFailed
            {
                return self.about(ticket, error);
            }
        }
        self.about(ticket, Error::from_job(ErrorKind::JobFailed, status.error()))
    }
}

const LEAST_GRACE: Duration = Duration::from_millis(100);
const MOST_GRACE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Follow {
    pub(super) ticket: Arc<Ticket>,
    wait: Wait,
    stream: Option<Box<Stream>>,
    last_event_id: String,
    /// What the machine asked for last, kept so that a call that runs out of time can be taken up again.
    pending: Option<Action>,
    wake_at: Option<Instant>,
    /// How long the next request may take beyond a pull's own limit, grown until one is answered: a request cannot be
    /// taken up again half-way, so limits shorter than a round trip would never get anywhere.
    grace: Duration,
}

impl Follow {
    pub(super) fn new(job: &Job) -> Self {
        let ticket = job.ticket();
        let mut wait = Wait::new(job.client.settings().rhythm.clone(), fastrand::Rng::new());
        let pending = Some(match job.answered_status() {
            Some(status) => Action::Ended(status),
            None => wait.start(ticket.retry_after),
        });
        Self {
            ticket,
            wait,
            stream: None,
            last_event_id: String::new(),
            pending,
            wake_at: None,
            grace: Duration::ZERO,
        }
    }

    /// The next state to report of those that the stream has brought already: neither a clock nor a limit is needed for it.
    pub(super) fn at_hand(&mut self, job: &Job) -> Option<JobStatus> {
        while let (Some(Action::ReadStream), Some(stream)) = (&self.pending, &mut self.stream) {
            // An error stays, and is dealt with where the stream is waited for.
            let report = match stream.at_hand().ok()?? {
                Said::Status(status)
                    if !status.is_terminal() && self.ticket.recognise(status.job_id()).is_ok() =>
                {
                    Some(self.wait.on_running(status))
                }
                said => {
                    let log = &job.client.settings().log;
                    let input = self.said(said, job, log);
                    self.tell(input, log)
                }
            };
            if report.is_some() {
                return report;
            }
        }
        None
    }

    /// How many events came that nobody could read.
    pub(super) fn garbled(&self) -> u64 {
        self.wait.garbled
    }

    /// Goes on until there is a state to report; `None` after the terminal one.
    pub(super) fn next(&mut self, job: &Job, context: &CallContext) -> Result<Option<JobStatus>> {
        while let Some(action) = self.pending.take() {
            let input = match self.act(action, job, context) {
                Acted::Happened(input) => input,
                Acted::Interrupted(action, error) => {
                    self.pending = Some(action);
                    return Err(error);
                }
                Acted::Over(Action::GaveUp(error)) => return Err(error),
                Acted::Over(Action::Ended(status)) => return Ok(Some(status)),
                Acted::Over(_) => break,
            };
            let report = self.tell(input, &context.log);
            if report.is_some() {
                return Ok(report);
            }
        }
        Ok(None)
    }

    /// Tells the machine what happened; gives the state to report.
    fn tell(&mut self, input: Input, log: &Log) -> Option<JobStatus> {
        let step = self.wait.next(input);
        if !matches!(step.action, Action::ReadStream) {
            self.close_stream();
        }
        if let Some(switch) = step.switched {
            log.line(LogLevel::Info, || {
                format!(
                    "job {}: polling instead of streaming: {}",
                    self.ticket.job_id,
                    reason(switch)
                )
            });
        }
        self.pending = Some(step.action);
        step.report
    }

    /// What is to be done next, for whoever follows many and sleeps for all.
    pub(super) fn due(&self) -> Due {
        match &self.pending {
            Some(Action::Sleep(pause)) => Due::After(*pause, self.wait.is_on_beat()),
            Some(Action::ReadStream) => Due::Read,
            _ => Due::Request,
        }
    }

    /// Whether a stream would be of use now.
    pub(super) fn wants_stream(&self) -> bool {
        self.wait.wants_stream() && matches!(self.pending, Some(Action::OpenStream | Action::Sleep(_)))
    }

    /// Goes on after the sleep if there was one, from now on with streams or without.
    pub(super) fn wake(&mut self, stream: bool, context: &CallContext) {
        self.wait.allow_stream(stream);
        match self.pending {
            Some(Action::Sleep(_)) => drop(self.tell(Input::Slept, &context.log)),
            // The first action of all: what the service asked for at submission holds for a poll.
            Some(Action::OpenStream) if !stream => {
                self.pending = Some(self.wait.start(self.ticket.retry_after));
            }
            _ => {}
        }
    }

    /// Makes one request, or reads one event, as is due. The limit of `context` bounds this alone: the following goes on.
    pub(super) fn turn(&mut self, job: &Job, context: &CallContext) -> Turn {
        let Some(action) = self.pending.take() else {
            return Turn::GaveUp(Error::new(ErrorKind::Internal, "this job is no longer followed"));
        };
        let input = match self.act(action, job, context) {
            Acted::Happened(input) => input,
            Acted::Interrupted(_, error) if error.kind() == ErrorKind::Cancelled => return Turn::Cancelled,
            Acted::Interrupted(Action::Poll, error) => Input::PollFailed(error),
            Acted::Interrupted(_, error) => Input::StreamFailed(error),
            Acted::Over(Action::Ended(status)) => return Turn::Ended(status),
            Acted::Over(Action::GaveUp(error)) => return Turn::GaveUp(job.about(&self.ticket, error)),
            Acted::Over(_) => return Turn::Cancelled,
        };
        let report = self.tell(input, &context.log);
        match self.pending.take() {
            Some(Action::Ended(status)) => Turn::Ended(status),
            Some(Action::GaveUp(error)) => Turn::GaveUp(job.about(&self.ticket, error)),
            pending => {
                self.pending = pending;
                Turn::Went(report)
            }
        }
    }

    fn act(&mut self, action: Action, job: &Job, context: &CallContext) -> Acted {
        let outcome = match &action {
            Action::OpenStream => self.open_stream(job, &context.with_grace(self.grace)),
            Action::ReadStream => self.read_stream(job, context),
            Action::Poll => self.poll(job, &context.with_grace(self.grace)),
            Action::Sleep(pause) => self.sleep(*pause, context),
            Action::Ended(_) | Action::GaveUp(_) => return Acted::Over(action),
        };
        match outcome {
            Ok(input) => {
                self.grace = Duration::ZERO;
                Acted::Happened(input)
            }
            Err(error) => {
                let is_request = matches!(action, Action::OpenStream | Action::Poll);
                if is_request && error.limit() == Some(Limit::Call) {
                    self.grace = (self.grace * 2).clamp(LEAST_GRACE, MOST_GRACE);
                }
                Acted::Interrupted(action, error)
            }
        }
    }

    fn poll(&mut self, job: &Job, context: &CallContext) -> Result<Input> {
        match job.ask_status(&self.ticket, Attempts::Once, context) {
            Ok((status, retry_after)) => Ok(Input::Polled(status, retry_after)),
            Err(error) => own_end(error).map(Input::PollFailed),
        }
    }

    fn open_stream(&mut self, job: &Job, context: &CallContext) -> Result<Input> {
        match Stream::open(job, &self.ticket, &self.last_event_id, context) {
            Ok(Opened::Stream(stream)) => {
                self.stream = Some(stream);
                Ok(Input::StreamOpened)
            }
            Ok(Opened::Answer(response)) => {
                let retry_after = response.retry_after();
                match job.read_status(*response, context) {
                    Ok(status) => Ok(Input::StreamAnswered(status, retry_after)),
                    Err(error) => own_end(error).map(Input::StreamFailed),
                }
            }
            // A proxy that buffers may hold back the head as well.
            Err(error) if error.limit() == Some(Limit::Idle) => Ok(Input::StreamMute),
            Err(error) => own_end(error).map(Input::StreamFailed),
        }
    }

    fn read_stream(&mut self, job: &Job, context: &CallContext) -> Result<Input> {
        let Some(stream) = &mut self.stream else {
            return Ok(Input::StreamEnded);
        };
        match stream.next(context) {
            Ok(said) => Ok(self.said(said, job, &context.log)),
            Err(error) => own_end(error).map(Input::StreamFailed),
        }
    }

    fn said(&self, said: Said, job: &Job, log: &Log) -> Input {
        match said {
            Said::Status(status) => {
                if let Err(error) = self.ticket.recognise(status.job_id()) {
                    log.line(LogLevel::Warn, || format!("an event of the stream: {error}"));
                    return Input::StreamGarbled;
                }
                if status.is_terminal() {
                    job.note_location(&status);
                }
                Input::StreamSaid(status)
            }
            Said::Garbled => Input::StreamGarbled,
            Said::Retry => Input::StreamRetry(self.stream.as_ref().map_or(Duration::ZERO, |s| s.retry())),
            Said::Ended => Input::StreamEnded,
            Said::Mute => Input::StreamMute,
        }
    }

    /// Sleeps until the moment that was set when the sleep was first asked for, in one call or in several.
    fn sleep(&mut self, pause: Duration, context: &CallContext) -> Result<Input> {
        let wake_at = *self.wake_at.get_or_insert_with(|| Instant::now() + pause);
        context.sleep(wake_at.saturating_duration_since(Instant::now()))?;
        self.wake_at = None;
        Ok(Input::Slept)
    }

    fn close_stream(&mut self) {
        if let Some(stream) = self.stream.take() {
            stream.last_event_id().clone_into(&mut self.last_event_id);
        }
    }
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Due {
    /// A request.
    Request,
    /// The open stream is to be read.
    Read,
    /// Nothing for so long; whether that is counted from when the last request was due.
    After(Duration, bool),
}

/// What one turn led to.
#[derive(Debug)]
pub(super) enum Turn {
    /// The following goes on; perhaps there is a state to report.
    Went(Option<JobStatus>),
    /// The job has ended as this status says.
    Ended(JobStatus),
    /// It cannot be followed any further.
    GaveUp(Error),
    /// The token was triggered: this job is followed no more.
    Cancelled,
}

enum Acted {
    Happened(Input),
    /// The call ended, not the following: the same action is due in the next call.
    Interrupted(Action, Error),
    /// Nothing is left to do.
    Over(Action),
}

/// `Err` if the error is the call's own end (its token, its limit), `Ok` if it is something that happened to the job.
fn own_end(error: Error) -> Result<Error> {
    match (error.kind(), error.limit()) {
        (ErrorKind::Cancelled | ErrorKind::NoMemory, _) | (_, Some(Limit::Call | Limit::Wait)) => Err(error),
        _ => Ok(error),
    }
}

fn reason(switch: Switch) -> &'static str {
    match switch {
        Switch::Mute => "the stream was mute beyond the idle limit, as behind a proxy that holds it back",
        Switch::Refused => "the server does not offer a stream",
        Switch::Unreliable => "the stream failed too often",
    }
}
