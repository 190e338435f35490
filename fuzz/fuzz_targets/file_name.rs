//! File names from what a server suggests: always the name of a file directly in the folder, safe on every platform.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::fuzzing;

const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

fn check(name: &str) {
    assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
    assert!(
        !name.chars().any(|c| c.is_control() || "/\\<>:\"|?*".contains(c)),
        "{name:?}"
    );
    assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']), "{name:?}");
    let stem = name.split('.').next().unwrap().trim_end().to_uppercase();
    assert!(!DEVICES.contains(&stem.as_str()), "{name:?}");
    for port in ["COM", "LPT"] {
        let digit = stem
            .strip_prefix(port)
            .map(|rest| rest.chars().collect::<Vec<_>>());
        assert!(
            !digit.is_some_and(|d| d.len() == 1 && "0123456789¹²³".contains(d[0])),
            "{name:?}"
        );
    }
}

fuzz_target!(|input: &str| {
    let (header, path) = input.split_once('\n').unwrap_or((input, input));
    for disposition in [Some(header), None] {
        let (name, second) = fuzzing::file_name(disposition, path);
        check(&name);
        check(&second);
        assert_ne!(name, second);
    }
});
