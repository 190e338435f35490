use super::*;

fn problem(body: impl AsRef<[u8]>) -> ProblemDetails {
    ProblemDetails::from_body(body.as_ref().to_vec())
}

#[test]
fn every_documented_example_is_parsed() {
    let mut summaries = Vec::new();
    json::visit_items(include_str!("../../tests/data/problems.json"), |text| {
        let problem = problem(text);
        assert_eq!(problem.body, text);
        assert!(problem.kind.is_some() && problem.title.is_some() && problem.status.is_some());
        assert!(problem.identifier().is_some());
        summaries.push(problem.summary());
    })
    .unwrap();
    assert_eq!(
        summaries,
        [
            "Bad Request: Request validation failed",
            "Unauthorized: Missing or invalid Authorization header",
            "Not Found: Resource not found",
            "Conflict: Resource conflict",
            "Content too large: Uploaded document exceeds the file size limit",
            "Unsupported Media Type: The provided media type is not supported",
            "The requested file is no longer available (FileNoLongerAvailable)",
            "Unprocessable Entity: The request was well-formed but could not be processed",
            "Internal Server Error: An unexpected error occurred",
        ]
    );
}

#[test]
fn every_field_is_kept() {
    let body = r#" {"type":"FileTooLarge","title":"Content too large","status":413,"detail":"d","instance":"/i",
        "extensions":{"file_size_mb":120,"file_size_limit_mb":100},"more":[1]}"#;
    let problem = problem(body);
    assert_eq!(problem.body, body);
    assert_eq!(problem.kind.as_deref(), Some("FileTooLarge"));
    assert_eq!(problem.title.as_deref(), Some("Content too large"));
    assert_eq!(problem.status, Some(413));
    assert_eq!(problem.detail.as_deref(), Some("d"));
    assert_eq!(problem.instance.as_deref(), Some("/i"));
    assert_eq!(
        problem.extensions.as_deref(),
        Some(r#"{"file_size_mb":120,"file_size_limit_mb":100}"#)
    );
}

