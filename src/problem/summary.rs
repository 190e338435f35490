//! The summary of a problem document: a sentence for people.

use std::borrow::Cow;

use super::{ProblemDetails, is_uri};
use crate::json::{self, FieldAction, FieldVisitor};
use crate::visible::is_hidden;

/// The maximum length of one part of the summary, in characters.
const MAX_PART_LENGTH: usize = 300;

/// Title, detail, identifier and the helpful extensions, as far as they are present.
pub(super) fn of(problem: &ProblemDetails) -> String {
    let title = problem.title.as_deref().map(one_line).unwrap_or_default();
    let detail = problem.detail.as_deref().map(one_line).unwrap_or_default();
    let mut text = match (title.is_empty(), detail.is_empty()) {
        (false, false) if title != detail => format!("{title}: {detail}"),
        (true, _) => detail,
        _ => title,
    };
    if text.is_empty() {
        text = first_line(&problem.body);
    }
    let name = problem.kind.as_deref().filter(|kind| !is_uri(kind)).map(one_line);
    let name = name.filter(|name| !name.is_empty() && *name != text);
    let facts = problem
        .extensions
        .as_deref()
        .map(Facts::parse)
        .unwrap_or_default();
    let beside: Vec<_> = name.into_iter().chain(facts).collect();
    match (text.is_empty(), beside.is_empty()) {
        (_, true) => text,
        (true, false) => beside.join(", "),
        (false, false) => format!("{text} ({})", beside.join(", ")),
    }
}

/// The text of a body that is not JSON: the title of a page, or the first line of a text.
fn first_line(body: &str) -> String {
    let body = json::without_bom(body).trim_start();
    if body.starts_with(['{', '[', '"']) || json::check(body).is_ok() {
        return String::new();
    }
    if body.starts_with('<') {
        return page_title(body).unwrap_or_default();
    }
    one_line(body.lines().next().unwrap_or_default())
}

/// The text of the `title` element of an HTML page.
fn page_title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find("</title").unwrap_or(lower.len() - start);
    let text = page[start..end]
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    Some(one_line(&text))
}

/// `text` as one line of at most `MAX_PART_LENGTH` characters, without hidden characters and a final full stop.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut count = 0;
    for word in text
        .split(|c: char| c.is_whitespace() || is_hidden(c))
        .filter(|word| !word.is_empty())
    {
        if count > 0 {
            line.push(' ');
        }
        for c in word.chars() {
            if count == MAX_PART_LENGTH {
                line.push('…');
                return line;
            }
            line.push(c);
            count += 1;
        }
        count += 1;
    }
    line.truncate(line.trim_end_matches('.').len());
    line
}

/// The extensions that help to correct the request: limits, pages, the invalid parameter.
#[derive(Default)]
struct Facts<'a> {
    size: Option<&'a str>,
    size_limit: Option<&'a str>,
    pages: Option<&'a str>,
    page_limit: Option<&'a str>,
    errors: Option<&'a str>,
    allowed: Option<&'a str>,
}

impl Facts<'_> {
    fn parse(extensions: &str) -> Vec<String> {
        let mut facts = Facts::default();
        if json::visit_fields(extensions, &mut facts).is_err() {
            return Vec::new();
        }
        let number = |raw: Option<&str>| raw.and_then(json::number);
        let mut texts = Vec::new();
        let mut add = |label: &str, value: Option<f64>, unit: &str| {
            texts.extend(value.map(|value| format!("{label} {value}{unit}")));
        };
        add("limit", number(facts.size_limit), " MB");
        add("document", number(facts.size), " MB");
        add("limit", number(facts.page_limit), " pages");
        add("document", number(facts.pages), " pages");
        texts.extend(facts.errors.and_then(first_error));
        texts.extend(
            facts
                .allowed
                .and_then(joined)
                .map(|names| format!("allowed: {names}")),
        );
        texts
    }
}

impl<'a> FieldVisitor<'a> for Facts<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "file_size_mb" => &mut self.size,
            "file_size_limit_mb" => &mut self.size_limit,
            "page_count" => &mut self.pages,
            "page_limit" => &mut self.page_limit,
            "errors" => &mut self.errors,
            "allowed_methods" => &mut self.allowed,
            _ => return FieldAction::Skip,
        })
    }
}

/// The first invalid parameter. Its `input` is left out: it may be a password.
fn first_error(errors: &str) -> Option<String> {
    #[derive(Default)]
    struct ParamError<'a>(Option<&'a str>, Option<&'a str>);
    impl<'a> FieldVisitor<'a> for ParamError<'a> {
        fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
            match key {
                "field" => FieldAction::Store(&mut self.0),
                "error" => FieldAction::Store(&mut self.1),
                _ => FieldAction::Skip,
            }
        }
    }
    let mut first = None;
    let mut count = 0;
    json::visit_items(errors, |item| {
        first = first.or(Some(item));
        count += 1;
    })
    .ok()?;
    let mut error = ParamError::default();
    json::visit_fields(first?, &mut error).ok()?;
    let parts: Vec<_> = [error.0, error.1]
        .into_iter()
        .filter_map(|raw| json::string(raw?))
        .map(|word: Cow<'_, str>| one_line(&word))
        .filter(|word| !word.is_empty())
        .collect();
    let more = if count > 1 {
        format!(" and {} more", count - 1)
    } else {
        String::new()
    };
    (!parts.is_empty()).then(|| format!("{}{more}", parts.join(": ")))
}

/// An array of strings in one line.
fn joined(array: &str) -> Option<String> {
    let mut names = Vec::new();
    json::visit_items(array, |item| {
        names.extend(json::string(item).map(|name| one_line(&name)))
    })
    .ok()?;
    (!names.is_empty()).then(|| one_line(&names.join(", ")))
}
