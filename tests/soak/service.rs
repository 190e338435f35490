//! The service that is soaked: an emulator in a process of its own, whose connections break at random.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use nitro_emulator::{
    Action, Completion, Dialect, Emulator, Fault, Framing, Presigned, Scenario, StreamMode,
};
use nitro_jobs::ClientOptions;

/// The first argument of the process that serves; the seed of its faults is the second.
pub const CHILD: &str = "--serve";

/// The serving process, from the outside. Jobs are made through its standard input, which nothing breaks.
pub struct Service {
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    base_url: String,
    token: String,
}

impl Service {
    pub fn start(seed: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([CHILD, &seed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reported = BufReader::new(child.stdout.take().unwrap());
        let mut line = || {
            let mut line = String::new();
            reported.read_line(&mut line).unwrap();
            line.trim().to_owned()
        };
        let (base_url, token) = (line(), line());
        let pipes = Mutex::new((child.stdin.take().unwrap(), reported));
        Self {
            child,
            pipes,
            base_url,
            token,
        }
    }

    /// Options that get over trouble quickly.
    pub fn options(&self) -> ClientOptions {
        ClientOptions::new()
            .base_url(&self.base_url)
            .token(&self.token)
            .connect_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(2))
            .retry_cap(Duration::from_millis(200))
            .poll_interval(Duration::from_millis(50), Duration::from_millis(500))
    }

    /// Makes a job of any kind whose file has this size.
    pub fn create(&self, random: &mut fastrand::Rng, size: u64) -> String {
        let scenario = serde_json::to_string(&scenario(random, size)).unwrap();
        let mut pipes = self.pipes.lock().unwrap();
        writeln!(pipes.0, "{scenario}").unwrap();
        let mut id = String::new();
        pipes.1.read_line(&mut id).unwrap();
        id.trim().to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The bytes of a file of this size.
pub fn file(size: u64) -> Vec<u8> {
    let mut bytes = vec![0; size as usize];
    nitro_emulator::generate(size, 0, &mut bytes);
    bytes
}

fn scenario(random: &mut fastrand::Rng, size: u64) -> Scenario {
    let dialects = [Dialect::EventInData, Dialect::Named, Dialect::Message];
    let streams = [
        StreamMode::Live,
        StreamMode::Live,
        StreamMode::Json,
        StreamMode::Refuse(406),
        StreamMode::EndEarly(2),
        StreamMode::StatusUpdateOnly,
    ];
    let completions = [Completion::Json, Completion::Redirect];
    let framings = [Framing::Length, Framing::Chunked];
    Scenario::new()
        .duration_ms(random.u64(0..2500))
        .steps(random.u32(1..8))
        .dialect(dialects[random.usize(..3)])
        .stream(streams[random.usize(..streams.len())])
        .event_ids(random.bool())
        .completion(completions[random.usize(..2)])
        .size_bytes(size)
        .content_type("application/octet-stream".to_owned())
        .bytes_framing(framings[random.usize(..2)])
        .presigned(Presigned {
            framing: framings[random.usize(..2)],
            ranges: random.bool(),
            ..Presigned::default()
        })
}

/// Serves until standard input ends.
pub fn serve(seed: u64) -> ExitCode {
    let emulator = crate::common::emulator();
    println!("{}\n{}", emulator.base_url(), emulator.token());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = fastrand::Rng::with_seed(seed);
            loop {
                trouble(&emulator, &mut random);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let scenario: Scenario = serde_json::from_str(&line).unwrap();
            println!("{}", emulator.create_job(scenario));
        }
        std::process::exit(0)
    })
}

/// What befalls the connections of the next moments; now and then the whole server.
fn trouble(emulator: &Emulator, random: &mut fastrand::Rng) {
    if random.u32(..2000) == 0 {
        emulator.stop_listening();
        emulator.drop_connections();
        std::thread::sleep(Duration::from_millis(random.u64(10..300)));
        emulator.listen_again().unwrap();
    }
    if random.u32(..200) == 0 {
        emulator.forget_requests();
    }
    // Small offsets as often as large ones.
    let bits = random.u32(1..18);
    let at = random.u64(..1 << bits);
    let action = match random.u32(..12) {
        0 | 1 => Action::Cut,
        2 | 3 => Action::Reset,
        4 => Action::Stall {
            ms: random.u64(10..3000),
        },
        5 => Action::Hang,
        6 => Action::Trickle {
            bytes: random.u64(100..5000),
            every_ms: random.u64(1..20),
        },
        7 => Action::StaleKeepAlive {
            after_requests: random.u64(1..4),
        },
        _ => return emulator.fault_all(None),
    };
    let fault = Fault::new(at, action);
    let in_request = random.u8(..) < 32;
    emulator.fault_all(Some(if in_request { fault.in_request() } else { fault }));
}
