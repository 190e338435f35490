//! Cut, stalled and reset at every byte of the response, and of the request, over plain connections and beneath TLS.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nitro_emulator::{Action, Emulator, Fault};
use nitro_jobs::{Client, ErrorKind};

use crate::operation::{OPERATIONS, Operation};
use crate::report::{Desk, Held, Report};
use crate::world::{Certificate, Relay, WIRES, Wire};

/// Threads that run cases, each with emulators of its own: most of a case is waiting.
const LANES: usize = 6;
/// Every byte of so many, which is all heads, documents and events; from there on one in `STEP`.
const EVERY_BYTE: usize = 600;
const EVERY_BYTE_OF_SEVERAL: usize = 1300;
const STEP: usize = 997;
/// One in so many cases is run once more with repetitions allowed.
const RERUN_EACH: usize = 5;
/// In the sample: one case in so many. A prime, so that every kind of case and every part of a response is met.
const SAMPLE: usize = 101;
/// The patience of cases that are stalled beyond it, and how long those stall.
const IMPATIENT: Duration = Duration::from_millis(80);
const LONG_STALL: u64 = 400;
const SHORT_STALL: u64 = 25;
/// Signatures in a handshake differ in length by so much.
const PLAY: usize = 6;
const TRIES: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Cut,
    Reset,
    LongStall,
    ShortStall,
    RequestCut,
    RequestReset,
}

const TROUBLES: [Trouble; 6] = [
    Trouble::Cut,
    Trouble::Reset,
    Trouble::LongStall,
    Trouble::ShortStall,
    Trouble::RequestCut,
    Trouble::RequestReset,
];

#[derive(Clone, Copy, Debug)]
struct Case {
    operation: Operation,
    wire: Wire,
    trouble: Trouble,
    at: usize,
    retries: u32,
}

/// What goes over the first connection of an operation when nothing is wrong.
#[derive(Clone, Copy, Debug)]
struct Layout {
    up: usize,
    down: usize,
    /// How much of `down` there must be: the empty line after the last chunk adds nothing.
    needed: usize,
    /// Where the response begins: behind the handshake.
    start: usize,
    /// How long the head of the first response is; 0 where TLS hides it.
    head: usize,
}

struct Lane {
    emulators: [Emulator; 2],
    folder: tempfile::TempDir,
}

pub fn run(report: &Report, full: bool) {
    let certificate = Certificate::new();
    let lanes: Vec<Lane> = (0..LANES)
        .map(|_| Lane {
            emulators: WIRES.map(|wire| certificate.emulator(wire)),
            folder: tempfile::tempdir().unwrap(),
        })
        .collect();
    let mut number = 0;
    let mut handshake = 0;
    for wire in WIRES {
        for operation in OPERATIONS {
            let mut layout = measure(operation, &lanes[0].emulators[wire as usize], &certificate);
            match (wire, operation) {
                (Wire::Plain, _) => {}
                (Wire::Tls, Operation::Status) => {
                    let plain = measure(operation, &lanes[0].emulators[0], &certificate);
                    handshake = layout.down - plain.down - 22;
                }
                // The handshake is the same for all; the response begins behind it.
                (Wire::Tls, _) => layout.start = handshake.saturating_sub(PLAY),
            }
            for trouble in TROUBLES {
                let mut cases = cases(operation, wire, trouble, layout);
                if !full {
                    cases.retain(|_| {
                        number += 1;
                        number % SAMPLE == 0
                    });
                }
                batch(report, &lanes, &certificate, &cases, layout);
            }
            tokens_stayed_home(report, &lanes, operation);
        }
    }
}

/// Runs an operation through a relay and looks at what went over its first connection.
fn measure(operation: Operation, emulator: &Emulator, certificate: &Certificate) -> Layout {
    let relay = Relay::to(emulator.port());
    let base = emulator
        .base_url()
        .replace(&emulator.port().to_string(), &relay.port.to_string());
    let options = certificate.options(&base, &emulator.token());
    let client = Client::new(operation.options(options)).unwrap();
    let id = emulator.create_job(operation.scenario());
    let folder = tempfile::tempdir().unwrap();
    let outcome = operation.run(&client, emulator, &id, folder.path());
    assert!(matches!(outcome, Ok(Ok(()))), "{operation:?}: {outcome:?}");
    let [up, down] = relay.seen();
    let idle = if down.ends_with(b"\r\n0\r\n\r\n") { 2 } else { 0 };
    let head = down.windows(4).position(|four| four == b"\r\n\r\n");
    Layout {
        up: up.len(),
        down: down.len(),
        needed: down.len() - idle,
        start: 0,
        head: head.map_or(0, |at| at + 4),
    }
}

fn cases(operation: Operation, wire: Wire, trouble: Trouble, layout: Layout) -> Vec<Case> {
    let places: Vec<usize> = if trouble.in_request() {
        (0..layout.up.min(EVERY_BYTE)).collect()
    } else {
        let handshake = if layout.start == 0 && wire == Wire::Tls {
            900
        } else {
            0
        };
        let most = match operation.is_single() {
            true => EVERY_BYTE,
            false => EVERY_BYTE_OF_SEVERAL,
        };
        let every = layout.down.min(layout.start + handshake + most);
        let end = [layout.down - 1, layout.down];
        let steps = (every..layout.down.saturating_sub(1)).step_by(STEP);
        (layout.start..every).chain(steps).chain(end).collect()
    };
    // Without a repetition the error is seen; with some, that the call gets over it.
    let budgets: &[u32] = match trouble {
        Trouble::ShortStall => &[0],
        _ if matches!(operation, Operation::Wait(_)) => &[0],
        _ => &[0, TRIES],
    };
    let case = |(index, at): (usize, usize)| {
        let budgets = if index.is_multiple_of(RERUN_EACH) {
            budgets
        } else {
            &budgets[..1]
        };
        budgets.iter().map(move |&retries| Case {
            operation,
            wire,
            trouble,
            at,
            retries,
        })
    };
    places.into_iter().enumerate().flat_map(case).collect()
}

