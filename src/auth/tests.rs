//! The cache used by several threads, without a network.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, mpsc};

use super::*;
use crate::call::{Call, IoLimits};
use crate::cancel::CancelToken;
use crate::error::Limit;
use crate::log::Log;

fn context(call: &Call) -> CallContext {
    let io_limits = IoLimits {
        connect: Duration::from_secs(9),
        idle: Duration::from_secs(9),
        min_rate: 0,
    };
    call.begin(None, Limit::Call, &io_limits, &Log::default())
}

fn lasting(text: &str, lifetime: Duration) -> Result<BearerToken> {
    Ok(BearerToken::new(text).expires_in(lifetime))
}

fn never(_: TokenReason) -> Result<BearerToken> {
    panic!("no token should have been requested")
}

const LONG: Duration = Duration::from_secs(3600);

#[test]
fn a_token_is_requested_once_and_cached() {
    let cache = Arc::new(TokenCache::default());
    let context = context(&Call::new());
    let first = cache.get(None, &context, None, |why| {
        assert_eq!(why, TokenReason::First);
        lasting("one", LONG)
    });
    assert_eq!(first.unwrap().text(), "one");
    assert_eq!(cache.get(None, &context, None, never).unwrap().text(), "one");
}

#[test]
fn a_rejected_token_is_replaced_once_for_all_its_users() {
    let cache = Arc::new(TokenCache::default());
    let context = context(&Call::new());
    let old = cache.get(None, &context, None, |_| lasting("one", LONG)).unwrap();
    let new = cache.get(Some(old.number), &context, None, |why| {
        assert_eq!(why, TokenReason::Refused);
        lasting("two", LONG)
    });
    assert_eq!(new.unwrap().text(), "two");
    assert_eq!(
        cache.get(Some(old.number), &context, None, never).unwrap().text(),
        "two"
    );
}

#[test]
fn tokens_are_renewed_a_minute_before_expiry_or_after_half_their_lifetime() {
    for (lifetime, due) in [(3600, 3540), (120, 60), (10, 5)] {
        let mut state = State::default();
        let begun = Instant::now();
        state.store(lasting("one", Duration::from_secs(lifetime)).unwrap());
        let at = |seconds: u64| begun + Duration::from_secs(seconds);
        assert!(state.usable(None, at(due - 1)).is_ok(), "{lifetime}");
        assert_eq!(
            state.usable(None, at(due + 1)).err(),
            Some(TokenReason::Expiring),
            "{lifetime}"
        );
    }
}

#[test]
fn a_valid_token_is_used_while_its_renewal_fails() {
    let cache = Arc::new(TokenCache::default());
    let context = context(&Call::new());
    cache.lock().store(lasting("one", LONG).unwrap());
    cache.lock().cached.as_mut().unwrap().renew_at = Some(Instant::now());
    let fails = |_| Err(Error::new(ErrorKind::Service, "down"));
    assert_eq!(cache.get(None, &context, None, fails).unwrap().text(), "one");
    // And the next attempt waits a little.
    assert_eq!(cache.get(None, &context, None, never).unwrap().text(), "one");
}

#[test]
fn an_expired_token_is_not_used() {
    let cache = Arc::new(TokenCache::default());
    let context = context(&Call::new());
    cache.lock().store(lasting("one", Duration::ZERO).unwrap());
    let error = cache
        .get(None, &context, None, |_| {
            Err(Error::new(ErrorKind::Service, "down"))
        })
        .err();
    assert_eq!(error.unwrap().kind(), ErrorKind::Service);
}

/// Starts a request that does not end before `go` is dropped; returns once it has begun.
fn slow(
    cache: &Arc<TokenCache>,
    outcome: Result<BearerToken>,
) -> (mpsc::Sender<()>, thread::JoinHandle<Result<Bearer>>) {
    let (go, wait) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let cache = cache.clone();
    let runner = thread::spawn(move || {
        cache.get(None, &context(&Call::new()), None, |_| {
            begun.send(()).unwrap();
            let _ = wait.recv();
            outcome
        })
    });
    begins.recv().unwrap();
    (go, runner)
}

