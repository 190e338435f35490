//! Servers that are not there, do not respond, or go away and come back in the middle of a wait.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use nitro_emulator::{Clock, Emulator, Scenario, StreamMode};
use nitro_jobs::{Call, Client, ClientOptions, Download, Error, ErrorKind, JobState};

use crate::common::until;
use crate::proxy::{Absence, Proxy};
use crate::report::{Desk, Held, Report};
use crate::world::{Certificate, WIRES, Wire};

/// How long a server that restarts is away: within the patience of a wait, and long enough for several attempts.
const AWAY: Duration = Duration::from_millis(60);
const SHORT: Duration = Duration::from_millis(80);

pub fn run(report: &Report, full: bool) {
    let certificate = Certificate::new();
    let desk = report.desk();
    let before = Held::now();
    for wire in WIRES {
        absent(&desk, &certificate, wire);
    }
    // Warm-up is over: what the cases themselves made must be gone.
    report.no_leak("absent servers", before);
    let emulators = WIRES.map(|wire| certificate.emulator(wire));
    let before = Held::now();
    let proxy = Proxy::start();
    let absences = [
        None,
        Some(Absence::Stopped),
        Some(Absence::Status(502)),
        Some(Absence::Closing),
        Some(Absence::Status(503)),
        Some(Absence::Status(504)),
    ];
    let absences = &absences[..if full { absences.len() } else { 3 }];
    for (wire, emulator) in WIRES.iter().zip(&emulators) {
        for stream in [StreamMode::Live, StreamMode::Refuse(404)] {
            for step in STEPS {
                for absence in absences.iter().copied() {
                    let away = absence.map_or(Away::Server(emulator), |how| Away::Proxy(&proxy, how));
                    desk.case(&format!("{away} away {step:?} {wire:?} {stream:?}"), || {
                        restart(emulator, away, &certificate, stream, step)
                    });
                }
            }
        }
    }
    drop(proxy);
    report.no_leak("restarts", before);
}

/// A port where nothing listens; one whose queue of connections is full; one that accepts connections and sends nothing.
fn absent(desk: &Desk<'_>, certificate: &Certificate, wire: Wire) {
    let scheme = if wire == Wire::Tls { "https" } else { "http" };
    let options = |port: u16| {
        certificate
            .options(&format!("{scheme}://127.0.0.1:{port}"), "token")
            .connect_timeout(SHORT)
            .idle_timeout(SHORT)
            .retries(1)
    };
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    each(
        desk,
        &format!("refused {wire:?}"),
        &options(closed.port()),
        |error| error.kind() == ErrorKind::Connect && error.is_unsent(),
    );
    let full = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = full.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(socket) = TcpStream::connect_timeout(&address, SHORT) {
        waiting.push(socket);
    }
    let timed_out = |error: &Error| error.kind() == ErrorKind::Timeout;
    each(
        desk,
        &format!("blackhole {wire:?}"),
        &options(address.port()),
        timed_out,
    );
    drop(waiting);
    let unresponsive = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = unresponsive.local_addr().unwrap().port();
    each(desk, &format!("unresponsive {wire:?}"), &options(port), timed_out);
}

