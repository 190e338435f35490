//! The pages build without a warning, their links exist, and they agree with the header.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{c, header};

const MAN: &str = "docs/man/nitro_jobs.3";

fn read(path: impl AsRef<Path>) -> String {
    let path = c::root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every page that is written by hand.
fn pages() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(c::root().join("docs")).unwrap();
    let docs = docs.map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let others = ["README.md", "examples/README.md"].map(|path| c::root().join(path));
    docs.chain(others).collect()
}

/// The cells of the table rows of a page, without the heads.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").map(str::trim).collect())
        .collect()
}

/// Header as HTML, pages, and the documentation of the Rust side: each warning is an error.
#[test]
fn make_docs_gives_no_warning() {
    if !c::have("doxygen") {
        return;
    }
    let target = c::deps().join("../..").canonicalize().unwrap();
    let mut make = Command::new("make");
    c::succeeds(
        make.args(["-s", "docs"])
            .current_dir(c::root())
            .env("CARGO_TARGET_DIR", &target),
    );
    for made in [
        "docs/html/nitro__jobs_8h.html",
        "docs/html/gtk-progress.png",
        "doc/nitro_jobs/index.html",
    ] {
        assert!(target.join(made).is_file(), "{made}");
    }
}

#[test]
fn the_man_page_is_well_formed() {
    if !c::have("mandoc") {
        return;
    }
    let mut lint = Command::new("mandoc");
    let printed = lint
        .args(["-T", "lint", MAN])
        .current_dir(c::root())
        .output()
        .unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    // Whether this machine has the other man pages is not checked.
    let faults: Vec<_> = printed
        .lines()
        .filter(|line| line.starts_with(&format!("mandoc: {MAN}:")))
        .filter(|line| !line.contains("referenced manual not found"))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Text in brackets and in quotes that names a file of this project.
#[test]
fn every_file_named_by_a_page_exists() {
    for page in pages() {
        let (text, folder) = (read(&page), page.parent().unwrap());
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let pictures = text
            .split("src=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        for link in links.chain(pictures) {
            let file = link.split('#').next().unwrap();
            assert!(
                link.contains("://") || folder.join(file).exists(),
                "{}: no {link}",
                page.display()
            );
        }
        for name in text.split('`').skip(1).step_by(2) {
            let ours = ["tests/", "examples/", "docs/", "packaging/", "src/"];
            if ours.iter().any(|folder| name.starts_with(folder)) && !name.contains(char::is_whitespace) {
                // tests/docs/architecture.rs checks the function of `file.rs::function`.
                let file = name.split("::").next().unwrap();
                assert!(c::root().join(file).exists(), "{}: no {name}", page.display());
            }
        }
    }
}

/// Words such as `nitro_job_wait` or `NITRO_E_DNS`; a page may shorten them to how they begin.
#[test]
fn every_header_name_used_by_a_page_exists() {
    let header = header::text();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let known: Vec<_> = header.split(|c| !is_name(c)).collect();
    // The library's own name and what is made of it, a type that stands for all, and what the tests and `make demo` read.
    let others = [
        "nitro_jobs",
        "nitro_x_t",
        "nitro_x_free",
        "NITRO_TEST_STRICT",
        "NITRO_JOB",
    ];
    for page in pages().into_iter().chain([c::root().join(MAN)]) {
        for word in read(&page).split(|c| !is_name(c)) {
            let ours = word.starts_with("nitro_") || word.starts_with("NITRO_");
            assert!(
                !ours || others.contains(&word) || known.iter().any(|name| name.starts_with(word)),
                "{}: the header has no {word}",
                page.display()
            );
        }
    }
}

#[test]
fn each_code_is_documented_with_text_cause_and_remedy() {
    let program = c::build_dir().join("codes");
    c::compile(&[&c::root().join("tests/c/codes.c")], &c::library(), &program);
    let printed = c::succeeds(&mut Command::new(&program));
    let has: Vec<_> = printed
        .lines()
        .map(|line| line.splitn(3, ' ').collect::<Vec<_>>())
        .collect();
    let declared = header::codes()
        .into_iter()
        .map(|(name, number)| (number.to_string(), name));
    let named = has.iter().map(|code| (code[0].to_owned(), code[1].to_owned()));
    assert!(declared.eq(named), "library and header differ:\n{printed}");

    let page = read("docs/ERRORS.md");
    let rows = rows(&page);
    let codes = rows.iter().filter(|row| row[0].parse::<i32>().is_ok());
    let codes: Vec<_> = codes.collect();
    assert_eq!(codes.len(), has.len(), "docs/ERRORS.md");
    for (row, code) in codes.into_iter().zip(has) {
        let [number, name, text, cause, cure] = row[..] else {
            panic!("five cells: {row:?}");
        };
        assert_eq!([number, name.trim_matches('`'), text], code[..], "docs/ERRORS.md");
        assert!(cause.ends_with('.') && cure.ends_with('.'), "{row:?}");
    }
}

#[test]
fn the_threading_table_agrees_with_the_header() {
    let (header, page) = (header::text(), read("docs/THREADING.md"));
    let rows = rows(&page);
    let mut types = 0;
    for (at, _) in header.match_indices("\ntypedef struct nitro_") {
        let name = header[at..].split_whitespace().nth(2).unwrap();
        let doc = header::doc_before(&header[..at]);
        let (_, rule) = doc
            .split_once("Threads: ")
            .unwrap_or_else(|| panic!("{name}: no rule"));
        let row = rows.iter().find(|row| row[0] == format!("`{name}`"));
        let row = row.unwrap_or_else(|| panic!("docs/THREADING.md has no {name}"));
        let rule = rule.split(". Since ").next().unwrap();
        assert_eq!(row[1].replace('`', ""), rule, "{name}");
        types += 1;
    }
    assert!(types > 10, "only {types} types");
    assert_eq!(
        rows.iter().filter(|row| row[0].starts_with("`nitro_")).count(),
        types
    );
}
