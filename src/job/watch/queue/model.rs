//! Model checks of the queue: workers and reader in many orders.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering};

use super::super::workers::{TaskOutcome, run_one};
use super::*;
use crate::call::Call;
use crate::call::model_context as context;
use crate::error::{Error, ErrorKind};
use crate::sync::{Event, LONG, thread};
use crate::url::Url;

type Jobs = Arc<Queue<u32>>;

fn queue() -> Jobs {
    Arc::new(Queue::new(Schedule::new(0, 0.0)))
}

fn add(queue: &Jobs, name: &str) -> u64 {
    let base = Url::parse("https://api.example").expect("a URL");
    let ticket = Arc::new(Ticket::from_id(&base, name).expect("a ticket"));
    queue.add(ticket, 0, Box::new(0)).0
}

fn take(queue: &Jobs) -> Option<Work<u32>> {
    let mut slot = None;
    queue.take(&mut slot, &mut CancelToken::new(), |_| false);
    slot
}

/// The job of the next event.
fn read(queue: &Jobs) -> Option<u64> {
    let event = queue.next_event(&context(&Call::new())).expect("nobody cancels");
    event.map(|event| event.id)
}

fn over() -> JobUpdate {
    JobUpdate::GaveUp(Error::new(ErrorKind::Gone, "over"))
}

/// A worker that polls each job so many times; returns how often it polled.
fn worker(queue: &Jobs, times: u32, requeue: Requeue) -> thread::JoinHandle<u32> {
    let queue = queue.clone();
    thread::spawn(move || {
        let mut polls = 0;
        while let Some(mut work) = take(&queue) {
            polls += 1;
            *work.task += 1;
            if *work.task < times {
                queue.put_back(&mut Some(work), requeue);
            } else {
                queue.end(&mut work, over());
            }
        }
        polls
    })
}

fn shut_down(queue: &Jobs, workers: impl IntoIterator<Item = thread::JoinHandle<u32>>) -> u32 {
    queue.close();
    workers
        .into_iter()
        .map(|worker| worker.join().expect("a worker"))
        .sum()
}

pub fn each_job_is_polled_in_turn_and_ends_once() {
    let queue = queue();
    let workers = [(); 2].map(|()| worker(&queue, 2, Requeue::Now));
    let mut added = vec![add(&queue, "a"), add(&queue, "b")];
    while let Some(id) = read(&queue) {
        let at = added.iter().position(|other| *other == id);
        added.remove(at.expect("an event of a job that is not over yet"));
    }
    assert!(added.is_empty());
    assert_eq!(shut_down(&queue, workers), 4);
}

pub fn a_late_job_delays_no_other() {
    let queue = queue();
    let late = add(&queue, "late");
    let workers = [(); 2].map(|()| worker(&queue, 2, Requeue::After(LONG)));
    let soon = add(&queue, "soon");
    // The hour never passes: each is polled once and then removed.
    let remover = {
        let queue = queue.clone();
        thread::spawn(move || [late, soon].map(|id| assert!(queue.remove(id))))
    };
    assert_eq!(read(&queue), None);
    remover.join().expect("the remover");
    assert!(shut_down(&queue, workers) <= 2);
}

pub fn a_late_job_is_waited_for_while_another_is_polled() {
    let queue = queue();
    let late = add(&queue, "late");
    let requests = Arc::new(AtomicU32::new(0));
    let workers = [(); 2].map(|()| {
        let (queue, requests) = (queue.clone(), requests.clone());
        thread::spawn(move || {
            while let Some(mut work) = take(&queue) {
                requests.fetch_add(1, Ordering::SeqCst);
                if work.id == late {
                    queue.put_back(&mut Some(work), Requeue::After(LONG));
                } else {
                    queue.end(&mut work, over());
                }
            }
            0
        })
    });
    // Even if both workers wait by then.
    let soon = add(&queue, "soon");
    assert_eq!(read(&queue), Some(soon));
    let later = add(&queue, "later");
    assert_eq!(read(&queue), Some(later));
    shut_down(&queue, workers);
    assert!(requests.load(Ordering::SeqCst) <= 3);
}

pub fn a_panic_loses_no_job_and_no_worker() {
    let queue = Arc::new(Queue::new(Schedule::new(1, 0.0)));
    let failed = Arc::new(AtomicU32::new(0));
    // The first that is taken panics within the lock, the second where the job is polled.
    let fail_at = |failed: &AtomicU32, turn| {
        if failed.compare_exchange(turn, turn + 1, Ordering::SeqCst, Ordering::SeqCst) == Ok(turn) {
            std::panic::resume_unwind(Box::new("a defect"));
        }
        true
    };
    let workers = [(); 2].map(|()| {
        let (queue, failed) = (queue.clone(), failed.clone());
        thread::spawn(move || {
            let mut cancel = CancelToken::new();
            while run_one(
                &queue,
                &mut cancel,
                |_| fail_at(&failed, 0),
                |_, _, _| {
                    fail_at(&failed, 1);
                    TaskOutcome::Over(over())
                },
            ) {}
            0
        })
    });
    let mut added = vec![add(&queue, "a"), add(&queue, "b"), add(&queue, "c")];
    while let Some(id) = read(&queue) {
        added.retain(|other| *other != id);
    }
    assert!(added.is_empty());
    assert_eq!(failed.load(Ordering::SeqCst), 2);
    shut_down(&queue, workers);
}

pub fn a_triggered_token_ends_the_reading() {
    let (queue, cancel) = (queue(), CancelToken::new());
    add(&queue, "never");
    let other = {
        let cancel = cancel.clone();
        thread::spawn(move || cancel.cancel())
    };
    let ended = queue.next_event(&context(&Call::new().cancel(&cancel)));
    assert_eq!(ended.err().map(|error| error.kind()), Some(ErrorKind::Cancelled));
    other.join().expect("the trigger");
}

pub fn the_reader_runs_the_tasks_of_workers() {
    let queue = queue();
    let id = add(&queue, "a");
    let worker = {
        let queue = queue.clone();
        thread::spawn(move || {
            let mut work = take(&queue).expect("a job");
            queue.log(LogLevel::Info, "a line");
            let done = Event::default();
            queue.run(Box::new({
                let done = done.clone();
                move |_| done.happen()
            }));
            done.wait();
            queue.end(&mut work, over());
            u32::from(take(&queue).is_some())
        })
    };
    assert_eq!(read(&queue), Some(id));
    assert_eq!(read(&queue), None);
    assert_eq!(shut_down(&queue, [worker]), 0);
}
