//! Upload by way of storage: a presigned URL is requested, the document sent there without the token, and named afterwards.

use super::input::OpenDocument;
use super::multipart::{BodyParts, UploadProgress};
use crate::call::CallContext;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Method, Redirects, Request, RequestBody};
use crate::json::{self, FieldAction, FieldVisitor};
use crate::url::Url;

/// The longest response that is read.
const MAX_RESPONSE: usize = 256 << 10;

impl Client {
    /// Uploads a document to storage and returns the document that names it there. This starts no job.
    pub(super) fn upload_to_storage<'s>(
        &self,
        document: OpenDocument<'s>,
        progress: &mut UploadProgress<'_>,
        reference_id: &str,
        context: &CallContext,
    ) -> Result<OpenDocument<'s>> {
        let (name, content_type) = (document.name.clone(), document.content_type.clone());
        // The URLs expire soon and work once, so they are requested right before the upload.
        let (upload_url, download_url) = self.request_upload_url(reference_id, context)?;
        let mut parts = BodyParts::single(document).with_progress(progress);
        let length = parts.length();
        let request = Request {
            method: Method::Put,
            url: &upload_url,
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
            source: &mut parts,
        };
        let sent = self.http().send_body(&request, &mut body, context);
        let uploading = |e: Error| e.context(format_args!("uploading {name:?}"));
        let response = sent.map_err(uploading)?;
        if !(200..300).contains(&response.status) {
            return Err(uploading(response.into_error(context)));
        }
        progress.finish_body(length);
        Ok(OpenDocument::remote(name, &download_url, &content_type))
    }

    /// Requests a pair of URLs in storage: to upload a document, and to download it.
    fn request_upload_url(&self, reference_id: &str, context: &CallContext) -> Result<(Url, String)> {
        let path = self.base().join_path(&["presigned-file-urls"]);
        let url = Url::parse(&format!("{}?n=1", path.as_str()))?;
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
        let requesting = |e: Error| e.context("requesting an upload URL");
        let mut response = self.send(&request, &mut RequestBody::Empty, context);
        // An unused URL does no harm, so this POST may be retried.
        if matches!(&response, Err(e) if e.kind() == ErrorKind::ConnectionLost) {
            response = self.send(&request, &mut RequestBody::Empty, context);
        }
        let response = response.map_err(requesting)?;
        if !(200..300).contains(&response.status) {
            return Err(requesting(response.into_error(context)));
        }
        let text = response.text(MAX_RESPONSE, context).map_err(requesting)?;
        self.parse_upload_urls(&text).map_err(requesting)
    }

    /// Parses `{"urls":[{"uploadURL","downloadURL"}]}`. The URLs are credentials: no error contains them.
    fn parse_upload_urls(&self, text: &str) -> Result<(Url, String)> {
        let malformed = || {
            Error::new(
                ErrorKind::Protocol,
                "the response has no uploadURL and downloadURL",
            )
        };
        let mut list = UrlList::default();
        json::visit_fields(text, &mut list).map_err(|_| malformed())?;
        let mut first = None;
        json::visit_items(list.0.ok_or_else(malformed)?, |item| first = first.or(Some(item)))
            .map_err(|_| malformed())?;
        let mut pair = UrlPair::default();
        json::visit_fields(first.ok_or_else(malformed)?, &mut pair).map_err(|_| malformed())?;
        let parse = |raw: Option<&str>| {
            let text = json::short_string(raw.ok_or_else(malformed)?).ok_or_else(malformed)?;
            self.base()
                .join(&text)
                .map_err(|e| Error::new(ErrorKind::Protocol, e.message()))
        };
        Ok((parse(pair.upload)?, parse(pair.download)?.as_str().to_owned()))
    }
}

#[derive(Default)]
struct UrlList<'a>(Option<&'a str>);

impl<'a> FieldVisitor<'a> for UrlList<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        match key {
            "urls" => FieldAction::Store(&mut self.0),
            _ => FieldAction::Skip,
        }
    }
}

#[derive(Default)]
struct UrlPair<'a> {
    upload: Option<&'a str>,
    download: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for UrlPair<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "uploadURL" => &mut self.upload,
            "downloadURL" => &mut self.download,
            _ => return FieldAction::Skip,
        })
    }
}
