//! What is rejected before a request is sent, and what is not.

use nitro_jobs::catalog::*;
use nitro_jobs::{Endpoint, ErrorKind, Input, Result, Submission};

use super::{items, operations};

const PDF: &[u8] = b"%PDF-1.7 a document";

fn pdf<'a>() -> Input<'a> {
    Input::bytes("a.pdf", PDF)
}

#[track_caller]
fn assert_rejected(made: Result<Submission<'_>>, expected: &str) {
    let error = made.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.message().contains(expected), "no {expected:?} in {error}");
    assert!(!error.message().contains("SECRET"), "{error}");
}

fn raw(endpoint: &str, method: &str, params: &str, documents: usize) -> Result<Submission<'static>> {
    let mut submission =
        Submission::new(Endpoint::from_name(endpoint).unwrap(), method).params_json(params)?;
    for _ in 0..documents {
        submission = submission.file(pdf());
    }
    submission.check()?;
    Ok(submission)
}

#[test]
fn helpers_reject_what_the_service_rejects() {
    let png = || Input::bytes("a.png", &b"\x89PNG"[..]);
    let archive = |quality: f64| {
        to_pdfa(
            pdf(),
            Conformance::Pdf1b,
            &PdfAOptions::new().image_quality(quality),
        )
    };
    assert_rejected(archive(0.0), "to-pdfa: imageQuality: it must be at least 0.01");
    assert_rejected(archive(1.01), "it must be at most 1");
    assert_rejected(
        merge([pdf()]),
        "merge: it takes at least 2 documents, and there are 1",
    );
    assert_rejected(merge([pdf(), png()]), "document 2 is image/png, and it takes pdf");
    assert_rejected(compress(Input::path("no/such/letter.docx")), "and it takes pdf");
    assert_rejected(to_pdf(pdf()), "to-pdf: document 1 is application/pdf");
    assert_rejected(
        split(pdf(), Vec::<Vec<u32>>::new()),
        "split: pageIndices: it must not be empty",
    );
    assert_rejected(
        split(pdf(), [vec![0], vec![]]),
        "pageIndices[1]: it must not be empty",
    );
    assert_rejected(
        delete_pages(pdf(), []),
        "delete-pages: pageIndices: it must not be empty",
    );
    assert_rejected(redact(pdf(), []), "redact: redactions: it must not be empty");
    let nowhere = Redaction::new(0, [0.0, f64::NAN, 1.0, 1.0]);
    assert_rejected(
        redact(pdf(), [nowhere]),
        "redactions[0].boundingBox[1]: it must be a number",
    );
    assert_rejected(
        rotate(pdf(), [Rotation::new(0, 90), Rotation::new(1, 45)]),
        "rotations[1].amount: it must be one of -270, -180",
    );
    assert_rejected(
        protect(pdf(), &Protection::new()),
        "protect: ownerPassword, userPassword: one of them is required",
    );
    let long = Protection::new().user_password("SECRET".repeat(7));
    assert_rejected(
        protect(pdf(), &long),
        "userPassword: it must have at most 40 characters",
    );
    assert_rejected(
        extract_text_bounding_boxes(pdf(), []),
        "queries: it must not be empty",
    );
    let none = WatermarkOptions::new();
    assert_rejected(
        watermark(png(), pdf(), [0.0; 4], &none),
        "document 1 is image/png",
    );
    assert_rejected(
        watermark(pdf(), pdf(), [0.0; 4], &none),
        "document 2 is application/pdf, and it takes png",
    );
    assert_rejected(
        watermark(pdf(), png(), [0.0; 4], &none.opacity(2.0)),
        "opacity: it must be at most 1",
    );
    assert_rejected(
        fill_forms_from(pdf(), pdf(), false),
        "document 2 is application/pdf, and it takes csv",
    );
    assert_rejected(
        create_fillable_forms(pdf(), []),
        "formFields: it must not be empty",
    );
}

