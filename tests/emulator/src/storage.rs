//! Files as bytes: at presigned URLs as S3 serves them, and as the response for `application/octet-stream`.

use crate::derive::Output;
use crate::hub::{Hub, Job, Link, Upload, count, lock};
use crate::job::State as JobState;
use crate::problem::{Problem, code, s3};
use crate::scenario::Framing;
use crate::shapes::add_extras;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, Version, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{Cursor, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PIECE: usize = 64 * 1024;

/// `{URL,contentType,metadata}` of every file of a job, with newly issued URLs.
pub(crate) fn entries(hub: &Hub, job: &Arc<Job>, origin: &str) -> Vec<Value> {
    let delivered = job.shape == crate::Shape::Delivered;
    let entry = |(index, output): (usize, &Output)| {
        let url = (!delivered).then(|| presign(hub, job, index, origin));
        let size = job.scenario.declared_size.unwrap_or_else(|| output.len());
        let mut entry = json!({
            "URL": url,
            "contentType": output.content_type,
            "metadata": {"fileSizeBytes": size, "pageCount": output.pages},
        });
        if let Some(entry) = entry.as_object_mut() {
            add_extras(&job.scenario, entry);
        }
        entry
    };
    job.outputs.iter().enumerate().map(entry).collect()
}

/// Percent-encodes all but the unreserved characters of RFC 3986, so that any file name fits in one path segment.
fn segment(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    name.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn presign(hub: &Hub, job: &Arc<Job>, index: usize, origin: &str) -> String {
    let path = format!(
        "/storage/{}/{index}/{}",
        job.id,
        segment(&job.outputs[index].name)
    );
    let signature = hub.secret(64);
    let expires = job
        .scenario
        .presigned
        .expires_ms
        .map_or(900, |ms| ms.div_ceil(1000));
    let link = Link {
        job: job.clone(),
        index,
        path: path.clone(),
        issued: Instant::now(),
        uses: 0,
    };
    lock(&hub.links).insert(signature.clone(), link);
    signed(origin, &path, expires, &signature)
}

fn signed(origin: &str, path: &str, expires: u64, signature: &str) -> String {
    format!(
        "{origin}{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host\
         &X-Amz-Signature={signature}"
    )
}

/// The error of S3 for a request with two kinds of authentication.
fn reject_bearer(headers: &HeaderMap) -> Option<Response> {
    headers.contains_key(header::AUTHORIZATION).then(|| {
        s3(
            400,
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
             parameter or the Authorization header should be specified",
        )
    })
}

/// `GET /storage/{job}/{index}/{name}`.
pub(crate) async fn download(
    State(hub): State<Arc<Hub>>,
    Query(query): Query<HashMap<String, String>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if let Some(error) = reject_bearer(&headers) {
        return error;
    }
    let Some(signature) = query.get("X-Amz-Signature") else {
        return s3(403, "AccessDenied", "Access Denied");
    };
    let (job, index) = {
        let mut links = lock(&hub.links);
        let Some(link) = links.get_mut(signature).filter(|link| link.path == uri.path()) else {
            return wrong_signature();
        };
        let settings = &link.job.scenario.presigned;
        let is_expired = settings
            .expires_ms
            .is_some_and(|ms| link.issued.elapsed() >= Duration::from_millis(ms));
        if is_expired || settings.uses.is_some_and(|uses| link.uses >= uses) {
            return expired();
        }
        link.uses += 1;
        (link.job.clone(), link.index)
    };
    let turn = count(&job.counters.storage) as usize;
    if let Some(status) = job.scenario.storage_codes.get(turn) {
        return s3(
            *status,
            "InternalError",
            "We encountered an internal error. Please try again.",
        );
    }
    if job.now().state == JobState::Gone {
        return s3(404, "NoSuchKey", "The specified key does not exist.");
    }
    serve(&job, index, &headers)
}

fn serve(job: &Job, index: usize, headers: &HeaderMap) -> Response {
    let output = &job.outputs[index];
    let settings = &job.scenario.presigned;
    if !settings.ranges {
        return send(job, output, settings.framing);
    }
    let etag = output.etag();
    let fresh = headers
        .get(header::IF_RANGE)
        .is_none_or(|value| value.as_bytes() == etag.as_bytes());
    let range = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok())
        .filter(|_| fresh);
    let mut response = match range.and_then(|range| parse_range(range, output.len())) {
        None => send(job, output, settings.framing),
        Some(None) => {
            let mut response = s3(416, "InvalidRange", "The requested range is not satisfiable");
            set_header(
                response.headers_mut(),
                header::CONTENT_RANGE,
                &format!("bytes */{}", output.len()),
            );
            response
        }
        Some(Some((first, last))) => {
            let mut response = body(output, first, last + 1 - first, Framing::Length);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let range = format!("bytes {first}-{last}/{}", output.len());
            set_header(response.headers_mut(), header::CONTENT_RANGE, &range);
            set_disposition(job, output, response.headers_mut());
            response
        }
    };
    set_header(response.headers_mut(), header::ACCEPT_RANGES, "bytes");
    set_header(response.headers_mut(), header::ETAG, &etag);
    response
}

/// One range of bytes: `None` if the header is to be ignored, `Some(None)` if it cannot be satisfied.
#[allow(
    clippy::option_option,
    reason = "RFC 9110 distinguishes an ignored range from an unsatisfiable one"
)]
fn parse_range(text: &str, length: u64) -> Option<Option<(u64, u64)>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", count) => {
            let count: u64 = count.parse().ok()?;
            (
                length.saturating_sub(count),
                if count == 0 { None } else { length.checked_sub(1) },
            )
        }
        (first, "") => (first.parse().ok()?, length.checked_sub(1)),
        (first, last) => {
            let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            if last < first {
                return None;
            }
            (first, length.checked_sub(1).map(|end| end.min(last)))
        }
    };
    Some(last.filter(|last| first <= *last).map(|last| (first, last)))
}

