"""Ten thousand calls leak nothing: no memory, no handle, no thread, no socket."""

from __future__ import annotations

import gc
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Tuple

import pytest

import nitro_jobs
from conftest import Emulator
from nitro_jobs import Client, Job, Submission, _callbacks, _handle

JobOf = Callable[..., Job]


def resident() -> int:
    """The memory of this process, in bytes."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def handles() -> int:
    """The number of native handles that are not freed."""
    owned = [each for each in gc.get_objects() if isinstance(each, _handle.Owned)]
    return sum(each._free is not None for each in owned)


def state() -> Tuple[int, int, int, int]:
    """The numbers that must not grow: handles, callables, threads, open files."""
    gc.collect()
    return handles(), len(_callbacks._functions), threading.active_count(), len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_ten_thousand_calls_leak_nothing(client: Client, emulator: Emulator, job_of: JobOf) -> None:
    running, done = job_of(outcome="never"), job_of(duration_ms=0)
    done.wait()
    submission = Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4")
    token = nitro_jobs.CancelToken()

    pool = ThreadPoolExecutor(1)

    def some_calls(rounds: int) -> int:
        calls = 0
        for _ in range(rounds):
            for _ in range(25):
                running.status(cancel=token)
            # Each call of the main thread needs a helper thread; other threads make their calls themselves.
            pool.submit(lambda: [running.status(cancel=token) for _ in range(60)]).result()
            done.wait(lambda _: None)
            with done.result() as result:
                assert result.files and result.value
            done.result_bytes(lambda _: None)
            with pytest.raises(nitro_jobs.NotReadyError):
                running.result()
            with pytest.raises(ZeroDivisionError):
                running.wait(lambda _: 1 // 0)
            with running.events() as events:
                events.next()
            restored = client.job_from_ticket(running.ticket())
            assert restored.id
            with client.watch(threads=1) as watch:
                watch.add(done, tag=watch)
                assert [event.is_last for event in watch][-1]
            submission.add_url("https://example.com/x", "application/pdf")
            calls += 100
        return calls

    some_calls(20)
    before, memory = state(), resident()
    assert some_calls(100) >= 10_000
    assert state() == before
    assert resident() - memory < 3_000_000
    pool.shutdown()


def test_calls_of_other_threads_leak_nothing(client: Client, running: Job) -> None:
    def poll() -> None:
        for _ in range(1_000):
            running.status()

    def run_threads() -> None:
        threads = [threading.Thread(target=poll) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run_threads()
    before, memory = state(), resident()
    run_threads()
    assert state() == before
    assert resident() - memory < 3_000_000


def test_twenty_thousand_errors_leak_nothing(client: Client) -> None:
    def errors() -> None:
        for _ in range(20_000):
            with pytest.raises(nitro_jobs.ArgumentError):
                client.job("")

    errors()
    before, memory = state(), resident()
    errors()
    assert state() == before
    assert resident() - memory < 3_000_000
