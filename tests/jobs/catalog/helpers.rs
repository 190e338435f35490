//! Every function of the catalogue submits a job; the emulator checks methods, parameters and documents as the service does.

use std::collections::BTreeSet;

use nitro_jobs::catalog::*;
use nitro_jobs::{Call, Input, Submission};
use serde_json::{Value, json};

use super::{items, operations, word};
use crate::common::{client, emulator, quick};

const PDF: &[u8] = b"%PDF-1.7 a document";

fn pdf<'a>() -> Input<'a> {
    Input::bytes("a.pdf", PDF)
}

fn png<'a>() -> Input<'a> {
    Input::bytes("a.png", &b"\x89PNG\r\n\x1a\n"[..])
}

type Case<'a> = (&'static str, nitro_jobs::Result<Submission<'a>>, Value);

/// Each operation through its helper with every setting, and the parameters that must be sent.
fn cases<'a>() -> Vec<Case<'a>> {
    let word = Input::bytes("a.docx", &b"PK"[..]);
    let csv = Input::bytes("a.csv", &b"name,value"[..]);
    let search = [
        TextSearch::text("plain"),
        TextSearch::regex("a.b", [RegexFlag::IgnoreCase, RegexFlag::DotAll]),
    ];
    let queries = json!([
        {"text": "plain", "isRegex": false},
        {"text": "a.b", "isRegex": true, "regexFlags": ["ignore-case", "dot-all"]},
    ]);
    let archive = PdfAOptions::new().image_quality(0.01).copy_metadata(false);
    let text = TextOptions::new().page_indices([0, 2]).reading_order(false);
    let recognise = OcrOptions::new()
        .language(OcrLanguage::Brazilian)
        .quality(OcrQuality::Low)
        .is_output_pdf_editable(true)
        .compression_level(Compression::Medium)
        .pdf_version(PdfVersion::Pdf14)
        .page_indices([1]);
    let recognised = json!({
        "language": "brazilian", "quality": "low", "isOutputPDFEditable": true, "compressionLevel": "medium",
        "PDFVersion": "pdf14", "pageIndices": [1],
    });
    let locks = Protection::new()
        .owner_password("o")
        .user_password("é".repeat(40))
        .permissions([Permission::Print, Permission::PrintHq]);
    let keys = Passwords::new().owner_password("o").user_password("u");
    let titles = NewProperties::new()
        .title("T")
        .author("A")
        .subject("S")
        .keywords("K")
        .creator("C")
        .producer("P");
    let mark = WatermarkOptions::new()
        .opacity(0.5)
        .rotation(-12.5)
        .page_indices([0])
        .flip(Flip::Both)
        .rotate_with_page(true)
        .center_on_page(true)
        .content_depth(ContentDepth::AboveExisting)
        .fit_to_page_width(true)
        .fit_to_page_height(true);
    let marked = json!({
        "boundingBox": [1.0, 2.0, 3.0, 4.5], "opacity": 0.5, "rotation": -12.5, "pageIndices": [0], "flip": "both",
        "rotateWithPage": true, "centerOnPage": true, "contentDepth": "above_existing", "fitToPageWidth": true,
        "fitToPageHeight": true,
    });
    let place = [1.0, 2.0, 3.0, 4.0];
    let field = NewField::new(FieldKind::CheckBox, "yes", 1, place).value("true");
    let filled = [
        FieldValue::new("name", "Jane"),
        FieldValue::new("age", 7),
        FieldValue::new("none", ()),
    ];
    vec![
        ("to-pdf", to_pdf(word), json!({"to": "pdf"})),
        (
            "to-pdfa",
            to_pdfa(pdf(), Conformance::Pdf2b, &archive),
            json!({"to": "pdfa", "conformance": "2b", "imageQuality": 0.01, "copyMetadata": false}),
        ),
        (
            "to-office",
            to_office(pdf(), OfficeFormat::Xlsx),
            json!({"to": "xlsx"}),
        ),
        (
            "to-image",
            to_image(pdf(), ImageFormat::Jpeg),
            json!({"to": "jpeg"}),
        ),
        (
            "extract-text",
            extract_text(pdf(), &text),
            json!({"pageIndices": [0, 2], "readingOrder": false}),
        ),
        ("extract-forms", extract_forms(pdf()), json!({})),
        ("extract-tables", extract_tables(pdf()), json!({})),
        (
            "extract-pii-bounding-boxes",
            extract_pii_bounding_boxes(pdf(), PiiLanguage::Spanish),
            json!({"language": "es"}),
        ),
        (
            "extract-text-bounding-boxes",
            extract_text_bounding_boxes(pdf(), search),
            json!({ "queries": queries }),
        ),
        ("get-properties", get_properties(pdf()), json!({})),
        ("extract-invoices", extract_invoices(pdf()), json!({})),
        (
            "extract-fillable-form-data",
            extract_fillable_form_data(pdf(), FormDataFormat::Xfdf),
            json!({"format": "xfdf"}),
        ),
        (
            "smart-detect-form-fields",
            smart_detect_form_fields(pdf()),
            json!({}),
        ),
        ("compress", compress(pdf()), json!({})),
        (
            "optimize",
            optimize(pdf(), Profile::MixedRasterContent),
            json!({"profile": "mixed-raster-content"}),
        ),
        ("ocr", ocr(pdf(), &recognise), recognised),
        ("merge", merge([pdf(), pdf(), pdf()]), json!({})),
        (
            "split",
            split(pdf(), [vec![0, 2], vec![1]]),
            json!({"pageIndices": [[0, 2], [1]]}),
        ),
        (
            "rotate",
            rotate(pdf(), [Rotation::new(0, 90), Rotation::new(1, -270)]),
            json!({"rotations": [{"page_index": 0, "amount": 90}, {"page_index": 1, "amount": -270}]}),
        ),
        (
            "delete-pages",
            delete_pages(pdf(), [0, 3]),
            json!({"pageIndices": [0, 3]}),
        ),
        ("flatten", flatten(pdf()), json!({})),
        (
            "protect",
            protect(pdf(), &locks),
            json!({"ownerPassword": "o", "userPassword": "é".repeat(40), "permissions": ["print", "print-hq"]}),
        ),
        (
            "unprotect",
            unprotect(pdf(), &keys),
            json!({"ownerPassword": "o", "userPassword": "u"}),
        ),
        (
            "redact",
            redact(pdf(), [Redaction::new(3, place)]),
            json!({"redactions": [{"pageIndex": 3, "boundingBox": place}]}),
        ),
        (
            "set-properties",
            set_properties(pdf(), &titles),
            json!({"title": "T", "author": "A", "subject": "S", "keywords": "K", "creator": "C", "producer": "P"}),
        ),
        (
            "watermark",
            watermark(pdf(), png(), [1.0, 2.0, 3.0, 4.5], &mark),
            marked,
        ),
        (
            "fill-forms",
            fill_forms(pdf(), filled, true),
            json!({"strict": true, "fields": [
                {"field": "name", "value": "Jane"}, {"field": "age", "value": 7}, {"field": "none", "value": null},
            ]}),
        ),
        (
            "fill-forms",
            fill_forms_from(pdf(), csv, false),
            json!({"strict": false}),
        ),
        (
            "create-fillable-forms",
            create_fillable_forms(pdf(), [field]),
            json!({"formFields": [
                {"pageIndex": 1, "fieldType": "CheckBox", "name": "yes", "boundingBox": place, "value": "true"},
            ]}),
        ),
    ]
}

