//! Where a `Location` leads: a base, a line break, and the reference. Always to http or https, never astray.
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
        !url.chars()
            .any(|c| c.is_control() || c == ' ' || c == '#' || c == '\\'),
        "{url}"
    );
    let authority = url.split_once("://").unwrap().1.split(['/', '?']).next().unwrap();
    assert!(!authority.is_empty() && !authority.contains('@'), "{url}");
    // What was understood once is understood so again, whatever it is joined to.
    assert_eq!(join(&url, &url).unwrap(), (url.clone(), origin.clone()));
    assert_eq!(join("http://other.example/", &url).unwrap().1, origin);
    // A path alone stays at home.
    if reference.starts_with('/') && !reference.starts_with("//") {
        assert_eq!(join(base, "/").unwrap().1, origin);
    }
    if let Ok(there) = hop(base, 302, reference) {
        // The space around a header's value is not part of it.
        assert_eq!(there, join(base, reference.trim()).unwrap().0);
        let down = base.to_ascii_lowercase().starts_with("https:") && lower.starts_with("http:");
        assert!(!down, "from https to http");
    }
});
