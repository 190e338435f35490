//! Every example of the service's documentation, read by the client as it is documented.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{Canned, DIALECTS, client, emulator, job, json_response, plain_client, with_watchdog};
use nitro_emulator::{ErrorBody, Outcome, Scenario, Shape};
use nitro_jobs::{Call, Cell, ErrorKind, JobResult, JobState, ResultKind, TextBox};
use serde_json::{Value, json};

const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

/// The kinds of personal data that the documentation lists.
const PII_TYPES: &str = "ADDRESS AGE AWS_ACCESS_KEY AWS_SECRET_KEY CREDIT_DEBIT_CVV CREDIT_DEBIT_EXPIRY \
    CREDIT_DEBIT_NUMBER DATE_TIME DRIVER_ID EMAIL INTERNATIONAL_BANK_ACCOUNT_NUMBER IP_ADDRESS LICENSE_PLATE \
    MAC_ADDRESS NAME PASSWORD PHONE PIN SWIFT_CODE URL USERNAME VEHICLE_IDENTIFICATION_NUMBER CA_HEALTH_NUMBER \
    CA_SOCIAL_INSURANCE_NUMBER IN_AADHAAR IN_NREGA IN_PERMANENT_ACCOUNT_NUMBER IN_VOTER_NUMBER \
    UK_NATIONAL_HEALTH_SERVICE_NUMBER UK_NATIONAL_INSURANCE_NUMBER UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER \
    BANK_ACCOUNT_NUMBER BANK_ROUTING PASSPORT_NUMBER US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER SSN";

/// The result of a job that completes with this, through a wait and through a request.
fn result(value: Value) -> JobResult {
    let emulator = emulator();
    let client = client(&emulator);
    for dialect in DIALECTS {
        let scenario = Scenario::instant().shape(Shape::Custom(value.clone()));
        let job = job(&emulator, &client, scenario.dialect(dialect));
        let status = job.wait(|_| true, &Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Completed);
    }
    let job = job(
        &emulator,
        &client,
        Scenario::instant().shape(Shape::Custom(value.clone())),
    );
    let status = job.status(&Call::new()).unwrap();
    let result = job.result(&Call::new()).unwrap();
    assert_eq!(status.result_json(), Some(result.result_json()));
    let kept: Value = serde_json::from_str(result.result_json()).unwrap();
    assert_eq!(kept, value, "nothing is lost");
    result
}

#[test]
fn the_documented_running_status_is_parsed() {
    with_watchdog(|| {
        let example = "{\n  \"jobID\": \"01234567-89ab-cdef-0123-456789abcdef\",\n  \"status\": \"running\",\n  \"progress\": 0\n}";
        let server = Canned::json(example);
        let status = server.job_of(ID).status(&Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Running);
        assert_eq!(status.job_id(), Some(ID));
        assert_eq!(status.progress(), Some(0.0));
        assert_eq!(status.json(), example);
        let head = server.heads()[0].to_lowercase();
        let requested = format!("get /jobs/{ID}/status http/1.1\r\n");
        assert!(head.starts_with(&requested), "{head}");
        assert!(
            head.contains("\r\nauthorization: bearer canned-token-91c7\r\n"),
            "{head}"
        );
    });
}

#[test]
fn the_documented_failed_job_is_parsed() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for kind in ["BrokenDownloadURL", "ConversionFailed", "PDFIsPasswordProtected"] {
            let scenario = Scenario::instant().failed(kind, "PDF is password protected");
            let job = job(&emulator, &client, scenario);
            let reported = job.status(&Call::new()).unwrap().error().unwrap();
            let error = job.result(&Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::JobFailed);
            assert_eq!(error.problem(), Some(&reported));
            assert_eq!(reported.kind.as_deref(), Some(kind));
            assert_eq!(reported.title.as_deref(), Some("PDF is password protected"));
        }
    });
}

#[test]
fn the_documented_canceled_job_is_parsed() {
    with_watchdog(|| {
        let document = json!({"jobID": ID, "status": "canceled"}).to_string();
        let job = Canned::json(&document).job_of(ID);
        assert_eq!(job.status(&Call::new()).unwrap().state(), &JobState::Canceled);
        assert_eq!(
            job.result(&Call::new()).unwrap_err().kind(),
            ErrorKind::JobCanceled
        );
        let emulator = emulator();
        let canceled = Scenario::instant().outcome(Outcome::Canceled);
        let job = common::job(&emulator, &client(&emulator), canceled);
        assert_eq!(
            job.result(&Call::new()).unwrap_err().kind(),
            ErrorKind::JobCanceled
        );
    });
}

