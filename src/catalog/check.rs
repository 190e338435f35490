//! Checks a submission against the catalogue before anything is sent.

use super::names::check_names;
use super::rules::{Violation, check_all, count, items, unquoted, value};
use crate::error::{Error, Result};
use crate::job::{Endpoint, Input, Submission, is_type_of};
use crate::json;

impl Submission<'_> {
    /// Checks this submission against the catalogue: the names of its parameters, required ones, types, values and ranges, and
    /// the number and types of its documents. Opens no file.
    ///
    /// Methods that the catalogue does not have are accepted. The functions of [`catalog`](crate::catalog) make this check;
    /// [`Client::submit`](crate::Client::submit) does not, so that new features of the service can be used at once.
    pub fn check(&self) -> Result<()> {
        let rejected = |name: &str, violation: Violation| {
            Error::invalid(format!("{name}: {}: {}", violation.at, violation.what))
        };
        let found = find(super::json(), self.endpoint(), self.method(), self.params())
            .map_err(|violation| rejected(self.method(), violation))?;
        let Some(operation) = found else {
            return Ok(());
        };
        let name = unquoted(value(operation, "name").unwrap_or_default());
        check_params(operation, self.params()).map_err(|violation| rejected(name, violation))?;
        check_documents(operation, self.params(), self.inputs())
            .map_err(|what| Error::invalid(format!("{name}: {what}")))
    }

    /// The name of the result in the catalogue: `file`, `files`, or what an extraction is made for.
    pub(crate) fn known_result(&self) -> Option<&'static str> {
        let found = find(super::json(), self.endpoint(), self.method(), self.params());
        value(found.ok()??, "result").map(unquoted)
    }
}

/// The operation of a submission, if the catalogue has its method. Operations that share a method differ in the target format.
fn find<'c>(
    catalog: &'c str,
    endpoint: Endpoint,
    method: &str,
    params: &str,
) -> std::result::Result<Option<&'c str>, Violation> {
    let is = |operation: &str, key: &str, wanted: &str| {
        value(operation, key).is_some_and(|raw| unquoted(raw) == wanted)
    };
    let mut known = items(catalog);
    known.retain(|operation| is(operation, "endpoint", endpoint.as_str()) && is(operation, "method", method));
    if known.len() < 2 {
        return Ok(known.first().copied());
    }
    let to = value(params, "to");
    let format = to.and_then(json::string).unwrap_or_default();
    let (mut rules, mut formats) = (Vec::new(), Vec::new());
    for operation in known {
        let params = items(value(operation, "params").unwrap_or_default());
        let allowed = params.first().and_then(|first| value(first, "enum"));
        for known in items(allowed.unwrap_or_default()) {
            let known = unquoted(known);
            if known == format {
                return Ok(Some(operation));
            }
            formats.push(known);
        }
        rules.extend_from_slice(&params);
    }
    check_names(&rules, "", params)?;
    let what = if to.is_some() {
        "it must be"
    } else {
        "it is required:"
    };
    Err(Violation {
        at: "to".to_owned(),
        what: format!("{what} one of {}", formats.join(", ")),
    })
}

fn check_params(operation: &str, params: &str) -> std::result::Result<(), Violation> {
    let undocumented = value(operation, "undocumented").unwrap_or_default();
    check_all(
        value(operation, "params").unwrap_or_default(),
        undocumented,
        params,
    )?;
    let alternatives: Vec<_> = items(value(operation, "requireOneOf").unwrap_or_default())
        .into_iter()
        .map(unquoted)
        .collect();
    if alternatives.is_empty() || alternatives.iter().any(|name| value(params, name).is_some()) {
        return Ok(());
    }
    Err(Violation {
        at: alternatives.join(", "),
        what: "one of them is required".to_owned(),
    })
}

/// Checks number and types of the documents, which are in the order of the slots.
fn check_documents(operation: &str, params: &str, inputs: &[Input<'_>]) -> std::result::Result<(), String> {
    let slots = items(value(operation, "documents").unwrap_or_default());
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
        let count = inputs.len();
        return Err(format!("it takes {number} {documents}, and there are {count}"));
    }
    let mut rest = inputs.iter().enumerate();
    for slot in slots {
        let most = count(value(slot, "maxItems")).unwrap_or(usize::MAX);
        let accepted = items(value(slot, "accept").unwrap_or_default());
        let mut filled = false;
        for (index, input) in rest.by_ref().take(most) {
            filled = true;
            let Some(kind) = input.known_type() else { continue };
            if !accepted
                .iter()
                .any(|extension| is_type_of(kind, unquoted(extension)))
            {
                let accepted: Vec<_> = accepted.into_iter().map(unquoted).collect();
                return Err(format!(
                    "document {} is {kind}, and it takes {}",
                    index + 1,
                    accepted.join(", ")
                ));
            }
        }
        if let Some(param) = value(slot, "insteadOf").map(unquoted).filter(|_| !filled)
            && value(params, param).is_none()
        {
            return Err(format!("it takes {param}, or a data file as the last document"));
        }
    }
    Ok(())
}
