//! Bearer tokens, and the token endpoint that issues them.

use crate::hub::{Hub, lock};
use crate::problem::{Problem, code};
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Passes a request on if its token is the current one.
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

/// How the token endpoint responds.
#[derive(Debug, Clone, PartialEq)]
pub struct OAuth {
    /// Uses `access_token` and so on instead of `accessToken`.
    pub snake_case: bool,
    /// The reported lifetime of the token in seconds; left out if absent.
    pub expires_in: Option<f64>,
    /// Each request makes a new token, and the old one is no longer valid.
    pub rotate: bool,
    /// Milliseconds before each response.
    pub delay_ms: u64,
    /// The status and body of every response, in place of a token.
    pub error: Option<(u16, String)>,
}

impl Default for OAuth {
    fn default() -> Self {
        Self {
            snake_case: false,
            expires_in: Some(86_400.0),
            rotate: false,
            delay_ms: 0,
            error: None,
        }
    }
}

/// `POST /oauth/token`: a token for the client whose credentials are in the JSON body.
pub(crate) async fn token(State(hub): State<Arc<Hub>>, headers: HeaderMap, body: bytes::Bytes) -> Response {
    let oauth = lock(&hub.oauth).clone();
    tokio::time::sleep(Duration::from_millis(oauth.delay_ms)).await;
    if let Some((status, body)) = oauth.error {
        return (code(status), [(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|value| value.as_bytes().starts_with(b"application/json"));
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let is_known = is_json
        && body["clientID"] == hub.config.client_id.as_str()
        && body["clientSecret"] == hub.config.client_secret.as_str();
    if is_known && oauth.rotate {
        hub.set_token(Some(format!("rotated-{}", hub.secret(32))));
    }
    let Some(token) = hub.token().filter(|_| is_known) else {
        let error = json!({"error": "invalid_client", "error_description": "Client authentication failed"});
        return (code(401), axum::Json(error)).into_response();
    };
    let names = if oauth.snake_case {
        ["access_token", "token_type", "expires_in"]
    } else {
        ["accessToken", "tokenType", "expiresIn"]
    };
    let mut response = json!({names[0]: token, names[1]: "Bearer"});
    if let Some(seconds) = oauth.expires_in {
        response[names[2]] = if seconds.fract() == 0.0 {
            json!(seconds as i64)
        } else {
            json!(seconds)
        };
    }
    axum::Json(response).into_response()
}
