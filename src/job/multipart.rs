//! Bodies that are sent piece by piece in constant memory: a multipart form, or one document alone.

use std::io::{self, Read};

use uuid::Uuid;

use super::input::{Content, Document};
use crate::error::{Error, ErrorKind};
use crate::http::BodySource;

/// Hears the bytes sent so far and their total, over all bodies of one submission. `false` stops.
pub(super) struct Meter<'p> {
    tell: &'p mut dyn FnMut(u64, u64) -> bool,
    total: u64,
    /// The bytes of the bodies before this one.
    before: u64,
    /// The highest that was told: what is sent again is not told again.
    told: Option<u64>,
}

impl<'p> Meter<'p> {
    pub(super) fn new(total: u64, tell: &'p mut dyn FnMut(u64, u64) -> bool) -> Self {
        Self {
            tell,
            total,
            before: 0,
            told: None,
        }
    }

    /// A body of so many bytes is done.
    pub(super) fn next(&mut self, length: u64) {
        self.before += length;
    }

    fn note(&mut self, sent: u64) -> bool {
        let sent = (self.before + sent).min(self.total);
        if self.told.is_some_and(|told| sent <= told) {
            return true;
        }
        self.told = Some(sent);
        (self.tell)(sent, self.total)
    }
}

/// A body in pieces.
pub(super) struct Pieces<'s, 'm, 'p> {
    pieces: Vec<(u64, Content<'s>)>,
    length: u64,
    /// Which piece comes next, how much of it was given, and how much of all.
    at: usize,
    within: u64,
    given: u64,
    meter: Option<&'m mut Meter<'p>>,
}

impl<'s, 'm, 'p> Pieces<'s, 'm, 'p> {
    fn new(pieces: Vec<(u64, Content<'s>)>) -> Self {
        Self {
            length: pieces.iter().map(|(length, _)| length).sum(),
            pieces,
            at: 0,
            within: 0,
            given: 0,
            meter: None,
        }
    }

    /// One document's bytes and nothing else.
    pub(super) fn alone(document: Document<'s>) -> Self {
        Self::new(vec![(document.length, document.content)])
    }

    pub(super) fn metered(mut self, meter: &'m mut Meter<'p>) -> Self {
        self.meter = Some(meter);
        self
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    fn tell(&mut self) -> io::Result<()> {
        match &mut self.meter {
            Some(meter) => meter.note(self.given),
            None => true,
        }
        .then_some(())
        .ok_or_else(|| io::Error::other(Error::stopped()))
    }

    /// Whether all of it was handed over.
    pub(super) fn is_spent(&self) -> bool {
        self.given == self.length
    }
}

impl Read for Pieces<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == 0 {
            self.tell()?;
        }
        while let Some((length, content)) = self.pieces.get_mut(self.at) {
            let left = *length - self.within;
            if left == 0 {
                (self.at, self.within) = (self.at + 1, 0);
                continue;
            }
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let n = content.read(&mut buffer[..most])?;
            if n == 0 && most > 0 {
                let text = format!(
                    "a document ended after {} of {length} bytes; was it changed meanwhile?",
                    self.within
                );
                return Err(io::Error::other(Error::new(ErrorKind::File, text)));
            }
            self.within += n as u64;
            self.given += n as u64;
            self.tell()?;
            return Ok(n);
        }
        Ok(0)
    }
}

