"""Processes: fork, spawn, and interpreter exit with open handles and active calls."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
from typing import Callable, List

import pytest

import nitro_jobs
from conftest import Emulator, Program
from nitro_jobs import Client, Job

Start = Callable[..., Program]
JobOf = Callable[..., Job]


def follow(base_url: str, token: str, ticket: str) -> str:
    """A worker process: it makes its own client and restores the job from its ticket."""
    with Client(nitro_jobs.Options(base_url=base_url, token=token, poll_interval=(0.02, 0.1))) as client:
        return client.job_from_ticket(ticket).wait().state.name


def fail(base_url: str, token: str, ticket: str) -> None:
    """A worker process that raises an error of the library."""
    with Client(nitro_jobs.Options(base_url=base_url, token=token)) as client:
        client.job_from_ticket(ticket).wait()


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_worker_processes_restore_jobs_from_tickets(emulator: Emulator, job_of: JobOf, method: str) -> None:
    job = job_of(duration_ms=10)
    broken = job_of(duration_ms=0, outcome="failed")
    job.status()  # So that a connection is open at the fork.
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(follow, (emulator.base_url, emulator.token, job.ticket())) == "COMPLETED"
        with pytest.raises(nitro_jobs.JobFailedError) as caught:
            pool.apply(fail, (emulator.base_url, emulator.token, broken.ticket()))
    assert caught.value.job_id == broken.id and caught.value.code is nitro_jobs.Code.JOB_FAILED


def test_handles_cannot_be_pickled(client: Client, running: Job) -> None:
    for handle in (client, running, running.events(), client.watch()):
        with pytest.raises(TypeError, match="ticket"):
            pickle.dumps(handle)


def in_a_child(check: Callable[[], None]) -> None:
    """Runs ``check`` in a forked child, which must succeed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(30)
            check()
            status = 0
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_handles_from_before_a_fork_raise_forked_error_in_the_child(
    client: Client, running: Job, emulator: Emulator
) -> None:
    token = nitro_jobs.CancelToken()
    watch, events = client.watch(), running.events()
    number = watch.add(running)
    assert watch.next() is not None and events.next() is not None
    calls: List[Callable[[], object]] = [
        running.status, running.wait, running.result, running.ticket, running.events, events.next, watch.next,
        lambda: watch.add(running), lambda: watch.remove(number), lambda: len(watch), lambda: client.job("j"),
        client.watch, token.trigger, lambda: token.triggered,
    ]  # fmt: skip

    freed: List[object] = []
    spare = client.job("spare")
    free, spare._owned._free = spare._owned._free, freed.append

    def check() -> None:
        for call in calls:
            with pytest.raises(nitro_jobs.ForkedError, match="make a new client here"):
                call()
        spare.close()
        assert spare.closed and freed == []
        for handle in (watch, events, running, client):
            handle.close()
        with Client(emulator.options()) as own:
            assert own.job(running.id).status().state is nitro_jobs.State.RUNNING
            with pytest.raises(nitro_jobs.ForkedError):
                own.job(running.id).wait(cancel=token)

    in_a_child(check)
    spare._owned._free = free
    assert len(watch) == 1 and running.status() and not token.triggered, "the parent still works"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_during_a_call_of_another_thread(client: Client, running: Job, emulator: Emulator) -> None:
    token = nitro_jobs.CancelToken()

    def wait(_: object) -> None:
        in_a_child(lambda: check())
        token.trigger()

    def check() -> None:
        with pytest.raises(nitro_jobs.ForkedError):
            running.status()
        with Client(emulator.options()) as own:
            own.job(running.id).status()

    # The callback runs on the main thread while the helper is inside the library.
    with pytest.raises(nitro_jobs.CancelledError):
        running.wait(wait, cancel=token)


def test_a_child_that_returns_from_a_callback_raises_forked_error(program: Start, running: Job) -> None:
    source = """
def progress(status):
    global child
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
        return False
try:
    job.wait(progress)
except ForkedError:
    output("forked"); os._exit(0)
except StoppedError:
    output("stopped")
"""
    out = program(running.id, source, "-W", "ignore").passes()
    assert out.split() == ["forked", "stopped"]


@pytest.mark.parametrize(
    "source",
    [
        # Open handles in module globals, in a reference cycle, in a daemon thread's call, and in one with callbacks.
        "events = job.events(); events.next(); watch = client.watch(); watch.add(job); watch.next()",
        "cycle = [job.events(), client.watch(), client, job]; cycle.append(cycle); del client, job; cycle[1].add(cycle[3])",
        """
started = threading.Event()
threading.Thread(target=lambda: job.wait(lambda _: started.set()), daemon=True).start()
started.wait()
""",
        """
sys.unraisablehook = threading.excepthook = lambda *_: None
watch = client.watch(threads=8)
for _ in range(50): watch.add(job, tag=watch)
started = threading.Event()
def pull():
    for event in watch:
        started.set()
threading.Thread(target=pull, daemon=True).start()
started.wait()
""",
        # Daemon threads that make calls until the process ends.
        """
sys.unraisablehook = threading.excepthook = lambda *_: None
started = threading.Event()
def poll():
    while True:
        try:
            job.status()
        except NitroError:
            pass
        started.set()
for _ in range(4): threading.Thread(target=poll, daemon=True).start()
started.wait()
""",
        # Calls in the program's own exit hook still work.
        """
import atexit
atexit.register(lambda: output(job.status().state.name))
""",
        "sys.exit(0)",
        "job.events().next(); del sys.modules['nitro_jobs']",
    ],
)
def test_the_interpreter_exits_with_open_handles_and_active_calls(program: Start, running: Job, source: str) -> None:
    hooks = "sys.unraisablehook = threading.excepthook = lambda *_: None\n"
    out = program(running.id, hooks + source).passes()
    assert out == ("RUNNING\n" if "atexit" in source else "")


def test_the_interpreter_exits_after_an_exception_with_open_handles(program: Start, running: Job) -> None:
    status, _, err = program(running.id, "events = job.events(); events.next(); 1/0").end()
    assert status == 1 and err.rstrip().endswith("ZeroDivisionError: division by zero")
