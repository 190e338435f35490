//! Two thousand jobs on four threads. The threads of the process are counted, so the test has a process of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use crate::common;

use std::collections::HashSet;
use std::time::Duration;

use common::process::alone;
use common::{emulator, options, until, with_watchdog};
use nitro_emulator::{Scenario, Start};
use nitro_jobs::{Call, Client, JobUpdate, WatchOptions};

const JOBS: u64 = 2000;
const THREADS: usize = 4;

/// The names of this process' threads.
fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the threads");
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.map(|name| name.trim().to_owned()).collect()
}

/// Memory in use, in kB.
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.expect("the resident memory")
}

#[test]
fn two_thousand_jobs_are_followed_by_four_threads() {
    alone(
        module_path!(),
        "two_thousand_jobs_are_followed_by_four_threads",
        || {
            with_watchdog(|| {
                let emulator = emulator();
                let options =
                    options(&emulator).poll_interval(Duration::from_millis(250), Duration::from_secs(1));
                let client = Client::new(options).unwrap();
                let ids: Vec<_> = (0..JOBS)
                    .map(|n| {
                        let scenario = Scenario::new().start(Start::Now).steps(2u32);
                        emulator.create_job(scenario.duration_ms(500 + n * 7919 % 2000))
                    })
                    .collect();
                let before = memory();
                let watch = client
                    .watch(WatchOptions::new().threads(THREADS).streams(1))
                    .unwrap();
                for id in &ids {
                    watch.add(&client.job(id).unwrap()).unwrap();
                }
                println!("{} bytes a job", (memory() - before) * 1024 / JOBS as i64);
                let (mut done, mut most) = (HashSet::new(), 0);
                while let Some(event) = watch.next(&Call::new()).unwrap() {
                    if let JobUpdate::GaveUp(error) = event.update() {
                        panic!("{error:?}");
                    }
                    if event.is_last() {
                        assert!(done.insert(event.job_id().to_owned()));
                    }
                    if done.len() % 100 == 1 {
                        most = most.max(threads().iter().filter(|name| *name == "nitro-watch").count());
                    }
                }
                assert_eq!(done.len() as u64, JOBS);
                assert!((1..=THREADS).contains(&most), "{most} threads");
                drop(watch);
                // A thread that was joined takes a moment to leave /proc; one that was not stays until the watchdog ends the test.
                until("no thread of the watch is left", || {
                    !threads().contains(&"nitro-watch".to_owned())
                });
            });
        },
    );
}
