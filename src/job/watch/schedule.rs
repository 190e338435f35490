//! The schedule of a watch: which job is due next, and which events are pending. It uses no clock, no thread and no socket.
//!
//! After every call:
//! 1. a job is in one stage: due at a time, with one worker, or over;
//! 2. there is at most one pending event of a job, so that a slow reader costs no memory;
//! 3. an end is kept until it is read or its job is removed, and nothing follows it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::JobUpdate;
use crate::cancel::CancelToken;
use crate::job::Ticket;
use crate::job::status::JobStatus;

/// How late a request may be and still be followed by the next one after less than the budget's gap: workers wake late.
const SLACK: Duration = Duration::from_millis(50);

/// The pause in place of one that exceeds the range of the clock.
const LONGEST_PAUSE: Duration = Duration::from_secs(1 << 24);

/// The jobs of a watch; `T` is what a worker needs to go on with one.
pub(super) struct Schedule<T> {
    jobs: HashMap<u64, Entry<T>>,
    /// The jobs that are not over.
    keys: HashMap<JobKey, u64>,
    /// May contain jobs that were removed meanwhile.
    due: BinaryHeap<Reverse<(Instant, u64)>>,
    /// The jobs with a pending event, in order.
    pending: VecDeque<u64>,
    budget: Budget,
    streams: usize,
    last_id: u64,
}

struct Entry<T> {
    ticket: Arc<Ticket>,
    tag: usize,
    stage: Stage<T>,
    update: Option<Box<JobUpdate>>,
}

enum Stage<T> {
    Due(Box<T>, Instant),
    WithWorker { due_at: Instant, cancel: CancelToken },
    Over,
}

/// The identity of a job: the URL of its status.
struct JobKey(Arc<Ticket>);

/// A task for a worker.
pub(super) struct Work<T> {
    pub id: u64,
    pub task: Box<T>,
    /// The worker may keep a stream open until it puts the task back.
    pub stream: bool,
    /// No worker is idle although other tasks are due.
    pub is_last_worker: bool,
}

/// What a worker does next.
pub(super) enum NextWork<T> {
    Work(Work<T>),
    /// Wait until this time.
    At(Instant),
    /// Wait for a change.
    Nothing,
}

/// When a task is due again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Requeue {
    Now,
    /// After this pause.
    After(Duration),
    /// After this pause, counted from when the task was due, so that a fixed rate does not drift.
    FixedRate(Duration),
}

/// An event, as it is read.
pub(super) struct PendingEvent {
    pub id: u64,
    pub tag: usize,
    pub ticket: Arc<Ticket>,
    pub update: JobUpdate,
}

impl<T> Schedule<T> {
    pub(super) fn new(streams: usize, requests_per_second: f64) -> Self {
        Self {
            jobs: HashMap::new(),
            keys: HashMap::new(),
            due: BinaryHeap::new(),
            pending: VecDeque::new(),
            budget: Budget::new(requests_per_second),
            streams,
            last_id: 0,
        }
    }

    /// Adds a job, due immediately, and returns its id. One that is there already keeps its id and gets the new tag.
    pub(super) fn add(&mut self, ticket: Arc<Ticket>, tag: usize, task: Box<T>, now: Instant) -> u64 {
        if let Some(id) = self.keys.get(&JobKey(ticket.clone())).copied() {
            if let Some(entry) = self.jobs.get_mut(&id) {
                entry.tag = tag;
            }
            return id;
        }
        self.last_id += 1;
        self.keys.insert(JobKey(ticket.clone()), self.last_id);
        let entry = Entry {
            ticket,
            tag,
            stage: Stage::Due(task, now),
            update: None,
        };
        self.jobs.insert(self.last_id, entry);
        self.due.push(Reverse((now, self.last_id)));
        self.last_id
    }

