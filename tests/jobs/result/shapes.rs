//! The result as JSON: every shape typed, nothing lost, and a missing result distinguished from one.

use nitro_emulator::{JobIdKey, Outcome, Scenario, Shape};
use nitro_jobs::{Call, Cell, ErrorKind, ResultKind, TextBox};
use serde_json::{Value, json};

use super::{done, failing, shaped};
use crate::common::{Canned, client, emulator, job, manual, polls, with_watchdog};

#[test]
fn file_results_list_their_files() {
    with_watchdog(|| {
        let result = shaped(Shape::File);
        assert_eq!((result.kind(), result.files().len()), (ResultKind::File, 1));
        let file = &result.files()[0];
        assert!(file.url().unwrap().contains("X-Amz-Signature"));
        assert_eq!(file.content_type(), Some("application/pdf"));
        assert!(file.size_bytes().unwrap() > 100);
        assert_eq!(file.page_count(), Some(1));
        assert!(result.text().is_none());
        assert_eq!(failing(result.tables()), ErrorKind::UnexpectedResult);

        let result = shaped(Shape::Files { n: 3 });
        assert_eq!((result.kind(), result.files().len()), (ResultKind::Files, 3));

        let result = shaped(Shape::Delivered);
        assert_eq!(result.kind(), ResultKind::File);
        assert_eq!(result.files()[0].url(), None);
    });
}

#[test]
fn text_is_parsed() {
    with_watchdog(|| {
        let result = shaped(Shape::Text);
        assert_eq!(result.kind(), ResultKind::Text);
        let text = result.text().unwrap().into_owned();
        assert_eq!(text, "Invoice 2026-0117\nWidgets  12  144.00\nGrüße aus Köln\n");
        assert!(result.files().is_empty());
    });
}

#[test]
fn tables_are_parsed() {
    with_watchdog(|| {
        let tables = shaped(Shape::Tables).tables().unwrap();
        let data = &tables[0].data;
        assert_eq!(
            (tables[0].id.as_str(), tables[0].page_indices.as_slice()),
            ("t1", &[0, 1][..])
        );
        assert_eq!(data.title, "Positions");
        assert_eq!(data.cells.len(), 3);
        assert_eq!(data.cells[1][0], Cell::Text("Widget".to_owned()));
        assert_eq!(data.cells[1][1].to_string(), "12");
        assert_eq!(data.cells[1][2].to_string(), "144.0");
        assert_eq!(data.footers, ["All prices in EUR"]);
        assert_eq!(data.confidences[2][2], 0.91);
        assert_eq!(data.average_confidence, Some(0.95));
        assert_eq!(data.header_cells, [[1, 1], [1, 2], [1, 3]]);
        assert_eq!(data.summary_cells, [[3, 3]]);
    });
}

#[test]
fn text_boxes_are_parsed_in_both_forms() {
    with_watchdog(|| {
        let boxes = shaped(Shape::TextBoxes).text_boxes().unwrap();
        let [TextBox::Single(first), TextBox::Single(second)] = &boxes[..] else {
            panic!("{boxes:?}");
        };
        assert_eq!((first.id.as_str(), first.text_piece.as_deref()), ("b1", None));
        assert_eq!(second.text_piece.as_deref(), Some("John"));
        assert_eq!(second.page_index, Some(1));
        assert_eq!(second.bounding_box, Some([61.2, 130.5, 240.0, 18.0]));

        let boxes = shaped(Shape::TextBoxesQueries).text_boxes().unwrap();
        let [TextBox::Query(first), TextBox::Query(second)] = &boxes[..] else {
            panic!("{boxes:?}");
        };
        assert!(first.query.is_regex);
        assert_eq!(first.query.regex_flags, ["ignore-case"]);
        assert_eq!(first.matches[0].groups[0].text, "of");
        assert_eq!(
            first.matches[0].boxes[0].bounding_box,
            Some([200.0, 100.0, 100.0, 20.0])
        );
        assert!(second.matches.is_empty());
    });
}

#[test]
fn personal_data_boxes_are_parsed() {
    with_watchdog(|| {
        let boxes = shaped(Shape::PiiBoxes).pii_boxes().unwrap();
        assert_eq!(boxes[0].pii_type.as_str(), "ADDRESS");
        assert_eq!(boxes[0].confidence, Some(0.94));
        assert_eq!(boxes[0].text_piece.as_deref(), Some("10 Wall Street"));
    });
}

#[test]
fn properties_are_parsed() {
    with_watchdog(|| {
        let properties = shaped(Shape::Properties).properties().unwrap();
        assert_eq!(properties.title.as_deref(), Some("Invoice 2026-0117"));
        assert_eq!(properties.subject.as_deref(), Some(""));
        assert_eq!(properties.trapped.as_deref(), Some("False"));
        assert!(properties.extra.is_empty());
    });
}

