//! One result file from its address to disk: resumed where the server allows it, checked before it counts as whole.

use std::path::Path;
use std::time::Duration;

use crate::call::CallContext;
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::http::{Attempts, Framing, Response};
use crate::job::file_name;
use crate::job::place::Growing;
use crate::job::result::FileInfo;
use crate::job::{Job, Ticket};
use crate::log::LogLevel;
use crate::url::Url;

const COPY_BUFFER: usize = 128 << 10;
/// Readers of PDF look for its header within the first kilobyte.
const PDF_HEADER_WITHIN: usize = 1024;
/// An attempt that brought so much was none in vain: the budget of attempts starts anew.
const WORTHWHILE: u64 = 256 << 10;
/// How often fresh addresses are fetched for one file.
const FRESH_ADDRESSES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);

/// Hears the bytes so far and their total; its error stops the transfer.
pub(crate) type Tell<'a> = dyn FnMut(u64, Option<u64>) -> Result<()> + 'a;

/// One file of the result, and what its server has told of it.
pub(crate) struct Transfer<'a> {
    job: &'a Job,
    ticket: &'a Ticket,
    index: usize,
    file: FileInfo,
    allow_unverified: bool,
    context: &'a CallContext,
    growing: Growing,
    bytes: u64,
    total: Option<u64>,
    /// What `If-Range` needs to know that the rest belongs to what is here.
    validator: Option<String>,
    suggested: String,
    content_type: Option<String>,
}

/// A file that is whole and on disk, under a temporary name still.
pub(crate) struct Whole {
    pub growing: Growing,
    pub name: String,
    pub bytes: u64,
    pub content_type: Option<String>,
}

/// What an answer's body continues.
enum Continues {
    /// The file from its start.
    Start,
    /// The bytes that are here.
    Rest,
    /// Nothing: all of it is here.
    Nothing,
}

impl<'a> Transfer<'a> {
    pub(crate) fn new(
        job: &'a Job,
        ticket: &'a Ticket,
        (index, file): (usize, &FileInfo),
        folder: &Path,
        allow_unverified: bool,
        context: &'a CallContext,
    ) -> Result<Self> {
        Ok(Self {
            job,
            ticket,
            index,
            file: file.clone(),
            allow_unverified,
            context,
            growing: Growing::create(folder)?,
            bytes: 0,
            total: None,
            validator: None,
            suggested: String::new(),
            content_type: None,
        })
    }

    /// Fetches the file, whatever happens on the way, within the budget and the call's limits.
    pub(crate) fn run(mut self, tell: &mut Tell<'_>) -> Result<Whole> {
        let (mut failures, mut addresses, mut furthest) = (0, 1, 0);
        loop {
            let error = match self.attempt(tell) {
                Ok(()) => return self.finish(),
                Err(error) => error,
            };
            if is_expired(&error) && addresses < FRESH_ADDRESSES {
                addresses += 1;
                self.context.log.line(LogLevel::Info, || {
                    format!("the address of a result file no longer works ({error}); asking for a fresh one")
                });
                self.file = self.fresh_address()?;
                continue;
            }
            failures += 1;
            if self.bytes >= furthest + WORTHWHILE {
                (failures, furthest) = (1, self.bytes);
            }
            if !is_passing(&error) || failures > self.job.client.settings().retries {
                return Err(error);
            }
            let pause = error.retry_after().unwrap_or(PAUSE * (1 << failures.min(6)));
            self.context.log.line(LogLevel::Info, || {
                let bytes = self.bytes;
                format!("a result file broke off after {bytes} bytes ({error}); going on in {pause:?}")
            });
            self.context
                .sleep(pause.min(self.job.client.settings().rhythm.pause_cap))?;
        }
    }

