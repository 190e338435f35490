//! Checks values against the catalogue's rules. An error never contains the value, which may be a password.

use super::names::check_names;
use crate::json::{self, FieldAction, FieldVisitor};

/// A violated rule, and the path of the value within the parameters.
pub(super) struct Violation {
    pub at: String,
    pub what: String,
}

pub(super) type Verdict = std::result::Result<(), Violation>;

pub(super) fn violation(what: impl Into<String>) -> Violation {
    Violation {
        at: String::new(),
        what: what.into(),
    }
}

impl Violation {
    pub(super) fn within(mut self, parent: &str) -> Self {
        if !self.at.is_empty() && !self.at.starts_with('[') {
            self.at.insert(0, '.');
        }
        self.at.insert_str(0, parent);
        self
    }
}

/// The rule of one parameter in the catalogue; each member as JSON text.
#[derive(Default)]
struct Rule<'a> {
    name: Option<&'a str>,
    alias: Option<&'a str>,
    kind: Option<&'a str>,
    required: Option<&'a str>,
    allowed: Option<&'a str>,
    minimum: Option<&'a str>,
    maximum: Option<&'a str>,
    min_items: Option<&'a str>,
    max_items: Option<&'a str>,
    max_length: Option<&'a str>,
    items: Option<&'a str>,
    properties: Option<&'a str>,
    undocumented: Option<&'a str>,
    only_if: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for Rule<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "name" => &mut self.name,
            "alias" => &mut self.alias,
            "type" => &mut self.kind,
            "required" => &mut self.required,
            "enum" => &mut self.allowed,
            "minimum" => &mut self.minimum,
            "maximum" => &mut self.maximum,
            "minItems" => &mut self.min_items,
            "maxItems" => &mut self.max_items,
            "maxLength" => &mut self.max_length,
            "items" => &mut self.items,
            "properties" => &mut self.properties,
            "undocumented" => &mut self.undocumented,
            "onlyIf" => &mut self.only_if,
            _ => return FieldAction::Skip,
        })
    }
}

/// Finds a member that has one of these names, or if `strays` is set the first that has none of them. One type for both:
/// each is code of its own.
struct Search<'n, 'a> {
    names: &'n [&'n str],
    strays: bool,
    found: Option<&'a str>,
    stray: Option<String>,
}

impl<'a> FieldVisitor<'a> for Search<'_, 'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        match (self.names.contains(&key), self.strays) {
            (true, false) => FieldAction::Store(&mut self.found),
            (false, true) => {
                self.stray = Some(key.get(..40).unwrap_or(key).to_owned());
                FieldAction::Stop
            }
            _ => FieldAction::Skip,
        }
    }
}

fn search<'a>(object: &'a str, names: &[&str], strays: bool) -> (Option<&'a str>, Option<String>) {
    let mut search = Search {
        names,
        strays,
        found: None,
        stray: None,
    };
    let _ = json::visit_fields(object, &mut search);
    (search.found, search.stray)
}

/// The first member of an object that has another name.
pub(super) fn stray(object: &str, names: &[&str]) -> Option<String> {
    search(object, names, true).1
}

/// The value that `object` has under `name`, unless it is null.
pub(super) fn value<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    json::non_null(member(object, name))
}

fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    search(object, &[name], false).0
}

/// The items of an array, as JSON text.
pub(super) fn items(array: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let _ = json::visit_items(array, |item| items.push(item));
    items
}

/// A string of the catalogue, which contains no escapes.
pub(super) fn unquoted(raw: &str) -> &str {
    raw.trim_matches('"')
}

