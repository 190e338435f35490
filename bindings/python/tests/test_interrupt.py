"""Ctrl-C, with a real SIGINT: a blocked call ends at once, in every phase, and loses nothing."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest

import nitro_jobs
from conftest import Emulator, Program, until
from nitro_jobs import Client, Job, Options, Submission

JobOf = Callable[..., Job]
Start = Callable[..., Program]

PROMPT = 10.0
"""Seconds; far below the timeouts of these calls, far above what a busy machine needs."""


class Interrupt:
    """Sends SIGINT to this process as soon as ``when`` holds."""

    def __init__(self, when: Callable[[], bool], number: int = signal.SIGINT) -> None:
        def send() -> None:
            until("the condition for the interrupt", when)
            self.sent = time.monotonic()
            os.kill(os.getpid(), number)

        self._thread = threading.Thread(target=send)
        self._thread.start()

    def was_prompt(self) -> None:
        """Asserts that the call ended soon after the signal."""
        assert time.monotonic() - self.sent < PROMPT
        self._thread.join()


@pytest.fixture
def unresponsive_port() -> Iterator[int]:
    """The port of a server that accepts connections and never sends a response."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def no_call_is_active() -> bool:
    """Whether there is no active call and no helper thread."""
    return not nitro_jobs._call._active_calls and not any(t.name == "nitro-call" for t in threading.enumerate())


def test_a_wait_is_interrupted(running: Job, emulator: Emulator) -> None:
    interrupt = Interrupt(lambda: emulator.saw(running.id))
    with pytest.raises(KeyboardInterrupt):
        running.wait()
    interrupt.was_prompt()
    assert no_call_is_active()
    assert running.status().state is nitro_jobs.State.RUNNING, "the job continues, and the client still works"


def test_every_blocking_call_is_interrupted(unresponsive_port: int, tmp_path: Path) -> None:
    with Client(Options(base_url=f"http://127.0.0.1:{unresponsive_port}", token="t", retries=0)) as client:
        job = client.job("j")
        submission = Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF")
        watch = client.watch()
        watch.add(job)
        calls: List[Callable[[], Any]] = [
            job.status,
            job.result,
            lambda: job.result_bytes(lambda _: None),
            lambda: job.download(tmp_path / "x"),
            lambda: job.download_all(tmp_path),
            job.events().next,
            watch.next,
            lambda: client.submit(submission),
            lambda: client.run(submission, tmp_path / "y"),
        ]
        for call in calls:
            interrupt = Interrupt(lambda: bool(nitro_jobs._call._active_calls))
            with pytest.raises(KeyboardInterrupt):
                call()
            interrupt.was_prompt()
        assert no_call_is_active() and list(tmp_path.iterdir()) == []


def test_an_interrupt_does_not_trigger_the_programs_token(running: Job) -> None:
    token = nitro_jobs.CancelToken()
    Interrupt(lambda: bool(nitro_jobs._call._active_calls))
    with pytest.raises(KeyboardInterrupt):
        running.wait(cancel=token)
    assert not token.triggered and token._linked == {}


def test_a_signal_handler_that_does_not_raise_has_no_effect(job_of: JobOf, emulator: Emulator) -> None:
    job = job_of(clock="manual")
    seen: List[int] = []

    def handle(number: int, _: Any) -> None:
        seen.append(number)
        emulator.finish(job.id)

    before = signal.signal(signal.SIGUSR1, handle)
    try:
        Interrupt(lambda: emulator.saw(job.id), signal.SIGUSR1)
        assert job.wait().state is nitro_jobs.State.COMPLETED
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == [signal.SIGUSR1]


def test_any_exception_of_a_signal_handler_ends_the_call(running: Job) -> None:
    def handle(*_: Any) -> None:
        raise TimeoutError("the alarm")

    before = signal.signal(signal.SIGALRM, handle)
    try:
        Interrupt(lambda: bool(nitro_jobs._call._active_calls), signal.SIGALRM)
        with pytest.raises(TimeoutError, match="the alarm"):
            running.wait()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert no_call_is_active()


