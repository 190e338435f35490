//! Many jobs at once, on a bounded number of threads, with one function that tells what happens to them.
//!
//! `schedule` is the book of who is due and what there is to tell, `queue` puts it between threads, `crew` are the threads
//! that make the requests. What is asked when is the business of [`Wait`](super::wait::Wait), one for each job.

mod crew;
mod queue;
mod schedule;

use std::sync::Arc;

#[cfg(model)]
pub use queue::model;

use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::job::follow::Follow;
use crate::job::status::{JobState, JobStatus};
use crate::job::{Job, Ticket};
use crew::{Crew, Task};
use queue::Queue;
use schedule::Schedule;

/// The most threads that a watch may have.
const MOST_THREADS: usize = 256;
/// The least requests a second to which a watch may be held.
const LEAST_REQUESTS: f64 = 0.001;

/// How a [`Watch`] works.
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

    /// How many threads there may be, from 1 to 256; each is started when there is work for it. Default: 4.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many jobs may be followed by their live stream at once; each takes one of the threads, and one is always left
    /// for polls. The other jobs are polled. Default: half of the threads.
    pub fn streams(mut self, streams: usize) -> Self {
        self.streams = Some(streams);
        self
    }

    /// The most requests a second, over all jobs, evenly spread; 0 for no limit. Default: 0.
    pub fn requests_per_second(mut self, requests: f64) -> Self {
        self.requests_per_second = requests;
        self
    }

    /// Has each thread call `hook` first.
    pub(crate) fn on_thread(mut self, hook: fn()) -> Self {
        self.on_thread = Some(hook);
        self
    }

    fn check(&self) -> Result<()> {
        if !(1..=MOST_THREADS).contains(&self.threads) {
            return Err(Error::invalid("a watch has from 1 to 256 threads"));
        }
        let requests = self.requests_per_second;
        if requests != 0.0 && !(LEAST_REQUESTS..=f64::MAX).contains(&requests) {
            return Err(Error::invalid(
                "the requests per second of a watch are 0, which stands for no limit, or 0.001 at least",
            ));
        }
        Ok(())
    }
}

/// Which of the jobs of a [`Watch`]: given by [`Watch::add`], never given twice.
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

/// What happened to one of the jobs.
#[derive(Debug)]
pub struct WatchEvent {
    id: WatchId,
    tag: usize,
    ticket: Arc<Ticket>,
    news: News,
}

/// The news about a job.
#[derive(Debug)]
#[non_exhaustive]
pub enum News {
    /// It runs, and something about that is new. Of several such news that were not read only the latest is kept.
    Progress(JobStatus),
    /// It has ended: completed, failed or canceled. Nothing more will be heard of it.
    Ended(JobStatus),
    /// It cannot be followed any further: it is unknown or gone, or the service was out of reach for too long. Nothing
    /// more will be heard of it.
    GaveUp(Error),
}

impl WatchEvent {
    /// Which job, as [`Watch::add`] gave it.
    pub fn id(&self) -> WatchId {
        self.id
    }

    /// The id of the job at the service.
    pub fn job_id(&self) -> &str {
        &self.ticket.job_id
    }

    /// What happened.
    pub fn news(&self) -> &News {
        &self.news
    }

    /// What happened, to be kept.
    pub fn into_news(self) -> News {
        self.news
    }

    /// Whether this is the last that is heard of the job.
    pub fn is_last(&self) -> bool {
        !matches!(self.news, News::Progress(_))
    }

