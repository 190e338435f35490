//! The Python package as users install it: the wheel in a virtual environment of its own, and its tests there.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use crate::common;

use common::c;
use common::pki::Authority;
use nitro_emulator::{Config, Emulator, Outcome, Scenario, Tls};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs a tool that must succeed, and shows its whole output if it does not; returns its standard output.
fn succeeds(command: &mut Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("the tool can be started");
    let printed = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (printed(&output.stdout), printed(&output.stderr));
    let program = command.get_program();
    assert!(
        output.status.success(),
        "{program:?}: {}\n{out}{err}",
        output.status
    );
    out
}

/// Whether there is a Python that can make virtual environments. Debian has that in a package of its own.
fn have_python() -> bool {
    let mut python = Command::new("python3");
    python
        .args(["-c", "import venv, ensurepip"])
        .stderr(Stdio::null());
    let found = python.status().is_ok_and(|status| status.success());
    c::have_all(&["python3", "objdump"]) & c::have_if(found, "python3-venv")
}

/// A virtual environment with the wheel in it and nothing else.
struct Environment {
    folder: PathBuf,
    /// The pip of the tools that made the wheel: the environment itself has none.
    pip: PathBuf,
}

impl Environment {
    fn new() -> Self {
        let target = c::deps().join("../..").canonicalize().expect("the target folder");
        let made = succeeds(
            Command::new("make")
                .args(["-s", "wheel"])
                .current_dir(c::root())
                .env("CARGO_TARGET_DIR", &target),
        );
        let wheel = made.lines().last().expect("the wheel's name");
        let folder = c::build_dir().join("venv");
        let _ = std::fs::remove_dir_all(&folder);
        succeeds(
            Command::new("python3")
                .args(["-m", "venv", "--without-pip"])
                .arg(&folder),
        );
        let pip = target.join("wheel-tools/bin/pip");
        let environment = Self { folder, pip };
        environment.pip(&["install", "--no-index", wheel]);
        let packages = environment.pip(&["list", "--format=freeze"]);
        assert_eq!(
            packages.trim(),
            concat!("nitro-jobs==", env!("CARGO_PKG_VERSION"))
        );
        environment
    }

    fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }

    fn pip(&self, args: &[&str]) -> String {
        succeeds(
            Command::new(&self.pip)
                .args(["--disable-pip-version-check", "--python"])
                .arg(self.python())
                .args(args),
        )
    }

    /// Python in the package's folder of the repository, in which it must leave no file.
    fn run(&self, args: &[&str], environment: &[(&str, &str)]) {
        let mut python = Command::new(self.python());
        python.args(args).current_dir(c::root().join("bindings/python"));
        python.env_clear().env("PYTHONDONTWRITEBYTECODE", "1");
        for name in ["PATH", "HOME", "TMPDIR"] {
            python.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        println!("{}", succeeds(python.envs(environment.iter().copied())));
    }
}

/// The README's program, by itself in an empty folder: it follows one job and leaves another.
fn the_first_program(environment: &Environment) {
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let done = emulator.create_job(common::quick());
    let running = emulator.create_job(Scenario::new().outcome(Outcome::Never));
    std::fs::copy(
        c::root().join("bindings/python/examples/first.py"),
        folder.path().join("first.py"),
    )
    .expect("the program");
    let printed = succeeds(
        Command::new(environment.python())
            .args(["first.py", &done, &running])
            .current_dir(folder.path())
            .env_clear()
            .env("NITRO_BASE_URL", emulator.base_url())
            .env("NITRO_TOKEN", emulator.token()),
    );
    let saved = std::fs::read(folder.path().join("result.pdf")).expect("the result");
    assert!(saved == emulator.output_of(&done)[0]);
    let lines: Vec<_> = printed.lines().collect();
    assert!(
        lines.iter().any(|line| line.starts_with("running 0.")),
        "{printed}"
    );
    let last = lines.last().expect("a line");
    assert!(
        last.starts_with("the job continues: {") && last.contains(&running),
        "{printed}"
    );
}

/// An emulator with TLS that requires client certificates.
fn secure(authority: &Authority) -> Emulator {
    let pair = authority.issue("127.0.0.1");
    let tls = Tls {
        cert_pem: pair.certificate,
        key_pem: pair.key,
        client_ca_pem: Some(authority.pem()),
    };
    let config = Config {
        tls: Some(tls),
        ..Config::default()
    };
    Emulator::start(config).expect("the emulator starts")
}

/// Types, first as a program sees the installed package, then inside it.
fn the_types(environment: &Environment, cache: &Path) {
    let cache = cache.to_str().expect("a path in UTF-8");
    for what in [&["tests", "examples"][..], &["src"]] {
        environment.run(
            &[&["-m", "mypy", "--strict", "--cache-dir", cache], what].concat(),
            &[],
        );
    }
}

#[test]
fn the_wheel_is_sufficient_in_an_empty_environment() {
    if !have_python() {
        return;
    }
    let environment = Environment::new();
    the_first_program(&environment);

    let requirements = c::root().join("bindings/python/test-requirements.txt");
    environment.pip(&["install", "-r", requirements.to_str().expect("a path in UTF-8")]);
    the_types(&environment, &c::build_dir().join("mypy"));

    let authority = Authority::new("an authority");
    let (emulator, secure, pair) = (
        common::emulator(),
        secure(&authority),
        authority.issue("a client"),
    );
    environment.run(
        &["-m", "pytest", "-q"],
        &[
            ("NITRO_TEST_BASE_URL", &emulator.base_url()),
            ("NITRO_TEST_TOKEN", &emulator.token()),
            ("NITRO_TEST_TLS_URL", &secure.base_url()),
            ("NITRO_TEST_CA", &authority.pem()),
            ("NITRO_TEST_CERTIFICATE", &pair.certificate),
            ("NITRO_TEST_KEY", &pair.key),
        ],
    );
}
