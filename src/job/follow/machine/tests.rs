//! The machine is taken through every sequence of inputs up to a depth, and its invariants are checked after each step.

use super::*;

fn policy() -> PollPolicy {
    PollPolicy {
        failures_before_contact: 2,
        failures_after_contact: 3,
        patience_before_contact: Duration::ZERO,
        patience_after_contact: Duration::ZERO,
        ..PollPolicy::default()
    }
}

fn machine(stream: bool) -> WaitMachine {
    WaitMachine::new(PollPolicy { stream, ..policy() }, fastrand::Rng::with_seed(7))
}

fn status(json: &str) -> JobStatus {
    JobStatus::parse(json.to_owned()).unwrap()
}

fn error_response(status: u16) -> Error {
    Error::from_response(status, Default::default())
}

fn broken() -> Error {
    Error::new(ErrorKind::ConnectionLost, "cut")
}

const STATES: &[&str] = &[
    r#"{"status":"running","progress":0.5}"#,
    r#"{"status":"running","progress":0.2}"#,
    r#"{"status":"running","progress":1.0}"#,
    r#"{"status":"brewing"}"#,
    r#"{"status":"completed"}"#,
    r#"{"status":"completed","location":"/r"}"#,
    r#"{"status":"failed","error":{"title":"no"}}"#,
    r#"{"status":"failed","location":"/r"}"#,
    r#"{"status":"canceled"}"#,
];

/// All inputs that can follow an action; the name is for the message of a failed test.
fn possible_inputs(after: &Action) -> Vec<(String, MachineInput)> {
    let named = |name: &str, input| (name.to_owned(), input);
    let mut inputs = Vec::new();
    match after {
        Action::OpenStream => {
            inputs.push(named("opened", MachineInput::StreamOpened));
            inputs.push(named("idle", MachineInput::Stream(StreamEvent::Idle)));
            for status in [401, 405, 410, 422, 503] {
                inputs.push(named(
                    "error response",
                    MachineInput::StreamFailed(error_response(status)),
                ));
            }
            inputs.push(named(
                "plain JSON",
                MachineInput::StreamUnavailable(status(STATES[0]), None),
            ));
            inputs.push(named(
                "plain JSON",
                MachineInput::StreamUnavailable(status(STATES[5]), None),
            ));
        }
        Action::ReadStream => {
            for state in STATES {
                inputs.push(named(
                    state,
                    MachineInput::Stream(StreamEvent::Status(status(state))),
                ));
            }
            inputs.push(named("malformed", MachineInput::Stream(StreamEvent::Malformed)));
            inputs.push(named(
                "retry",
                MachineInput::Stream(StreamEvent::Retry(Duration::from_secs(86_400))),
            ));
            inputs.push(named("ended", MachineInput::Stream(StreamEvent::Ended)));
            inputs.push(named("idle", MachineInput::Stream(StreamEvent::Idle)));
            inputs.push(named(
                "too large",
                MachineInput::StreamFailed(Error::new(ErrorKind::TooLarge, "line")),
            ));
        }
        Action::Poll => {
            for state in STATES {
                inputs.push(named(state, MachineInput::Polled(status(state), None)));
            }
            let requested = Some(Duration::from_secs(86_400));
            inputs.push(named(
                "Retry-After",
                MachineInput::Polled(status(STATES[0]), requested),
            ));
            for status in [401, 404, 410, 503] {
                inputs.push(named(
                    "error response",
                    MachineInput::PollFailed(error_response(status)),
                ));
            }
            inputs.push(named("broken", MachineInput::PollFailed(broken())));
        }
        Action::Sleep(_) => inputs.push(named("slept", MachineInput::Slept)),
        Action::Ended(_) | Action::GaveUp(_) => {}
    }
    inputs
}

/// What an observer knows: the progress that was received, and what was reported.
#[derive(Clone, Default)]
struct Observer {
    received: Vec<f64>,
    reported: f64,
}