#[test]
fn handwritten_parameters_are_checked_against_the_catalogue() {
    for (endpoint, method, params, documents, expected) in [
        (
            "conversions",
            "convert",
            r#"{"to":"pdfa"}"#,
            1,
            "to-pdfa: conformance: it is required",
        ),
        (
            "conversions",
            "convert",
            r#"{"to":"pdfa","conformance":null}"#,
            1,
            "it is required",
        ),
        (
            "conversions",
            "convert",
            r#"{"to":"pdfa","conformance":"9z"}"#,
            1,
            "it must be one of 1b, 1a",
        ),
        (
            "transformations",
            "optimize",
            "{}",
            1,
            "optimize: profile: it is required",
        ),
        (
            "transformations",
            "optimize",
            r#"{"profile":7}"#,
            1,
            "it must be a string",
        ),
        (
            "transformations",
            "delete-pages",
            r#"{"pageIndices":[0,-1]}"#,
            1,
            "pageIndices[1]: it must be at least 0",
        ),
        (
            "transformations",
            "delete-pages",
            r#"{"pageIndices":[0.5]}"#,
            1,
            "pageIndices[0]: it must be an integer",
        ),
        (
            "transformations",
            "delete-pages",
            r#"{"pageIndices":"0"}"#,
            1,
            "it must be a list",
        ),
        (
            "transformations",
            "rotate",
            r#"{"rotations":[{"amount":90}]}"#,
            1,
            "rotations[0].page_index: it is required",
        ),
        (
            "transformations",
            "rotate",
            r#"{"rotations":[7]}"#,
            1,
            "rotations[0]: it must be an object",
        ),
        (
            "transformations",
            "protect",
            r#"{"userPassword":["SECRET"]}"#,
            1,
            "it must be a string",
        ),
        (
            "transformations",
            "flatten",
            "{}",
            0,
            "it takes 1 document, and there are 0",
        ),
        (
            "transformations",
            "flatten",
            "{}",
            2,
            "it takes 1 document, and there are 2",
        ),
        (
            "generations",
            "fill-forms",
            "{}",
            1,
            "it takes fields, or a data file",
        ),
        (
            "generations",
            "fill-forms",
            r#"{"fields":[{"field":"a"}]}"#,
            1,
            "fields[0].value: it is required",
        ),
        (
            "extractions",
            "extract-text",
            r#"{"readingOrder":"yes"}"#,
            1,
            "it must be true or false",
        ),
        (
            "extractions",
            "extract-text-bounding-boxes",
            r#"{"queries":[{"text":"a","regexFlags":["dot-all"]}]}"#,
            1,
            "queries[0].regexFlags: it is only allowed if isRegex is true",
        ),
    ] {
        assert_rejected(raw(endpoint, method, params, documents), expected);
    }
}

