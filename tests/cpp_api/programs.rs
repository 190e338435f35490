//! C++ programs of their own: the examples, one in both forms, and the optional header for nlohmann::json.
#![cfg(target_os = "linux")]

use crate::common;

use std::path::{Path, PathBuf};

use common::cpp::Form;
use common::{c, cpp};
use nitro_emulator::{Dialect, Emulator, ErrorBody, Scenario, Shape};

const OLDEST: Form = Form {
    compiler: "g++",
    standard: "-std=c++11",
    throwing: true,
};

/// The exit code and output of an example.
struct Shown {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn example(name: &str) -> PathBuf {
    let program = c::build_dir().join(name);
    let source = c::root().join(format!("bindings/cpp/examples/{name}.cpp"));
    cpp::compile(OLDEST, &[&source], &c::library(), &program);
    program
}

fn started(program: &Path, emulator: &Emulator, arguments: &[&str]) -> Shown {
    let mut run = c::command(program);
    run.args(arguments)
        .env("NITRO_BASE_URL", emulator.base_url())
        .env("NITRO_TOKEN", emulator.token());
    let output = run.output().expect("the example");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Shown {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

#[test]
fn follow_example_reports_progress_and_saves() {
    if !c::have(OLDEST.compiler) {
        return;
    }
    let follow = example("follow");
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let path = folder.path().join("result.pdf");
    let path_text = path.to_str().expect("UTF-8");
    let job = emulator.create_job(common::quick());
    let shown = started(&follow, &emulator, &[&job, path_text]);
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    assert!(shown.stdout.contains("\rrunning ") && shown.stdout.contains("\rdownloading 100 %"));
    assert!(shown.stdout.contains("\nsaved [{\"path\":"), "{}", shown.stdout);
    assert!(std::fs::read(&path).expect("the file") == emulator.output_of(&job)[0]);

    let locked = emulator.create_job(common::quick().failed("PDFIsPasswordProtected", "locked"));
    let shown = started(&follow, &emulator, &[&locked, path_text]);
    assert_eq!(shown.code, Some(1));
    assert!(
        shown.stderr.contains("NITRO_E_JOB_FAILED") && shown.stderr.contains("reference for support: "),
        "{}",
        shown.stderr
    );
    assert_eq!(started(&follow, &emulator, &[]).code, Some(2));
}

#[test]
fn watch_many_example_prints_each_job() {
    if !c::have(OLDEST.compiler) {
        return;
    }
    let watch_many = example("watch_many");
    let emulator = common::emulator();
    let good = emulator.create_job(common::quick());
    let locked = emulator.create_job(common::quick().failed("PDFIsPasswordProtected", "locked"));
    let shown = started(&watch_many, &emulator, &[&good]);
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    assert!(
        shown.stdout.ends_with(&format!("1  {good}  completed\n")),
        "{}",
        shown.stdout
    );
    let shown = started(&watch_many, &emulator, &[&good, &locked]);
    assert_eq!(shown.code, Some(1));
    assert!(
        shown.stdout.contains(&format!("2  {locked}  no result\n")),
        "{}",
        shown.stdout
    );
    assert!(shown.stderr.contains("NITRO_E_JOB_FAILED"), "{}", shown.stderr);
}

#[test]
fn readme_program_follows_a_job() {
    if !c::have(OLDEST.compiler) {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let page = std::fs::read_to_string(c::root().join("bindings/cpp/README.md")).expect("the page");
    let (_, rest) = page.split_once("```cpp\n").expect("a program");
    let (text, _) = rest.split_once("```").expect("its end");
    // Its first event has no progress.
    let job = emulator.create_job(common::quick().dialect(Dialect::EventInData));
    let source = folder.path().join("page.cpp");
    std::fs::write(
        &source,
        text.replace("01234567-89ab-cdef-0123-456789abcdef", &job),
    )
    .expect("the program");
    let program = folder.path().join("page");
    cpp::compile(OLDEST, &[&source], &c::library(), &program);
    let mut run = c::command(&program);
    run.current_dir(folder.path())
        .env("NITRO_BASE_URL", emulator.base_url())
        .env("NITRO_TOKEN", emulator.token());
    let printed = c::succeeds(&mut run);
    for line in printed.lines() {
        let percent = line
            .split_once(' ')
            .map(|(_, rest)| rest.strip_suffix(" %").unwrap_or(rest));
        let percent = percent.map(|number| number.parse::<f64>().expect("a number"));
        assert!(
            percent.is_none_or(|percent| (0.0..=100.0).contains(&percent)),
            "{printed}"
        );
    }
    assert!(
        printed.starts_with("running\n") && printed.contains(" %\n"),
        "{printed}"
    );
    assert!(
        std::fs::read(folder.path().join("result.pdf"))
            .is_ok_and(|saved| saved == emulator.output_of(&job)[0])
    );
}

/// The program that tests/packages/installed_cpp.rs builds with an installed library, which no tool checks.
#[test]
fn external_program_follows_one_job_and_cancels_another() {
    if !c::have(OLDEST.compiler) {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let (program, source) = (
        folder.path().join("outside"),
        c::root().join("tests/cpp/outside/main.cpp"),
    );
    cpp::compile(OLDEST, &[&source], &c::library(), &program);
    let job = emulator.create_job(common::quick());
    let other = emulator.create_job(common::manual());
    let mut run = c::command(&program);
    run.args([&job, &other])
        .current_dir(folder.path())
        .env("NITRO_BASE_URL", emulator.base_url())
        .env("NITRO_TOKEN", emulator.token());
    assert!(c::succeeds(&mut run).ends_with("\ncancelled\n"));
    let saved = std::fs::read(folder.path().join("result.pdf")).expect("the result");
    assert!(saved == emulator.output_of(&job)[0]);
}

/// Whether the header of nlohmann::json is installed.
fn have_nlohmann(form: Form) -> bool {
    let source = c::build_dir().join("have.cpp");
    std::fs::write(&source, "#include <nlohmann/json.hpp>\n").expect("a source file");
    let mut compiler = cpp::compiler(form);
    compiler.arg("-fsyntax-only").arg(source);
    let found = compiler.output().is_ok_and(|output| output.status.success());
    c::have_if(found, "nlohmann/json.hpp")
}

#[test]
fn results_convert_to_nlohmann_json() {
    let returning = Form {
        standard: "-std=c++17",
        throwing: false,
        ..OLDEST
    };
    if !(c::have(OLDEST.compiler) & have_nlohmann(OLDEST)) {
        return;
    }
    let emulator = common::emulator();
    let html = ErrorBody {
        body: "<html>Bad gateway</html>".to_owned(),
        content_type: "text/html".to_owned(),
    };
    let html = Scenario::instant().status_codes(vec![502; 9]).problem(Some(html));
    let (source, program) = (
        c::root().join("tests/cpp/nlohmann/json.cpp"),
        c::build_dir().join("json"),
    );
    c::succeeds(cpp::compiler(returning).arg("-fsyntax-only").arg(&source));
    cpp::compile(OLDEST, &[&source], &c::library(), &program);
    let done = Scenario::instant;
    c::at(program, &emulator.base_url(), &emulator.token())
        .arg("tables", emulator.create_job(done().shape(Shape::Tables)))
        .arg("text", emulator.create_job(done().shape(Shape::Text)))
        .arg("file", emulator.create_job(done().size_bytes(1234)))
        .arg(
            "failed",
            emulator.create_job(common::quick().failed("PDFIsPasswordProtected", "locked")),
        )
        .arg("html", emulator.create_job(html))
        .passes();
}

#[test]
fn one_program_may_use_both_forms() {
    if !c::have(OLDEST.compiler) {
        return;
    }
    let form = Form {
        standard: "-std=c++17",
        ..OLDEST
    };
    let (program, folder) = (c::build_dir().join("mixed"), c::root().join("tests/cpp/mixed"));
    let sources = [folder.join("throwing.cpp"), folder.join("returning.cpp")];
    cpp::compile(form, &[&sources[0], &sources[1]], &c::library(), &program);
    c::succeeds(&mut c::command(&program));
}
