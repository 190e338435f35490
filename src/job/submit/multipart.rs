//! Request bodies that are sent part by part in constant memory: a multipart form, or one document alone.

use std::io::{self, Read};

use uuid::Uuid;

use super::input::{Content, OpenDocument};
use crate::error::{Error, ErrorKind};
use crate::http::BodySource;

/// The progress of an upload over all bodies of one submission. Its callback stops the upload with `false`.
pub(super) struct UploadProgress<'p> {
    callback: &'p mut dyn FnMut(u64, u64) -> bool,
    total: u64,
    /// The bytes of the bodies before this one.
    before: u64,
    /// The highest number that was reported: bytes that are sent again are not reported again.
    reported: Option<u64>,
}

impl<'p> UploadProgress<'p> {
    pub(super) fn new(total: u64, callback: &'p mut dyn FnMut(u64, u64) -> bool) -> Self {
        Self {
            callback,
            total,
            before: 0,
            reported: None,
        }
    }

    /// A body of so many bytes was sent.
    pub(super) fn finish_body(&mut self, length: u64) {
        self.before += length;
    }

    fn report(&mut self, sent: u64) -> bool {
        let sent = (self.before + sent).min(self.total);
        if self.reported.is_some_and(|reported| sent <= reported) {
            return true;
        }
        self.reported = Some(sent);
        (self.callback)(sent, self.total)
    }
}

/// A request body in parts.
pub(super) struct BodyParts<'s, 'm, 'p> {
    parts: Vec<(u64, Content<'s>)>,
    length: u64,
    /// The current part, the position in it, and the position in the whole body.
    index: usize,
    part_position: u64,
    position: u64,
    progress: Option<&'m mut UploadProgress<'p>>,
}

impl<'s, 'm, 'p> BodyParts<'s, 'm, 'p> {
    fn new(parts: Vec<(u64, Content<'s>)>) -> Self {
        Self {
            length: parts.iter().map(|(length, _)| length).sum(),
            parts,
            index: 0,
            part_position: 0,
            position: 0,
            progress: None,
        }
    }

    /// One document's bytes and nothing else.
    pub(super) fn single(document: OpenDocument<'s>) -> Self {
        Self::new(vec![(document.length, document.content)])
    }

    pub(super) fn with_progress(mut self, progress: &'m mut UploadProgress<'p>) -> Self {
        self.progress = Some(progress);
        self
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    fn report(&mut self) -> io::Result<()> {
        match &mut self.progress {
            Some(progress) => progress.report(self.position),
            None => true,
        }
        .then_some(())
        .ok_or_else(|| io::Error::other(Error::stopped()))
    }

    /// Whether all of it was read.
    pub(super) fn is_spent(&self) -> bool {
        self.position == self.length
    }
}

impl Read for BodyParts<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position == 0 {
            self.report()?;
        }
        while let Some((length, content)) = self.parts.get_mut(self.index) {
            let left = *length - self.part_position;
            if left == 0 {
                (self.index, self.part_position) = (self.index + 1, 0);
                continue;
            }
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let n = content.read(&mut buffer[..most])?;
            if n == 0 && most > 0 {
                let text = format!(
                    "a document ended after {} of {length} bytes: do not change it while it is sent",
                    self.part_position
                );
                return Err(io::Error::other(Error::new(ErrorKind::File, text)));
            }
            self.part_position += n as u64;
            self.position += n as u64;
            self.report()?;
            return Ok(n);
        }
        Ok(0)
    }
}

