//! Documents by way of storage: an address is asked for, the document put there without the token, and named afterwards.

use super::input::Document;
use super::multipart::{Meter, Pieces};
use crate::call::CallContext;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Method, Redirects, Request, RequestBody};
use crate::json::{self, FieldAction, FieldVisitor};
use crate::url::Url;

/// The longest answer that is read.
const ANSWER: usize = 256 << 10;

impl Client {
    /// Puts a document into storage and gives what names it there. Nothing of this starts a job.
    pub(super) fn put_aside<'s>(
        &self,
        document: Document<'s>,
        meter: &mut Meter<'_>,
        reference_id: &str,
        context: &CallContext,
    ) -> Result<Document<'s>> {
        let (name, content_type) = (document.name.clone(), document.content_type.clone());
        // The addresses expire soon and serve once, so they are asked for right before.
        let (upload, download) = self.mint(reference_id, context)?;
        let mut pieces = Pieces::alone(document).metered(meter);
        let length = pieces.length();
        let request = Request {
            method: Method::Put,
            url: &upload,
            accept: "*/*",
            bearer: None,
            reference_id: None,
            headers: &[],
            redirects: Redirects::Report,
            attempts: Attempts::Retry,
        };
        let mut body = RequestBody::Reader {
            content_type: "",
            length,
            source: &mut pieces,
        };
        let sent = self.http().send_body(&request, &mut body, context);
        let uploading = |e: Error| e.context(format_args!("uploading {name:?}"));
        let response = sent.map_err(uploading)?;
        if !(200..300).contains(&response.status) {
            return Err(uploading(response.into_error(context)));
        }
        meter.next(length);
        Ok(Document::remote(name, &download, &content_type))
    }

    /// A place in storage: where to put a document, and where it can be read.
    fn mint(&self, reference_id: &str, context: &CallContext) -> Result<(Url, String)> {
        let below = self.base().join_path(&["presigned-file-urls"]);
        let url = Url::parse(&format!("{}?n=1", below.as_str()))?;
        let request = Request {
            method: Method::Post,
            url: &url,
            accept: "application/json",
            bearer: None,
            reference_id: Some(reference_id),
            headers: &[],
            redirects: Redirects::Report,
            attempts: Attempts::Retry,
        };
        let minting = |e: Error| e.context("asking for an upload address");
        let mut response = self.send(&request, &mut RequestBody::Empty, context);
        // An address more or less does no harm.
        if matches!(&response, Err(e) if e.kind() == ErrorKind::ConnectionLost) {
            response = self.send(&request, &mut RequestBody::Empty, context);
        }
        let response = response.map_err(minting)?;
        if !(200..300).contains(&response.status) {
            return Err(minting(response.into_error(context)));
        }
        let text = response.text(ANSWER, context).map_err(minting)?;
        self.read_minted(&text).map_err(minting)
    }

    /// Takes the addresses out of `{"urls":[{"uploadURL","downloadURL"}]}`. They are credentials: no error shows them.
    fn read_minted(&self, text: &str) -> Result<(Url, String)> {
        let wrong = || {
            Error::new(
                ErrorKind::Protocol,
                "the answer holds no uploadURL and downloadURL",
            )
        };
        let mut list = List::default();
        json::visit_fields(text, &mut list).map_err(|_| wrong())?;
        let mut first = None;
        json::visit_items(list.0.ok_or_else(wrong)?, |item| first = first.or(Some(item)))
            .map_err(|_| wrong())?;
        let mut pair = Pair::default();
        json::visit_fields(first.ok_or_else(wrong)?, &mut pair).map_err(|_| wrong())?;
        let address = |raw: Option<&str>| {
            let text = json::string(raw.ok_or_else(wrong)?).ok_or_else(wrong)?;
            self.base()
                .join(&text)
                .map_err(|e| Error::new(ErrorKind::Protocol, e.message()))
        };
        Ok((address(pair.upload)?, address(pair.download)?.as_str().to_owned()))
    }
}

#[derive(Default)]
struct List<'a>(Option<&'a str>);

impl<'a> FieldVisitor<'a> for List<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        match key {
            "urls" => FieldAction::Store(&mut self.0),
            _ => FieldAction::Skip,
        }
    }
}

#[derive(Default)]
struct Pair<'a> {
    upload: Option<&'a str>,
    download: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for Pair<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "uploadURL" => &mut self.upload,
            "downloadURL" => &mut self.download,
            _ => return FieldAction::Skip,
        })
    }
}