impl Observer {
    fn check(
        &mut self,
        path: &str,
        machine: &WaitMachine,
        input: (Option<JobStatus>, bool),
        transition: &Transition,
    ) {
        let (status, failed) = input;
        if let Some(progress) = status.as_ref().and_then(JobStatus::progress) {
            self.received.push(progress);
        }
        if let Some(progress) = transition.report.as_ref().and_then(JobStatus::progress) {
            assert!(progress >= self.reported, "{path}: progress decreased");
            assert!(
                self.received.contains(&progress),
                "{path}: {progress} was never received"
            );
            self.reported = progress;
        }
        if let Some(report) = &transition.report {
            assert!(!report.is_terminal(), "{path}: an end was reported as progress");
        }
        match &transition.action {
            Action::Ended(end) => {
                let source = status.unwrap_or_else(|| panic!("{path}: an end that no source reported"));
                assert!(
                    end.is_terminal() && end.state() == source.state(),
                    "{path}: not what was received"
                );
            }
            Action::GaveUp(_) => assert!(failed, "{path}: gave up without a failure"),
            Action::Sleep(pause) => {
                let bound = policy().retry_cap.max(policy().poll_max).mul_f64(1.2);
                assert!(*pause <= bound, "{path}: slept for {pause:?}");
            }
            _ => {}
        }
        let reads = matches!(transition.action, Action::ReadStream);
        assert_eq!(
            machine.stream_open, reads,
            "{path}: a stream is open beside something else"
        );
    }
}

fn explore(machine: &WaitMachine, action: &Action, observer: &Observer, path: &str, depth: u32) -> u64 {
    if depth == 0 {
        return 1;
    }
    let mut explored = 0;
    for (name, input) in possible_inputs(action) {
        let path = format!("{path} > {name}");
        let seen = match &input {
            MachineInput::Stream(StreamEvent::Status(status))
            | MachineInput::StreamUnavailable(status, _)
            | MachineInput::Polled(status, _) => (Some(status.clone()), false),
            MachineInput::StreamFailed(_) | MachineInput::PollFailed(_) => (None, true),
            _ => (None, false),
        };
        let (mut machine, mut observer) = (machine.clone(), observer.clone());
        let transition = machine.advance(input);
        observer.check(&path, &machine, seen, &transition);
        // A sleep leads to one thing only, so it costs no depth.
        let cost = u32::from(!matches!(action, Action::Sleep(_)));
        explored += explore(&machine, &transition.action, &observer, &path, depth - cost);
    }
    explored.max(1)
}

#[test]
fn every_sequence_of_inputs_keeps_the_invariants() {
    for stream in [true, false] {
        let mut machine = machine(stream);
        let first = machine.start(None);
        let explored = explore(&machine, &first, &Observer::default(), "start", 5);
        assert!(explored > 10_000, "only {explored} sequences");
    }
}

/// Runs a machine with one input for each kind of action; returns its actions.
fn drive(
    mut machine: WaitMachine,
    steps: usize,
    mut respond: impl FnMut(&Action) -> MachineInput,
) -> Vec<Action> {
    let mut actions = vec![machine.start(None)];
    for _ in 0..steps {
        let input = match &actions[actions.len() - 1] {
            Action::Ended(_) | Action::GaveUp(_) => break,
            Action::Sleep(_) => MachineInput::Slept,
            other => respond(other),
        };
        actions.push(machine.advance(input).action);
    }
    actions
}

#[test]
fn a_running_job_is_followed_without_end() {
    let actions = drive(machine(false), 10_000, |_| {
        MachineInput::Polled(status(STATES[0]), None)
    });
    assert_eq!(actions.len(), 10_001);
    let longest = actions.iter().filter_map(|a| match a {
        Action::Sleep(pause) => Some(*pause),
        _ => None,
    });
    assert!(longest.max().unwrap() <= policy().poll_max.mul_f64(1.2));
}

