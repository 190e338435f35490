//! The C++ binding in the form that throws: the twins of the C programs, and C++ programs of their own.

#[path = "../common/mod.rs"]
mod common;

mod programs;
mod twins;
