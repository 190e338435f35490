//! The header by itself: for any compiler, with no name but its own, with a word about everything.

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::{c, header};

const WARNINGS: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];

/// Compiles `source` and nothing more.
fn compiles(compiler: &str, name: &str, source: &str, flags: &[&str]) {
    let path: PathBuf = c::workshop().join(name);
    std::fs::write(&path, source).expect("a source file");
    let mut command = Command::new(compiler);
    command
        .args(flags)
        .args(WARNINGS)
        .arg("-fsyntax-only")
        .arg("-I")
        .arg(c::root().join("include"));
    c::succeeds(command.arg(path));
}

#[test]
fn the_header_compiles_alone_and_twice_as_c_and_as_cpp() {
    let twice = "#include <nitro_jobs.h>\n#include <nitro_jobs.h>\n";
    let uses = format!("{twice}\nint use(void);\nint use(void) {{ return nitro_version() != 0; }}\n");
    for compiler in ["gcc", "clang"] {
        if c::have(compiler) {
            for standard in ["-std=c99", "-std=c11"] {
                compiles(
                    compiler,
                    &format!("{compiler}{standard}.c"),
                    &uses,
                    &[standard, "-Wstrict-prototypes"],
                );
            }
        }
    }
    for compiler in ["g++", "clang++"] {
        if c::have(compiler) {
            for standard in ["-std=c++11", "-std=c++20"] {
                compiles(compiler, &format!("{compiler}{standard}.cpp"), &uses, &[standard]);
            }
        }
    }
}

#[test]
fn every_name_is_nitros_own() {
    let text = header::text();
    let code = without_comments(&text);
    let declared = |line: &str| -> Option<String> {
        let words: Vec<_> = line
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .collect();
        match words.as_slice() {
            ["", "define", name, ..] => Some((*name).to_owned()),
            ["typedef", .., name, ""] if !line.contains('(') => Some((*name).to_owned()),
            ["typedef", ..] => {
                let named = line.split_once("(*")?.1;
                Some(named.split(')').next()?.to_owned())
            }
            _ => None,
        }
    };
    let mut names: Vec<_> = code.lines().filter_map(declared).collect();
    assert!(names.len() > 80, "{names:?}");
    names.extend(header::functions().into_iter().map(|function| function.name));
    for name in names {
        assert!(
            name.starts_with("nitro_") || name.starts_with("NITRO_"),
            "{name} is not ours to define"
        );
    }
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    for part in text.split("/*") {
        code += part.split_once("*/").map_or(part, |(_, rest)| rest);
    }
    code
}

#[test]
fn the_header_is_ascii_and_documents_everything() {
    let text = header::text();
    let odd = text.lines().position(|line| !line.is_ascii());
    assert_eq!(odd, None, "a line that is not ASCII");
    for function in header::functions() {
        let (name, doc) = (&function.name, &function.doc);
        let first = doc.split(['.', ';', ':']).next().unwrap_or_default();
        assert!(
            first.len() > 10,
            "{name} has no comment that begins with a sentence: {doc:?}"
        );
        assert!(doc.contains("Since 0."), "{name} does not say since when");
        assert!(
            !function.is_fallible() || doc.contains("NITRO_E_") || doc.contains("() has it"),
            "{name}: no codes"
        );
    }
    // Types, constants and callbacks: a comment right before each.
    let mut undocumented = Vec::new();
    for (at, _) in text
        .match_indices("\n#define NITRO_")
        .chain(text.match_indices("\ntypedef "))
    {
        let line = text[at + 1..].lines().next().unwrap_or_default();
        let own = [
            "_H",
            "_API",
            "NITRO_DEPRECATED",
            "NITRO_VERSION_M",
            "NITRO_VERSION_P",
        ];
        if header::doc_before(&text[..at]).is_empty() && !own.iter().any(|word| line.contains(word)) {
            undocumented.push(line);
        }
    }
    assert!(undocumented.is_empty(), "{undocumented:?}");
}

#[test]
fn codes_are_listed_once_and_in_groups() {
    let codes = header::codes();
    assert!(codes.len() > 35, "{codes:?}");
    assert_eq!(codes[0], ("NITRO_OK".to_owned(), 0));
    assert!(codes.windows(2).all(|pair| pair[0].1 < pair[1].1), "{codes:?}");
}