#[test]
fn waiting_threads_share_one_request_and_its_failure() {
    for outcome in [
        lasting("one", LONG),
        Err(Error::new(ErrorKind::Unauthorized, "no")),
    ] {
        let cache = Arc::new(TokenCache::default());
        let (go, first) = slow(&cache, outcome.clone());
        let (ready, requests) = (Arc::new(Barrier::new(9)), Arc::new(AtomicU32::new(0)));
        let waiters: Vec<_> = (0..8)
            .map(|_| {
                let (cache, ready, requests) = (cache.clone(), ready.clone(), requests.clone());
                thread::spawn(move || {
                    let context = context(&Call::new());
                    ready.wait();
                    cache.get(None, &context, None, |_| {
                        requests.fetch_add(1, Ordering::SeqCst);
                        lasting("another", LONG)
                    })
                })
            })
            .collect();
        ready.wait();
        thread::sleep(Duration::from_millis(100));
        drop(go);
        let expected = outcome.map(|_| "one".to_owned()).map_err(|e| e.kind());
        for thread in waiters.into_iter().chain([first]) {
            let got = thread.join().unwrap();
            assert_eq!(got.map(|b| b.text().to_owned()).map_err(|e| e.kind()), expected);
        }
        assert_eq!(requests.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn another_thread_requests_the_token_when_the_first_was_cancelled() {
    let cache = Arc::new(TokenCache::default());
    let (go, first) = slow(&cache, Err(Error::cancelled()));
    let waiter = {
        let cache = cache.clone();
        thread::spawn(move || cache.get(None, &context(&Call::new()), None, |_| lasting("two", LONG)))
    };
    thread::sleep(Duration::from_millis(50));
    drop(go);
    assert_eq!(first.join().unwrap().err().unwrap().kind(), ErrorKind::Cancelled);
    assert_eq!(waiter.join().unwrap().unwrap().text(), "two");
}

#[test]
fn a_waiter_ends_with_its_own_cancel_token_or_timeout_alone() {
    let cache = Arc::new(TokenCache::default());
    let (go, first) = slow(&cache, lasting("one", LONG));
    let late = cache.get(
        None,
        &context(&Call::new().timeout(Duration::from_millis(30))),
        None,
        never,
    );
    assert_eq!(late.err().unwrap().limit(), Some(Limit::Call));
    let cancel = CancelToken::new();
    let waiter = {
        let (cache, call) = (cache.clone(), Call::new().cancel(&cancel));
        thread::spawn(move || cache.get(None, &context(&call), None, never))
    };
    thread::sleep(Duration::from_millis(50));
    cancel.cancel();
    assert_eq!(waiter.join().unwrap().err().unwrap().kind(), ErrorKind::Cancelled);
    drop(go);
    assert_eq!(first.join().unwrap().unwrap().text(), "one");
}

#[test]
fn a_callback_that_reenters_or_panics_leaves_no_lock_held() {
    let cache = Arc::new(TokenCache::default());
    let context = context(&Call::new());
    let inner = cache.clone();
    let outcome = cache.get(None, &context, None, |_| {
        match inner.get(None, &context, None, never) {
            Err(error) => Err(error),
            Ok(_) => lasting("one", LONG),
        }
    });
    assert_eq!(outcome.err().unwrap().kind(), ErrorKind::Busy);
    let panicking = cache.clone();
    let thread = thread::spawn(move || {
        let context = super::tests::context(&Call::new());
        panicking
            .get(None, &context, None, |_| panic!("on purpose"))
            .map(|_| ())
    });
    assert!(thread.join().is_err());
    assert_eq!(
        cache
            .get(None, &context, None, |_| lasting("two", LONG))
            .unwrap()
            .text(),
        "two"
    );
}
