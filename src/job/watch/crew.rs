//! The threads of a watch: each takes the next job that is due, makes its request, and gives it back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::News;
use super::queue::Queue;
use super::schedule::{Again, Work};
use crate::call::{Call, CallContext, IoLimits};
use crate::cancel::CancelToken;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::job::follow::{Due, Follow, Turn};
use crate::job::status::{JobState, JobStatus};
use crate::job::{Job, Ticket};
use crate::log::Log;
use crate::panic_guard::{DEFECT, catch, drop_quietly};

/// A job under way, as it goes from worker to worker.
#[derive(Debug)]
pub(super) struct Task {
    job: Job,
    follow: Follow,
    /// What was reported last: nothing is reported twice.
    state: Option<JobState>,
    progress: Option<f64>,
}

/// The threads, and what they share.
pub(super) struct Crew {
    pub(super) queue: Arc<Queue<Task>>,
    hands: Mutex<Vec<JoinHandle<()>>>,
    most: usize,
    on_thread: Option<fn()>,
    io_limits: IoLimits,
    request_limit: Option<Duration>,
    log: Log,
}

impl std::fmt::Debug for Crew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crew").field("jobs", &self.queue.len()).finish()
    }
}

impl Crew {
    pub(super) fn new(client: &Client, queue: Queue<Task>, most: usize, on_thread: Option<fn()>) -> Self {
        let queue = Arc::new(queue);
        let settings = client.settings();
        Self {
            hands: Mutex::new(Vec::new()),
            most,
            on_thread,
            io_limits: settings.io_limits.clone(),
            request_limit: settings.call_timeout,
            log: settings.log.relay({
                let queue = queue.clone();
                move |level, line| queue.log(level, line)
            }),
            queue,
        }
    }

    /// Takes a job in and sees to it that somebody will do it.
    pub(super) fn add(self: &Arc<Self>, name: Arc<Ticket>, tag: usize, task: Task) -> Result<u64> {
        let (id, attended) = self.queue.add(name, tag, Box::new(task));
        if !attended && let Err(error) = self.hire() {
            self.queue.remove(id);
            return Err(error);
        }
        Ok(id)
    }

    /// Starts one more thread, up to the bound. It is an error only if there is none at all then.
    fn hire(self: &Arc<Self>) -> Result<()> {
        let mut hands = self.hands();
        if hands.len() >= self.most || self.queue.is_closed() {
            return Ok(());
        }
        let crew = self.clone();
        let builder = std::thread::Builder::new().name("nitro-watch".to_owned());
        match builder.spawn(move || crew.work()) {
            Ok(hand) => hands.push(hand),
            Err(error) if hands.is_empty() => {
                let text = format!("no thread could be started for the watch: {error}");
                return Err(Error::new(ErrorKind::Internal, text));
            }
            // Those that are there go on, more slowly.
            Err(_) => {}
        }
        Ok(())
    }

    /// Stops all threads and waits for them.
    pub(super) fn dismiss(&self) {
        self.queue.close();
        let hands = std::mem::take(&mut *self.hands());
        for hand in hands {
            let _ = hand.join();
        }
    }

    /// What each thread does until the watch is closed.
    fn work(self: &Arc<Self>) {
        if let Some(hook) = self.on_thread {
            hook();
        }
        let (queue, mut cancel) = (&self.queue, CancelToken::new());
        while attend(queue, &mut cancel, Task::wants_stream, |work, cancel, report| {
            if work.alone {
                // The error was told to whoever added the first job; later ones only mean fewer threads.
                let _ = self.hire();
            }
            self.turn(&mut work.task, work.stream, cancel, report)
        }) {}
    }

    /// Makes one request for a job, and reads its stream to the end if that is what it opened.
    fn turn(
        &self,
        task: &mut Task,
        stream: bool,
        cancel: &CancelToken,
        report: &mut dyn FnMut(JobStatus),
    ) -> Outcome {
        let context = self.context(self.request_limit, cancel);
        task.follow.wake(stream, &context);
        let mut turn = match task.follow.due() {
            Due::Request => task.follow.turn(&task.job, &context),
            _ => Turn::Went(None),
        };
        loop {
            match turn {
                Turn::Went(Some(status)) if task.is_new(&status) => report(status),
                Turn::Went(_) => {}
                Turn::Ended(status) => return Outcome::Over(News::Ended(status)),
                Turn::GaveUp(error) => return Outcome::Over(News::GaveUp(error)),
                Turn::Cancelled => return Outcome::Again(Again::Now),
            }
            match task.follow.due() {
                Due::Read => turn = task.follow.turn(&task.job, &self.context(None, cancel)),
                Due::Request => return Outcome::Again(Again::Now),
                Due::After(pause, true) => return Outcome::Again(Again::Beat(pause)),
                Due::After(pause, false) => return Outcome::Again(Again::After(pause)),
            }
        }
    }

    fn context(&self, limit: Option<Duration>, cancel: &CancelToken) -> CallContext {
        let context = Call::new()
            .cancel(cancel)
            .begin(limit, Limit::Call, &self.io_limits, &self.log);
        context.on_library_thread(self.queue.clone())
    }

    fn hands(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    pub(super) fn new(job: Job, follow: Follow) -> Self {
        Self {
            job,
            follow,
            state: None,
            progress: None,
        }
    }

    fn wants_stream(&self) -> bool {
        self.follow.wants_stream()
    }

    /// Whether a state tells more than the one before. One that says no progress takes none back.
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

/// What became of a task.
pub(super) enum Outcome {
    Again(Again),
    Over(News),
}

/// Waits for a task that is due, has `perform` do it, and gives it back. Says whether there may be another.
///
/// A panic, wherever it happens, ends the job that it was about, no other, and no thread.
pub(super) fn attend<T: Send + 'static>(
    queue: &Queue<T>,
    cancel: &mut CancelToken,
    wants_stream: impl Fn(&T) -> bool,
    perform: impl FnOnce(&mut Work<T>, &CancelToken, &mut dyn FnMut(JobStatus)) -> Outcome,
) -> bool {
    // It outlives a panic: neither is it lost, nor is it dropped while another panic would end the program.
    let mut held = None;
    let open = catch(|| {
        queue.take(&mut held, cancel, wants_stream);
        let Some(work) = &mut held else { return false };
        let id = work.id;
        match perform(work, cancel, &mut |status| queue.report(id, status)) {
            Outcome::Again(again) => queue.give_back(&mut held, again),
            Outcome::Over(news) => queue.end(work, news),
        }
        true
    });
    if open.is_none() {
        catch(|| queue.fail(&mut held, Error::new(ErrorKind::Internal, DEFECT)));
    }
    drop_quietly(held);
    open.unwrap_or(true)
}
