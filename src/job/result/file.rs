//! A result file, and its description by the service.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

use crate::c_text;
use crate::error::{Error, ErrorKind, Result};
use crate::json::{self, FieldAction, FieldVisitor};

/// The most files of one result. A document has at most some hundred pages; each entry takes a few hundred bytes.
const MAX_FILES: usize = 1 << 16;

/// A file of a job's result. Every field may be missing.
#[derive(Clone, PartialEq)]
pub struct FileInfo {
    json: String,
    url: Option<String>,
    content_type: Option<String>,
    name: Option<String>,
    size: Option<Count>,
    pages: Option<Count>,
}

/// Without the URL, which is a credential.
impl fmt::Debug for FileInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileInfo")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A count as JSON has it: not always an integer, not always plausible.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    number: f64,
    integer: Option<u64>,
}

impl Count {
    fn of(raw: &str) -> Option<Self> {
        let number = json::number(raw)?;
        // Up to 2^53 a floating-point number is exact; a plain integer is exact to the last.
        let exact = number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
        let integer = raw.parse().ok().or(exact.then_some(number as u64));
        Some(Self { number, integer })
    }
}

impl FileInfo {
    /// The files of the result `raw`: one under `file` or several under `files`.
    pub(super) fn all_of(raw: &str) -> Result<Vec<Self>> {
        #[derive(Default)]
        struct Both<'a>(Option<&'a str>, Option<&'a str>);
        impl<'a> FieldVisitor<'a> for Both<'a> {
            fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
                match key {
                    "file" => FieldAction::Store(&mut self.0),
                    "files" => FieldAction::Store(&mut self.1),
                    _ => FieldAction::Skip,
                }
            }
        }
        let mut both = Both::default();
        let mut files = Vec::new();
        if json::visit_fields(raw, &mut both).is_err() {
            return Ok(files);
        }
        let mut outcome = json::non_null(both.0).map_or(Ok(()), |file| Self::add(&mut files, file));
        // Anything but a list has no items; the JSON is still available.
        let _ = json::visit_items(both.1.unwrap_or("[]"), |item| {
            if outcome.is_ok() {
                outcome = Self::add(&mut files, item);
            }
        });
        outcome.map(|()| files)
    }

    fn add(files: &mut Vec<Self>, raw: &str) -> Result<()> {
        if files.len() == MAX_FILES {
            let text = format!("the job's result lists more than {MAX_FILES} files");
            return Err(Error::new(ErrorKind::TooLarge, text));
        }
        files.try_reserve(1)?;
        files.push(Self::parse(raw)?);
        Ok(())
    }

    fn parse(raw: &str) -> Result<Self> {
        let mut fields = FileFields::default();
        // Anything but an object has no fields.
        let _ = json::visit_fields(raw, &mut fields);
        let mut metadata = FileFields::default();
        let _ = json::visit_fields(fields.metadata.unwrap_or("{}"), &mut metadata);
        fn text(raw: Option<&str>) -> Option<Cow<'_, str>> {
            json::short_string(raw?).filter(|text| !text.is_empty())
        }
        let copy = |text: Option<Cow<'_, str>>| text.map(|text| c_text::copy(&text)).transpose();
        let url = text(fields.url).or_else(|| text(fields.url_lowercase));
        let name = text(fields.name).or_else(|| last_segment(url.as_deref()?));
        Ok(Self {
            name: copy(name)?,
            url: copy(url)?,
            content_type: copy(text(fields.content_type))?,
            size: metadata.size.and_then(Count::of),
            pages: metadata.pages.and_then(Count::of),
            json: c_text::copy(raw)?,
        })
    }

    /// The URL of the file; none if it was delivered elsewhere. The URL is a credential: keep it out of logs.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The file's media type.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The file's size in bytes, if the service's number is a valid size.
    pub fn size_bytes(&self) -> Option<u64> {
        self.size?.integer
    }

    /// The service's number for the size as it was received.
    pub fn raw_size_bytes(&self) -> Option<f64> {
        Some(self.size?.number)
    }

    /// The number of pages, if the service's number is a valid count.
    pub fn page_count(&self) -> Option<u64> {
        self.pages?.integer
    }

    /// The service's number for the pages as it was received.
    pub fn raw_page_count(&self) -> Option<f64> {
        Some(self.pages?.number)
    }

    /// A name for the file: the service's name, or the last segment of its URL. It comes from outside and may contain
    /// anything, so it is not safe as a path.
    pub fn name_hint(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The service's JSON about the file, exactly as it was received.
    pub fn json(&self) -> &str {
        &self.json
    }
}

/// The last segment of a URL's path, decoded.
fn last_segment(url: &str) -> Option<Cow<'_, str>> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split(['?', '#']).next()?;
    let (_, path) = rest.split_once('/')?;
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    let decoded = percent_decode_str(last).decode_utf8_lossy();
    (!decoded.is_empty()).then_some(decoded)
}

/// The raw values of the fields of a file and of its metadata.
#[derive(Default)]
struct FileFields<'a> {
    url: Option<&'a str>,
    url_lowercase: Option<&'a str>,
    content_type: Option<&'a str>,
    name: Option<&'a str>,
    metadata: Option<&'a str>,
    size: Option<&'a str>,
    pages: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for FileFields<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "URL" => &mut self.url,
            "url" => &mut self.url_lowercase,
            "contentType" => &mut self.content_type,
            "name" | "fileName" | "filename" => &mut self.name,
            "metadata" => &mut self.metadata,
            "fileSizeBytes" => &mut self.size,
            "pageCount" => &mut self.pages,
            _ => return FieldAction::Skip,
        })
    }
}
