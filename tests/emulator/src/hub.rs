//! The state shared by the handlers: the jobs, the presigned URLs, the token, the journal.

use crate::auth::OAuth;
use crate::connection::Connections;
use crate::derive::{Output, outputs};
use crate::emulator::Config;
use crate::fault::Fault;
use crate::job::{self, Manual, Moment};
use crate::journal::{Entry, Part};
use crate::scenario::{Scenario, Shape, Start};
use bytes::Bytes;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// One document of a submission.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

/// Requests received so far, by kind; "the first k" refers to these counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) limited: AtomicU32,
    pub(crate) submits: AtomicU32,
    pub(crate) polls: AtomicU32,
    pub(crate) statuses: AtomicU32,
    pub(crate) streams: AtomicU32,
    pub(crate) results: AtomicU32,
    pub(crate) completed_results: AtomicU32,
    pub(crate) storage: AtomicU32,
}

/// Increments the counter and returns its previous value.
pub(crate) fn count(counter: &AtomicU32) -> u32 {
    counter.fetch_add(1, Ordering::AcqRel)
}

#[derive(Debug)]
struct Drive {
    started: Option<Instant>,
    manual: Manual,
}

/// A job with everything about it.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) scenario: Scenario,
    pub(crate) shape: Shape,
    pub(crate) inputs: Vec<Input>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) counters: Counters,
    drive: Mutex<Drive>,
    changed: watch::Sender<()>,
}

impl Job {
    /// Starts the clock if it has not started, and returns whether it did.
    pub(crate) fn start(&self) -> bool {
        let mut drive = lock(&self.drive);
        let first = drive.started.is_none();
        drive.started.get_or_insert_with(Instant::now);
        first
    }

    pub(crate) fn now(&self) -> Moment {
        let drive = lock(&self.drive);
        let elapsed = drive.started.map_or(Duration::ZERO, |started| started.elapsed());
        job::at(&self.scenario, &drive.manual, elapsed)
    }

    pub(crate) fn progress(&self) -> Vec<f64> {
        job::values(&self.scenario, &lock(&self.drive).manual)
    }

    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn set_progress(&self, progress: f64) {
        lock(&self.drive).manual.progress.push(progress);
        self.changed.send_replace(());
    }

    pub(crate) fn finish(&self) {
        let mut drive = lock(&self.drive);
        let elapsed = drive.started.get_or_insert_with(Instant::now).elapsed();
        drive.manual.finished_at.get_or_insert(elapsed);
        drop(drive);
        self.changed.send_replace(());
    }
}

/// A presigned URL that was issued.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) job: Arc<Job>,
    pub(crate) index: usize,
    pub(crate) path: String,
    pub(crate) issued: Instant,
    pub(crate) uses: u32,
}

/// What is at a presigned URL for a document. The pair of URLs works once.
#[derive(Debug)]
pub(crate) enum Upload {
    /// Nothing yet.
    Issued,
    /// A document that was not read.
    Stored(Bytes),
    /// A document that was read.
    Used,
}

/// The state of an emulator.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) config: Config,
    pub(crate) port: AtomicU16,
    pub(crate) connections: Connections,
    pub(crate) links: Mutex<HashMap<String, Link>>,
    pub(crate) uploads: Mutex<HashMap<String, Upload>>,
    pub(crate) forms: Mutex<HashMap<String, Vec<Part>>>,
    pub(crate) oauth: Mutex<OAuth>,
    token: Mutex<Option<String>>,
    jobs: Mutex<HashMap<String, Arc<Job>>>,
    default: Mutex<(Scenario, Arc<Counters>)>,
    journal: Mutex<Vec<Entry>>,
    faults: Mutex<(VecDeque<Vec<Fault>>, Vec<Fault>)>,
    random: RandomState,
    serial: AtomicU32,
}

/// A lock whose holder panicked still guards good data: nothing here is left half-changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            token: Mutex::new(Some(config.token.clone())),
            config,
            port: AtomicU16::new(0),
            connections: Connections::default(),
            links: Mutex::default(),
            uploads: Mutex::default(),
            forms: Mutex::default(),
            oauth: Mutex::default(),
            jobs: Mutex::default(),
            default: Mutex::default(),
            journal: Mutex::default(),
            faults: Mutex::default(),
            random: RandomState::new(),
            serial: AtomicU32::new(0),
        }
    }

    pub(crate) fn token(&self) -> Option<String> {
        lock(&self.token).clone()
    }

    pub(crate) fn set_token(&self, token: Option<String>) {
        *lock(&self.token) = token;
    }

    pub(crate) fn set_default(&self, scenario: Scenario) {
        *lock(&self.default) = (scenario, Arc::default());
    }

    pub(crate) fn default(&self) -> (Scenario, Arc<Counters>) {
        lock(&self.default).clone()
    }

    pub(crate) fn note(&self, entry: Entry) {
        lock(&self.journal).push(entry);
    }

    pub(crate) fn requests(&self) -> Vec<crate::Recorded> {
        lock(&self.journal).iter().map(Entry::snapshot).collect()
    }

    pub(crate) fn forget_requests(&self) {
        lock(&self.journal).clear();
    }

    pub(crate) fn queue_plan(&self, plan: Vec<Fault>) {
        lock(&self.faults).0.push_back(plan);
    }

    pub(crate) fn plan_for_all(&self, plan: Vec<Fault>) {
        lock(&self.faults).1 = plan;
    }

    /// The plan of the connection just accepted.
    pub(crate) fn take_plan(&self) -> Vec<Fault> {
        let mut faults = lock(&self.faults);
        faults.0.pop_front().unwrap_or_else(|| faults.1.clone())
    }

    pub(crate) fn job(&self, id: &str) -> Option<Arc<Job>> {
        lock(&self.jobs).get(id).cloned()
    }

    /// Creates a job; `shape` replaces `Shape::Auto`, `content_type` is the type of its files.
    pub(crate) fn add_job(
        &self,
        scenario: Scenario,
        inputs: Vec<Input>,
        shape: Shape,
        content_type: &str,
        submitted: bool,
    ) -> Arc<Job> {
        let shape = if scenario.shape == Shape::Auto {
            shape
        } else {
            scenario.shape.clone()
        };
        let outputs = outputs(&scenario, &shape, &inputs, content_type);
        let now = submitted || scenario.start == Start::Now;
        let id = self.uuid();
        let drive = Drive {
            started: now.then(Instant::now),
            manual: Manual::default(),
        };
        let job = Arc::new(Job {
            id: id.clone(),
            scenario,
            shape,
            inputs,
            outputs,
            counters: Counters::default(),
            drive: Mutex::new(drive),
            changed: watch::Sender::new(()),
        });
        lock(&self.jobs).insert(id, job.clone());
        job
    }

    /// Unpredictable hex digits.
    pub(crate) fn secret(&self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            let serial = self.serial.fetch_add(1, Ordering::AcqRel);
            text.push_str(&format!("{:016x}", self.random.hash_one(serial)));
        }
        text.truncate(digits);
        text
    }

    fn uuid(&self) -> String {
        let hex = self.secret(32);
        format!(
            "{}-{}-4{}-8{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[13..16],
            &hex[17..20],
            &hex[20..]
        )
    }
}
