//! One result file from its URL to disk: resumed where the server allows it, verified before it counts as complete.

use std::time::Duration;

use super::atomic_file::PartialFile;
use super::content_range::ContentRange;
use super::target::Destination;
use super::version::Version;
use crate::call::CallContext;
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Framing, Response};
use crate::job::file_name;
use crate::job::requests::unverified_length;
use crate::job::result::FileInfo;
use crate::job::{Job, Ticket};
use crate::log::LogLevel;
use crate::retry::{Backoff, is_transient, max_urls};
use crate::url::Url;

const COPY_BUFFER: usize = 128 << 10;
/// PDF readers search for the header within the first kilobyte.
const PDF_HEADER_WITHIN: usize = 1024;
/// An attempt that transfers so much restores the whole budget of retries.
const MIN_PROGRESS: u64 = 256 << 10;
/// The pauses between attempts double from the first one, so many times.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_DOUBLINGS: u32 = 6;

/// Called with the bytes so far and their total; its error stops the transfer.
pub(crate) type ProgressFn<'a> = dyn FnMut(u64, Option<u64>) -> Result<()> + 'a;

/// The download of one file of the result.
pub(crate) struct Transfer<'a> {
    job: &'a Job,
    ticket: &'a Ticket,
    index: usize,
    file: FileInfo,
    allow_unverified: bool,
    context: &'a CallContext,
    partial: PartialFile,
    bytes: u64,
    total: Option<u64>,
    /// The version of the bytes that are here.
    version: Option<Version>,
    suggested_name: String,
    content_type: Option<String>,
}

/// A file that is complete and on disk, still under a temporary name.
pub(crate) struct CompleteFile {
    pub partial: PartialFile,
    pub name: String,
    pub bytes: u64,
    pub content_type: Option<String>,
}

/// Which part of the file the body of a response is.
enum RangeOutcome {
    /// All of it.
    WholeFile,
    /// What follows the bytes that are here.
    Rest,
    /// Nothing: all bytes are here.
    Nothing,
}

impl<'a> Transfer<'a> {
    pub(crate) fn new(
        job: &'a Job,
        ticket: &'a Ticket,
        (index, file): (usize, &FileInfo),
        target: &Destination,
        context: &'a CallContext,
    ) -> Result<Self> {
        Ok(Self {
            job,
            ticket,
            index,
            file: file.clone(),
            allow_unverified: target.allow_unverified,
            context,
            partial: PartialFile::create(target.folder(), target.existing)?,
            bytes: 0,
            total: None,
            version: None,
            suggested_name: String::new(),
            content_type: None,
        })
    }

    /// Downloads the file, with retries within the budget and the call's deadline.
    pub(crate) fn run(mut self, progress: &mut ProgressFn<'_>) -> Result<CompleteFile> {
        let (mut failures, mut urls, mut furthest) = (0, 1, 0);
        let settings = self.job.client.settings();
        let backoff = Backoff {
            first: FIRST_PAUSE,
            longest: settings.poll_policy.retry_cap,
        };
        loop {
            let error = match self.attempt(progress) {
                Ok(()) => return self.finish(),
                Err(error) => error,
            };
            if urls < max_urls(&error) {
                urls += 1;
                self.context.log.line(LogLevel::Info, || {
                    format!("the URL of a result file has expired: {error}; requesting a new one")
                });
                self.file = self.request_new_url()?;
                continue;
            }
            failures += 1;
            if self.bytes >= furthest + MIN_PROGRESS {
                (failures, furthest) = (1, self.bytes);
            }
            if !is_transient(&error) || failures > settings.retries {
                return Err(error);
            }
            let pause = backoff.pause_without_jitter(failures.min(MAX_DOUBLINGS), error.retry_after());
            self.context.log.line(LogLevel::Info, || {
                let bytes = self.bytes;
                format!(
                    "the download broke off after {bytes} bytes: {error}; resuming in {} ms",
                    pause.as_millis()
                )
            });
            self.context.sleep(pause)?;
        }
    }

    fn attempt(&mut self, progress: &mut ProgressFn<'_>) -> Result<()> {
        let url = self.url()?;
        let range = format!("bytes={}-", self.bytes);
        let validator = self.version.as_ref().and_then(Version::validator);
        let headers = validator
            .filter(|_| self.bytes > 0)
            .map(|validator| [("range", range.as_str()), ("if-range", validator)]);
        let get = Get {
            // A presigned URL is a credential itself; it rejects the token, and must not see it.
            with_token: false,
            headers: headers.as_ref().map_or(&[], |h| h.as_slice()),
            attempts: Attempts::Once,
            ..Get::new(&url, Accept::Any, &self.ticket.reference_id)
        };
        let response = self.job.client.get(&get, self.context)?;
        let resumed = headers.is_some();
        match self.range_outcome(&response, resumed)? {
            RangeOutcome::Nothing => return Ok(()),
            RangeOutcome::Rest => {}
            RangeOutcome::WholeFile if response.status == 200 => self.start_file(&response, &url)?,
            // Any other success (RFC 9110, 15.3) has no file.
            RangeOutcome::WholeFile => {
                return Err(response
                    .into_error(self.context)
                    .context("downloading the result file"));
            }
        }
        self.copy_body(response, progress)
    }

