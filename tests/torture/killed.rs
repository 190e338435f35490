//! A program that is killed while it downloads leaves the old file or none, and the next run succeeds.

use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use nitro_emulator::{Emulator, Fault, Scenario};
use nitro_jobs::{Call, Client, ClientOptions, Download, OnExisting};

use crate::common::until;
use crate::operation::OLD;
use crate::report::Report;

/// The first argument of the child that downloads.
pub const CHILD: &str = "--download-until-killed";
const SIZE: u64 = 2_000_000;
/// How much of the file is there when the program is killed while it comes slowly.
const MOMENTS: [u64; 5] = [0, 1, 70_000, 500_000, 1_500_000];
/// Kills at chance moments of a download at full speed, which meet the flush and the rename as well.
const CHANCES: u64 = 24;

/// The program to kill: base URL, token, job, path.
pub fn child(args: &[String]) -> ExitCode {
    let [base_url, token, id, path] = args else {
        return ExitCode::FAILURE;
    };
    let client = Client::new(ClientOptions::new().base_url(base_url).token(token)).unwrap();
    let target = Download::to_file(path).existing(OnExisting::Replace);
    match client.job(id).unwrap().download(&target, |_| true, &Call::new()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

pub fn run(report: &Report, full: bool) {
    let desk = report.desk();
    let emulator = crate::common::emulator();
    for old in [true, false] {
        for moment in MOMENTS {
            desk.case(&format!("killed at byte {moment}, old file: {old}"), || {
                let slow = Fault::trickle(4000, 40_000, 5).from_request(2);
                killed(&emulator, old, Some(slow), |folder| {
                    until("so much has come", || {
                        part(folder).is_some_and(|size| size >= moment)
                    });
                })
            });
        }
        for chance in (0..CHANCES).step_by(if full { 1 } else { 3 }) {
            desk.case(&format!("killed after {chance} ms, old file: {old}"), || {
                killed(&emulator, old, None, |_| {
                    std::thread::sleep(Duration::from_millis(chance));
                })
            });
        }
    }
}

fn killed(
    emulator: &Emulator,
    old: bool,
    fault: Option<Fault>,
    wait: impl FnOnce(&Path),
) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.bin");
    if old {
        std::fs::write(&path, OLD).unwrap();
    }
    let scenario = Scenario::instant()
        .size_bytes(SIZE)
        .content_type("application/octet-stream".to_owned());
    let id = emulator.create_job(scenario);
    let slow = fault.is_some();
    if let Some(fault) = fault {
        emulator.fault(fault);
    }
    let mut child = start(emulator, &id, &path);
    wait(folder.path());
    child.kill().unwrap();
    let end = child.wait().unwrap();
    let whole = &emulator.output_of(&id)[0];
    let content = std::fs::read(&path).ok();
    // At full speed it may have been through before.
    let is_new = !slow && content.as_ref() == Some(whole);
    if !is_new && content.as_deref() != old.then_some(OLD) {
        let size = content.map(|bytes| bytes.len());
        return Err(format!("{size:?} unexpected bytes are in the file; {end}"));
    }
    let again = start(emulator, &id, &path).wait().unwrap();
    if !again.success() || std::fs::read(&path).ok().as_ref() != Some(whole) {
        return Err(format!("the next run failed: {again}"));
    }
    Ok(())
}

fn start(emulator: &Emulator, id: &str, path: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([CHILD, &emulator.base_url(), &emulator.token(), id]);
    command
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The size of the file under way.
fn part(folder: &Path) -> Option<u64> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut parts = entries.filter(|e| e.file_name().to_string_lossy().ends_with(".part"));
    Some(parts.next()?.metadata().ok()?.len())
}
