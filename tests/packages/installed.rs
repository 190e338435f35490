//! The library as users install it: built against by programs outside this folder.
#![cfg(target_os = "linux")]

use crate::common;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use common::c;
use nitro_emulator::Scenario;

const WARNINGS: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];
/// The install prefix. It never exists: each test works with a folder that was moved.
const PREFIX: &str = "/opt/of/nitro";
const LIBDIR: &str = "/opt/of/nitro/lib/some-triplet";

fn make(target: &str, variables: &[String]) {
    let folder = c::deps().join("../..").canonicalize().expect("the target folder");
    let mut make = Command::new("make");
    make.args(["-s", target])
        .args(variables)
        .current_dir(c::root())
        .env("CARGO_TARGET_DIR", folder);
    c::succeeds(&mut make);
}

/// What `make install` installs with `DESTDIR`, `PREFIX` and `LIBDIR`.
struct Installed {
    prefix: PathBuf,
    libdir: PathBuf,
}

fn installed() -> &'static Installed {
    static INSTALLED: OnceLock<Installed> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let stage = c::build_dir().join("stage");
        let _ = std::fs::remove_dir_all(&stage);
        let variables = [
            format!("DESTDIR={}", stage.display()),
            format!("PREFIX={PREFIX}"),
            format!("LIBDIR={LIBDIR}"),
        ];
        make("install", &variables);
        let inside = |path: &str| stage.join(path.trim_start_matches('/'));
        Installed {
            prefix: inside(PREFIX),
            libdir: inside(LIBDIR),
        }
    })
}

/// The program that the README shows, which follows a job and saves its result as `result.pdf`.
fn program(folder: &Path, name: &str, job: &str) -> PathBuf {
    let readme = std::fs::read_to_string(c::root().join("README.md")).expect("the README");
    let (_, rest) = readme.split_once("```c\n").expect("a C program");
    let (source, _) = rest.split_once("```").expect("its end");
    assert!(source.lines().count() <= 30, "thirty lines are enough");
    let placeholder = "01234567-89ab-cdef-0123-456789abcdef";
    assert!(source.contains(placeholder));
    let path = folder.join(name);
    std::fs::write(&path, source.replace(placeholder, job)).expect("the program");
    path
}

/// Runs `program` against the emulator, with the installed library if it is shared: it must save the result.
fn follows_a_job(program: &Path, libdir: Option<&Path>, service: &Service) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut run = Command::new(program);
    run.current_dir(folder.path())
        .env_clear()
        .env("NITRO_BASE_URL", service.emulator.base_url())
        .env("NITRO_TOKEN", service.emulator.token());
    run.envs(libdir.map(|libdir| ("LD_LIBRARY_PATH", libdir)));
    c::succeeds(&mut run);
    let saved = std::fs::read(folder.path().join("result.pdf")).expect("the result");
    assert!(saved == service.emulator.output_of(&service.job)[0]);
}

/// An emulator with one job.
struct Service {
    emulator: nitro_emulator::Emulator,
    job: String,
}

fn service() -> Service {
    let emulator = common::emulator();
    let job = emulator.create_job(Scenario::instant());
    Service { emulator, job }
}