    /// Which part of the file the response brings. A part other than the requested one, or of another version, is an error.
    fn range_outcome(&mut self, response: &Response, resumed: bool) -> Result<RangeOutcome> {
        let range = response.header("content-range").and_then(ContentRange::parse);
        let version = self.version.as_ref().filter(|_| resumed);
        let is_same = version.is_some_and(|version| version.is_proved_by(&Version::of(response)));
        match (response.status, range) {
            (206, Some(range)) if is_same && range.is_rest_of(self.bytes, self.total) => {
                self.total = self.total.or(range.total);
                Ok(RangeOutcome::Rest)
            }
            // Of a body in chunks all data is here, only its end is missing.
            (416, Some(range)) if is_same && range.has_nothing_after(self.bytes, self.total) => {
                Ok(RangeOutcome::Nothing)
            }
            (200, Some(range)) if range.is_rest_of(0, None) => Ok(RangeOutcome::WholeFile),
            (206 | 416, _) | (200, Some(_)) => {
                self.discard()?;
                Err(Error::new(
                    ErrorKind::Truncated,
                    "the server sent a part of the file that does not continue what was received, or may be of another version",
                ))
            }
            _ => Ok(RangeOutcome::WholeFile),
        }
    }

    /// The response brings the whole file: the bytes that are here are discarded.
    fn start_file(&mut self, response: &Response, url: &Url) -> Result<()> {
        self.discard()?;
        self.total = match response.body.framing() {
            Framing::Length(length) => Some(length),
            _ => None,
        };
        self.version = Some(Version::of(response));
        let response_type = response
            .header("content-type")
            .filter(|_| self.file.content_type().is_none());
        self.content_type = self.file.content_type().or(response_type).map(str::to_owned);
        self.suggested_name = response
            .text_header("content-disposition")
            .and_then(|value| file_name::from_content_disposition(&value))
            .unwrap_or_else(|| file_name::from_path(url.path()));
        Ok(())
    }

    fn discard(&mut self) -> Result<()> {
        (self.bytes, self.version, self.total) = (0, None, None);
        self.partial.restart()
    }

    fn copy_body(&mut self, mut response: Response, progress: &mut ProgressFn<'_>) -> Result<()> {
        let framing = response.body.framing();
        let shown = self.total.or_else(|| self.file.size_bytes());
        let mut buffer = vec![0; COPY_BUFFER];
        progress(self.bytes, shown)?;
        loop {
            let read = response.body.read(&mut buffer, self.context)?;
            if read == 0 {
                return self.verify_length(framing);
            }
            self.partial.write(&buffer[..read])?;
            self.bytes += read as u64;
            progress(self.bytes, shown)?;
        }
    }

    /// Framing is the authority on the length; the size in the result decides only where framing proves nothing.
    fn verify_length(&self, framing: Framing) -> Result<()> {
        let (bytes, declared) = (self.bytes, self.file.size_bytes());
        if let Some(total) = self.total.filter(|total| *total != bytes) {
            let text = format!("the file ended after {bytes} of the {total} bytes that the server announced");
            return Err(Error::new(ErrorKind::Truncated, text));
        }
        match declared {
            Some(declared) if declared != bytes && framing == Framing::UntilClose => {
                let text =
                    format!("the file ended after {bytes} of the {declared} bytes that the result declares");
                Err(Error::new(ErrorKind::Truncated, text))
            }
            Some(declared) if declared != bytes => {
                self.context.log.line(LogLevel::Warn, || {
                    format!("the result declares {declared} bytes, but the complete file has {bytes}")
                });
                Ok(())
            }
            None if framing == Framing::UntilClose && !self.allow_unverified => Err(unverified_length()),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<CompleteFile> {
        let media_type = self
            .content_type
            .as_deref()
            .and_then(|c| c.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        if media_type == "application/pdf" {
            let head = self.partial.first_bytes(PDF_HEADER_WITHIN)?;
            // The error page of a proxy is no document, whatever its status is.
            if memchr::memmem::find(&head, b"%PDF-").is_none() {
                return Err(Error::new(
                    ErrorKind::UnexpectedResult,
                    "the downloaded file is not a PDF although its media type is application/pdf: a proxy may have replaced it",
                ));
            }
        }
        self.partial.sync()?;
        let mut name = file_name::safe_name(
            &self.suggested_name,
            &format!("{}-{}", self.ticket.job_id, self.index + 1),
        );
        if !name.contains('.')
            && let Some(extension) = file_name::extension(&media_type)
        {
            name = format!("{name}.{extension}");
        }
        Ok(CompleteFile {
            partial: self.partial,
            name,
            bytes: self.bytes,
            content_type: self.content_type,
        })
    }

    fn url(&self) -> Result<Url> {
        self.ticket
            .result_url
            .join(self.file.url().unwrap_or_default())
            .map_err(|e| Error::new(ErrorKind::Protocol, e.message()).context("the URL of the result file"))
    }

    fn request_new_url(&self) -> Result<FileInfo> {
        let result = self.job.result_in(self.context)?;
        let file = result.files().get(self.index).filter(|file| file.url().is_some());
        file.cloned().ok_or_else(|| {
            Error::new(
                ErrorKind::Protocol,
                "the result that was requested again no longer has this file",
            )
        })
    }
}
