//! The queue between real threads; nothing here sleeps to wait for another.

use std::sync::mpsc;
use std::time::Duration;

use super::super::crew::{Outcome, attend};
use super::*;
use crate::call::{Call, IoLimits};
use crate::error::{ErrorKind, Limit};
use crate::log::Log;
use crate::url::Url;

fn queue() -> Arc<Queue<u32>> {
    Arc::new(Queue::new(Schedule::new(0, 0.0)))
}

fn add(queue: &Queue<u32>, name: &str) -> u64 {
    let base = Url::parse("https://api.example").unwrap();
    let ticket = Arc::new(Ticket::from_id(&base, name).unwrap());
    queue.add(ticket, 0, Box::new(0)).0
}

fn context(call: &Call, log: Log) -> CallContext {
    let io_limits = IoLimits {
        connect: Duration::ZERO,
        idle: Duration::ZERO,
        min_rate: 0,
    };
    call.begin(None, Limit::Call, &io_limits, &log)
}

fn take(queue: &Queue<u32>) -> Option<Work<u32>> {
    let mut held = None;
    queue.take(&mut held, &mut CancelToken::new(), |_| false);
    held
}

/// A turn of a worker.
fn turn(queue: &Queue<u32>, perform: impl FnOnce(&mut u32) -> Outcome) -> bool {
    turn_of(queue, |_| false, |work| perform(&mut work.task))
}

fn turn_of(
    queue: &Queue<u32>,
    wants_stream: impl Fn(&u32) -> bool,
    perform: impl FnOnce(&mut Work<u32>) -> Outcome,
) -> bool {
    let mut cancel = CancelToken::new();
    attend(queue, &mut cancel, wants_stream, |work, _, _| perform(work))
}

fn read(queue: &Arc<Queue<u32>>) -> Result<Option<Told>> {
    let call = Call::new().timeout(Duration::from_secs(30)); // Only what was lost takes so long.
    queue.read(&context(&call, Log::default()))
}

fn gone() -> News {
    News::GaveUp(crate::error::Error::new(ErrorKind::Gone, "gone"))
}

/// Not through the panic hook: nothing is to be printed.
fn defect() -> ! {
    std::panic::resume_unwind(Box::new("a defect"))
}