impl BodySource for Pieces<'_, '_, '_> {
    fn rewind(&mut self) -> io::Result<bool> {
        (self.at, self.within, self.given) = (0, 0, 0);
        for (_, content) in &mut self.pieces {
            if !content.rewind()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn can_rewind(&self) -> bool {
        self.pieces.iter().all(|(_, content)| content.can_rewind())
    }
}

/// A `multipart/form-data` body: fields of text, then documents.
pub(super) struct Form<'s> {
    boundary: String,
    pieces: Vec<(u64, Content<'s>)>,
    text: Vec<u8>,
}

impl<'s> Form<'s> {
    pub(super) fn new() -> Self {
        Self {
            // 122 random bits: nobody can put them into a document beforehand, and chance will not.
            boundary: format!("nitro-{}", Uuid::new_v4().simple()),
            pieces: Vec::new(),
            text: Vec::new(),
        }
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    pub(super) fn field(&mut self, name: &str, value: &str) {
        self.head(name, "");
        self.text.extend_from_slice(value.as_bytes());
        self.text.extend_from_slice(b"\r\n");
    }

    pub(super) fn document(&mut self, field: &str, document: Document<'s>) {
        let more = format!(
            "; filename=\"{}\"\r\nContent-Type: {}",
            escape(&document.name),
            document.content_type
        );
        self.head(field, &more);
        self.close_text();
        self.pieces.push((document.length, document.content));
        self.text.extend_from_slice(b"\r\n");
    }

    pub(super) fn finish<'m, 'p>(mut self) -> Pieces<'s, 'm, 'p> {
        let end = format!("--{}--\r\n", self.boundary);
        self.text.extend_from_slice(end.as_bytes());
        self.close_text();
        Pieces::new(self.pieces)
    }

    fn head(&mut self, name: &str, more: &str) {
        let head = format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{}\"{more}\r\n\r\n",
            self.boundary,
            escape(name)
        );
        self.text.extend_from_slice(head.as_bytes());
    }

    fn close_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.pieces.push((text.len() as u64, Content::Text(text, 0)));
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

    fn whole(mut pieces: Pieces<'_, '_, '_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        pieces.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, pieces.length());
        bytes
    }

    #[test]
    fn a_form_is_written_as_the_standard_has_it() {
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
        assert_eq!(String::from_utf8(whole(form.finish())).unwrap(), expected);
    }

    #[test]
    fn a_body_can_be_sent_again_but_for_a_reader_that_was_read() {
        let bytes = Input::bytes("a.txt", &b"abc"[..]);
        let mut pieces = Pieces::alone(bytes.open().unwrap());
        let mut buffer = [0; 2];
        assert_eq!(pieces.read(&mut buffer).unwrap(), 2);
        assert!(pieces.rewind().unwrap());
        assert_eq!(whole(pieces), b"abc");

        let reader = Input::reader("a.txt", 3, &b"abc"[..]);
        let mut pieces = Pieces::alone(reader.open().unwrap());
        assert!(pieces.rewind().unwrap());
        assert_eq!(pieces.read(&mut buffer).unwrap(), 2);
        assert!(!pieces.rewind().unwrap());
        drop(pieces);
        assert!(reader.open().is_err());
    }

    #[test]
    fn a_reader_that_ends_early_is_an_error() {
        let reader = Input::reader("a.txt", 4, &b"abc"[..]);
        let mut pieces = Pieces::alone(reader.open().unwrap());
        let error = io::copy(&mut pieces, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("after 3 of 4 bytes"), "{error}");
    }

    #[test]
    fn what_is_told_never_goes_back() {
        let mut told = Vec::new();
        let mut tell = |sent, total| {
            told.push((sent, total));
            true
        };
        let mut meter = Meter::new(5, &mut tell);
        let input = Input::bytes("a.txt", &b"abc"[..]);
        let mut pieces = Pieces::alone(input.open().unwrap()).metered(&mut meter);
        let mut two = [0; 2];
        let _ = pieces.read(&mut two).unwrap();
        assert!(pieces.rewind().unwrap());
        io::copy(&mut pieces, &mut io::sink()).unwrap();
        drop(pieces);
        meter.next(3);
        let mut pieces = Pieces::alone(input.open().unwrap()).metered(&mut meter);
        let _ = pieces.read(&mut two).unwrap();
        drop(pieces);
        assert_eq!(told, [(0, 5), (2, 5), (3, 5), (5, 5)]);
    }
}
