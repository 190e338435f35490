//! The cancel token used by several threads, in every order.
#![allow(missing_docs)]

use super::*;
use crate::sync::thread;
use crate::sync::{Event, LONG};

/// A waker that records that it was woken, which must not happen once it was released.
#[derive(Default)]
struct TestWaker {
    woken: Event,
    released: AtomicBool,
}

impl Wake for TestWaker {
    fn wake(&self) {
        assert!(!self.released.load(Ordering::SeqCst), "woken after its release");
        self.woken.happen();
    }
}

fn triggered_by_another(token: &CancelToken) -> thread::JoinHandle<()> {
    let token = token.clone();
    thread::spawn(move || token.cancel())
}

pub fn a_trigger_ends_every_sleep() {
    let token = CancelToken::new();
    let other = triggered_by_another(&token);
    let sleepers = [token.clone(), token.clone()].map(|token| thread::spawn(move || token.sleep(LONG)));
    for sleeper in sleepers {
        let ended = sleeper.join().expect("a sleeper");
        assert_eq!(ended.err().map(|e| e.kind()), Some(crate::ErrorKind::Cancelled));
    }
    other.join().expect("the trigger");
}

pub fn a_trigger_wakes_before_and_after_registering() {
    let (token, waker) = (CancelToken::new(), Arc::new(TestWaker::default()));
    let other = triggered_by_another(&token);
    let _registered = token.register(waker.clone());
    waker.woken.wait();
    assert!(token.is_cancelled());
    other.join().expect("the trigger");
}

pub fn a_released_waker_is_not_woken() {
    let (token, waker) = (CancelToken::new(), Arc::new(TestWaker::default()));
    let other = triggered_by_another(&token);
    drop(token.register(waker.clone()));
    waker.released.store(true, Ordering::SeqCst);
    other.join().expect("the trigger");
}
