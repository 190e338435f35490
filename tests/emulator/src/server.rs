//! Routes, and the status and result endpoints.

use crate::hub::{Counters, Hub, Job, count};
use crate::job::State as JobState;
use crate::problem::{Problem, code};
use crate::scenario::{Completion, Limited, LocationForm, Scenario, StreamMode};
use crate::shapes::{completed, document, is_file};
use crate::stream::progress_value;
use crate::{auth, control, journal, storage, stream, submit};
use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The service under its base path, the storage and the control endpoints beside it.
pub(crate) fn router(hub: Arc<Hub>) -> Router {
    let checked = Router::new()
        .route("/conversions", post(submit::submit))
        .route("/extractions", post(submit::submit))
        .route("/transformations", post(submit::submit))
        .route("/generations", post(submit::submit))
        .route("/presigned-file-urls", post(storage::create_upload_urls))
        .route("/jobs/{id}/status", get(status))
        .route("/jobs/{id}", get(result))
        .route_layer(from_fn_with_state(hub.clone(), auth::check));
    let service = checked.route("/oauth/token", post(auth::token));
    let service = match hub.config.base_path.as_str() {
        "" => service,
        path => Router::new().nest(path, service),
    };
    service
        .route(
            "/storage/uploads/{key}",
            put(storage::upload).get(storage::read_upload),
        )
        .route("/storage/{job}/{index}/{name}", get(storage::download))
        .merge(control::router())
        .fallback(|OriginalUri(uri): OriginalUri| async move { Problem::new(404, uri.path()) })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(wrong_method))
        .layer(from_fn_with_state(hub.clone(), journal::record))
        .with_state(hub)
}

/// Adds a problem document to a 405 without one.
async fn wrong_method(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    if response.status() != 405 || response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    let mut problem = Problem::new(405, &path).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allow.clone());
    }
    problem
}

/// Scheme and host as the client uses them.
pub(crate) fn origin(hub: &Hub, headers: &HeaderMap) -> String {
    let scheme = if hub.config.tls.is_some() { "https" } else { "http" };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .map(str::to_owned);
    let own = || format!("{}:{}", hub.config.address, hub.port.load(Ordering::Acquire));
    format!("{scheme}://{}", host.unwrap_or_else(own))
}

/// The prefix of a job's URLs.
pub(crate) struct Origin {
    pub(crate) host: String,
    base_path: String,
}

impl Origin {
    pub(crate) fn new(hub: &Hub, headers: &HeaderMap) -> Self {
        Self {
            host: origin(hub, headers),
            base_path: hub.config.base_path.clone(),
        }
    }

    pub(crate) fn result_url(&self, job: &Job) -> String {
        format!("{}{}/jobs/{}", self.host, self.base_path, job.id)
    }

    /// The `Location` of a 202.
    pub(crate) fn status_url(&self, job: &Job) -> String {
        match job.scenario.location {
            LocationForm::Absolute => format!("{}/status", self.result_url(job)),
            LocationForm::Relative => format!("{}/jobs/{}/status", self.base_path, job.id),
            LocationForm::Bare => self.result_url(job),
        }
    }
}

/// The `error` of a failed job.
pub(crate) fn error_of(scenario: &Scenario) -> Value {
    scenario.error.clone().into()
}

/// The error response that the scenario sets for this request, if any.
pub(crate) fn scenario_error(
    scenario: &Scenario,
    counters: &Counters,
    kind: Limited,
    path: &str,
) -> Option<Response> {
    let limit = scenario.rate_limit.as_ref().filter(|limit| limit.on == kind);
    if let Some(limit) = limit.filter(|limit| count(&counters.limited) < limit.times) {
        let mut problem = Problem::new(429, path).kind("RateLimitExceeded");
        if limit.extension {
            problem = problem.extension("retry_after", limit.retry_after);
        }
        let mut response = problem.response(scenario);
        if limit.header {
            set_retry_after(&mut response, limit.retry_after);
        }
        return Some(response);
    }
    let (codes, counter) = match kind {
        Limited::Submit => (&scenario.submit_codes, &counters.submits),
        Limited::Status => (&scenario.status_codes, &counters.statuses),
        Limited::Result => (&scenario.result_codes, &counters.results),
    };
    let turn = count(counter) as usize;
    codes
        .get(turn)
        .map(|status| Problem::new(*status, path).response(scenario))
}

/// `Retry-After`, with a fraction as the service sends it.
pub(crate) fn set_retry_after(response: &mut Response, seconds: f64) {
    if let Ok(value) = HeaderValue::from_str(&format!("{seconds:?}")) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
}

