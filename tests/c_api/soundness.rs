//! Memory, threads and leaks of the C library after many operations, and what the tools can detect.
#![cfg(target_os = "linux")]

use crate::common;

use std::io::Read;
use std::net::{Shutdown, TcpListener};
use std::path::Path;
use std::time::Duration;

use common::c;
use nitro_emulator::{Clock, Outcome, Scenario};

const OPERATIONS: u32 = 100_000;
/// Under a tool, which checks each operation: every kind, and the watch more than once.
const FEWER_OPERATIONS: u32 = 2_000;

fn measured(name: &str, emulator: &nitro_emulator::Emulator) -> c::Run {
    c::at(c::measured(name), &emulator.base_url(), &emulator.token())
}

fn running() -> Scenario {
    Scenario::new().clock(Clock::Manual)
}

#[test]
fn a_hundred_thousand_operations_leak_no_memory_descriptors_or_threads() {
    let (emulator, operations) = (
        common::emulator(),
        c::unless_under_tool(OPERATIONS, FEWER_OPERATIONS),
    );
    measured("soak", &emulator)
        .arg("operations", operations.to_string())
        .arg(
            "job",
            emulator.create_job(Scenario::instant().size_bytes(10_000u64)),
        )
        .arg("running", emulator.create_job(running()))
        .arg(
            "lost",
            emulator.create_job(Scenario::instant().outcome(Outcome::Lost)),
        )
        .passes();
}

#[test]
fn one_status_request_takes_less_than_five_megabytes() {
    let emulator = common::emulator();
    measured("startup_memory", &emulator)
        .arg("job", emulator.create_job(Scenario::instant()))
        .passes();
}

#[test]
fn handles_shared_by_eight_threads_are_cancelled_and_freed_from_a_ninth() {
    let emulator = common::emulator();
    c::run("shared_handles", &emulator.base_url(), &emulator.token())
        .arg("running", emulator.create_job(running()))
        .arg("done", emulator.create_job(Scenario::instant()))
        .arg("rounds", c::unless_under_tool("8", "3"))
        .passes();
}

/// The header allows a token to be freed as soon as a thread has seen its trigger.
#[test]
fn a_token_is_freed_while_it_is_being_triggered() {
    let emulator = common::emulator();
    c::run("cancel_free", &emulator.base_url(), &emulator.token())
        .arg("running", emulator.create_job(running()))
        .arg("rounds", c::unless_under_tool("20000", "200"))
        .passes();
}

/// Runs tests/c/host_threads.c in an environment with this variable.
fn host_threads(what: &str, variable: (&str, &str)) {
    let emulator = common::emulator();
    let running = emulator.create_job(running());
    // Another name than an address, which is looked up.
    let base_url = emulator.base_url().replace("127.0.0.1", "localhost");
    c::run("host_threads", &base_url, &emulator.token())
        .arg("what", what)
        .arg("running", running)
        .env(variable.0, variable.1)
        .passes();
}

#[test]
fn no_signal_handler_of_the_host_runs_on_a_thread_of_the_library() {
    host_threads("signals", ("LANG", "C"));
}

#[test]
fn a_cancelled_thread_ends_after_its_call() {
    host_threads("cancel", ("LANG", "C"));
}

/// Rust takes the stack size of new threads from this variable, of a program that may know nothing of Rust.
#[test]
fn the_stack_size_that_the_environment_names_is_not_taken() {
    for size in ["1", "100", "1000000000000000"] {
        host_threads("watch", ("RUST_MIN_STACK", size));
    }
}

/// A program whose SIGPIPE is at its default, against a peer that resets while it writes.
#[test]
fn connection_resets_raise_no_sigpipe() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for (number, mut stream) in listener.incoming().flatten().enumerate() {
            // If a socket is closed with unread data, the kernel sends RST rather than FIN.
            match number % 3 {
                0 => drop(stream),
                1 => {
                    let _ = stream.shutdown(Shutdown::Read);
                    std::thread::sleep(Duration::from_millis(1));
                }
                _ => {
                    let _ = stream.read(&mut [0; 100]);
                }
            }
        }
    });
    for scheme in ["http", "https"] {
        let base_url = format!("{scheme}://127.0.0.1:{port}");
        c::run("sigpipe", &base_url, "secret-token-77")
            .arg("rounds", c::unless_under_tool("200", "30"))
            .passes();
    }
}