#[test]
fn form_fields_are_parsed_with_and_without_wrapper() {
    with_watchdog(|| {
        let form = shaped(Shape::FormFields);
        assert_eq!(form.kind(), ResultKind::Form);
        assert_eq!(form.average_confidence().unwrap(), Some(96.5));
        assert_eq!(form.form_fields().unwrap()[0].confidence, Some(97.65));
        for shape in [Shape::Fillable, Shape::FillableUnwrapped] {
            let fillable = shaped(shape.clone());
            assert_eq!(fillable.kind(), ResultKind::FormFields, "{shape:?}");
            let fields = fillable.form_fields().unwrap();
            assert_eq!(fields[0].choices, None);
            assert_eq!(fields[1].choices.as_ref().unwrap().len(), 3);
            assert_eq!(fields[1].field_type.as_deref(), Some("RadioButton"));
        }
    });
}

#[test]
fn unknown_results_are_kept_as_json() {
    with_watchdog(|| {
        let result = shaped(Shape::Unknown);
        assert_eq!(result.kind(), ResultKind::Unknown);
        let kept: Value = serde_json::from_str(result.result_json()).unwrap();
        assert_eq!(
            kept,
            json!({"hologram": {"layers": 7, "parts": [{"depth": 0.5}]}})
        );

        let table = json!({"tables": [{"ID": "t", "pageIndices": [], "tableData": {}, "sheet": 4}]});
        let result = shaped(Shape::Custom(table));
        assert_eq!(result.tables().unwrap()[0].extra["sheet"], 4);
    });
}

#[test]
fn result_json_is_kept_exactly_as_received() {
    with_watchdog(|| {
        let odd = " {\n\t\"later\" : [1e400, 0.10, -0, \"\\u00e9\\/\"] ,\"jobID\":\"j\",\r\n \"status\":\"completed\", \
                   \"result\" : { \"file\":{\"URL\":null , \"metadata\":{\"fileSizeBytes\":1.0}} } }\n";
        let result = Canned::json(odd).job().result(&Call::new()).unwrap();
        assert_eq!(result.json(), odd);
        assert_eq!(result.kind(), ResultKind::File);
        let inner = "{ \"file\":{\"URL\":null , \"metadata\":{\"fileSizeBytes\":1.0}} }";
        assert_eq!(result.result_json(), inner);
        assert_eq!(result.files()[0].size_bytes(), Some(1));
    });
}

#[test]
fn id_spellings_extra_fields_and_a_missing_status_are_tolerated() {
    with_watchdog(|| {
        let emulator = emulator();
        for key in [JobIdKey::JobID, JobIdKey::JobId, JobIdKey::Absent] {
            let scenario = Scenario::new()
                .job_id_key(key)
                .extra_fields(true)
                .omit_status(true);
            let result = done(&emulator, scenario).result(&Call::new()).unwrap();
            assert_eq!(result.files().len(), 1);
            assert!(result.files()[0].json().contains("xQueue"), "kept");
        }
    });
}

#[test]
fn a_200_without_a_result_is_an_error() {
    with_watchdog(|| {
        let emulator = emulator();
        let failed = done(&emulator, Scenario::new().failed("OCRFailed", "OCR failed"));
        let error = failed.result(&Call::new()).unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::JobFailed, None));
        assert_eq!(error.problem().unwrap().identifier(), Some("OCRFailed"));
        assert_eq!(
            failing(failed.result_bytes(&mut Vec::new(), &Call::new())),
            ErrorKind::JobFailed
        );

        let canceled = done(&emulator, Scenario::new().outcome(Outcome::Canceled));
        assert_eq!(failing(canceled.result(&Call::new())), ErrorKind::JobCanceled);
        assert_eq!(
            failing(canceled.result_bytes(&mut Vec::new(), &Call::new())),
            ErrorKind::JobCanceled
        );
        let plain = json!({"jobID": "j", "status": "running", "progress": 0.5}).to_string();
        assert_eq!(
            failing(Canned::json(&plain).job().result(&Call::new())),
            ErrorKind::NotReady
        );
    });
}

#[test]
fn a_404_of_the_result_is_resolved_by_one_status_request() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let running = job(&emulator, &client, manual().poll_retry_after(Some(1.5)));
        let error = running.result(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotReady);
        assert_eq!(error.retry_after().unwrap().as_millis(), 1500);
        assert!(
            error.is_retryable() && error.to_string().contains("wait for it first"),
            "{error}"
        );
        assert_eq!((emulator.requests().len(), polls(&emulator).len()), (2, 1));

        emulator.forget_requests();
        let unknown = client.job("nobody").unwrap();
        assert_eq!(failing(unknown.result(&Call::new())), ErrorKind::NotFound);
        assert_eq!((emulator.requests().len(), polls(&emulator).len()), (2, 1));

        emulator.forget_requests();
        let late = done(&emulator, Scenario::new().not_found_after_completed(2u32));
        assert_eq!(late.result(&Call::new()).unwrap().files().len(), 1);
        assert_eq!((emulator.requests().len(), polls(&emulator).len()), (4, 1));

        emulator.forget_requests();
        let gone = job(&emulator, &client, Scenario::new().outcome(Outcome::Gone));
        let error = gone.result(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Gone);
        assert!(error.to_string().contains("15 minutes"), "{error}");
    });
}
