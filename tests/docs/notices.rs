//! The notices of third-party code in the library: packaging/THIRD-PARTY.txt agrees with Cargo.lock.
//! `NITRO_UPDATE_NOTICES=1` rewrites it.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const HEAD: &str = "\
nitro_jobs contains the packages below. Each is under the licence that stands beside it; where there is a choice between
several, it is used under the first of MIT, Apache-2.0, ISC and BSD-3-Clause that is offered. The texts follow the list.

The Rust standard library is part of it too: Copyright (c) The Rust Project Contributors, MIT OR Apache-2.0.
";

/// Every package of Cargo.lock that is used on Linux, and its dependencies.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be started");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The packages that end up in the library on Linux: what is reached from it by normal dependencies.
fn linked() -> Vec<Value> {
    let metadata = metadata();
    let root = metadata["resolve"]["root"].as_str().expect("this package");
    let nodes: BTreeMap<_, _> = list(&metadata["resolve"]["nodes"])
        .map(|node| (word(node, "id"), node))
        .collect();
    let macros: BTreeSet<_> = list(&metadata["packages"])
        .filter(|package| is_macro(package))
        .map(|package| word(package, "id"))
        .collect();
    let (mut reached, mut open) = (BTreeSet::new(), vec![root]);
    while let Some(id) = open.pop() {
        let normal = |dependency: &&Value| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
        for dependency in list(&nodes[id]["deps"]).filter(normal) {
            let id = word(dependency, "pkg");
            if !macros.contains(id) && reached.insert(id) {
                open.push(id);
            }
        }
    }
    let mut packages: Vec<_> = list(&metadata["packages"])
        .filter(|package| reached.contains(word(package, "id")))
        .cloned()
        .collect();
    packages.sort_by_key(|package| {
        (
            word(package, "name").to_owned(),
            word(package, "version").to_owned(),
        )
    });
    packages
}

/// Procedural macros run at compile time only: neither they nor their dependencies are in the library.
fn is_macro(package: &Value) -> bool {
    list(&package["targets"]).any(|target| list(&target["kind"]).any(|kind| kind == "proc-macro"))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The texts that a package brings: its licences, and the notices that they require to be included.
fn texts(package: &Value) -> Vec<String> {
    let folder = Path::new(word(package, "manifest_path"))
        .parent()
        .expect("a folder");
    let wanted = [
        "license",
        "licence",
        "copying",
        "notice",
        "copyright",
        "unlicense",
    ];
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the package's folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .to_lowercase();
            wanted.iter().any(|word| name.starts_with(word))
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            String::from_utf8_lossy(&std::fs::read(path).expect("a licence"))
                .replace('\r', "")
                .lines()
                .map(str::trim_end)
                .collect::<Vec<_>>()
                .join("\n")
                .trim()
                .to_owned()
        })
        .collect()
}

fn generated() -> String {
    let (mut notices, mut whose) = (format!("{HEAD}\n"), Vec::<(String, Vec<String>)>::new());
    for package in linked() {
        let (name, licence) = (word(&package, "name"), word(&package, "license"));
        let version = word(&package, "version");
        writeln!(
            notices,
            "{name} {version}: {licence}; {}",
            word(&package, "repository")
        )
        .expect("a line");
        let texts = texts(&package);
        assert!(
            !texts.is_empty() || !licence.is_empty(),
            "{name} states no licence"
        );
        for text in texts {
            match whose.iter_mut().find(|(known, _)| *known == text) {
                Some((_, packages)) => packages.push(name.to_owned()),
                None => whose.push((text, vec![name.to_owned()])),
            }
        }
    }
    for (text, packages) in whose {
        write!(
            notices,
            "\n{}\n{}\n\n{text}\n",
            "-".repeat(79),
            packages.join(", ")
        )
        .expect("a text");
    }
    notices
}

#[test]
fn the_notices_cover_the_linked_packages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/THIRD-PARTY.txt");
    let generated = generated();
    if std::env::var_os("NITRO_UPDATE_NOTICES").is_some() {
        std::fs::write(&path, &generated).expect("the notices can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "packaging/THIRD-PARTY.txt does not agree with Cargo.lock: run `make notices`"
    );
    // The known packages of a release are listed, and at least one text of each licence.
    for part in ["ring ", "rustls ", "ureq ", "MIT", "Apache License", "ISC"] {
        assert!(generated.contains(part), "{part}");
    }
}

/// The texts in quotes of the list that follows `start` in deny.toml.
fn listed(deny: &str, start: &str) -> Vec<String> {
    let (_, rest) = deny.split_once(start).unwrap_or_else(|| panic!("{start}"));
    let (list, _) = rest.split_once(']').expect("its end");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether a licence expression can be met by what is allowed. AND binds closer than OR, parentheses closest.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let mut expression = expression.replace('/', " OR ");
    while let Some(close) = expression.find(')') {
        let open = expression[..close].rfind('(').expect("a parenthesis");
        let inner = is_met(&expression[open + 1..close], allowed);
        expression.replace_range(open..=close, if inner { "yes" } else { "no" });
    }
    let is_allowed = |name: &str| name == "yes" || allowed.iter().any(|allowed| allowed == name);
    expression
        .split(" OR ")
        .any(|choice| choice.split(" AND ").all(|name| is_allowed(name.trim())))
}

/// What `cargo deny check licenses bans sources` checks, as far as the lock file has it.
#[test]
fn no_dependency_is_forbidden_by_deny_toml() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let deny = std::fs::read_to_string(root.join("deny.toml")).expect("deny.toml");
    let allowed = listed(&deny, "\nallow = [");
    assert!(is_met("Zlib OR (GPL-3.0 AND MIT)", &allowed) && !is_met("MIT AND GPL-3.0", &allowed));
    let metadata = metadata();
    for package in list(&metadata["packages"]) {
        let (name, licence) = (word(package, "name"), word(package, "license"));
        let exception = format!("\ncrate = \"{name}\"\nallow = [");
        let own = if deny.contains(&exception) {
            listed(&deny, &exception)
        } else {
            Vec::new()
        };
        assert!(
            is_met(licence, &[allowed.clone(), own].concat()),
            "{name}: {licence} is not allowed"
        );
        let source = package["source"].as_str();
        assert!(
            source.is_none_or(
                |source| source.starts_with("registry+https://github.com/rust-lang/crates.io-index")
            ),
            "{name} comes from {source:?}"
        );
        assert!(name != "openssl-sys", "{name} is forbidden");
    }
    // Only the named packages may depend on the runtime, and none of them is linked.
    let wrappers = listed(&deny, "crate = \"tokio\", wrappers = [");
    let names: BTreeMap<_, _> = list(&metadata["packages"])
        .map(|package| (word(package, "id"), word(package, "name")))
        .collect();
    for node in list(&metadata["resolve"]["nodes"]) {
        let on_tokio = list(&node["deps"]).any(|dependency| names[word(dependency, "pkg")] == "tokio");
        let name = names[word(node, "id")];
        assert!(
            !on_tokio || wrappers.iter().any(|wrapper| wrapper == name),
            "{name} stands on tokio"
        );
    }
    for package in linked() {
        let name = word(&package, "name");
        let exception = format!("\ncrate = \"{name}\"");
        assert!(name != "tokio" && !deny.contains(&exception), "{name} is linked");
    }
}
