//! Builds a submission from the command line.

use std::path::Path;

use nitro_jobs::{Endpoint, Input, Submission, catalog};
use serde_json::{Map, Value};

use crate::arguments::{Arguments, Document};
use crate::failure::Failure;
use crate::input::{Limits, STDIN};

/// The catalogue's entries.
pub fn operations() -> Vec<Value> {
    serde_json::from_str(catalog::json()).unwrap_or_default()
}

/// The entry of this name.
pub fn operation(name: &str) -> Option<Value> {
    operations().into_iter().find(|entry| entry["name"] == name)
}

/// The submission that the command line describes.
pub fn submission(arguments: &Arguments, limits: &Limits) -> Result<Submission<'static>, Failure> {
    let name = &arguments.operands[0];
    let entry = operation(name);
    let (endpoint, method) = match &entry {
        Some(entry) => (entry["endpoint"].as_str(), entry["method"].as_str()),
        None => name
            .split_once('/')
            .map_or((None, None), |(endpoint, method)| (Some(endpoint), Some(method))),
    };
    let endpoint = endpoint.and_then(Endpoint::from_name);
    let (Some(endpoint), Some(method)) = (endpoint, method.filter(|method| !method.is_empty())) else {
        return Err(Failure::usage(format!(
            "there is no operation {name:?}: see \"nitro-jobs catalog\", or write ENDPOINT/METHOD, where ENDPOINT is \
             conversions, extractions, transformations or generations"
        )));
    };
    let mut submission = Submission::new(endpoint, method)
        .params_json(params(arguments, entry.as_ref(), limits)?)?
        .via_presigned_upload(arguments.presigned);
    if let Some(delivery) = &arguments.delivery {
        submission = submission.delivery_json(delivery)?;
    }
    for document in &arguments.documents {
        submission = submission.file(match document {
            // The library derives its type from its first bytes.
            Document::File(path) if path == Path::new(STDIN) => Input::bytes("stdin", limits.stdin()?),
            Document::File(path) => Input::path(path),
            Document::Url(kind, url) => Input::url(url, kind),
        });
    }
    if !arguments.unchecked {
        submission.check()?;
    }
    if let Some(entry) = &entry {
        check_target(arguments, entry)?;
    }
    Ok(submission)
}

/// The parameters as JSON text. A parameter with a single possible value is added.
fn params(arguments: &Arguments, entry: Option<&Value>, limits: &Limits) -> Result<String, Failure> {
    if let Some(text) = &arguments.params {
        return match text.strip_prefix('@') {
            Some(path) => limits.text(Path::new(path)),
            None => Ok(text.clone()),
        };
    }
    let known = entry.and_then(|entry| entry["params"].as_array());
    let known = known.map_or(&[][..], Vec::as_slice);
    let mut params = Map::new();
    for param in known {
        let only = param["enum"].as_array().filter(|values| values.len() == 1);
        if let (Some(only), Some(name)) = (only, param["name"].as_str()) {
            params.insert(name.to_owned(), only[0].clone());
        }
    }
    for (name, text) in &arguments.param {
        let is_string = known
            .iter()
            .any(|param| param["name"] == name.as_str() && param["type"] == "string");
        let value = match serde_json::from_str(text) {
            Ok(value) if !is_string => value,
            _ => Value::String(text.clone()),
        };
        params.insert(name.clone(), value);
    }
    Ok(Value::Object(params).to_string())
}

/// Rejects --output and --dir for a result without files, before there is a job.
fn check_target(arguments: &Arguments, entry: &Value) -> Result<(), Failure> {
    let saves = arguments.output.is_some() || arguments.dir.is_some();
    let result = entry["result"].as_str().unwrap_or_default();
    if saves && !matches!(result, "file" | "files" | "formFields") {
        return Err(Failure::usage(format!(
            "{} returns no file: without --output and --dir the result is printed",
            arguments.operands[0]
        )));
    }
    Ok(())
}
