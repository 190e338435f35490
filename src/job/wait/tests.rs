//! The machine is walked through every sequence of inputs up to a depth; what its first page promises is checked after
//! each step.

use super::*;

fn rhythm() -> Rhythm {
    Rhythm {
        failures_before_contact: 2,
        failures_after_contact: 3,
        ..Rhythm::default()
    }
}

fn machine(stream: bool) -> Wait {
    Wait::new(Rhythm { stream, ..rhythm() }, fastrand::Rng::with_seed(7))
}

fn says(json: &str) -> JobStatus {
    JobStatus::parse(json.to_owned()).unwrap()
}

fn refused(status: u16) -> Error {
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

/// All that can happen after an action; the name is for the failure's message.
fn what_can_happen(after: &Action) -> Vec<(String, Input)> {
    let named = |name: &str, input| (name.to_owned(), input);
    let mut inputs = Vec::new();
    match after {
        Action::OpenStream => {
            inputs.push(named("opened", Input::StreamOpened));
            inputs.push(named("mute", Input::StreamMute));
            for status in [401, 405, 410, 503] {
                inputs.push(named("refused", Input::StreamFailed(refused(status))));
            }
            inputs.push(named("plain JSON", Input::StreamAnswered(says(STATES[0]), None)));
            inputs.push(named("plain JSON", Input::StreamAnswered(says(STATES[5]), None)));
        }
        Action::ReadStream => {
            for state in STATES {
                inputs.push(named(state, Input::StreamSaid(says(state))));
            }
            inputs.push(named("garbled", Input::StreamGarbled));
            inputs.push(named("retry", Input::StreamRetry(Duration::from_secs(86_400))));
            inputs.push(named("ended", Input::StreamEnded));
            inputs.push(named("mute", Input::StreamMute));
            inputs.push(named(
                "too large",
                Input::StreamFailed(Error::new(ErrorKind::TooLarge, "line")),
            ));
        }
        Action::Poll => {
            for state in STATES {
                inputs.push(named(state, Input::Polled(says(state), None)));
            }
            let asked = Some(Duration::from_secs(86_400));
            inputs.push(named("asked to wait", Input::Polled(says(STATES[0]), asked)));
            for status in [401, 404, 410, 503] {
                inputs.push(named("refused", Input::PollFailed(refused(status))));
            }
            inputs.push(named("broken", Input::PollFailed(broken())));
        }
        Action::Sleep(_) => inputs.push(named("slept", Input::Slept)),
        Action::Ended(_) | Action::GaveUp(_) => {}
    }
    inputs
}

/// What an onlooker knows: what was said, and what was reported.
#[derive(Clone, Default)]
struct Onlooker {
    said: Vec<f64>,
    reported: f64,
}

impl Onlooker {
    fn check(&mut self, path: &str, machine: &Wait, input: (Option<JobStatus>, bool), step: &Step) {
        let (status, failed) = input;
        if let Some(progress) = status.as_ref().and_then(JobStatus::progress) {
            self.said.push(progress);
        }
        if let Some(progress) = step.report.as_ref().and_then(JobStatus::progress) {
            assert!(progress >= self.reported, "{path}: progress went back");
            assert!(self.said.contains(&progress), "{path}: nobody said {progress}");
            self.reported = progress;
        }
        if let Some(report) = &step.report {
            assert!(!report.is_terminal(), "{path}: an end was reported as progress");
        }
        match &step.action {
            Action::Ended(end) => {
                let source = status.unwrap_or_else(|| panic!("{path}: an end that no source reported"));
                assert!(
                    end.is_terminal() && end.state() == source.state(),
                    "{path}: not what was said"
                );
            }
            Action::GaveUp(_) => assert!(failed, "{path}: gave up without a failure"),
            Action::Sleep(pause) => {
                let bound = rhythm().pause_cap.max(rhythm().poll_max).mul_f64(1.2);
                assert!(*pause <= bound, "{path}: slept for {pause:?}");
            }
            _ => {}
        }
        let reads = matches!(step.action, Action::ReadStream);
        assert_eq!(
            machine.stream_open, reads,
            "{path}: a stream is open beside something else"
        );
    }
}

fn walk(machine: &Wait, action: &Action, onlooker: &Onlooker, path: &str, depth: u32) -> u64 {
    if depth == 0 {
        return 1;
    }
    let mut walked = 0;
    for (name, input) in what_can_happen(action) {
        let path = format!("{path} > {name}");
        let seen = match &input {
            Input::StreamSaid(status) | Input::StreamAnswered(status, _) | Input::Polled(status, _) => {
                (Some(status.clone()), false)
            }
            Input::StreamFailed(_) | Input::PollFailed(_) => (None, true),
            _ => (None, false),
        };
        let (mut machine, mut onlooker) = (machine.clone(), onlooker.clone());
        let step = machine.next(input);
        onlooker.check(&path, &machine, seen, &step);
        // A sleep leads to one thing only, so it costs no depth.
        let cost = u32::from(!matches!(action, Action::Sleep(_)));
        walked += walk(&machine, &step.action, &onlooker, &path, depth - cost);
    }
    walked.max(1)
}

#[test]
fn every_sequence_of_inputs_keeps_the_promises() {
    for stream in [true, false] {
        let mut machine = machine(stream);
        let first = machine.start(None);
        let walked = walk(&machine, &first, &Onlooker::default(), "start", 5);
        assert!(walked > 10_000, "only {walked} sequences");
    }
}

/// Drives a machine with one answer for each kind of question; gives the actions it took.
fn drive(mut machine: Wait, steps: usize, mut answer: impl FnMut(&Action) -> Input) -> Vec<Action> {
    let mut actions = vec![machine.start(None)];
    for _ in 0..steps {
        let input = match &actions[actions.len() - 1] {
            Action::Ended(_) | Action::GaveUp(_) => break,
            Action::Sleep(_) => Input::Slept,
            other => answer(other),
        };
        actions.push(machine.next(input).action);
    }
    actions
}

#[test]
fn a_running_job_is_followed_for_ever() {
    let actions = drive(machine(false), 10_000, |_| Input::Polled(says(STATES[0]), None));
    assert_eq!(actions.len(), 10_001);
    let longest = actions.iter().filter_map(|a| match a {
        Action::Sleep(pause) => Some(*pause),
        _ => None,
    });
    assert!(longest.max().unwrap() <= rhythm().poll_max.mul_f64(1.2));
}

#[test]
fn a_service_out_of_reach_is_borne_within_patience_and_no_longer() {
    let polls = |actions: &[Action]| actions.iter().filter(|a| matches!(a, Action::Poll)).count();
    let never = drive(machine(false), 1_000, |_| Input::PollFailed(broken()));
    assert!(matches!(never.last(), Some(Action::GaveUp(_))));
    assert_eq!(polls(&never), 3);
    let mut answered = false;
    let once = drive(machine(false), 1_000, |_| {
        match std::mem::replace(&mut answered, true) {
            false => Input::Polled(says(STATES[0]), None),
            true => Input::PollFailed(broken()),
        }
    });
    assert_eq!(polls(&once), 5);
}

#[test]
fn a_stream_that_only_breaks_is_given_up_for_polling() {
    let actions = drive(machine(true), 200, |action| match action {
        Action::OpenStream => Input::StreamOpened,
        Action::ReadStream => Input::StreamEnded,
        _ => Input::Polled(says(STATES[0]), None),
    });
    let opened = actions.iter().filter(|a| matches!(a, Action::OpenStream)).count();
    assert_eq!(opened as u32, STREAM_FAILURES);
}

#[test]
fn what_the_service_asks_for_wins_over_the_rhythm() {
    let asked = Duration::from_secs(7);
    let mut machine = machine(false);
    machine.start(None);
    let step = machine.next(Input::Polled(says(STATES[0]), Some(asked)));
    let Action::Sleep(pause) = step.action else {
        panic!("{step:?}")
    };
    assert!(pause >= asked && pause <= asked.mul_f64(1.1));
    let mut accepted = Wait::new(
        Rhythm {
            stream: false,
            ..rhythm()
        },
        fastrand::Rng::with_seed(1),
    );
    assert!(matches!(accepted.start(Some(asked)), Action::Sleep(pause) if pause >= asked));
}

#[test]
fn two_waits_do_not_beat_in_step() {
    let pauses = |seed| {
        let mut machine = Wait::new(
            Rhythm {
                stream: false,
                ..rhythm()
            },
            fastrand::Rng::with_seed(seed),
        );
        machine.start(None);
        match machine.next(Input::Polled(says(STATES[0]), None)).action {
            Action::Sleep(pause) => pause,
            other => panic!("{other:?}"),
        }
    };
    assert_ne!(pauses(1), pauses(2));
}

#[test]
fn a_failure_that_is_only_announced_is_asked_about() {
    let mut machine = machine(true);
    machine.start(None);
    machine.next(Input::StreamOpened);
    let announced = machine.next(Input::StreamSaid(says(
        r#"{"event":"status-update","status":"failed"}"#,
    )));
    assert!(matches!(announced.action, Action::Poll));
    let answer = says(r#"{"status":"failed","error":{"title":"no"}}"#);
    match machine.next(Input::Polled(answer, None)).action {
        Action::Ended(status) => assert_eq!(status.error().and_then(|e| e.title).as_deref(), Some("no")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_pause_for_all_is_kept_to() {
    let pause = Duration::from_millis(40);
    let steady = Rhythm {
        stream: false,
        poll_min: pause,
        poll_max: pause,
        ..rhythm()
    };
    let mut machine = Wait::new(steady, fastrand::Rng::with_seed(3));
    machine.start(None);
    for _ in 0..9 {
        let step = machine.next(Input::Polled(says(STATES[0]), None));
        assert!(matches!(step.action, Action::Sleep(asked) if asked == pause));
        assert!(machine.is_on_beat());
        machine.next(Input::Slept);
    }
    // What the service asks for is counted from its answer, not from the beat.
    machine.next(Input::Polled(says(STATES[0]), Some(pause)));
    assert!(!machine.is_on_beat());
}

#[test]
fn a_stream_is_opened_only_while_it_is_allowed() {
    let mut machine = machine(true);
    machine.allow_stream(false);
    assert!(matches!(machine.start(None), Action::Poll));
    for _ in 0..3 {
        machine.next(Input::Polled(says(STATES[0]), None));
        assert!(matches!(machine.next(Input::Slept).action, Action::Poll));
    }
    machine.next(Input::Polled(says(STATES[0]), None));
    machine.allow_stream(true);
    assert!(matches!(machine.next(Input::Slept).action, Action::OpenStream));
}

#[test]
fn the_pause_asked_for_on_acceptance_is_kept_until_the_first_poll() {
    let asked = Duration::from_secs(9);
    let waits = |action: Action| matches!(action, Action::Sleep(pause) if pause >= asked);
    let mut refused_stream = machine(true);
    assert!(matches!(refused_stream.start(Some(asked)), Action::OpenStream));
    assert!(waits(
        refused_stream.next(Input::StreamFailed(refused(405))).action
    ));
    assert!(matches!(refused_stream.next(Input::Slept).action, Action::Poll));
    let mut answered = machine(true);
    answered.start(Some(asked));
    assert!(waits(
        answered.next(Input::StreamAnswered(says(STATES[0]), None)).action
    ));
}
