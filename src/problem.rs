//! Problem documents (RFC 9457): the service's description of an error response or of a failed job, stored whole.

use std::time::Duration;

use crate::json::{self, FieldAction, FieldVisitor};

mod summary;

/// The most of a document that is stored, as of an error response.
pub(crate) const MAX_BODY: usize = 1 << 20;

/// Behind what is stored of a longer one.
pub(crate) const CUT: &str = "… (cut)";

/// The longest `retry_after` in seconds; a longer one is cut to it.
const MAX_RETRY_AFTER: f64 = 86_400.0;

/// The service's description of a problem, in whatever form it came.
///
/// A field of an unexpected type is `None`; it is still in `body`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ProblemDetails {
    /// The body as received; JSON if the service sent JSON. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub body: String,
    /// `type`: a bare identifier such as `PDFIsPasswordProtected`, or a URI.
    pub kind: Option<String>,
    /// `title`: a short summary.
    pub title: Option<String>,
    /// `status`: the HTTP status as the document states it.
    pub status: Option<i64>,
    /// `detail`: an explanation of this occurrence.
    pub detail: Option<String>,
    /// `instance`: a URI that identifies this occurrence.
    pub instance: Option<String>,
    /// `extensions`, as JSON text.
    pub extensions: Option<String>,
}

impl ProblemDetails {
    /// Parses a body of any form.
    pub(crate) fn from_body(body: Vec<u8>) -> Self {
        let body = String::from_utf8(body)
            .unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned());
        let mut problem = Self::fields_of(&body);
        problem.body = body;
        problem
    }

    /// Parses the `error` of a job document, or a document that is a problem itself.
    pub(crate) fn from_json(text: &str) -> Self {
        let mut problem = Self::fields_of(text);
        let mut end = text.len().min(MAX_BODY);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let cut = if end < text.len() { CUT } else { "" };
        problem.body = [&text[..end], cut].concat();
        problem
    }

    /// Parses the `error` of the job document `whole`. An `error` that is a string is explained by the fields beside it.
    pub(crate) fn of_job(error: &str, whole: &str) -> Self {
        Self::from_json(if error.starts_with('{') { error } else { whole })
    }

    fn fields_of(body: &str) -> Self {
        let mut problem = Self::default();
        problem.fill_from(body, 1);
        problem
    }

    /// Fills the fields that are still empty from `text`, and from an `error` inside it down to `depth` levels.
    fn fill_from(&mut self, text: &str, depth: u8) {
        if text.starts_with('"') && json::check(text).is_ok() {
            return self.fill_from_string(&json::short_string(text.trim()).unwrap_or_default());
        }
        let mut members = Members::default();
        if json::visit_fields(text, &mut members).is_err() {
            return;
        }
        let text_of = |raw: Option<&str>| {
            let text = json::short_string(raw?)?;
            (!text.trim().is_empty()).then(|| text.into_owned())
        };
        fill(&mut self.kind, text_of(members.kind));
        fill(&mut self.title, text_of(members.title));
        fill(&mut self.detail, text_of(members.detail));
        fill(&mut self.instance, text_of(members.instance));
        fill(&mut self.status, members.status.and_then(whole_number));
        let extensions = members
            .extensions
            .filter(|raw| raw.starts_with('{') && raw.len() <= MAX_BODY);
        fill(&mut self.extensions, extensions.map(str::to_owned));
        if let Some(error) = members.error.filter(|_| depth > 0) {
            self.fill_from(error, depth - 1);
        }
        // Older forms: `message` beside or inside `error`, and the fields of OAuth (RFC 6749, 5.2).
        fill(&mut self.kind, text_of(members.code));
        if self.title.is_none() {
            self.title = text_of(members.message);
        } else {
            fill(&mut self.detail, text_of(members.message));
        }
        fill(&mut self.detail, text_of(members.error_description));
    }

    /// Fills in an `error` that is a string: one word is an identifier, more are a title.
    fn fill_from_string(&mut self, error: &str) {
        let error = error.trim();
        if error.is_empty() {
        } else if error.contains(char::is_whitespace) {
            fill(&mut self.title, Some(error.to_owned()));
        } else {
            fill(&mut self.kind, Some(error.to_owned()));
        }
    }

    /// The identifier of the kind of problem: `kind` itself, or the fragment of its URI.
    pub fn identifier(&self) -> Option<&str> {
        let kind = self.kind.as_deref()?;
        match kind.split_once('#') {
            Some((_, fragment)) => Some(fragment),
            None if is_uri(kind) => None,
            None => Some(kind),
        }
        .filter(|name| !name.is_empty())
    }

    /// The document in a sentence for people; empty if it has no usable field.
    pub fn summary(&self) -> String {
        summary::of(self)
    }

    /// How long the service requests to wait: `extensions.retry_after`, in seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self
            .extensions
            .as_deref()
            .and_then(retry_after_seconds)
            .or_else(|| retry_after_seconds(&self.body))?;
        Some(Duration::from_secs_f64(seconds.min(MAX_RETRY_AFTER)))
    }
}

/// Whether a `type` is a URI rather than a bare identifier.
fn is_uri(kind: &str) -> bool {
    kind.contains([':', '/', '#'])
}

fn fill<T>(field: &mut Option<T>, with: Option<T>) {
    if field.is_none() {
        *field = with;
    }
}

fn whole_number(raw: &str) -> Option<i64> {
    let exact = raw.parse().ok();
    exact.or_else(|| {
        let number = json::number(raw)?;
        (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
    })
}

/// The `retry_after` of the object `text` in seconds, a number or a string with a number.
fn retry_after_seconds(text: &str) -> Option<f64> {
    #[derive(Default)]
    struct RetryAfter<'a>(Option<&'a str>);
    impl<'a> FieldVisitor<'a> for RetryAfter<'a> {
        fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
            match key {
                "retry_after" => FieldAction::Store(&mut self.0),
                _ => FieldAction::Skip,
            }
        }
    }
    let mut field = RetryAfter::default();
    json::visit_fields(text, &mut field).ok()?;
    let raw = field.0?;
    let text = json::short_string(raw).unwrap_or(raw.into());
    let digits = text.trim();
    // Rust's parser accepts `inf` and `NaN` too.
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
    digits.parse::<f64>().ok().filter(|_| is_number)
}

/// The members of all known forms, as JSON text.
#[derive(Default)]
struct Members<'a> {
    kind: Option<&'a str>,
    title: Option<&'a str>,
    status: Option<&'a str>,
    detail: Option<&'a str>,
    instance: Option<&'a str>,
    extensions: Option<&'a str>,
    error: Option<&'a str>,
    code: Option<&'a str>,
    message: Option<&'a str>,
    error_description: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for Members<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "type" => &mut self.kind,
            "title" => &mut self.title,
            "status" => &mut self.status,
            "detail" => &mut self.detail,
            "instance" => &mut self.instance,
            "extensions" => &mut self.extensions,
            "error" => &mut self.error,
            "code" => &mut self.code,
            "message" => &mut self.message,
            "error_description" => &mut self.error_description,
            _ => return FieldAction::Skip,
        })
    }
}

#[cfg(test)]
mod tests;
