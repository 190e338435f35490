//! The C API: programs in `tests/c` and the examples, compiled against the header and the shared library, and run. All of
//! them run under the tools of `make valgrind`, `make asan` and `make tsan` too.

#[path = "../common/mod.rs"]
mod common;

mod arguments;
mod bench_clients;
mod errors;
mod examples;
mod flow;
mod handles;
mod hostile_sizes;
mod memory;
mod no_memory;
mod options;
mod panics;
mod soundness;
mod states;
mod submit;
mod threads;
