//! C++ programs as tests: the twins in `tests/cpp`, which take the place of the C programs in the test programs named below.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::c;

/// How the binding is compiled: by whom, as what, and whether failures are thrown.
#[derive(Clone, Copy)]
pub struct Form {
    pub compiler: &'static str,
    pub standard: &'static str,
    pub throwing: bool,
}

/// The forms in which the twins are not only compiled but run, by the test program that does it: the oldest standard with
/// exceptions, the newest without.
const RUN: [(&str, Form); 2] = [
    (
        "cpp_api",
        Form {
            compiler: "g++",
            standard: "-std=c++11",
            throwing: true,
        },
    ),
    (
        "cpp_returning",
        Form {
            compiler: "clang++",
            standard: "-std=c++20",
            throwing: false,
        },
    ),
];

const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];

/// The form that this test program runs, if it is one of those.
pub fn form() -> Option<Form> {
    let program = c::build_dir();
    let name = program.file_name().unwrap_or_default();
    RUN.iter()
        .find_map(|(program, form)| (name == *program).then_some(*form))
}

/// The compiler, its warnings and the folders of the headers.
pub fn compiler(form: Form) -> Command {
    let mut compiler = Command::new(form.compiler);
    compiler.arg(form.standard).args(STRICT);
    if !form.throwing {
        compiler.arg("-fno-exceptions");
    }
    for folder in ["include", "bindings/cpp", "tests/cpp"] {
        compiler.arg("-I").arg(c::root().join(folder));
    }
    compiler
}

/// The compiler of a form; under a tool, the tool's own.
pub fn compiler_of(form: Form) -> &'static str {
    match std::env::var("NITRO_TEST_CC").as_deref() {
        Ok("clang") => "clang++",
        Ok("gcc" | "cc") => "g++",
        _ => form.compiler,
    }
}

/// Compiles `sources` and links them with the library in `library`; under a tool, with its compiler and its flags.
pub fn compile(mut form: Form, sources: &[&Path], library: &Path, program: &Path) {
    form.compiler = compiler_of(form);
    let flags = std::env::var("NITRO_TEST_CFLAGS").unwrap_or_default();
    let mut cc = compiler(form);
    cc.args(["-O0", "-g"])
        .args(flags.split_whitespace())
        .args(sources);
    cc.arg("-L")
        .arg(library)
        .arg(format!("-Wl,-rpath,{}", library.display()));
    cc.args(["-lnitro_jobs", "-lpthread", "-o"]).arg(program);
    c::succeeds(&mut cc);
}

/// The twins by name.
pub fn twins() -> Vec<String> {
    let folder = std::fs::read_dir(c::root().join("tests/cpp")).expect("tests/cpp");
    let mut names: Vec<_> = folder
        .flatten()
        .filter_map(|entry| {
            entry
                .file_name()
                .to_str()?
                .strip_suffix(".cpp")
                .map(str::to_owned)
        })
        .collect();
    names.sort_unstable();
    names
}

/// Writes one source of all twins: most of the time of compiling one is that of the standard library.
pub fn all_twins(folder: &Path) -> PathBuf {
    let mut text = String::new();
    for name in twins() {
        text += &format!("#include \"{name}.cpp\"\n");
    }
    text += "#include \"main.inc\"\n";
    let source = folder.join("all.cpp");
    std::fs::write(&source, text).expect("a source file");
    source
}

/// The program of all twins, called `name`. It is compiled once in this process, of which each module that is a test
/// elsewhere has a copy of this function: a folder is what all of them share.
pub fn twin(form: Form, name: &str) -> PathBuf {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("this process");
    let begun = stat.rsplit(')').next().and_then(|rest| rest.split(' ').nth(20));
    let process = format!("{}-{}", std::process::id(), begun.expect("when it began"));
    let folder = c::build_dir().join("twins");
    let own = folder.join(&process);
    let [ready, failed] = ["ready", "failed"].map(|end| folder.join(format!("{process}.{end}")));
    std::fs::create_dir_all(&folder).expect("a folder");
    if std::fs::create_dir(&own).is_ok() {
        for old in std::fs::read_dir(&folder).expect("the folder").flatten() {
            if !old.file_name().to_string_lossy().starts_with(&process) {
                let _ = std::fs::remove_dir_all(old.path()).or_else(|_| std::fs::remove_file(old.path()));
            }
        }
        // The tests that wait for the program fail at once if it cannot be compiled.
        let failure = FailureMarker(Some(&failed));
        compile(form, &[&all_twins(&own)], &c::library(), &own.join("all"));
        for name in twins() {
            std::os::unix::fs::symlink("all", own.join(name)).expect("a link");
        }
        std::fs::write(&ready, "").expect("a file");
        failure.unset();
    }
    super::until("the twins are compiled", || ready.exists() || failed.exists());
    assert!(
        ready.exists(),
        "the twins do not compile, as another test reports"
    );
    own.join(name)
}

/// A file that is written when this is dropped, unless the test got so far as to unset it.
struct FailureMarker<'a>(Option<&'a Path>);

impl FailureMarker<'_> {
    fn unset(mut self) {
        self.0 = None;
    }
}

impl Drop for FailureMarker<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.0 {
            let _ = std::fs::write(path, "");
        }
    }
}
