//! The README names the tests that prove each row, and every dependency with a reason.

use std::path::Path;

/// The rows of the table "What works".
fn rows(readme: &str) -> Vec<&str> {
    let (_, rest) = readme.split_once("## What works\n").expect("the section");
    let (section, _) = rest.split_once("\n## ").expect("the next section");
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("| what |");
    section.lines().filter(is_row).collect()
}

#[test]
fn every_row_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md");
    let rows = rows(&readme);
    assert!(rows.len() > 10, "the table is gone");
    for row in rows {
        let quoted = row.split('`').skip(1).step_by(2);
        let (mut source, mut tests) = (String::new(), 0);
        for name in quoted {
            if name.starts_with("tests/") {
                source = std::fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
            } else if !source.is_empty() {
                assert!(
                    source.contains(&format!("#[test]\nfn {name}()")),
                    "no test {name}: {row}"
                );
                tests += 1;
            }
        }
        assert!(tests > 0, "no test is named: {row}");
    }
}

/// The names beneath `[section]` of Cargo.toml.
fn dependencies<'a>(manifest: &'a str, section: &str) -> Vec<&'a str> {
    let (_, rest) = manifest
        .split_once(&format!("\n[{section}]\n"))
        .expect("the section");
    let lines = rest.lines().take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| Some(line.split_once(" = ")?.0)).collect()
}

/// tests/model builds the same sources: what they need stands in both manifests, word for word.
#[test]
fn the_model_has_the_dependencies_of_the_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let of = |name: &str| {
        let manifest = std::fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (_, rest) = manifest.split_once("\n[dependencies]\n").expect("the section");
        let lines = rest.lines().take_while(|line| !line.starts_with('['));
        // Optional dependencies are for the released library.
        let is_needed = |line: &&str| !line.starts_with("shuttle") && !line.contains("optional = true");
        let lines = lines.filter(|line| line.contains(" = ")).filter(is_needed);
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let library = of("Cargo.toml");
    assert!(library.len() > 10, "{library:?}");
    assert_eq!(library, of("tests/model/Cargo.toml"));
}

#[test]
fn every_dependency_has_a_reason_and_the_minimum_rust_version_is_stated() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read =
        |name: &str| std::fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let (readme, manifest) = (read("README.md"), read("Cargo.toml"));
    let (_, rest) = readme
        .split_once("\n## What it stands on\n")
        .expect("the section");
    let (section, _) = rest.split_once("\n## ").expect("the next section");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let rows: Vec<Vec<_>> = rows.skip(1).map(|row| row.split(" | ").collect()).collect();
    for row in &rows {
        assert!(row.len() == 3 && row.iter().all(|cell| cell.len() > 2), "{row:?}");
    }
    // ring is a feature of rustls.
    let named = rows
        .iter()
        .flat_map(|row| row[0].split(", "))
        .filter(|name| *name != "ring");
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    assert_eq!(
        named,
        dependencies(&manifest, "dependencies"),
        "the table in README.md"
    );
    let (_, in_tests) = section
        .split_once("In tests only")
        .expect("what the tests stand on");
    for name in dependencies(&manifest, "dev-dependencies") {
        assert!(
            name == "nitro-emulator" || in_tests.contains(name),
            "{name} has no reason"
        );
    }
    let oldest = format!("Rust ({} or later)", env!("CARGO_PKG_RUST_VERSION"));
    assert!(readme.contains(&oldest), "{oldest}");
}
