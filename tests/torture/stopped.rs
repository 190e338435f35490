//! A program that is stopped for longer than the idle timeout while its peer goes on: that is no silence of the peer.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use nitro_jobs::{Call, Client, ClientOptions, Download, JobState};

use crate::common::raw::{self, Raw};
use crate::common::until;
use crate::report::Report;

/// The first argument of the child that is stopped.
pub const CHILD: &str = "--until-stopped";
const IDLE: Duration = Duration::from_millis(300);
/// How often the peer sends something.
const BEAT: Duration = Duration::from_millis(20);

/// The program to stop: what it does, and the base URL. It prints a line when it has received something.
pub fn child(args: &[String]) -> ExitCode {
    let [what, base_url] = args else {
        return ExitCode::FAILURE;
    };
    let options = ClientOptions::new()
        .base_url(base_url)
        .token("token")
        .idle_timeout(IDLE)
        .retries(0);
    let job = Client::new(options).unwrap().job("mine").unwrap();
    let said = AtomicBool::new(false);
    let receive = || {
        if !said.swap(true, Ordering::SeqCst) {
            println!("received");
        }
        true
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.bin");
    let done = match what.as_str() {
        "wait" => {
            let waited = job.wait(|_| receive(), &Call::new());
            waited.is_ok_and(|status| *status.state() == JobState::Completed)
        }
        _ => {
            let report = |now: nitro_jobs::DownloadProgress| now.bytes == 0 || receive();
            job.download(&Download::to_file(&path), report, &Call::new())
                .is_ok()
        }
    };
    if done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

pub fn run(report: &Report, _full: bool) {
    let desk = report.desk();
    for what in ["wait", "download"] {
        desk.case(&format!("stopped and continued in a {what}"), || stopped(what));
    }
}

fn stopped(what: &str) -> Result<(), String> {
    let (continued, streams) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (go_on, count) = (continued.clone(), streams.clone());
    let server = Raw::serve(move |request, stream| {
        let is_file = request.path == "/file";
        if !is_file && !request.wants_stream() {
            let json = if request.path.ends_with("/status") {
                "{\"status\":\"running\"}"
            } else {
                "{\"status\":\"completed\",\"result\":{\"file\":{\"URL\":\"/file\"}}}"
            };
            return stream.write_all(&raw::json(json));
        }
        count.fetch_add(1, Ordering::SeqCst);
        let media_type = if is_file {
            "application/octet-stream"
        } else {
            "text/event-stream"
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )?;
        let piece = "data: {\"event\":\"running\",\"jobID\":\"mine\"}\n\n";
        loop {
            write!(stream, "{:x}\r\n{piece}\r\n", piece.len())?;
            if go_on.load(Ordering::SeqCst) {
                break;
            }
            std::thread::sleep(BEAT);
        }
        let end = "data: {\"event\":\"completed\",\"jobID\":\"mine\",\"result\":\"text\"}\n\n";
        write!(stream, "{:x}\r\n{end}\r\n0\r\n\r\n", end.len())
    });
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([CHILD, what, &server.base_url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let signal = |name: &str| {
        let command = format!("kill -s {name} {}", child.id());
        let sent = Command::new("sh").args(["-c", &command]).status().unwrap();
        assert!(sent.success());
    };
    signal("STOP");
    until("the child is stopped", || state(child.id()) == 'T');
    std::thread::sleep(3 * IDLE);
    signal("CONT");
    until("the child goes on", || state(child.id()) != 'T');
    continued.store(true, Ordering::SeqCst);
    let ended = child.wait().unwrap();
    match streams.load(Ordering::SeqCst) {
        _ if !ended.success() => Err(format!("{ended}")),
        1 => Ok(()),
        more => Err(format!("{more} connections: what was there counted as silence")),
    }
}

/// The state of a process, as `/proc` shows it.
fn state(process: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.trim_start().chars().next().unwrap_or('?')
}