#[test]
fn failures_in_a_row_are_tolerated_up_to_the_limit() {
    let polls = |actions: &[Action]| actions.iter().filter(|a| matches!(a, Action::Poll)).count();
    let never = drive(machine(false), 1_000, |_| MachineInput::PollFailed(broken()));
    assert!(matches!(never.last(), Some(Action::GaveUp(_))));
    assert_eq!(polls(&never), 3);
    let mut responded = false;
    let once = drive(machine(false), 1_000, |_| {
        match std::mem::replace(&mut responded, true) {
            false => MachineInput::Polled(status(STATES[0]), None),
            true => MachineInput::PollFailed(broken()),
        }
    });
    assert_eq!(polls(&once), 5);
}

#[test]
fn failures_in_a_row_are_tolerated_for_a_time_however_many_they_are() {
    let quick = PollPolicy {
        stream: false,
        poll_min: Duration::from_millis(10),
        poll_max: Duration::from_millis(10),
        patience_before_contact: Duration::from_secs(1),
        ..policy()
    };
    let machine = || WaitMachine::new(quick.clone(), fastrand::Rng::with_seed(7));
    let polls = |actions: &[Action]| actions.iter().filter(|a| matches!(a, Action::Poll)).count();
    let at_once = || error_response(503).with_retry_after(Some(Duration::ZERO));
    let actions = drive(machine(), 1_000, |_| MachineInput::PollFailed(at_once()));
    assert!(matches!(actions.last(), Some(Action::GaveUp(_))));
    assert!((100..=201).contains(&polls(&actions)), "{}", polls(&actions));
    // The time of the requests counts, too.
    let mut slow = machine();
    slow.start(None);
    for failure in 1..=3 {
        slow.note_request(Duration::from_secs(1));
        let transition = slow.advance(MachineInput::PollFailed(broken()));
        assert_eq!(
            matches!(transition.action, Action::GaveUp(_)),
            failure == 3,
            "{failure}"
        );
    }
}

#[test]
fn no_pause_is_shorter_than_its_floor() {
    let zero = Some(Duration::ZERO);
    let pause_after = |machine: &mut WaitMachine, input| match machine.advance(input).action {
        Action::Sleep(pause) => pause,
        other => panic!("{other:?}"),
    };
    for _ in 0..100 {
        let mut machine = WaitMachine::new(
            PollPolicy {
                stream: false,
                ..policy()
            },
            fastrand::Rng::new(),
        );
        machine.start(None);
        let pause = pause_after(&mut machine, MachineInput::Polled(status(STATES[0]), zero));
        assert!(pause >= policy().poll_min.mul_f64(0.8), "{pause:?}");
        let error = error_response(503).with_retry_after(zero);
        let pause = pause_after(&mut machine, MachineInput::PollFailed(error));
        assert!(pause >= policy().poll_min, "{pause:?}");
    }
    let mut streaming = machine(true);
    streaming.start(None);
    streaming.advance(MachineInput::StreamOpened);
    streaming.advance(MachineInput::Stream(StreamEvent::Retry(Duration::ZERO)));
    streaming.advance(MachineInput::Stream(StreamEvent::Ended));
    let pause = pause_after(&mut streaming, MachineInput::Polled(status(STATES[0]), zero));
    assert!(pause >= policy().poll_min, "{pause:?}");
}

#[test]
fn a_stream_that_only_breaks_is_replaced_by_polling() {
    let actions = drive(machine(true), 200, |action| match action {
        Action::OpenStream => MachineInput::StreamOpened,
        Action::ReadStream => MachineInput::Stream(StreamEvent::Ended),
        _ => MachineInput::Polled(status(STATES[0]), None),
    });
    let opened = actions.iter().filter(|a| matches!(a, Action::OpenStream)).count();
    assert_eq!(opened as u32, MAX_STREAM_FAILURES);
}