impl BodySource for BodyParts<'_, '_, '_> {
    fn rewind(&mut self) -> io::Result<bool> {
        (self.index, self.part_position, self.position) = (0, 0, 0);
        for (_, content) in &mut self.parts {
            if !content.rewind()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn can_rewind(&self) -> bool {
        self.parts.iter().all(|(_, content)| content.can_rewind())
    }
}

/// A `multipart/form-data` body: fields of text, then documents.
pub(super) struct Form<'s> {
    boundary: String,
    parts: Vec<(u64, Content<'s>)>,
    text: Vec<u8>,
}

impl<'s> Form<'s> {
    pub(super) fn new() -> Self {
        Self {
            // 122 random bits cannot be put into a document beforehand.
            boundary: format!("nitro-{}", Uuid::new_v4().simple()),
            parts: Vec::new(),
            text: Vec::new(),
        }
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    pub(super) fn field(&mut self, name: &str, value: &str) {
        self.part_head(name, "");
        self.text.extend_from_slice(value.as_bytes());
        self.text.extend_from_slice(b"\r\n");
    }

    pub(super) fn document(&mut self, field: &str, document: OpenDocument<'s>) {
        let more = format!(
            "; filename=\"{}\"\r\nContent-Type: {}",
            escape(&document.name),
            document.content_type
        );
        self.part_head(field, &more);
        self.close_text();
        self.parts.push((document.length, document.content));
        self.text.extend_from_slice(b"\r\n");
    }

    pub(super) fn finish<'m, 'p>(mut self) -> BodyParts<'s, 'm, 'p> {
        let end = format!("--{}--\r\n", self.boundary);
        self.text.extend_from_slice(end.as_bytes());
        self.close_text();
        BodyParts::new(self.parts)
    }

    fn part_head(&mut self, name: &str, more: &str) {
        let text = format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{}\"{more}\r\n\r\n",
            self.boundary,
            escape(name)
        );
        self.text.extend_from_slice(text.as_bytes());
    }

    fn close_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.parts.push((text.len() as u64, Content::Text(text, 0)));
    }
}

/// A name as the HTML standard has it in `multipart/form-data`.
fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Input;

    fn read_all(mut parts: BodyParts<'_, '_, '_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        parts.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, parts.length());
        bytes
    }

    #[test]
    fn a_form_is_encoded_as_in_the_standard() {
        let input = Input::bytes("a\"b\r\né.pdf", &b"%PDF-"[..]);
        let mut form = Form::new();
        form.field("method", "merge");
        form.document("files", input.open().unwrap());
        let boundary = form.boundary.clone();
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"method\"\r\n\r\nmerge\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a%22b%0D%0Aé.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n%PDF-\r\n--{boundary}--\r\n"
        );
        assert_eq!(String::from_utf8(read_all(form.finish())).unwrap(), expected);
    }

    #[test]
    fn a_body_can_be_rewound_except_for_a_reader_that_was_read() {
        let bytes = Input::bytes("a.txt", &b"abc"[..]);
        let mut parts = BodyParts::single(bytes.open().unwrap());
        let mut buffer = [0; 2];
        assert_eq!(parts.read(&mut buffer).unwrap(), 2);
        assert!(parts.rewind().unwrap());
        assert_eq!(read_all(parts), b"abc");

        let reader = Input::reader("a.txt", 3, &b"abc"[..]);
        let mut parts = BodyParts::single(reader.open().unwrap());
        assert!(parts.rewind().unwrap());
        assert_eq!(parts.read(&mut buffer).unwrap(), 2);
        assert!(!parts.rewind().unwrap());
        drop(parts);
        assert!(reader.open().is_err());
    }

    #[test]
    fn a_reader_that_ends_early_is_an_error() {
        let reader = Input::reader("a.txt", 4, &b"abc"[..]);
        let mut parts = BodyParts::single(reader.open().unwrap());
        let error = io::copy(&mut parts, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("after 3 of 4 bytes"), "{error}");
    }

    #[test]
    fn reported_progress_never_decreases() {
        let mut reported = Vec::new();
        let mut report = |sent, total| {
            reported.push((sent, total));
            true
        };
        let mut upload = UploadProgress::new(5, &mut report);
        let input = Input::bytes("a.txt", &b"abc"[..]);
        let mut parts = BodyParts::single(input.open().unwrap()).with_progress(&mut upload);
        let mut two = [0; 2];
        let _ = parts.read(&mut two).unwrap();
        assert!(parts.rewind().unwrap());
        io::copy(&mut parts, &mut io::sink()).unwrap();
        drop(parts);
        upload.finish_body(3);
        let mut parts = BodyParts::single(input.open().unwrap()).with_progress(&mut upload);
        let _ = parts.read(&mut two).unwrap();
        drop(parts);
        assert_eq!(reported, [(0, 5), (2, 5), (3, 5), (5, 5)]);
    }
}
