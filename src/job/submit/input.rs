//! The documents of a submission: where their bytes come from, and their media type.

use std::borrow::Cow;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::SystemTime;

use serde::Serialize;

use super::media_type;
use crate::error::{Error, ErrorKind, Result};
use crate::job::file_name;
use crate::regular_file;
use crate::url::Url;

/// The media type of a part that holds the URL of a document instead of its bytes.
const URL_DOCUMENT: &str = "application/vnd.gonitro.url+json";

/// One document of a submission: a file, bytes in memory, a reader, or a URL from which the service downloads it.
///
/// Its media type follows from the extension of its name, or from its first bytes; [`Input::content_type`] sets it.
pub struct Input<'a> {
    source: InputSource<'a>,
    name: Option<String>,
    content_type: Option<String>,
}

enum InputSource<'a> {
    Path(PathBuf),
    Bytes(Cow<'a, [u8]>),
    Reader(u64, Mutex<ReaderState<'a>>),
    Url(String),
}

/// A reader that can be read once.
struct ReaderState<'a> {
    reader: Box<dyn Read + Send + 'a>,
    was_read: bool,
}

impl<'a> Input<'a> {
    /// A regular file. It is opened when a call that sends it begins; a change while it is sent is an error.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::new(InputSource::Path(path.into()), None)
    }

    /// Bytes in memory, under this file name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self::new(InputSource::Bytes(bytes.into()), Some(name.into()))
    }

    /// Exactly `length` bytes of a reader, under this file name.
    ///
    /// It can be read once: its submission can be sent once, and is not retried after the first byte was read.
    pub fn reader(name: impl Into<String>, length: u64, reader: impl Read + Send + 'a) -> Self {
        let state = ReaderState {
            reader: Box::new(reader),
            was_read: false,
        };
        Self::new(InputSource::Reader(length, Mutex::new(state)), Some(name.into()))
    }

    /// A document that the service downloads from this URL itself; its media type must be given.
    pub fn url(url: impl Into<String>, content_type: impl Into<String>) -> Self {
        Self::new(InputSource::Url(url.into()), None).content_type(content_type)
    }

    fn new(source: InputSource<'a>, name: Option<String>) -> Self {
        Self {
            source,
            name,
            content_type: None,
        }
    }

    /// The document's media type, where it does not follow from its name or its first bytes.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The file name that is sent to the service.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The media type as far as it is known without opening the document.
    pub(crate) fn known_type(&self) -> Option<&str> {
        self.content_type
            .as_deref()
            .or_else(|| match (&self.name, &self.source) {
                (Some(name), _) => media_type::of_name(name),
                (None, InputSource::Path(path)) => media_type::of_name(&last_name(path)),
                _ => None,
            })
    }

    /// Opens the document and determines its media type.
    pub(super) fn open(&self) -> Result<OpenDocument<'_>> {
        let (name, mut content, length) = match &self.source {
            InputSource::Path(path) => {
                let (file, length) = UnchangedFile::open(path)?;
                (last_name(path), Content::File(file), length)
            }
            InputSource::Bytes(bytes) => (String::new(), Content::Bytes(bytes, 0), bytes.len() as u64),
            InputSource::Reader(length, state) => (
                String::new(),
                Content::Reader(Box::new(lock_reader(state)?)),
                *length,
            ),
            InputSource::Url(url) => return self.remote(url),
        };
        let name = self.name.clone().unwrap_or(name);
        if let Content::Reader(reader) = &content
            && reader.was_read()
        {
            return Err(Error::invalid(format!(
                "the reader of {name:?} was read before: create a new submission for it"
            )));
        }
        let content_type = match &self.content_type {
            Some(given) => given.clone(),
            None => match media_type::of_name(&name) {
                Some(known) => known.to_owned(),
                None => content.detect_type(&name)?.to_owned(),
            },
        };
        media_type::check(&content_type)?;
        Ok(OpenDocument {
            name,
            content_type,
            length,
            content,
            remote: false,
        })
    }

    fn remote(&self, url: &str) -> Result<OpenDocument<'_>> {
        let url = Url::parse(url).map_err(|e| e.context("the URL of a document"))?;
        let content_type = self.content_type.as_deref().unwrap_or_default();
        media_type::check(content_type)?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => file_name::safe_name(&file_name::from_path(url.path()), "document"),
        };
        Ok(OpenDocument::remote(name, url.as_str(), content_type))
    }
}

/// Without names and URLs: both may be confidential.
impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            InputSource::Path(_) => "file",
            InputSource::Bytes(_) => "bytes",
            InputSource::Reader(..) => "reader",
            InputSource::Url(_) => "url",
        };
        f.debug_struct("Input")
            .field("from", &source)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

fn lock_reader<'s, 'a>(state: &'s Mutex<ReaderState<'a>>) -> Result<LockedReader<'s, 'a>> {
    match state.try_lock() {
        Ok(guard) => Ok(LockedReader(guard)),
        Err(TryLockError::Poisoned(poisoned)) => Ok(LockedReader(PoisonError::into_inner(poisoned))),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::Busy,
            "another call is sending the reader of this submission: wait for its end, or create another submission",
        )),
    }
}

