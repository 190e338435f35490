//! The pieces of our own that several threads use at once, run by a model checker: each program below in every order of its
//! threads, or in as many as there is time for. A thread that nobody wakes is a deadlock, and that fails.

use nitro_model::model_check::{cancel, renewal, watch};

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

#[test]
fn a_trigger_ends_every_sleep() {
    in_many_orders(cancel::a_trigger_ends_every_sleep);
}

#[test]
fn a_trigger_wakes_before_and_after_registering() {
    in_many_orders(cancel::a_trigger_wakes_before_and_after_registering);
}

#[test]
fn a_released_waker_is_not_woken() {
    in_many_orders(cancel::a_released_waker_is_not_woken);
}

#[test]
fn one_request_serves_all_waiting_threads() {
    in_many_orders(renewal::one_request_serves_all_waiting_threads);
}

#[test]
fn a_failed_request_wakes_all_waiting_threads() {
    in_many_orders(renewal::a_failed_request_wakes_all_waiting_threads);
}

#[test]
fn a_waiter_is_cancelled_during_another_threads_request() {
    in_many_orders(renewal::a_waiter_is_cancelled_during_another_threads_request);
}

#[test]
fn another_thread_requests_when_the_first_was_cancelled() {
    in_many_orders(renewal::another_thread_requests_when_the_first_was_cancelled);
}

#[test]
fn each_job_is_polled_in_turn_and_ends_once() {
    in_many_orders(watch::each_job_is_polled_in_turn_and_ends_once);
}

#[test]
fn a_late_job_delays_no_other() {
    in_many_orders(watch::a_late_job_delays_no_other);
}

#[test]
fn a_late_job_is_waited_for_while_another_is_polled() {
    in_many_orders(watch::a_late_job_is_waited_for_while_another_is_polled);
}

#[test]
fn a_panic_loses_no_job_and_no_worker() {
    in_many_orders(watch::a_panic_loses_no_job_and_no_worker);
}

#[test]
fn a_triggered_token_ends_the_reading() {
    in_many_orders(watch::a_triggered_token_ends_the_reading);
}

#[test]
fn the_reader_runs_the_tasks_of_workers() {
    in_many_orders(watch::the_reader_runs_the_tasks_of_workers);
}
