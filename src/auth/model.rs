//! The renewal of tokens between threads, in many orders.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::call::Call;
use crate::cancel::CancelToken;
use crate::model::{Event, context};

fn token(text: &str) -> Result<BearerToken> {
    Ok(BearerToken::new(text))
}

/// Asks on a thread of its own.
fn asking(
    cache: &Arc<Cache>,
    call: Call,
    ask: impl FnOnce() -> Result<BearerToken> + Send + 'static,
) -> thread::JoinHandle<Result<String>> {
    let cache = cache.clone();
    thread::spawn(move || {
        let bearer = cache.get(None, &context(&call), None, |_| ask());
        bearer.map(|bearer| bearer.text().to_owned())
    })
}

fn ended(thread: thread::JoinHandle<Result<String>>) -> std::result::Result<String, ErrorKind> {
    thread.join().expect("a thread").map_err(|error| error.kind())
}

/// Three threads that want a token, whatever becomes of the asking; how often it was asked for.
fn three(answer: fn() -> Result<BearerToken>, expected: std::result::Result<&str, ErrorKind>) -> u32 {
    let (cache, asked) = (Arc::new(Cache::default()), Arc::new(AtomicU32::new(0)));
    let threads = [(); 3].map(|()| {
        let asked = asked.clone();
        asking(&cache, Call::new(), move || {
            asked.fetch_add(1, Ordering::SeqCst);
            thread::yield_now();
            answer()
        })
    });
    for thread in threads {
        assert_eq!(ended(thread).as_deref().map_err(|kind| *kind), expected);
    }
    asked.load(Ordering::SeqCst)
}

pub fn one_asking_serves_all_who_wait() {
    assert_eq!(three(|| token("one"), Ok("one")), 1);
}

pub fn a_failed_asking_wakes_all_who_wait() {
    let refused = || Err(Error::new(ErrorKind::Unauthorized, "no"));
    three(refused, Err(ErrorKind::Unauthorized));
}

pub fn a_waiter_is_cancelled_while_another_asks() {
    let cache = Arc::new(Cache::default());
    let (asks, answer, cancel) = (Event::default(), Event::default(), CancelToken::new());
    let first = asking(&cache, Call::new(), {
        let (asks, answer) = (asks.clone(), answer.clone());
        move || {
            asks.happen();
            answer.wait();
            token("one")
        }
    });
    asks.wait();
    let waiter = asking(&cache, Call::new().cancel(&cancel), || token("another"));
    cancel.cancel();
    assert_eq!(ended(waiter), Err(ErrorKind::Cancelled));
    answer.happen();
    assert_eq!(ended(first).as_deref(), Ok("one"));
}

pub fn another_asks_when_the_asking_one_was_cancelled() {
    let cache = Arc::new(Cache::default());
    let first = asking(&cache, Call::new(), || Err(Error::cancelled()));
    let others = [(); 2].map(|()| asking(&cache, Call::new(), || token("two")));
    for other in others {
        assert_eq!(ended(other).as_deref(), Ok("two"));
    }
    // Perhaps it came too late to ask.
    assert!(matches!(
        ended(first).as_deref(),
        Ok("two") | Err(ErrorKind::Cancelled)
    ));
}