/// The next piece of news, which is an end: whose, and of which kind.
fn ended(queue: &Arc<Queue<u32>>) -> (u64, ErrorKind) {
    let told = read(queue).unwrap().unwrap();
    match told.news {
        News::GaveUp(error) => (told.id, error.kind()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_ends_its_own_job_and_no_other() {
    let queue = queue();
    let (bad, good) = (add(&queue, "bad"), add(&queue, "good"));
    assert!(turn(&queue, |_| defect()));
    assert_eq!(ended(&queue), (bad, ErrorKind::Internal));
    assert!(turn(&queue, |_| Outcome::Over(gone())));
    assert_eq!(ended(&queue), (good, ErrorKind::Gone));
    assert!(read(&queue).unwrap().is_none());
}

#[test]
fn a_panic_while_a_job_is_taken_or_given_back_ends_that_job() {
    let queue = Arc::new(Queue::new(Schedule::new(1, 0.0)));
    let (bad, worse, good) = (add(&queue, "bad"), add(&queue, "worse"), add(&queue, "good"));
    assert!(turn_of(&queue, |_| defect(), |_| unreachable!()));
    assert_eq!(ended(&queue), (bad, ErrorKind::Internal));
    // It is over when it comes back, which cannot be.
    assert!(turn_of(
        &queue,
        |_| true,
        |work| {
            queue.end(work, gone());
            Outcome::Again(Again::Now)
        }
    ));
    assert_eq!(ended(&queue), (worse, ErrorKind::Internal));
    // The one stream is there for the next, which goes on.
    assert!(turn_of(
        &queue,
        |_| true,
        |work| {
            assert!(work.stream);
            Outcome::Again(Again::Now)
        }
    ));
    assert!(turn(&queue, |_| Outcome::Over(gone())));
    assert_eq!(ended(&queue), (good, ErrorKind::Gone));
    assert!(read(&queue).unwrap().is_none());
    queue.close();
    assert!(!turn(&queue, |_| unreachable!()));
}

#[test]
fn workers_do_each_task_once_and_in_time() {
    const JOBS: usize = 300;
    const ROUNDS: u32 = 5;
    let queue = queue();
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let queue = queue.clone();
            std::thread::spawn(move || {
                let mut done = 0;
                while turn(&queue, |rounds| {
                    done += 1;
                    *rounds += 1;
                    match *rounds {
                        ROUNDS => Outcome::Over(gone()),
                        n if n % 2 == 0 => Outcome::Again(Again::Beat(Duration::from_millis(3))),
                        _ => Outcome::Again(Again::After(Duration::from_millis(2))),
                    }
                }) {}
                done
            })
        })
        .collect();
    for n in 0..JOBS {
        add(&queue, &n.to_string());
    }
    let mut ends = std::collections::HashSet::new();
    while let Some(told) = read(&queue).unwrap() {
        assert!(ends.insert(told.id));
    }
    queue.close();
    let done: u32 = workers.into_iter().map(|w| w.join().unwrap()).sum();
    assert_eq!((ends.len(), done), (JOBS, JOBS as u32 * ROUNDS));
}

#[test]
fn a_reader_is_woken_by_news_by_its_token_and_by_the_last_removal() {
    let queue = queue();
    let (first, second) = (add(&queue, "a"), add(&queue, "b"));
    let cancel = CancelToken::new();
    let (tell, told) = mpsc::channel();
    let reader = {
        let (queue, cancel) = (queue.clone(), cancel.clone());
        std::thread::spawn(move || {
            for _ in 0..2 {
                let context = context(&Call::new().cancel(&cancel), Log::default());
                tell.send(queue.read(&context).map(|told| told.map(|told| told.id)))
                    .unwrap();
            }
            tell.send(read(&queue).map(|told| told.map(|told| told.id)))
                .unwrap();
        })
    };
    let mut work = take(&queue).unwrap();
    queue.end(&mut work, gone());
    assert_eq!(told.recv().unwrap().unwrap(), Some(first));
    cancel.cancel();
    assert_eq!(told.recv().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(queue.remove(second));
    assert_eq!(told.recv().unwrap().unwrap(), None);
    reader.join().unwrap();
}

#[test]
fn lines_are_heard_by_the_reader_and_bounded() {
    let queue = queue();
    add(&queue, "a");
    for n in 0..LINES + 5 {
        queue.log(LogLevel::Info, &n.to_string());
    }
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let log = Log::to(move |_, line| {
        let tell = tell.lock().unwrap();
        tell.send((std::thread::current().id(), line.to_owned())).unwrap();
    });
    let call = Call::new().timeout(Duration::from_millis(1));
    let error = queue.read(&context(&call, log)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let lines: Vec<_> = told.try_iter().collect();
    assert_eq!(lines.len(), LINES + 1);
    assert!(lines.iter().all(|(id, _)| *id == std::thread::current().id()));
    assert!(lines[LINES].1.starts_with("5 log lines"), "{:?}", lines[LINES]);
}

#[test]
fn a_removal_does_not_stop_the_workers_next_job() {
    let queue = queue();
    let first = add(&queue, "a");
    let mut cancel = CancelToken::new();
    let mut held = None;
    queue.take(&mut held, &mut cancel, |_| false);
    queue.remove(first);
    assert!(cancel.is_cancelled());
    queue.give_back(&mut held, Again::Now);
    add(&queue, "b");
    queue.take(&mut held, &mut cancel, |_| false);
    assert!(!cancel.is_cancelled());
}

#[test]
fn closing_sends_waiting_workers_home() {
    let queue = queue();
    let worker = {
        let queue = queue.clone();
        std::thread::spawn(move || take(&queue).is_none())
    };
    queue.close();
    assert!(worker.join().unwrap());
}
