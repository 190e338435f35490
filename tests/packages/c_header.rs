//! The C header by itself: it compiles with every compiler, has only prefixed names, and documents everything.

use crate::common;

use std::path::PathBuf;
use std::process::Command;

use common::{c, header, macros};

const WARNINGS: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];

/// Compiles `source` and nothing more.
fn compiles(compiler: &str, name: &str, source: &str, flags: &[&str]) {
    let path: PathBuf = c::build_dir().join(name);
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
        if c::have_for_part(compiler) {
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
        if c::have_for_part(compiler) {
            for standard in ["-std=c++11", "-std=c++20"] {
                compiles(compiler, &format!("{compiler}{standard}.cpp"), &uses, &[standard]);
            }
        }
    }
}

#[test]
fn the_c_header_compiles_behind_macros_of_well_known_headers() {
    let text = format!(
        "#include <stddef.h>\n#include <stdint.h>\n{}\n#include <nitro_jobs.h>\n",
        macros::WELL_KNOWN
    );
    for (compiler, standard, name) in [
        ("gcc", "-std=c99", "macros.c"),
        ("clang", "-std=c11", "macros.c"),
        ("g++", "-std=c++11", "macros-of-c.cpp"),
        ("clang++", "-std=c++20", "macros-of-c.cpp"),
    ] {
        if c::have_for_part(compiler) {
            compiles(compiler, &format!("{compiler}-{name}"), &text, &[standard]);
        }
    }
}

#[test]
fn every_header_name_has_the_nitro_prefix() {
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
        assert!(
            doc.contains("Since 0."),
            "{name} does not name the version that added it"
        );
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

/// Each comment of the header, as lines, but for the one of the file and those of macros that name themselves.
fn comments(text: &str) -> Vec<Vec<&str>> {
    let blocks = text.split("/**").skip(1);
    let lines = blocks.filter_map(|block| {
        let (comment, _) = block.split_once("*/")?;
        let lines = comment.trim().lines();
        Some(
            lines
                .map(|line| line.trim().trim_start_matches('*').trim())
                .collect(),
        )
    });
    lines
        .filter(|lines: &Vec<&str>| !lines[0].starts_with('@'))
        .collect()
}

#[test]
fn each_header_comment_begins_with_one_sentence() {
    let text = header::text();
    let comments = comments(&text);
    assert!(
        comments.len() > 150,
        "only {} comments were found",
        comments.len()
    );
    for lines in comments {
        let (first, more) = (lines[0], lines.get(1));
        assert!(
            first.ends_with('.') && more.is_none_or(|line| line.is_empty()),
            "no sentence in a line of its own: {first}"
        );
        let next = first.split(". ").nth(1).unwrap_or_default();
        assert!(
            !next.starts_with(|c: char| c.is_ascii_uppercase() || c == '`'),
            "more than one sentence: {first}"
        );
    }
}

/// The comment of the type that `kind` points to.
fn comment_of_type(text: &str, kind: &str) -> String {
    let name = kind.trim_start_matches("const ").trim_end_matches('*');
    let declared = text.find(&format!("\ntypedef struct {name} {name};"));
    declared
        .map(|at| header::doc_before(&text[..at]))
        .unwrap_or_default()
}

#[test]
fn each_function_documents_ownership_threads_codes_and_version() {
    let text = header::text();
    for function in header::functions() {
        let (name, doc) = (&function.name, &function.doc);
        let (_, since) = doc.rsplit_once("Since ").unwrap_or_default();
        let parts: Vec<_> = since.trim_end_matches('.').split('.').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        assert!(
            parts.len() == 3 && parts.iter().all(is_number),
            "{name}: since {since:?}"
        );

        for param in function.params.iter().filter(|param| param.kind.ends_with("**")) {
            let owned = doc.contains(&format!("owns `*{}`", param.name));
            assert!(
                owned || param.name == "err",
                "{name}: who owns `*{}`?",
                param.name
            );
        }
        let lent = doc.contains("Lent until ") || doc.contains("Static") || doc.contains("given to nitro_");
        match function.returns.as_str() {
            kind if kind.starts_with("const ") && kind.ends_with('*') => {
                assert!(lent, "{name}: lent for how long?")
            }
            "void*" => assert!(lent, "{name}: whose is it?"),
            kind if kind.ends_with('*') => assert!(doc.contains("The caller owns"), "{name}: who owns it?"),
            _ => {}
        }

        let handle = function
            .params
            .first()
            .map(|param| comment_of_type(&text, &param.kind));
        assert!(
            doc.contains("Threads: ")
                || doc.contains("from any thread")
                || handle.unwrap_or_default().contains("Threads: "),
            "{name}: on which threads?"
        );
        assert!(
            !function.is_fallible() || doc.contains("Codes: "),
            "{name}: with which codes?"
        );
    }
}

#[test]
fn codes_are_listed_once_and_in_groups() {
    let codes = header::codes();
    assert!(codes.len() > 35, "{codes:?}");
    assert_eq!(codes[0], ("NITRO_OK".to_owned(), 0));
    assert!(codes.windows(2).all(|pair| pair[0].1 < pair[1].1), "{codes:?}");
}
