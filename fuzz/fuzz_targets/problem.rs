//! Problem documents: any body that a server or a proxy sends with an error response.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use nitro_jobs::fuzzing;

fuzz_target!(|body: &[u8]| {
    let problem = fuzzing::problem(body.to_vec());
    assert_eq!(problem.body, String::from_utf8_lossy(body));
    let summary = problem.summary();
    assert!(!summary.contains(['\n', '\r', '\0']), "{summary:?}");
    assert!(problem.identifier().is_none_or(|name| !name.is_empty()));
    assert!(
        problem
            .retry_after()
            .is_none_or(|pause| pause <= Duration::from_secs(86_400))
    );
    for text in [&problem.kind, &problem.title, &problem.detail, &problem.instance]
        .into_iter()
        .flatten()
    {
        assert!(!text.trim().is_empty());
    }
    if let Some(extensions) = &problem.extensions {
        assert!(problem.body.contains(extensions.as_str()) && extensions.starts_with('{'));
    }
});
