//! The flow with the functions of the catalogue.

use std::time::Duration;

use nitro_jobs::catalog::{self, PiiLanguage, Redaction};
use nitro_jobs::{Call, Client, ClientOptions, Download, Error, ErrorKind, Input, RunResult, Submission};

use super::faults::Fault;
use super::{Ended, Failed, Jobs, STEPS, World, trust};

struct Flow<'w> {
    world: &'w World,
    client: Client,
    places: Vec<Redaction>,
    jobs: Jobs,
}

pub fn flow(world: &World, step: usize, fault: &Fault) -> Ended {
    let options = ClientOptions::new()
        .base_url(world.base_url())
        .client_credentials("emulator-client", "emulator-client-secret")
        .add_ca_pem(trust().0.pem())
        .proxy(&world.proxy)
        .poll_interval(Duration::from_millis(20), Duration::from_millis(100))
        .retry_cap(Duration::from_millis(50))
        .idle_timeout(Duration::from_millis(1500));
    let mut flow = Flow {
        world,
        client: Client::new(options).unwrap(),
        places: Vec::new(),
        jobs: Jobs::default(),
    };
    for at in 0..STEPS.len() {
        if at == step {
            (fault.strike)(&world.emulator);
        }
        flow.step(at).map_err(|error| {
            let failed = Failed {
                code: error.kind().code(),
                uncertain: error.is_uncertain(),
                ticket: error.ticket().is_some(),
            };
            (at, failed)
        })?;
    }
    Ok(flow.jobs)
}

impl Flow<'_> {
    fn run(&self, submission: &Submission<'_>, target: Option<Download>) -> Result<RunResult, Error> {
        self.client
            .run(submission, target.as_ref(), |_| true, &Call::new())
    }

    fn step(&mut self, at: usize) -> Result<(), Error> {
        let path = |name: &str| self.world.path(name);
        let input = |name: &str| Input::path(path(name));
        let target = |name: &str| Some(Download::to_file(path(name)));
        match STEPS[at] {
            // Any request needs a token; this one has a known response.
            "credentials" => match self.client.job("no-such-job")?.status(&Call::new()) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
                Ok(_) => panic!("there is no such job"),
            },
            "merge" => {
                let merge = catalog::merge([input("one.pdf"), input("two.pdf")])?;
                self.run(&merge, target("merged.pdf")).map(drop)
            }
            "find" => {
                let find = catalog::extract_pii_bounding_boxes(input("merged.pdf"), PiiLanguage::English)?;
                let found = self.run(&find, None)?.result;
                let places: Result<Vec<_>, _> = found.pii_boxes()?.iter().map(Redaction::try_from).collect();
                self.places = places?;
                found.result_json().clone_into(&mut self.jobs.found);
                Ok(())
            }
            "redact" => {
                let redact = catalog::redact(input("merged.pdf"), self.places.clone())?;
                self.jobs.redact = self.run(&redact, target("redacted.pdf"))?.job.id();
                Ok(())
            }
            _ => {
                // Under the name of the merged file, by which the parts are then called.
                let whole = input("redacted.pdf").name("merged.pdf");
                let split = catalog::split(whole, [[0], [1], [2]])?;
                let parts = Download::to_folder(self.world.folder.path());
                self.jobs.split = self.run(&split, Some(parts))?.job.id();
                Ok(())
            }
        }
    }
}
