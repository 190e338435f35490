//! Every binding against the header: each function is bound, or listed as left out with the reason.
//!
//! A binding is a folder in `bindings` with a file `left-out.txt` of lines `function: reason`.

use crate::common;

use std::path::{Path, PathBuf};

use common::{c, header};

/// The bindings that there are. A new one is added here, in `bindings/README.md` and in `README.md`.
const LANGUAGES: [&str; 2] = ["cpp", "python"];

fn folder(language: &str) -> PathBuf {
    c::root().join("bindings").join(language)
}

/// The sources of the binding as one text, without its tests, examples and pages.
fn source(language: &str) -> String {
    let mut open = vec![folder(language)];
    let mut text = String::new();
    while let Some(path) = open.pop() {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            let aside = ["tests", "examples", "build", "dist", "__pycache__"];
            if !aside.contains(&name.as_str()) && !name.starts_with('.') && !name.ends_with(".egg-info") {
                let entries = std::fs::read_dir(&path).expect("a folder").flatten();
                open.extend(entries.map(|entry| entry.path()));
            }
        } else if is_code(&path) {
            text += &std::fs::read_to_string(&path).expect("a source file");
        }
    }
    text
}

fn is_code(path: &Path) -> bool {
    let kinds = ["cs", "go", "h", "hpp", "java", "pas", "py", "rb", "swift", "vb"];
    let kind = path
        .extension()
        .and_then(|kind| kind.to_str())
        .unwrap_or_default();
    kinds.contains(&kind)
}

/// Whether `name` occurs in the text as a whole word.
fn has_identifier(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

/// The functions that the binding leaves out, each with the reason.
fn left_out(language: &str) -> Vec<(String, String)> {
    let list = std::fs::read_to_string(folder(language).join("left-out.txt")).expect("the list left-out.txt");
    let lines = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entry = |line: &str| {
        let (name, reason) = line.split_once(": ").expect("function: reason");
        (name.to_owned(), reason.trim().to_owned())
    };
    lines.map(entry).collect()
}

#[test]
fn each_function_of_the_header_is_bound_or_left_out_with_a_reason() {
    let functions = header::functions();
    for language in LANGUAGES {
        let (source, left_out) = (source(language), left_out(language));
        for function in &functions {
            let name = &function.name;
            let listed = left_out.iter().any(|(left, _)| left == name);
            let bound = has_identifier(&source, name);
            assert!(
                bound || listed,
                "bindings/{language} neither binds {name} nor lists it in left-out.txt"
            );
            assert!(
                !bound || !listed,
                "bindings/{language} binds {name}, which left-out.txt lists as left out"
            );
        }
        for (name, reason) in &left_out {
            let known = functions.iter().any(|function| function.name == *name);
            assert!(
                known,
                "bindings/{language}/left-out.txt: the header has no {name}"
            );
            assert!(
                reason.len() > 10,
                "bindings/{language}/left-out.txt: why is {name} left out?"
            );
        }
    }
}

/// Codes, states, kinds and other numbers: a language that names some of them names all.
#[test]
fn each_constant_of_the_header_is_bound() {
    let header = header::text();
    let constants = header.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("#define NITRO_")?.split_once(' ')?;
        value.parse::<i32>().ok()?;
        (!name.starts_with("VERSION")).then(|| format!("NITRO_{name}"))
    });
    let constants: Vec<_> = constants.collect();
    assert!(constants.len() > 60, "{constants:?}");
    let source = source("cpp");
    for name in constants {
        assert!(
            has_identifier(&source, &name),
            "bindings/cpp does not name {name}"
        );
    }
}

#[test]
fn each_bindings_folder_is_a_known_language_with_a_page() {
    let page = std::fs::read_to_string(c::root().join("bindings/README.md")).expect("the page");
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(c::root().join("bindings"))
        .expect("the bindings")
        .flatten()
    {
        if entry.path().is_dir() {
            folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    folders.sort_unstable();
    assert_eq!(folders, LANGUAGES);
    for language in LANGUAGES {
        assert!(
            page.contains(&format!("({language}/README.md)")),
            "bindings/README.md does not name {language}"
        );
        assert!(
            folder(language).join("README.md").is_file(),
            "bindings/{language} has no page"
        );
    }
}
