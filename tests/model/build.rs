//! Has the library's sources compiled with the model checker's locks.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    println!("cargo::rustc-check-cfg=cfg(model)");
    println!("cargo::rustc-check-cfg=cfg(nitro_bench)");
    println!("cargo::rustc-cfg=model");
}
