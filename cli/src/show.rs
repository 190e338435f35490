//! Output: lines and a progress bar for people, JSON lines for programs.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use nitro_jobs::{DownloadProgress, Error, JobResult, JobStatus, ResultKind, SavedFile};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::{exit, printable};

/// The number of steps of the bar.
const STEPS: u64 = 1000;

/// The output of the program.
pub struct Show {
    json: bool,
    bar: Option<ProgressBar>,
    /// Why standard output could not be written.
    broken: RefCell<Option<io::Error>>,
    /// The last progress line, so that it is not printed twice.
    last: RefCell<String>,
    /// The tickets printed on standard output, which may have been closed.
    tickets: RefCell<Vec<String>>,
}

impl Show {
    /// A bar is drawn on a terminal only, and never with JSON output.
    pub fn new(json: bool, quiet: bool) -> Self {
        let bar = (!json && !quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{prefix:11} [{bar:40}] {percent:>3} %");
            bar.set_style(
                style
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("#>."),
            );
            bar
        });
        Self {
            json,
            bar,
            broken: RefCell::default(),
            last: RefCell::default(),
            tickets: RefCell::default(),
        }
    }

    /// Whether all output could be written so far.
    pub fn is_written(&self) -> bool {
        self.broken.borrow().is_none()
    }

    /// The exit code if standard output could not be written.
    pub fn broken_code(&self) -> Option<u8> {
        let broken = self.broken.borrow();
        broken.as_ref().map(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => exit::NO_READER,
            _ => exit::NOT_WRITTEN,
        })
    }

    /// Whether the output is JSON lines.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// A line for standard output.
    fn line(&self, text: &str) {
        let write = || {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())
                .and_then(|()| out.write_all(b"\n"))
                .and_then(|()| out.flush())
        };
        let written = match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        self.check_written(written);
    }

    fn check_written(&self, written: io::Result<()>) {
        if let Err(error) = written {
            self.broken.borrow_mut().get_or_insert(error);
        }
    }

    /// A line for standard error; a write error there cannot be reported.
    pub fn note(&self, text: &str) {
        let write = || drop(writeln!(io::stderr(), "{text}"));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn event(&self, name: &str, mut fields: Value) {
        fields["event"] = name.into();
        self.line(&printable::json(&fields.to_string()));
    }

    /// A line for people, or an event for programs.
    pub fn text_or(&self, text: &str, name: &str, fields: impl FnOnce() -> Value) {
        if self.json {
            self.event(name, fields());
        } else {
            self.line(text);
        }
    }

    /// Prints the ticket, before anything else is done with the job.
    pub fn ticket(&self, ticket: &str) {
        if self.json {
            self.event("submitted", json!({"ticket": parsed(ticket)}));
            self.tickets.borrow_mut().push(ticket.to_owned());
        } else {
            self.note_ticket(ticket);
        }
    }

    fn note_ticket(&self, ticket: &str) {
        self.note(&format!("ticket: {}", printable::json(ticket)));
    }

    fn progress(&self, what: &str, fraction: Option<f64>, event: impl FnOnce() -> Value) {
        if let Some(bar) = &self.bar {
            bar.set_prefix(printable::line(what));
            bar.set_position((fraction.unwrap_or_default() * STEPS as f64) as u64);
        }
        if self.json {
            let percent = fraction.map(|fraction| (fraction * 100.0) as u8);
            let line = format!("{what} {percent:?}");
            if *self.last.borrow() != line {
                self.event(what, event());
                self.last.replace(line);
            }
        }
    }

    /// How much of the documents has been sent.
    pub fn upload(&self, sent: u64, total: u64) {
        self.progress(
            "upload",
            fraction(sent, Some(total)),
            || json!({"sent": sent, "total": total}),
        );
    }

    /// The status of a job that is followed.
    pub fn processing(&self, job: &str, status: &JobStatus) {
        if self.json {
            self.event("status", json!({"job": job, "status": parsed(status.json())}));
        } else {
            self.progress(status.state().as_str(), status.progress(), || Value::Null);
        }
    }

    /// How much of the result has been received.
    pub fn download(&self, now: DownloadProgress) {
        self.progress(
            "download",
            fraction(now.bytes, now.total),
            || json!({"file": now.file, "files": now.files, "bytes": now.bytes, "total": now.total}),
        );
    }

    /// The saved files.
    pub fn saved(&self, files: &[SavedFile]) {
        for file in files {
            let path = file.path.display();
            self.text_or(
                &printable::line(&format!("{path} ({} bytes)", file.bytes)),
                "saved",
                || json!({"path": path.to_string(), "bytes": file.bytes, "contentType": file.content_type}),
            );
        }
    }

    /// A result: text as text, all else as JSON.
    pub fn result(&self, result: &JobResult, as_json: bool) {
        let text = match result.text() {
            // A file or another program receives the text as it is.
            Some(text) if result.kind() == ResultKind::Text && !as_json => match io::stdout().is_terminal() {
                true => printable::lines(&text),
                false => text.into_owned(),
            },
            _ => printable::json(result.result_json()),
        };
        self.text_or(
            &text,
            "result",
            || json!({"result": parsed(result.result_json())}),
        );
    }

    /// The failure of the command.
    pub fn failure(&self, failure: &Failure) {
        if self.json {
            self.event("error", fields_of(failure));
        }
        if !self.json || !self.is_written() {
            self.note(&printable::line(&format!("nitro-jobs: {}", failure.message())));
            if let Failure::Library(error) = failure
                && let Some(id) = error.reference_id()
            {
                self.note(&format!("reference for Nitro's support: {id}"));
            }
        }
    }

    /// The failure of one of several jobs.
    pub fn job_failure(&self, job: &str, failure: &Failure) {
        if self.json {
            let mut fields = fields_of(failure);
            fields["job"] = job.into();
            self.event("error", fields);
        } else {
            self.note(&printable::line(&format!("{job}: {}", failure.message())));
        }
    }

    /// Removes the bar, before bytes are printed that may go to the same terminal.
    pub fn hide_bar(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Removes the bar, says why standard output was not written, and prints tickets to standard error if standard output was closed.
    pub fn end(&self) {
        self.hide_bar();
        if let Some(error) = &*self.broken.borrow() {
            if error.kind() != io::ErrorKind::BrokenPipe {
                self.note(&format!("nitro-jobs: standard output cannot be written: {error}"));
            }
            for ticket in self.tickets.take() {
                self.note_ticket(&ticket);
            }
        }
    }
}

/// The fields of an event about a failure.
fn fields_of(failure: &Failure) -> Value {
    let mut fields = json!({"code": failure.code(), "message": failure.message()});
    if let Failure::Library(error) = failure {
        describe(&mut fields, error);
    }
    fields
}

/// Adds the fields of a library error.
fn describe(fields: &mut Value, error: &Error) {
    fields["kind"] = format!("{:?}", error.kind()).into();
    fields["uncertain"] = error.is_uncertain().into();
    fields["retryable"] = error.is_retryable().into();
    if let Some(status) = error.http_status() {
        fields["httpStatus"] = status.into();
    }
    if let Some(wait) = error.retry_after() {
        fields["retryAfterMs"] = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).into();
    }
    if let Some(id) = error.reference_id() {
        fields["referenceID"] = id.into();
    }
    if let Some(ticket) = error.ticket() {
        fields["ticket"] = parsed(ticket);
    }
    if let Some(problem) = error.problem() {
        fields["problem"] = parsed(&problem.body);
    }
}

/// Standard output for the bytes of a result.
pub struct Bytes<'s>(pub &'s Show);

impl Bytes<'_> {
    /// Notes why the output is broken, once the caller will not try again.
    fn noted<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome
            && error.kind() != io::ErrorKind::Interrupted
        {
            let copy = error
                .raw_os_error()
                .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            self.0.check_written(Err(copy));
        }
        outcome
    }
}

impl Write for Bytes<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.noted(io::stdout().lock().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.noted(io::stdout().lock().flush())
    }
}

/// JSON as a value, or the text itself if it is not JSON.
pub fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn fraction(done: u64, total: Option<u64>) -> Option<f64> {
    let total = total.filter(|total| *total > 0)?;
    Some((done as f64 / total as f64).min(1.0))
}