fn folder(name: &str) -> PathBuf {
    let folder = c::build_dir().join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn pkg_config(libdir: &Path, arguments: &[&str]) -> Vec<String> {
    let printed = c::succeeds(
        Command::new("pkg-config")
            .env("PKG_CONFIG_PATH", libdir.join("pkgconfig"))
            .args(arguments),
    );
    printed.split_whitespace().map(str::to_owned).collect()
}

/// The compilers with the oldest standard that the header is for.
const COMPILERS: [(&str, &str, &str); 4] = [
    ("gcc", "-std=c99", "c"),
    ("clang", "-std=c99", "c"),
    ("g++", "-std=c++11", "cpp"),
    ("clang++", "-std=c++11", "cpp"),
];

#[test]
fn pkg_config_builds_with_every_compiler() {
    if !c::have("pkg-config") {
        return;
    }
    let (folder, service, to) = (folder("pkg-config"), service(), installed());
    let version = pkg_config(&to.libdir, &["--modversion", "nitro_jobs"]);
    assert_eq!(version, [env!("CARGO_PKG_VERSION")]);
    for (compiler, standard, ending) in COMPILERS {
        if !c::have_for_part(compiler) {
            continue;
        }
        for package in ["nitro_jobs", "nitro_jobs-static"] {
            let name = format!("{compiler}-{package}");
            let source = program(&folder, &format!("{name}.{ending}"), &service.job);
            let made = folder.join(&name);
            c::succeeds(
                Command::new(compiler)
                    .arg(standard)
                    .args(WARNINGS)
                    .arg(source)
                    .args(pkg_config(&to.libdir, &["--cflags", "--libs", package]))
                    .arg("-o")
                    .arg(&made),
            );
            let shared = package == "nitro_jobs";
            assert_eq!(needs_the_library(&made), shared, "{name}");
            follows_a_job(&made, shared.then_some(&to.libdir), &service);
        }
    }
}

/// If only the static library is installed, `pkg-config --static` suffices.
#[test]
fn pkg_config_builds_against_the_static_library() {
    if !c::have_all(&["pkg-config", "gcc"]) {
        return;
    }
    let (folder, service, to) = (folder("static-only"), service(), installed());
    let only = folder.join("moved/again/lib");
    std::fs::create_dir_all(only.join("pkgconfig")).expect("a folder");
    std::fs::create_dir_all(folder.join("moved/again/include")).expect("a folder");
    let text = std::fs::read_to_string(to.libdir.join("pkgconfig/nitro_jobs.pc")).expect("the .pc file");
    // One step nearer to the prefix than where it was installed.
    let text = text.replace("${pcfiledir}/../../..", "${pcfiledir}/../..");
    std::fs::write(only.join("pkgconfig/nitro_jobs.pc"), text).expect("the .pc file");
    std::fs::hard_link(to.libdir.join("libnitro_jobs.a"), only.join("libnitro_jobs.a")).expect("a link");
    std::fs::copy(
        to.prefix.join("include/nitro_jobs.h"),
        folder.join("moved/again/include/nitro_jobs.h"),
    )
    .expect("the header");
    let source = program(&folder, "outside.c", &service.job);
    let made = folder.join("outside");
    c::succeeds(
        Command::new("gcc")
            .args(["-std=c99"])
            .args(WARNINGS)
            .arg(source)
            .args(pkg_config(
                &only,
                &["--static", "--cflags", "--libs", "nitro_jobs"],
            ))
            .arg("-o")
            .arg(&made),
    );
    assert!(!needs_the_library(&made));
    follows_a_job(&made, None, &service);
}

#[test]
fn cmake_builds_against_the_shared_and_static_library() {
    if !c::have_all(&["cmake", "g++"]) {
        return;
    }
    let (folder, service, to) = (folder("cmake"), service(), installed());
    program(&folder, "outside.c", &service.job);
    program(&folder, "outside.cpp", &service.job);
    let mut lists = "cmake_minimum_required(VERSION 3.16)\nproject(outside C CXX)\n\
        set(CMAKE_C_STANDARD 99)\nset(CMAKE_CXX_STANDARD 11)\n\
        find_package(nitro_jobs 0.1 REQUIRED)\n"
        .to_owned();
    for kind in ["shared", "static", "nitro_jobs"] {
        for ending in ["c", "cpp"] {
            writeln!(
                lists,
                "add_executable({kind}-{ending} outside.{ending})\n\
                 target_link_libraries({kind}-{ending} PRIVATE nitro_jobs::{kind})"
            )
            .expect("text");
        }
    }
    std::fs::write(folder.join("CMakeLists.txt"), lists).expect("a file");
    let build = folder.join("build");
    let configure = |arguments: &[String]| {
        let mut cmake = Command::new("cmake");
        cmake.arg("-S").arg(&folder).arg("-B").arg(&build).args(arguments);
        c::succeeds(&mut cmake);
        c::succeeds(Command::new("cmake").arg("--build").arg(&build));
    };
    configure(&[
        format!("-DCMAKE_PREFIX_PATH={}", to.prefix.display()),
        format!("-Dnitro_jobs_DIR={}/cmake/nitro_jobs", to.libdir.display()),
    ]);
    for (kind, shared) in [("shared", true), ("static", false), ("nitro_jobs", true)] {
        for ending in ["c", "cpp"] {
            let made = build.join(format!("{kind}-{ending}"));
            assert_eq!(needs_the_library(&made), shared, "{kind} {ending}");
            follows_a_job(&made, None, &service);
        }
    }
    configure(&["-DBUILD_SHARED_LIBS=OFF".to_owned()]);
    assert!(!needs_the_library(&build.join("nitro_jobs-c")));
}

/// Evaluates the version file as CMake does for a requested version.
#[test]
fn cmake_accepts_compatible_versions_only() {
    if !c::have("cmake") {
        return;
    }
    let script = folder("cmake-version").join("request.cmake");
    let file = installed()
        .libdir
        .join("cmake/nitro_jobs/nitro_jobs-config-version.cmake");
    let [major, minor, patch] = env!("CARGO_PKG_VERSION")
        .split('.')
        .map(|number| number.parse::<u32>().expect("a number"))
        .collect::<Vec<_>>()[..]
    else {
        panic!("three numbers");
    };
    let requests = [
        (format!("{major}"), 1, true),
        (format!("{major}.{minor}"), 2, true),
        (format!("{major}.{minor}.{patch}"), 3, true),
        (format!("{major}.{minor}.{}", patch + 1), 3, false),
        (format!("{major}.{}", minor + 1), 2, false),
        (format!("{}", major + 1), 1, false),
    ];
    let mut text = String::new();
    for (version, count, fits) in requests {
        let mut parts = version.split('.').chain(["0", "0"]);
        let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        writeln!(
            text,
            "set(PACKAGE_FIND_VERSION {version})\nset(PACKAGE_FIND_VERSION_COUNT {count})\n\
             set(PACKAGE_FIND_VERSION_MAJOR {major})\nset(PACKAGE_FIND_VERSION_MINOR {minor})\n\
             include({})\nif(NOT PACKAGE_VERSION_COMPATIBLE STREQUAL {})\n\
             message(FATAL_ERROR \"{version}: ${{PACKAGE_VERSION_COMPATIBLE}}\")\nendif()",
            file.display(),
            if fits { "TRUE" } else { "FALSE" }
        )
        .expect("text");
    }
    std::fs::write(&script, text).expect("a script");
    c::succeeds(Command::new("cmake").arg("-P").arg(script));
}

/// From the release archive, without a build system.
#[test]
fn the_archive_builds_with_plain_compiler_flags() {
    let (folder, service) = (folder("archive"), service());
    make("dist", &[]);
    let name = format!(
        "nitro-jobs-{}-{}",
        env!("CARGO_PKG_VERSION"),
        c::succeeds(Command::new("cc").arg("-dumpmachine")).trim()
    );
    let dist = c::deps()
        .join("../../dist")
        .canonicalize()
        .expect("the archive's folder");
    let archive = dist.join(format!("{name}.tar.gz"));
    c::succeeds(
        Command::new("sha256sum")
            .args(["--check", "--strict"])
            .arg(format!("{name}.tar.gz.sha256"))
            .current_dir(&dist),
    );
    c::succeeds(
        Command::new("tar")
            .arg("-xzf")
            .arg(&archive)
            .arg("-C")
            .arg(&folder),
    );
    let prefix = folder.join(name);
    let source = program(&folder, "outside.c", &service.job);
    let link = |name: &str, arguments: &[String]| {
        let made = folder.join(name);
        let mut cc = Command::new("cc");
        cc.args(["-std=c99"])
            .args(WARNINGS)
            .arg("-I")
            .arg(prefix.join("include"));
        c::succeeds(cc.arg(&source).args(arguments).arg("-o").arg(&made));
        made
    };
    let lib = prefix.join("lib");
    let made = link(
        "shared",
        &[format!("-L{}", lib.display()), "-lnitro_jobs".to_owned()],
    );
    follows_a_job(&made, Some(&lib), &service);
    let archive = lib.join("libnitro_jobs.a").display().to_string();
    let arguments = [archive].into_iter().chain(native_libraries());
    let made = link("static", &arguments.collect::<Vec<_>>());
    follows_a_job(&made, None, &service);
}

/// The libraries that docs/LINKING.md names for this platform.
fn native_libraries() -> Vec<String> {
    let page = std::fs::read_to_string(c::root().join("docs/LINKING.md")).expect("docs/LINKING.md");
    let line = page
        .lines()
        .find(|line| line.starts_with("| Linux (glibc)"))
        .expect("a line for this platform");
    let flags = line.split('`').nth(1).expect("the flags");
    flags.split(' ').map(str::to_owned).collect()
}

#[test]
fn the_documented_system_libraries_are_those_of_rustc() {
    let to = installed();
    let printed = c::deps().join("../../release/native-static-libs.txt");
    let printed =
        std::fs::read_to_string(printed).expect("the list that rustc wrote when the library was built");
    let printed: Vec<_> = printed.split_whitespace().collect();
    assert!(printed.contains(&"-lc"), "{printed:?}");
    assert_eq!(native_libraries(), printed, "docs/LINKING.md");
    let pc = std::fs::read_to_string(to.libdir.join("pkgconfig/nitro_jobs.pc")).expect("the .pc file");
    assert!(
        pc.ends_with(&format!("\nLibs.private: {}\n", printed.join(" "))),
        "{pc}"
    );
    let readme = std::fs::read_to_string(c::root().join("README.md")).expect("the README");
    assert!(readme.contains(&printed.join(" ")), "README.md");
}

#[test]
fn no_installed_file_contains_its_install_path() {
    let to = installed();
    let mut open = vec![to.prefix.clone()];
    let mut names = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() && !path.is_symlink() {
            open.extend(
                std::fs::read_dir(&path)
                    .expect("a folder")
                    .flatten()
                    .map(|entry| entry.path()),
            );
            continue;
        }
        if path.is_symlink() {
            let target = std::fs::read_link(&path).expect("a link");
            assert!(target.is_relative(), "{} -> {}", path.display(), target.display());
        } else {
            let bytes = std::fs::read(&path).expect("a file");
            let workshop = c::root().to_string_lossy().into_owned();
            // The static library keeps the debug information of C code, which names the folders of the registry.
            let shared = path.to_string_lossy().contains(".so");
            let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME"));
            let home = home.ok().filter(|home| shared && home.len() > 1);
            for place in [PREFIX, workshop.as_str()].into_iter().chain(home.as_deref()) {
                let found = bytes
                    .windows(place.len())
                    .position(|window| window == place.as_bytes());
                assert_eq!(found, None, "{} names {place}", path.display());
            }
        }
        let name = path.strip_prefix(&to.prefix).expect("inside");
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort_unstable();
    let libdir = LIBDIR.trim_start_matches(PREFIX).trim_start_matches('/');
    let version = env!("CARGO_PKG_VERSION");
    let mut expected: Vec<_> = [
        "libnitro_jobs.a",
        "libnitro_jobs.so",
        "libnitro_jobs.so.0",
        &format!("libnitro_jobs.so.{version}"),
        "cmake/nitro_jobs/nitro_jobs-config.cmake",
        "cmake/nitro_jobs/nitro_jobs-config-version.cmake",
        "pkgconfig/nitro_jobs.pc",
        "pkgconfig/nitro_jobs-static.pc",
    ]
    .map(|name| format!("{libdir}/{name}"))
    .to_vec();
    expected.push("include/nitro_jobs.h".to_owned());
    // Whether each of the C++ headers is there is for tests/packages/installed_cpp.rs.
    names.retain(|name| !name.ends_with(".hpp"));
    expected.push("share/man/man3/nitro_jobs.3".to_owned());
    let pages = [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "THIRD-PARTY.txt",
        "CHANGELOG.md",
        "ABI.md",
        "CONNECTIONS.md",
        "EMBEDDING.md",
        "ERRORS.md",
        "LINKING.md",
        "RELIABILITY.md",
        "THREADING.md",
        "gtk-progress.png",
        "symbols.txt",
        "examples/README.md",
        "examples/gtk/progress.c",
    ];
    for example in std::fs::read_dir(c::root().join("examples/c")).expect("the examples") {
        let name = example.expect("a file").file_name();
        expected.push(format!(
            "share/doc/nitro-jobs/examples/c/{}",
            name.to_string_lossy()
        ));
    }
    expected.extend(pages.map(|name| format!("share/doc/nitro-jobs/{name}")));
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn a_libdir_outside_the_prefix_is_rejected() {
    let output = Command::new(c::root().join("packaging/install.sh"))
        .envs([
            ("PREFIX", "/usr"),
            ("LIBDIR", "/lib64"),
            ("DESTDIR", "/nowhere"),
            ("SHIP", "/nowhere"),
        ])
        .output()
        .expect("the script");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("must be inside"));
}

/// Whether the program is linked with the shared library.
fn needs_the_library(program: &Path) -> bool {
    let dynamic = c::succeeds(Command::new("readelf").arg("-dW").arg(program));
    dynamic.contains("Shared library: [libnitro_jobs.so.0]")
}