fn set_header(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(name, value);
    }
}

fn set_disposition(job: &Job, output: &Output, headers: &mut HeaderMap) {
    let raw = job.scenario.content_disposition.clone();
    let named = (!job.scenario.file_names.is_empty()).then(|| {
        let quoted = output.name.replace(['"', '\r', '\n'], "_");
        format!(
            "attachment; filename=\"{quoted}\"; filename*=UTF-8''{}",
            segment(&output.name)
        )
    });
    if let Some(value) = raw.or(named) {
        set_header(headers, header::CONTENT_DISPOSITION, &value);
    }
}

/// A whole file.
fn send(job: &Job, output: &Output, framing: Framing) -> Response {
    let mut response = body(output, 0, output.len(), framing);
    set_disposition(job, output, response.headers_mut());
    response
}

/// `length` bytes of a file from `offset`, generated as they are sent.
fn body(output: &Output, offset: u64, length: u64, framing: Framing) -> Response {
    let pieces = stream::unfold((output.clone(), offset), move |(output, at)| async move {
        let left = usize::try_from(offset + length - at).unwrap_or(usize::MAX);
        let piece = output.piece(at, left.min(PIECE));
        let next = at + piece.len() as u64;
        (!piece.is_empty()).then_some((Ok::<Bytes, Infallible>(piece), (output, next)))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    set_header(response.headers_mut(), header::CONTENT_TYPE, &output.content_type);
    match framing {
        Framing::Length => set_header(
            response.headers_mut(),
            header::CONTENT_LENGTH,
            &length.to_string(),
        ),
        Framing::Chunked => {}
        // Only HTTP/1.0 ends a body by closing; a server may always respond with it.
        Framing::Close => *response.version_mut() = Version::HTTP_10,
    }
    response
}

/// The result as bytes: the file itself, or a zip of several (which is made in memory).
pub(crate) fn bytes(job: &Job) -> Response {
    if let [output] = job.outputs.as_slice() {
        return send(job, output, job.scenario.bytes_framing);
    }
    match zip(&job.outputs) {
        Ok(zip) => {
            let zip = Output {
                name: "result.zip".to_owned(),
                content_type: "application/zip".to_owned(),
                source: crate::derive::Source::Bytes(zip.into()),
                pages: 0,
            };
            body(&zip, 0, zip.len(), job.scenario.bytes_framing)
        }
        Err(error) => Problem::new(500, "").detail(error.to_string()).into_response(),
    }
}

fn zip(outputs: &[Output]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for output in outputs {
        archive.start_file(output.name.as_str(), options)?;
        let mut at = 0;
        while at < output.len() {
            let piece = output.piece(at, PIECE);
            archive.write_all(&piece)?;
            at += piece.len() as u64;
        }
    }
    Ok(archive.finish()?.into_inner())
}

/// `POST /presigned-file-urls?n=1`: URLs for uploads of documents before a submission names them.
pub(crate) async fn create_upload_urls(
    State(hub): State<Arc<Hub>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let n = query
        .get("n")
        .and_then(|n| n.parse::<usize>().ok())
        .unwrap_or(1)
        .min(100);
    let origin = crate::server::origin(&hub, &headers);
    let url = |_| {
        let url = issue_upload(&hub, &origin, Upload::Issued);
        json!({"uploadURL": url, "downloadURL": url})
    };
    axum::Json(json!({"urls": (0..n).map(url).collect::<Vec<_>>()})).into_response()
}

/// Issues the URL for a document.
pub(crate) fn issue_upload(hub: &Hub, origin: &str, upload: Upload) -> String {
    let key = hub.secret(64);
    lock(&hub.uploads).insert(key.clone(), upload);
    signed(origin, &format!("/storage/uploads/{key}"), 900, &key)
}

/// `PUT /storage/uploads/{key}`.
pub(crate) async fn upload(
    State(hub): State<Arc<Hub>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(error) = reject_bearer(&headers) {
        return error;
    }
    match lock(&hub.uploads).get_mut(&key) {
        Some(upload @ Upload::Issued) => {
            *upload = Upload::Stored(body);
            code(200).into_response()
        }
        Some(_) => expired(),
        None => wrong_signature(),
    }
}

/// `GET /storage/uploads/{key}`, which works once.
pub(crate) async fn read_upload(
    State(hub): State<Arc<Hub>>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(error) = reject_bearer(&headers) {
        return error;
    }
    match lock(&hub.uploads).get_mut(&key) {
        Some(Upload::Issued) => s3(404, "NoSuchKey", "The specified key does not exist."),
        Some(upload) => match std::mem::replace(upload, Upload::Used) {
            Upload::Stored(bytes) => bytes.into_response(),
            _ => expired(),
        },
        None => wrong_signature(),
    }
}

fn expired() -> Response {
    s3(403, "AccessDenied", "Request has expired")
}

fn wrong_signature() -> Response {
    s3(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match",
    )
}