/// tests/docs/manual.rs compares the manual with this.
#[test]
fn every_code_has_a_name_and_a_text() {
    c::run("codes", "", "").passes();
}

/// Under a tool, deliberate faults are detected: otherwise a passing run would prove nothing.
#[test]
fn the_tool_detects_deliberate_faults() {
    let (runner, finds) = (c::runner(), std::env::var("NITRO_TEST_FINDS").unwrap_or_default());
    if runner.is_empty() {
        println!("skipped: this is about the tools of make valgrind, asan and tsan");
        return;
    }
    let (program, sources) = (c::build_dir().join("canary"), c::root().join("tests/c"));
    c::compile(
        &[&sources.join("canary.c"), &sources.join("check.c")],
        &c::library(),
        &program,
    );
    assert!(!finds.is_empty(), "NITRO_TEST_FINDS names no fault");
    for fault in ["none"].into_iter().chain(finds.split_whitespace()) {
        let output = c::command(&program)
            .args(["http://127.0.0.1:9", "token"])
            .arg(format!("fault={fault}"))
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("the tool can be started");
        let printed = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), fault == "none", "{fault}:\n{printed}");
        assert!(
            fault == "none" || printed.contains("nitro_"),
            "{fault}:\n{printed}"
        );
    }
}

/// All Rust sources of a test program: `path` itself, or what lies in it.
fn sources(path: &Path) -> String {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder").flatten();
        return entries.map(|entry| sources(&entry.path())).collect();
    }
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let text = is_rust.then(|| std::fs::read_to_string(path).expect("a source file"));
    text.unwrap_or_default()
}

/// The Makefile names the test programs that run C programs: a new one cannot be forgotten.
#[test]
fn every_test_program_that_runs_c_is_run_under_the_tools_or_excepted() {
    let makefile = std::fs::read_to_string(c::root().join("Makefile")).expect("the Makefile");
    let listed = |name: &str| -> Vec<String> {
        let line = makefile
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} := ")));
        let words = line.expect("a list").split_whitespace();
        words.map(str::to_owned).collect()
    };
    let (under_tools, excepted) = (listed("C_TESTS"), listed("NOT_UNDER_TOOLS"));
    let mut running = 0;
    for entry in std::fs::read_dir(c::root().join("tests"))
        .expect("the tests")
        .flatten()
    {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_in = |list: &[String]| list.iter().any(|listed| *listed == name);
        let source = sources(&path);
        let has = |texts: &[&str]| texts.iter().any(|text| source.contains(text));
        // Whatever makes programs, or has them made.
        let runs_c = has(&[
            "c::run(",
            "c::at(",
            "calls::",
            "c::measured(",
            "c::command(",
            "c::library()",
        ]) || has(&["Command::new(\"cc\")", "Command::new(\"cmake\")"]);
        running += usize::from(runs_c);
        assert!(
            !runs_c || name == "common" || is_in(&under_tools) || is_in(&excepted),
            "tests/{name} runs C programs: add it to C_TESTS in the Makefile"
        );
        let unseen = ["program", "&program"].map(|what| format!("Command::new({what})"));
        assert!(
            !has(&unseen.each_ref().map(String::as_str)) || !is_in(&under_tools),
            "tests/{name} starts a program that no tool sees: c::command is for that"
        );
    }
    assert!(running > under_tools.len(), "only {running} run C programs");
}

#[test]
fn a_client_reads_no_environment_and_a_bad_proxy_variable_does_no_harm() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    c::run("environment", &emulator.base_url(), &emulator.token())
        .arg("job", emulator.create_job(Scenario::instant()))
        .env("https_proxy", "socks://nowhere:x")
        .env("http_proxy", "ftp://nowhere")
        .env("all_proxy", "socks://nowhere")
        .passes();
}