/// Body and its sentence.
const SENTENCES: &[(&str, &str)] = &[
    (
        r#"{"type":"PDFIsPasswordProtected","title":"PDF is password protected"}"#,
        "PDF is password protected (PDFIsPasswordProtected)",
    ),
    (
        r#"{"type":"https://h/errors#413-content-too-large","title":"Content too large","detail":"Uploaded document exceeds the file size limit","extensions":{"file_size_mb":120,"file_size_limit_mb":100}}"#,
        "Content too large: Uploaded document exceeds the file size limit (limit 100 MB, document 120 MB)",
    ),
    (
        r#"{"type":"PageLimitReached","title":"Too many pages","extensions":{"page_count":120.0,"page_limit":100}}"#,
        "Too many pages (PageLimitReached, limit 100 pages, document 120 pages)",
    ),
    (
        r#"{"title":"Invalid","extensions":{"errors":[{"field":"params.to","error":"unknown format","input":"hunter2"},{}]}}"#,
        "Invalid (params.to: unknown format and 1 more)",
    ),
    (
        r#"{"title":"Invalid","extensions":{"allowed_methods":["split","merge"]}}"#,
        "Invalid (allowed: split, merge)",
    ),
    (
        r#"{"title":"Invalid","extensions":{"errors":"no list","allowed_methods":[],"page_limit":"x","file_size_mb":null}}"#,
        "Invalid",
    ),
    // Older and other forms.
    (
        r#"{"error":"Unauthorized","message":"Token expired"}"#,
        "Token expired (Unauthorized)",
    ),
    (
        r#"{"error":"Something broke","message":"The disk is full"}"#,
        "Something broke: The disk is full",
    ),
    (r#"{"error":"text of it","message":"text of it"}"#, "text of it"),
    (
        r#"{"error":{"type":"OCRFailed","title":"OCR failed"}}"#,
        "OCR failed (OCRFailed)",
    ),
    (r#"{"error":{"message":"No such job"}}"#, "No such job"),
    (
        r#"{"error":{"code":"E17","message":"No such job"}}"#,
        "No such job (E17)",
    ),
    (r#"{"error":{"error":{"message":"too deep"}}}"#, ""),
    (r#"{"message":"Forbidden"}"#, "Forbidden"),
    (
        r#"{"error":"invalid_client","error_description":"Unknown client.","error_uri":"https://h/"}"#,
        "Unknown client (invalid_client)",
    ),
    (r#"{"error":"invalid_client"}"#, "invalid_client"),
    (r#""plain words""#, "plain words"),
    (r#"{"type":"about:blank","title":"Gone"}"#, "Gone"),
    (r#"{"type":"Gone","title":"Gone"}"#, "Gone"),
    (r#"{"title":"Same","detail":"Same."}"#, "Same"),
    (
        r#"{"title":"","detail":"  only   this\n one\u0007 "}"#,
        "only this one",
    ),
    (r#"{"title":"half \ud800 of a pair"}"#, "half \u{fffd} of a pair"),
    ("\u{feff}{\"title\":\"marked\"}", "marked"),
    // No JSON at all.
    (
        "<!DOCTYPE html><html><head><TITLE lang=en>\n 502 Bad&nbsp;Gateway &amp; more </TITLE></head><body>nginx",
        "502 Bad&nbsp;Gateway & more",
    ),
    ("<html><title>cut", "cut"),
    ("<html><body>nothing</body>", ""),
    ("<title", ""),
    ("upstream connect error\r\ndisconnect", "upstream connect error"),
    ("  \n ", ""),
    ("", ""),
    ("{\"title\":\"cut", ""),
    ("[1,2]", ""),
    ("{}", ""),
    ("null", ""),
];

#[test]
fn every_form_has_a_summary() {
    for (body, sentence) in SENTENCES {
        let problem = problem(body);
        assert_eq!(problem.summary(), *sentence, "{body}");
        assert_eq!(problem.body, *body);
        assert_eq!(ProblemDetails::from_json(body), problem);
    }
}

#[test]
fn a_summary_is_one_line_of_limited_length() {
    let long = format!(
        r#"{{"title":"{}","detail":"{}"}}"#,
        "t\\n".repeat(1 << 14),
        "é".repeat(1 << 14)
    );
    // A detail that is no sentence is left out.
    let endless = format!(r#"{{"title":"Title","detail":"{}"}}"#, "é".repeat(1 << 20));
    assert_eq!(problem(&endless).summary(), "Title");
    for body in [
        long,
        "x".repeat(1 << 20),
        format!("<title>{}", "y ".repeat(1 << 19)),
    ] {
        let sentence = problem(&body).summary();
        assert!(
            !sentence.is_empty() && sentence.chars().count() <= 610,
            "{}",
            sentence.len()
        );
        assert!(!sentence.contains(char::is_control));
    }
}

#[test]
fn the_identifier_is_bare_or_the_fragment() {
    let identifier = |kind: &str| {
        let problem = problem(format!(r#"{{"type":"{kind}"}}"#));
        problem.identifier().map(str::to_owned)
    };
    assert_eq!(identifier("OCRFailed").as_deref(), Some("OCRFailed"));
    assert_eq!(
        identifier("https://h/errors#410-gone").as_deref(),
        Some("410-gone")
    );
    assert_eq!(identifier("#gone").as_deref(), Some("gone"));
    for none in ["https://h/errors", "https://h/errors#", "about:blank", ""] {
        assert_eq!(identifier(none), None, "{none}");
    }
}

#[test]
fn retry_after_is_parsed_strictly() {
    let cases = [
        ("1", Some(1.0)),
        ("0", Some(0.0)),
        ("1.5", Some(1.5)),
        ("\"2.5\"", Some(2.5)),
        ("\" 7 \"", Some(7.0)),
        ("1e3", Some(1000.0)),
        ("86401", Some(86_400.0)),
        ("1e300", Some(86_400.0)),
        ("1e999", Some(86_400.0)),
        ("123456789012345678901234567890", Some(86_400.0)),
        ("-1", None),
        ("-0.5", None),
        ("\"-1\"", None),
        ("\"soon\"", None),
        ("\"inf\"", None),
        ("\"NaN\"", None),
        ("\"\"", None),
        ("null", None),
        ("true", None),
        ("[1]", None),
        ("{\"a\":1}", None),
    ];
    for (raw, seconds) in cases {
        let expected = seconds.map(Duration::from_secs_f64);
        let inside = problem(format!(r#"{{"extensions":{{"retry_after":{raw}}}}}"#));
        assert_eq!(inside.retry_after(), expected, "{raw}");
        // RFC 9457 has such members at the top.
        let outside = problem(format!(r#"{{"retry_after":{raw},"extensions":5}}"#));
        assert_eq!(outside.retry_after(), expected, "{raw}");
    }
    for body in ["", "<html>", "retry_after: 5", "[]", "{\"extensions\":{}}"] {
        assert_eq!(problem(body).retry_after(), None, "{body}");
    }
}

#[test]
fn wrong_types_are_ignored_and_kept() {
    for wrong in ["null", "true", "17", "-1.5", "[\"x\"]", "{\"x\":1}", "1e999"] {
        let body = format!(
            r#"{{"type":{wrong},"title":{wrong},"detail":{wrong},"instance":{wrong},"message":{wrong},"code":{wrong}}}"#
        );
        let read = problem(&body);
        let expected = ProblemDetails {
            body,
            ..ProblemDetails::default()
        };
        assert_eq!(read, expected, "{wrong}");
        assert_eq!(read.summary(), "");
    }
    for (raw, status) in [
        ("404", Some(404)),
        ("404.0", Some(404)),
        ("404.5", None),
        ("\"404\"", None),
        ("1e99", None),
        ("null", None),
    ] {
        assert_eq!(problem(format!(r#"{{"status":{raw}}}"#)).status, status, "{raw}");
    }
    for wrong in ["[1]", "\"x\"", "5", "null"] {
        assert_eq!(
            problem(format!(r#"{{"extensions":{wrong}}}"#)).extensions,
            None,
            "{wrong}"
        );
    }
}

#[test]
fn a_body_can_be_anything() {
    let broken = problem(b"caf\xe9 \xff");
    assert_eq!(broken.body, "caf\u{fffd} \u{fffd}");
    assert_eq!(
        problem(b"{\"title\":\"caf\xe9\"}").title.as_deref(),
        Some("caf\u{fffd}")
    );
    let whole = SENTENCES[1].0;
    for cut in 0..whole.len() {
        let cut = problem(&whole.as_bytes()[..cut]);
        assert_eq!((cut.title.as_deref(), cut.summary().as_str()), (None, ""));
    }
    let deep = format!(
        r#"{{"title":"x","extensions":{{"a":{}{}}}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(problem(&deep).title.as_deref(), Some("x"));
    problem(format!("{{\"error\":{}", "{\"error\":".repeat(100_000)));
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let mut body = whole.as_bytes().to_vec();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(0..body.len());
            body[at] = *random.choice(b"\"{}[]\\:,\x00\xff\xe2<0").unwrap();
        }
        let problem = problem(&body);
        let _ = (
            problem.summary(),
            problem.retry_after(),
            problem.identifier().is_some(),
        );
    }
}