#[test]
fn the_documented_file_is_parsed() {
    with_watchdog(|| {
        let result = result(json!({"file": {
            "URL": "https://files.example/report.json?X-Amz-Signature=1",
            "contentType": "application/json",
            "metadata": {"fileSizeBytes": 1024, "pageCount": null},
        }}));
        assert_eq!(result.kind(), ResultKind::File);
        let file = &result.files()[0];
        assert_eq!(file.content_type(), Some("application/json"));
        assert_eq!((file.size_bytes(), file.page_count()), (Some(1024), None));
        assert_eq!(file.name_hint(), Some("report.json"));
    });
}

#[test]
fn the_documented_files_and_delivered_files_are_parsed() {
    with_watchdog(|| {
        let result = result(json!({"files": [
            {"URL": null, "contentType": "application/pdf", "metadata": {"fileSizeBytes": 10.5, "pageCount": 2}},
            {},
        ]}));
        assert_eq!(result.kind(), ResultKind::Files);
        let files = result.files();
        assert_eq!((files[0].url(), files[1].url()), (None, None));
        assert_eq!(
            (files[0].size_bytes(), files[0].raw_size_bytes()),
            (None, Some(10.5))
        );
        assert_eq!(files[0].page_count(), Some(2));
    });
}

#[test]
fn the_documented_text_is_parsed() {
    with_watchdog(|| {
        let result = result(json!("All of the document's \"text\"\n\u{1f600}"));
        assert_eq!(result.kind(), ResultKind::Text);
        assert_eq!(
            result.text().unwrap(),
            "All of the document's \"text\"\n\u{1f600}"
        );
    });
}

#[test]
fn the_documented_tables_are_parsed() {
    with_watchdog(|| {
        let tables = result(json!({"tables": [{
            "ID": "table-1",
            "pageIndices": [0, 1],
            "tableData": {
                "title": "",
                "cells": [["Name", "Amount"], ["Total", 12.5]],
                "footers": ["note"],
                "confidences": [[0.9, 0.8], [1, 0]],
                "averageConfidence": 0.9,
                "headerCells": [[1, 1], [1, 2]],
                "summaryCells": [[2, 1]],
            },
        }]}))
        .tables()
        .unwrap();
        let data = &tables[0].data;
        assert_eq!(data.cells[0][1], Cell::Text("Amount".to_owned()));
        assert_eq!(data.cells[1][1].to_string(), "12.5");
        assert_eq!(data.header_cells, [[1, 1], [1, 2]]);
        assert_eq!(data.confidences[1], [1.0, 0.0]);
    });
}

#[test]
fn the_documented_text_boxes_are_parsed() {
    with_watchdog(|| {
        let boxes = result(json!({"textBoxes": [{
            "ID": "box-1", "text": "Hello", "textPiece": null, "pageIndex": 0, "boundingBox": [200, 100, 100, 20],
        }]}))
        .text_boxes()
        .unwrap();
        let [TextBox::Single(one)] = &boxes[..] else {
            panic!("{boxes:?}");
        };
        assert_eq!((one.id.as_str(), one.text.as_str()), ("box-1", "Hello"));
        assert_eq!(one.bounding_box, Some([200.0, 100.0, 100.0, 20.0]));
        assert_eq!((one.text_piece.as_deref(), one.page_index), (None, Some(0)));
    });
}

#[test]
fn the_documented_kinds_of_personal_data_are_parsed() {
    with_watchdog(|| {
        let kinds: Vec<&str> = PII_TYPES.split_whitespace().chain(["NEXT_YEARS_KIND"]).collect();
        let boxes: Vec<Value> = kinds
            .iter()
            .map(|kind| {
                json!({
                    "ID": "ccc05519-e71c-4226-bbff-72df3fb2d442",
                    "text": "10 Wall Street, NY 03183",
                    "textPiece": "10 Wall Street",
                    "pageIndex": 0,
                    "boundingBox": [200, 100, 100, 20],
                    "PIIType": kind,
                    "confidence": 0.94,
                })
            })
            .collect();
        let found = result(json!({"PIIBoxes": boxes})).pii_boxes().unwrap();
        assert_eq!(found.len(), 37);
        for (found, kind) in found.iter().zip(kinds) {
            assert_eq!(found.pii_type.as_str(), kind);
            assert_eq!(found.id, "ccc05519-e71c-4226-bbff-72df3fb2d442");
            assert_eq!(found.text, "10 Wall Street, NY 03183");
            assert_eq!(found.confidence, Some(0.94));
        }
    });
}

