//! What a program calls the library for, with what a true response is.

use std::path::Path;

use nitro_emulator::{Completion, Config, Dialect, Emulator, Framing, Presigned, Scenario};
use nitro_jobs::{Call, Client, ClientOptions, Download, Error, JobState, OnExisting};

/// The size of the result files: enough for several reads, little enough for many thousand cases.
const SIZE: u64 = 12_000;
pub const OLD: &[u8] = b"what was there before";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Status,
    /// The status of a job that is completed with a redirect.
    Redirect,
    /// A wait that follows the stream.
    Wait(Dialect),
    Result,
    Bytes(Framing),
    Download(Framing),
    /// A token for client credentials, and the status with it.
    Token,
}

pub const OPERATIONS: [Operation; 12] = [
    Operation::Status,
    Operation::Redirect,
    Operation::Wait(Dialect::EventInData),
    Operation::Wait(Dialect::Named),
    Operation::Wait(Dialect::Message),
    Operation::Result,
    Operation::Bytes(Framing::Length),
    Operation::Bytes(Framing::Chunked),
    Operation::Download(Framing::Length),
    Operation::Download(Framing::Chunked),
    Operation::Download(Framing::Close),
    Operation::Token,
];

/// Either what the library reported, or the false report that was found.
pub type Outcome = Result<Result<(), Error>, String>;

impl Operation {
    pub fn scenario(self) -> Scenario {
        let scenario = Scenario::instant()
            .size_bytes(SIZE)
            .content_type("application/octet-stream".to_owned());
        match self {
            Operation::Status | Operation::Result | Operation::Token => scenario,
            Operation::Redirect => scenario.completion(Completion::Redirect),
            Operation::Wait(dialect) => scenario.dialect(dialect).duration_ms(9u64).steps(3u32),
            Operation::Bytes(framing) => scenario.bytes_framing(framing),
            Operation::Download(framing) => scenario.presigned(Presigned {
                framing,
                ranges: framing == Framing::Length,
                ..Presigned::default()
            }),
        }
    }

    /// Whether it is one request, so that what strikes that request must be seen.
    pub fn is_single(self) -> bool {
        !matches!(
            self,
            Operation::Wait(_) | Operation::Download(_) | Operation::Token
        )
    }

    /// The options that it needs.
    pub fn options(self, options: ClientOptions) -> ClientOptions {
        match self {
            Operation::Token => {
                let service = Config::default();
                options.client_credentials(service.client_id, service.client_secret)
            }
            _ => options,
        }
    }

    /// Does it once. Files go to `folder`, which is empty but for the file that a download may find there.
    pub fn run(self, client: &Client, emulator: &Emulator, id: &str, folder: &Path) -> Outcome {
        let call = Call::new();
        let job = client.job(id).map_err(|e| e.to_string())?;
        match self {
            Operation::Status | Operation::Token => job.status(&call).map_or_else(
                |e| Ok(Err(e)),
                |status| {
                    let whole = status.result_json().is_some_and(|json| json.contains("\"URL\""));
                    expect_completed(&status, id)?;
                    verdict(whole, || format!("no whole result in {}", status.json()))
                },
            ),
            Operation::Redirect => job.status(&call).map_or_else(
                |e| Ok(Err(e)),
                |status| {
                    let there = status.location().is_some_and(|to| to.ends_with(id));
                    verdict(there && *status.state() == JobState::Completed, || {
                        format!("the status is {status:?}")
                    })
                },
            ),
            Operation::Wait(_) => wait(&job, id),
            Operation::Result => job.result(&call).map_or_else(
                |e| Ok(Err(e)),
                |result| {
                    let size = result.files().first().and_then(|file| file.size_bytes());
                    verdict(size == Some(SIZE), || format!("it is {}", result.json()))
                },
            ),
            Operation::Bytes(_) => {
                let mut bytes = Vec::new();
                match job.result_bytes(&mut bytes, &call) {
                    Err(error) => Ok(Err(error)),
                    Ok(received) => {
                        let whole = bytes == emulator.output_of(id)[0] && received.bytes == SIZE;
                        verdict(whole, || format!("{} bytes that are not the file's", bytes.len()))
                    }
                }
            }
            Operation::Download(_) => download(&job, emulator, id, folder),
        }
    }
}

fn verdict(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds {
        Ok(Ok(()))
    } else {
        Err(format!("a false report: {}", otherwise()))
    }
}

fn expect_completed(status: &nitro_jobs::JobStatus, id: &str) -> Result<(), String> {
    if *status.state() == JobState::Completed && status.job_id().is_none_or(|reported| reported == id) {
        return Ok(());
    }
    Err(format!("a false report: {}", status.json()))
}

fn wait(job: &nitro_jobs::Job, id: &str) -> Outcome {
    let mut highest = 0.0;
    let mut backwards = false;
    let waited = job.wait(
        |status| {
            let progress = status.progress().unwrap_or(highest);
            backwards |= progress < highest || status.is_terminal();
            highest = progress;
            true
        },
        &Call::new(),
    );
    match waited {
        Err(error) => Ok(Err(error)),
        Ok(_) if backwards => Err("a false report: the progress went backwards".to_owned()),
        Ok(status) => expect_completed(&status, id).map(Ok),
    }
}

fn download(job: &nitro_jobs::Job, emulator: &Emulator, id: &str, folder: &Path) -> Outcome {
    let path = folder.join("result.bin");
    // Every other case finds a file where its own shall be.
    let old = id.as_bytes()[0].is_multiple_of(2);
    if old {
        std::fs::write(&path, OLD).unwrap();
    }
    let target = Download::to_file(&path).existing(OnExisting::Replace);
    let saved = job.download(&target, |_| true, &Call::new());
    let content = std::fs::read(&path).ok();
    let _ = std::fs::remove_file(&path);
    let left: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    for name in &left {
        let _ = std::fs::remove_file(folder.join(name));
    }
    if !left.is_empty() {
        return Err(format!("left behind: {left:?}"));
    }
    match saved {
        Ok(_) => verdict(content.as_deref() == Some(&emulator.output_of(id)[0]), || {
            "the file is not the result".to_owned()
        }),
        Err(_) if content.as_deref() != old.then_some(OLD) => {
            Err("it failed, and yet the file is not as it was".to_owned())
        }
        Err(error) => Ok(Err(error)),
    }
}
