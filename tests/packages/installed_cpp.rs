//! The C++ binding as users install it: built against by a program outside this folder.
#![cfg(target_os = "linux")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use common::c;
use nitro_emulator::{Clock, Scenario};

const PREFIX: &str = "/opt/of/nitro";

/// Where everything was installed and then moved to.
fn installed() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let stage = folder("stage");
        let target = c::deps().join("../..").canonicalize().expect("the target folder");
        let mut make = Command::new("make");
        make.args(["-s", "install"])
            .arg(format!("DESTDIR={}", stage.display()))
            .arg(format!("PREFIX={PREFIX}"))
            .current_dir(c::root())
            .env("CARGO_TARGET_DIR", target);
        c::succeeds(&mut make);
        stage.join(PREFIX.trim_start_matches('/'))
    })
}

/// A folder of this name, empty.
fn folder(name: &str) -> PathBuf {
    let folder = c::build_dir().join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The program of twenty lines, in a folder of its own.
fn outside(name: &str) -> PathBuf {
    let folder = folder(name);
    for file in ["main.cpp", "CMakeLists.txt"] {
        let from = c::root().join("tests/cpp/outside").join(file);
        std::fs::copy(from, folder.join(file)).expect("the program");
    }
    let source = std::fs::read_to_string(folder.join("main.cpp")).expect("the program");
    assert!(source.lines().count() <= 22, "twenty lines and what they are for");
    folder
}

/// Runs the program against the emulator: it follows one job, and cancels the wait for another one, which goes on.
fn follows_one_and_cancels_another(program: &Path) {
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let job = emulator.create_job(common::quick());
    let other = emulator.create_job(Scenario::new().clock(Clock::Manual));
    let mut run = Command::new(program);
    run.args([&job, &other])
        .current_dir(folder.path())
        .env_clear()
        .env("LD_LIBRARY_PATH", installed().join("lib"))
        .env("NITRO_BASE_URL", emulator.base_url())
        .env("NITRO_TOKEN", emulator.token());
    let printed = c::succeeds(&mut run);
    assert!(
        printed.starts_with("running ") && printed.ends_with("\ncancelled\n"),
        "{printed}"
    );
    let saved = std::fs::read(folder.path().join("result.pdf")).expect("the result");
    assert!(saved == emulator.output_of(&job)[0]);
}

#[test]
fn cmake_builds_a_cpp_program() {
    if !c::have_all(&["cmake", "g++"]) {
        return;
    }
    let folder = outside("cmake");
    for (name, arguments) in [
        ("shared", ["-DCMAKE_CXX_STANDARD=11", "-DBUILD_SHARED_LIBS=ON"]),
        ("static", ["-DCMAKE_CXX_STANDARD=20", "-DBUILD_SHARED_LIBS=OFF"]),
    ] {
        let build = folder.join(name);
        let mut cmake = Command::new("cmake");
        cmake.arg("-S").arg(&folder).arg("-B").arg(&build).args(arguments);
        cmake.arg(format!("-DCMAKE_PREFIX_PATH={}", installed().display()));
        c::succeeds(&mut cmake);
        c::succeeds(Command::new("cmake").arg("--build").arg(&build));
        follows_one_and_cancels_another(&build.join("outside"));
    }
}

#[test]
fn pkg_config_builds_a_cpp_program() {
    if !c::have("pkg-config") {
        return;
    }
    let folder = outside("pkg-config");
    for (compiler, package) in [("g++", "nitro_jobs"), ("clang++", "nitro_jobs-static")] {
        if !c::have_for_part(compiler) {
            continue;
        }
        let flags = c::succeeds(
            Command::new("pkg-config")
                .env("PKG_CONFIG_PATH", installed().join("lib/pkgconfig"))
                .args(["--cflags", "--libs", package]),
        );
        let program = folder.join(compiler);
        let mut cc = Command::new(compiler);
        cc.args(["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
        cc.arg(folder.join("main.cpp")).args(flags.split_whitespace());
        c::succeeds(cc.arg("-o").arg(&program));
        follows_one_and_cancels_another(&program);
    }
}

/// Every header is installed and finds the others there.
#[test]
fn all_cpp_headers_are_installed() {
    let include = installed().join("include");
    let same = |inside: &str| {
        let made = std::fs::read(c::root().join("bindings/cpp").join(inside)).expect("a header");
        let there = std::fs::read(include.join(inside)).unwrap_or_default();
        assert!(made == there, "{inside} is not installed");
    };
    same("nitro_jobs.hpp");
    same("nitro_jobs_nlohmann.hpp");
    let folder = std::fs::read_dir(c::root().join("bindings/cpp/nitro_jobs")).expect("the headers");
    for entry in folder.flatten() {
        same(&format!("nitro_jobs/{}", entry.file_name().to_string_lossy()));
    }
}
