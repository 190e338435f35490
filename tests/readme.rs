//! The README says what works, and names the test of each row: they are there.

use std::path::Path;

/// The rows of the table "What works".
fn rows(readme: &str) -> Vec<&str> {
    let (_, rest) = readme.split_once("## What works\n").expect("the section");
    let (section, _) = rest.split_once("\n## ").expect("the next section");
    let is_row = |line: &&str| line.starts_with("| ") && !line.starts_with("| what |");
    section.lines().filter(is_row).collect()
}

#[test]
fn every_row_is_backed_by_tests_that_exist() {
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