    fn attempt(&mut self, tell: &mut Tell<'_>) -> Result<()> {
        let url = self.url()?;
        let range = format!("bytes={}-", self.bytes);
        let resumed = self.validator.clone().filter(|_| self.bytes > 0);
        let headers = resumed
            .as_deref()
            .map(|validator| [("range", range.as_str()), ("if-range", validator)]);
        let get = Get {
            // A presigned address is a credential in itself and refuses, and must not see, the token.
            with_token: false,
            headers: headers.as_ref().map_or(&[], |h| h.as_slice()),
            attempts: Attempts::Once,
            ..Get::new(&url, Accept::Any, &self.ticket.reference_id)
        };
        let response = self.job.client.get(&get, self.context)?;
        match self.continues(&response, resumed.is_some())? {
            Continues::Nothing => return Ok(()),
            Continues::Rest => {}
            Continues::Start if (200..300).contains(&response.status) && response.status != 206 => {
                self.begin(&response, &url)?;
            }
            Continues::Start => {
                return Err(response
                    .into_error(self.context)
                    .context("fetching the result's file"));
            }
        }
        self.copy(response, tell)
    }

    /// What the answer's body goes on with. A part that was not asked for, or another one, is none.
    fn continues(&mut self, response: &Response, resumed: bool) -> Result<Continues> {
        let range = response.header("content-range").and_then(ContentRange::parse);
        match (response.status, range) {
            (206, Some(range)) if resumed && range.is_rest_of(self.bytes, self.total) => {
                self.total = self.total.or(range.total);
                Ok(Continues::Rest)
            }
            (416, Some(range)) if resumed && range.total == Some(self.bytes) => Ok(Continues::Nothing),
            (206 | 416, _) => {
                self.forget()?;
                Err(Error::new(
                    ErrorKind::Truncated,
                    "the server did not give the rest of the file that it was asked for",
                ))
            }
            _ => Ok(Continues::Start),
        }
    }

    /// A whole file begins: whatever is here already is of no use.
    fn begin(&mut self, response: &Response, url: &Url) -> Result<()> {
        self.forget()?;
        self.total = match response.body.framing() {
            Framing::Length(length) => Some(length),
            _ => None,
        };
        self.validator = response
            .header("etag")
            .filter(|tag| !tag.starts_with("W/"))
            .or_else(|| response.header("last-modified"))
            .map(str::to_owned);
        let said = response
            .header("content-type")
            .filter(|_| self.file.content_type().is_none());
        self.content_type = self.file.content_type().or(said).map(str::to_owned);
        self.suggested = response
            .header("content-disposition")
            .and_then(file_name::from_content_disposition)
            .unwrap_or_else(|| file_name::from_path(url.path()));
        Ok(())
    }

    fn forget(&mut self) -> Result<()> {
        (self.bytes, self.validator, self.total) = (0, None, None);
        self.growing.restart()
    }

    fn copy(&mut self, mut response: Response, tell: &mut Tell<'_>) -> Result<()> {
        let framing = response.body.framing();
        let shown = self.total.or_else(|| self.file.size_bytes());
        let mut buffer = vec![0; COPY_BUFFER];
        tell(self.bytes, shown)?;
        loop {
            let read = response.body.read(&mut buffer, self.context)?;
            if read == 0 {
                return self.check_whole(framing);
            }
            self.growing.write(&buffer[..read])?;
            self.bytes += read as u64;
            tell(self.bytes, shown)?;
        }
    }

