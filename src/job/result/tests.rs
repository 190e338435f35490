use super::*;
use serde_json::{Value, json};

fn result(json: &str) -> JobResult {
    JobResult::parse(json.to_owned()).unwrap_or_else(|e| panic!("{json}: {e}"))
}

fn error_of(json: &str) -> Error {
    JobResult::parse(json.to_owned()).expect_err(json)
}

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/data/",
            $name,
            ".json"
        ))
    };
}

mod files;
mod typed;

#[test]
fn documented_shapes_are_distinguished_and_kept() {
    let cases = [
        (data!("result-file"), ResultKind::File),
        (data!("result-files"), ResultKind::Files),
        (data!("result-text"), ResultKind::Text),
        (data!("result-tables"), ResultKind::Tables),
        (data!("result-textboxes-seed"), ResultKind::TextBoxes),
        (data!("result-textboxes-query"), ResultKind::TextBoxes),
        (data!("result-pii"), ResultKind::PiiBoxes),
        (data!("result-properties"), ResultKind::Properties),
        (data!("result-form"), ResultKind::Form),
        (data!("sync-detected-fields"), ResultKind::FormFields),
        (data!("sync-fillable-fields"), ResultKind::FormFields),
    ];
    for (json, kind) in cases {
        let wrapped = result(json);
        assert_eq!(wrapped.kind(), kind, "{json}");
        assert_eq!(wrapped.json(), json);
        // The same without the wrapper, as synchronous responses have it, and wrapped once more without a status.
        let inner = wrapped.result_json().to_owned();
        assert_eq!(&json[wrapped.result_range()], inner);
        let bare = result(&inner);
        assert_eq!((bare.kind(), bare.result_json()), (kind, inner.as_str()));
        let again = format!("{{\"result\":{inner}}}");
        let again = result(&again);
        assert_eq!((again.kind(), again.result_json()), (kind, inner.as_str()));
        assert_eq!(again.files(), wrapped.files());
        assert_eq!(again.into_json(), format!("{{\"result\":{inner}}}"));
    }
}

