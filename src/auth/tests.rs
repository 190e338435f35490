//! The cache under threads, without a network.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, mpsc};

use super::*;
use crate::call::{Call, IoLimits};
use crate::cancel::CancelToken;
use crate::log::Log;

fn context(call: &Call) -> CallContext {
    let io_limits = IoLimits {
        connect: Duration::from_secs(9),
        idle: Duration::from_secs(9),
        min_rate: 0,
    };
    call.begin(None, Limit::Call, &io_limits, &Log::default())
}

fn life(text: &str, lifetime: Duration) -> Result<BearerToken> {
    Ok(BearerToken::new(text).expires_in(lifetime))
}

fn never(_: TokenReason) -> Result<BearerToken> {
    panic!("nobody should have asked")
}

const LONG: Duration = Duration::from_secs(3600);

#[test]
fn a_token_is_asked_for_once_and_kept() {
    let cache = Arc::new(Cache::default());
    let context = context(&Call::new());
    let first = cache.get(None, &context, None, |why| {
        assert_eq!(why, TokenReason::First);
        life("one", LONG)
    });
    assert_eq!(first.unwrap().text(), "one");
    assert_eq!(cache.get(None, &context, None, never).unwrap().text(), "one");
}

#[test]
fn a_refused_token_is_replaced_once_for_all_who_held_it() {
    let cache = Arc::new(Cache::default());
    let context = context(&Call::new());
    let old = cache.get(None, &context, None, |_| life("one", LONG)).unwrap();
    let new = cache.get(Some(old.number), &context, None, |why| {
        assert_eq!(why, TokenReason::Refused);
        life("two", LONG)
    });
    assert_eq!(new.unwrap().text(), "two");
    assert_eq!(
        cache.get(Some(old.number), &context, None, never).unwrap().text(),
        "two"
    );
}

#[test]
fn tokens_are_renewed_a_minute_ahead_or_after_half_their_life() {
    for (lifetime, due) in [(3600, 3540), (120, 60), (10, 5)] {
        let mut state = State::default();
        let begun = Instant::now();
        state.hold(life("one", Duration::from_secs(lifetime)).unwrap());
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
fn a_token_that_is_still_valid_serves_while_its_renewal_fails() {
    let cache = Arc::new(Cache::default());
    let context = context(&Call::new());
    cache.lock().hold(life("one", LONG).unwrap());
    cache.lock().held.as_mut().unwrap().renew_at = Some(Instant::now());
    let fails = |_| Err(Error::new(ErrorKind::Service, "down"));
    assert_eq!(cache.get(None, &context, None, fails).unwrap().text(), "one");
    // And the next attempt waits a little.
    assert_eq!(cache.get(None, &context, None, never).unwrap().text(), "one");
}

#[test]
fn an_expired_token_does_not_serve() {
    let cache = Arc::new(Cache::default());
    let context = context(&Call::new());
    cache.lock().hold(life("one", Duration::ZERO).unwrap());
    let error = cache
        .get(None, &context, None, |_| {
            Err(Error::new(ErrorKind::Service, "down"))
        })
        .err();
    assert_eq!(error.unwrap().kind(), ErrorKind::Service);
}

/// Starts an asking that does not end before `go` is told to; returns when it is under way.
fn slow(
    cache: &Arc<Cache>,
    answer: Result<BearerToken>,
) -> (mpsc::Sender<()>, thread::JoinHandle<Result<Bearer>>) {
    let (go, wait) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let cache = cache.clone();
    let runner = thread::spawn(move || {
        cache.get(None, &context(&Call::new()), None, |_| {
            begun.send(()).unwrap();
            let _ = wait.recv();
            answer
        })
    });
    begins.recv().unwrap();
    (go, runner)
}

#[test]
fn many_threads_wait_for_one_asking_and_share_its_failure() {
    for answer in [life("one", LONG), Err(Error::new(ErrorKind::Unauthorized, "no"))] {
        let cache = Arc::new(Cache::default());
        let (go, first) = slow(&cache, answer.clone());
        let (ready, asked) = (Arc::new(Barrier::new(9)), Arc::new(AtomicU32::new(0)));
        let waiters: Vec<_> = (0..8)
            .map(|_| {
                let (cache, ready, asked) = (cache.clone(), ready.clone(), asked.clone());
                thread::spawn(move || {
                    let context = context(&Call::new());
                    ready.wait();
                    cache.get(None, &context, None, |_| {
                        asked.fetch_add(1, Ordering::SeqCst);
                        life("another", LONG)
                    })
                })
            })
            .collect();
        ready.wait();
        thread::sleep(Duration::from_millis(100));
        drop(go);
        let expected = answer.map(|_| "one".to_owned()).map_err(|e| e.kind());
        for thread in waiters.into_iter().chain([first]) {
            let got = thread.join().unwrap();
            assert_eq!(got.map(|b| b.text().to_owned()).map_err(|e| e.kind()), expected);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn another_thread_takes_over_when_the_asking_one_was_cancelled() {
    let cache = Arc::new(Cache::default());
    let (go, first) = slow(&cache, Err(Error::cancelled()));
    let waiter = {
        let cache = cache.clone();
        thread::spawn(move || cache.get(None, &context(&Call::new()), None, |_| life("two", LONG)))
    };
    thread::sleep(Duration::from_millis(50));
    drop(go);
    assert_eq!(first.join().unwrap().err().unwrap().kind(), ErrorKind::Cancelled);
    assert_eq!(waiter.join().unwrap().unwrap().text(), "two");
}

#[test]
fn waiting_ends_with_the_waiter_s_own_token_or_limit_and_harms_nobody() {
    let cache = Arc::new(Cache::default());
    let (go, first) = slow(&cache, life("one", LONG));
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
fn a_callback_that_uses_its_own_client_or_panics_leaves_no_lock_behind() {
    let cache = Arc::new(Cache::default());
    let context = context(&Call::new());
    let inner = cache.clone();
    let outcome = cache.get(None, &context, None, |_| {
        match inner.get(None, &context, None, never) {
            Err(error) => Err(error),
            Ok(_) => life("one", LONG),
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
            .get(None, &context, None, |_| life("two", LONG))
            .unwrap()
            .text(),
        "two"
    );
}
