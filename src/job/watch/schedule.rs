//! Who is to be asked next, and what there is to tell: the book of a watch. It knows no clock, no thread and no socket.
//!
//! What holds after every call:
//! 1. a job is at one place: due at a time, away with one worker, or over;
//! 2. there is at most one entry of news for a job, so that a slow reader costs no memory;
//! 3. an end is kept until it is read or its job is removed, and nothing follows it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::News;
use crate::cancel::CancelToken;
use crate::job::Ticket;
use crate::job::status::JobStatus;

/// How late a request may be and still be followed by the next one earlier than the budget's gap: workers wake late.
const SLACK: Duration = Duration::from_millis(50);

/// Where the clock cannot count as far as a pause reaches.
const FAR: Duration = Duration::from_secs(1 << 24);

/// The jobs of a watch; `T` is what a worker needs to go on with one.
pub(super) struct Schedule<T> {
    jobs: HashMap<u64, Entry<T>>,
    /// Those that are not over.
    names: HashMap<Name, u64>,
    /// May hold times of jobs that were removed meanwhile.
    due: BinaryHeap<Reverse<(Instant, u64)>>,
    news: VecDeque<u64>,
    budget: Budget,
    streams: usize,
    last_id: u64,
}

struct Entry<T> {
    name: Arc<Ticket>,
    tag: usize,
    place: Place<T>,
    news: Option<Box<News>>,
}

enum Place<T> {
    Due(Box<T>, Instant),
    Away { since_due: Instant, cancel: CancelToken },
    Over,
}

/// What makes two jobs the same: the address at which they are asked about.
struct Name(Arc<Ticket>);

/// What a worker is given.
pub(super) struct Work<T> {
    pub id: u64,
    pub task: Box<T>,
    /// The worker may hold a stream open; it is to be given back with the task.
    pub stream: bool,
    /// Nobody is left to look after the other jobs.
    pub alone: bool,
}

/// What there is for a worker.
pub(super) enum Next<T> {
    Work(Work<T>),
    /// Nothing before this time.
    At(Instant),
    /// Nothing until something changes.
    Nothing,
}

/// When a task is to go on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Again {
    Now,
    /// So long from now.
    After(Duration),
    /// So long from when it was due, so that a steady rhythm does not drift.
    Beat(Duration),
}

/// One piece of news, as it is read.
pub(super) struct Told {
    pub id: u64,
    pub tag: usize,
    pub name: Arc<Ticket>,
    pub news: News,
}

impl<T> Schedule<T> {
    pub(super) fn new(streams: usize, requests_per_second: f64) -> Self {
        Self {
            jobs: HashMap::new(),
            names: HashMap::new(),
            due: BinaryHeap::new(),
            news: VecDeque::new(),
            budget: Budget::new(requests_per_second),
            streams,
            last_id: 0,
        }
    }

    /// Takes a job in, due at once, and gives its id. One that is there already keeps its id and gets the new tag.
    pub(super) fn add(&mut self, name: Arc<Ticket>, tag: usize, task: Box<T>, now: Instant) -> u64 {
        if let Some(id) = self.names.get(&Name(name.clone())).copied() {
            if let Some(entry) = self.jobs.get_mut(&id) {
                entry.tag = tag;
            }
            return id;
        }
        self.last_id += 1;
        self.names.insert(Name(name.clone()), self.last_id);
        let entry = Entry {
            name,
            tag,
            place: Place::Due(task, now),
            news: None,
        };
        self.jobs.insert(self.last_id, entry);
        self.due.push(Reverse((now, self.last_id)));
        self.last_id
    }

