//! A job's state as a function of time. Nothing here reads a clock or does I/O.

use crate::scenario::{Clock, Outcome, Scenario};
use std::time::Duration;

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum State {
    Running(f64),
    Completed,
    Failed,
    Canceled,
    Gone,
    Lost,
}

impl State {
    pub(crate) fn is_terminal(self) -> bool {
        !matches!(self, State::Running(_))
    }

    fn of(outcome: Outcome) -> State {
        match outcome {
            Outcome::Completed => State::Completed,
            Outcome::Failed => State::Failed,
            Outcome::Canceled => State::Canceled,
            Outcome::Gone => State::Gone,
            Outcome::Lost => State::Lost,
            Outcome::Never => State::Running(1.0),
        }
    }
}

/// The caller's changes to a job whose clock is manual.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manual {
    pub(crate) progress: Vec<f64>,
    pub(crate) finished_at: Option<Duration>,
}

/// A job at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moment {
    pub(crate) state: State,
    /// How many progress values have been reached.
    pub(crate) reached: usize,
    /// The time until the next change that time alone causes.
    pub(crate) next: Option<Duration>,
}

/// The job `elapsed` after its clock started.
pub(crate) fn at(scenario: &Scenario, manual: &Manual, elapsed: Duration) -> Moment {
    match scenario.outcome {
        Outcome::Gone | Outcome::Lost => {
            return Moment {
                state: State::of(scenario.outcome),
                reached: 0,
                next: None,
            };
        }
        _ => {}
    }
    let values = values(scenario, manual);
    let over = finished_after(scenario, manual);
    if let Some(over) = over.filter(|over| *over <= elapsed) {
        let retention = scenario.retention_ms.map(Duration::from_millis);
        let state = match retention {
            Some(retention) if elapsed >= over + retention => State::Gone,
            _ => State::of(scenario.outcome),
        };
        return Moment {
            state,
            reached: values.len(),
            next: None,
        };
    }
    let (reached, next) = match scenario.clock {
        Clock::Manual => (values.len(), None),
        Clock::Auto => {
            let total = Duration::from_millis(scenario.duration_ms);
            let count = values.len().max(1) as u32;
            let due = |index: usize| total * index as u32 / count;
            let reached = (0..values.len())
                .take_while(|index| due(*index) <= elapsed)
                .count();
            let change = if reached < values.len() {
                Some(due(reached))
            } else {
                over
            };
            (reached, change.map(|when| when.saturating_sub(elapsed)))
        }
    };
    let progress = if reached == 0 { 0.0 } else { values[reached - 1] };
    Moment {
        state: State::Running(progress),
        reached,
        next,
    }
}

/// The progress values of a job; those set so far if its clock is manual.
pub(crate) fn values(scenario: &Scenario, manual: &Manual) -> Vec<f64> {
    match scenario.clock {
        Clock::Auto => scenario.progress_values(),
        Clock::Manual => manual.progress.clone(),
    }
}

fn finished_after(scenario: &Scenario, manual: &Manual) -> Option<Duration> {
    match (scenario.outcome, scenario.clock) {
        (Outcome::Never, _) => None,
        (_, Clock::Manual) => manual.finished_at,
        (_, Clock::Auto) => Some(Duration::from_millis(scenario.duration_ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(scenario: &Scenario, ms: u64) -> Moment {
        at(scenario, &Manual::default(), Duration::from_millis(ms))
    }

    #[test]
    fn progress_rises_by_steps_and_ends_with_the_outcome() {
        let scenario = Scenario::new().duration_ms(100u64).steps(4u32);
        let seen: Vec<State> = [0, 24, 25, 50, 99, 100]
            .iter()
            .map(|ms| moment(&scenario, *ms).state)
            .collect();
        let running = State::Running;
        assert_eq!(
            seen,
            [
                running(0.0),
                running(0.0),
                running(0.25),
                running(0.5),
                running(0.75),
                State::Completed
            ]
        );
        assert_eq!(moment(&scenario, 60).next, Some(Duration::from_millis(15)));
        assert_eq!(moment(&scenario, 80).next, Some(Duration::from_millis(20)));
    }

    #[test]
    fn a_job_is_gone_after_its_retention() {
        let scenario = Scenario::new().duration_ms(10u64).retention_ms(5u64);
        assert_eq!(moment(&scenario, 14).state, State::Completed);
        assert_eq!(moment(&scenario, 15).state, State::Gone);
    }

    #[test]
    fn a_manual_job_changes_only_by_calls() {
        let scenario = Scenario::new().clock(Clock::Manual).outcome(Outcome::Failed);
        let mut manual = Manual::default();
        let hour = Duration::from_secs(3600);
        assert_eq!(at(&scenario, &manual, hour).state, State::Running(0.0));
        manual.progress.push(0.4);
        assert_eq!(at(&scenario, &manual, hour).state, State::Running(0.4));
        manual.finished_at = Some(hour);
        assert_eq!(at(&scenario, &manual, hour).state, State::Failed);
    }
}
