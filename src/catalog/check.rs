//! A submission held against the catalogue, before anything is sent.

use super::rules::{Flaw, check_all, count, list, value, word};
use crate::error::{Error, Result};
use crate::job::{Endpoint, Input, Submission, is_type_of};
use crate::json;

impl Submission<'_> {
    /// Checks what the catalogue knows of this submission: required parameters, their types, values and ranges, how many
    /// documents there must be and of which kinds. Opens no file.
    ///
    /// What the catalogue does not know passes, be it a method or a parameter. The functions of [`catalog`](crate::catalog)
    /// check what they make; [`Client::submit`](crate::Client::submit) does not, so that what the service learns later
    /// works at once.
    pub fn check(&self) -> Result<()> {
        let Some(operation) = find(super::json(), self.endpoint(), self.method(), self.params()) else {
            return Ok(());
        };
        let name = word(value(operation, "name").unwrap_or_default());
        check_params(operation, self.params())
            .map_err(|flaw| Error::invalid(format!("{name}: {}: {}", flaw.at, flaw.what)))?;
        check_documents(operation, self.params(), self.inputs())
            .map_err(|what| Error::invalid(format!("{name}: {what}")))
    }
}

/// The operation that is asked for. Operations that share a method are told apart by the target format.
fn find<'c>(catalog: &'c str, endpoint: Endpoint, method: &str, params: &str) -> Option<&'c str> {
    let is = |operation: &str, key: &str, wanted: &str| {
        value(operation, key).is_some_and(|raw| word(raw) == wanted)
    };
    let mut known = list(catalog);
    known.retain(|operation| is(operation, "endpoint", endpoint.as_str()) && is(operation, "method", method));
    if known.len() < 2 {
        return known.first().copied();
    }
    let to = value(params, "to").and_then(json::string)?;
    let makes = |operation: &&str| {
        let params = value(operation, "params").unwrap_or_default();
        let formats = list(params).first().and_then(|first| value(first, "enum"));
        list(formats.unwrap_or_default())
            .into_iter()
            .any(|format| word(format) == to)
    };
    known.into_iter().find(makes)
}

fn check_params(operation: &str, params: &str) -> std::result::Result<(), Flaw> {
    check_all(value(operation, "params").unwrap_or_default(), params)?;
    let alternatives: Vec<_> = list(value(operation, "requireOneOf").unwrap_or_default())
        .into_iter()
        .map(word)
        .collect();
    if alternatives.is_empty() || alternatives.iter().any(|name| value(params, name).is_some()) {
        return Ok(());
    }
    Err(Flaw {
        at: alternatives.join(", "),
        what: "one of them is required".to_owned(),
    })
}

/// The documents come in their order: so many of each kind.
fn check_documents(operation: &str, params: &str, inputs: &[Input<'_>]) -> std::result::Result<(), String> {
    let slots = list(value(operation, "documents").unwrap_or_default());
    let (mut least, mut most) = (0, Some(0_usize));
    for slot in &slots {
        least += count(value(slot, "minItems")).unwrap_or(0);
        most = most.and_then(|most| Some(most + count(value(slot, "maxItems"))?));
    }
    if inputs.len() < least || most.is_some_and(|most| inputs.len() > most) {
        let number = match most {
            Some(most) if most == least => least.to_string(),
            Some(most) => format!("{least} to {most}"),
            None => format!("at least {least}"),
        };
        let documents = if number == "1" { "document" } else { "documents" };
        let there = inputs.len();
        return Err(format!("it takes {number} {documents}, and there are {there}"));
    }
    let mut rest = inputs.iter().enumerate();
    for slot in slots {
        let most = count(value(slot, "maxItems")).unwrap_or(usize::MAX);
        let accepted = list(value(slot, "accept").unwrap_or_default());
        let mut came = false;
        for (index, input) in rest.by_ref().take(most) {
            came = true;
            let Some(kind) = input.known_type() else { continue };
            if !accepted.iter().any(|extension| is_type_of(kind, word(extension))) {
                let accepted: Vec<_> = accepted.into_iter().map(word).collect();
                return Err(format!(
                    "document {} is {kind}, and it takes {}",
                    index + 1,
                    accepted.join(", ")
                ));
            }
        }
        if let Some(param) = value(slot, "insteadOf").map(word).filter(|_| !came)
            && value(params, param).is_none()
        {
            return Err(format!("it takes {param}, or a data file as the last document"));
        }
    }
    Ok(())
}
