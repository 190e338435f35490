//! Submissions: `multipart/form-data` to one of the four endpoints.

use crate::check::{Form, check};
use crate::hub::{Hub, Input, Upload, lock};
use crate::job::State as JobState;
use crate::journal::Part;
use crate::problem::{Problem, code};
use crate::scenario::{AcceptedBody, Limited, Scenario, Shape};
use crate::server::{Origin, scenario_error, set_retry_after, wants_bytes};
use crate::shapes::{document, is_file, synchronous};
use crate::storage;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The type of a part that contains the URL of a document.
const REMOTE: &str = "application/vnd.gonitro.url+json";

/// The result's shape and file type, by method and parameters.
pub(crate) fn result_of(method: &str, params: &Map<String, Value>) -> (Shape, &'static str) {
    let pdf = "application/pdf";
    let office = |to: &str| match to {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "png" => "image/png",
        "jpeg" => "image/jpeg",
        _ => pdf,
    };
    let text = |name: &str| params.get(name).and_then(Value::as_str).unwrap_or_default();
    match method {
        "convert" => (Shape::File, office(text("to"))),
        "split" => {
            let n = params
                .get("pageIndices")
                .and_then(Value::as_array)
                .map_or(1, Vec::len);
            (Shape::Files { n }, pdf)
        }
        "extract-text" => (Shape::Text, pdf),
        "extract-forms" | "extract-invoices" => (Shape::FormFields, pdf),
        "extract-tables" => (Shape::Tables, pdf),
        "get-properties" => (Shape::Properties, pdf),
        "extract-pii-bounding-boxes" => (Shape::PiiBoxes, pdf),
        "extract-text-bounding-boxes" if params.contains_key("queries") => (Shape::TextBoxesQueries, pdf),
        "extract-text-bounding-boxes" => (Shape::TextBoxes, pdf),
        "extract-fillable-form-data" => match text("format") {
            "xfdf" => (Shape::File, "application/vnd.adobe.xfdf"),
            "fdf" => (Shape::File, "application/vnd.fdf"),
            "csv" => (Shape::File, "text/csv"),
            _ => (Shape::Fillable, pdf),
        },
        "smart-detect-form-fields" => (Shape::Fillable, pdf),
        "extract-accessibility-data" => (Shape::Unknown, pdf),
        _ => (Shape::File, pdf),
    }
}

/// `POST /{group}`.
pub(crate) async fn submit(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
) -> Response {
    let path = uri.path();
    let (scenario, counters) = hub.default();
    let scenario = match headers
        .get("x-emulator-scenario")
        .map(|value| serde_json::from_slice(value.as_bytes()))
    {
        None => scenario,
        Some(Ok(own)) => own,
        Some(Err(error)) => return Problem::new(400, path).detail(error.to_string()).into_response(),
    };
    // A server that rejects early leaves the rest of the form unread, and the connection is closed.
    if scenario.refuse_early {
        if let Some(error) = scenario_error(&scenario, &counters, Limited::Submit, path) {
            return error;
        }
        let announced = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
        let announced = announced.and_then(|text| text.parse().ok()).unwrap_or(0);
        if announced > hub.config.max_file_bytes {
            return too_large(&hub, announced, path).response(&scenario);
        }
    }
    let form = match multipart {
        Ok(multipart) => read_form(&hub, multipart, path).await,
        Err(error) => Err(Problem::new(400, path).detail(error.to_string())),
    };
    let form = match form {
        Ok(form) => form,
        Err(problem) => return problem.into_response(),
    };
    if !scenario.refuse_early
        && let Some(error) = scenario_error(&scenario, &counters, Limited::Submit, path)
    {
        return error;
    }
    let group = path.rsplit('/').next().unwrap_or_default();
    let (shape, content_type) = match check(&form, group, path, hub.config.max_pages) {
        Ok(result) => result,
        Err(problem) => return problem.into_response(),
    };
    for key in &form.uploads {
        lock(&hub.uploads).insert(key.clone(), Upload::Used);
    }
    let job = hub.add_job(scenario, form.inputs, shape, content_type, true);
    lock(&hub.forms).insert(job.id.clone(), form.parts);
    if job.scenario.synchronous {
        return synchronous_response(&hub, &job, path, &headers).await;
    }
    let prefers = headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let asynchronous = prefers
        .flat_map(|value| value.split([',', ';']))
        .any(|part| part.trim() == "respond-async");
    // A request for bytes overrides the preference: the response is synchronous and binary.
    if asynchronous && !wants_bytes(&headers) {
        accepted_response(&hub, &job, &headers)
    } else {
        synchronous_response(&hub, &job, path, &headers).await
    }
}

