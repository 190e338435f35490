//! The committed header agrees with the sources. `NITRO_UPDATE_HEADER=1` rewrites it.

use std::path::Path;

fn generated() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config =
        cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is readable");
    let parts = [
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
    ];
    let [major, minor, patch] = parts.map(|p| p.parse::<u32>().expect("a number"));
    let number = major * 1_000_000 + minor * 1_000 + patch;
    let prelude = config.after_includes.take().expect("after_includes");
    let values = [
        ("@VERSION@", env!("CARGO_PKG_VERSION")),
        ("@NUMBER@", &number.to_string()),
        ("@MAJOR@", parts[0]),
        ("@MINOR@", parts[1]),
        ("@PATCH@", parts[2]),
    ];
    config.after_includes = Some(
        values
            .iter()
            .fold(prelude, |text, (name, value)| text.replace(name, value)),
    );
    let mut text = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_crate(root)
        .generate()
        .expect("the header can be generated")
        .write(&mut text);
    String::from_utf8(text).expect("UTF-8")
}

#[test]
fn the_committed_header_is_generated_from_the_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/nitro_jobs.h");
    let generated = generated();
    if std::env::var_os("NITRO_UPDATE_HEADER").is_some() {
        std::fs::write(&path, &generated).expect("the header can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("include/nitro_jobs.h");
    let differs = generated.lines().zip(committed.lines()).position(|(g, c)| g != c);
    assert!(
        generated == committed,
        "include/nitro_jobs.h differs from src/ffi at line {:?}: run `make header`",
        differs.map(|line| line + 1)
    );
}