#[test]
fn the_documented_properties_are_parsed() {
    with_watchdog(|| {
        let properties = result(json!({
            "title": "T", "author": "A", "subject": "S", "keywords": "K", "creator": "C", "producer": "P",
            "creationDate": "D:20240101000000Z", "modDate": "D:20240102000000Z", "trapped": "Unknown",
        }))
        .properties()
        .unwrap();
        assert_eq!(properties.creation_date.as_deref(), Some("D:20240101000000Z"));
        assert_eq!(properties.mod_date.as_deref(), Some("D:20240102000000Z"));
        assert_eq!(properties.producer.as_deref(), Some("P"));
    });
}

#[test]
fn the_documented_form_fields_are_parsed() {
    with_watchdog(|| {
        let form = result(json!({
            "fields": [{"name": "Total", "value": "12.50", "confidence": 97.65}],
            "averageConfidence": 96.5,
        }));
        assert_eq!(form.average_confidence().unwrap(), Some(96.5));
        let fields = form.form_fields().unwrap();
        assert_eq!(
            (fields[0].name.as_str(), fields[0].value.as_str()),
            ("Total", "12.50")
        );
        assert_eq!(fields[0].confidence, Some(97.65));
    });
}

#[test]
fn every_documented_error_response_is_parsed() {
    with_watchdog(|| {
        for (status, kind, slug, title, detail) in [
            (
                400,
                ErrorKind::BadRequest,
                "bad-request",
                "Bad Request",
                "Request validation failed",
            ),
            (
                401,
                ErrorKind::Unauthorized,
                "unauthorized",
                "Unauthorized",
                "Missing or invalid Authorization header",
            ),
            (
                404,
                ErrorKind::NotFound,
                "not-found",
                "Not Found",
                "Resource not found",
            ),
            (
                413,
                ErrorKind::ContentTooLarge,
                "content-too-large",
                "Content too large",
                "Uploaded document exceeds the file size limit",
            ),
            (
                422,
                ErrorKind::Unprocessable,
                "unprocessable-entity",
                "Unprocessable Entity",
                "The request was well-formed but could not be processed",
            ),
            (
                500,
                ErrorKind::Service,
                "internal-server-error",
                "Internal Server Error",
                "An unexpected error occurred",
            ),
        ] {
            let address = format!("https://developers.gonitro.com/docs/build-nitro/errors#{status}-{slug}");
            let body = json!({
                "type": address, "title": title, "status": status, "detail": detail,
                "instance": "/platform/transformations",
            })
            .to_string();
            let emulator = emulator();
            let response = ErrorBody {
                body: body.clone(),
                content_type: "application/problem+json".to_owned(),
            };
            let scenario = Scenario::instant()
                .status_codes(vec![status])
                .problem(Some(response));
            let job = job(&emulator, &plain_client(&emulator), scenario);
            let error = job.status(&Call::new()).unwrap_err();
            assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
            let problem = error.problem().unwrap();
            assert_eq!(problem.kind, Some(address));
            assert_eq!(problem.identifier(), Some(format!("{status}-{slug}").as_str()));
            assert_eq!(
                (problem.title.as_deref(), problem.detail.as_deref()),
                (Some(title), Some(detail))
            );
            assert_eq!(problem.status, Some(i64::from(status)));
            assert_eq!(problem.instance.as_deref(), Some("/platform/transformations"));
            assert_eq!(problem.body, body);
            assert!(error.message().contains(&format!("{title}: {detail}")), "{error}");
        }
    });
}

#[test]
fn the_documented_result_of_a_running_job_is_an_error() {
    with_watchdog(|| {
        let server = Canned::start(|_, head| {
            if head.contains("/status") {
                json_response(
                    "200 OK",
                    &json!({"jobID": ID, "status": "running", "progress": 0}).to_string(),
                )
            } else {
                json_response(
                    "404 Not Found",
                    r#"{"title":"Not Found","status":404,"detail":"Resource not found"}"#,
                )
            }
        });
        let error = server.job_of(ID).result(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotReady);
        assert_eq!(server.heads().len(), 2);
    });
}
