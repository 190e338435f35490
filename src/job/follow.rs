//! Follows one job over the network: does what the [`Wait`] machine asks for and tells it what happened.

use std::time::{Duration, Instant};

use crate::call::{Call, Scope};
use crate::client::Accept;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::http::Attempts;
use crate::job::events::Meaning;
use crate::job::result::JobResult;
use crate::job::status::{JobState, JobStatus, Next};
use crate::job::stream::{Opened, Said, Stream};
use crate::job::wait::{Action, Input, Rhythm, Switch, Wait};
use crate::job::{Job, Ticket};
use crate::log::LogLevel;

impl Job {
    /// Follows the job to its end and returns its last status, which says completed.
    ///
    /// `progress` is called with each state that the service reports while the job runs, on this thread; returning
    /// `false` stops the wait with [`ErrorKind::Stopped`]. A job that failed is [`ErrorKind::JobFailed`] with the
    /// service's reason. When the time runs out the job goes on: [`ErrorKind::WaitTimeout`] carries its ticket.
    pub fn wait(&self, mut progress: impl FnMut(&JobStatus) -> bool, call: &Call) -> Result<JobStatus> {
        let scope = self.client.begin_wait(call);
        let mut follow = Follow::new(self.ticket(), self.client.settings().rhythm.clone());
        loop {
            let status = match follow.next(self, &scope) {
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
                JobState::Failed => Err(self.failure(&follow.ticket, &status, &scope)),
                JobState::Canceled => {
                    Err(self.about(&follow.ticket, Error::from_job(ErrorKind::JobCanceled, None)))
                }
                _ => Ok(status),
            };
        }
    }

    /// The live events of the job, to be pulled one by one. Nothing is sent before the first [`Events::next`].
    pub fn events(&self) -> Events {
        let job = self.share();
        let follow = Follow::new(job.ticket(), job.client.settings().rhythm.clone());
        Events { job, follow }
    }

    /// Why the job failed. Some streams only say where the reason is to be had.
    fn failure(&self, ticket: &Ticket, status: &JobStatus, scope: &Scope) -> Error {
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
                    scope,
                )
                .and_then(|response| response.text(self.client.settings().max_json, scope))
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

/// The live progress of one job, pulled: each state while it runs, then its end, then nothing.
///
/// Reconnects and polls as [`Job::wait`] does. One thread at a time may use it.
#[derive(Debug)]
pub struct Events {
    job: Job,
    follow: Follow,
}

impl Events {
    /// Waits for the next state; `None` after the last. A failed job is a state here, not an error.
    ///
    /// After [`ErrorKind::Timeout`] it can be called again and has lost nothing.
    pub fn next(&mut self, call: &Call) -> Result<Option<JobStatus>> {
        let settings = self.job.client.settings();
        let scope = call.begin(settings.wait_timeout, Limit::Call, &settings.pace, &settings.log);
        self.follow
            .next(&self.job, &scope)
            .map_err(|e| self.job.about(&self.follow.ticket, e))
    }

    /// How many events came that nobody could read and that were passed over.
    pub fn unreadable(&self) -> u64 {
        self.follow.wait.garbled
    }
}

#[derive(Debug)]
struct Follow {
    ticket: Ticket,
    wait: Wait,
    stream: Option<Box<Stream>>,
    last_event_id: String,
    /// What the machine asked for last, kept so that a call that runs out of time can be taken up again.
    pending: Option<Action>,
    wake_at: Option<Instant>,
}

impl Follow {
    fn new(ticket: Ticket, rhythm: Rhythm) -> Self {
        let mut wait = Wait::new(rhythm, fastrand::Rng::new());
        let pending = Some(wait.start(ticket.retry_after));
        Self {
            ticket,
            wait,
            stream: None,
            last_event_id: String::new(),
            pending,
            wake_at: None,
        }
    }

