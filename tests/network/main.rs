//! What the library does with connections, proxies, TLS, timeouts and cancellation, through the C program `tests/c/call.c`:
//! each module also runs under the tools of `make valgrind`, `make asan` and `make tsan`.

#[path = "../common/mod.rs"]
mod common;

mod cancel;
mod connections;
mod limits;
mod proxy;
mod secrets;
mod tls;