#[test]
fn the_target_format_of_a_conversion_is_checked() {
    let formats = "one of pdf, pdfa, docx, xlsx, pptx, png, jpeg";
    for (params, expected) in [
        ("{}", format!("convert: to: it is required: {formats}")),
        (
            r#"{"to":null}"#,
            format!("convert: to: it is required: {formats}"),
        ),
        (
            r#"{"too":"pdf"}"#,
            "convert: too: there is no such parameter; did you mean to?".to_owned(),
        ),
        (r#"{"to":"wurst"}"#, format!("convert: to: it must be {formats}")),
        (r#"{"to":"PDF"}"#, format!("convert: to: it must be {formats}")),
        (r#"{"to":7}"#, format!("convert: to: it must be {formats}")),
        (
            r#"{"to":"pdf","conformance":"1b"}"#,
            "to-pdf: conformance: there is no such parameter; known are to".to_owned(),
        ),
    ] {
        assert_rejected(raw("conversions", "convert", params, 1), &expected);
    }
    raw("conversions", "convert", r#"{"to":"docx"}"#, 1).unwrap();
    for operation in operations() {
        for param in items(&operation["params"]) {
            assert!(
                param["required"] != true || param.get("default").is_none(),
                "{param} must be sent, so that its default is never applied"
            );
        }
    }
}

#[test]
fn unknown_parameters_are_reported_with_the_known_one() {
    for (endpoint, method, params, expected) in [
        (
            "transformations",
            "ocr",
            r#"{"langauge":"german"}"#,
            "ocr: langauge: there is no such parameter; did you mean language?",
        ),
        (
            "extractions",
            "extract-text",
            r#"{"page_indices":[0]}"#,
            "page_indices: there is no such parameter; did you mean pageIndices?",
        ),
        (
            "transformations",
            "rotate",
            r#"{"rotations":[{"page_index":0,"amount":90},{"page":0,"amount":90}]}"#,
            "rotations[1].page: there is no such parameter; known are page_index, pageIndex, amount",
        ),
        (
            "extractions",
            "extract-text-bounding-boxes",
            r#"{"queries":[{"text":"SECRET","isRegexp":true}]}"#,
            "queries[0].isRegexp: there is no such parameter; did you mean isRegex?",
        ),
        (
            "transformations",
            "ocr",
            r#"{"wurst":"SECRET"}"#,
            "ocr: wurst: there is no such parameter; known are language, quality",
        ),
        (
            "transformations",
            "flatten",
            r#"{"language":null}"#,
            "flatten: language: there is no such parameter; this operation has none",
        ),
    ] {
        assert_rejected(raw(endpoint, method, params, 1), expected);
    }
    // Only the check rejects them: what the service added later is sent.
    let emulator = crate::common::emulator();
    let submission = Submission::new(Endpoint::Transformations, "ocr")
        .params_json(r#"{"addedLater":1}"#)
        .unwrap()
        .file(pdf());
    assert_rejected(submission.check().map(|()| submission), "addedLater");
    let submission = Submission::new(Endpoint::Transformations, "ocr")
        .params_json(r#"{"addedLater":1}"#)
        .unwrap()
        .file(pdf());
    crate::common::client(&emulator)
        .submit(&submission, |_, _| true, &nitro_jobs::Call::new())
        .unwrap();
}

#[test]
fn unknown_operations_are_sent_unchecked() {
    for (endpoint, method, params, documents) in [
        ("transformations", "fold", "{}", 0),
        ("extractions", "extract-accessibility-data", r#"{"x":1}"#, 3),
        (
            "transformations",
            "merge",
            r#"{"tableOfContents":{"enabled":true}}"#,
            2,
        ),
        (
            "transformations",
            "rotate",
            r#"{"rotations":[{"pageIndex":0,"amount":90},{"page_index":1,"amount":90}]}"#,
            1,
        ),
        (
            "transformations",
            "redact",
            r#"{"redactions":[{"pageIndex":0,"boundingBox":[0,0,1,1],"label":"x"}]}"#,
            1,
        ),
        ("transformations", "compress", r#"{"level":2}"#, 1),
        (
            "transformations",
            "set-properties",
            r#"{"title":"x","mod_date":"2026"}"#,
            1,
        ),
        (
            "transformations",
            "optimize",
            " {\"profile\" : \"\\u0077eb\"}\n",
            1,
        ),
        ("transformations", "ocr", r#"{"pageIndices":null}"#, 1),
        ("transformations", "delete-pages", r#"{"pageIndices":[1.0]}"#, 1),
        (
            "generations",
            "fill-forms",
            r#"{"fields":[{"field":"a","value":null}]}"#,
            1,
        ),
    ] {
        raw(endpoint, method, params, documents).unwrap();
    }
    // A type that is not known before the document is opened.
    compress(Input::path("no/such/file")).unwrap();
    compress(Input::url("https://a.example/x", "application/pdf; version=1.7")).unwrap();
}

#[test]
fn every_extension_of_the_catalogue_has_a_media_type() {
    let mut extensions = 0;
    for operation in operations() {
        for slot in items(&operation["documents"]) {
            for extension in items(&slot["accept"]) {
                let name = format!("a.{}", extension.as_str().unwrap());
                let documents = [Input::path(&name), Input::bytes("a.gif", PDF)];
                let error = merge(documents).unwrap_err();
                let which = if name == "a.pdf" {
                    "document 2 is"
                } else {
                    "document 1 is"
                };
                assert!(error.message().contains(which), "{name}: {error}");
                extensions += 1;
            }
        }
    }
    assert!(extensions > 50);
}
