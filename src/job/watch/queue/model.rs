//! The queue between workers and reader, in many orders.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering};

use super::super::crew::{Outcome, attend};
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
    let base = Url::parse("https://api.example").expect("an address");
    let ticket = Arc::new(Ticket::from_id(&base, name).expect("a ticket"));
    queue.add(ticket, 0, Box::new(0)).0
}

fn take(queue: &Jobs) -> Option<Work<u32>> {
    let mut held = None;
    queue.take(&mut held, &mut CancelToken::new(), |_| false);
    held
}

/// The next piece of news: whose it is.
fn read(queue: &Jobs) -> Option<u64> {
    let told = queue.read(&context(&Call::new())).expect("nobody cancels");
    told.map(|told| told.id)
}

fn over() -> News {
    News::GaveUp(Error::new(ErrorKind::Gone, "over"))
}

/// A worker that asks about each job so many times; how often it asked.
fn worker(queue: &Jobs, times: u32, again: Again) -> thread::JoinHandle<u32> {
    let queue = queue.clone();
    thread::spawn(move || {
        let mut asked = 0;
        while let Some(mut work) = take(&queue) {
            asked += 1;
            *work.task += 1;
            if *work.task < times {
                queue.give_back(&mut Some(work), again);
            } else {
                queue.end(&mut work, over());
            }
        }
        asked
    })
}

fn dismissed(queue: &Jobs, workers: impl IntoIterator<Item = thread::JoinHandle<u32>>) -> u32 {
    queue.close();
    workers
        .into_iter()
        .map(|worker| worker.join().expect("a worker"))
        .sum()
}

pub fn each_job_is_asked_about_in_turn_and_told_once() {
    let queue = queue();
    let workers = [(); 2].map(|()| worker(&queue, 2, Again::Now));
    let mut added = vec![add(&queue, "a"), add(&queue, "b")];
    while let Some(id) = read(&queue) {
        let at = added.iter().position(|other| *other == id);
        added.remove(at.expect("news of a job that is not over yet"));
    }
    assert!(added.is_empty());
    assert_eq!(dismissed(&queue, workers), 4);
}

pub fn what_is_due_late_holds_nothing_up() {
    let queue = queue();
    let late = add(&queue, "late");
    let workers = [(); 2].map(|()| worker(&queue, 2, Again::After(LONG)));
    let soon = add(&queue, "soon");
    // Nobody waits out an hour: each is asked about once and then removed.
    let remover = {
        let queue = queue.clone();
        thread::spawn(move || [late, soon].map(|id| assert!(queue.remove(id))))
    };
    assert_eq!(read(&queue), None);
    remover.join().expect("the remover");
    assert!(dismissed(&queue, workers) <= 2);
}

pub fn a_late_job_is_looked_out_for_while_another_is_asked_about() {
    let queue = queue();
    let late = add(&queue, "late");
    let asked = Arc::new(AtomicU32::new(0));
    let workers = [(); 2].map(|()| {
        let (queue, asked) = (queue.clone(), asked.clone());
        thread::spawn(move || {
            while let Some(mut work) = take(&queue) {
                asked.fetch_add(1, Ordering::SeqCst);
                if work.id == late {
                    queue.give_back(&mut Some(work), Again::After(LONG));
                } else {
                    queue.end(&mut work, over());
                }
            }
            0
        })
    });
    // However deep the workers sleep by then.
    let soon = add(&queue, "soon");
    assert_eq!(read(&queue), Some(soon));
    let later = add(&queue, "later");
    assert_eq!(read(&queue), Some(later));
    dismissed(&queue, workers);
    assert!(asked.load(Ordering::SeqCst) <= 3);
}

pub fn a_panic_loses_no_job_and_no_worker() {
    let queue = Arc::new(Queue::new(Schedule::new(1, 0.0)));
    let failed = Arc::new(AtomicU32::new(0));
    // The first that is taken fails within the lock, the second where the job is asked about.
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
            while attend(
                &queue,
                &mut cancel,
                |_| fail_at(&failed, 0),
                |_, _, _| {
                    fail_at(&failed, 1);
                    Outcome::Over(over())
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
    dismissed(&queue, workers);
}

pub fn a_trigger_ends_the_reading() {
    let (queue, cancel) = (queue(), CancelToken::new());
    add(&queue, "never");
    let other = {
        let cancel = cancel.clone();
        thread::spawn(move || cancel.cancel())
    };
    let ended = queue.read(&context(&Call::new().cancel(&cancel)));
    assert_eq!(ended.err().map(|error| error.kind()), Some(ErrorKind::Cancelled));
    other.join().expect("the trigger");
}

pub fn the_reader_does_what_workers_wait_for() {
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
    assert_eq!(dismissed(&queue, [worker]), 0);
}
