//! The schedule with an injected clock: order, fixed rates, budget, streams, events, and removal at every moment.

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

fn gave_up() -> JobUpdate {
    JobUpdate::GaveUp(Error::new(ErrorKind::Gone, "gone"))
}

/// A schedule whose tasks are the ids of their jobs, and a clock.
struct Fixture {
    schedule: Schedule<&'static str>,
    start: Instant,
    now: Instant,
    cancel: CancelToken,
}

impl Fixture {
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
            NextWork::Work(work) => Some(work),
            NextWork::At(at) => {
                assert!(at > self.now);
                None
            }
            NextWork::Nothing => None,
        }
    }

    /// Moves the clock to when a task is due, and takes it.
    fn take_next(&mut self) -> Work<&'static str> {
        if let Some(at) = self.schedule.first(self.now) {
            self.now = self.now.max(at);
        }
        self.take().expect("something is due")
    }

    fn put_back(&mut self, work: Work<&'static str>, requeue: Requeue) {
        let mut slot = Some(work);
        self.schedule.put_back(&mut slot, requeue, self.now);
        assert!(slot.is_none());
    }

    fn at(&self) -> u128 {
        (self.now - self.start).as_millis()
    }

    fn read(&mut self) -> Option<(u64, String)> {
        self.schedule.next_event().map(|event| {
            let what = match event.update {
                JobUpdate::Progress(status) => status.progress().unwrap().to_string(),
                JobUpdate::Ended(status) => status.state().as_str().to_owned(),
                JobUpdate::GaveUp(error) => format!("{:?}", error.kind()),
            };
            (event.id, what)
        })
    }
}

#[test]
fn tasks_are_taken_when_they_are_due_the_longest_overdue_first() {
    let mut fixture = Fixture::new(0, 0.0);
    for name in ["a", "b", "c"] {
        fixture.add(name);
    }
    for (name, pause) in [("a", 30), ("b", 10), ("c", 20)] {
        let work = fixture.take().unwrap();
        assert_eq!(*work.task, name);
        fixture.put_back(work, Requeue::After(pause * MS));
    }
    assert!(fixture.take().is_none());
    for (name, at) in [("b", 10), ("c", 20), ("a", 30)] {
        let work = fixture.take_next();
        assert_eq!((*work.task, fixture.at()), (name, at));
        fixture.put_back(work, Requeue::After(Duration::MAX));
    }
    assert!(fixture.take().is_none());
}

#[test]
fn a_fixed_rate_does_not_drift_and_missed_polls_are_not_made_up_for() {
    let mut fixture = Fixture::new(0, 0.0);
    fixture.add("a");
    for poll in 0..5 {
        let work = fixture.take_next();
        assert_eq!(fixture.at(), poll * 250);
        fixture.now += 40 * MS; // the request takes its time
        fixture.put_back(work, Requeue::FixedRate(250 * MS));
    }
    // The computer sleeps for an hour.
    fixture.now += Duration::from_secs(3600);
    let late = fixture.at();
    let work = fixture.take().unwrap();
    fixture.put_back(work, Requeue::FixedRate(250 * MS));
    assert!(fixture.take().is_none(), "one request, not fourteen thousand");
    let work = fixture.take_next();
    assert_eq!(fixture.at(), late + 250);
    // A pause that is not at a fixed rate is counted from the response.
    fixture.now += 40 * MS;
    fixture.put_back(work, Requeue::After(250 * MS));
    fixture.take_next();
    assert_eq!(fixture.at(), late + 250 + 40 + 250);
}

#[test]
fn the_budget_spreads_requests_and_allows_no_burst() {
    let mut fixture = Fixture::new(0, 100.0);
    for name in ["a", "b", "c", "d"] {
        fixture.add(name);
    }
    for at in [0, 10, 20, 30] {
        fixture.take_next();
        assert_eq!(fixture.at(), at);
        assert!(fixture.take().is_none());
    }
    // After a pause what was not used is lost, but for the slack.
    let mut fixture = Fixture::new(0, 100.0);
    fixture.add("a");
    let work = fixture.take_next();
    fixture.put_back(work, Requeue::After(Duration::from_secs(60)));
    let mut taken = 0;
    fixture.now += Duration::from_secs(60);
    while let Some(work) = fixture.take() {
        fixture.put_back(work, Requeue::Now);
        taken += 1;
    }
    assert_eq!(taken, 1 + (SLACK.as_millis() / 10) as u32);
}

