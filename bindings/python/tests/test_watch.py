"""Following many jobs at once."""

from __future__ import annotations

import threading
from typing import Callable, Dict, List

import pytest

import nitro_jobs
from conftest import Emulator
from nitro_jobs import Client, Job, State, WatchEvent

JobOf = Callable[..., Job]


def test_every_job_of_a_watch_gets_its_last_event(client: Client, job_of: JobOf) -> None:
    outcomes = {"completed": State.COMPLETED, "failed": State.FAILED, "canceled": State.CANCELED, "lost": None, "gone": None}
    with client.watch(threads=3, requests_per_second=500) as watch:
        expected = {}
        for index in range(25):
            outcome = list(outcomes)[index % len(outcomes)]
            with job_of(duration_ms=30, outcome=outcome) as job:
                expected[watch.add(job, tag=(outcome, job.id))] = (outcome, job.id)
        assert len(watch) == 25 and sorted(expected) == list(range(1, 26))
        last: Dict[int, WatchEvent] = {}
        for event in watch:
            assert event.number not in last, "there is no event after the last one"
            assert event.tag == expected[event.number] and event.job_id == event.tag[1]
            if event.is_last:
                last[event.number] = event
        assert sorted(last) == sorted(expected) and len(watch) == 0 and watch.next() is None
        assert watch._tags == {}
    codes = {
        "failed": nitro_jobs.JobFailedError, "canceled": nitro_jobs.JobCanceledError, "lost": nitro_jobs.NotFoundError,
        "gone": nitro_jobs.GoneError,
    }  # fmt: skip
    for number, event in last.items():
        outcome = expected[number][0]
        assert (event.status and event.status.state) == outcomes[outcome]
        assert isinstance(event.error, codes.get(outcome, type(None)))
        assert event.code == (event.error.code if event.error else 0)


def test_adding_a_job_again_keeps_its_number_and_replaces_its_tag(client: Client, job_of: JobOf) -> None:
    job = job_of(clock="manual")
    with client.watch() as watch:
        assert watch.add(job, "old") == watch.add(job, "new") == 1
        event = watch.next()
        assert event is not None and event.tag == "new" and not event.is_last


def test_a_removed_job_has_no_further_events(client: Client, running: Job, job_of: JobOf) -> None:
    with client.watch() as watch:
        number = watch.add(running, "removed")
        assert watch.next() is not None
        assert watch.remove(number) and not watch.remove(number) and not watch.remove(99)
        watch.add(job_of(duration_ms=10))
        assert all(event.number != number for event in watch)


def test_a_watch_without_jobs_is_true_and_has_no_events(client: Client) -> None:
    with client.watch() as watch:
        assert watch and len(watch) == 0 and list(watch) == []
    for threads in (-1, 257, 2**40):
        with pytest.raises(ValueError):
            client.watch(threads=threads)
    with pytest.raises(nitro_jobs.ArgumentError):
        client.watch(requests_per_second=-1)


def test_timeout_and_cancel_lose_no_event(client: Client, emulator: Emulator, job_of: JobOf) -> None:
    job = job_of(clock="manual")
    token = nitro_jobs.CancelToken()
    with client.watch() as watch:
        watch.add(job)
        with pytest.raises(nitro_jobs.CallTimeoutError):
            while True:
                watch.next(timeout=0.05)
        token.trigger()
        with pytest.raises(nitro_jobs.CancelledError):
            watch.next(cancel=token)
        emulator.finish(job.id)
        assert [event.is_last for event in watch][-1]


def test_jobs_are_added_while_another_thread_pulls(client: Client, job_of: JobOf, running: Job) -> None:
    ends: List[object] = []
    with client.watch() as watch:
        number = watch.add(running)
        puller = threading.Thread(target=lambda: ends.extend(event.tag for event in watch if event.is_last))
        puller.start()
        for index in range(20):
            watch.add(job_of(duration_ms=0), index)
        while len(watch) > 1:
            pass
        watch.remove(number)
        puller.join()
    assert sorted(map(str, ends)) == sorted(map(str, range(20)))


def test_the_threads_of_a_watch_call_no_callbacks(emulator: Emulator) -> None:
    threads = set()
    with Client(emulator.options(log=lambda *_: threads.add(threading.get_ident()))) as client:
        with client.watch() as watch:
            for _ in range(5):
                watch.add(client.job(emulator.create(duration_ms=10)))
            assert any(event.is_last for event in watch)
    assert threads == {threading.get_ident()}