    /// What [`Job::wait`] would have failed with if the job ended without a result.
    pub(crate) fn no_result(&self) -> Option<Error> {
        let News::Ended(status) = &self.news else {
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

/// Follows any number of jobs at once and tells what happens to them, through one function.
///
/// The jobs are followed by threads of the watch's own, named `nitro-watch`, as many as [`WatchOptions::threads`] allows
/// and there is work for. They call nothing of the program's: log lines are kept and given out inside [`Watch::next`], and
/// a token callback is asked there, so jobs wait for a token until it is called. A job costs about a kilobyte, whatever happens and however slowly events are read.
///
/// Any number of threads may use a watch at once. Dropping it stops its threads and waits for them, which is prompt: what
/// they are doing is cancelled. The jobs at the service go on.
///
/// ```no_run
/// # use nitro_jobs::{Call, Client, ClientOptions, News, WatchOptions};
/// # fn main() -> nitro_jobs::Result<()> {
/// # let client = Client::new(ClientOptions::new())?;
/// let watch = client.watch(WatchOptions::new().requests_per_second(20.0))?;
/// for id in ["job-a", "job-b"] {
///     watch.add(&client.job(id)?)?;
/// }
/// while let Some(event) = watch.next(&Call::new())? {
///     match event.news() {
///         News::Ended(status) => show(event.job_id(), status.state().as_str()),
///         News::GaveUp(error) => show(event.job_id(), error.message()),
///         _ => {}
///     }
/// }
/// # Ok(()) }
/// # fn show(_: &str, _: &str) {}
/// ```
#[derive(Debug)]
pub struct Watch {
    client: Client,
    crew: Arc<Crew>,
}

impl Client {
    /// Makes a watch without jobs. Nothing is sent and no thread is started before [`Watch::add`].
    pub fn watch(&self, options: WatchOptions) -> Result<Watch> {
        options.check()?;
        let streams = options.streams.unwrap_or(options.threads / 2);
        // One thread at least is left for those that are polled.
        let schedule = Schedule::new(streams.min(options.threads - 1), options.requests_per_second);
        let crew = Crew::new(self, Queue::new(schedule), options.threads, options.on_thread);
        Ok(Watch {
            client: self.clone(),
            crew: Arc::new(crew),
        })
    }
}

impl Watch {
    /// Begins to follow a job, which learns from the watch where its result is. Nothing is sent on this thread.
    ///
    /// A job that the watch follows already keeps its id. Once it has ended it can be added again, and gets a new one.
    /// [`ErrorKind::Internal`] if no thread can be started.
    pub fn add(&self, job: &Job) -> Result<WatchId> {
        self.add_tagged(job, 0)
    }

    /// As [`Watch::add`]; `tag` comes back with each event.
    pub(crate) fn add_tagged(&self, job: &Job, tag: usize) -> Result<WatchId> {
        let (job, ticket) = (job.share(), job.ticket());
        let follow = Follow::new(&job);
        let id = self.crew.add(ticket, tag, Task::new(job, follow))?;
        Ok(WatchId(id))
    }

    /// Ceases to follow a job: what is under way for it is cancelled, what was not read of it is dropped.
    ///
    /// Says whether the watch still had it. The job at the service goes on.
    pub fn remove(&self, id: WatchId) -> bool {
        self.crew.queue.remove(id.0)
    }

    /// How many jobs are followed, those included whose end was not read yet.
    pub fn len(&self) -> usize {
        self.crew.queue.len()
    }

    /// Whether no job is left.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits until something happens to one of the jobs, and tells it; `None` when no job is left.
    ///
    /// Events come in the order in which things happened. After [`ErrorKind::Timeout`] or
    /// [`ErrorKind::Cancelled`] it can be called again and has lost nothing. A call without a
    /// limit of its own has the client's wait limit. The client's log hook and its token callback are
    /// called in here.
    pub fn next(&self, call: &Call) -> Result<Option<WatchEvent>> {
        let settings = self.client.settings();
        let context = call.begin(
            settings.wait_timeout,
            Limit::Call,
            &settings.io_limits,
            &settings.log,
        );
        let told = self.crew.queue.read(&context)?;
        Ok(told.map(|told| WatchEvent {
            id: WatchId(told.id),
            tag: told.tag,
            ticket: told.name,
            news: told.news,
        }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.crew.dismiss();
    }
}
