//! The schedule between threads: workers take tasks and give them back, one reader waits for news. No I/O happens here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::News;
use super::schedule::{Again, Next, Schedule, Told, Work};
use crate::call::{CallContext, HostExecutor, HostTask};
use crate::cancel::{CancelToken, Wake};
use crate::error::{Error, Result};
use crate::job::Ticket;
use crate::job::status::JobStatus;
use crate::log::LogLevel;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// Log lines kept for a reader who is slow; what is beyond is counted.
const LINES: usize = 1000;
/// Errands kept for a reader who is slow.
const ERRANDS: usize = 64;

/// What workers and reader share.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// For idle workers: there is something to do, or to wait for.
    work: Condvar,
    /// For the reader.
    news: Condvar,
}

struct State<T> {
    schedule: Schedule<T>,
    lines: VecDeque<(LogLevel, String)>,
    lost_lines: u64,
    /// What the reader's thread is to do for workers.
    errands: Vec<HostTask>,
    /// Workers that wait for work, and until when one of them waits on behalf of all.
    idle: usize,
    look_out: Option<Instant>,
    /// Readers that wait for news.
    readers: usize,
    closed: bool,
}

impl<T: Send + 'static> Queue<T> {
    pub(super) fn new(schedule: Schedule<T>) -> Self {
        Self {
            state: Mutex::new(State {
                schedule,
                lines: VecDeque::new(),
                lost_lines: 0,
                errands: Vec::new(),
                idle: 0,
                look_out: None,
                readers: 0,
                closed: false,
            }),
            work: Condvar::new(),
            news: Condvar::new(),
        }
    }

    /// Takes a job in; gives its id, and whether a worker is there to begin.
    pub(super) fn add(&self, name: Arc<Ticket>, tag: usize, task: Box<T>) -> (u64, bool) {
        let (mut state, now) = (self.lock(), Instant::now());
        let id = state.schedule.add(name, tag, task, now);
        self.rouse(&mut state, now);
        (id, state.idle > 0)
    }

    pub(super) fn remove(&self, id: u64) -> bool {
        let mut state = self.lock();
        let removed = state.schedule.remove(id);
        drop(state);
        // Perhaps it was the last, and the reader waits for no more.
        self.news.notify_all();
        removed
    }

    pub(super) fn len(&self) -> usize {
        self.lock().schedule.len()
    }

    /// Waits for a task that is due and puts it into `held`; puts nothing there once the watch is closed. `cancel` stops
    /// what is done with the task.
    pub(super) fn take(
        &self,
        held: &mut Option<Work<T>>,
        cancel: &mut CancelToken,
        wants_stream: impl Fn(&T) -> bool,
    ) {
        let mut state = self.lock();
        loop {
            if state.closed {
                return;
            }
            // The token of a job that was removed meanwhile must not stop the next.
            if cancel.is_cancelled() {
                *cancel = CancelToken::new();
            }
            // Without a job nothing is done that can fail: it would fail again and again, and no job would end for it.
            let pause = if state.schedule.any_due() {
                let now = Instant::now();
                match state.schedule.take(now, cancel, &wants_stream) {
                    Next::Work(work) => {
                        let alone = state.idle == 0 && state.schedule.any_due();
                        *held = Some(Work { alone, ..work });
                        self.rouse(&mut state, now);
                        return;
                    }
                    Next::At(at) => Some((at, at - now)),
                    Next::Nothing => None,
                }
            } else {
                None
            };
            state.idle += 1;
            state = match pause.filter(|(at, _)| state.look_out.is_none_or(|other| *at < other)) {
                Some((at, pause)) => {
                    state.look_out = Some(at);
                    let waited = self.work.wait_timeout(state, pause);
                    let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
                    // Unless another has taken over for an earlier time.
                    state.look_out = state.look_out.filter(|mine| *mine != at);
                    state
                }
                None => self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
            state.idle -= 1;
        }
    }

    /// Gives a task back, to go on then; leaves it there if its job was removed.
    pub(super) fn give_back(&self, held: &mut Option<Work<T>>, again: Again) {
        let (mut state, now) = (self.lock(), Instant::now());
        state.schedule.give_back(held, again, now);
        self.rouse(&mut state, now);
    }

    /// Notes a running state of a job that a worker has.
    pub(super) fn report(&self, id: u64, status: JobStatus) {
        let mut state = self.lock();
        let told = state.schedule.report(id, status);
        self.announce(state, told);
    }

    /// Notes the end of a job that a worker has.
    pub(super) fn end(&self, work: &mut Work<T>, news: News) {
        let mut state = self.lock();
        let told = state
            .schedule
            .end(work.id, std::mem::take(&mut work.stream), news);
        self.announce(state, told);
    }

    /// Ends the job that a worker has, or, where it failed to take one, the one that it failed at: the first that is due.
    pub(super) fn fail(&self, held: &mut Option<Work<T>>, error: Error) {
        if held.is_none() {
            *held = self.lock().schedule.take_first();
        }
        if let Some(work) = held {
            self.end(work, News::GaveUp(error));
        }
    }

    /// Keeps a log line for the reader.
    pub(super) fn log(&self, level: LogLevel, line: &str) {
        let mut state = self.lock();
        if state.lines.len() < LINES {
            state.lines.push_back((level, line.to_owned()));
        } else {
            state.lost_lines += 1;
        }
        self.announce(state, true);
    }

    /// Waits for the next piece of news, hearing log lines and doing errands meanwhile; nothing once no job is left.
    pub(super) fn read(self: &Arc<Self>, context: &CallContext) -> Result<Option<Told>> {
        // Made before and dropped after the lock is held: a trigger takes the token's lock first, then this one.
        let _woken = context
            .cancel
            .as_ref()
            .map(|cancel| cancel.register(self.clone()));
        let mut state = self.lock();
        loop {
            if !state.lines.is_empty() {
                let lines = std::mem::take(&mut state.lines);
                let lost = std::mem::take(&mut state.lost_lines);
                drop(state);
                // Without the lock: the program may do with the watch what it likes.
                deliver(lines, lost, context);
                state = self.lock();
            }
            if let Some(cancel) = &context.cancel {
                cancel.check()?;
            }
            if !state.errands.is_empty() {
                let errands = std::mem::take(&mut state.errands);
                drop(state);
                errands
                    .into_iter()
                    .for_each(|task| task(&context.without_limits()));
                state = self.lock();
                continue;
            }
            if let Some(told) = state.schedule.read() {
                if state.schedule.len() == 0 {
                    self.news.notify_all();
                }
                return Ok(Some(told));
            }
            if state.schedule.len() == 0 {
                return Ok(None);
            }
            context.check()?;
            if !state.lines.is_empty() || !state.errands.is_empty() {
                continue;
            }
            state.readers += 1;
            state = match context.deadline {
                None => self.news.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let waited = self.news.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            state.readers -= 1;
        }
    }

    /// Stops the workers: those at work by their tokens, the others by waking them.
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

    /// Has somebody wait for what is due first, if anybody is idle and nobody waits for it yet.
    fn rouse(&self, state: &mut State<T>, now: Instant) {
        let Some(first) = state.schedule.first(now) else {
            return;
        };
        if state.idle > 0 && state.look_out.is_none_or(|at| first < at) {
            self.work.notify_one();
        }
    }

    fn announce(&self, state: MutexGuard<'_, State<T>>, told: bool) {
        let wake = told && state.readers > 0;
        drop(state);
        if wake {
            self.news.notify_one();
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
        // Most are the same: the first that is done serves all.
        if state.errands.len() < ERRANDS {
            state.errands.push(task);
        }
        self.announce(state, true);
    }
}

/// A cancel token wakes the reader.
impl<T: Send> Wake for Queue<T> {
    fn wake(&self) {
        // The lock orders this after a reader's look at the token.
        let _order = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.news.notify_all();
    }
}

fn deliver(lines: VecDeque<(LogLevel, String)>, lost: u64, context: &CallContext) {
    for (level, line) in lines {
        context.log.line(level, || line);
    }
    if lost > 0 {
        context.log.line(LogLevel::Warn, || {
            format!("{lost} log lines came faster than they were read and are lost")
        });
    }
}

#[cfg(model)]
pub mod model;
#[cfg(test)]
mod tests;
