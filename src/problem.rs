//! Problem documents (RFC 9457): the service's own account of a refusal or of a job's failure, kept whole.

use std::time::Duration;

use crate::json::{self, FieldAction, FieldVisitor};

mod summary;

/// The longest time that a service's wish to wait is taken at its word for.
const LONGEST_WAIT: f64 = 86_400.0;

/// The service's account of what went wrong, whatever form it came in.
///
/// A field of an unexpected type is `None`; it still stands in `body`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ProblemDetails {
    /// The body as received; JSON where the service sent JSON. Bytes that are no UTF-8 became U+FFFD.
    pub body: String,
    /// `type`: a bare identifier such as `PDFIsPasswordProtected`, or a URI.
    pub kind: Option<String>,
    /// `title`: a short summary.
    pub title: Option<String>,
    /// `status`: the HTTP status as the document states it.
    pub status: Option<i64>,
    /// `detail`: this occurrence, explained.
    pub detail: Option<String>,
    /// `instance`: the occurrence's own reference.
    pub instance: Option<String>,
    /// `extensions`, as JSON text.
    pub extensions: Option<String>,
}

impl ProblemDetails {
    /// Understands a body of any form.
    pub(crate) fn from_body(body: Vec<u8>) -> Self {
        let body = String::from_utf8(body)
            .unwrap_or_else(|broken| String::from_utf8_lossy(broken.as_bytes()).into_owned());
        Self::from_text(body)
    }

    /// Understands the `error` of a job document, or a document that is one itself.
    pub(crate) fn from_json(text: &str) -> Self {
        Self::from_text(text.to_owned())
    }

    /// Understands the `error` of the job document `whole`. A mere word has its explanation beside it.
    pub(crate) fn of_job(error: &str, whole: &str) -> Self {
        Self::from_json(if error.starts_with('{') { error } else { whole })
    }

    fn from_text(body: String) -> Self {
        let mut problem = Self::default();
        problem.learn(&body, 1);
        problem.body = body;
        problem
    }

    /// Takes from `text` what is not known yet; an `error` inside is looked into `depth` levels down.
    fn learn(&mut self, text: &str, depth: u8) {
        if text.starts_with('"') && json::check(text).is_ok() {
            return self.learn_word(&json::string(text.trim()).unwrap_or_default());
        }
        let mut seen = Members::default();
        if json::visit_fields(text, &mut seen).is_err() {
            return;
        }
        let word = |raw: Option<&str>| {
            let said = json::string(raw?)?;
            (!said.trim().is_empty()).then(|| said.into_owned())
        };
        fill(&mut self.kind, word(seen.kind));
        fill(&mut self.title, word(seen.title));
        fill(&mut self.detail, word(seen.detail));
        fill(&mut self.instance, word(seen.instance));
        fill(&mut self.status, seen.status.and_then(whole_number));
        let extensions = seen.extensions.filter(|raw| raw.starts_with('{'));
        fill(&mut self.extensions, extensions.map(str::to_owned));
        if let Some(error) = seen.error.filter(|_| depth > 0) {
            self.learn(error, depth - 1);
        }
        // Older forms: `message` beside or inside `error`, and what OAuth servers say (RFC 6749, 5.2).
        fill(&mut self.kind, word(seen.code));
        if self.title.is_none() {
            self.title = word(seen.message);
        } else {
            fill(&mut self.detail, word(seen.message));
        }
        fill(&mut self.detail, word(seen.error_description));
    }

    /// Takes an error that is a mere string: one word is an identifier, more are prose.
    fn learn_word(&mut self, said: &str) {
        let said = said.trim();
        if said.is_empty() {
        } else if said.contains(char::is_whitespace) {
            fill(&mut self.title, Some(said.to_owned()));
        } else {
            fill(&mut self.kind, Some(said.to_owned()));
        }
    }

    /// What identifies the kind of problem: the bare identifier that `kind` is, or the fragment of its URI.
    pub fn identifier(&self) -> Option<&str> {
        let kind = self.kind.as_deref()?;
        match kind.split_once('#') {
            Some((_, fragment)) => Some(fragment),
            None if is_uri(kind) => None,
            None => Some(kind),
        }
        .filter(|name| !name.is_empty())
    }

    /// The document in a sentence for people; empty if it says nothing.
    pub fn summary(&self) -> String {
        summary::of(self)
    }

    /// How long the service asks to wait: `extensions.retry_after`, in seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self
            .extensions
            .as_deref()
            .and_then(wait)
            .or_else(|| wait(&self.body))?;
        Some(Duration::from_secs_f64(seconds.min(LONGEST_WAIT)))
    }
}

/// Whether a `type` is an address rather than a bare identifier.
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

/// The seconds that `retry_after` of the object `text` states, as a number or as a string that holds one.
fn wait(text: &str) -> Option<f64> {
    #[derive(Default)]
    struct Wait<'a>(Option<&'a str>);
    impl<'a> FieldVisitor<'a> for Wait<'a> {
        fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
            match key {
                "retry_after" => FieldAction::Store(&mut self.0),
                _ => FieldAction::Skip,
            }
        }
    }
    let mut wait = Wait::default();
    json::visit_fields(text, &mut wait).ok()?;
    let raw = wait.0?;
    let text = json::string(raw).unwrap_or(raw.into());
    let digits = text.trim();
    // Rust reads `inf` and `NaN` too, which no service means.
    let plain = digits.starts_with(|c: char| c.is_ascii_digit());
    digits.parse::<f64>().ok().filter(|_| plain)
}

/// The members that any known form has, as they were written.
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
