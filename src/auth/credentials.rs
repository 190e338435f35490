//! Client credentials, and the endpoint that gives tokens for them.

use std::time::Duration;

use zeroize::Zeroizing;

use super::BearerToken;
use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Http, Method, Redirects, Request, RequestBody, check_bearer};
use crate::json::{self, Fields, Take};
use crate::problem::ProblemDetails;
use crate::url::Url;

/// How long a token lives if the answer does not say it, or says nonsense; a refusal sets it right.
const USUAL_LIFE: Duration = Duration::from_secs(3600);
const LONGEST_LIFE: f64 = 30.0 * 86_400.0;
/// The longest answer that is read.
const ANSWER: usize = 256 << 10;

/// A client's id and secret.
#[derive(Clone)]
pub(crate) struct Credentials {
    id: Zeroizing<String>,
    secret: Zeroizing<String>,
}

impl Credentials {
    pub(crate) fn new(id: String, secret: String) -> Self {
        Self {
            id: Zeroizing::new(id),
            secret: Zeroizing::new(secret),
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.id.is_empty() || self.secret.is_empty() {
            return Err(Error::invalid(
                "client_credentials: the id or the secret is empty",
            ));
        }
        Ok(())
    }

    /// Asks for a token. A second asking does no harm, so a connection that broke is tried again once.
    pub(super) fn ask(&self, http: &Http, url: &Url, context: &CallContext) -> Result<BearerToken> {
        let first = self.ask_once(http, url, context);
        let broken = |e: &Error| matches!(e.kind(), ErrorKind::ConnectionLost | ErrorKind::Truncated);
        let answer = match first {
            Err(error) if broken(&error) => self.ask_once(http, url, context),
            outcome => outcome,
        };
        answer.map_err(|e| e.context("asking for a token"))
    }

    fn ask_once(&self, http: &Http, url: &Url, context: &CallContext) -> Result<BearerToken> {
        let request = Request {
            method: Method::Post,
            url,
            accept: "application/json",
            bearer: None,
            reference_id: None,
            headers: &[],
            // The secret goes where the program said, and nowhere else.
            redirects: Redirects::Report,
            attempts: Attempts::Retry,
        };
        let body = self.body();
        let mut body = RequestBody::Bytes {
            content_type: "application/json",
            bytes: &body,
        };
        let response = http.send_body(&request, &mut body, context)?;
        let (status, asked) = (response.status, response.retry_after());
        let text = Zeroizing::new(response.text(ANSWER, context)?);
        if (200..300).contains(&status) {
            return read(&text);
        }
        let problem = ProblemDetails::from_body(self.without_secrets(&text).into_bytes());
        Err(Error::from_token_endpoint(status, problem).with_retry_after(asked))
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

    /// A refusal as it came, but for what it may echo.
    fn without_secrets(&self, text: &str) -> String {
        let escaped = Zeroizing::new(serde_json::to_string(self.secret.as_str()).unwrap_or_default());
        text.replace(self.secret.as_str(), "***")
            .replace(escaped.trim_matches('"'), "***")
    }
}

/// Understands the answer in both of its forms. What is wrong with it is said without showing it.
fn read(text: &str) -> Result<BearerToken> {
    let mut answer = Answer::default();
    let wrong = |what: &str| Error::new(ErrorKind::Protocol, format!("the answer {what}"));
    json::fields(text, &mut answer).map_err(|_| wrong("is no JSON object"))?;
    let token = answer
        .token
        .and_then(json::string)
        .ok_or_else(|| wrong("holds neither accessToken nor access_token"))?;
    let token = BearerToken::new(token.into_owned());
    check_bearer(&token.text).map_err(|_| wrong("holds a token with a character that no token holds"))?;
    if let Some(kind) = answer.kind.and_then(json::string)
        && !kind.eq_ignore_ascii_case("bearer")
    {
        return Err(wrong("holds a token that is no bearer token"));
    }
    Ok(token.expires_in(life(answer.life)))
}

fn life(raw: Option<&str>) -> Duration {
    let said = raw.and_then(|raw| {
        let text = json::string(raw).unwrap_or(raw.into());
        json::number(text.trim())
    });
    match said {
        Some(seconds) if seconds >= 1.0 => Duration::from_secs_f64(seconds.min(LONGEST_LIFE)),
        _ => USUAL_LIFE,
    }
}

#[derive(Default)]
struct Answer<'a> {
    token: Option<&'a str>,
    kind: Option<&'a str>,
    life: Option<&'a str>,
}

impl<'a> Fields<'a> for Answer<'a> {
    fn take(&mut self, key: &str) -> Take<'_, 'a> {
        Take::Into(match key {
            "accessToken" | "access_token" => &mut self.token,
            "tokenType" | "token_type" => &mut self.kind,
            "expiresIn" | "expires_in" => &mut self.life,
            _ => return Take::Skip,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_answer_are_understood() {
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
            let token = read(text).unwrap();
            assert_eq!(token.text.as_str(), "T");
            assert_eq!(token.expires_in, Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_shown() {
        for text in [
            "",
            "SECRET",
            r#"{"token":"SECRET"}"#,
            r#"{"accessToken":"SEC RET"}"#,
            r#"{"accessToken":""}"#,
            r#"{"accessToken":7}"#,
            r#"{"accessToken":"SECRET","tokenType":"mac"}"#,
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{text}");
            assert!(!error.message().contains("SECRET"), "{error}");
        }
    }

    #[test]
    fn the_body_is_json_and_an_echo_is_cut_out() {
        let credentials = Credentials::new("i\"d".to_owned(), "s\\e\u{1}c".to_owned());
        let body: serde_json::Value = serde_json::from_slice(&credentials.body()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({"clientID": "i\"d", "clientSecret": "s\\e\u{1}c"})
        );
        let echo = String::from_utf8(credentials.body().to_vec()).unwrap();
        let clean = credentials.without_secrets(&format!("{echo} s\\e\u{1}c"));
        assert_eq!(clean, r#"{"clientID":"i\"d","clientSecret":"***"} ***"#);
    }
}
