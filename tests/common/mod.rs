//! What the tests share: an emulator, a client of it, and a watchdog.
#![allow(dead_code)]

pub mod c;
pub mod header;
pub mod raw;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use nitro_emulator::{Config, Emulator, Scenario};
use nitro_jobs::{Client, ClientOptions, Job};

/// Longer than anything here may take on a busy machine; only a hang reaches it.
const WATCHDOG: Duration = Duration::from_secs(60);

pub fn emulator() -> Emulator {
    Emulator::start(Config::default()).expect("the emulator starts")
}

pub fn options(emulator: &Emulator) -> ClientOptions {
    ClientOptions::new()
        .base_url(emulator.base_url())
        .token(emulator.token())
        .poll_interval(Duration::from_millis(20), Duration::from_millis(100))
}

pub fn client(emulator: &Emulator) -> Client {
    Client::new(options(emulator)).expect("a client")
}

/// A job of this scenario and the client's handle on it.
pub fn job(emulator: &Emulator, client: &Client, scenario: Scenario) -> Job {
    client.job(&emulator.create_job(scenario)).expect("a job")
}

/// A scenario that is over quickly.
pub fn quick() -> Scenario {
    Scenario {
        duration_ms: 60,
        steps: 3,
        ..Scenario::default()
    }
}

/// Runs `body` on a thread of its own and fails loudly if it hangs.
pub fn within<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, end) = mpsc::channel();
    let runner = std::thread::spawn(move || {
        let outcome = body();
        let _ = done.send(());
        outcome
    });
    if end.recv_timeout(WATCHDOG) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("hung for {WATCHDOG:?}");
    }
    runner
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Looks until there is something to see, or patience is at its end.
pub fn wait_for<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        let seen = look();
        if seen.is_some() || Instant::now() >= end {
            return seen;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