    /// Framing is the authority on size; the size in the result decides only where framing proves nothing.
    fn check_whole(&self, framing: Framing) -> Result<()> {
        let (bytes, declared) = (self.bytes, self.file.size_bytes());
        if let Some(total) = self.total.filter(|total| *total != bytes) {
            let text = format!("the file ended after {bytes} bytes of the {total} that the server announced");
            return Err(Error::new(ErrorKind::Truncated, text));
        }
        match declared {
            Some(declared) if declared != bytes && framing == Framing::UntilClose => {
                let text =
                    format!("the file ended after {bytes} bytes of the {declared} that the result says");
                Err(Error::new(ErrorKind::Truncated, text))
            }
            Some(declared) if declared != bytes => {
                self.context.log.line(LogLevel::Warn, || {
                    format!("the result says {declared} bytes, and {bytes} came, whole")
                });
                Ok(())
            }
            None if framing == Framing::UntilClose && !self.allow_unverified => Err(unproved()),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Whole> {
        let media_type = self
            .content_type
            .as_deref()
            .and_then(|c| c.split(';').next())
            .unwrap_or_default()
            .trim();
        if media_type == "application/pdf" {
            let head = self.growing.head(PDF_HEADER_WITHIN)?;
            // A page of some proxy is no document, whatever its status says.
            if memchr::memmem::find(&head, b"%PDF-").is_none() {
                return Err(Error::new(
                    ErrorKind::UnexpectedResult,
                    "what came instead of the PDF is no PDF",
                ));
            }
        }
        self.growing.flush()?;
        let mut name = file_name::safe_name(
            &self.suggested,
            &format!("{}-{}", self.ticket.job_id, self.index + 1),
        );
        if !name.contains('.')
            && let Some(extension) = file_name::extension(media_type)
        {
            name = format!("{name}.{extension}");
        }
        Ok(Whole {
            growing: self.growing,
            name,
            bytes: self.bytes,
            content_type: self.content_type,
        })
    }

    fn url(&self) -> Result<Url> {
        self.ticket
            .result_url
            .join(self.file.url().unwrap_or_default())
            .map_err(|e| {
                Error::new(ErrorKind::Protocol, e.message()).context("the address of the result's file")
            })
    }

    fn fresh_address(&self) -> Result<FileInfo> {
        let result = self.job.result_in(self.context)?;
        let file = result.files().get(self.index).filter(|file| file.url().is_some());
        file.cloned().ok_or_else(|| {
            Error::new(
                ErrorKind::Protocol,
                "the result that was fetched again no longer has this file",
            )
        })
    }
}

/// The error of a body whose end nothing proves.
pub(crate) fn unproved() -> Error {
    Error::new(
        ErrorKind::Unverified,
        "the answer came without a length, so a whole body cannot be told from one that was cut",
    )
}

/// An address that was good once.
fn is_expired(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Gone
    )
}

/// Whether going on, or starting again, may help.
fn is_passing(error: &Error) -> bool {
    let own_end = matches!(error.limit(), Some(Limit::Call | Limit::Wait));
    error.is_retryable() && !own_end
}

/// `Content-Range` (RFC 9110, 14.4).
#[derive(Debug, PartialEq)]
struct ContentRange {
    /// First and last byte; none in the answer to a range that cannot be had.
    part: Option<(u64, u64)>,
    total: Option<u64>,
}

impl ContentRange {
    fn parse(header: &str) -> Option<Self> {
        let (part, total) = header.trim().strip_prefix("bytes ")?.trim().split_once('/')?;
        let total = match total.trim() {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        if part.trim() == "*" {
            return Some(Self { part: None, total });
        }
        let (first, last) = part.split_once('-')?;
        let part = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        Some(Self {
            part: Some(part),
            total,
        })
    }

    /// Whether this goes on exactly where `bytes` end, to the end of a file of `total` bytes.
    fn is_rest_of(&self, bytes: u64, total: Option<u64>) -> bool {
        let Some((first, last)) = self.part else {
            return false;
        };
        let known = total.or(self.total);
        first == bytes
            && last >= first
            && known.is_none_or(|t| last + 1 == t)
            && self.total.is_none_or(|t| known == Some(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_rest_of_the_same_file_goes_on() {
        for (header, bytes, total, goes_on) in [
            ("bytes 5-9/10", 5, Some(10), true),
            ("bytes 5-9/10", 5, None, true),
            ("bytes 5-9/*", 5, Some(10), true),
            ("bytes 4-9/10", 5, Some(10), false),
            ("bytes 5-8/10", 5, Some(10), false),
            ("bytes 5-9/11", 5, Some(10), false),
            ("bytes 5-10/11", 5, Some(10), false),
            ("bytes 5-4/10", 5, None, false),
            ("bytes */10", 10, Some(10), false),
            ("bytes 5-18446744073709551614/18446744073709551615", 5, None, true),
        ] {
            let range = ContentRange::parse(header).unwrap();
            assert_eq!(range.is_rest_of(bytes, total), goes_on, "{header}");
        }
    }

    #[test]
    fn what_is_no_content_range_is_none() {
        for header in [
            "",
            "bytes",
            "bytes 1-2",
            "lines 1-2/3",
            "bytes a-b/c",
            "bytes 1-2/99999999999999999999",
        ] {
            assert_eq!(ContentRange::parse(header), None, "{header}");
        }
    }
}