#[test]
fn retry_after_overrides_the_poll_interval() {
    let requested = Duration::from_secs(7);
    let mut machine = machine(false);
    machine.start(None);
    let transition = machine.advance(MachineInput::Polled(status(STATES[0]), Some(requested)));
    let Action::Sleep(pause) = transition.action else {
        panic!("{transition:?}")
    };
    assert!(pause >= requested && pause <= requested.mul_f64(1.1));
    let mut accepted = WaitMachine::new(
        PollPolicy {
            stream: false,
            ..policy()
        },
        fastrand::Rng::with_seed(1),
    );
    assert!(matches!(accepted.start(Some(requested)), Action::Sleep(pause) if pause >= requested));
}

#[test]
fn poll_intervals_are_jittered() {
    let pauses = |seed| {
        let mut machine = WaitMachine::new(
            PollPolicy {
                stream: false,
                ..policy()
            },
            fastrand::Rng::with_seed(seed),
        );
        machine.start(None);
        match machine
            .advance(MachineInput::Polled(status(STATES[0]), None))
            .action
        {
            Action::Sleep(pause) => pause,
            other => panic!("{other:?}"),
        }
    };
    assert_ne!(pauses(1), pauses(2));
}

#[test]
fn a_failure_without_a_reason_is_polled_for_one() {
    let mut machine = machine(true);
    machine.start(None);
    machine.advance(MachineInput::StreamOpened);
    let announced = machine.advance(MachineInput::Stream(StreamEvent::Status(status(
        r#"{"event":"status-update","status":"failed"}"#,
    ))));
    assert!(matches!(announced.action, Action::Poll));
    let failed = status(r#"{"status":"failed","error":{"title":"no"}}"#);
    match machine.advance(MachineInput::Polled(failed, None)).action {
        Action::Ended(status) => assert_eq!(status.error().and_then(|e| e.title).as_deref(), Some("no")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn equal_bounds_make_a_fixed_poll_rate() {
    let pause = Duration::from_millis(40);
    let steady = PollPolicy {
        stream: false,
        poll_min: pause,
        poll_max: pause,
        ..policy()
    };
    let mut machine = WaitMachine::new(steady, fastrand::Rng::with_seed(3));
    machine.start(None);
    for _ in 0..9 {
        let transition = machine.advance(MachineInput::Polled(status(STATES[0]), None));
        assert!(matches!(transition.action, Action::Sleep(slept) if slept == pause));
        assert!(machine.sleeps_at_fixed_rate());
        machine.advance(MachineInput::Slept);
    }
    // A `Retry-After` is counted from the response, not from when the poll was due.
    machine.advance(MachineInput::Polled(status(STATES[0]), Some(pause)));
    assert!(!machine.sleeps_at_fixed_rate());
}

#[test]
fn a_stream_is_opened_only_while_it_is_allowed() {
    let mut machine = machine(true);
    machine.allow_stream(false);
    assert!(matches!(machine.start(None), Action::Poll));
    for _ in 0..3 {
        machine.advance(MachineInput::Polled(status(STATES[0]), None));
        assert!(matches!(
            machine.advance(MachineInput::Slept).action,
            Action::Poll
        ));
    }
    machine.advance(MachineInput::Polled(status(STATES[0]), None));
    machine.allow_stream(true);
    assert!(matches!(
        machine.advance(MachineInput::Slept).action,
        Action::OpenStream
    ));
}

#[test]
fn the_retry_after_of_a_submission_delays_the_first_poll() {
    let requested = Duration::from_secs(9);
    let waits = |action: Action| matches!(action, Action::Sleep(pause) if pause >= requested);
    let mut method_not_allowed = machine(true);
    assert!(matches!(
        method_not_allowed.start(Some(requested)),
        Action::OpenStream
    ));
    assert!(waits(
        method_not_allowed
            .advance(MachineInput::StreamFailed(error_response(405)))
            .action
    ));
    assert!(matches!(
        method_not_allowed.advance(MachineInput::Slept).action,
        Action::Poll
    ));
    let mut unavailable = machine(true);
    unavailable.start(Some(requested));
    assert!(waits(
        unavailable
            .advance(MachineInput::StreamUnavailable(status(STATES[0]), None))
            .action
    ));
}
