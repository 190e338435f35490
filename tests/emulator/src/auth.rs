//! Bearer tokens, and the token endpoint that gives them out.

use crate::hub::Hub;
use crate::problem::Problem;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Lets a request through if its token is the current one.
pub(crate) async fn check(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let current = hub.token();
    if current.is_some() && bearer(request.headers()) == current.as_deref() {
        return next.run(request).await;
    }
    let mut response = Problem::new(401, uri.path()).into_response();
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// `POST /oauth/token`: the current token, for the right client.
pub(crate) async fn token(State(hub): State<Arc<Hub>>, body: bytes::Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let right = asked["clientID"] == hub.config.client_id.as_str()
        && asked["clientSecret"] == hub.config.client_secret.as_str();
    let (status, answer) = match hub.token() {
        Some(token) if right => (
            200,
            json!({"accessToken": token, "tokenType": "Bearer", "expiresIn": 86_400}),
        ),
        _ => (
            401,
            json!({"error": "invalid_client", "error_description": "Client authentication failed"}),
        ),
    };
    (crate::problem::code(status), axum::Json(answer)).into_response()
}
