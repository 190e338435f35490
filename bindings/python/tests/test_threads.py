"""Threads: calls release the interpreter lock; handles are shared, cancelled, and closed during a call."""

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
def test_a_call_releases_the_interpreter_lock(
    client: Client, running: Job, pool: ThreadPoolExecutor, index: int
) -> None:
    token = CancelToken()
    call = pool.submit(blocking_calls(client, running, token)[index])
    # If the call held the lock, nothing below would run: with this interval the interpreter forces no switch.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    try:
        until("the call is active", lambda: bool(nitro_jobs._call._active_calls))
        steps = sum(1 for _ in range(100_000))
    finally:
        sys.setswitchinterval(interval)
    assert steps == 100_000 and not call.done()
    token.trigger()
    with pytest.raises(nitro_jobs.CancelledError):
        call.result()


def test_a_call_of_the_main_thread_releases_the_interpreter_lock(running: Job) -> None:
    token = CancelToken()
    count = 0

    def count_up() -> None:
        nonlocal count
        until("the call is active", lambda: bool(nitro_jobs._call._active_calls))
        count = sum(1 for _ in range(100_000))
        token.trigger()

    thread = threading.Thread(target=count_up)
    thread.start()
    with pytest.raises(nitro_jobs.CancelledError):
        running.wait(cancel=token)
    thread.join()
    assert count == 100_000


def test_one_token_cancels_many_calls_and_each_later_one(
    client: Client, running: Job, pool: ThreadPoolExecutor
) -> None:
    token = CancelToken()
    assert not token.triggered and "waiting" in repr(token)
    calls = [pool.submit(running.wait, cancel=token) for _ in range(5)]
    until("all calls are active", lambda: len(nitro_jobs._call._active_calls) == 5)
    started = time.monotonic()
    token.trigger()
    token.trigger()
    assert not wait(calls, 30).not_done
    assert all(isinstance(call.exception(), nitro_jobs.CancelledError) for call in calls)
    assert time.monotonic() - started < 10
    with pytest.raises(nitro_jobs.CancelledError) as caught:
        running.status(cancel=token)
    assert token.triggered and "triggered" in repr(token)
    assert caught.value.code is nitro_jobs.Code.CANCELLED
    # Calls with another token and without a token still work.
    assert running.status(cancel=CancelToken()) and running.status()
    assert token._linked == {}


def test_eight_threads_share_one_job(job_of: JobOf, pool: ThreadPoolExecutor) -> None:
    job = job_of(duration_ms=100)
    ends = list(pool.map(lambda _: job.wait(lambda _: None).state, range(8)))
    assert ends == [nitro_jobs.State.COMPLETED] * 8


def test_a_second_thread_gets_busy_error(client: Client, running: Job, pool: ThreadPoolExecutor) -> None:
    token = CancelToken()
    with client.watch() as watch, running.events() as events:
        watch.add(running)
        for handle in (watch, events):
            source: Any = handle

            def pull(source: Any = source, token: CancelToken = token) -> None:
                while True:
                    try:
                        source.next(cancel=token)
                    except nitro_jobs.BusyError:
                        continue

            def busy(source: Any = source) -> bool:
                try:
                    source.next(timeout=0.01)
                except nitro_jobs.BusyError:
                    return True
                except nitro_jobs.CallTimeoutError:
                    pass
                return False

            first = pool.submit(pull)
            until("the handle is busy", busy)
            token.trigger()
            with pytest.raises(nitro_jobs.CancelledError):
                first.result()
            token = CancelToken()


def test_only_one_thread_at_a_time_may_use_a_submission(client: Client, pool: ThreadPoolExecutor) -> None:
    entered, resume = threading.Event(), threading.Event()

    def read(_: int) -> bytes:
        entered.set()
        resume.wait(30)
        return b"%PDF-1.4"

    submission = nitro_jobs.Submission("transformations", "compress").add_reader("a.pdf", 8, read)
    sending = pool.submit(client.submit, submission)
    entered.wait(30)
    with pytest.raises(nitro_jobs.BusyError):
        submission.add_bytes("b.pdf", b"x")
    # Closed during the call: the call continues to its end with the reader that it needs.
    submission.close()
    resume.set()
    assert sending.result().id
    with pytest.raises(nitro_jobs.ClosedError):
        submission.add_bytes("b.pdf", b"x")


def test_a_handle_closed_during_a_call_is_freed_after_it(
    client: Client, running: Job, emulator: Emulator, pool: ThreadPoolExecutor
) -> None:
    token = CancelToken()
    calls = [pool.submit(call) for call in blocking_calls(client, running, token)]
    until("all calls are active", lambda: len(nitro_jobs._call._active_calls) == 3)
    running.close()
    client.close()
    assert running._owned._free is not None, "the handle is still in use"
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
