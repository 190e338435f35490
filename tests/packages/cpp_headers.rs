//! The headers of the C++ binding and the compilers: each standard, each form, and what must not compile.
#![cfg(target_os = "linux")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::cpp::Form;
use common::{c, cpp, macros};

const COMPILERS: [&str; 2] = ["g++", "clang++"];
const STANDARDS: [&str; 3] = ["-std=c++11", "-std=c++17", "-std=c++20"];

/// Runs `check` on each item, two at a time.
fn each<T: Sync>(items: &[T], check: impl Fn(&T) + Sync) {
    let (first, second) = items.split_at(items.len() / 2);
    std::thread::scope(|scope| {
        for half in [first, second] {
            scope.spawn(|| half.iter().for_each(&check));
        }
    });
}

fn syntax(form: Form, source: &Path) -> Command {
    let mut compiler = cpp::compiler(form);
    compiler.arg("-fsyntax-only").arg(source);
    compiler
}

fn written(name: &str, text: &str) -> PathBuf {
    let path = c::build_dir().join(name);
    std::fs::write(&path, text).expect("a source file");
    path
}

#[test]
fn the_twins_compile_with_each_compiler_as_each_standard_in_each_form() {
    let source = cpp::all_twins(&c::build_dir());
    let mut forms = Vec::new();
    for compiler in COMPILERS
        .into_iter()
        .filter(|compiler| c::have_for_part(compiler))
    {
        for standard in STANDARDS {
            let form = Form {
                compiler,
                standard,
                throwing: true,
            };
            forms.push(form);
            // Without exceptions the newest standard is the one that tests/cpp_returning.rs runs.
            if standard == STANDARDS[usize::from(compiler == COMPILERS[1])] {
                forms.push(Form {
                    throwing: false,
                    ..form
                });
            }
        }
    }
    each(&forms, |form| drop(c::succeeds(&mut syntax(*form, &source))));
}

/// The headers, as a program includes them.
fn headers() -> Vec<String> {
    let mut names = vec!["nitro_jobs.hpp".to_owned()];
    let folder = c::root().join("bindings/cpp/nitro_jobs");
    for entry in std::fs::read_dir(folder).expect("the headers").flatten() {
        names.push(format!("nitro_jobs/{}", entry.file_name().to_string_lossy()));
    }
    names
}

#[test]
fn each_cpp_header_compiles_alone_and_twice() {
    let [compiler, _] = COMPILERS;
    if !c::have(compiler) {
        return;
    }
    each(&headers(), |header| {
        let name = header.replace('/', "-") + ".cpp";
        let source = written(&name, &format!("#include <{header}>\n#include <{header}>\n"));
        let form = Form {
            compiler,
            standard: "-std=c++11",
            throwing: true,
        };
        c::succeeds(&mut syntax(form, &source));
    });
    let umbrella =
        std::fs::read_to_string(c::root().join("bindings/cpp/nitro_jobs.hpp")).expect("the header");
    for header in headers().iter().filter(|header| header.contains('/')) {
        let inside = ["config.hpp", "handle.hpp"]
            .iter()
            .any(|name| header.ends_with(name));
        assert!(
            inside || umbrella.contains(&format!("\"{header}\"")),
            "{header} is not included"
        );
    }
}

/// The headers of the standard library that ours include: they come before such macros, or do not compile either.
fn standard_headers() -> String {
    let mut names = std::collections::BTreeSet::new();
    for header in headers() {
        let text = std::fs::read_to_string(c::root().join("bindings/cpp").join(header)).expect("the header");
        let lines = text
            .lines()
            .filter_map(|line| Some(line.strip_prefix("#include <")?.strip_suffix('>')?.to_owned()));
        names.extend(lines.filter(|name| !name.contains('.') && name != "string_view"));
    }
    names
        .into_iter()
        .map(|name| format!("#include <{name}>\n"))
        .collect()
}

#[test]
fn the_cpp_headers_compile_behind_macros_of_well_known_headers() {
    let text = format!(
        "{}#if __cplusplus >= 201703L\n#include <string_view>\n#endif\n#include <stddef.h>\n#include <stdint.h>\n{}\n\
         #include <nitro_jobs.hpp>\n\
         void use(const nitro::submission &submission);\n\
         void use(const nitro::submission &submission) {{ (void)(submission.check)(); }}\n",
        standard_headers(),
        macros::WELL_KNOWN
    );
    let source = written("macros.cpp", &text);
    let mut forms = Vec::new();
    for compiler in COMPILERS
        .into_iter()
        .filter(|compiler| c::have_for_part(compiler))
    {
        for standard in STANDARDS {
            for throwing in [true, false] {
                forms.push(Form {
                    compiler,
                    standard,
                    throwing,
                });
            }
        }
    }
    each(&forms, |form| drop(c::succeeds(&mut syntax(*form, &source))));
}