def test_an_interrupt_inside_a_callback_ends_the_call(running: Job) -> None:
    def progress(_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        running.wait(progress)
    assert no_call_is_active()


def test_an_interrupt_loses_no_job(emulator: Emulator) -> None:
    """The signal is sent after the service has responded: the exception has the job's ticket, or is uncertain."""

    def log(_: object, line: str) -> None:
        if "202" in line:
            os.kill(os.getpid(), signal.SIGINT)

    with Client(emulator.options(log=log)) as client, pytest.raises(KeyboardInterrupt) as caught:
        client.submit(Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4"))
    cause = caught.value.__cause__
    assert isinstance(cause, nitro_jobs.NitroError) and (cause.ticket or cause.uncertain)


@pytest.fixture
def interrupted_when_done(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Interrupts each call of the main thread when it has ended and before its value is returned."""
    run_callbacks = nitro_jobs._call.Call._run_callbacks

    def interrupt(call: Any, requests: Any) -> None:
        run_callbacks(call, requests)
        raise KeyboardInterrupt

    monkeypatch.setattr(nitro_jobs._call.Call, "_run_callbacks", interrupt)
    yield monkeypatch


def test_an_interrupt_after_the_end_of_a_call_loses_no_job(
    client: Client, interrupted_when_done: pytest.MonkeyPatch
) -> None:
    submission = Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4")
    calls: List[Callable[[], object]] = [lambda: client.submit(submission), lambda: client.run(submission)]
    for call in calls:
        with pytest.raises(KeyboardInterrupt) as caught:
            call()
        cause = caught.value.__cause__
        assert isinstance(cause, nitro_jobs.CancelledError) and cause.ticket and cause.job_id


def test_an_interrupt_after_the_end_of_a_call_loses_no_event(
    client: Client, job_of: JobOf, interrupted_when_done: pytest.MonkeyPatch
) -> None:
    events, watch = job_of(duration_ms=0).events(), client.watch()
    watch.add(job_of(duration_ms=0, outcome="failed"), "tag")
    calls: List[Callable[[], object]] = [events.next, watch.next]
    for call in calls:
        with pytest.raises(KeyboardInterrupt):
            call()
    interrupted_when_done.undo()
    assert len(events._pending) == len(watch._pending) == 1
    assert list(events)[-1].state is nitro_jobs.State.COMPLETED
    assert [(event.tag, event.is_last) for event in watch][-1] == ("tag", True)


def test_many_interrupts_at_random_times_lose_no_event(client: Client, emulator: Emulator, job_of: JobOf) -> None:
    """Signals arrive at any point of the calls; every event is received, and no helper thread is left."""
    job = job_of(clock="manual")
    events, received, interrupted = job.events(), [], 0
    stop = threading.Event()

    def send_signals() -> None:
        while not stop.wait(0.011):
            os.kill(os.getpid(), signal.SIGINT)

    sender = threading.Thread(target=send_signals)

    def handle(*_: Any) -> None:
        # Raises only during a call, not in the code of the test.
        if guarded:
            raise KeyboardInterrupt

    guarded = False
    before = signal.signal(signal.SIGINT, handle)
    sender.start()
    try:
        step = 0
        # Until enough calls were interrupted, however quick the calls between are.
        while interrupted < 10:
            step += 1
            emulator.set_progress(job.id, step / 100_000)
            while True:
                try:
                    guarded = True
                    status = events.next(timeout=30)
                    guarded = False
                except KeyboardInterrupt:
                    guarded = False
                    interrupted += 1
                    continue
                assert status is not None
                received.append(status.progress)
                if status.progress == step / 100_000:
                    break
    finally:
        guarded = False
        stop.set()
        sender.join()
        signal.signal(signal.SIGINT, before)
    assert received[-1] == step / 100_000
    until("no helper thread is left", no_call_is_active)


def test_ctrl_c_ends_a_program_by_the_signal(program: Start, running: Job) -> None:
    started = program(running.id, "job.wait(lambda status: output('waiting'))")
    assert started.read_line() == "waiting"
    sent = time.monotonic()
    started.process.send_signal(signal.SIGINT)
    status, _, err = started.end()
    assert time.monotonic() - sent < PROMPT
    assert status == -signal.SIGINT, "Python ends by the signal, as a shell expects"
    assert err.rstrip().endswith("KeyboardInterrupt") and "CancelledError" not in err


def test_a_second_interrupt_does_not_wait_for_a_hanging_call(program: Start, running: Job) -> None:
    # The call hangs, which a library call never does: the second Ctrl-C arrives while the first waits for the call's end.
    source = """
Call = nitro_jobs._call.Call
end = threading.Event()
cancel_and_wait = Call._cancel_and_wait
def cancelling(call, helper, requests):
    output("cancelling")
    cancel_and_wait(call, helper, requests)
def hang(call):
    output("hanging")
    end.wait()
Call._cancel_and_wait, Call._make_call = cancelling, hang
try:
    job.wait()
except KeyboardInterrupt:
    output("interrupted")
    end.set()
"""
    started = program(running.id, source)
    assert started.read_line() == "hanging"
    started.process.send_signal(signal.SIGINT)
    assert started.read_line() == "cancelling"
    started.process.send_signal(signal.SIGINT)
    assert started.read_line() == "interrupted"
    started.passes()
