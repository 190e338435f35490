//! Results of any shape: each is read or rejected, and each typed view fits the kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::{ResultKind, fuzzing};

fuzz_target!(|text: &str| {
    let result = match fuzzing::result(text.to_owned()) {
        Ok(result) => result,
        Err(error) => return assert!(!error.message().is_empty()),
    };
    assert_eq!(result.json(), text);
    assert_eq!(&text[result.result_range()], result.result_json());
    // C receives this text as it is, so it must be JSON.
    serde_json::from_str::<serde::de::IgnoredAny>(result.result_json()).unwrap();
    let kind = result.kind();
    let is_file = matches!(kind, ResultKind::File | ResultKind::Files);
    assert!(is_file || result.files().is_empty());
    for file in result.files() {
        let _ = (
            file.url(),
            file.content_type(),
            file.size_bytes(),
            file.page_count(),
        );
    }
    assert!(result.text().is_none() || kind == ResultKind::Text);
    assert!(result.tables().is_err() || kind == ResultKind::Tables);
    assert!(result.text_boxes().is_err() || kind == ResultKind::TextBoxes);
    assert!(result.pii_boxes().is_err() || kind == ResultKind::PiiBoxes);
    assert!(result.properties().is_err() || kind == ResultKind::Properties);
    assert_eq!(result.into_json(), text);
});