    /// Drops a job with its pending event; if a worker has it, stops that worker. Returns whether it was there.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        let Some(entry) = self.jobs.remove(&id) else {
            return false;
        };
        if !matches!(entry.stage, Stage::Over) {
            self.keys.remove(&JobKey(entry.ticket));
        }
        if entry.update.is_some() {
            self.pending.retain(|other| *other != id);
        }
        if let Stage::WithWorker { cancel, .. } = entry.stage {
            cancel.cancel();
        }
        true
    }

    /// Takes the task that is due, for a worker that `cancel` stops. One request is subtracted from the budget.
    pub(super) fn take(
        &mut self,
        now: Instant,
        cancel: &CancelToken,
        wants_stream: impl Fn(&T) -> bool,
    ) -> NextWork<T> {
        while let Some(&Reverse((at, id))) = self.due.peek() {
            let Some(entry) = self.jobs.get_mut(&id) else {
                self.due.pop();
                continue;
            };
            let at = at.max(self.budget.next(now));
            if at > now {
                return NextWork::At(at);
            }
            // What may panic comes first: then the schedule is unchanged, and this job is still the first that is due.
            let stream =
                self.streams > 0 && matches!(&entry.stage, Stage::Due(task, _) if wants_stream(task));
            self.budget.spend(now);
            self.due.pop();
            let Stage::Due(task, due_at) = std::mem::replace(&mut entry.stage, Stage::Over) else {
                unreachable!("a job is due once, and only in this stage");
            };
            let cancel = cancel.clone();
            entry.stage = Stage::WithWorker { due_at, cancel };
            self.streams -= usize::from(stream);
            return NextWork::Work(Work::new(id, task, stream));
        }
        NextWork::Nothing
    }

    /// Takes the task that is due first, whenever that is, so that its job can be ended.
    pub(super) fn take_first(&mut self) -> Option<Work<T>> {
        while let Some(Reverse((_, id))) = self.due.pop() {
            let stage = self.jobs.get_mut(&id).map(|entry| &mut entry.stage);
            if let Some(Stage::Due(task, _)) = stage.map(|stage| std::mem::replace(stage, Stage::Over)) {
                return Some(Work::new(id, task, false));
            }
        }
        None
    }

    /// Puts a task back; leaves it in the slot, to be dropped, if its job was removed.
    pub(super) fn put_back(&mut self, slot: &mut Option<Work<T>>, requeue: Requeue, now: Instant) {
        let Some(work) = slot else { return };
        self.streams += usize::from(std::mem::take(&mut work.stream));
        let Some(entry) = self.jobs.get_mut(&work.id) else {
            return;
        };
        let Stage::WithWorker { due_at, .. } = entry.stage else {
            unreachable!("only a job with a worker comes back");
        };
        let after = |pause| now.checked_add(pause).unwrap_or(now + LONGEST_PAUSE);
        let at = match requeue {
            Requeue::Now => now,
            Requeue::After(pause) => after(pause),
            // Polls that were missed, while the machine slept for instance, are not made up for.
            Requeue::FixedRate(pause) => {
                let next = due_at.checked_add(pause).filter(|at| *at > now);
                next.unwrap_or_else(|| after(pause))
            }
        };
        if let Some(Work { id, task, .. }) = slot.take() {
            entry.stage = Stage::Due(task, at);
            self.due.push(Reverse((at, id)));
        }
    }

    /// Whether there is anything to wait for.
    pub(super) fn any_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// When the first task is due; a removed job may make this too early.
    pub(super) fn first(&self, now: Instant) -> Option<Instant> {
        let Reverse((at, _)) = self.due.peek()?;
        Some((*at).max(self.budget.next(now)))
    }

    /// Stores a running state in place of an unread one. Returns whether there was none.
    pub(super) fn report(&mut self, id: u64, status: JobStatus) -> bool {
        self.store(id, JobUpdate::Progress(status))
    }

    /// Stores the end of a job that a worker has. Returns whether no other event of it was pending.
    pub(super) fn end(&mut self, id: u64, had_stream: bool, update: JobUpdate) -> bool {
        self.streams += usize::from(had_stream);
        if let Some(entry) = self.jobs.get_mut(&id) {
            entry.stage = Stage::Over;
            self.keys.remove(&JobKey(entry.ticket.clone()));
        }
        self.store(id, update)
    }

    fn store(&mut self, id: u64, update: JobUpdate) -> bool {
        let Some(entry) = self.jobs.get_mut(&id) else {
            return false;
        };
        match &mut entry.update {
            Some(earlier) => {
                **earlier = update;
                false
            }
            empty => {
                *empty = Some(Box::new(update));
                self.pending.push_back(id);
                true
            }
        }
    }

    /// Takes the next event; the last one of a job removes the job.
    pub(super) fn next_event(&mut self) -> Option<PendingEvent> {
        let id = self.pending.pop_front()?;
        let entry = self.jobs.get_mut(&id)?;
        let (tag, ticket, update) = (entry.tag, entry.ticket.clone(), *entry.update.take()?);
        if matches!(entry.stage, Stage::Over) {
            self.jobs.remove(&id);
        }
        Some(PendingEvent {
            id,
            tag,
            ticket,
            update,
        })
    }

    /// The number of jobs, including those whose end was not read yet.
    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Stops every worker that has a task.
    pub(super) fn cancel_all(&self) {
        for entry in self.jobs.values() {
            if let Stage::WithWorker { cancel, .. } = &entry.stage {
                cancel.cancel();
            }
        }
    }
}

impl<T> Work<T> {
    fn new(id: u64, task: Box<T>, stream: bool) -> Self {
        Self {
            id,
            task,
            stream,
            is_last_worker: false,
        }
    }
}

impl PartialEq for JobKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.status_url == other.0.status_url
    }
}

impl Eq for JobKey {}

impl Hash for JobKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.status_url.as_str().hash(state);
    }
}

/// A limit on requests per second, evenly spread.
struct Budget {
    gap: Duration,
    next: Option<Instant>,
}

impl Budget {
    fn new(requests_per_second: f64) -> Self {
        let gap = Duration::try_from_secs_f64(1.0 / requests_per_second).unwrap_or_default();
        Self { gap, next: None }
    }

    /// When the next request may be sent.
    fn next(&self, now: Instant) -> Instant {
        self.next.unwrap_or(now)
    }

    fn spend(&mut self, now: Instant) {
        if !self.gap.is_zero() {
            let earliest = now.checked_sub(SLACK).unwrap_or(now);
            self.next = Some(self.next.map_or(now, |next| next.max(earliest)) + self.gap);
        }
    }
}

#[cfg(test)]
mod tests;
