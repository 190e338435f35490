//! The clients that `make bench-compare` measures do the same work: both return equal and correct results.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use crate::common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use common::c;

/// A load server, ended when it is dropped.
struct Load(Child, String);

impl Load {
    fn start() -> Self {
        let mut server = Command::new(&programs().load)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        Self(server, format!("http://127.0.0.1:{}", port.trim()))
    }

    /// Runs a client; returns its lines, and from the last one the number of operations and their sum.
    fn run(&self, client: &Path, args: &str) -> (Vec<String>, String) {
        // Only one of them is linked with the library that a tool checks.
        let ours = client == programs().clients[0];
        let mut run = if ours {
            c::command(client)
        } else {
            Command::new(client)
        };
        run.arg(&self.1).args(args.split(' ')).env("no_proxy", "*");
        let printed = c::succeeds(&mut run);
        let mut lines: Vec<_> = printed.lines().map(str::to_owned).collect();
        let last = lines.pop().unwrap();
        let field = |name: &str| {
            let (_, rest) = last.split_once(&format!("\"{name}\":")).unwrap();
            rest.split([',', '}']).next().unwrap().to_owned()
        };
        lines.sort();
        (lines, format!("{} {}", field("ops"), field("check")))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Programs {
    load: PathBuf,
    clients: [PathBuf; 2],
}

/// All programs, built once for all tests: a running program cannot be overwritten.
fn programs() -> &'static Programs {
    static BUILT: OnceLock<Programs> = OnceLock::new();
    BUILT.get_or_init(|| {
        let (sources, target) = (c::root().join("benches/c"), c::build_dir());
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build
            .args(["build", "-q", "--locked", "--manifest-path"])
            .arg(c::root().join("benches/load/Cargo.toml"));
        c::succeeds(build.arg("--target-dir").arg(target.join("load")));
        let clients = ["nitro_bench", "curl_bench"].map(|name| target.join(name));
        let ours = ["nitro_bench.c", "nitro_uploads.c"].map(|name| sources.join(name));
        c::compile(&ours.each_ref().map(PathBuf::as_path), &c::library(), &clients[0]);
        let files = [
            "curl_bench.c",
            "curl_client.c",
            "curl_uploads.c",
            "curl_watch.c",
            "json.c",
        ];
        let mut cc = Command::new("cc");
        cc.args(c::STRICT_C)
            .args(files.map(|name| sources.join(name)))
            .args(["-lcurl", "-o"]);
        c::succeeds(cc.arg(&clients[1]));
        let load = target.join("load/debug/nitro-load");
        Programs { load, clients }
    })
}

#[test]
fn both_benchmark_clients_report_equal_results() {
    // It comes with libcurl's header.
    if !c::have("curl-config") {
        return;
    }
    let (load, clients) = (Load::start(), &programs().clients);
    for (args, response) in [
        ("once any", "1 0.2500"),
        ("poll any 10", "10 2.5000"),
        ("sse sse-100", "101 49.5000"),
        ("sse sse-10-100000", "11 4.5000"),
    ] {
        for client in clients {
            assert_eq!(load.run(client, args).1, response, "{args}");
        }
    }
    for args in [
        "json json-50000 2",
        "jsonraw json-50000 2",
        "jsonres json-50000 2",
    ] {
        let [ours, theirs] = clients.each_ref().map(|client| load.run(client, args).1);
        assert_eq!(ours, theirs, "{args}");
    }
    assert_eq!(load.run(&clients[0], "threads any 10 2").1, "10 2.5000");
}

#[test]
fn both_benchmark_clients_save_the_same_file_and_see_every_job_end() {
    if !c::have("curl-config") {
        return;
    }
    let (load, clients) = (Load::start(), &programs().clients);
    let files = clients.each_ref().map(|client| {
        let file = client.with_extension("out");
        let args = format!("bin bin-1000000 {} 2", file.display());
        assert_eq!(load.run(client, &args).1, "2 2000000.0000");
        std::fs::read(file).unwrap()
    });
    assert!(files[0].len() == 1_000_000 && files[0] == files[1]);
    for args in ["watch-poll 20 100 300 polls 50", "watch-sse 20 100 300 streams"] {
        let seen = clients.each_ref().map(|client| {
            let (done, printed) = load.run(client, args);
            assert_eq!(printed, "20 20.0000");
            let ids = done.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned());
            let mut ids: Vec<_> = ids.collect();
            // Under a tool the order of the ends cannot be known.
            if !c::runner().is_empty() {
                ids.sort();
            }
            ids
        });
        assert_eq!(seen[0].len(), 20);
        assert_eq!(seen[0], seen[1], "{args}");
    }
}

#[test]
fn both_clients_upload_every_file() {
    if !c::have("curl-config") {
        return;
    }
    let (load, clients) = (Load::start(), &programs().clients);
    let [large, small] = [("large", 3_000_000), ("small", 50_000)].map(|(name, size)| {
        let file = c::build_dir().join(name).with_extension("pdf");
        std::fs::write(&file, vec![b'%'; size]).unwrap();
        file.display().to_string()
    });
    for (args, result) in [
        (format!("up {large} 2"), "2 2.0000"),
        (format!("batch {small} 20 4"), "20 20.0000"),
        // More at a time than there are.
        (format!("batch {small} 2 4"), "2 2.0000"),
    ] {
        for client in clients {
            assert_eq!(load.run(client, &args).1, result, "{args}");
        }
    }
}