#[test]
fn every_operation_has_a_helper_whose_request_is_accepted() {
    let emulator = emulator();
    emulator.set_default(quick());
    let client = client(&emulator);
    let known = operations();
    let mut used = BTreeSet::new();
    for (name, submission, params) in cases() {
        let entry = known.iter().find(|entry| word(entry, "name") == name).unwrap();
        let submission = submission.unwrap();
        let job = client.submit(&submission, |_, _| true, &Call::new()).unwrap().job;
        let requested = emulator
            .requests()
            .into_iter()
            .rfind(|r| r.method == "POST")
            .unwrap();
        assert_eq!(requested.path, format!("/{}", word(entry, "endpoint")), "{name}");
        let form = emulator.form_of(&job.id());
        assert_eq!(form[0].text, word(entry, "method"), "{name}");
        let sent: Value = serde_json::from_str(&form[1].text).unwrap();
        assert_eq!(sent, params, "{name}");
        let documents: Vec<_> = form[2..].iter().map(|part| part.name.as_str()).collect();
        match documents.len() {
            1 => assert_eq!(documents, ["file"], "{name}"),
            _ => assert!(documents.iter().all(|field| *field == "files"), "{name}"),
        }
        // What can be set is set in the case above, each parameter of the catalogue.
        for param in items(&entry["params"]) {
            let param = word(param, "name");
            assert!(
                sent.get(param).is_some() || documents.len() == 2,
                "{name}: {param}"
            );
        }
        used.insert(name);
    }
    let all = known.iter().map(|entry| word(entry, "name")).collect();
    assert_eq!(used, all, "an operation without a helper");
}

#[test]
fn results_are_of_the_kind_in_the_catalogue() {
    let emulator = emulator();
    emulator.set_default(quick());
    let client = client(&emulator);
    for (name, submission, _) in cases() {
        let known = operations();
        let entry = known.iter().find(|entry| word(entry, "name") == name).unwrap();
        let finished = client
            .run(&submission.unwrap(), None, |_| true, &Call::new())
            .unwrap();
        let json: Value = serde_json::from_str(finished.result.result_json()).unwrap();
        let holds = match word(entry, "result") {
            "text" => json.is_string(),
            "properties" => json.get("producer").is_some(),
            "form" => json.get("fields").is_some(),
            // The pages of a one-page document, and data that was requested as a file.
            "files" | "formFields" if json.get("file").is_some() => true,
            key => json.get(key).is_some(),
        };
        assert!(holds, "{name}: {json}");
    }
}

#[test]
fn found_boxes_are_accepted_by_redaction_and_form_fields() {
    let emulator = emulator();
    emulator.set_default(quick());
    let client = client(&emulator);
    let result = |submission: Submission<'_>| {
        client
            .run(&submission, None, |_| true, &Call::new())
            .unwrap()
            .result
    };
    let found = result(extract_pii_bounding_boxes(pdf(), PiiLanguage::English).unwrap())
        .pii_boxes()
        .unwrap();
    let places: Result<Vec<_>, _> = found.iter().map(Redaction::try_from).collect();
    let places = places.unwrap();
    assert!(!places.is_empty() && places.len() == found.len());
    result(redact(pdf(), places).unwrap());
    assert!(Redaction::try_from(&nitro_jobs::PiiBox::default()).is_err());

    let fields = result(smart_detect_form_fields(pdf()).unwrap())
        .form_fields()
        .unwrap();
    let fields = fields.into_iter().filter(|f| {
        // A detection finds text boxes and check boxes only; the emulator responds with a form's own.
        matches!(f.field_type.as_deref(), Some("TextBox" | "CheckBox"))
    });
    let fields: Result<Vec<_>, _> = fields.map(NewField::try_from).collect();
    result(create_fillable_forms(pdf(), fields.unwrap()).unwrap());
    assert!(NewField::try_from(nitro_jobs::FormField::default()).is_err());
}