/// Every kind of call fails so, and the wait as well, whose patience ends.
fn each(desk: &Desk<'_>, name: &str, options: &ClientOptions, fits: impl Fn(&Error) -> bool) {
    let call = Call::new();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(options.clone()).unwrap();
    let job = client.job("absent").unwrap();
    let target = Download::to_folder(folder.path());
    type Request<'a> = &'a dyn Fn() -> Result<(), Error>;
    let requests: [(&str, Request<'_>); 5] = [
        ("status", &|| job.status(&call).map(drop)),
        ("result", &|| job.result(&call).map(drop)),
        ("bytes", &|| job.result_bytes(&mut Vec::new(), &call).map(drop)),
        ("download", &|| job.download(&target, |_| true, &call).map(drop)),
        ("wait", &|| job.wait(|_| true, &call).map(drop)),
    ];
    for (what, request) in requests {
        desk.case(&format!("{name} {what}"), || match request() {
            Err(error) if fits(&error) && error.ticket().is_some() => Ok(()),
            other => Err(format!("{other:?}")),
        });
    }
    desk.case(&format!("{name} leaves nothing"), || {
        match std::fs::read_dir(folder.path()).unwrap().count() {
            0 => Ok(()),
            left => Err(format!("{left} files are left")),
        }
    });
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    BeforeTheFirstRequest,
    OnceItIsFollowed,
    AfterSomeProgress,
    AfterMoreProgress,
    WhileTheJobEnds,
    BeforeTheResult,
}

const STEPS: [Step; 6] = [
    Step::BeforeTheFirstRequest,
    Step::OnceItIsFollowed,
    Step::AfterSomeProgress,
    Step::AfterMoreProgress,
    Step::WhileTheJobEnds,
    Step::BeforeTheResult,
];

/// Who goes away.
#[derive(Clone, Copy)]
enum Away<'a> {
    Server(&'a Emulator),
    Proxy(&'a Proxy, Absence),
}

impl Away<'_> {
    fn leave(self) {
        match self {
            Away::Server(emulator) => {
                emulator.stop_listening();
                emulator.drop_connections();
            }
            Away::Proxy(proxy, how) => proxy.leave(how),
        }
    }

    fn come_back(self) {
        match self {
            Away::Server(emulator) => emulator.listen_again().unwrap(),
            Away::Proxy(proxy, _) => proxy.come_back(),
        }
    }
}

impl std::fmt::Display for Away<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Away::Server(_) => f.write_str("the server is"),
            Away::Proxy(_, how) => write!(f, "the proxy ({how:?}) is"),
        }
    }
}

fn restart(
    emulator: &Emulator,
    who: Away<'_>,
    certificate: &Certificate,
    stream: StreamMode,
    step: Step,
) -> Result<(), String> {
    let options = certificate
        .options(&emulator.base_url(), &emulator.token())
        .poll_interval(Duration::from_millis(20), Duration::from_millis(100))
        .retry_cap(Duration::from_millis(100))
        .retries(20);
    let options = match who {
        Away::Server(_) => options,
        Away::Proxy(proxy, _) => options.proxy(proxy.url()),
    };
    let client = Client::new(options).unwrap();
    emulator.forget_requests();
    let id = emulator.create_job(Scenario::new().clock(Clock::Manual).stream(stream));
    let job = client.job(&id).unwrap();
    let away = |during: &dyn Fn()| {
        who.leave();
        during();
        std::thread::sleep(AWAY);
        who.come_back();
    };
    let at = |now: Step| {
        if now == step {
            away(&|| ());
        }
    };
    let (sender, seen) = std::sync::mpsc::channel();
    let status = std::thread::scope(|scope| {
        if step == Step::BeforeTheFirstRequest {
            who.leave();
        }
        let waiting = scope.spawn(|| {
            let reported =
                |status: &nitro_jobs::JobStatus| sender.send(status.progress().unwrap_or(0.0)).is_ok();
            job.wait(reported, &Call::new())
        });
        if step == Step::BeforeTheFirstRequest {
            std::thread::sleep(AWAY);
            who.come_back();
        }
        until("a request came", || !emulator.requests().is_empty());
        at(Step::OnceItIsFollowed);
        for (progress, then) in [(0.3, Step::AfterSomeProgress), (0.6, Step::AfterMoreProgress)] {
            emulator.set_progress(&id, progress);
            let mut highest = 0.0;
            while highest < progress {
                highest = seen
                    .recv_timeout(Duration::from_secs(30))
                    .map_err(|e| e.to_string())?;
            }
            at(then);
        }
        if step == Step::WhileTheJobEnds {
            away(&|| emulator.finish(&id));
        } else {
            emulator.finish(&id);
        }
        waiting
            .join()
            .unwrap()
            .map_err(|e| format!("{:?}: {e}", e.kind()))
    })?;
    if *status.state() != JobState::Completed {
        return Err(format!("it ended as {status:?}"));
    }
    std::thread::scope(|scope| {
        if step == Step::BeforeTheResult {
            who.leave();
            scope.spawn(|| {
                std::thread::sleep(AWAY);
                who.come_back();
            });
        }
        let mut bytes = Vec::new();
        let received = job.result_bytes(&mut bytes, &Call::new());
        match received {
            Ok(_) if bytes == emulator.output_of(&id)[0] => Ok(()),
            other => Err(format!("{} bytes, {other:?}", bytes.len())),
        }
    })
}
