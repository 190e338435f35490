//! The schedule, shared between threads: workers take tasks and put them back, readers wait for events. No I/O happens here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::JobUpdate;
use super::schedule::{NextWork, PendingEvent, Requeue, Schedule, Work};
use crate::call::{CallContext, HostExecutor, HostTask};
use crate::cancel::{CancelToken, Wake};
use crate::error::{Error, Result};
use crate::job::Ticket;
use crate::job::status::JobStatus;
use crate::log::LogLevel;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// The log lines that are kept for a slow reader; further ones are counted and dropped.
const MAX_LOG_LINES: usize = 1000;
/// The tasks for the host program that are kept for a slow reader.
const MAX_HOST_TASKS: usize = 64;

/// What workers and readers share.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// For idle workers: a task is due, or will be.
    work: Condvar,
    /// For readers: there is an event, a log line or a task for the host.
    events: Condvar,
}

struct State<T> {
    schedule: Schedule<T>,
    log_lines: VecDeque<(LogLevel, String)>,
    dropped_log_lines: u64,
    /// What a reader's thread does for workers, since it may call the program.
    host_tasks: Vec<HostTask>,
    /// The workers that wait, and until when one of them waits on behalf of all.
    idle: usize,
    timer_until: Option<Instant>,
    /// The readers that wait for events.
    readers: usize,
    closed: bool,
}

