//! `/_emulator`: the endpoints that control the emulator from outside Rust. They are not part of the service and need no token.

use crate::fault::Fault;
use crate::hub::Hub;
use crate::scenario::{Scenario, Shape};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) fn router() -> Router<Arc<Hub>> {
    Router::new()
        .route("/_emulator/jobs", post(create))
        .route("/_emulator/default", post(default))
        .route("/_emulator/faults", post(faults))
        .route("/_emulator/finish/{id}", post(finish))
        .route("/_emulator/progress/{id}", post(progress))
        .route("/_emulator/requests", get(requests))
        .route("/_emulator/stats", get(stats))
}

async fn create(State(hub): State<Arc<Hub>>, body: String) -> Response {
    match parse::<Scenario>(&body) {
        Ok(scenario) => {
            let job = hub.add_job(scenario, Vec::new(), Shape::File, "application/pdf", false);
            Json(json!({"jobID": job.id})).into_response()
        }
        Err(error) => error,
    }
}

async fn default(State(hub): State<Arc<Hub>>, body: String) -> Response {
    parse(&body).map_or_else(|error| error, |scenario| done(|| hub.set_default(scenario)))
}

/// A fault or several for the next connection, or one for all.
async fn faults(State(hub): State<Arc<Hub>>, body: String) -> Response {
    let request: Value = match parse(&body) {
        Ok(request) => request,
        Err(error) => return error,
    };
    // Distinguished by hand: an untagged enum would accept a fault with every field left out for `{"all": null}`.
    if let Some(all) = request.get("all") {
        return parse::<Option<Fault>>(&all.to_string()).map_or_else(
            |error| error,
            |all| done(|| hub.plan_for_all(all.into_iter().collect())),
        );
    }
    let plan = if request.is_array() {
        body
    } else {
        format!("[{request}]")
    };
    parse(&plan).map_or_else(|error| error, |plan| done(|| hub.queue_plan(plan)))
}

async fn finish(State(hub): State<Arc<Hub>>, Path(id): Path<String>) -> Response {
    hub.job(&id).map_or_else(unknown, |job| done(|| job.finish()))
}

async fn progress(State(hub): State<Arc<Hub>>, Path(id): Path<String>, body: String) -> Response {
    match parse(&body) {
        Ok(progress) => hub
            .job(&id)
            .map_or_else(unknown, |job| done(|| job.set_progress(progress))),
        Err(error) => error,
    }
}

async fn requests(State(hub): State<Arc<Hub>>) -> Json<Value> {
    let entry = |request: crate::Recorded| {
        json!({
            "method": request.method, "path": request.path, "query": request.query, "headers": request.headers,
            "connection": request.connection, "index": request.index, "body_length": request.body_length,
        })
    };
    Json(hub.requests().into_iter().map(entry).collect())
}

async fn stats(State(hub): State<Arc<Hub>>) -> Json<Value> {
    Json(json!({"connections": hub.connections.accepted(), "open": hub.connections.open()}))
}

#[allow(clippy::result_large_err, reason = "the error is the response itself")]
fn parse<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Response> {
    let body = if body.trim().is_empty() { "{}" } else { body };
    serde_json::from_str(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()).into_response())
}

/// Runs the action and responds with 204.
fn done(act: impl FnOnce()) -> Response {
    act();
    StatusCode::NO_CONTENT.into_response()
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, "no such job").into_response()
}
