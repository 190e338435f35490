//! What users receive: the headers with each compiler, the installed package, the wheel, the desktop example.

#[path = "../common/mod.rs"]
mod common;

mod c_header;
mod cpp_headers;
mod desktop;
mod installed;
mod installed_cpp;
mod python;
