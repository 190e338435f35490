//! Parameters compared with the service's own description of them: `schemas/operations.json`.

use serde_json::{Map, Value, json};
use std::sync::OnceLock;

fn schemas() -> &'static Value {
    static SCHEMAS: OnceLock<Value> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let text = include_str!("../schemas/operations.json");
        serde_json::from_str::<Value>(text).expect("the schemas are JSON")["params"].take()
    })
}

/// The description's name for the parameters of a method.
fn name_of(method: &str, params: &Map<String, Value>) -> &'static str {
    match method {
        "convert" => match params.get("to").and_then(Value::as_str) {
            Some("pdfa") => "ConversionPDFAParams",
            Some("docx" | "xlsx" | "pptx") => "ConversionMSOfficeParams",
            Some("png" | "jpeg") => "ConversionImageParams",
            _ => "ConversionParams",
        },
        "extract-text" => "ExtractTextParams",
        "extract-pii-bounding-boxes" => "PIIBboxExtractionParams",
        // The older form has `texts` in place of `queries`.
        "extract-text-bounding-boxes" if !params.contains_key("texts") => "TextboxExtractionParams",
        "extract-fillable-form-data" => "ExtractFillableFormDataParams",
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

/// The parameters with the names of the description: the service's newest client sends `pageIndex` for `page_index`.
fn described(method: &str, params: &Map<String, Value>) -> Value {
    let mut params = params.clone();
    if method == "rotate" {
        let rotations = params.get_mut("rotations").and_then(Value::as_array_mut);
        for rotation in rotations.into_iter().flatten().filter_map(Value::as_object_mut) {
            if let Some(page) = rotation.remove("pageIndex") {
                rotation.entry("page_index").or_insert(page);
            }
        }
    }
    params.into()
}

/// The first error in the parameters, as an entry of `errors`.
pub(crate) fn wrong(method: &str, params: &Map<String, Value>) -> Option<Value> {
    let value = described(method, params);
    let mismatch =
        mismatch(&schemas()[name_of(method, params)], &value, "").or_else(|| text_rules(method, params));
    mismatch.map(|(field, error)| json!({"field": field, "error": error, "input": params}))
}

/// The rules that the description has only as text.
fn text_rules(method: &str, params: &Map<String, Value>) -> Option<(String, String)> {
    let given = |field: &str| params.get(field).is_some_and(|value| !value.is_null());
    let error = |field: &str, error: &str| Some((field.to_owned(), error.to_owned()));
    if method == "convert" && !given("to") {
        return error("to", "Field required");
    }
    if method == "protect" {
        let passwords = ["ownerPassword", "userPassword"];
        if !passwords.iter().any(|field| given(field)) {
            return error("userPassword", "Either ownerPassword or userPassword is required");
        }
        let long = |field: &&&str| params[**field].as_str().is_some_and(|p| p.chars().count() > 40);
        if let Some(field) = passwords.iter().filter(|field| given(field)).find(long) {
            return error(field, "String should have at most 40 characters");
        }
    }
    let lists: &[&str] = match method {
        "split" | "delete-pages" => &["pageIndices"],
        "rotate" => &["rotations"],
        "redact" => &["redactions"],
        "create-fillable-forms" => &["formFields"],
        "extract-text-bounding-boxes" => &["queries"],
        _ => &[],
    };
    let empty = |field: &&&str| {
        params
            .get(**field)
            .is_some_and(|list| list.as_array().is_some_and(Vec::is_empty))
    };
    let field = lists.iter().find(empty)?;
    error(field, "Input should be a non-empty list")
}

/// The path and the kind of the first mismatch with the schema. Only the keywords that the description uses are supported.
fn mismatch(schema: &Value, value: &Value, at: &str) -> Option<(String, String)> {
    let error = |error: String| Some((at.to_owned(), error));
    let fits = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    if !fits {
        return error(format!(
            "Input should be a valid {}",
            schema["type"].as_str().unwrap_or_default()
        ));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        let allowed: Vec<_> = allowed.iter().map(Value::to_string).collect();
        return error(format!("Input should be one of {}", allowed.join(", ")));
    }
    if let Some(number) = value.as_f64() {
        let beyond = schema["minimum"].as_f64().is_some_and(|least| number < least)
            || schema["maximum"].as_f64().is_some_and(|most| number > most);
        if beyond {
            return error("Input is out of range".to_owned());
        }
    }
    if let Some(items) = value.as_array() {
        let count = items.len() as u64;
        let beyond = schema["minItems"].as_u64().is_some_and(|least| count < least)
            || schema["maxItems"].as_u64().is_some_and(|most| count > most);
        if beyond {
            return error("List has a wrong number of items".to_owned());
        }
        let mut items = items.iter().enumerate();
        return items.find_map(|(index, item)| mismatch(&schema["items"], item, &format!("{at}[{index}]")));
    }
    let below = |name: &str| match at {
        "" => name.to_owned(),
        at => format!("{at}.{name}"),
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if value.get(name).is_none() {
            return Some((below(name), "Field required".to_owned()));
        }
    }
    let properties = schema["properties"].as_object()?;
    properties.iter().find_map(|(name, schema)| {
        // What is not required may be null.
        let value = value.get(name).filter(|value| !value.is_null())?;
        mismatch(schema, value, &below(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_checked_against_the_description() {
        let wrong = |method: &str, params: Value| {
            let wrong = wrong(method, params.as_object().expect("an object"));
            wrong.map(|wrong| wrong["field"].as_str().unwrap_or_default().to_owned())
        };
        for (method, params, field) in [
            ("convert", json!({}), "to"),
            ("convert", json!({"to": "epub"}), "to"),
            ("convert", json!({"to": "pdfa"}), "conformance"),
            ("ocr", json!({"language": "klingon"}), "language"),
            ("ocr", json!({"pageIndices": [0, "1"]}), "pageIndices[1]"),
            ("split", json!({"pageIndices": []}), "pageIndices"),
            ("split", json!({"pageIndices": [[0.5]]}), "pageIndices[0][0]"),
            (
                "rotate",
                json!({"rotations": [{"page_index": 0, "amount": 45}]}),
                "rotations[0].amount",
            ),
            (
                "redact",
                json!({"redactions": [{"pageIndex": 0}]}),
                "redactions[0].boundingBox",
            ),
            ("watermark", json!({"boundingBox": [1, 2, 3]}), "boundingBox"),
            (
                "watermark",
                json!({"boundingBox": [1, 2, 3, 4], "opacity": 2}),
                "opacity",
            ),
            ("protect", json!({}), "userPassword"),
            (
                "protect",
                json!({"ownerPassword": "x".repeat(41)}),
                "ownerPassword",
            ),
        ] {
            assert_eq!(
                wrong(method, params.clone()).as_deref(),
                Some(field),
                "{method} {params}"
            );
        }
        for (method, params) in [
            ("convert", json!({"to": "pdf"})),
            (
                "rotate",
                json!({"rotations": [{"pageIndex": 0, "amount": 90}, {"page_index": 1, "amount": 90}]}),
            ),
            ("ocr", json!({"pageIndices": null, "later": 1})),
            ("extract-text-bounding-boxes", json!({"texts": ["a"]})),
            ("fill-forms", json!({"fields": [{"field": "a", "value": null}]})),
            ("flatten", json!({"anything": []})),
        ] {
            assert_eq!(wrong(method, params.clone()), None, "{method} {params}");
        }
        let rotations = json!({"rotations": [{"pageIndex": "0", "amount": 90}]});
        assert_eq!(
            wrong("rotate", rotations).as_deref(),
            Some("rotations[0].page_index")
        );
        let level = json!({"profile": "small"});
        let error = super::wrong("optimize", level.as_object().expect("an object")).expect("an error");
        assert_eq!(
            error["error"],
            "Input should be one of \"web\", \"print\", \"archive\", \"minimal-file-size\", \"mixed-raster-content\""
        );
    }
}
