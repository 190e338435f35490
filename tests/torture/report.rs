//! The count of cases, their failures, and the watchdog that ends the program when a case hangs.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longer than any case may take on a busy machine; only a hang reaches it.
const BOUND: Duration = Duration::from_secs(60);
/// How long descriptors and threads of what is over may take to go away.
const SETTLE: Duration = Duration::from_secs(20);
const SHOWN: usize = 20;

type Running = Arc<Mutex<Option<(Instant, String)>>>;

/// What has been found so far. Any number of threads may report.
pub struct Report {
    cases: AtomicUsize,
    failures: Mutex<Vec<String>>,
    running: Arc<Mutex<Vec<Running>>>,
}

/// The one case at a time of a thread.
pub struct Desk<'a> {
    report: &'a Report,
    running: Running,
}

/// What the process holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub descriptors: usize,
    pub threads: usize,
}

impl Report {
    pub fn start() -> Self {
        let running: Arc<Mutex<Vec<Running>>> = Arc::default();
        let watched = running.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(500));
                for case in watched.lock().unwrap().iter() {
                    if let Some((since, name)) = case.lock().unwrap().as_ref()
                        && since.elapsed() > BOUND
                    {
                        println!("hung for {BOUND:?}: {name}");
                        std::process::exit(1);
                    }
                }
            }
        });
        Self {
            cases: AtomicUsize::new(0),
            failures: Mutex::default(),
            running,
        }
    }

    pub fn desk(&self) -> Desk<'_> {
        let running = Running::default();
        self.running.lock().unwrap().push(running.clone());
        Desk {
            report: self,
            running,
        }
    }

    pub fn cases(&self) -> usize {
        self.cases.load(Ordering::Relaxed)
    }

    pub fn fail(&self, failure: String) {
        let mut failures = self.failures.lock().unwrap();
        if failures.len() < SHOWN {
            println!("FAILED {failure}");
        }
        failures.push(failure);
    }

    /// Demands that what was taken since `before` has been given back.
    pub fn no_leak(&self, what: &str, before: Held) {
        let begun = Instant::now();
        loop {
            let now = Held::now();
            if now.descriptors <= before.descriptors && now.threads <= before.threads {
                return;
            }
            if begun.elapsed() > SETTLE {
                return self.fail(format!("{what}: leaked, {before:?} became {now:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn end(&self, took: Duration) -> ExitCode {
        let failures = self.failures.lock().unwrap().len();
        println!(
            "torture: {} cases, {failures} failures ({:.0} s)",
            self.cases(),
            took.as_secs_f64()
        );
        if failures == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl Desk<'_> {
    /// Runs one case; what it reports as wrong, panics included, is a failure.
    pub fn case(&self, name: &str, body: impl FnOnce() -> Result<(), String>) {
        *self.running.lock().unwrap() = Some((Instant::now(), name.to_owned()));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
        *self.running.lock().unwrap() = None;
        self.report.cases.fetch_add(1, Ordering::Relaxed);
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(why)) => self.report.fail(format!("{name}: {why}")),
            Err(panic) => {
                let why = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                self.report
                    .fail(format!("{name}: panicked: {}", why.unwrap_or_default()));
            }
        }
    }
}

impl Held {
    pub fn now() -> Self {
        let count = |folder: &str| std::fs::read_dir(folder).map_or(0, Iterator::count);
        Self {
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
        }
    }
}