fn accept(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::ACCEPT).iter();
    all.filter_map(|value| value.to_str().ok())
        .collect::<Vec<_>>()
        .join(",")
        .to_ascii_lowercase()
}

/// Whether the request accepts bytes rather than JSON.
pub(crate) fn wants_bytes(headers: &HeaderMap) -> bool {
    accept(headers).contains("application/octet-stream")
}

async fn status(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    match hub.job(&id) {
        Some(job) => status_of(&hub, &job, uri.path(), &headers),
        None => Problem::new(404, uri.path()).into_response(),
    }
}

fn status_of(hub: &Arc<Hub>, job: &Arc<Job>, path: &str, headers: &HeaderMap) -> Response {
    let first = job.start();
    let scenario = &job.scenario;
    if let Some(error) = scenario_error(scenario, &job.counters, Limited::Status, path) {
        return error;
    }
    if let Some(missing) = missing(job, path) {
        return missing;
    }
    let origin = Origin::new(hub, headers);
    if let Some(content_type) = stream::requested_type(&accept(headers)) {
        let turn = count(&job.counters.streams);
        let mode = match scenario.stream_times {
            Some(times) if turn >= times => StreamMode::Live,
            _ => scenario.stream,
        };
        match mode {
            StreamMode::Json => {}
            StreamMode::Refuse(status) => return Problem::new(status, path).response(scenario),
            mode => return stream::response(job, mode, content_type, &origin, first),
        }
    }
    poll(hub, job, &origin)
}

/// 410 for a job after its retention, 404 for a lost one.
fn missing(job: &Job, path: &str) -> Option<Response> {
    let problem = match job.now().state {
        JobState::Gone => Problem::new(410, path).kind("FileNoLongerAvailable"),
        JobState::Lost => Problem::new(404, path),
        _ => return None,
    };
    Some(problem.response(&job.scenario))
}

fn poll(hub: &Hub, job: &Arc<Job>, origin: &Origin) -> Response {
    let scenario = &job.scenario;
    let turn = count(&job.counters.polls);
    if let Some(odd) = scenario.status_name.as_ref().filter(|odd| turn < odd.times) {
        return json_response(document(scenario, &job.id, &odd.name, json!({})));
    }
    match job.now().state {
        JobState::Running(fraction) => {
            let fields = json!({"progress": progress_value(scenario, fraction)});
            let mut response = json_response(document(scenario, &job.id, "running", fields));
            if let Some(seconds) = scenario.poll_retry_after {
                set_retry_after(&mut response, seconds);
            }
            response
        }
        JobState::Completed if scenario.completion == Completion::Redirect => {
            let mut response = (code(302), axum::Json(json!({"status": "completed"}))).into_response();
            if let Ok(value) = HeaderValue::from_str(&origin.result_url(job)) {
                response.headers_mut().insert(header::LOCATION, value);
            }
            response
        }
        state => outcome(hub, job, state, origin),
    }
}

/// The document of a job that is over; status and result share it.
fn outcome(hub: &Hub, job: &Arc<Job>, state: JobState, origin: &Origin) -> Response {
    let scenario = &job.scenario;
    let (status, fields) = match state {
        JobState::Completed => (
            "completed",
            completed(&job.shape, &storage::entries(hub, job, &origin.host)),
        ),
        JobState::Failed => ("failed", json!({"error": error_of(scenario)})),
        _ => ("canceled", json!({})),
    };
    json_response(document(scenario, &job.id, status, fields))
}

fn json_response(document: Value) -> Response {
    axum::Json(document).into_response()
}

async fn result(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path();
    let Some(job) = hub.job(&id) else {
        return Problem::new(404, path).into_response();
    };
    let over = job.now().state.is_terminal();
    // A bare Location makes this the status URL too, until there is a result.
    if job.scenario.location == LocationForm::Bare
        && (!over || stream::requested_type(&accept(&headers)).is_some())
    {
        return status_of(&hub, &job, path, &headers);
    }
    job.start();
    if let Some(error) = scenario_error(&job.scenario, &job.counters, Limited::Result, path) {
        return error;
    }
    if let Some(missing) = missing(&job, path) {
        return missing;
    }
    let state = job.now().state;
    let late = state == JobState::Completed
        && count(&job.counters.completed_results) < job.scenario.not_found_after_completed;
    if late || !state.is_terminal() {
        return Problem::new(404, path).response(&job.scenario);
    }
    if state == JobState::Completed && wants_bytes(&headers) && is_file(&job.shape) {
        return storage::bytes(&job);
    }
    outcome(&hub, &job, state, &Origin::new(&hub, &headers))
}
