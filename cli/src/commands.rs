//! The commands.

use std::io::Write;
use std::path::Path;

use nitro_jobs::{
    Client, Download, Job, JobState, JobStatus, JobUpdate, LogLevel, OnExisting, RunProgress, WatchOptions,
};
use serde_json::{Value, json};

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::input::{Limits, STDIN};
use crate::show::{Bytes, Show, parsed};
use crate::{credentials, exit, printable, request};

/// Runs a command that sends requests to the service.
pub fn perform(arguments: &Arguments, show: &Show, limits: &Limits) -> Result<u8, Failure> {
    // An invalid request is reported before anything is sent.
    let submission = match arguments.command {
        Some(Command::Run | Command::Submit) => Some(request::submission(arguments, limits)?),
        _ => None,
    };
    let client = client(arguments, limits)?;
    let job = || job(&client, &arguments.operands[0], limits);
    match (arguments.command, submission) {
        (Some(Command::Run), Some(submission)) => {
            let target = target(arguments);
            let mut followed = String::new();
            let progress = |now: RunProgress<'_>| {
                match now {
                    RunProgress::Upload { sent, total } => show.upload(sent, total),
                    RunProgress::Submitted { ticket } => {
                        show.ticket(ticket);
                        followed = id_of(ticket);
                    }
                    RunProgress::Processing { status } => show.processing(&followed, status),
                    RunProgress::Download(now) => show.download(now),
                    _ => {}
                }
                show.is_written()
            };
            let finished = client.run(&submission, target.as_ref(), progress, &limits.call())?;
            match target {
                Some(_) => show.saved(&finished.saved),
                None if is_stdout(arguments) => print_bytes(&finished.job, show, limits)?,
                None => show.result(&finished.result, false),
            }
            Ok(exit::DONE)
        }
        (Some(Command::Submit), Some(submission)) => {
            let progress = |sent, total| {
                show.upload(sent, total);
                show.is_written()
            };
            let started = client.submit(&submission, progress, &limits.call())?;
            let ticket = started.job.to_json();
            show.ticket(&ticket);
            if !arguments.json {
                show.text_or(&printable::json(&ticket), "", || Value::Null);
            }
            Ok(exit::DONE)
        }
        (Some(Command::Status), _) => {
            let job = job()?;
            let status = job.status(&limits.call())?;
            show.text_or(
                &printable::line(&describe(&status)),
                "status",
                || json!({"job": job.id(), "status": parsed(status.json())}),
            );
            Ok(exit::DONE)
        }
        (Some(Command::Watch), _) if arguments.operands.len() == 1 => {
            let job = job()?;
            let id = job.id();
            let progress = |status: &JobStatus| {
                show.processing(&id, status);
                show.is_written()
            };
            let status = job.wait(progress, &limits.call())?;
            print_end(show, &id, &status);
            Ok(exit::DONE)
        }
        (Some(Command::Watch), _) => watch(&client, arguments, show, limits),
        (Some(Command::Result), _) => {
            show.result(&job()?.result(&limits.call())?, true);
            Ok(exit::DONE)
        }
        (Some(Command::Download), _) if is_stdout(arguments) => {
            print_bytes(&job()?, show, limits)?;
            Ok(exit::DONE)
        }
        (Some(Command::Download), _) => {
            let target = target(arguments)
                .ok_or_else(|| Failure::usage("download needs --output FILE or --dir FOLDER"))?;
            let progress = |now| {
                show.download(now);
                show.is_written()
            };
            show.saved(&job()?.download(&target, progress, &limits.call())?);
            Ok(exit::DONE)
        }
        _ => Err(Failure::usage("there is no such command")),
    }
}

/// Lists the operations; sends no request.
pub fn catalog(arguments: &Arguments, show: &Show) -> Result<u8, Failure> {
    let wanted = arguments.operands.first();
    let entries = match wanted {
        None => request::operations(),
        Some(name) => vec![
            request::operation(name)
                .ok_or_else(|| Failure::usage(format!("there is no operation {name:?}")))?,
        ],
    };
    for entry in entries {
        let field = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let mut text = format!("{:28} {}", field(&entry, "name"), field(&entry, "description"));
        let params = entry["params"].as_array().filter(|_| wanted.is_some());
        for param in params.into_iter().flatten() {
            let required = if param["required"] == true {
                " (required)"
            } else {
                ""
            };
            let (name, kind, about) = (
                field(param, "name"),
                field(param, "type"),
                field(param, "description"),
            );
            text.push_str(&format!("\n  {name}: {kind}{required}  {about}"));
            for (key, label) in [("enum", "one of"), ("default", "default:")] {
                if let Some(value) = param.get(key) {
                    text.push_str(&format!("\n      {label} {value}"));
                }
            }
        }
        show.text_or(&text, "operation", || json!({ "operation": entry }));
    }
    Ok(exit::DONE)
}

