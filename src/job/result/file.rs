//! A file that a job has made, and what the service says about it.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::json::{self, FieldAction, FieldVisitor};

/// A file that a job has made. Everything may be missing.
#[derive(Clone, PartialEq)]
pub struct FileInfo {
    json: String,
    url: Option<String>,
    content_type: Option<String>,
    name: Option<String>,
    size: Option<Count>,
    pages: Option<Count>,
}

/// Without the address, which is a credential in itself.
impl fmt::Debug for FileInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileInfo")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A number of things as JSON has it: not always a whole one, not always one that makes sense.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    number: f64,
    whole: Option<u64>,
}

impl Count {
    fn of(raw: &str) -> Option<Self> {
        let number = json::number(raw)?;
        // Up to 2^53 a floating-point number is exact; a plain integer is exact to the last.
        let exact = number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
        let whole = raw.parse().ok().or(exact.then_some(number as u64));
        Some(Self { number, whole })
    }
}

impl FileInfo {
    /// The files of the result that `raw` is: one under `file` or several under `files`.
    pub(super) fn all_of(raw: &str) -> Vec<Self> {
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
        if json::visit_fields(raw, &mut both).is_ok() {
            files.extend(json::non_null(both.0).map(Self::read));
            // What is no list has no items; the JSON can still be had.
            let _ = json::visit_items(both.1.unwrap_or("[]"), |item| files.push(Self::read(item)));
        }
        files
    }

    fn read(raw: &str) -> Self {
        let mut seen = Seen::default();
        // What is no object has no fields.
        let _ = json::visit_fields(raw, &mut seen);
        let mut more = Seen::default();
        let _ = json::visit_fields(seen.metadata.unwrap_or("{}"), &mut more);
        let text = |raw: Option<&str>| {
            let text = json::string(raw?)?;
            (!text.is_empty()).then(|| text.into_owned())
        };
        let url = text(seen.url).or_else(|| text(seen.url_too));
        Self {
            name: text(seen.name).or_else(|| url.as_deref().and_then(last_segment)),
            url,
            content_type: text(seen.content_type),
            size: more.size.and_then(Count::of),
            pages: more.pages.and_then(Count::of),
            json: raw.to_owned(),
        }
    }

    /// Where the file is; nothing if it was delivered elsewhere. The address is its own credential: keep it out of logs.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The file's media type.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The file's size in bytes, if the service says a number that a size can be.
    pub fn size_bytes(&self) -> Option<u64> {
        self.size?.whole
    }

    /// The service's number for the size as it came.
    pub fn raw_size_bytes(&self) -> Option<f64> {
        Some(self.size?.number)
    }

    /// How many pages the file has, if the service says a number that a count can be.
    pub fn page_count(&self) -> Option<u64> {
        self.pages?.whole
    }

    /// The service's number for the pages as it came.
    pub fn raw_page_count(&self) -> Option<f64> {
        Some(self.pages?.number)
    }

    /// What the file may be called: the service's name for it, or the last part of its address. It comes from outside
    /// and may hold anything, so it is no path.
    pub fn name_hint(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// All that the service says about the file, exactly as it came.
    pub fn json(&self) -> &str {
        &self.json
    }
}

/// The last part of an address's path, decoded.
fn last_segment(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split(['?', '#']).next()?;
    let (_, path) = rest.split_once('/')?;
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    let decoded = percent_decode_str(last).decode_utf8_lossy().into_owned();
    (!decoded.is_empty()).then_some(decoded)
}

/// The fields of a file and of its metadata, as they were written.
#[derive(Default)]
struct Seen<'a> {
    url: Option<&'a str>,
    url_too: Option<&'a str>,
    content_type: Option<&'a str>,
    name: Option<&'a str>,
    metadata: Option<&'a str>,
    size: Option<&'a str>,
    pages: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for Seen<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "URL" => &mut self.url,
            "url" => &mut self.url_too,
            "contentType" => &mut self.content_type,
            "name" | "fileName" | "filename" => &mut self.name,
            "metadata" => &mut self.metadata,
            "fileSizeBytes" => &mut self.size,
            "pageCount" => &mut self.pages,
            _ => return FieldAction::Skip,
        })
    }
}