/// What must not compile: its name, its lines, and texts of the expected compiler error.
struct Case<'c> {
    name: &'c str,
    lines: std::ops::Range<usize>,
    expected: Vec<&'c str>,
}

fn cases<'c>(text: &'c str) -> Vec<Case<'c>> {
    let titles = text.lines().enumerate().filter_map(|(at, line)| {
        let title = line.trim_start().strip_prefix("// case ")?;
        Some((at + 1, title))
    });
    let titles: Vec<_> = titles.collect();
    let case = |pair: &[(usize, &'c str)]| {
        let (name, expected) = pair[0].1.split_once(':').expect("expected texts");
        let expected = expected.trim().split('|').filter(|word| !word.is_empty());
        Case {
            name,
            lines: pair[0].0..pair[1].0,
            expected: expected.collect(),
        }
    };
    titles.windows(2).map(case).collect()
}

/// Compiles all cases at once: each that has texts must fail with one of them.
fn check_rejected(file: &str, form: Form) {
    let path = c::root().join("tests/cpp/misuse").join(file);
    let text = std::fs::read_to_string(&path).expect("the cases");
    let mut compiler = syntax(form, &path);
    let unlimited = ["-fmax-errors=0", "-ferror-limit=0"][usize::from(form.compiler == "clang++")];
    compiler.args([
        unlimited,
        "-Wno-unused",
        "-Wno-unused-parameter",
        "-Werror=unused-result",
    ]);
    let output = compiler.output().expect("the compiler");
    let printed = String::from_utf8_lossy(&output.stderr);
    let printed: Vec<&str> = printed.lines().collect();
    for case in cases(&text) {
        // Where the compiler refers to a line of the case, possibly from within a template.
        let of_it = |line: &str| {
            let (_, rest) = line.split_once(&format!("{file}:"))?;
            let number: usize = rest.split(':').next()?.parse().ok()?;
            case.lines.contains(&number).then_some(())
        };
        let places = (0..printed.len()).filter(|at| of_it(printed[*at]).is_some());
        // One compiler prints the error first and then the instantiation, the other the instantiation first.
        let is_error = |at: &usize| printed[*at].contains(" error: ");
        let around: Vec<_> = places
            .map(|at| {
                let first = (0..=at).rev().find(is_error).unwrap_or(0);
                let last = (at..printed.len()).find(is_error).unwrap_or(printed.len() - 1);
                printed[first..=last].join("\n")
            })
            .collect();
        let (compiler, name, expected) = (form.compiler, case.name, &case.expected);
        assert_eq!(
            around.is_empty(),
            expected.is_empty(),
            "{compiler}: {name}\n{}",
            around.join("\n")
        );
        let by_text = around
            .iter()
            .any(|text| expected.iter().any(|word| text.contains(word)));
        assert!(
            expected.is_empty() || by_text,
            "{compiler}: {name} for another reason\n{}",
            around.join("\n")
        );
    }
}

#[test]
fn misuse_does_not_compile() {
    for compiler in COMPILERS
        .into_iter()
        .filter(|compiler| c::have_for_part(compiler))
    {
        let throwing = Form {
            compiler,
            standard: "-std=c++17",
            throwing: true,
        };
        check_rejected("cases.cpp", throwing);
        let returning = Form {
            throwing: false,
            ..throwing
        };
        check_rejected("ignored.cpp", returning);
    }
}

/// A name without a comment is a warning, and a warning is an error.
#[test]
fn every_public_cpp_name_is_documented() {
    if !c::have("doxygen") {
        return;
    }
    let settings = std::fs::read_to_string(c::root().join("bindings/cpp/Doxyfile")).expect("the Doxyfile");
    let out = c::build_dir().join("docs");
    std::fs::create_dir_all(&out).expect("a folder");
    let doxyfile = written(
        "Doxyfile",
        &format!("{settings}OUTPUT_DIRECTORY = {}\n", out.display()),
    );
    c::succeeds(Command::new("doxygen").arg(doxyfile).current_dir(c::root()));
    let page = std::fs::read_dir(out.join("html")).expect("the pages");
    let names = page
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    assert!(
        names
            .into_iter()
            .any(|name| name.starts_with("class") && name.contains("job__watch"))
    );
}
