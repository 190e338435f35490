//! Many jobs at once, on a bounded number of threads, with one function that returns their events.
//!
//! `schedule` knows which jobs are due and which events are pending, `queue` shares it between threads, `workers` are the
//! threads that make the requests. What is requested when is decided by one [`Follower`] for each job.

mod queue;
mod schedule;
mod workers;

use std::sync::Arc;

#[cfg(model)]
pub use queue::model;

use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::job::follow::Follower;
use crate::job::status::{JobState, JobStatus};
use crate::job::{Job, Ticket};
use queue::Queue;
use schedule::Schedule;
use workers::{FollowedJob, WorkerPool};

/// The most threads that a watch may have.
const MAX_THREADS: usize = 256;
/// The lowest limit on requests per second.
const MIN_REQUESTS: f64 = 0.001;

/// The options of a [`Watch`].
#[derive(Clone, Debug)]
pub struct WatchOptions {
    threads: usize,
    streams: Option<usize>,
    requests_per_second: f64,
    on_thread: Option<fn()>,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            threads: 4,
            streams: None,
            requests_per_second: 0.0,
            on_thread: None,
        }
    }
}

impl WatchOptions {
    /// Four threads, half of them for streams, no limit on requests.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of threads, from 1 to 256; each is started when there is work for it. Default: 4.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many jobs may be followed by their event stream at once; each takes one of the threads, and one thread always
    /// remains for polls. The other jobs are polled. Default: half of the threads.
    pub fn streams(mut self, streams: usize) -> Self {
        self.streams = Some(streams);
        self
    }

    /// The most requests per second, over all jobs, evenly spread; 0 for no limit. Default: 0.
    pub fn requests_per_second(mut self, requests: f64) -> Self {
        self.requests_per_second = requests;
        self
    }

    /// Each thread calls `hook` first.
    pub(crate) fn on_thread(mut self, hook: fn()) -> Self {
        self.on_thread = Some(hook);
        self
    }

    fn check(&self) -> Result<()> {
        if !(1..=MAX_THREADS).contains(&self.threads) {
            return Err(Error::invalid(
                "invalid number of threads: a watch has from 1 to 256",
            ));
        }
        let requests = self.requests_per_second;
        if requests != 0.0 && !(MIN_REQUESTS..=f64::MAX).contains(&requests) {
            return Err(Error::invalid(
                "invalid requests per second of a watch: give 0, for no limit, or at least 0.001",
            ));
        }
        Ok(())
    }
}

/// The id of a job in a [`Watch`]: returned by [`Watch::add`], never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WatchId(u64);

impl WatchId {
    /// The id as a number, which is never 0.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    pub(crate) fn from_u64(id: u64) -> Self {
        Self(id)
    }
}

/// An event of one of the jobs.
#[derive(Debug)]
pub struct WatchEvent {
    id: WatchId,
    tag: usize,
    ticket: Arc<Ticket>,
    update: JobUpdate,
}

/// What happened to a job.
#[derive(Debug)]
#[non_exhaustive]
pub enum JobUpdate {
    /// It runs, and its state or progress changed. Of several unread updates of this kind only the latest is kept.
    Progress(JobStatus),
    /// It has ended: completed, failed or canceled. This is its last event.
    Ended(JobStatus),
    /// It cannot be followed any further: it is unknown or gone, or the service was unreachable for too long. This is its
    /// last event.
    GaveUp(Error),
}

impl WatchEvent {
    /// The id of the job in the watch, as [`Watch::add`] returned it.
    pub fn id(&self) -> WatchId {
        self.id
    }

    /// The id of the job at the service.
    pub fn job_id(&self) -> &str {
        &self.ticket.job_id
    }

    /// What happened.
    pub fn update(&self) -> &JobUpdate {
        &self.update
    }

    /// What happened, owned.
    pub fn into_update(self) -> JobUpdate {
        self.update
    }

    /// Whether this is the last event of the job.
    pub fn is_last(&self) -> bool {
        !matches!(self.update, JobUpdate::Progress(_))
    }

    /// What [`Job::wait`] would have failed with if the job ended without a result.
    pub(crate) fn no_result(&self) -> Option<Error> {
        let JobUpdate::Ended(status) = &self.update else {
            return None;
        };
        let error = match status.state() {
            JobState::Failed => Error::from_job(ErrorKind::JobFailed, status.error()),
            JobState::Canceled => Error::from_job(ErrorKind::JobCanceled, None),
            _ => return None,
        };
        let error = error.with_reference(&self.ticket.reference_id);
        Some(error.context(format_args!("job {}", self.ticket.job_id)))
    }

