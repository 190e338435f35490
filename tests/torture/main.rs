//! Everything that can go wrong on the wire, at every byte of it: the right error or the right bytes, no hang, no leak.
//!
//! `cargo test` runs a fixed sample; `make torture` runs every case. A program of its own rather than a libtest one: it
//! counts descriptors and threads, which no other test may disturb, and prints how many cases there were.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[path = "../common/mod.rs"]
mod common;

mod hostile;
mod killed;
mod offsets;
mod operation;
mod outage;
mod pauses;
mod proxy;
mod redirects;
mod report;
mod special_files;
mod stopped;
mod versions;
mod world;

use std::process::ExitCode;
use std::time::Instant;

use report::Report;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == killed::CHILD) {
        return killed::child(&arguments[1..]);
    }
    if arguments.first().is_some_and(|word| word == stopped::CHILD) {
        return stopped::child(&arguments[1..]);
    }
    if !common::is_wanted("torture", &arguments) {
        return ExitCode::SUCCESS;
    }
    let full = std::env::var_os("NITRO_TORTURE").is_some_and(|value| value == "full");
    let begun = Instant::now();
    let report = Report::start();
    type Group = fn(&Report, bool);
    let groups: [(&str, Group); 9] = [
        ("servers that are away", outage::run),
        ("hostile responses", hostile::run),
        ("redirects", redirects::run),
        ("pauses", pauses::run),
        ("versions of a file", versions::run),
        ("special files", special_files::run),
        ("killed programs", killed::run),
        ("stopped programs", stopped::run),
        ("every byte", offsets::run),
    ];
    for (name, group) in groups {
        let (cases, since) = (report.cases(), Instant::now());
        group(&report, full);
        let took = since.elapsed().as_secs_f64();
        println!("torture: {name}: {} cases ({took:.0} s)", report.cases() - cases);
    }
    report.end(begun.elapsed())
}
