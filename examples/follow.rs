//! Follows a job to its end and saves its result: `follow JOB_ID FILE`, with `NITRO_BASE_URL` and `NITRO_TOKEN` set.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use nitro_jobs::{Call, Client, ClientOptions, Download, OnExisting};

fn follow(id: &str, file: &str) -> nitro_jobs::Result<()> {
    let client = Client::new(ClientOptions::from_env()?)?;
    let job = client.job(id)?;
    println!("ticket: {}", job.to_json());
    let call = Call::new();
    job.wait(
        |status| {
            if let Some(progress) = status.progress() {
                println!("{} {:.0} %", status.state().as_str(), progress * 100.0);
            }
            true
        },
        &call,
    )?;
    let target = Download::to_file(file).existing(OnExisting::Replace);
    for saved in job.download(&target, |_| true, &call)? {
        println!("saved {}, {} bytes", saved.path.display(), saved.bytes);
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [id, file] = arguments.as_slice() else {
        eprintln!("usage: follow JOB_ID FILE");
        return ExitCode::from(2);
    };
    match follow(id, file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
