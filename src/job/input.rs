//! The documents of a submission: where their bytes come from, and what they are.

use std::borrow::Cow;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::SystemTime;

use serde::Serialize;

use super::file_name;
use super::media_type;
use crate::error::{Error, ErrorKind, Result};
use crate::url::Url;

/// The media type of a part that names a document instead of holding it.
const REMOTE: &str = "application/vnd.gonitro.url+json";

/// One document of a submission: a file, bytes in memory, a reader, or an address that the service fetches itself.
///
/// Its media type follows from the extension of its name, or from how it begins; [`Input::content_type`] sets it.
pub struct Input<'a> {
    place: Place<'a>,
    name: Option<String>,
    content_type: Option<String>,
}

enum Place<'a> {
    Path(PathBuf),
    Bytes(Cow<'a, [u8]>),
    Reader(u64, Mutex<Streamed<'a>>),
    Url(String),
}

/// A reader that can be read once.
struct Streamed<'a> {
    reader: Box<dyn Read + Send + 'a>,
    touched: bool,
}

impl<'a> Input<'a> {
    /// A file. It is opened when it is sent; if it changes while it is sent, that is an error.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::new(Place::Path(path.into()), None)
    }

    /// Bytes in memory, under this file name.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self::new(Place::Bytes(bytes.into()), Some(name.into()))
    }

    /// Exactly `length` bytes of a reader, under this file name.
    ///
    /// It can be read once: the submission it belongs to can be sent once, and is not repeated after its first byte was read.
    pub fn reader(name: impl Into<String>, length: u64, reader: impl Read + Send + 'a) -> Self {
        let streamed = Streamed {
            reader: Box::new(reader),
            touched: false,
        };
        Self::new(Place::Reader(length, Mutex::new(streamed)), Some(name.into()))
    }

    /// A document that the service fetches from this address itself; its type must be said.
    pub fn url(url: impl Into<String>, content_type: impl Into<String>) -> Self {
        Self::new(Place::Url(url.into()), None).content_type(content_type)
    }

    fn new(place: Place<'a>, name: Option<String>) -> Self {
        Self {
            place,
            name,
            content_type: None,
        }
    }

    /// The document's media type, where it cannot be told from its name or its beginning.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The file name that the service is told.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The media type as far as it is known without opening anything.
    pub(crate) fn known_type(&self) -> Option<&str> {
        self.content_type
            .as_deref()
            .or_else(|| match (&self.name, &self.place) {
                (Some(name), _) => media_type::of_name(name),
                (None, Place::Path(path)) => media_type::of_name(&last_name(path)),
                _ => None,
            })
    }

    /// Opens what is to be sent and finds out what it is.
    pub(super) fn open(&self) -> Result<Document<'_>> {
        let (name, mut content, length) = match &self.place {
            Place::Path(path) => {
                let (file, length) = Steady::open(path)?;
                (last_name(path), Content::File(file), length)
            }
            Place::Bytes(bytes) => (String::new(), Content::Bytes(bytes, 0), bytes.len() as u64),
            Place::Reader(length, streamed) => {
                (String::new(), Content::Reader(Box::new(hold(streamed)?)), *length)
            }
            Place::Url(url) => return self.remote(url),
        };
        let name = self.name.clone().unwrap_or(name);
        if let Content::Reader(reader) = &content
            && reader.is_touched()
        {
            return Err(Error::invalid(format!(
                "the reader of {name:?} was read before: make a new submission for it"
            )));
        }
        let content_type = match &self.content_type {
            Some(given) => given.clone(),
            None => match media_type::of_name(&name) {
                Some(known) => known.to_owned(),
                None => content.look(&name)?.to_owned(),
            },
        };
        media_type::check(&content_type)?;
        Ok(Document {
            name,
            content_type,
            length,
            content,
            remote: false,
        })
    }

    fn remote(&self, url: &str) -> Result<Document<'_>> {
        let url = Url::parse(url).map_err(|e| e.context("the address of a document"))?;
        let content_type = self.content_type.as_deref().unwrap_or_default();
        media_type::check(content_type)?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => file_name::safe_name(&file_name::from_path(url.path()), "document"),
        };
        Ok(Document::remote(name, url.as_str(), content_type))
    }
}

/// Without names and addresses: both may be confidential.
impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.place {
            Place::Path(_) => "file",
            Place::Bytes(_) => "bytes",
            Place::Reader(..) => "reader",
            Place::Url(_) => "url",
        };
        f.debug_struct("Input")
            .field("from", &place)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

