//! The threads of a watch: each takes the next job that is due, makes its request, and puts it back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::JobUpdate;
use super::queue::Queue;
use super::schedule::{Requeue, Work};
use crate::call::{Call, CallContext, IoLimits};
use crate::cancel::CancelToken;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::job::follow::{Follower, NextStep, StepOutcome};
use crate::job::status::{JobState, JobStatus};
use crate::job::{Job, Ticket};
use crate::log::Log;
use crate::own_thread;
use crate::panic_guard::{DEFECT, catch, drop_quietly};

/// A job that is followed, as it goes from worker to worker.
#[derive(Debug)]
pub(super) struct FollowedJob {
    job: Job,
    follower: Follower,
    reported: Reported,
}

/// What was reported last: nothing is reported twice.
#[derive(Debug, Default)]
struct Reported {
    state: Option<JobState>,
    progress: Option<f64>,
}

/// The threads, and what they share.
pub(super) struct WorkerPool {
    pub(super) queue: Arc<Queue<FollowedJob>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    max_threads: usize,
    on_thread: Option<fn()>,
    io_limits: IoLimits,
    request_timeout: Option<Duration>,
    log: Log,
}

impl std::fmt::Debug for WorkerPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerPool")
            .field("jobs", &self.queue.len())
            .finish()
    }
}

impl WorkerPool {
    pub(super) fn new(
        client: &Client,
        queue: Queue<FollowedJob>,
        max_threads: usize,
        on_thread: Option<fn()>,
    ) -> Self {
        let queue = Arc::new(queue);
        let settings = client.settings();
        Self {
            threads: Mutex::new(Vec::new()),
            max_threads,
            on_thread,
            io_limits: settings.io_limits.clone(),
            request_timeout: settings.call_timeout,
            log: settings.log.relay({
                let queue = queue.clone();
                move |level, line| queue.log(level, line)
            }),
            queue,
        }
    }

    /// Adds a job and starts a worker for it if none is idle.
    pub(super) fn add(self: &Arc<Self>, ticket: Arc<Ticket>, tag: usize, job: FollowedJob) -> Result<u64> {
        let (id, has_idle_worker) = self.queue.add(ticket, tag, Box::new(job));
        if !has_idle_worker && let Err(error) = self.spawn_worker() {
            self.queue.remove(id);
            return Err(error);
        }
        Ok(id)
    }

    /// Starts one more thread, up to the maximum. A failure is an error only if there is no other thread.
    fn spawn_worker(self: &Arc<Self>) -> Result<()> {
        let mut threads = self.threads();
        if threads.len() >= self.max_threads || self.queue.is_closed() {
            return Ok(());
        }
        let pool = self.clone();
        match own_thread::spawn("nitro-watch", move || pool.work()) {
            Ok(thread) => threads.push(thread),
            Err(error) if threads.is_empty() => {
                let text = format!("starting a thread for the watch failed: {error}");
                return Err(Error::new(ErrorKind::Internal, text));
            }
            // The other threads go on, more slowly.
            Err(_) => {}
        }
        Ok(())
    }