    /// Goes on until there is a state to report; `None` after the terminal one.
    fn next(&mut self, job: &Job, scope: &Scope) -> Result<Option<JobStatus>> {
        while let Some(action) = self.pending.take() {
            let input = match self.act(action, job, scope) {
                Acted::Happened(input) => input,
                Acted::Interrupted(action, error) => {
                    self.pending = Some(action);
                    return Err(error);
                }
                Acted::Over(Action::GaveUp(error)) => return Err(error),
                Acted::Over(Action::Ended(status)) => return Ok(Some(status)),
                Acted::Over(_) => break,
            };
            let step = self.wait.next(input);
            if !matches!(step.action, Action::ReadStream) {
                self.close_stream();
            }
            if let Some(switch) = step.switched {
                scope.log.line(LogLevel::Info, || {
                    format!(
                        "job {}: polling instead of streaming: {}",
                        self.ticket.job_id,
                        reason(switch)
                    )
                });
            }
            self.pending = Some(step.action);
            if step.report.is_some() {
                return Ok(step.report);
            }
        }
        Ok(None)
    }

    fn act(&mut self, action: Action, job: &Job, scope: &Scope) -> Acted {
        let outcome = match &action {
            Action::OpenStream => self.open_stream(job, scope),
            Action::ReadStream => self.read_stream(job, scope),
            Action::Poll => match job.ask_status(&self.ticket, Attempts::Once, scope) {
                Ok((status, retry_after)) => Ok(Input::Polled(status, retry_after)),
                Err(error) => own_end(error).map(Input::PollFailed),
            },
            Action::Sleep(pause) => self.sleep(*pause, scope),
            Action::Ended(_) | Action::GaveUp(_) => return Acted::Over(action),
        };
        match outcome {
            Ok(input) => Acted::Happened(input),
            Err(error) => Acted::Interrupted(action, error),
        }
    }

    fn open_stream(&mut self, job: &Job, scope: &Scope) -> Result<Input> {
        match Stream::open(job, &self.ticket, &self.last_event_id, scope) {
            Ok(Opened::Stream(stream)) => {
                self.stream = Some(stream);
                Ok(Input::StreamOpened)
            }
            Ok(Opened::Answer(response)) => match job.read_status(*response, scope) {
                Ok(status) => Ok(Input::StreamSaid(status)),
                Err(error) => own_end(error).map(Input::StreamFailed),
            },
            // A proxy that buffers may hold back the head as well.
            Err(error) if error.limit() == Some(Limit::Idle) => Ok(Input::StreamMute),
            Err(error) => own_end(error).map(Input::StreamFailed),
        }
    }

    fn read_stream(&mut self, job: &Job, scope: &Scope) -> Result<Input> {
        let Some(stream) = &mut self.stream else {
            return Ok(Input::StreamEnded);
        };
        match stream.next(scope) {
            Ok(Said::Meaning(Meaning::Status(status))) => {
                if let Err(error) = self.ticket.recognise(status.job_id()) {
                    scope
                        .log
                        .line(LogLevel::Warn, || format!("an event of the stream: {error}"));
                    return Ok(Input::StreamGarbled);
                }
                job.note_location(&status);
                Ok(Input::StreamSaid(status))
            }
            Ok(Said::Meaning(_)) => Ok(Input::StreamGarbled),
            Ok(Said::Retry(pause)) => Ok(Input::StreamRetry(pause)),
            Ok(Said::Ended) => Ok(Input::StreamEnded),
            Ok(Said::Mute) => Ok(Input::StreamMute),
            Err(error) => own_end(error).map(Input::StreamFailed),
        }
    }

    /// Sleeps until the moment that was set when the sleep was first asked for, in one call or in several.
    fn sleep(&mut self, pause: Duration, scope: &Scope) -> Result<Input> {
        let wake_at = *self.wake_at.get_or_insert_with(|| Instant::now() + pause);
        scope.sleep(wake_at.saturating_duration_since(Instant::now()))?;
        self.wake_at = None;
        Ok(Input::Slept)
    }

    fn close_stream(&mut self) {
        if let Some(stream) = self.stream.take() {
            stream.last_event_id().clone_into(&mut self.last_event_id);
        }
    }
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
