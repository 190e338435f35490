"""Threads: the interpreter's lock is given away, handles are shared, cancelled, and closed under a call."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Callable, Iterator, List

import pytest

import nitro_jobs
from conftest import Emulator, until
from nitro_jobs import CancelToken, Client, Job

JobOf = Callable[..., Job]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads for the tests."""
    with ThreadPoolExecutor(8) as pool:
        yield pool


def blocking_calls(client: Client, running: Job, token: CancelToken) -> List[Callable[[], object]]:
    """Calls that block until they are cancelled."""
    watch = client.watch()
    watch.add(running)
    events = running.events()

    def pull(next_one: Callable[..., Any]) -> None:
        while True:
            next_one(cancel=token)

    return [
        lambda: running.wait(cancel=token),
        lambda: pull(events.next),
        lambda: pull(watch.next),
    ]


@pytest.mark.parametrize("index", range(3))
def test_another_thread_runs_meanwhile(
    client: Client, running: Job, pool: ThreadPoolExecutor, index: int
) -> None:
    token = CancelToken()
    call = pool.submit(blocking_calls(client, running, token)[index])
    # With the lock held through the call, nothing below would run: a switch is never forced in here.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    try:
        until("the call is under way", lambda: bool(nitro_jobs._call._under_way))
        steps = sum(1 for _ in range(100_000))
    finally:
        sys.setswitchinterval(interval)
    assert steps == 100_000 and not call.done()
    token.trigger()
    with pytest.raises(nitro_jobs.CancelledError):
        call.result()


def test_a_thread_runs_while_the_main_thread_waits(running: Job) -> None:
    token = CancelToken()
    count = 0

    def counts() -> None:
        nonlocal count
        until("the call is under way", lambda: bool(nitro_jobs._call._under_way))
        count = sum(1 for _ in range(100_000))
        token.trigger()

    thread = threading.Thread(target=counts)
    thread.start()
    with pytest.raises(nitro_jobs.CancelledError):
        running.wait(cancel=token)
    thread.join()
    assert count == 100_000


def test_one_token_ends_many_calls_and_each_later_one(
    client: Client, running: Job, pool: ThreadPoolExecutor
) -> None:
    token = CancelToken()
    assert not token.triggered and "waiting" in repr(token)
    calls = [pool.submit(running.wait, cancel=token) for _ in range(5)]
    until("all are under way", lambda: len(nitro_jobs._call._under_way) == 5)
    begun = time.monotonic()
    token.trigger()
    token.trigger()
    assert not wait(calls, 30).not_done
    assert all(isinstance(call.exception(), nitro_jobs.CancelledError) for call in calls)
    assert time.monotonic() - begun < 10
    with pytest.raises(nitro_jobs.CancelledError) as caught:
        running.status(cancel=token)
    assert token.triggered and "triggered" in repr(token)
    assert caught.value.code is nitro_jobs.Code.CANCELLED
    # The other token, and none, are as they were.
    assert running.status(cancel=CancelToken()) and running.status()
    assert token._linked == {}


def test_eight_threads_share_one_job(job_of: JobOf, pool: ThreadPoolExecutor) -> None:
    job = job_of(duration_ms=100)
    ends = list(pool.map(lambda _: job.wait(lambda _: None).state, range(8)))
    assert ends == [nitro_jobs.State.COMPLETED] * 8


def test_a_second_thread_that_pulls_is_told_so(client: Client, running: Job, pool: ThreadPoolExecutor) -> None:
    token = CancelToken()
    with client.watch() as watch, running.events() as events:
        watch.add(running)
        for pulled in (watch, events):
            pulls: Any = pulled

            def pull(pulls: Any = pulls, token: CancelToken = token) -> None:
                while True:
                    try:
                        pulls.next(cancel=token)
                    except nitro_jobs.BusyError:
                        continue

            def busy(pulls: Any = pulls) -> bool:
                try:
                    pulls.next(timeout=0.01)
                except nitro_jobs.BusyError:
                    return True
                except nitro_jobs.CallTimeoutError:
                    pass
                return False

            first = pool.submit(pull)
            until("it is busy", busy)
            token.trigger()
            with pytest.raises(nitro_jobs.CancelledError):
                first.result()
            token = CancelToken()


def test_a_submission_serves_one_thread_at_a_time(client: Client, pool: ThreadPoolExecutor) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def reads(_: int) -> bytes:
        inside.set()
        go_on.wait(30)
        return b"%PDF-1.4"

    submission = nitro_jobs.Submission("transformations", "compress").add_reader("a.pdf", 8, reads)
    sending = pool.submit(client.submit, submission)
    inside.wait(30)
    with pytest.raises(nitro_jobs.BusyError):
        submission.add_bytes("b.pdf", b"x")
    # Closed under the call: it goes on to its end, with the reader that it needs.
    submission.close()
    go_on.set()
    assert sending.result().id
    with pytest.raises(nitro_jobs.ClosedError):
        submission.add_bytes("b.pdf", b"x")


def test_closing_under_a_call_frees_after_it(
    client: Client, running: Job, emulator: Emulator, pool: ThreadPoolExecutor
) -> None:
    token = CancelToken()
    calls = [pool.submit(call) for call in blocking_calls(client, running, token)]
    until("all are under way", lambda: len(nitro_jobs._call._under_way) == 3)
    running.close()
    client.close()
    assert running._owned._free is not None, "it is still in use"
    token.trigger()
    for call in calls:
        assert isinstance(call.exception(30), nitro_jobs.CancelledError)
    assert running._owned._free is None


def test_handles_are_freed_by_their_last_reference(client: Client, emulator: Emulator) -> None:
    job = client.job(emulator.create())
    owned = job._owned
    assert owned._free is not None
    del job
    assert owned._free is None and owned.closed
