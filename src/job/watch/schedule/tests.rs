//! The book with an injected clock: order, rhythm, budget, streams, news, and removal at every moment.

use super::*;
use crate::error::{Error, ErrorKind};
use crate::url::Url;

const MS: Duration = Duration::from_millis(1);

fn ticket(id: &str) -> Arc<Ticket> {
    let base = Url::parse("https://api.example").unwrap();
    Arc::new(Ticket::from_id(&base, id).unwrap())
}

fn running(progress: f64) -> JobStatus {
    JobStatus::parse(format!("{{\"status\":\"running\",\"progress\":{progress}}}")).unwrap()
}

fn gave_up() -> News {
    News::GaveUp(Error::new(ErrorKind::Gone, "gone"))
}

/// A schedule whose tasks are the names of their jobs, and a clock to turn.
struct Book {
    schedule: Schedule<&'static str>,
    start: Instant,
    now: Instant,
    cancel: CancelToken,
}

impl Book {
    fn new(streams: usize, requests_per_second: f64) -> Self {
        let now = Instant::now();
        Self {
            schedule: Schedule::new(streams, requests_per_second),
            start: now,
            now,
            cancel: CancelToken::new(),
        }
    }

    fn add(&mut self, name: &'static str) -> u64 {
        self.schedule.add(ticket(name), 0, Box::new(name), self.now)
    }

    /// The task that is due now.
    fn take(&mut self) -> Option<Work<&'static str>> {
        match self.schedule.take(self.now, &self.cancel, |_| true) {
            Next::Work(work) => Some(work),
            Next::At(at) => {
                assert!(at > self.now);
                None
            }
            Next::Nothing => None,
        }
    }

    /// Turns the clock to when something is due, and takes it.
    fn take_next(&mut self) -> Work<&'static str> {
        if let Some(at) = self.schedule.first(self.now) {
            self.now = self.now.max(at);
        }
        self.take().expect("something is due")
    }

    fn give_back(&mut self, work: Work<&'static str>, again: Again) {
        let mut held = Some(work);
        self.schedule.give_back(&mut held, again, self.now);
        assert!(held.is_none());
    }

    fn at(&self) -> u128 {
        (self.now - self.start).as_millis()
    }

    fn read(&mut self) -> Option<(u64, String)> {
        self.schedule.read().map(|told| {
            let what = match told.news {
                News::Progress(status) => status.progress().unwrap().to_string(),
                News::Ended(status) => status.state().as_str().to_owned(),
                News::GaveUp(error) => format!("{:?}", error.kind()),
            };
            (told.id, what)
        })
    }
}

#[test]
fn tasks_come_when_they_are_due_the_longest_overdue_first() {
    let mut book = Book::new(0, 0.0);
    for name in ["a", "b", "c"] {
        book.add(name);
    }
    for (name, pause) in [("a", 30), ("b", 10), ("c", 20)] {
        let work = book.take().unwrap();
        assert_eq!(*work.task, name);
        book.give_back(work, Again::After(pause * MS));
    }
    assert!(book.take().is_none());
    for (name, at) in [("b", 10), ("c", 20), ("a", 30)] {
        let work = book.take_next();
        assert_eq!((*work.task, book.at()), (name, at));
        book.give_back(work, Again::After(Duration::MAX));
    }
    assert!(book.take().is_none());
}

#[test]
fn a_steady_beat_does_not_drift_and_never_makes_up_for_what_it_missed() {
    let mut book = Book::new(0, 0.0);
    book.add("a");
    for beat in 0..5 {
        let work = book.take_next();
        assert_eq!(book.at(), beat * 250);
        book.now += 40 * MS; // the request takes its time
        book.give_back(work, Again::Beat(250 * MS));
    }
    // The machine sleeps for an hour.
    book.now += Duration::from_secs(3600);
    let late = book.at();
    let work = book.take().unwrap();
    book.give_back(work, Again::Beat(250 * MS));
    assert!(book.take().is_none(), "one request, not fourteen thousand");
    let work = book.take_next();
    assert_eq!(book.at(), late + 250);
    // What is counted from the answer is counted from the answer.
    book.now += 40 * MS;
    book.give_back(work, Again::After(250 * MS));
    book.take_next();
    assert_eq!(book.at(), late + 250 + 40 + 250);
}

