//! Two hundred jobs at a time while connections break at random: each ends, with the right bytes, in flat memory.
//!
//! `cargo test` runs ten seconds of it, `make soak MINUTES=15` as many minutes as are wanted; `NITRO_SOAK_SEED` reruns a
//! run's faults. The service runs in a process of its own, so that what is measured here is the library.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;

mod service;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nitro_jobs::{Call, CancelToken, Client, Download, Error, Job, JobState, OnExisting};
use service::Service;

const JOBS: usize = 200;
/// No job may need longer, however often it is struck.
const BOUND: Duration = Duration::from_secs(180);
/// What the memory may still grow by once it is warm: the allocator's play.
const PLAY: u64 = 12 << 20;
const SAMPLE: Duration = Duration::from_millis(500);

#[derive(Default)]
struct Counts {
    completed: AtomicU64,
    waits: AtomicU64,
    /// Waits and transfers that ended in an error and were resumed from the ticket.
    resumed: AtomicU64,
    bytes: AtomicU64,
}

/// What this process holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    memory: u64,
    descriptors: usize,
    threads: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, seed] = arguments.as_slice()
        && word == service::CHILD
    {
        return service::serve(seed.parse().unwrap());
    }
    if !common::is_wanted("soak", &arguments) {
        return ExitCode::SUCCESS;
    }
    return_free_memory();
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|value| value.parse::<u64>().ok())
    };
    let time = Duration::from_secs(number("NITRO_SOAK_SECONDS").unwrap_or(10));
    let seed = number("NITRO_SOAK_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!(
        "soak: {JOBS} jobs at a time for {} s, seed {seed}",
        time.as_secs()
    );
    match soak(time, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("soak: FAILED: {why}");
            ExitCode::FAILURE
        }
    }
}

