//! The header, the symbol list, the notices and the pages agree with the sources.

#[path = "../common/mod.rs"]
mod common;

mod architecture;
mod bindings;
mod header;
mod manual;
mod notices;
mod readme;
mod symbols;