fn hold<'s, 'a>(streamed: &'s Mutex<Streamed<'a>>) -> Result<Held<'s, 'a>> {
    match streamed.try_lock() {
        Ok(held) => Ok(Held(held)),
        Err(TryLockError::Poisoned(poisoned)) => Ok(Held(PoisonError::into_inner(poisoned))),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::Busy,
            "the reader of this submission is being sent by another call",
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
pub(super) struct Document<'s> {
    pub name: String,
    pub content_type: String,
    pub length: u64,
    pub content: Content<'s>,
    /// The content only names the document.
    pub remote: bool,
}

impl Document<'_> {
    /// A document that the service fetches itself.
    pub(super) fn remote(name: String, url: &str, content_type: &str) -> Self {
        #[derive(Serialize)]
        struct Remote<'a> {
            #[serde(rename = "URL")]
            url: &'a str,
            #[serde(rename = "contentType")]
            content_type: &'a str,
        }
        let json = serde_json::to_string(&Remote { url, content_type }).unwrap_or_default();
        Document {
            name,
            content_type: REMOTE.to_owned(),
            length: json.len() as u64,
            content: Content::Text(json.into_bytes(), 0),
            remote: true,
        }
    }
}

/// Bytes to be sent, one after the other.
pub(super) enum Content<'s> {
    /// Our own text, and how far it is.
    Text(Vec<u8>, usize),
    Bytes(&'s [u8], usize),
    File(Steady),
    Reader(Box<dyn Once + 's>),
}

/// What can be read once.
pub(super) trait Once: Read {
    fn is_touched(&self) -> bool;
}

/// A reader for the time of one submission.
struct Held<'s, 'a>(MutexGuard<'s, Streamed<'a>>);

impl Read for Held<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.touched = true;
        self.0.reader.read(buffer)
    }
}

impl Once for Held<'_, '_> {
    fn is_touched(&self) -> bool {
        self.0.touched
    }
}

impl Content<'_> {
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = |bytes: &[u8], at: &mut usize, buffer: &mut [u8]| {
            let n = (&bytes[*at..]).read(buffer)?;
            *at += n;
            Ok(n)
        };
        match self {
            Content::Text(text, at) => rest(text, at, buffer),
            Content::Bytes(bytes, at) => rest(bytes, at, buffer),
            Content::File(file) => file.read(buffer),
            Content::Reader(reader) => reader.read(buffer),
        }
    }

    /// Whether [`Content::rewind`] works after bytes were read.
    pub(super) fn can_rewind(&self) -> bool {
        !matches!(self, Content::Reader(_))
    }

    /// Goes back to the first byte, if that can be done.
    pub(super) fn rewind(&mut self) -> io::Result<bool> {
        match self {
            Content::Text(_, at) | Content::Bytes(_, at) => *at = 0,
            Content::File(file) => file.file.rewind()?,
            Content::Reader(reader) => return Ok(!reader.is_touched()),
        }
        Ok(true)
    }

    /// The media type of what begins so.
    fn look(&mut self, name: &str) -> Result<&'static str> {
        let found = match self {
            Content::Bytes(bytes, _) => media_type::of_start(bytes),
            Content::File(file) => {
                let start = file.start().map_err(|e| unreadable(&file.path, &e))?;
                media_type::of_start(&start)
            }
            Content::Text(..) | Content::Reader(_) => None,
        };
        found.ok_or_else(|| media_type::unknown(name))
    }
}

/// A file that must stay as it is while it is read.
pub(super) struct Steady {
    file: File,
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

impl Steady {
    fn open(path: &Path) -> Result<(Self, u64)> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|e| unreadable(path, &e))?;
        if !metadata.is_file() {
            return Err(Error::new(
                ErrorKind::File,
                format!("{} is no regular file", path.display()),
            ));
        }
        let length = metadata.len();
        let steady = Self {
            file,
            path: path.to_owned(),
            length,
            modified: metadata.modified().ok(),
        };
        Ok((steady, length))
    }

    fn start(&mut self) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        (&self.file)
            .take(media_type::LOOK as u64)
            .read_to_end(&mut start)?;
        self.file.rewind()?;
        Ok(start)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let fail = |e: io::Error| io::Error::other(unreadable(&self.path, &e));
        let n = (&self.file).read(buffer).map_err(fail)?;
        if self.has_changed(&self.file.metadata().map_err(fail)?) {
            let text = format!("{} was changed while it was being sent", self.path.display());
            return Err(io::Error::other(Error::new(ErrorKind::File, text)));
        }
        Ok(n)
    }

    fn has_changed(&self, now: &Metadata) -> bool {
        now.len() != self.length || now.modified().ok() != self.modified
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::File, format!("reading {}: {error}", path.display()))
}
