//! Values held against the rules that the catalogue has for them. No value is ever shown: it may be a password.

use crate::json::{self, FieldAction, FieldVisitor};

/// What is wrong, and at which place within the parameters.
pub(super) struct Flaw {
    pub at: String,
    pub what: String,
}

type Verdict = std::result::Result<(), Flaw>;

fn flaw(what: impl Into<String>) -> Flaw {
    Flaw {
        at: String::new(),
        what: what.into(),
    }
}

impl Flaw {
    fn within(mut self, place: &str) -> Self {
        if !self.at.is_empty() && !self.at.starts_with('[') {
            self.at.insert(0, '.');
        }
        self.at.insert_str(0, place);
        self
    }
}

/// One parameter's entry in the catalogue; each part as the JSON text that stands there.
#[derive(Default)]
struct Rule<'a> {
    name: Option<&'a str>,
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
    only_if: Option<&'a str>,
}

impl<'a> FieldVisitor<'a> for Rule<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "name" => &mut self.name,
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
            "onlyIf" => &mut self.only_if,
            _ => return FieldAction::Skip,
        })
    }
}

/// A value of an object by its name.
struct Named<'n, 'a>(&'n str, Option<&'a str>);

impl<'a> FieldVisitor<'a> for Named<'_, 'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        if key == self.0 {
            FieldAction::Store(&mut self.1)
        } else {
            FieldAction::Skip
        }
    }
}

/// The value that `object` has under `name`, unless it is null.
pub(super) fn value<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    json::non_null(given(object, name))
}

fn given<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let mut named = Named(name, None);
    let _ = json::visit_fields(object, &mut named);
    named.1
}

/// The items of an array, as JSON text.
pub(super) fn list(array: &str) -> Vec<&str> {
    let mut list = Vec::new();
    let _ = json::visit_items(array, |item| list.push(item));
    list
}

/// A word of the catalogue, which has no escapes in it.
pub(super) fn word(raw: &str) -> &str {
    raw.trim_matches('"')
}

/// Holds an object against the list of its parameters. What the list does not know passes.
pub(super) fn check_all(params: &str, object: &str) -> Verdict {
    for param in list(params) {
        let mut rule = Rule::default();
        let _ = json::visit_fields(param, &mut rule);
        let name = word(rule.name.unwrap_or_default());
        // A parameter of any type may well be null.
        let value = match given(object, name) {
            Some("null") if rule.kind != Some("\"any\"") => None,
            value => value,
        };
        let verdict = match value {
            None if rule.required == Some("true") => Err(flaw("it is required")),
            None => Ok(()),
            Some(_) if !rule.only_if.is_none_or(|other| is_true(object, word(other))) => Err(flaw(format!(
                "it is only allowed if {} is true",
                word(rule.only_if.unwrap_or_default())
            ))),
            Some(value) => rule.check(value),
        };
        verdict.map_err(|flaw| flaw.within(name))?;
    }
    Ok(())
}

fn is_true(object: &str, name: &str) -> bool {
    given(object, name) == Some("true")
}

impl Rule<'_> {
    fn check(&self, value: &str) -> Verdict {
        self.check_type(value)?;
        if let Some(allowed) = self.allowed
            && !list(allowed).into_iter().any(|one| is_same(one, value))
        {
            let allowed: Vec<_> = list(allowed).into_iter().map(word).collect();
            return Err(flaw(format!("it must be one of {}", allowed.join(", "))));
        }
        if let Some(number) = json::number(value) {
            self.check_range(number)?;
        }
        if let (Some(most), Some(text)) = (count(self.max_length), json::string(value))
            && text.chars().count() > most
        {
            return Err(flaw(format!("it must have at most {most} characters")));
        }
        if value.starts_with('[') {
            self.check_items(&list(value))?;
        }
        match self.properties {
            Some(properties) => check_all(properties, value),
            None => Ok(()),
        }
    }

    fn check_type(&self, value: &str) -> Verdict {
        let kind = word(self.kind.unwrap_or_default());
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
            Err(flaw(format!("it must be {name}")))
        }
    }

    fn check_range(&self, number: f64) -> Verdict {
        let bound = |raw: Option<&str>| raw.and_then(json::number);
        match (bound(self.minimum), bound(self.maximum)) {
            (Some(least), _) if number < least => Err(flaw(format!("it must be at least {least}"))),
            (_, Some(most)) if number > most => Err(flaw(format!("it must be at most {most}"))),
            _ => Ok(()),
        }
    }

    fn check_items(&self, items: &[&str]) -> Verdict {
        if let Some(least) = count(self.min_items).filter(|least| items.len() < *least) {
            let what = match least {
                1 => "it must not be empty".to_owned(),
                least => format!("it must have at least {least} items"),
            };
            return Err(flaw(what));
        }
        if let Some(most) = count(self.max_items).filter(|most| items.len() > *most) {
            return Err(flaw(format!("it must have at most {most} items")));
        }
        let Some(item) = self.items else { return Ok(()) };
        let mut rule = Rule::default();
        let _ = json::visit_fields(item, &mut rule);
        for (index, item) in items.iter().enumerate() {
            rule.check(item)
                .map_err(|flaw| flaw.within(&format!("[{index}]")))?;
        }
        Ok(())
    }
}

/// Whether two scalars are the same, however they are written.
fn is_same(one: &str, other: &str) -> bool {
    match (json::number(one), json::number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => json::string(one) == json::string(other) && one.starts_with('"'),
    }
}

/// A count of the catalogue.
pub(super) fn count(raw: Option<&str>) -> Option<usize> {
    raw?.parse().ok()
}