fn batch(report: &Report, lanes: &[Lane], certificate: &Certificate, cases: &[Case], layout: Layout) {
    let Some(first) = cases.first() else { return };
    let before = Held::now();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for lane in lanes {
            scope.spawn(|| {
                let desk = report.desk();
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    case.run(lane, certificate, layout, &desk);
                }
            });
        }
    });
    let what = format!("{:?} {:?} {:?}", first.wire, first.operation, first.trouble);
    report.no_leak(&what, before);
}

fn tokens_stayed_home(report: &Report, lanes: &[Lane], operation: Operation) {
    for emulator in lanes.iter().flat_map(|lane| &lane.emulators) {
        let requests = emulator.requests();
        let astray = requests
            .iter()
            .filter(|r| r.path.contains("/storage/") && r.header("authorization").is_some());
        if astray.count() > 0 {
            report.fail(format!("{operation:?}: the token was sent to a presigned URL"));
        }
        emulator.forget_requests();
    }
}

impl Trouble {
    fn in_request(self) -> bool {
        matches!(self, Trouble::RequestCut | Trouble::RequestReset)
    }

    fn fault(self, at: usize) -> Fault {
        let at = at as u64;
        match self {
            Trouble::Cut => Fault::cut(at),
            Trouble::Reset => Fault::reset(at),
            Trouble::LongStall => Fault::stall(at, LONG_STALL),
            Trouble::ShortStall => Fault::stall(at, SHORT_STALL),
            Trouble::RequestCut => Fault::new(at, Action::Cut).in_request(),
            Trouble::RequestReset => Fault::new(at, Action::Reset).in_request(),
        }
    }
}

impl Case {
    fn run(&self, lane: &Lane, certificate: &Certificate, layout: Layout, desk: &Desk<'_>) {
        desk.case(&format!("{self:?}"), || {
            let emulator = &lane.emulators[self.wire as usize];
            let mut options = certificate
                .options(&emulator.base_url(), &emulator.token())
                .retries(self.retries);
            if self.trouble == Trouble::LongStall {
                options = options.idle_timeout(IMPATIENT).connect_timeout(IMPATIENT * 3);
            }
            let client = Client::new(self.operation.options(options)).unwrap();
            let id = emulator.create_job(self.operation.scenario());
            emulator.fault(self.trouble.fault(self.at));
            let outcome = self.operation.run(&client, emulator, &id, lane.folder.path())?;
            self.judge(outcome.err().map(|e| (e.kind(), e.to_string())), layout)
        });
    }

    fn judge(&self, error: Option<(ErrorKind, String)>, layout: Layout) -> Result<(), String> {
        match error {
            None if self.must_fail(layout) => Err("it succeeded where it cannot have".to_owned()),
            Some((kind, text)) if self.must_succeed() || !self.kinds(layout).contains(&kind) => {
                Err(format!("{kind:?}: {text}"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the trouble strikes before all that matters has come, and nothing makes up for it.
    fn must_fail(&self, layout: Layout) -> bool {
        let play = if self.wire == Wire::Tls { PLAY } else { 0 };
        let strikes = match self.trouble {
            Trouble::ShortStall => false,
            Trouble::RequestCut | Trouble::RequestReset => self.at + play < layout.up,
            _ => self.at + play < layout.needed,
        };
        self.operation.is_single() && self.retries == 0 && strikes
    }

    /// Whether the library gets over it: by another connection, or because it is no trouble at all.
    fn must_succeed(&self) -> bool {
        match self.operation {
            _ if self.trouble == Trouble::ShortStall => true,
            Operation::Wait(_) => true,
            // Bytes that a writer was given cannot be taken back.
            Operation::Bytes(_) => false,
            // A thread that requested a token and got no response makes no second request: the response may still come.
            Operation::Token => self.retries > 0 && self.trouble != Trouble::LongStall,
            _ => self.retries > 0,
        }
    }

    /// The errors that may come of it.
    fn kinds(&self, layout: Layout) -> &'static [ErrorKind] {
        use ErrorKind::{Connect, ConnectionLost, Timeout, Truncated};
        let in_handshake = self.wire == Wire::Tls && self.at <= layout.down;
        match self.trouble {
            Trouble::LongStall => &[Timeout],
            Trouble::ShortStall => &[],
            _ if in_handshake => &[Connect, ConnectionLost, Truncated],
            // A reset can be so early that there was no connection yet.
            _ if self.at == 0 => &[Connect, ConnectionLost],
            Trouble::RequestCut | Trouble::RequestReset => &[ConnectionLost],
            Trouble::Cut if self.operation.is_single() && self.at < layout.head => &[ConnectionLost],
            Trouble::Cut if self.operation.is_single() => &[Truncated],
            _ => &[ConnectionLost, Truncated],
        }
    }
}
