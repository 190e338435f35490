//! Result bodies in every shape. Where the documentation has an example, it is used.

use crate::scenario::{JobIdKey, Scenario, Shape, SynchronousBody};
use serde_json::{Map, Value, json};

/// A document about a job with its id, its status and these fields.
pub(crate) fn document(scenario: &Scenario, id: &str, status: &str, fields: Value) -> Value {
    let mut document = Map::new();
    add_job_id(scenario, id, &mut document);
    if !scenario.omit_status {
        document.insert("status".into(), status.into());
    }
    if let Value::Object(fields) = fields {
        document.extend(fields);
    }
    add_extras(scenario, &mut document);
    document.into()
}

/// The job's id, under the name and with the value that the scenario sets.
pub(crate) fn add_job_id(scenario: &Scenario, id: &str, object: &mut Map<String, Value>) {
    let id = scenario.other_job_id.as_deref().unwrap_or(id);
    match scenario.job_id_key {
        JobIdKey::JobID => drop(object.insert("jobID".into(), id.into())),
        JobIdKey::JobId => drop(object.insert("jobId".into(), id.into())),
        JobIdKey::Absent => {}
    }
}

/// Undocumented fields, of every JSON type.
pub(crate) fn add_extras(scenario: &Scenario, object: &mut Map<String, Value>) {
    if scenario.extra_fields {
        object.insert("createdAt".into(), "2026-07-01T12:00:00Z".into());
        object.insert(
            "xQueue".into(),
            json!({"position": 0, "lanes": [1, 2.5, null, true], "name": "größe"}),
        );
    }
}

/// Whether the shape is one or more files, which can also be fetched as bytes.
pub(crate) fn is_file(shape: &Shape) -> bool {
    matches!(shape, Shape::File | Shape::Files { .. } | Shape::Auto)
}

/// The fields of a completed job's document besides id and status.
pub(crate) fn completed(shape: &Shape, files: &[Value]) -> Value {
    match shape {
        Shape::FillableUnwrapped => data(shape, files),
        _ => json!({"result": data(shape, files)}),
    }
}

/// The body of a synchronous response.
pub(crate) fn synchronous(body: SynchronousBody, shape: &Shape, files: &[Value]) -> Value {
    match shape {
        Shape::Auto | Shape::File | Shape::Files { .. } | Shape::Delivered
            if body == SynchronousBody::Bare =>
        {
            data(shape, files)
        }
        Shape::Fillable | Shape::FillableUnwrapped => data(shape, files),
        _ => json!({"result": data(shape, files)}),
    }
}

fn data(shape: &Shape, files: &[Value]) -> Value {
    match shape {
        Shape::Auto | Shape::File | Shape::Delivered => json!({"file": files.first()}),
        Shape::Files { .. } => json!({"files": files}),
        Shape::Text => json!("Invoice 2026-0117\nWidgets  12  144.00\nGrüße aus Köln\n"),
        Shape::Tables => json!({"tables": [table()]}),
        Shape::TextBoxes => json!({"textBoxes": [
            {"ID": "b1", "text": "Scope of Services", "textPiece": null, "pageIndex": 0,
             "boundingBox": [200, 100, 100, 20]},
            {"ID": "b2", "text": "John Doe", "textPiece": "John", "pageIndex": 1,
             "boundingBox": [61.2, 130.5, 240.0, 18.0]},
        ]}),
        Shape::TextBoxesQueries => json!({"textBoxes": [
            {"query": {"text": "Scope (of) Services", "isRegex": true, "regexFlags": ["ignore-case"]},
             "matches": [{
                "matchedText": "Scope of Services",
                "boxes": [query_box("Scope of Services")],
                "groups": [{"index": 1, "text": "of", "boxes": [query_box("of")]}],
             }]},
            {"query": {"text": "John Doe"}, "matches": []},
        ]}),
        Shape::PiiBoxes => json!({"PIIBoxes": [{
            "ID": "ccc05519-e71c-4226-bbff-72df3fb2d442",
            "text": "10 Wall Street, NY 03183",
            "textPiece": "10 Wall Street",
            "pageIndex": 0,
            "boundingBox": [200, 100, 100, 20],
            "PIIType": "ADDRESS",
            "confidence": 0.94,
        }]}),
        Shape::Properties => json!({
            "title": "Invoice 2026-0117", "author": "Acme Ltd", "subject": "", "keywords": "invoice, widgets",
            "creator": "Writer", "producer": "nitro-emulator", "creationDate": "D:20260117093000Z",
            "modDate": "D:20260117093000Z", "trapped": "False",
        }),
        Shape::FormFields => json!({
            "fields": [
                {"name": "Invoice number", "value": "2026-0117", "confidence": 97.65},
                {"name": "Total", "value": "144.00", "confidence": 95.35},
            ],
            "averageConfidence": 96.5,
        }),
        Shape::Fillable | Shape::FillableUnwrapped => json!({"formFields": [
            {"pageIndex": 0, "fieldType": "TextBox", "name": "text_name", "value": "John",
             "boundingBox": [61.2, 130.5, 240, 18], "choices": null},
            {"pageIndex": 0, "fieldType": "RadioButton", "name": "radio_group_app", "value": "App1",
             "boundingBox": [61.2, 220.7, 12, 12], "choices": ["App1", "App2", "App3"]},
        ]}),
        Shape::Unknown => json!({"hologram": {"layers": 7, "parts": [{"depth": 0.5}]}}),
        Shape::Custom(value) => value.clone(),
    }
}

fn query_box(piece: &str) -> Value {
    json!({"pageIndex": 0, "boundingBox": [200, 100, 100, 20], "textPiece": piece})
}

fn table() -> Value {
    json!({
        "ID": "t1",
        "pageIndices": [0, 1],
        "tableData": {
            "title": "Positions",
            "cells": [["Article", "Pieces", "Price"], ["Widget", 12, 144.0], ["Größe \"L\"", 1, "n/a"]],
            "footers": ["All prices in EUR"],
            "confidences": [[0.99, 0.98, 0.97], [0.96, 0.95, 0.94], [0.93, 0.92, 0.91]],
            "averageConfidence": 0.95,
            "headerCells": [[1, 1], [1, 2], [1, 3]],
            "summaryCells": [[3, 3]],
        },
    })
}