fn soak(time: Duration, seed: u64) -> Result<(), String> {
    let service = Service::start(seed);
    let before = Held::now();
    let client = Client::new(service.options()).map_err(|e| e.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    let (counts, over, failure) = (Counts::default(), AtomicBool::new(false), Mutex::new(None));
    let begun = Instant::now();
    let samples = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..JOBS)
            .map(|number| {
                let (client, service, counts, over) = (&client, &service, &counts, &over);
                let (failure, folder) = (&failure, folder.path());
                scope.spawn(move || {
                    touch_the_stack();
                    let mut random = fastrand::Rng::with_seed(seed ^ number as u64);
                    let path = folder.join(format!("{number}.bin"));
                    while !over.load(Ordering::Relaxed) {
                        if let Err(why) = one(client, service, &mut random, &path, counts) {
                            failure.lock().unwrap().get_or_insert(why);
                            over.store(true, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        let mut samples = Vec::new();
        while begun.elapsed() < time && !over.load(Ordering::Relaxed) {
            std::thread::sleep(SAMPLE);
            samples.push(Held::now());
        }
        over.store(true, Ordering::Relaxed);
        // Each worker brings the job that it is at to its end.
        for worker in workers {
            if worker.join().is_err() {
                failure
                    .lock()
                    .unwrap()
                    .get_or_insert_with(|| "a worker panicked".to_owned());
            }
        }
        samples
    });
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    drop(client);
    report(&counts, &samples, begun.elapsed());
    if let Some(why) = failure.into_inner().unwrap() {
        return Err(why);
    }
    if left > 0 {
        return Err(format!("{left} files are left behind"));
    }
    let after = Held::now();
    if after.descriptors > before.descriptors || after.threads > before.threads {
        return Err(format!("leaked: {before:?} became {after:?}"));
    }
    is_flat(&samples)
}

/// One job from its start to its verified file.
fn one(
    client: &Client,
    service: &Service,
    random: &mut fastrand::Rng,
    path: &std::path::Path,
    counts: &Counts,
) -> Result<(), String> {
    let size = random.u64(1..200_000);
    let id = service.create(random, size);
    let begun = Instant::now();
    let mut ticket = client.job(&id).map_err(|e| e.to_string())?.to_json();
    let mut try_on = |what: &str, attempt: &mut dyn FnMut(&Job) -> Result<(), Error>| loop {
        // As after a restart of the program: nothing but the ticket is left.
        let job = client.job_from_json(&ticket).map_err(|e| e.to_string())?;
        let Err(error) = attempt(&job) else {
            ticket = job.to_json();
            return Ok(());
        };
        if !error.is_retryable() {
            return Err(format!("{what} of {id}: {:?}: {error}", error.kind()));
        }
        if begun.elapsed() > BOUND {
            return Err(format!("{what} of {id} is not through after {BOUND:?}: {error}"));
        }
        if let Some(written) = error.ticket() {
            written.clone_into(&mut ticket);
        }
        counts.resumed.fetch_add(1, Ordering::Relaxed);
    };
    let cancel = CancelToken::new();
    let patience = Duration::from_millis(random.u64(200..4000));
    let call = Call::new().cancel(&cancel).timeout(patience);
    let mut backwards = false;
    try_on("the wait", &mut |job| {
        counts.waits.fetch_add(1, Ordering::Relaxed);
        let mut highest = 0.0;
        let status = job.wait(
            |status| {
                let progress = status.progress().unwrap_or(highest);
                backwards |= progress < highest;
                highest = progress;
                true
            },
            &call,
        )?;
        assert_eq!(*status.state(), JobState::Completed);
        Ok(())
    })?;
    if backwards {
        return Err(format!("the progress of {id} went backwards"));
    }
    let expected = service::file(size);
    if random.u8(..) < 64 {
        let mut bytes = Vec::new();
        try_on("the bytes", &mut |job| {
            bytes.clear();
            job.result_bytes(&mut bytes, &Call::new()).map(drop)
        })?;
        same(&bytes, &expected, &id)?;
    } else {
        let target = Download::to_file(path).existing(OnExisting::Fail);
        try_on("the download", &mut |job| {
            job.download(&target, |_| true, &Call::new()).map(drop)
        })?;
        same(&std::fs::read(path).unwrap(), &expected, &id)?;
        std::fs::remove_file(path).unwrap();
    }
    counts.completed.fetch_add(1, Ordering::Relaxed);
    counts.bytes.fetch_add(size, Ordering::Relaxed);
    Ok(())
}

fn same(bytes: &[u8], expected: &[u8], id: &str) -> Result<(), String> {
    if bytes == expected {
        return Ok(());
    }
    let (came, wanted) = (bytes.len(), expected.len());
    Err(format!("{id}: {came} bytes came that are not its {wanted}"))
}

/// Has the allocator return what is freed: what it would keep for each thread, and for the next large buffer, looks like growth.
#[allow(unsafe_code)]
fn return_free_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the options are plain numbers, and no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 64 << 10);
    }
}

/// What a stack has used once stays resident. All that a job may use of it is touched at the start, so that only memory grows
/// after that.
fn touch_the_stack() {
    let mut deep = [0u8; 256 << 10];
    deep.iter_mut().step_by(1024).for_each(|byte| *byte = 1);
    std::hint::black_box(&deep);
}

fn report(counts: &Counts, samples: &[Held], took: Duration) {
    let reported = |count: &AtomicU64| count.load(Ordering::Relaxed);
    println!(
        "soak: {} jobs completed, each with the right bytes ({} MB), in {:.0} s; {} waits, {} calls resumed",
        reported(&counts.completed),
        reported(&counts.bytes) >> 20,
        took.as_secs_f64(),
        reported(&counts.waits),
        reported(&counts.resumed),
    );
    let line = |name: &str, get: &dyn Fn(&Held) -> u64| {
        let warm = samples.get(samples.len() / 5).map_or(0, get);
        let end = samples.last().map_or(0, get);
        let peak = samples.iter().map(get).max().unwrap_or(0);
        println!("soak: {name}: {warm} when warm, {end} at the end, {peak} at most");
    };
    line("resident KB", &|held| held.memory >> 10);
    let fifths = samples.chunks(samples.len().div_ceil(5).max(1));
    let means: Vec<u64> = fifths.map(|part| mean_memory(part) >> 10).collect();
    println!("soak: resident KB, mean of each fifth of the time: {means:?}");
    line("descriptors", &|held| held.descriptors as u64);
    line("threads", &|held| held.threads as u64);
}

fn mean_memory(samples: &[Held]) -> u64 {
    samples.iter().map(|held| held.memory).sum::<u64>() / samples.len().max(1) as u64
}

/// The last fifth needs no more memory than the second did, but for the allocator's play.
fn is_flat(samples: &[Held]) -> Result<(), String> {
    let fifth = samples.len() / 5;
    if fifth == 0 {
        return Ok(());
    }
    let (warm, end) = (
        mean_memory(&samples[fifth..2 * fifth]),
        mean_memory(&samples[samples.len() - fifth..]),
    );
    if end > warm + PLAY {
        return Err(format!("the memory grew from {warm} to {end} bytes"));
    }
    Ok(())
}

impl Held {
    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
                .unwrap_or(0)
        };
        Self {
            memory: field("VmRSS:") << 10,
            descriptors: std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            threads: field("Threads:") as usize,
        }
    }
}