#[test]
fn the_budget_spreads_requests_and_allows_no_burst() {
    let mut book = Book::new(0, 100.0);
    for name in ["a", "b", "c", "d"] {
        book.add(name);
    }
    for at in [0, 10, 20, 30] {
        book.take_next();
        assert_eq!(book.at(), at);
        assert!(book.take().is_none());
    }
    // After a pause what was not used is lost, but for the slack.
    let mut book = Book::new(0, 100.0);
    book.add("a");
    let work = book.take_next();
    book.give_back(work, Again::After(Duration::from_secs(60)));
    let mut taken = 0;
    book.now += Duration::from_secs(60);
    while let Some(work) = book.take() {
        book.give_back(work, Again::Now);
        taken += 1;
    }
    assert_eq!(taken, 1 + (SLACK.as_millis() / 10) as u32);
}

#[test]
fn streams_are_lent_while_there_are_any() {
    let mut book = Book::new(1, 0.0);
    let first = book.add("a");
    book.add("b");
    book.add("c");
    let holder = book.take().unwrap();
    let other = book.take().unwrap();
    assert!(holder.stream && !other.stream);
    // The holder comes back, and the next one has it.
    book.give_back(holder, Again::After(MS));
    let next = book.take().unwrap();
    assert!(next.stream);
    // An end gives it back as well, and so does a task whose job was removed.
    book.schedule.end(next.id, next.stream, gave_up());
    let again = book.take_next();
    assert!(again.stream && again.id == first);
    book.schedule.remove(first);
    let mut again = Some(again);
    book.schedule.give_back(&mut again, Again::Now, book.now);
    assert!(again.is_some());
    book.add("d");
    assert!(book.take().unwrap().stream);
}

#[test]
fn only_the_latest_progress_is_kept_and_every_end() {
    let mut book = Book::new(0, 0.0);
    let (a, b) = (book.add("a"), book.add("b"));
    let (work_a, work_b) = (book.take().unwrap(), book.take().unwrap());
    assert!(book.schedule.report(a, running(0.1)));
    assert!(book.schedule.report(b, running(0.2)));
    assert!(!book.schedule.report(a, running(0.3)));
    assert_eq!(book.schedule.news.len(), 2);
    assert_eq!(book.read(), Some((a, "0.3".to_owned())));
    book.schedule.end(work_b.id, false, gave_up());
    book.schedule.end(work_a.id, false, gave_up());
    assert_eq!(book.schedule.len(), 2, "an end that was not read keeps its job");
    assert_eq!(book.read(), Some((b, "Gone".to_owned())));
    assert_eq!(book.read(), Some((a, "Gone".to_owned())));
    assert_eq!((book.read(), book.schedule.len()), (None, 0));
}

#[test]
fn a_job_is_there_once_until_it_has_ended() {
    let mut book = Book::new(0, 0.0);
    let first = book.add("a");
    assert_eq!(book.schedule.add(ticket("a"), 9, Box::new("a"), book.now), first);
    let work = book.take().unwrap();
    assert!(book.take().is_none());
    book.schedule.end(work.id, false, gave_up());
    let second = book.add("a");
    assert_ne!(first, second);
    let told = book.schedule.read().unwrap();
    assert_eq!((told.id, told.tag), (first, 9));
    // The end of the first does not make room for a third.
    assert_eq!(book.add("a"), second);
}

#[test]
fn nothing_is_heard_of_a_removed_job_whenever_it_was_removed() {
    let mut book = Book::new(0, 0.0);
    // While it is due.
    let due = book.add("due");
    assert!(book.schedule.remove(due) && !book.schedule.remove(due));
    assert!(book.take().is_none());
    // While a worker has it.
    let away = book.add("away");
    let work = book.take().unwrap();
    assert!(!book.cancel.is_cancelled());
    assert!(book.schedule.remove(away));
    assert!(book.cancel.is_cancelled(), "the worker is stopped");
    assert!(!book.schedule.report(away, running(0.5)));
    assert!(!book.schedule.end(work.id, false, gave_up()));
    // While there is news of it, and after its end.
    book.cancel = CancelToken::new();
    for end in [false, true] {
        let told = book.add("told");
        let work = book.take().unwrap();
        book.schedule.report(told, running(0.5));
        if end {
            book.schedule.end(work.id, false, gave_up());
        }
        assert!(book.schedule.remove(told));
    }
    assert_eq!((book.read(), book.schedule.len()), (None, 0));
    // And it can be added again.
    let again = book.add("away");
    assert_eq!(book.take().map(|work| work.id), Some(again));
}

#[test]
fn closing_stops_those_at_work() {
    let mut book = Book::new(0, 0.0);
    book.add("a");
    book.add("b");
    book.take().unwrap();
    book.schedule.cancel_all();
    assert!(book.cancel.is_cancelled());
}