#[test]
fn text_is_decoded() {
    assert_eq!(
        result(data!("result-text")).text().unwrap(),
        "First line\nSecond line: \"é\" €"
    );
    let plain = result(r#"{"result":"plain é"}"#);
    assert!(matches!(plain.text(), Some(Cow::Borrowed("plain é"))));
    assert_eq!(result("\"bare\"").text().unwrap(), "bare");
    assert_eq!(result(r#"{"result":""}"#).text().unwrap(), "");
    let cases = [
        (r"a\u0000b", "a\0b"),
        (r"\ud83d\ude00", "\u{1f600}"),
        (r"\ud83d", "\u{fffd}"),
        (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
        (r"\ud83d\\ude00", "\u{fffd}\\ude00"),
        (r"\\ud83d", "\\ud83d"),
        (r"\uD83Dx\n", "\u{fffd}x\n"),
    ];
    for (raw, text) in cases {
        let json = format!(r#"{{"status":"completed","result":"{raw}"}}"#);
        let result = result(&json);
        assert_eq!(result.text().unwrap(), text, "{raw}");
        assert_eq!(result.json(), json);
    }
    assert_eq!(result(data!("result-file")).text(), None);
}

#[test]
fn an_unknown_shape_is_kept() {
    let cases = [
        "{}",
        "[]",
        "17",
        "true",
        "null",
        "{\"new\":[1]}",
        "{\"title\":\"t\"}",
        "[{\"file\":{}}]",
        "{ \"a\" : 1 }",
    ];
    for inner in cases {
        let json = format!(r#" {{"status":"completed","result": {inner} }} "#);
        let result = result(&json);
        assert_eq!(
            (result.kind(), result.result_json()),
            (ResultKind::Unknown, inner),
            "{inner}"
        );
        assert_eq!(result.json(), json);
        assert!(result.files().is_empty());
    }
    for whole in [
        r#"{"status":"completed"}"#,
        r#"{"jobID":"1"}"#,
        "{}",
        "[1]",
        "7",
        r#"{"type":5}"#,
    ] {
        assert_eq!(
            (result(whole).kind(), result(whole).result_json()),
            (ResultKind::Unknown, whole)
        );
    }
    let result = result("\u{feff}\n[1] ");
    assert_eq!((result.json(), result.result_json()), ("\u{feff}\n[1] ", "[1]"));
}

#[test]
fn http_200_is_not_success_of_the_job() {
    let failed = error_of(data!("job-failed"));
    assert_eq!(failed.kind(), ErrorKind::JobFailed);
    assert_eq!(
        failed.problem().unwrap().identifier(),
        Some("PDFIsPasswordProtected")
    );
    assert!(failed.message().contains("PDF is password protected"), "{failed}");
    assert_eq!(error_of(data!("job-canceled")).kind(), ErrorKind::JobCanceled);
    assert_eq!(error_of(data!("status-running")).kind(), ErrorKind::NotReady);
    let cases = [
        (r#"{"status":"failed"}"#, ErrorKind::JobFailed),
        (
            r#"{"status":"failed","result":{"file":{}}}"#,
            ErrorKind::JobFailed,
        ),
        (r#"{"status":"cancelled"}"#, ErrorKind::JobCanceled),
        (r#"{"status":"running","result":"x"}"#, ErrorKind::NotReady),
        (r#"{"progress":0.5}"#, ErrorKind::NotReady),
        (r#"{"status":"queued"}"#, ErrorKind::NotReady),
        (r#"{"status":"odd","error":{"title":"t"}}"#, ErrorKind::JobFailed),
        (r#"{"error":"text","message":"text"}"#, ErrorKind::JobFailed),
        (r#"{"error":{"message":"m"}}"#, ErrorKind::JobFailed),
        (
            r#"{"type":"OCRFailed","title":"OCR failed"}"#,
            ErrorKind::JobFailed,
        ),
        (
            r#"{"type":"x","title":"OCR failed","status":400}"#,
            ErrorKind::JobFailed,
        ),
    ];
    for (json, kind) in cases {
        let error = error_of(json);
        assert_eq!(error.kind(), kind, "{json}");
        assert!(
            kind != ErrorKind::JobFailed || error.problem().is_some(),
            "{json}"
        );
    }
    // A result is a result, whatever else stands there.
    for json in [
        r#"{"status":"archived","result":"x"}"#,
        r#"{"result":"x","error":null}"#,
        r#"{"result":"x","progress":1}"#,
        r#"{"file":{},"error":{"title":"t"}}"#,
        r#"{"status":"completed","error":{"title":"t"}}"#,
        r#"{"type":"x","tables":[]}"#,
        r#"{"status":5,"result":"x"}"#,
    ] {
        result(json);
    }
}

#[test]
fn text_that_is_not_json_is_a_protocol_error() {
    for text in [
        "",
        " \n",
        "%PDF-1.7",
        "<html>",
        "{\"result\":",
        "{\"result\":1}}",
        "tru",
        "\"open",
        "[1,]",
        "\u{feff}",
    ] {
        let error = error_of(text);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{text}");
        assert!(error.message().contains("the job's result"), "{error}");
    }
    for whole in [data!("result-tables"), data!("result-text"), data!("job-failed")] {
        let whole = whole.trim_end();
        for cut in (0..whole.len()).filter(|at| whole.is_char_boundary(*at)) {
            assert_eq!(error_of(&whole[..cut]).kind(), ErrorKind::Protocol, "{cut}");
        }
    }
}

#[test]
fn changed_bytes_never_panic() {
    let mut random = fastrand::Rng::with_seed(11);
    for whole in [
        data!("result-textboxes-query"),
        data!("result-tables"),
        data!("result-files"),
        data!("result-form"),
    ] {
        for _ in 0..5_000 {
            let mut bytes = whole.as_bytes().to_vec();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(0..bytes.len());
                bytes[at] = *random.choice(b"\"{}[]\\:,0-.eu ").unwrap();
            }
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            let valid = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
            match JobResult::parse(text) {
                Ok(result) => {
                    assert!(valid, "{}", result.json());
                    let _ = (
                        result.text(),
                        result.tables(),
                        result.text_boxes(),
                        result.form_fields(),
                    );
                }
                Err(error) => assert_eq!(error.kind() != ErrorKind::Protocol, valid, "{error}"),
            }
        }
    }
}

#[test]
fn deep_large_and_duplicate_keys_are_parsed() {
    // An item may be as deep as serde_json reads; the item itself is one level.
    let deep = format!("{}{}", "[".repeat(126), "]".repeat(126));
    let json = format!(r#"{{"status":"completed","result":{{"PIIBoxes":[{{"x":{deep}}}]}}}}"#);
    assert_eq!(result(&json).pii_boxes().unwrap().len(), 1);
    let deeper = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let json = format!(r#"{{"result":{{"PIIBoxes":[{{"x":{deeper}}}]}}}}"#);
    let result = result(&json);
    assert_eq!(result.kind(), ResultKind::PiiBoxes);
    assert_eq!(result.pii_boxes().unwrap_err().kind(), ErrorKind::Protocol);

    let long = "x\\n".repeat(1 << 19);
    let text = JobResult::parse(format!(r#"{{"result":"{long}"}}"#)).unwrap();
    assert_eq!(text.text().unwrap().len(), 1 << 20);

    let twice = JobResult::parse(r#"{"result":"first","result":"last"}"#.to_owned()).unwrap();
    assert_eq!(twice.text().unwrap(), "last");
    let twice = JobResult::parse(r#"{"tables":[5],"tables":[{"ID":"a"}]}"#.to_owned()).unwrap();
    assert_eq!(twice.tables().unwrap()[0].id, "a");
}