impl<T: Send + 'static> Queue<T> {
    pub(super) fn new(schedule: Schedule<T>) -> Self {
        Self {
            state: Mutex::new(State {
                schedule,
                log_lines: VecDeque::new(),
                dropped_log_lines: 0,
                host_tasks: Vec::new(),
                idle: 0,
                timer_until: None,
                readers: 0,
                closed: false,
            }),
            work: Condvar::new(),
            events: Condvar::new(),
        }
    }

    /// Adds a job; returns its id, and whether a worker is idle.
    pub(super) fn add(&self, ticket: Arc<Ticket>, tag: usize, task: Box<T>) -> (u64, bool) {
        let (mut state, now) = (self.lock(), Instant::now());
        let id = state.schedule.add(ticket, tag, task, now);
        self.wake_worker(&mut state, now);
        (id, state.idle > 0)
    }

    pub(super) fn remove(&self, id: u64) -> bool {
        let mut state = self.lock();
        let removed = state.schedule.remove(id);
        drop(state);
        // It may have been the last job, and then readers must not wait any longer.
        self.events.notify_all();
        removed
    }

    pub(super) fn len(&self) -> usize {
        self.lock().schedule.len()
    }

    /// Waits for a task that is due and puts it into `slot`; leaves that empty once the watch is closed. `cancel` stops the
    /// work on the task.
    pub(super) fn take(
        &self,
        slot: &mut Option<Work<T>>,
        cancel: &mut CancelToken,
        wants_stream: impl Fn(&T) -> bool,
    ) {
        let mut state = self.lock();
        loop {
            if state.closed {
                return;
            }
            // The token was triggered for a job that was removed, and must not stop the next one.
            if cancel.is_cancelled() {
                *cancel = CancelToken::new();
            }
            // Without a job nothing must happen that can panic: it would panic again and again, with no job to end for it.
            let pause = if state.schedule.any_due() {
                let now = Instant::now();
                match state.schedule.take(now, cancel, &wants_stream) {
                    NextWork::Work(work) => {
                        let is_last_worker = state.idle == 0 && state.schedule.any_due();
                        *slot = Some(Work {
                            is_last_worker,
                            ..work
                        });
                        self.wake_worker(&mut state, now);
                        return;
                    }
                    NextWork::At(at) => Some((at, at - now)),
                    NextWork::Nothing => None,
                }
            } else {
                None
            };
            state.idle += 1;
            state = match pause.filter(|(at, _)| state.timer_until.is_none_or(|other| *at < other)) {
                Some((at, pause)) => {
                    state.timer_until = Some(at);
                    let waited = self.work.wait_timeout(state, pause);
                    let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
                    // Unless another worker has replaced it with an earlier time.
                    state.timer_until = state.timer_until.filter(|until| *until != at);
                    state
                }
                None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
            state.idle -= 1;
        }
    }

    /// Puts a task back, to be due again; leaves it in the slot if its job was removed.
    pub(super) fn put_back(&self, slot: &mut Option<Work<T>>, requeue: Requeue) {
        let (mut state, now) = (self.lock(), Instant::now());
        state.schedule.put_back(slot, requeue, now);
        self.wake_worker(&mut state, now);
    }

    /// Stores a running state of a job that a worker has.
    pub(super) fn report(&self, id: u64, status: JobStatus) {
        let mut state = self.lock();
        let is_event = state.schedule.report(id, status);
        self.wake_reader(state, is_event);
    }

    /// Stores the end of a job that a worker has.
    pub(super) fn end(&self, work: &mut Work<T>, update: JobUpdate) {
        let mut state = self.lock();
        let is_event = state
            .schedule
            .end(work.id, std::mem::take(&mut work.stream), update);
        self.wake_reader(state, is_event);
    }

    /// Ends the job that a worker has, or, if it failed to take one, the job that it failed at: the first that is due.
    pub(super) fn fail(&self, slot: &mut Option<Work<T>>, error: Error) {
        if slot.is_none() {
            *slot = self.lock().schedule.take_first();
        }
        if let Some(work) = slot {
            self.end(work, JobUpdate::GaveUp(error));
        }
    }

    /// Stores a log line for the reader.
    pub(super) fn log(&self, level: LogLevel, line: &str) {
        let mut state = self.lock();
        if state.log_lines.len() < MAX_LOG_LINES {
            state.log_lines.push_back((level, line.to_owned()));
        } else {
            state.dropped_log_lines += 1;
        }
        self.wake_reader(state, true);
    }

    /// Waits for the next event, meanwhile writing log lines and running tasks for workers; `None` once no job is left.
    pub(super) fn next_event(self: &Arc<Self>, context: &CallContext) -> Result<Option<PendingEvent>> {
        // Registered before the lock is taken and released after it: a trigger takes the token's lock first, then this one.
        let _registration = context
            .cancel
            .as_ref()
            .map(|cancel| cancel.register(self.clone()));
        let mut state = self.lock();
        loop {
            if !state.log_lines.is_empty() {
                let log_lines = std::mem::take(&mut state.log_lines);
                let dropped = std::mem::take(&mut state.dropped_log_lines);
                drop(state);
                // Without the lock: the program may use the watch in its log hook.
                write_log_lines(log_lines, dropped, context);
                state = self.lock();
            }
            if let Some(cancel) = &context.cancel {
                cancel.check()?;
            }
            if !state.host_tasks.is_empty() {
                let host_tasks = std::mem::take(&mut state.host_tasks);
                drop(state);
                host_tasks
                    .into_iter()
                    .for_each(|task| task(&context.without_limits()));
                state = self.lock();
                continue;
            }
            if let Some(event) = state.schedule.next_event() {
                if state.schedule.len() == 0 {
                    self.events.notify_all();
                }
                return Ok(Some(event));
            }
            if state.schedule.len() == 0 {
                return Ok(None);
            }
            context.check()?;
            if !state.log_lines.is_empty() || !state.host_tasks.is_empty() {
                continue;
            }
            state.readers += 1;
            state = match context.deadline {
                None => self.events.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let waited = self.events.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            state.readers -= 1;
        }
    }

    /// Stops the workers: the busy ones by their tokens, the idle ones by waking them.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.schedule.cancel_all();
        drop(state);
        self.work.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Wakes an idle worker to wait for the task that is due first, unless one waits for it already.
    fn wake_worker(&self, state: &mut State<T>, now: Instant) {
        let Some(first) = state.schedule.first(now) else {
            return;
        };
        if state.idle > 0 && state.timer_until.is_none_or(|at| first < at) {
            self.work.notify_one();
        }
    }

    fn wake_reader(&self, state: MutexGuard<'_, State<T>>, is_event: bool) {
        let wake = is_event && state.readers > 0;
        drop(state);
        if wake {
            self.events.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Queue")
    }
}

impl<T: Send + 'static> HostExecutor for Queue<T> {
    fn run(&self, task: HostTask) {
        let mut state = self.lock();
        // Most of them are the same request for a token, and the first serves all.
        if state.host_tasks.len() < MAX_HOST_TASKS {
            state.host_tasks.push(task);
        }
        self.wake_reader(state, true);
    }
}

/// A cancel token wakes the readers.
impl<T: Send> Wake for Queue<T> {
    fn wake(&self) {
        // The lock orders this after a reader's check of the token.
        let _order = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.events.notify_all();
    }
}

fn write_log_lines(log_lines: VecDeque<(LogLevel, String)>, dropped: u64, context: &CallContext) {
    for (level, line) in log_lines {
        context.log.line(level, || line);
    }
    if dropped > 0 {
        context.log.line(LogLevel::Warn, || {
            format!("{dropped} log log_lines were dropped: they came faster than they were read")
        });
    }
}

#[cfg(model)]
pub mod model;
#[cfg(test)]
mod tests;
