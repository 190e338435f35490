//! The flow in C: `tests/c/flow.c`, which stops before the step in which the fault occurs.

use super::faults::Fault;
use super::{Ended, Failed, Jobs, STEPS, World, trust};
use crate::common::{c, calls::Mark};

pub fn flow(world: &World, step: usize, fault: &Fault) -> Ended {
    let mark = Mark::new();
    let run = c::run("flow", &world.base_url(), "no-token")
        .arg("id", "emulator-client")
        .arg("secret", "emulator-client-secret")
        .arg("ca", trust().0.pem())
        .arg("proxy", &world.proxy)
        .arg("folder", world.folder.path())
        .arg("at", STEPS[step])
        .arg("mark", mark.path())
        .start();
    mark.wait();
    (fault.strike)(&world.emulator);
    run.signal().send();
    let printed = run.output();
    let mut jobs = Jobs::default();
    for line in printed.lines() {
        let (name, rest) = line.split_once(' ').unwrap();
        match name {
            "found" => rest.clone_into(&mut jobs.found),
            "redact" => rest.clone_into(&mut jobs.redact),
            "split" => rest.clone_into(&mut jobs.split),
            _ => {
                // failed STEP CODE UNCERTAIN TICKET
                let numbers: Vec<i32> = rest.split(' ').map(|n| n.parse().unwrap()).collect();
                let failed = Failed {
                    code: numbers[1],
                    uncertain: numbers[2] == 1,
                    ticket: numbers[3] == 1,
                };
                return Err((numbers[0] as usize, failed));
            }
        }
    }
    Ok(jobs)
}