/// Reads the form. A document over the limit is still read to its end, so that the client can read the error response.
async fn read_form(hub: &Hub, mut multipart: Multipart, path: &str) -> Result<Form, Problem> {
    let broken = |part: &str, error: String| {
        let problem = Problem::new(400, path).kind("FormParsingError").detail(error);
        problem
            .extension("part", part)
            .extension("mime_type", "multipart/form-data")
    };
    let mut form = Form::default();
    let mut excess = None;
    loop {
        let field = match multipart.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => return Err(broken("", error.body_text())),
        };
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let content_type = field.content_type().unwrap_or_default().to_owned();
        let (bytes, length) = read_field(field, hub.config.max_file_bytes)
            .await
            .map_err(|error| broken(&name, error))?;
        if length > hub.config.max_file_bytes {
            excess = Some(length);
            continue;
        }
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        let is_text = file_name.is_empty() || content_type == REMOTE;
        form.parts.push(Part {
            name: name.clone(),
            file_name: file_name.clone(),
            content_type: content_type.clone(),
            length,
            text: if is_text { text() } else { String::new() },
        });
        match name.as_str() {
            "method" => form.method = Some(text()),
            "params" => form.params = Some(text()),
            "delivery" => form.delivery = Some(text()),
            _ if name.starts_with("file") => {
                let input = document_of(hub, path, &file_name, content_type, bytes, &mut form.uploads)?;
                form.inputs.push(input);
            }
            _ => {}
        }
    }
    match excess {
        None => Ok(form),
        Some(length) => Err(too_large(hub, length, path)),
    }
}

fn too_large(hub: &Hub, length: u64, path: &str) -> Problem {
    let mb = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    let problem = Problem::new(413, path).kind("FileTooLarge");
    problem
        .extension("file_size_mb", mb(length))
        .extension("file_size_limit_mb", mb(hub.config.max_file_bytes))
}

async fn read_field(mut field: Field<'_>, limit: u64) -> Result<(Bytes, u64), String> {
    let mut bytes = BytesMut::new();
    let mut length = 0;
    while let Some(chunk) = field.chunk().await.map_err(|error| error.body_text())? {
        length += chunk.len() as u64;
        if length <= limit {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((bytes.freeze(), length))
}

/// One document: contained in the part, or referenced there by a URL.
fn document_of(
    hub: &Hub,
    path: &str,
    name: &str,
    content_type: String,
    bytes: Bytes,
    uploads: &mut Vec<String>,
) -> Result<Input, Problem> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    match content_type.as_str() {
        "" | "application/octet-stream" => Err(Problem::new(415, path)),
        REMOTE => {
            let remote: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let url = remote["URL"].as_str().unwrap_or_default();
            let key = url
                .split('?')
                .next()
                .and_then(|url| url.rsplit('/').next())
                .unwrap_or_default();
            let bytes = match lock(&hub.uploads).get(key) {
                Some(Upload::Stored(bytes)) if !uploads.iter().any(|used| used == key) => bytes.clone(),
                _ => {
                    let problem = Problem::new(400, path).kind("BrokenDownloadURL");
                    return Err(problem.extension("url_truncated", url.chars().take(64).collect::<String>()));
                }
            };
            uploads.push(key.to_owned());
            let content_type = remote["contentType"]
                .as_str()
                .unwrap_or("application/pdf")
                .to_owned();
            Ok(Input {
                name,
                content_type,
                bytes,
            })
        }
        _ => Ok(Input {
            name,
            content_type,
            bytes,
        }),
    }
}

fn accepted_response(hub: &Hub, job: &crate::hub::Job, headers: &HeaderMap) -> Response {
    let scenario: &Scenario = &job.scenario;
    let mut response = match scenario.accepted_body {
        AcceptedBody::Empty => code(202).into_response(),
        AcceptedBody::Json => {
            let body = document(scenario, &job.id, "running", json!({"progress": 0.0}));
            (code(202), axum::Json(body)).into_response()
        }
    };
    if let Ok(value) = HeaderValue::from_str(&Origin::new(hub, headers).status_url(job)) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    if let Some(seconds) = scenario.retry_after {
        set_retry_after(&mut response, seconds);
    }
    response
}

/// The synchronous response, sent when the job is over.
async fn synchronous_response(
    hub: &Hub,
    job: &Arc<crate::hub::Job>,
    path: &str,
    headers: &HeaderMap,
) -> Response {
    let mut changed = job.watch();
    let state = loop {
        let now = job.now();
        if now.state.is_terminal() {
            break now.state;
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(now.next.unwrap_or(Duration::from_secs(3600))) => {}
        }
    };
    match state {
        JobState::Completed if wants_bytes(headers) && is_file(&job.shape) => storage::bytes(job),
        JobState::Completed => {
            let files = storage::entries(hub, job, &Origin::new(hub, headers).host);
            axum::Json(synchronous(job.scenario.synchronous_body, &job.shape, &files)).into_response()
        }
        JobState::Failed => {
            let field = |name: &str| {
                job.scenario
                    .error
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            Problem::new(400, path)
                .kind(field("type"))
                .detail(field("title"))
                .response(&job.scenario)
        }
        JobState::Gone => Problem::new(410, path)
            .kind("FileNoLongerAvailable")
            .response(&job.scenario),
        _ => Problem::new(409, path)
            .detail("The job was canceled")
            .response(&job.scenario),
    }
}
