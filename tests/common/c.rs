//! C programs as tests: compiled against the header and the shared library, run under a watchdog.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

#[allow(unused_imports, reason = "each test uses its part")]
pub use super::tools::{have, have_all, have_for_part, have_if, strict};
use super::{cpp, wait_for};

/// Longer than any program takes on a busy machine: only a hang exceeds it.
const WATCHDOG: Duration = Duration::from_secs(60);
/// The programs that make 100,000 operations or transfer a gigabyte.
const LONG: [&str; 3] = ["soak", "download_memory", "upload_memory"];
/// The same for those, and under a tool such as valgrind, where each instruction costs fifty.
const SLOW_WATCHDOG: Duration = Duration::from_secs(600);
/// As strict as a compiler can be made.
pub const STRICT_C: [&str; 6] = [
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Werror",
];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command under which the programs run, such as `valgrind -q --error-exitcode=99`; nothing by default.
pub fn runner() -> Vec<String> {
    let runner = std::env::var("NITRO_TEST_RUNNER").unwrap_or_default();
    runner.split_whitespace().map(str::to_owned).collect()
}

/// A command that starts `program`, under the runner if there is one. Tests must start every C program with it.
pub fn command(program: &Path) -> Command {
    let args: Vec<_> = runner().into_iter().map(OsString::from).collect();
    let mut args = args.into_iter().chain([program.into()]);
    let mut command = Command::new(args.next().expect("a program"));
    command.args(args);
    command
}

/// The first amount of work, or the second under a tool, where everything is slow.
pub fn unless_under_tool<T>(plain: T, under_a_tool: T) -> T {
    if runner().is_empty() { plain } else { under_a_tool }
}

/// A time in milliseconds, multiplied by `NITRO_TEST_SLOWER` where the programs run slowly.
pub fn scaled_ms(ms: u64) -> u64 {
    let slower = std::env::var("NITRO_TEST_SLOWER").ok();
    ms * slower.and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// The folder in which cargo built this test program and the shared library.
pub fn deps() -> PathBuf {
    let test = std::env::current_exe().expect("this program's own path");
    test.parent().expect("a folder").to_owned()
}

/// A folder for the files that this test program makes.
pub fn build_dir() -> PathBuf {
    let test = std::env::current_exe().expect("this program's own path");
    let name = test.file_stem().expect("a name").to_string_lossy();
    let (name, _hash) = name.rsplit_once('-').expect("cargo's hash");
    let folder = deps().join("../c-tests").join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the C programs");
    folder.canonicalize().expect("its path")
}

/// The folder of the shared library that cargo built for this test, or of the one that `NITRO_TEST_LIBRARY` names, such as
/// one with a sanitizer. The library is there under its SONAME, too.
pub fn library() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = build_dir().join("lib");
        let built = std::env::var_os("NITRO_TEST_LIBRARY");
        install(
            &built.map_or_else(|| deps().join("libnitro_jobs.so"), PathBuf::from),
            &folder,
        );
        folder
    });
    folder.clone()
}

/// The folder of the shared library as it is released, built by `make`. The library is there under its SONAME, too.
pub fn release_library() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let (target, folder) = (deps().join("../.."), build_dir().join("release"));
        let target = target.canonicalize().expect("the target folder");
        succeeds(
            Command::new("make")
                .args(["-s", "shared"])
                .current_dir(root())
                .env("CARGO_TARGET_DIR", &target),
        );
        install(&target.join("release/libnitro_jobs.so"), &folder);
        folder
    });
    folder.clone()
}

/// Puts links to `library` into `folder`: for the linker by its name, for the loader by its SONAME.
pub fn install(library: &Path, folder: &Path) {
    assert!(library.is_file(), "cargo built no {}", library.display());
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).expect("a folder for the library");
    for name in ["libnitro_jobs.so", "libnitro_jobs.so.0"] {
        std::os::unix::fs::symlink(library, folder.join(name)).expect("a link to the library");
    }
}

/// Compiles `sources` as strict C99 and links them with the library in `library`.
pub fn compile(sources: &[&Path], library: &Path, program: &Path) {
    let compiler = std::env::var("NITRO_TEST_CC").unwrap_or_else(|_| "cc".to_owned());
    let flags = std::env::var("NITRO_TEST_CFLAGS").unwrap_or_default();
    let mut cc = Command::new(compiler);
    cc.args(STRICT_C)
        .args(["-O1", "-g"])
        .args(flags.split_whitespace())
        .args(sources);
    cc.arg("-I")
        .arg(root().join("include"))
        .arg("-I")
        .arg(root().join("tests/c"));
    cc.arg("-L")
        .arg(library)
        .arg(format!("-Wl,-rpath,{}", library.display()));
    cc.args(["-lnitro_jobs", "-lpthread", "-o"]).arg(program);
    succeeds(&mut cc);
}