/// Checks an object against the rules of its members, which have a name in `params` or in `undocumented`.
pub(super) fn check_all(params: &str, undocumented: &str, object: &str) -> Verdict {
    let params = items(params);
    check_names(&params, undocumented, object)?;
    for param in params {
        let mut rule = Rule::default();
        let _ = json::visit_fields(param, &mut rule);
        let name = unquoted(rule.name.unwrap_or_default());
        // `null` is a value only for a parameter of any type; for others it means absent.
        let alias = || member(object, rule.alias.map(unquoted)?);
        let value = match member(object, name).or_else(alias) {
            Some("null") if rule.kind != Some("\"any\"") => None,
            value => value,
        };
        let verdict = match value {
            None if rule.required == Some("true") => Err(violation("it is required")),
            None => Ok(()),
            Some(_) if !rule.only_if.is_none_or(|other| is_true(object, unquoted(other))) => {
                Err(violation(format!(
                    "it is only allowed if {} is true",
                    unquoted(rule.only_if.unwrap_or_default())
                )))
            }
            Some(value) => rule.check(value),
        };
        verdict.map_err(|violation| violation.within(name))?;
    }
    Ok(())
}

fn is_true(object: &str, name: &str) -> bool {
    member(object, name) == Some("true")
}

impl Rule<'_> {
    fn check(&self, value: &str) -> Verdict {
        self.check_type(value)?;
        if let Some(allowed) = self.allowed
            && !items(allowed).into_iter().any(|one| is_equal(one, value))
        {
            let allowed: Vec<_> = items(allowed).into_iter().map(unquoted).collect();
            return Err(violation(format!("it must be one of {}", allowed.join(", "))));
        }
        if let Some(number) = json::number(value) {
            self.check_range(number)?;
        }
        if let (Some(most), Some(text)) = (count(self.max_length), json::string(value))
            && text.chars().count() > most
        {
            return Err(violation(format!("it must have at most {most} characters")));
        }
        if value.starts_with('[') {
            self.check_items(&items(value))?;
        }
        match self.properties {
            Some(properties) => check_all(properties, self.undocumented.unwrap_or_default(), value),
            None => Ok(()),
        }
    }

    fn check_type(&self, value: &str) -> Verdict {
        let kind = unquoted(self.kind.unwrap_or_default());
        let number = json::number(value);
        let (fits, name) = match kind {
            "string" => (value.starts_with('"'), "a string"),
            "number" => (number.is_some(), "a number"),
            "integer" => (number.is_some_and(|n| n.fract() == 0.0), "an integer"),
            "boolean" => (matches!(value, "true" | "false"), "true or false"),
            "array" => (value.starts_with('['), "a list"),
            "object" => (value.starts_with('{'), "an object"),
            _ => return Ok(()),
        };
        if fits {
            Ok(())
        } else {
            Err(violation(format!("it must be {name}")))
        }
    }

    fn check_range(&self, number: f64) -> Verdict {
        let bound = |raw: Option<&str>| raw.and_then(json::number);
        match (bound(self.minimum), bound(self.maximum)) {
            (Some(least), _) if number < least => Err(violation(format!("it must be at least {least}"))),
            (_, Some(most)) if number > most => Err(violation(format!("it must be at most {most}"))),
            _ => Ok(()),
        }
    }

    fn check_items(&self, items: &[&str]) -> Verdict {
        if let Some(least) = count(self.min_items).filter(|least| items.len() < *least) {
            let what = match least {
                1 => "it must not be empty".to_owned(),
                least => format!("it must have at least {least} items"),
            };
            return Err(violation(what));
        }
        if let Some(most) = count(self.max_items).filter(|most| items.len() > *most) {
            return Err(violation(format!("it must have at most {most} items")));
        }
        let Some(item) = self.items else { return Ok(()) };
        let mut rule = Rule::default();
        let _ = json::visit_fields(item, &mut rule);
        for (index, item) in items.iter().enumerate() {
            rule.check(item)
                .map_err(|violation| violation.within(&format!("[{index}]")))?;
        }
        Ok(())
    }
}

/// Whether two scalars are equal, however they are written.
fn is_equal(one: &str, other: &str) -> bool {
    match (json::number(one), json::number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => json::string(one) == json::string(other) && one.starts_with('"'),
    }
}

/// A number of the catalogue that counts something.
pub(super) fn count(raw: Option<&str>) -> Option<usize> {
    raw?.parse().ok()
}
