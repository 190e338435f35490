//! Result files on disk: complete and verified, or absent.
#![allow(clippy::unwrap_used)]

use crate::common;

mod errors;
mod files;
#[cfg(unix)]
mod targets;
mod versions;

use std::fs;
use std::path::Path;

use common::{client, job};
use nitro_emulator::{Emulator, Scenario};
use nitro_jobs::{Call, Download, Error, Job, SavedFile};
use tempfile::{TempDir, tempdir};

fn done(emulator: &Emulator, scenario: Scenario) -> Job {
    let scenario = Scenario {
        duration_ms: 0,
        ..scenario
    };
    job(emulator, &client(emulator), scenario)
}

fn save(job: &Job, download: &Download) -> Result<Vec<SavedFile>, Error> {
    job.download(download, |_| true, &Call::new())
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A folder with an old file in it, and that file's path.
fn folder_with(content: &str) -> (TempDir, std::path::PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("out.pdf");
    fs::write(&path, content).unwrap();
    (folder, path)
}
