//! Gives the shared library its name and keeps it in memory once loaded.

/// The number in the SONAME. It changes when a program linked against the old library would break: see docs/ABI.md.
const ABI: u32 = 0;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libnitro_jobs.so.{ABI}");
        // A Rust library's thread-local destructors must not outlive its code.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