fn client(arguments: &Arguments, limits: &Limits) -> Result<Client, Failure> {
    let named = std::env::var_os("NITRO_CREDENTIALS").map(Into::into);
    let mut options = credentials::options(arguments.credentials.clone().or(named).as_deref(), limits)?
        .user_agent(concat!("nitro-jobs-cli/", env!("CARGO_PKG_VERSION")));
    if let Some(url) = &arguments.base_url {
        options = options.base_url(url);
    }
    if let Some(url) = &arguments.proxy {
        options = options.proxy(url);
    }
    if arguments.proxy_from_env {
        options = options.proxy_from_env();
    }
    if let Some(path) = &arguments.ca_file {
        options = options.add_ca_pem(limits.text(path)?);
    }
    if arguments.verbose {
        options = options.log(|level: LogLevel, line| {
            let _ = writeln!(std::io::stderr(), "{level:?}: {}", printable::line(line));
        });
    }
    Ok(Client::new(options)?)
}

/// Whether the result's file goes to standard output.
fn is_stdout(arguments: &Arguments) -> bool {
    arguments.output.as_deref() == Some(Path::new(STDIN))
}

/// Prints the file of a result; several come as one zip.
fn print_bytes(job: &Job, show: &Show, limits: &Limits) -> Result<(), Failure> {
    show.hide_bar();
    let mut out = Bytes(show);
    job.result_bytes(&mut out, &limits.call())?;
    // An error is noted.
    let _ = out.flush();
    Ok(())
}

fn target(arguments: &Arguments) -> Option<Download> {
    let target = match (&arguments.output, &arguments.dir) {
        _ if is_stdout(arguments) => return None,
        (Some(path), _) => Download::to_file(path),
        (None, Some(path)) => Download::to_folder(path).existing(OnExisting::Fail),
        (None, None) => return None,
    };
    Some(if arguments.force {
        target.existing(OnExisting::Replace)
    } else {
        target
    })
}

/// A job from its id, its ticket, or a file that contains either.
fn job(client: &Client, operand: &str, limits: &Limits) -> Result<Job, Failure> {
    let text = match operand.strip_prefix('@') {
        None => operand.to_owned(),
        Some(path) => limits.text(Path::new(path))?,
    };
    let text = text.trim();
    Ok(if text.starts_with('{') {
        client.job_from_json(text)?
    } else {
        client.job(text)?
    })
}

/// Follows several jobs. The exit code is the highest of theirs, in whatever order they end.
fn watch(client: &Client, arguments: &Arguments, show: &Show, limits: &Limits) -> Result<u8, Failure> {
    let watch = client.watch(WatchOptions::new())?;
    for operand in &arguments.operands {
        watch.add(&job(client, operand, limits)?)?;
    }
    let mut code = exit::DONE;
    loop {
        let Some(event) = watch.next(&limits.unlimited_call())? else {
            return Ok(code);
        };
        let id = event.job_id().to_owned();
        match event.into_update() {
            JobUpdate::Progress(status) => show.processing(&id, &status),
            JobUpdate::Ended(status) => {
                if show.is_json() {
                    show.processing(&id, &status);
                }
                print_end(show, &id, &status);
                if *status.state() != JobState::Completed {
                    code = code.max(exit::FAILED);
                }
            }
            JobUpdate::GaveUp(error) => {
                let failure = Failure::from(error.clone());
                code = code.max(failure.code());
                show.job_failure(&id, &failure);
            }
            _ => {}
        }
        if !show.is_written() {
            return Ok(code);
        }
    }
}

fn print_end(show: &Show, id: &str, status: &JobStatus) {
    if !show.is_json() {
        show.text_or(
            &printable::line(&format!("{id} {}", describe(status))),
            "",
            || Value::Null,
        );
    }
}

/// A status as text for people.
fn describe(status: &JobStatus) -> String {
    let state = status.state().as_str();
    match (status.state(), status.progress(), status.error()) {
        (JobState::Running, Some(progress), _) => format!("{state} {:.0} %", progress * 100.0),
        (JobState::Failed, _, Some(problem)) => {
            let title = problem.title.or(problem.kind).unwrap_or_default();
            format!("{state}: {title}")
        }
        _ => state.to_owned(),
    }
}

/// The job's id in its ticket.
fn id_of(ticket: &str) -> String {
    parsed(ticket)["jobID"].as_str().unwrap_or_default().to_owned()
}
