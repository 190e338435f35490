//! The catalogue against the service's own description: `tests/emulator/schemas/operations.json` has its lists of tools and
//! the schemas of its parameters, without their texts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{items, operations, word};

fn facts() -> Value {
    serde_json::from_str(include_str!("../../emulator/schemas/operations.json")).unwrap()
}

/// The schema of an operation's parameters, where the description has one.
fn schema(operation: &str) -> &'static str {
    match operation {
        "to-pdf" => "ConversionParams",
        "to-pdfa" => "ConversionPDFAParams",
        "to-office" => "ConversionMSOfficeParams",
        "to-image" => "ConversionImageParams",
        "extract-text" => "ExtractTextParams",
        "extract-pii-bounding-boxes" => "PIIBboxExtractionParams",
        "extract-text-bounding-boxes" => "TextboxExtractionParams",
        "extract-fillable-form-data" => "ExtractFillableFormDataParams",
        "compress" => "PDFCompressParams",
        "optimize" => "PDFOptimizeParams",
        "ocr" => "PDFOCRParams",
        "split" => "SplitParams",
        "rotate" => "Rotation",
        "delete-pages" => "DeletePagesParams",
        "protect" => "PDFPasswordProtectionParams",
        "unprotect" => "UnprotectParams",
        "redact" => "RedactParams",
        "set-properties" => "SetPropertiesParams",
        "watermark" => "WatermarkParams",
        "fill-forms" => "FormFillParams",
        "create-fillable-forms" => "CreateFillableFormsParams",
        _ => "",
    }
}

#[test]
fn every_documented_tool_is_listed_and_no_other() {
    let mut ours = BTreeMap::<_, BTreeSet<_>>::new();
    let all = operations();
    for operation in &all {
        for tool in items(&operation["tools"]) {
            let tools = ours.entry(word(operation, "endpoint").to_owned()).or_default();
            assert!(tools.insert(tool.as_str().unwrap()), "{tool} is there twice");
        }
    }
    let facts = facts();
    let theirs: BTreeMap<_, BTreeSet<_>> = facts["tools"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(endpoint, tools)| {
            (
                endpoint.clone(),
                items(tools).iter().map(|t| t.as_str().unwrap()).collect(),
            )
        })
        .collect();
    assert_eq!(ours, theirs);
    let names: BTreeSet<_> = all.iter().map(|operation| word(operation, "name")).collect();
    assert_eq!(names.len(), all.len());
}

#[test]
fn parameters_agree_with_the_service_description() {
    let facts = facts();
    let mut compared = BTreeSet::new();
    for operation in operations() {
        let name = word(&operation, "name");
        let schema = schema(name);
        if schema.is_empty() {
            assert!(
                items(&operation["params"]).is_empty(),
                "{name} has parameters that are not described"
            );
            continue;
        }
        object(
            name,
            items(&operation["params"]),
            &facts["params"][schema],
            &["to"],
        );
        compared.insert(schema);
    }
    let known = facts["params"].as_object().unwrap().keys();
    assert_eq!(
        compared,
        known.map(String::as_str).collect(),
        "a schema is unused"
    );
}

/// A list of parameters against the schema of the object that holds them. `more` may be required here alone.
fn object(place: &str, params: &[Value], schema: &Value, more: &[&str]) {
    let theirs = schema["properties"].as_object().unwrap();
    let ours: BTreeSet<_> = params.iter().map(|param| word(param, "name")).collect();
    assert_eq!(ours, theirs.keys().map(String::as_str).collect(), "{place}");
    for param in params {
        let name = word(param, "name");
        let place = format!("{place}.{name}");
        assert!(word(param, "description").ends_with('.'), "{place}");
        let required = items(&schema["required"]).contains(&param["name"]);
        let ours = param["required"].as_bool().unwrap();
        assert!(
            ours == required || (ours && more.contains(&name)),
            "{place}: required"
        );
        value(&place, param, &theirs[name]);
    }
}

/// One value's rules. Where the description is silent the catalogue may be stricter: no empty lists, no negative pages.
fn value(place: &str, ours: &Value, theirs: &Value) {
    let kind = if theirs["oneOf"].is_array() {
        "any"
    } else {
        theirs["type"].as_str().unwrap()
    };
    assert_eq!(word(ours, "type"), kind, "{place}");
    for key in ["enum", "maximum"] {
        assert_eq!(ours.get(key), theirs.get(key), "{place}: {key}");
    }
    // A parameter that must be sent has no default.
    let default = theirs
        .get("default")
        .filter(|default| !default.is_null() && ours["required"] != true);
    assert_eq!(
        ours.get("default").map(Value::to_string),
        default.map(Value::to_string),
        "{place}: default"
    );
    let page = place.to_lowercase().contains("page") && kind == "integer";
    for (key, of_our_own) in [
        ("minimum", if page { Some(0) } else { None }),
        ("minItems", Some(1)),
        ("maxItems", None),
    ] {
        let (ours, theirs) = (ours.get(key), theirs.get(key));
        let stricter = ours.is_some() && theirs.is_none() && ours.and_then(Value::as_i64) == of_our_own;
        assert!(ours == theirs || stricter, "{place}: {key}");
    }
    match kind {
        "array" => value(&format!("{place}[]"), &ours["items"], &theirs["items"]),
        "object" => object(place, items(&ours["properties"]), theirs, &[]),
        _ => {}
    }
}
