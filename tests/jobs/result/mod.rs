//! The result, as JSON in every shape and as bytes.
#![allow(clippy::unwrap_used)]

use crate::common;

mod bytes;
mod shapes;

use common::{client, emulator, job, raw_get};
use nitro_emulator::{Emulator, Scenario, Shape};
use nitro_jobs::{Call, ErrorKind, Job, JobResult};

fn done(emulator: &Emulator, scenario: Scenario) -> Job {
    let scenario = Scenario {
        duration_ms: 0,
        ..scenario
    };
    job(emulator, &client(emulator), scenario)
}

fn shaped(shape: Shape) -> JobResult {
    let emulator = emulator();
    let job = done(&emulator, Scenario::new().shape(shape.clone()));
    let result = job.result(&Call::new()).unwrap();
    if !matches!(shape, Shape::File | Shape::Files { .. } | Shape::Auto) {
        // Without presigned addresses, which differ each time, both see the same text.
        let raw = raw_get(&emulator, &format!("/jobs/{}", job.id()), "application/json");
        assert_eq!(result.json().as_bytes(), raw);
    }
    assert_eq!(&result.json()[result.result_range()], result.result_json());
    result
}

fn failing(result: nitro_jobs::Result<impl std::fmt::Debug>) -> ErrorKind {
    result.unwrap_err().kind()
}
