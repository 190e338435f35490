//! The cancel token between threads, in every order.
#![allow(missing_docs)]

use super::*;
use crate::model_check::thread;
use crate::model_check::{Event, LONG};

/// A waker that tells when it was woken, and must not be once it was released.
#[derive(Default)]
struct Bell {
    rung: Event,
    released: AtomicBool,
}

impl Wake for Bell {
    fn wake(&self) {
        assert!(!self.released.load(Ordering::SeqCst), "woken after its release");
        self.rung.happen();
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

pub fn a_trigger_is_heard_before_and_after_registering() {
    let (token, bell) = (CancelToken::new(), Arc::new(Bell::default()));
    let other = triggered_by_another(&token);
    let _registered = token.register(bell.clone());
    bell.rung.wait();
    assert!(token.is_cancelled());
    other.join().expect("the trigger");
}

pub fn a_released_waker_is_left_alone() {
    let (token, bell) = (CancelToken::new(), Arc::new(Bell::default()));
    let other = triggered_by_another(&token);
    drop(token.register(bell.clone()));
    bell.released.store(true, Ordering::SeqCst);
    other.join().expect("the trigger");
}
