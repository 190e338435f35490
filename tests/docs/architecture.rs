//! The documents for contributors agree with the tree: each path, function and make target that they name exists, and the
//! modules use each other as the drawing of the layers says.

use std::path::{Path, PathBuf};

/// The documents under test. Each must exist.
const DOCUMENTS: &[&str] = &["CONTRIBUTING.md", "docs/ARCHITECTURE.md"];

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

/// The rows of the drawing of the layers, from the top, each with its modules.
fn layers(page: &str) -> Vec<Vec<&str>> {
    let drawing = page.split("```text").nth(1).unwrap_or_default();
    let drawing = drawing.split("```").next().unwrap_or_default();
    let rows = drawing.lines().filter_map(|line| line.strip_prefix("| "));
    rows.map(|row| {
        let modules = row.split("  ").next().unwrap_or_default();
        modules.split_whitespace().collect()
    })
    .collect()
}

/// The modules of the crate that a source uses outside of its tests.
fn used_modules(source: &str) -> Vec<&str> {
    let code = source
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let uses = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let paths = uses.flat_map(|line| line.split("crate::").skip(1));
    paths
        .map(|path| {
            let end = path.find(|c: char| !(c.is_ascii_lowercase() || c == '_'));
            &path[..end.unwrap_or(path.len())]
        })
        .collect()
}

/// The sources of a module, without the files of its tests.
fn sources(module: &Path, found: &mut Vec<PathBuf>) {
    let file = module.with_extension("rs");
    found.extend(file.is_file().then_some(file));
    let Ok(entries) = std::fs::read_dir(module) else {
        return;
    };
    for path in entries.map(|entry| entry.expect("a folder of sources").path()) {
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("tests") => {}
            _ if path.is_dir() => sources(&path, found),
            _ => found.push(path),
        }
    }
}

/// What in `src` contradicts the drawing.
fn layer_faults(src: &Path, layers: &[Vec<&str>]) -> Vec<String> {
    let row_of = |module: &str| layers.iter().position(|row| row.contains(&module));
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(src).expect("the sources") {
        let path = entry.expect("the sources").path();
        let module = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        // The root, and test hooks, stand above all.
        if ["lib", "fuzzing", "model_check"].contains(&module) {
            continue;
        }
        let Some(row) = row_of(module) else {
            faults.push(format!("{module} is not in the drawing"));
            continue;
        };
        let mut files = Vec::new();
        sources(&src.join(module), &mut files);
        for file in files {
            let source = std::fs::read_to_string(&file).expect("a source");
            let upwards = used_modules(&source)
                .into_iter()
                .filter(|used| *used != module && row_of(used).is_some_and(|used| used <= row));
            faults.extend(upwards.map(|used| format!("{} uses {used}", file.display())));
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

#[test]
fn modules_use_only_the_layers_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/ARCHITECTURE.md")).expect("the page");
    let mut layers = layers(&page);
    assert!(layers.len() > 10, "{layers:?}");
    for module in layers.concat() {
        let (file, folder) = (format!("src/{module}.rs"), format!("src/{module}/mod.rs"));
        assert!(
            root.join(file).exists() || root.join(folder).exists(),
            "{module} does not exist"
        );
    }
    assert_eq!(layer_faults(&root.join("src"), &layers), Vec::<String>::new());
    // Upside down the drawing is wrong.
    layers.reverse();
    assert!(layer_faults(&root.join("src"), &layers).len() > 20);
}

/// What a document names and the tree does not have.
fn faults(named: &Named, root: &Path, defined: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for path in named.paths.iter().filter(|path| !root.join(path).exists()) {
        faults.push(format!("there is no {path}"));
    }
    for (file, function) in &named.functions {
        let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        let has = [format!("fn {function}("), format!("fn {function}<")];
        if !has.iter().any(|signature| source.contains(signature)) {
            faults.push(format!("{file} has no function {function}"));
        }
    }
    let unknown = named
        .targets
        .iter()
        .filter(|target| !defined.contains(&target.as_str()));
    faults.extend(unknown.map(|target| format!("the Makefile has no target {target}")));
    faults
}

#[test]
fn what_does_not_exist_is_reported() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = Named::of(
        "`src/lib.rs`, `src/none.rs`, `src/retry.rs::is_transient`, `src/retry.rs::is_none`, `src/none.rs::f`, `make test none`",
    );
    let expected = [
        "there is no src/none.rs",
        "src/retry.rs has no function is_none",
        "src/none.rs has no function f",
        "the Makefile has no target none",
    ];
    assert_eq!(faults(&named, root, &["test"]), expected);
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
        missing.extend(
            faults(&named, root, &defined)
                .iter()
                .map(|fault| format!("{document}: {fault}")),
        );
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
    let drawing = "```text\n  v\n+--+\n| ffi   C |  |\n+--+\n| call token    values |\n```\n| a | table |\n";
    assert_eq!(layers(drawing), [vec!["ffi"], vec!["call", "token"]]);
    let source = "// crate::job\nuse crate::net::{A, B};\nfn f(_: crate::Error, _: crate::c_text::X) {}\n#[cfg(test)]\nmod tests {\n    use crate::ffi;\n}\n";
    assert_eq!(used_modules(source), ["net", "", "c_text"]);
}
