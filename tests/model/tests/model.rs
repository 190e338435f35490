//! The pieces of our own that several threads use at once, run by a model checker: each program below in every order of its
//! threads, or in as many as there is time for. A thread that nobody wakes is a deadlock, and that fails.

use nitro_model::model::{cancel, renewal, watch};

/// The orders one after the other, as far as there are so many.
const IN_TURN: usize = 3_000;
/// Orders with a few changes of thread at random places, which find most of what is wrong, and entirely random ones.
const AT_RANDOM: usize = 1_000;
const CHANGES: usize = 3;

fn in_many_orders(program: fn()) {
    shuttle::check_dfs(program, Some(IN_TURN));
    shuttle::check_pct(program, AT_RANDOM, CHANGES);
    shuttle::check_random(program, AT_RANDOM);
}

/// One test for each program.
macro_rules! programs {
    ($($test:ident: $program:path,)*) => {
        $(#[test]
        fn $test() {
            in_many_orders($program);
        })*
    };
}

programs! {
    a_trigger_ends_every_sleep: cancel::a_trigger_ends_every_sleep,
    a_trigger_is_heard_before_and_after_registering: cancel::a_trigger_is_heard_before_and_after_registering,
    a_released_waker_is_left_alone: cancel::a_released_waker_is_left_alone,
    one_asking_serves_all_who_wait: renewal::one_asking_serves_all_who_wait,
    a_failed_asking_wakes_all_who_wait: renewal::a_failed_asking_wakes_all_who_wait,
    a_waiter_is_cancelled_while_another_asks: renewal::a_waiter_is_cancelled_while_another_asks,
    another_asks_when_the_asking_one_was_cancelled: renewal::another_asks_when_the_asking_one_was_cancelled,
    each_job_is_asked_about_in_turn_and_told_once: watch::each_job_is_asked_about_in_turn_and_told_once,
    what_is_due_late_holds_nothing_up: watch::what_is_due_late_holds_nothing_up,
    a_late_job_is_looked_out_for_while_another_is_asked_about: watch::a_late_job_is_looked_out_for_while_another_is_asked_about,
    a_trigger_ends_the_reading: watch::a_trigger_ends_the_reading,
    the_reader_does_what_workers_wait_for: watch::the_reader_does_what_workers_wait_for,
}