    /// Drops a job with all its news; if a worker has it, stops that worker. Whether it was there.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        let Some(entry) = self.jobs.remove(&id) else {
            return false;
        };
        if !matches!(entry.place, Place::Over) {
            self.names.remove(&Name(entry.name));
        }
        if entry.news.is_some() {
            self.news.retain(|other| *other != id);
        }
        if let Place::Away { cancel, .. } = entry.place {
            cancel.cancel();
        }
        true
    }

    /// The task that is due, for a worker that `cancel` stops. A request is taken off the budget.
    pub(super) fn take(
        &mut self,
        now: Instant,
        cancel: &CancelToken,
        wants_stream: impl Fn(&T) -> bool,
    ) -> Next<T> {
        while let Some(&Reverse((at, id))) = self.due.peek() {
            let Some(entry) = self.jobs.get_mut(&id) else {
                self.due.pop();
                continue;
            };
            let at = at.max(self.budget.next(now));
            if at > now {
                return Next::At(at);
            }
            // What may panic comes first: the book is as it was then, with this job the first that is due.
            let stream =
                self.streams > 0 && matches!(&entry.place, Place::Due(task, _) if wants_stream(task));
            self.budget.spend(now);
            self.due.pop();
            let Place::Due(task, since_due) = std::mem::replace(&mut entry.place, Place::Over) else {
                unreachable!("a job has one time, and only while it is due");
            };
            let cancel = cancel.clone();
            entry.place = Place::Away { since_due, cancel };
            self.streams -= usize::from(stream);
            return Next::Work(Work::new(id, task, stream));
        }
        Next::Nothing
    }

    /// The task that is due first, whenever that is, for one who is going to end its job.
    pub(super) fn take_first(&mut self) -> Option<Work<T>> {
        while let Some(Reverse((_, id))) = self.due.pop() {
            let place = self.jobs.get_mut(&id).map(|entry| &mut entry.place);
            if let Some(Place::Due(task, _)) = place.map(|place| std::mem::replace(place, Place::Over)) {
                return Some(Work::new(id, task, false));
            }
        }
        None
    }

    /// Takes a task back; leaves it with the caller, to be dropped, if its job was removed.
    pub(super) fn give_back(&mut self, held: &mut Option<Work<T>>, again: Again, now: Instant) {
        let Some(work) = held else { return };
        self.streams += usize::from(std::mem::take(&mut work.stream));
        let Some(entry) = self.jobs.get_mut(&work.id) else {
            return;
        };
        let Place::Away { since_due, .. } = entry.place else {
            unreachable!("only a job that is away comes back");
        };
        let after = |pause| now.checked_add(pause).unwrap_or(now + FAR);
        let at = match again {
            Again::Now => now,
            Again::After(pause) => after(pause),
            // Beats that were missed, while the machine slept for instance, are not made up for.
            Again::Beat(pause) => {
                let beat = since_due.checked_add(pause).filter(|at| *at > now);
                beat.unwrap_or_else(|| after(pause))
            }
        };
        if let Some(Work { id, task, .. }) = held.take() {
            entry.place = Place::Due(task, at);
            self.due.push(Reverse((at, id)));
        }
    }

    /// Whether there is anything to wait for.
    pub(super) fn any_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// When the first task is due, or may have been.
    pub(super) fn first(&self, now: Instant) -> Option<Instant> {
        let Reverse((at, _)) = self.due.peek()?;
        Some((*at).max(self.budget.next(now)))
    }

    /// Notes a running state in place of an earlier one that was not read. Whether there was none.
    pub(super) fn report(&mut self, id: u64, status: JobStatus) -> bool {
        self.tell(id, News::Progress(status))
    }

    /// Notes the end of a job that is away. Whether no other news of it was there.
    pub(super) fn end(&mut self, id: u64, held_stream: bool, news: News) -> bool {
        self.streams += usize::from(held_stream);
        if let Some(entry) = self.jobs.get_mut(&id) {
            entry.place = Place::Over;
            self.names.remove(&Name(entry.name.clone()));
        }
        self.tell(id, news)
    }

    fn tell(&mut self, id: u64, news: News) -> bool {
        let Some(entry) = self.jobs.get_mut(&id) else {
            return false;
        };
        match &mut entry.news {
            Some(earlier) => {
                **earlier = news;
                false
            }
            none => {
                *none = Some(Box::new(news));
                self.news.push_back(id);
                true
            }
        }
    }

    /// The next piece of news; the last one of a job forgets the job.
    pub(super) fn read(&mut self) -> Option<Told> {
        let id = self.news.pop_front()?;
        let entry = self.jobs.get_mut(&id)?;
        let (tag, name, news) = (entry.tag, entry.name.clone(), *entry.news.take()?);
        if matches!(entry.place, Place::Over) {
            self.jobs.remove(&id);
        }
        Some(Told { id, tag, name, news })
    }

    /// How many jobs there are, those included whose end was not read yet.
    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Stops every worker that has a task.
    pub(super) fn cancel_all(&self) {
        for entry in self.jobs.values() {
            if let Place::Away { cancel, .. } = &entry.place {
                cancel.cancel();
            }
        }
    }
}

impl<T> Work<T> {
    fn new(id: u64, task: Box<T>, stream: bool) -> Self {
        let alone = false;
        Self {
            id,
            task,
            stream,
            alone,
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.status_url == other.0.status_url
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.status_url.as_str().hash(state);
    }
}

/// So many requests a second at most, evenly spread.
struct Budget {
    gap: Duration,
    next: Option<Instant>,
}

impl Budget {
    fn new(requests_per_second: f64) -> Self {
        let gap = Duration::try_from_secs_f64(1.0 / requests_per_second).unwrap_or_default();
        Self { gap, next: None }
    }

    /// When the next request may go.
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