/// Runs a tool that must succeed; returns its standard output.
pub fn succeeds(command: &mut Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("the tool can be started");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{stderr}",
        output.status
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Whether `run` has a compiler for its programs, which is one for C++ where this process runs the twins. Where it has none the
/// test must return.
pub fn can_build() -> bool {
    cpp::form().is_none_or(|form| have(cpp::compiler_of(form)))
}

/// The program `tests/c/NAME.c`, compiled once in this process; its C++ twin where this process runs those.
fn built(name: &str) -> PathBuf {
    if let Some(form) = cpp::form() {
        return cpp::twin(form, name);
    }
    static BUILT: Mutex<Option<HashMap<String, Arc<OnceLock<PathBuf>>>>> = Mutex::new(None);
    let cell = {
        let mut built = BUILT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        built
            .get_or_insert_default()
            .entry(name.to_owned())
            .or_default()
            .clone()
    };
    cell.get_or_init(|| {
        let (program, sources) = (build_dir().join(name), root().join("tests/c"));
        let source = sources.join(format!("{name}.c"));
        compile(&[&source, &sources.join("check.c")], &library(), &program);
        program
    })
    .clone()
}

/// The program `tests/c/NAME.c` with the released library, to be measured; under a tool, with the library of the tool.
pub fn measured(name: &str) -> PathBuf {
    let (program, sources) = (build_dir().join(name), root().join("tests/c"));
    let source = sources.join(format!("{name}.c"));
    let library = if runner().is_empty() {
        release_library()
    } else {
        library()
    };
    compile(&[&source, &sources.join("check.c")], &library, &program);
    program
}

/// A run of a C program: `PROGRAM BASE_URL TOKEN NAME=VALUE...`, as `tests/c/check.h` has it.
pub struct Run {
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(String, OsString)>,
}

pub fn run(name: &str, base_url: &str, token: &str) -> Run {
    at(built(name), base_url, token)
}

/// A run of a program that was compiled elsewhere.
pub fn at(program: PathBuf, base_url: &str, token: &str) -> Run {
    Run {
        program,
        arguments: vec![base_url.into(), token.into()],
        environment: Vec::new(),
    }
}

impl Run {
    pub fn arg(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        let mut argument = OsString::from(format!("{name}="));
        argument.push(value);
        self.arguments.push(argument);
        self
    }

    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Runs the program to its end; it must succeed.
    pub fn passes(self) {
        self.start().passes();
    }

    pub fn start(self) -> Running {
        let mut command = command(&self.program);
        command.args(&self.arguments);
        // Only what the test sets: no proxy and no trust store of this machine.
        command.env_clear().env("RUST_BACKTRACE", "0");
        for name in ["PATH", "HOME", "TMPDIR", "NITRO_TEST_RUNNER"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.envs(self.environment);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the C program can be started");
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let token = self.arguments.get(1).cloned().unwrap_or_default();
        Running {
            token: token.to_string_lossy().into_owned(),
            name: self
                .program
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            stdin: Arc::new(Mutex::new(child.stdin.take())),
            output: [collect(stdout), collect(stderr)],
            child,
        }
    }
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut output = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut output);
        }
        String::from_utf8_lossy(&output).into_owned()
    })
}

/// A running C program.
pub struct Running {
    name: String,
    token: String,
    child: Child,
    stdin: Arc<Mutex<Option<ChildStdin>>>,
    output: [std::thread::JoinHandle<String>; 2],
}

/// Wakes a program that waits in `await_signal`.
#[derive(Clone)]
pub struct Signal(Arc<Mutex<Option<ChildStdin>>>);

impl Signal {
    pub fn send(&self) {
        let mut stdin = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A program that has ended needs no signal.
        if let Some(stdin) = stdin.as_mut() {
            let _ = stdin.write_all(b"\n").and_then(|()| stdin.flush());
        }
    }
}

impl Running {
    pub fn signal(&self) -> Signal {
        Signal(self.stdin.clone())
    }

    /// Waits until `holds` becomes true; fails at once if the program ends before.
    pub fn until(mut self, what: &str, mut holds: impl FnMut() -> bool) -> Self {
        super::until(what, || {
            holds() || self.child.try_wait().expect("its status").is_some()
        });
        if !holds() {
            self.passes();
            panic!("the program ended before this came true: {what}");
        }
        self
    }

    pub fn passes(self) {
        self.output();
    }

    /// Waits for its end; it must succeed. Returns its standard output.
    pub fn output(mut self) -> String {
        let patience = if runner().is_empty() && !LONG.contains(&self.name.as_str()) {
            WATCHDOG
        } else {
            SLOW_WATCHDOG
        };
        let status = wait_for(patience, || self.child.try_wait().expect("its status"));
        if status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let [stdout, stderr] = self.output.map(|output| output.join().unwrap_or_default());
        // What the programs print comes from the library: messages, log lines, tickets, problems.
        assert!(
            self.token.is_empty() || !(stdout.contains(&self.token) || stderr.contains(&self.token)),
            "{} shows the token",
            self.name
        );
        match status {
            Some(status) => assert!(status.success(), "{}: {status}\n{stdout}{stderr}", self.name),
            None => panic!("{} hung for {patience:?}\n{stdout}{stderr}", self.name),
        }
        assert_eq!(
            stderr, "",
            "{}: neither program nor library writes to standard error",
            self.name
        );
        stdout
    }
}