    /// Stops all threads and waits for them.
    pub(super) fn shutdown(&self) {
        self.queue.close();
        let threads = std::mem::take(&mut *self.threads());
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// What each thread does until the watch is closed.
    fn work(self: &Arc<Self>) {
        if let Some(hook) = self.on_thread {
            hook();
        }
        let (queue, mut cancel) = (&self.queue, CancelToken::new());
        while run_one(
            queue,
            &mut cancel,
            FollowedJob::wants_stream,
            |work, cancel, report| {
                if work.is_last_worker {
                    // An error was returned for the first job that was added; later ones only mean fewer threads.
                    let _ = self.spawn_worker();
                }
                self.follow(&mut work.task, work.stream, cancel, report)
            },
        ) {}
    }

    /// Makes one request for a job, and reads its stream to the end if the request opened one.
    fn follow(
        &self,
        followed: &mut FollowedJob,
        stream: bool,
        cancel: &CancelToken,
        report: &mut dyn FnMut(JobStatus),
    ) -> TaskOutcome {
        let FollowedJob {
            job,
            follower,
            reported,
        } = followed;
        let context = self.context(self.request_timeout, cancel);
        follower.wake(stream, &context);
        let mut outcome = match follower.next_step() {
            NextStep::Request => follower.step(job, &context),
            _ => StepOutcome::Continue(None),
        };
        loop {
            match outcome {
                StepOutcome::Continue(Some(status)) => {
                    if reported.is_new(&status) {
                        report(status);
                    }
                }
                StepOutcome::Continue(None) => {}
                StepOutcome::Ended(status) => return TaskOutcome::Over(JobUpdate::Ended(status)),
                StepOutcome::GaveUp(error) => {
                    return TaskOutcome::Over(JobUpdate::GaveUp(job.annotate(error)));
                }
                StepOutcome::Interrupted(error) if error.kind() == ErrorKind::Cancelled => {
                    return TaskOutcome::Requeue(Requeue::Now);
                }
                StepOutcome::Interrupted(error) => {
                    // The timeout was that of one request, and the job is followed on.
                    outcome = follower.fail_step(error, &self.log);
                    continue;
                }
                StepOutcome::Done => {
                    let error = Error::new(ErrorKind::Internal, "the job is no longer followed");
                    return TaskOutcome::Over(JobUpdate::GaveUp(error));
                }
            }
            match follower.next_step() {
                NextStep::ReadStream => outcome = follower.step(job, &self.context(None, cancel)),
                NextStep::Request => return TaskOutcome::Requeue(Requeue::Now),
                NextStep::Sleep {
                    pause,
                    fixed_rate: true,
                } => {
                    return TaskOutcome::Requeue(Requeue::FixedRate(pause));
                }
                NextStep::Sleep {
                    pause,
                    fixed_rate: false,
                } => {
                    return TaskOutcome::Requeue(Requeue::After(pause));
                }
            }
        }
    }

    fn context(&self, timeout: Option<Duration>, cancel: &CancelToken) -> CallContext {
        let context = Call::new()
            .cancel(cancel)
            .begin(timeout, Limit::Call, &self.io_limits, &self.log);
        context.on_library_thread(self.queue.clone())
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FollowedJob {
    pub(super) fn new(job: Job, follower: Follower) -> Self {
        Self {
            job,
            follower,
            reported: Reported::default(),
        }
    }

    fn wants_stream(&self) -> bool {
        self.follower.wants_stream()
    }
}

impl Reported {
    /// Whether a status differs from the one before. One without progress keeps the progress before.
    fn is_new(&mut self, status: &JobStatus) -> bool {
        let same_progress = status.progress().is_none_or(|now| self.progress == Some(now));
        if same_progress && self.state.as_ref() == Some(status.state()) {
            return false;
        }
        self.state = Some(status.state().clone());
        self.progress = status.progress().or(self.progress);
        true
    }
}

/// What a worker did with a task.
pub(super) enum TaskOutcome {
    /// The task is due again.
    Requeue(Requeue),
    /// The job is over, with this last event.
    Over(JobUpdate),
}

/// Waits for a task that is due, performs it, and puts it back. Returns whether there may be another.
///
/// A panic, wherever it happens, ends the job that it happened in, no other job, and no thread.
pub(super) fn run_one<T: Send + 'static>(
    queue: &Queue<T>,
    cancel: &mut CancelToken,
    wants_stream: impl Fn(&T) -> bool,
    perform: impl FnOnce(&mut Work<T>, &CancelToken, &mut dyn FnMut(JobStatus)) -> TaskOutcome,
) -> bool {
    // It survives a panic, and is not dropped during one, where a second panic would abort the program.
    let mut slot = None;
    let open = catch(|| {
        queue.take(&mut slot, cancel, wants_stream);
        let Some(work) = &mut slot else { return false };
        let id = work.id;
        match perform(work, cancel, &mut |status| queue.report(id, status)) {
            TaskOutcome::Requeue(requeue) => queue.put_back(&mut slot, requeue),
            TaskOutcome::Over(update) => queue.end(work, update),
        }
        true
    });
    if open.is_none() {
        catch(|| queue.fail(&mut slot, Error::new(ErrorKind::Internal, DEFECT)));
    }
    drop_quietly(slot);
    open.unwrap_or(true)
}