fn last_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A document that is ready to be sent.
pub(super) struct OpenDocument<'s> {
    pub name: String,
    pub content_type: String,
    pub length: u64,
    pub content: Content<'s>,
    /// The content is only the URL of the document.
    pub remote: bool,
}

impl OpenDocument<'_> {
    /// A document that the service downloads itself.
    pub(super) fn remote(name: String, url: &str, content_type: &str) -> Self {
        #[derive(Serialize)]
        struct Remote<'a> {
            #[serde(rename = "URL")]
            url: &'a str,
            #[serde(rename = "contentType")]
            content_type: &'a str,
        }
        let json = serde_json::to_string(&Remote { url, content_type }).unwrap_or_default();
        OpenDocument {
            name,
            content_type: URL_DOCUMENT.to_owned(),
            length: json.len() as u64,
            content: Content::Text(json.into_bytes(), 0),
            remote: true,
        }
    }
}

/// The bytes of a part.
pub(super) enum Content<'s> {
    /// Text of the form, and the position in it.
    Text(Vec<u8>, usize),
    Bytes(&'s [u8], usize),
    File(UnchangedFile),
    Reader(Box<dyn SingleUse + 's>),
}

/// A reader that can be read once.
pub(super) trait SingleUse: Read {
    fn was_read(&self) -> bool;
}

/// A reader, locked for the time of one submission.
struct LockedReader<'s, 'a>(MutexGuard<'s, ReaderState<'a>>);

impl Read for LockedReader<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.was_read = true;
        self.0.reader.read(buffer)
    }
}

impl SingleUse for LockedReader<'_, '_> {
    fn was_read(&self) -> bool {
        self.0.was_read
    }
}

impl Content<'_> {
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let copy = |bytes: &[u8], at: &mut usize, buffer: &mut [u8]| {
            let n = (&bytes[*at..]).read(buffer)?;
            *at += n;
            Ok(n)
        };
        match self {
            Content::Text(text, at) => copy(text, at, buffer),
            Content::Bytes(bytes, at) => copy(bytes, at, buffer),
            Content::File(file) => file.read(buffer),
            Content::Reader(reader) => reader.read(buffer),
        }
    }

    /// Whether [`Content::rewind`] works after bytes were read.
    pub(super) fn can_rewind(&self) -> bool {
        !matches!(self, Content::Reader(_))
    }

    /// Goes back to the first byte, if possible.
    pub(super) fn rewind(&mut self) -> io::Result<bool> {
        match self {
            Content::Text(_, at) | Content::Bytes(_, at) => *at = 0,
            Content::File(file) => file.file.rewind()?,
            Content::Reader(reader) => return Ok(!reader.was_read()),
        }
        Ok(true)
    }

    /// The media type by the first bytes.
    fn detect_type(&mut self, name: &str) -> Result<&'static str> {
        let found = match self {
            Content::Bytes(bytes, _) => media_type::of_prefix(bytes),
            Content::File(file) => {
                let start = file.first_bytes().map_err(|e| unreadable(&file.path, &e))?;
                media_type::of_prefix(&start)
            }
            Content::Text(..) | Content::Reader(_) => None,
        };
        found.ok_or_else(|| media_type::unknown(name))
    }
}

/// A file that must not change while it is read.
pub(super) struct UnchangedFile {
    file: File,
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

impl UnchangedFile {
    fn open(path: &Path) -> Result<(Self, u64)> {
        let (file, metadata) = regular_file::open(path).map_err(|e| unreadable(path, &e))?;
        let length = metadata.len();
        let unchanged = Self {
            file,
            path: path.to_owned(),
            length,
            modified: metadata.modified().ok(),
        };
        Ok((unchanged, length))
    }

    fn first_bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        (&self.file)
            .take(media_type::PREFIX as u64)
            .read_to_end(&mut start)?;
        self.file.rewind()?;
        Ok(start)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let fail = |e: io::Error| io::Error::other(unreadable(&self.path, &e));
        let n = (&self.file).read(buffer).map_err(fail)?;
        if self.has_changed(&self.file.metadata().map_err(fail)?) {
            let text = format!(
                "{} was changed while it was sent: send it again",
                self.path.display()
            );
            return Err(io::Error::other(Error::new(ErrorKind::File, text)));
        }
        Ok(n)
    }

    fn has_changed(&self, now: &Metadata) -> bool {
        now.len() != self.length || now.modified().ok() != self.modified
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::Unsupported => {
            "give the path of a document, or pass what a pipe or a device delivers as bytes or by a reader"
        }
        io::ErrorKind::IsADirectory => "give the path of a document",
        _ => "",
    };
    let os_error = match error.kind() {
        io::ErrorKind::IsADirectory => Some(libc::EISDIR),
        _ => error.raw_os_error(),
    };
    Error::new(ErrorKind::File, format!("reading {}: {error}", path.display()))
        .with_advice(advice)
        .with_file(path, os_error)
}
