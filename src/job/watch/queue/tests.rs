//! The queue between real threads; no test sleeps to wait for a thread.

use std::sync::mpsc;
use std::time::Duration;

use super::super::workers::{TaskOutcome, run_one};
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
    let mut slot = None;
    queue.take(&mut slot, &mut CancelToken::new(), |_| false);
    slot
}

/// One task of a worker.
fn run_task(queue: &Queue<u32>, perform: impl FnOnce(&mut u32) -> TaskOutcome) -> bool {
    run_task_with(queue, |_| false, |work| perform(&mut work.task))
}

fn run_task_with(
    queue: &Queue<u32>,
    wants_stream: impl Fn(&u32) -> bool,
    perform: impl FnOnce(&mut Work<u32>) -> TaskOutcome,
) -> bool {
    let mut cancel = CancelToken::new();
    run_one(queue, &mut cancel, wants_stream, |work, _, _| perform(work))
}

fn read(queue: &Arc<Queue<u32>>) -> Result<Option<PendingEvent>> {
    let call = Call::new().timeout(Duration::from_secs(30)); // Only a lost event takes so long.
    queue.next_event(&context(&call, Log::default()))
}

fn gone() -> JobUpdate {
    JobUpdate::GaveUp(crate::error::Error::new(ErrorKind::Gone, "gone"))
}

/// Not through the panic hook, which would print.
fn defect() -> ! {
    std::panic::resume_unwind(Box::new("a defect"))
}

/// The next event, which is an end: of which job, and of which kind.
fn ended(queue: &Arc<Queue<u32>>) -> (u64, ErrorKind) {
    let event = read(queue).unwrap().unwrap();
    match event.update {
        JobUpdate::GaveUp(error) => (event.id, error.kind()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_ends_its_own_job_and_no_other() {
    let queue = queue();
    let (bad, good) = (add(&queue, "bad"), add(&queue, "good"));
    assert!(run_task(&queue, |_| defect()));
    assert_eq!(ended(&queue), (bad, ErrorKind::Internal));
    assert!(run_task(&queue, |_| TaskOutcome::Over(gone())));
    assert_eq!(ended(&queue), (good, ErrorKind::Gone));
    assert!(read(&queue).unwrap().is_none());
}

#[test]
fn a_panic_while_a_job_is_taken_or_put_back_ends_that_job() {
    let queue = Arc::new(Queue::new(Schedule::new(1, 0.0)));
    let (bad, worse, good) = (add(&queue, "bad"), add(&queue, "worse"), add(&queue, "good"));
    assert!(run_task_with(&queue, |_| defect(), |_| unreachable!()));
    assert_eq!(ended(&queue), (bad, ErrorKind::Internal));
    // It is over when it is put back, which is a defect.
    assert!(run_task_with(
        &queue,
        |_| true,
        |work| {
            queue.end(work, gone());
            TaskOutcome::Requeue(Requeue::Now)
        }
    ));
    assert_eq!(ended(&queue), (worse, ErrorKind::Internal));
    // The one stream is available for the next job, which goes on.
    assert!(run_task_with(
        &queue,
        |_| true,
        |work| {
            assert!(work.stream);
            TaskOutcome::Requeue(Requeue::Now)
        }
    ));
    assert!(run_task(&queue, |_| TaskOutcome::Over(gone())));
    assert_eq!(ended(&queue), (good, ErrorKind::Gone));
    assert!(read(&queue).unwrap().is_none());
    queue.close();
    assert!(!run_task(&queue, |_| unreachable!()));
}

#[test]
fn each_task_is_done_once_and_in_time() {
    const JOBS: usize = 300;
    const ROUNDS: u32 = 5;
    let queue = queue();
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let queue = queue.clone();
            std::thread::spawn(move || {
                let mut done = 0;
                while run_task(&queue, |rounds| {
                    done += 1;
                    *rounds += 1;
                    match *rounds {
                        ROUNDS => TaskOutcome::Over(gone()),
                        n if n % 2 == 0 => TaskOutcome::Requeue(Requeue::FixedRate(Duration::from_millis(3))),
                        _ => TaskOutcome::Requeue(Requeue::After(Duration::from_millis(2))),
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
    while let Some(event) = read(&queue).unwrap() {
        assert!(ends.insert(event.id));
    }
    queue.close();
    let done: u32 = workers.into_iter().map(|w| w.join().unwrap()).sum();
    assert_eq!((ends.len(), done), (JOBS, JOBS as u32 * ROUNDS));
}

#[test]
fn a_reader_is_woken_by_events_by_its_token_and_by_the_last_removal() {
    let queue = queue();
    let (first, second) = (add(&queue, "a"), add(&queue, "b"));
    let cancel = CancelToken::new();
    let (sender, receiver) = mpsc::channel();
    let reader = {
        let (queue, cancel) = (queue.clone(), cancel.clone());
        std::thread::spawn(move || {
            for _ in 0..2 {
                let context = context(&Call::new().cancel(&cancel), Log::default());
                sender
                    .send(
                        queue
                            .next_event(&context)
                            .map(|event| event.map(|event| event.id)),
                    )
                    .unwrap();
            }
            sender
                .send(read(&queue).map(|event| event.map(|event| event.id)))
                .unwrap();
        })
    };
    let mut work = take(&queue).unwrap();
    queue.end(&mut work, gone());
    assert_eq!(receiver.recv().unwrap().unwrap(), Some(first));
    cancel.cancel();
    assert_eq!(receiver.recv().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(queue.remove(second));
    assert_eq!(receiver.recv().unwrap().unwrap(), None);
    reader.join().unwrap();
}

#[test]
fn log_lines_are_written_by_the_reader_and_bounded() {
    let queue = queue();
    add(&queue, "a");
    for n in 0..MAX_LOG_LINES + 5 {
        queue.log(LogLevel::Info, &n.to_string());
    }
    let (sender, receiver) = mpsc::channel();
    let sender = Mutex::new(sender);
    let log = Log::to(move |_, line| {
        let sender = sender.lock().unwrap();
        sender
            .send((std::thread::current().id(), line.to_owned()))
            .unwrap();
    });
    let call = Call::new().timeout(Duration::from_millis(1));
    let error = queue.next_event(&context(&call, log)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let log_lines: Vec<_> = receiver.try_iter().collect();
    assert_eq!(log_lines.len(), MAX_LOG_LINES + 1);
    assert!(log_lines.iter().all(|(id, _)| *id == std::thread::current().id()));
    assert!(
        log_lines[MAX_LOG_LINES].1.starts_with("5 log log_lines"),
        "{:?}",
        log_lines[MAX_LOG_LINES]
    );
}

#[test]
fn a_removal_does_not_stop_the_next_job_of_the_worker() {
    let queue = queue();
    let first = add(&queue, "a");
    let mut cancel = CancelToken::new();
    let mut slot = None;
    queue.take(&mut slot, &mut cancel, |_| false);
    queue.remove(first);
    assert!(cancel.is_cancelled());
    queue.put_back(&mut slot, Requeue::Now);
    add(&queue, "b");
    queue.take(&mut slot, &mut cancel, |_| false);
    assert!(!cancel.is_cancelled());
}

#[test]
fn closing_ends_waiting_workers() {
    let queue = queue();
    let worker = {
        let queue = queue.clone();
        std::thread::spawn(move || take(&queue).is_none())
    };
    queue.close();
    assert!(worker.join().unwrap());
}
