//! Resolving `Location`. The input is a base URL, a line break, and the reference. The target is always http or https.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::fuzzing::{hop, join};

fuzz_target!(|input: &str| {
    let (base, reference) = match input.split_once('\n') {
        Some((base, reference)) => (base, reference),
        None => ("https://api.example:8443/idp/platform/jobs/1/status?x=1", input),
    };
    let Ok((url, origin)) = join(base, reference) else {
        return;
    };
    let lower = url.to_ascii_lowercase();
    assert!(
        lower.starts_with("https://") || lower.starts_with("http://"),
        "{url}"
    );
    assert_eq!(
        origin.starts_with("https:"),
        lower.starts_with("https:"),
        "{url} {origin}"
    );
    assert!(
        !url.chars().any(|c| c.is_control() || c == ' ' || c == '#'),
        "{url}"
    );
    assert!(!url.split('?').next().unwrap().contains('\\'), "{url}");
    let authority = url.split_once("://").unwrap().1.split(['/', '?']).next().unwrap();
    assert!(!authority.is_empty() && !authority.contains('@'), "{url}");
    // A resolved URL resolves to itself, whatever the base is; a zone is no part of it.
    if !origin.contains('%') {
        assert_eq!(join(&url, &url).unwrap(), (url.clone(), origin.clone()));
        assert_eq!(join("http://other.example/", &url).unwrap().1, origin);
    }
    // A reference that is only a path keeps the origin.
    if reference.starts_with('/') && !reference.starts_with("//") {
        assert_eq!(join(base, "/").unwrap().1, origin);
    }
    if let Ok(target) = hop(base, 302, reference) {
        // Whitespace around a field value is not part of it.
        assert_eq!(target, join(base, reference.trim_matches([' ', '\t'])).unwrap().0);
        let downgraded = base.to_ascii_lowercase().starts_with("https:") && lower.starts_with("http:");
        assert!(!downgraded, "a redirect from https to http");
    }
});
