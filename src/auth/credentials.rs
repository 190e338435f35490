//! The token endpoint, which issues tokens for client credentials.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Http, Method, Redirects, Request, RequestBody};
use crate::json::{self, FieldAction, FieldVisitor};
use crate::problem::ProblemDetails;
use crate::retry::is_token_connection_lost;
use crate::token::{BearerToken, ClientCredentials, check_bearer};
use crate::url::Url;

/// The lifetime of a token where the response has none or an unusable one; a 401 corrects a wrong guess.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);
const LONGEST_LIFETIME_SECONDS: f64 = 30.0 * 86_400.0;
const MAX_RESPONSE_BYTES: usize = 256 << 10;

impl ClientCredentials {
    /// Requests a token. A second request does no harm, so a broken connection is retried once.
    pub(super) fn request_token(&self, http: &Http, url: &Url, context: &CallContext) -> Result<BearerToken> {
        let first = self.request_token_once(http, url, context);
        let outcome = match first {
            Err(error) if is_token_connection_lost(&error) => self.request_token_once(http, url, context),
            outcome => outcome,
        };
        outcome.map_err(|e| e.context("requesting a token"))
    }

    fn request_token_once(&self, http: &Http, url: &Url, context: &CallContext) -> Result<BearerToken> {
        let request = Request {
            method: Method::Post,
            url,
            accept: "application/json",
            bearer: None,
            reference_id: None,
            headers: &[],
            // The secret goes to the configured URL and nowhere else.
            redirects: Redirects::Report,
            attempts: Attempts::Retry,
        };
        let body = self.body();
        let mut body = RequestBody::Bytes {
            content_type: "application/json",
            bytes: &body,
        };
        let response = http.send_body(&request, &mut body, context)?;
        let (status, retry_after) = (response.status, response.retry_after());
        let text = Zeroizing::new(response.text(MAX_RESPONSE_BYTES, context)?);
        if (200..300).contains(&status) {
            return parse_token(&text);
        }
        // It may echo the secret, which is removed where the call ends.
        let problem = ProblemDetails::from_body(text.as_bytes().to_vec());
        Err(Error::from_token_endpoint(status, problem).with_retry_after(retry_after))
    }

    /// The request's JSON, in memory that never moves and is wiped.
    fn body(&self) -> Zeroizing<Vec<u8>> {
        let mut body = Zeroizing::new(Vec::with_capacity(64 + 6 * (self.id.len() + self.secret.len())));
        for (name, value) in [("{\"clientID\":", &self.id), (",\"clientSecret\":", &self.secret)] {
            body.extend_from_slice(name.as_bytes());
            // Writing a string into a vector cannot fail.
            let _ = serde_json::to_writer(&mut *body, value.as_str());
        }
        body.push(b'}');
        body
    }
}

/// Parses the token endpoint's response in both of its forms. No error shows any part of it.
fn parse_token(text: &str) -> Result<BearerToken> {
    let mut response = TokenResponse::default();
    let unusable = |why: &str| {
        Error::new(ErrorKind::Protocol, format!("the response {why}")).with_advice("check the token URL")
    };
    json::visit_fields(text, &mut response).map_err(|_| unusable("is not a JSON object"))?;
    let token = response
        .token
        .and_then(json::string)
        .ok_or_else(|| unusable("has neither accessToken nor access_token"))?;
    let token = BearerToken::new(token.into_owned());
    check_bearer(&token.text)
        .map_err(|_| unusable("has a token with a character that is not allowed in a token"))?;
    if let Some(token_type) = response.token_type.and_then(json::string)
        && !token_type.eq_ignore_ascii_case("bearer")
    {
        return Err(unusable("has a token that is not a bearer token"));
    }
    Ok(token.expires_in(parse_lifetime(response.expires_in)))
}

fn parse_lifetime(raw: Option<&str>) -> Duration {
    let seconds = raw.and_then(|raw| {
        let text = json::string(raw).unwrap_or(raw.into());
        json::number(text.trim())
    });
    match seconds {
        Some(seconds) if seconds >= 1.0 => Duration::from_secs_f64(seconds.min(LONGEST_LIFETIME_SECONDS)),
        _ => DEFAULT_LIFETIME,
    }
}

#[derive(Default)]
struct TokenResponse<'a> {
    token: Option<&'a str>,
    token_type: Option<&'a str>,
    expires_in: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for TokenResponse<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "accessToken" | "access_token" => &mut self.token,
            "tokenType" | "token_type" => &mut self.token_type,
            "expiresIn" | "expires_in" => &mut self.expires_in,
            _ => return FieldAction::Skip,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_token_response_are_parsed() {
        for (text, seconds) in [
            (
                r#"{"accessToken":"T","tokenType":"Bearer","expiresIn":86400}"#,
                86_400,
            ),
            (
                r#"{"access_token":"T","token_type":"bearer","expires_in":120}"#,
                120,
            ),
            (r#"{"access_token":"T"}"#, 3600),
            (r#"{"accessToken":"T","expiresIn":"90"}"#, 90),
            (r#"{"accessToken":"T","expiresIn":null}"#, 3600),
            (r#"{"accessToken":"T","expiresIn":-5}"#, 3600),
            (r#"{"accessToken":"T","expiresIn":0}"#, 3600),
            (r#"{"accessToken":"T","expiresIn":1e300}"#, 30 * 86_400),
        ] {
            let token = parse_token(text).unwrap();
            assert_eq!(token.text.as_str(), "T");
            assert_eq!(token.expires_in, Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn an_unusable_token_response_is_rejected_without_being_shown() {
        for text in [
            "",
            "SECRET",
            r#"{"token":"SECRET"}"#,
            r#"{"accessToken":"SEC RET"}"#,
            r#"{"accessToken":""}"#,
            r#"{"accessToken":7}"#,
            r#"{"accessToken":"SECRET","tokenType":"mac"}"#,
        ] {
            let error = parse_token(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{text}");
            assert!(!error.message().contains("SECRET"), "{error}");
        }
    }

    #[test]
    fn the_body_is_json() {
        let credentials = ClientCredentials::new("i\"d".to_owned(), "s\\e\u{1}c".to_owned());
        let body: serde_json::Value = serde_json::from_slice(&credentials.body()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({"clientID": "i\"d", "clientSecret": "s\\e\u{1}c"})
        );
    }
}
