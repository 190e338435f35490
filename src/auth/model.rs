//! The renewal of tokens between threads, in many orders.
#![allow(missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::call::Call;
use crate::call::model_context as context;
use crate::cancel::CancelToken;
use crate::sync::Event;

fn token(text: &str) -> Result<BearerToken> {
    Ok(BearerToken::new(text))
}

/// Requests a token on a thread of its own.
fn request_on_thread(
    cache: &Arc<TokenCache>,
    call: Call,
    request: impl FnOnce() -> Result<BearerToken> + Send + 'static,
) -> thread::JoinHandle<Result<String>> {
    let cache = cache.clone();
    thread::spawn(move || {
        let bearer = cache.get(None, &context(&call), None, |_| request());
        bearer.map(|bearer| bearer.text().to_owned())
    })
}

fn ended(thread: thread::JoinHandle<Result<String>>) -> std::result::Result<String, ErrorKind> {
    thread.join().expect("a thread").map_err(|error| error.kind())
}

/// Three threads that need a token, whatever the outcome; returns how often it was requested.
fn three(outcome: fn() -> Result<BearerToken>, expected: std::result::Result<&str, ErrorKind>) -> u32 {
    let (cache, requests) = (Arc::new(TokenCache::default()), Arc::new(AtomicU32::new(0)));
    let threads = [(); 3].map(|()| {
        let requests = requests.clone();
        request_on_thread(&cache, Call::new(), move || {
            requests.fetch_add(1, Ordering::SeqCst);
            thread::yield_now();
            outcome()
        })
    });
    for thread in threads {
        assert_eq!(ended(thread).as_deref().map_err(|kind| *kind), expected);
    }
    requests.load(Ordering::SeqCst)
}

pub fn one_request_serves_all_waiting_threads() {
    assert_eq!(three(|| token("one"), Ok("one")), 1);
}

pub fn a_failed_request_wakes_all_waiting_threads() {
    let rejected = || Err(Error::new(ErrorKind::Unauthorized, "no"));
    three(rejected, Err(ErrorKind::Unauthorized));
}

pub fn a_waiter_is_cancelled_during_another_threads_request() {
    let cache = Arc::new(TokenCache::default());
    let (begun, outcome, cancel) = (Event::default(), Event::default(), CancelToken::new());
    let first = request_on_thread(&cache, Call::new(), {
        let (begun, outcome) = (begun.clone(), outcome.clone());
        move || {
            begun.happen();
            outcome.wait();
            token("one")
        }
    });
    begun.wait();
    let waiter = request_on_thread(&cache, Call::new().cancel(&cancel), || token("another"));
    cancel.cancel();
    assert_eq!(ended(waiter), Err(ErrorKind::Cancelled));
    outcome.happen();
    assert_eq!(ended(first).as_deref(), Ok("one"));
}

pub fn another_thread_requests_when_the_first_was_cancelled() {
    let cache = Arc::new(TokenCache::default());
    let first = request_on_thread(&cache, Call::new(), || Err(Error::cancelled()));
    let others = [(); 2].map(|()| request_on_thread(&cache, Call::new(), || token("two")));
    for other in others {
        assert_eq!(ended(other).as_deref(), Ok("two"));
    }
    // It may have come too late to request one.
    assert!(matches!(
        ended(first).as_deref(),
        Ok("two") | Err(ErrorKind::Cancelled)
    ));
}
