//! What needs a build of its own: the C programs under valgrind and the sanitizers, and the fuzz targets.

#[path = "../common/mod.rs"]
mod common;

mod fuzz;
mod sanitizers;
