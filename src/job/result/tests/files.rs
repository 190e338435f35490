use super::*;

#[test]
fn file_fields_are_parsed() {
    let result = result(data!("result-file"));
    let [file] = result.files() else { panic!() };
    assert!(
        file.url()
            .unwrap()
            .starts_with("https://files.example.com/out/report%201.pdf?")
    );
    assert_eq!(file.content_type(), Some("application/pdf"));
    assert_eq!(
        (file.size_bytes(), file.raw_size_bytes()),
        (Some(123_456), Some(123_456.0))
    );
    assert_eq!((file.page_count(), file.raw_page_count()), (Some(12), Some(12.0)));
    assert_eq!(file.name_hint(), Some("report 1.pdf"));
    assert_eq!(format!("{{\"file\":{}}}", file.json()), result.result_json());
}

#[test]
fn every_file_field_may_be_missing() {
    let list = result(data!("result-files"));
    assert_eq!(list.files().len(), 3);
    let delivered = &list.files()[2];
    assert_eq!(
        (delivered.url(), delivered.content_type()),
        (None, Some("application/pdf"))
    );
    assert_eq!(
        (
            delivered.size_bytes(),
            delivered.page_count(),
            delivered.name_hint()
        ),
        (None, None, None)
    );
    for odd in [
        "{}",
        "5",
        "\"x\"",
        "[]",
        r#"{"URL":7,"contentType":[],"metadata":"x"}"#,
        r#"{"URL":""}"#,
    ] {
        let result = result(&format!(r#"{{"result":{{"file":{odd}}}}}"#));
        let [file] = result.files() else { panic!("{odd}") };
        assert_eq!(
            (file.url(), file.content_type(), file.raw_size_bytes()),
            (None, None, None)
        );
        assert_eq!(file.json(), odd);
    }
    for none in [
        r#"{"file":null}"#,
        r#"{"files":null}"#,
        r#"{"files":[]}"#,
        r#"{"files":7}"#,
    ] {
        let result = result(&format!(r#"{{"result":{none}}}"#));
        assert!(
            matches!(result.kind(), ResultKind::File | ResultKind::Files),
            "{none}"
        );
        assert!(result.files().is_empty(), "{none}");
    }
}

#[test]
fn any_number_is_accepted_for_sizes_and_pages() {
    let cases = [
        ("0", Some(0), Some(0.0)),
        ("10.0", Some(10), Some(10.0)),
        ("1e3", Some(1000), Some(1000.0)),
        ("10.5", None, Some(10.5)),
        ("-1", None, Some(-1.0)),
        ("18446744073709551615", Some(u64::MAX), Some(u64::MAX as f64)),
        ("1e300", None, Some(1e300)),
        ("1e999", None, None),
        ("\"10\"", None, None),
        ("null", None, None),
        ("true", None, None),
    ];
    for (raw, whole, number) in cases {
        let json =
            format!(r#"{{"result":{{"file":{{"metadata":{{"fileSizeBytes":{raw},"pageCount":{raw}}}}}}}}}"#);
        let result = result(&json);
        let file = &result.files()[0];
        assert_eq!(
            (file.size_bytes(), file.raw_size_bytes()),
            (whole, number),
            "{raw}"
        );
        assert_eq!(
            (file.page_count(), file.raw_page_count()),
            (whole, number),
            "{raw}"
        );
    }
}

#[test]
fn the_name_of_a_file_is_a_hint() {
    let hint = |file: Value| {
        let result = result(&json!({"result": {"file": file}}).to_string());
        result.files()[0].name_hint().map(str::to_owned)
    };
    assert_eq!(
        hint(json!({"name": "a.pdf", "URL": "https://h/b.pdf"})).as_deref(),
        Some("a.pdf")
    );
    assert_eq!(
        hint(json!({"url": "https://h/x/b.pdf?a=/c.pdf#/d"})).as_deref(),
        Some("b.pdf")
    );
    assert_eq!(
        hint(json!({"URL": "https://h/%2e%2e%2fetc"})).as_deref(),
        Some("../etc")
    );
    for none in ["https://h", "https://h/", "h/b.pdf", "https://h?/b.pdf"] {
        assert_eq!(hint(json!({"URL": none})), None, "{none}");
    }
}