    pub(crate) fn tag(&self) -> usize {
        self.tag
    }
}

/// Follows any number of jobs at once and returns their events, through one function.
///
/// The jobs are followed by threads of the watch, named `nitro-watch`, as many as [`WatchOptions::threads`] allows and there
/// is work for. They call no function of the program: the log hook and the token callback are called inside
/// [`Watch::next`], so jobs wait for a token until it is called. A job takes about a kilobyte, however slowly events are
/// read.
///
/// Any number of threads may use a watch at once. Dropping it stops its threads and waits for them, which is prompt: their
/// requests are cancelled. The jobs at the service go on.
///
/// ```no_run
/// # use nitro_jobs::{Call, Client, ClientOptions, JobUpdate, WatchOptions};
/// # fn main() -> nitro_jobs::Result<()> {
/// # let client = Client::new(ClientOptions::new())?;
/// let watch = client.watch(WatchOptions::new().requests_per_second(20.0))?;
/// for id in ["job-a", "job-b"] {
///     watch.add(&client.job(id)?)?;
/// }
/// while let Some(event) = watch.next(&Call::new())? {
///     match event.update() {
///         JobUpdate::Ended(status) => show(event.job_id(), status.state().as_str()),
///         JobUpdate::GaveUp(error) => show(event.job_id(), error.message()),
///         _ => {}
///     }
/// }
/// # Ok(()) }
/// # fn show(_: &str, _: &str) {}
/// ```
#[derive(Debug)]
pub struct Watch {
    client: Client,
    workers: Arc<WorkerPool>,
}

impl Client {
    /// Creates a watch without jobs. Nothing is sent and no thread is started before [`Watch::add`].
    pub fn watch(&self, options: WatchOptions) -> Result<Watch> {
        options.check()?;
        let streams = options.streams.unwrap_or(options.threads / 2);
        // One thread at least remains for polls.
        let schedule = Schedule::new(streams.min(options.threads - 1), options.requests_per_second);
        let workers = WorkerPool::new(self, Queue::new(schedule), options.threads, options.on_thread);
        Ok(Watch {
            client: self.clone(),
            workers: Arc::new(workers),
        })
    }
}

impl Watch {
    /// Starts to follow a job, whose handle learns from the watch the URL of its result. Nothing is sent on this thread.
    ///
    /// A job that the watch follows already keeps its id. Once it has ended it can be added again, with a new id.
    /// [`ErrorKind::Internal`] if no thread can be started.
    pub fn add(&self, job: &Job) -> Result<WatchId> {
        self.add_tagged(job, 0)
    }

    /// As [`Watch::add`]; `tag` comes back with each event.
    pub(crate) fn add_tagged(&self, job: &Job, tag: usize) -> Result<WatchId> {
        let (job, ticket) = (job.share(), job.ticket());
        let follow = Follower::new(&job);
        let id = self.workers.add(ticket, tag, FollowedJob::new(job, follow))?;
        Ok(WatchId(id))
    }

    /// Stops following a job: its requests are cancelled, its unread events are dropped.
    ///
    /// Returns whether the watch still had it. The job at the service goes on.
    pub fn remove(&self, id: WatchId) -> bool {
        self.workers.queue.remove(id.0)
    }

    /// The number of jobs, including those whose end was not read yet.
    pub fn len(&self) -> usize {
        self.workers.queue.len()
    }

    /// Whether no job is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits for the next event of any job; `None` when no job is left.
    ///
    /// Events come in the order in which they happened. After [`ErrorKind::Timeout`] or [`ErrorKind::Cancelled`] it can be
    /// called again and has lost nothing. A call without a timeout of its own has the client's wait timeout. The client's
    /// log hook and its token callback are called inside.
    pub fn next(&self, call: &Call) -> Result<Option<WatchEvent>> {
        let context = self.client.begin_wait(call, Limit::Call);
        let event = self.workers.queue.next_event(&context)?;
        Ok(event.map(|event| WatchEvent {
            id: WatchId(event.id),
            tag: event.tag,
            ticket: event.ticket,
            update: event.update,
        }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.workers.shutdown();
    }
}