#[test]
fn streams_are_given_out_up_to_their_number() {
    let mut fixture = Fixture::new(1, 0.0);
    let first = fixture.add("a");
    fixture.add("b");
    fixture.add("c");
    let holder = fixture.take().unwrap();
    let other = fixture.take().unwrap();
    assert!(holder.stream && !other.stream);
    // The holder comes back, and the next one has it.
    fixture.put_back(holder, Requeue::After(MS));
    let next = fixture.take().unwrap();
    assert!(next.stream);
    // An end gives it back as well, and so does a task whose job was removed.
    fixture.schedule.end(next.id, next.stream, gave_up());
    let again = fixture.take_next();
    assert!(again.stream && again.id == first);
    fixture.schedule.remove(first);
    let mut again = Some(again);
    fixture.schedule.put_back(&mut again, Requeue::Now, fixture.now);
    assert!(again.is_some());
    fixture.add("d");
    assert!(fixture.take().unwrap().stream);
}

#[test]
fn the_latest_progress_and_every_end_are_reported() {
    let mut fixture = Fixture::new(0, 0.0);
    let (a, b) = (fixture.add("a"), fixture.add("b"));
    let (work_a, work_b) = (fixture.take().unwrap(), fixture.take().unwrap());
    assert!(fixture.schedule.report(a, running(0.1)));
    assert!(fixture.schedule.report(b, running(0.2)));
    assert!(!fixture.schedule.report(a, running(0.3)));
    assert_eq!(fixture.schedule.pending.len(), 2);
    assert_eq!(fixture.read(), Some((a, "0.3".to_owned())));
    fixture.schedule.end(work_b.id, false, gave_up());
    fixture.schedule.end(work_a.id, false, gave_up());
    assert_eq!(
        fixture.schedule.len(),
        2,
        "an end that was not read keeps its job"
    );
    assert_eq!(fixture.read(), Some((b, "Gone".to_owned())));
    assert_eq!(fixture.read(), Some((a, "Gone".to_owned())));
    assert_eq!((fixture.read(), fixture.schedule.len()), (None, 0));
}

#[test]
fn a_job_is_scheduled_once_until_it_has_ended() {
    let mut fixture = Fixture::new(0, 0.0);
    let first = fixture.add("a");
    assert_eq!(
        fixture.schedule.add(ticket("a"), 9, Box::new("a"), fixture.now),
        first
    );
    let work = fixture.take().unwrap();
    assert!(fixture.take().is_none());
    fixture.schedule.end(work.id, false, gave_up());
    let second = fixture.add("a");
    assert_ne!(first, second);
    let event = fixture.schedule.next_event().unwrap();
    assert_eq!((event.id, event.tag), (first, 9));
    // The end of the first does not admit a third.
    assert_eq!(fixture.add("a"), second);
}

#[test]
fn a_removed_job_has_no_further_events() {
    let mut fixture = Fixture::new(0, 0.0);
    // While it is due.
    let due = fixture.add("due");
    assert!(fixture.schedule.remove(due) && !fixture.schedule.remove(due));
    assert!(fixture.take().is_none());
    // While a worker has it.
    let away = fixture.add("away");
    let work = fixture.take().unwrap();
    assert!(!fixture.cancel.is_cancelled());
    assert!(fixture.schedule.remove(away));
    assert!(fixture.cancel.is_cancelled(), "the worker is stopped");
    assert!(!fixture.schedule.report(away, running(0.5)));
    assert!(!fixture.schedule.end(work.id, false, gave_up()));
    // While an update of it is pending, and after its end.
    fixture.cancel = CancelToken::new();
    for end in [false, true] {
        let id = fixture.add("updated");
        let work = fixture.take().unwrap();
        fixture.schedule.report(id, running(0.5));
        if end {
            fixture.schedule.end(work.id, false, gave_up());
        }
        assert!(fixture.schedule.remove(id));
    }
    assert_eq!((fixture.read(), fixture.schedule.len()), (None, 0));
    // And it can be added again.
    let again = fixture.add("away");
    assert_eq!(fixture.take().map(|work| work.id), Some(again));
}

#[test]
fn cancel_all_stops_busy_workers() {
    let mut fixture = Fixture::new(0, 0.0);
    fixture.add("a");
    fixture.add("b");
    fixture.take().unwrap();
    fixture.schedule.cancel_all();
    assert!(fixture.cancel.is_cancelled());
}
