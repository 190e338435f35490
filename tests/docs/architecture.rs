//! The documents for contributors agree with the tree: each path and each make target that they name exists.

use std::path::Path;

/// The documents under test. Each must exist.
const DOCUMENTS: &[&str] = &["CONTRIBUTING.md"];

/// File name extensions by which a name without a folder counts as a file of the repository's root.
const EXTENSIONS: &[&str] = &[
    "c", "cpp", "h", "hpp", "in", "json", "md", "py", "rs", "sh", "toml", "txt", "yml",
];

/// The first part of a media type, which looks like a folder.
const MEDIA_TYPES: &[&str] = &[
    "application",
    "audio",
    "font",
    "image",
    "multipart",
    "text",
    "video",
];

/// What a document names.
#[derive(Debug, Default, PartialEq)]
struct Named {
    paths: Vec<String>,
    /// A file and a function in it, written as `file.rs::function`.
    functions: Vec<(String, String)>,
    targets: Vec<String>,
}

impl Named {
    fn of(text: &str) -> Self {
        let (prose, code) = parts(text);
        let mut named = Self::default();
        for span in prose.split('`').skip(1).step_by(2) {
            named.targets.extend(make_targets(span));
            match span.split_once("::") {
                Some((file, function)) if is_path(file) => {
                    named.functions.push((file.to_owned(), function.to_owned()));
                }
                _ if is_path(span) => named.paths.push(span.to_owned()),
                _ => {}
            }
        }
        named
            .targets
            .extend(code.iter().flat_map(|line| make_targets(line)));
        named
    }
}

/// The text outside of code blocks, and the lines of the code blocks.
fn parts(text: &str) -> (String, Vec<&str>) {
    let (mut prose, mut code, mut is_fenced) = (String::new(), Vec::new(), false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if is_fenced || line.starts_with("    ") {
            code.push(line);
        } else {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    (prose, code)
}

/// Whether a code span looks like a file or a folder of this repository. What is built is under target/ and need not exist.
fn is_path(span: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
    if span.is_empty() || !span.chars().all(is_plain) || span.starts_with('/') || span.starts_with("target/")
    {
        return false;
    }
    match span.split_once('/') {
        Some((first, _)) => !MEDIA_TYPES.contains(&first),
        None => {
            let extension = span.rsplit_once('.').map(|(_, extension)| extension);
            span == "Makefile" || extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        }
    }
}

/// The targets of the `make` commands in a piece of code.
fn make_targets(code: &str) -> Vec<String> {
    let command = code.split('#').next().unwrap_or_default();
    let mut words = command.split_whitespace();
    if words.next() != Some("make") {
        return Vec::new();
    }
    let targets = words.filter(|word| !word.contains('=') && !word.starts_with('-'));
    targets.map(str::to_owned).collect()
}

/// The targets that a Makefile defines.
fn defined_targets(makefile: &str) -> Vec<&str> {
    let rules = makefile.lines().filter_map(|line| {
        let (targets, _) = line.split_once(':')?;
        // A line such as `asan: NAME += value` sets a variable, and `NAME := value` too.
        let is_rule = !line.starts_with(['\t', ' ', '#', '.']) && !line.contains('=');
        is_rule.then_some(targets)
    });
    rules.flat_map(str::split_whitespace).collect()
}

#[test]
fn every_path_and_make_target_in_the_documents_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read =
        |name: &str| std::fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let makefile = read("Makefile");
    let defined = defined_targets(&makefile);
    assert!(defined.contains(&"test"), "{defined:?}");
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let named = Named::of(&read(document));
        assert!(
            named.paths.len() > 10,
            "{document} names hardly any path: {named:?}"
        );
        for path in named.paths.iter().filter(|path| !root.join(path).exists()) {
            missing.push(format!("{document}: there is no {path}"));
        }
        for (file, function) in &named.functions {
            let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            let has = [format!("fn {function}("), format!("fn {function}<")];
            if !has.iter().any(|signature| source.contains(signature)) {
                missing.push(format!("{document}: {file} has no function {function}"));
            }
        }
        for target in named
            .targets
            .iter()
            .filter(|target| !defined.contains(&target.as_str()))
        {
            missing.push(format!("{document}: the Makefile has no target {target}"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn paths_functions_and_targets_are_recognised() {
    let text = "See `src/ffi`, `Makefile`, `CONTRIBUTING.md` and `src/a.rs::step`, not `text/plain`, `/jobs`, `target/x`,\n\
                `nitro_job_t`, `a b/c` or `0.1.0`. Run `make header` and `make -s docs X=1`.\n\
                \n    make check   # make nothing\n    cargo test\n```sh\nmake soak MINUTES=15\n```\nWe make sure.\n";
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let expected = Named {
        paths: owned(&["src/ffi", "Makefile", "CONTRIBUTING.md"]),
        functions: vec![("src/a.rs".to_owned(), "step".to_owned())],
        targets: owned(&["header", "docs", "check", "soak"]),
    };
    assert_eq!(Named::of(text), expected);
    let makefile = "A := b:c\n.PHONY: all\nall: one two\n\techo x:y\none two:\n\t@true\nasan: X += y\n";
    assert_eq!(defined_targets(makefile), ["all", "one", "two"]);
}
