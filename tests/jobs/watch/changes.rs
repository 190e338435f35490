//! Adding, removing, cancelling and dropping while jobs run.

use std::collections::{HashMap, HashSet};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use nitro_emulator::Scenario;
use nitro_jobs::{Call, CancelToken, Client, ClientOptions, ErrorKind, WatchOptions};

use super::{add_all, never, state_name};
use crate::common::{client, emulator, job, polls, quick, streams, until, with_watchdog};

const MS: Duration = Duration::from_millis(1);

#[test]
fn jobs_can_be_added_and_removed_while_a_watch_runs() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = Arc::new(client.watch(WatchOptions::new()).unwrap());
        // Some hold streams, the others are polled; all of them are dropped at some time.
        let dropped: Vec<_> = (0..8)
            .map(|_| watch.add(&job(&emulator, &client, never())).unwrap())
            .collect();
        let removed = Arc::new(Mutex::new(HashSet::new()));
        let other = {
            let (watch, removed, client) = (watch.clone(), removed.clone(), client.clone());
            let ids: Vec<_> = (0..60).map(|_| emulator.create_job(quick())).collect();
            std::thread::spawn(move || {
                let mut dropped = dropped.into_iter();
                for (n, id) in ids.iter().enumerate() {
                    watch.add(&client.job(id).unwrap()).unwrap();
                    if n % 6 == 0
                        && let Some(id) = dropped.next()
                    {
                        assert!(watch.remove(id));
                        removed.lock().unwrap().insert(id);
                        assert!(!watch.remove(id));
                    }
                }
                assert_eq!(dropped.next(), None);
                ids
            })
        };
        let mut done = HashSet::new();
        loop {
            let gone = removed.lock().unwrap().clone();
            let Some(event) = watch.next(&Call::new()).unwrap() else {
                break;
            };
            assert!(!gone.contains(&event.id()), "an event after its removal");
            if event.is_last() {
                assert_eq!(state_name(event.update()), "completed");
                done.insert(event.job_id().to_owned());
            }
        }
        let ids: HashSet<_> = other.join().unwrap().into_iter().collect();
        assert_eq!(done, ids);
    });
}

#[test]
fn timeouts_and_cancels_of_next_lose_no_event() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = client.watch(WatchOptions::new()).unwrap();
        let scripts = (0..40u64).map(|n| (Scenario::new().duration_ms(n * 10), "completed"));
        let expected = add_all(&emulator, &client, &watch, scripts);
        let (mut ends, mut timeouts, mut cancels) = (HashMap::new(), 0, 0);
        loop {
            let cancel = CancelToken::new();
            let call = Call::new().cancel(&cancel).timeout(MS);
            if (timeouts + cancels) % 3 == 2 {
                cancel.cancel();
            }
            match watch.next(&call) {
                Ok(Some(event)) if event.is_last() => {
                    assert_eq!(
                        ends.insert(event.job_id().to_owned(), state_name(event.update())),
                        None
                    );
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) if error.kind() == ErrorKind::Timeout => timeouts += 1,
                Err(error) if error.kind() == ErrorKind::Cancelled => cancels += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(ends, expected);
        assert!(timeouts > 0 && cancels > 0);
    });
}

#[test]
fn a_blocked_next_is_cancelled_by_its_token() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = Arc::new(client.watch(WatchOptions::new()).unwrap());
        let id = watch.add(&job(&emulator, &client, never().steps(1u32))).unwrap();
        while let Ok(Some(_)) = watch.next(&Call::new().timeout(200 * MS)) {}
        let cancel = CancelToken::new();
        let (sender, reported) = mpsc::channel();
        let reader = {
            let (watch, call) = (watch.clone(), Call::new().cancel(&cancel));
            std::thread::spawn(move || {
                sender
                    .send(watch.next(&call).map(|event| event.is_some()))
                    .unwrap()
            })
        };
        cancel.cancel();
        assert_eq!(reported.recv().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
        reader.join().unwrap();
        assert!(watch.remove(id));
        assert!(watch.next(&Call::new()).unwrap().is_none());
    });
}

#[test]
fn dropping_a_watch_is_prompt_whatever_its_threads_do() {
    with_watchdog(|| {
        // A server that accepts connections and sends nothing: requests wait for a response that never comes.
        let unresponsive = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", unresponsive.local_addr().unwrap());
        let client = Client::new(ClientOptions::new().base_url(base).token("t")).unwrap();
        let watch = client.watch(WatchOptions::new()).unwrap();
        for n in 0..20 {
            watch.add(&client.job(&n.to_string()).unwrap()).unwrap();
        }
        let connections: Vec<_> = (0..4).map(|_| unresponsive.accept().unwrap()).collect();
        let begun = Instant::now();
        drop(watch);
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(10), "the idle limit is 30 s: {took:?}");
        drop(connections);

        // And streams, sleeps, and what was never read.
        let emulator = emulator();
        let client = crate::common::client(&emulator);
        let watch = client.watch(WatchOptions::new()).unwrap();
        add_all(&emulator, &client, &watch, (0..20).map(|_| (never(), "")));
        until("streams and polls", || {
            streams(&emulator).len() == 2 && polls(&emulator).len() > 20
        });
        drop(watch);
        drop(client);
        until("its connections are closed", || emulator.open_connections() == 0);
    });
}
