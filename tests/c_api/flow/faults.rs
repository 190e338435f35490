//! The faults, and how the flow must end with each.

use std::ops::Range;
use std::time::Duration;

use nitro_emulator::{Emulator, Fault as Wire, Limited, OAuth, Outcome, RateLimit, Scenario};
use nitro_jobs::ErrorKind;

use crate::common::quick;

/// How the flow ends.
#[derive(Clone, Copy)]
pub enum End {
    /// It succeeds.
    Well,
    /// It ends at the step with this error.
    With {
        kind: ErrorKind,
        uncertain: bool,
        ticket: bool,
    },
}

/// Something that goes wrong right before a step.
pub struct Fault {
    pub name: &'static str,
    pub strike: fn(&Emulator),
    pub end: End,
    /// The steps that it can hit.
    pub steps: Range<usize>,
    /// How many tokens may be requested besides the first.
    pub further_tokens: usize,
}

/// From the merge to the split.
const JOBS: Range<usize> = 1..5;

/// Strikes the connection of the next submission. A submission uses a pooled connection only within a second of its last use,
/// and a fault strikes a new one.
fn on_next_submission(emulator: &Emulator, fault: Wire) {
    std::thread::sleep(Duration::from_millis(1100));
    emulator.fault(fault);
}

const fn fault(name: &'static str, strike: fn(&Emulator), end: End) -> Fault {
    Fault {
        name,
        strike,
        end,
        steps: JOBS,
        further_tokens: 0,
    }
}

const fn job_ends(kind: ErrorKind) -> End {
    End::With {
        kind,
        uncertain: false,
        ticket: true,
    }
}

/// The submission was sent, and its outcome is uncertain.
const fn unknown(kind: ErrorKind) -> End {
    End::With {
        kind,
        uncertain: true,
        ticket: false,
    }
}

pub const FAULTS: &[Fault] = &[
    Fault {
        steps: 0..1,
        ..fault("nothing", |_| {}, End::Well)
    },
    fault(
        "too many requests",
        |emulator| {
            let limit = RateLimit {
                times: 2,
                on: Limited::Submit,
                retry_after: 0.02,
                ..RateLimit::default()
            };
            emulator.set_default(quick().rate_limit(Some(limit)));
        },
        End::Well,
    ),
    fault(
        "a service that is down for a moment",
        |emulator| {
            let scenario = quick()
                .submit_codes([503])
                .status_codes([503, 429, 502])
                .result_codes([503])
                .storage_codes([503, 500]);
            emulator.set_default(scenario);
        },
        End::Well,
    ),
    Fault {
        further_tokens: 1,
        ..fault(
            "a token that is no longer valid",
            |emulator| emulator.set_token("another-token-of-the-service"),
            End::Well,
        )
    },
    fault(
        "addresses that have expired",
        |emulator| emulator.set_default(quick().storage_codes([403])),
        End::Well,
    ),
    fault(
        "connections that are cut in the middle of a file",
        |emulator| {
            emulator.set_default(quick().size_bytes(300_000));
            emulator.fault_all(Some(Wire::cut(200_000)));
        },
        End::Well,
    ),
    fault(
        "a connection that breaks before the request is on it",
        |emulator| on_next_submission(emulator, Wire::cut(100).in_request()),
        End::Well,
    ),
    fault(
        "a connection that breaks before the response",
        |emulator| on_next_submission(emulator, Wire::cut(0).from_request(1)),
        unknown(ErrorKind::ConnectionLost),
    ),
    fault(
        "a response that never comes",
        |emulator| on_next_submission(emulator, Wire::hang(0).from_request(1)),
        unknown(ErrorKind::Timeout),
    ),
    fault(
        "a gateway that gives up",
        |emulator| emulator.set_default(quick().submit_codes([504])),
        unknown(ErrorKind::Service),
    ),
    fault(
        "a document that is too large",
        |emulator| emulator.set_default(quick().refuse_early(true).submit_codes([413])),
        End::With {
            kind: ErrorKind::ContentTooLarge,
            uncertain: false,
            ticket: false,
        },
    ),
    fault(
        "a job that fails",
        |emulator| emulator.set_default(Scenario::failed(quick(), "PDFIsPasswordProtected", "Locked")),
        job_ends(ErrorKind::JobFailed),
    ),
    fault(
        "a job that is canceled",
        |emulator| emulator.set_default(quick().outcome(Outcome::Canceled)),
        job_ends(ErrorKind::JobCanceled),
    ),
    fault(
        "a job whose files are gone",
        |emulator| emulator.set_default(quick().outcome(Outcome::Gone)),
        job_ends(ErrorKind::Gone),
    ),
    Fault {
        steps: 0..1,
        ..fault(
            "a connection to the token endpoint that breaks at once",
            |emulator| on_next_submission(emulator, Wire::cut(100).in_request()),
            End::Well,
        )
    },
    Fault {
        steps: 0..1,
        ..fault(
            "credentials that are refused",
            |emulator| {
                let error_response = r#"{"error":"invalid_client","error_description":"Who?"}"#;
                emulator.set_oauth(OAuth {
                    error: Some((401, error_response.to_owned())),
                    ..OAuth::default()
                });
            },
            End::With {
                kind: ErrorKind::Unauthorized,
                uncertain: false,
                ticket: true,
            },
        )
    },
];
