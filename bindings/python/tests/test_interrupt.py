"""Ctrl-C, by a real SIGINT: a blocked call ends at once, in every phase, and loses nothing."""

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
"""Seconds; far below the limits that would end these calls anyway, far above what a busy machine takes."""


class Interrupt:
    """Sends SIGINT to this process as soon as ``when`` holds."""

    def __init__(self, when: Callable[[], bool], number: int = signal.SIGINT) -> None:
        def send() -> None:
            until("the moment of the interrupt", when)
            self.sent = time.monotonic()
            os.kill(os.getpid(), number)

        self._thread = threading.Thread(target=send)
        self._thread.start()

    def was_prompt(self) -> None:
        """The call ended soon after."""
        assert time.monotonic() - self.sent < PROMPT
        self._thread.join()


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a server that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def no_call_is_left() -> bool:
    """Whether no helper is at work."""
    return not nitro_jobs._call._under_way and not any(t.name == "nitro-call" for t in threading.enumerate())


def test_a_wait(running: Job, emulator: Emulator) -> None:
    interrupt = Interrupt(lambda: emulator.saw(running.id))
    with pytest.raises(KeyboardInterrupt):
        running.wait()
    interrupt.was_prompt()
    assert no_call_is_left()
    assert running.status().state is nitro_jobs.State.RUNNING, "the job goes on, and so does the client"


def test_every_other_call_that_blocks(mute: int, tmp_path: Path) -> None:
    with Client(Options(base_url=f"http://127.0.0.1:{mute}", token="t", retries=0)) as client:
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
            interrupt = Interrupt(lambda: bool(nitro_jobs._call._under_way))
            with pytest.raises(KeyboardInterrupt):
                call()
            interrupt.was_prompt()
        assert no_call_is_left() and list(tmp_path.iterdir()) == []


def test_the_programs_token_stays_as_it_is(running: Job) -> None:
    token = nitro_jobs.CancelToken()
    Interrupt(lambda: bool(nitro_jobs._call._under_way))
    with pytest.raises(KeyboardInterrupt):
        running.wait(cancel=token)
    assert not token.triggered and token._linked == {}


def test_a_handler_that_raises_nothing_disturbs_nothing(job_of: JobOf, emulator: Emulator) -> None:
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


def test_whatever_a_handler_raises_ends_the_call(running: Job) -> None:
    def handle(*_: Any) -> None:
        raise TimeoutError("the alarm")

    before = signal.signal(signal.SIGALRM, handle)
    try:
        Interrupt(lambda: bool(nitro_jobs._call._under_way), signal.SIGALRM)
        with pytest.raises(TimeoutError, match="the alarm"):
            running.wait()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert no_call_is_left()


def test_an_interrupt_inside_a_callback(running: Job) -> None:
    def tell(_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        running.wait(tell)
    assert no_call_is_left()


def test_an_interrupt_loses_no_job(emulator: Emulator) -> None:
    """It strikes when the service has answered: the exception leads to the job, or says that there may be one."""

    def hear(_: object, line: str) -> None:
        if "202" in line:
            os.kill(os.getpid(), signal.SIGINT)

    with Client(emulator.options(log=hear)) as client, pytest.raises(KeyboardInterrupt) as caught:
        client.submit(Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4"))
    cause = caught.value.__cause__
    assert isinstance(cause, nitro_jobs.NitroError) and (cause.ticket or cause.uncertain)


@pytest.fixture
def struck_when_done(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Ctrl-C strikes each call of the main thread when its value is there and was not taken."""
    serve = nitro_jobs._call.Call._serve

    def strike(call: Any, asks: Any) -> None:
        serve(call, asks)
        raise KeyboardInterrupt

    monkeypatch.setattr(nitro_jobs._call.Call, "_serve", strike)
    yield monkeypatch


def test_an_interrupt_when_all_is_done_loses_no_job(client: Client, struck_when_done: pytest.MonkeyPatch) -> None:
    submission = Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4")
    calls: List[Callable[[], object]] = [lambda: client.submit(submission), lambda: client.run(submission)]
    for call in calls:
        with pytest.raises(KeyboardInterrupt) as caught:
            call()
        cause = caught.value.__cause__
        assert isinstance(cause, nitro_jobs.CancelledError) and cause.ticket and cause.job_id


def test_an_interrupt_when_all_is_done_loses_no_event(
    client: Client, job_of: JobOf, struck_when_done: pytest.MonkeyPatch
) -> None:
    events, watch = job_of(duration_ms=0).events(), client.watch()
    watch.add(job_of(duration_ms=0, outcome="failed"), "tag")
    calls: List[Callable[[], object]] = [events.next, watch.next]
    for call in calls:
        with pytest.raises(KeyboardInterrupt):
            call()
    struck_when_done.undo()
    assert len(events._rescued) == len(watch._rescued) == 1
    assert list(events)[-1].state is nitro_jobs.State.COMPLETED
    assert [(event.tag, event.is_last) for event in watch][-1] == ("tag", True)


def test_many_interrupts_at_any_moment(client: Client, emulator: Emulator, job_of: JobOf) -> None:
    """Interrupts strike wherever they may; in the end every event was pulled, and nothing is left behind."""
    job = job_of(clock="manual")
    events, told, interrupted = job.events(), [], 0
    stop = threading.Event()

    def strike() -> None:
        while not stop.wait(0.011):
            os.kill(os.getpid(), signal.SIGINT)

    striking = threading.Thread(target=strike)

    def handle(*_: Any) -> None:
        # Only a call is struck, not the test itself.
        if guarded:
            raise KeyboardInterrupt

    guarded = False
    before = signal.signal(signal.SIGINT, handle)
    striking.start()
    try:
        step = 0
        # Until enough have struck, however quick the calls between them are.
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
                told.append(status.progress)
                if status.progress == step / 100_000:
                    break
    finally:
        guarded = False
        stop.set()
        striking.join()
        signal.signal(signal.SIGINT, before)
    assert told[-1] == step / 100_000
    until("no helper is left", no_call_is_left)


def test_a_program_at_a_terminal(program: Start, running: Job) -> None:
    started = program(running.id, "job.wait(lambda status: say('waiting'))")
    assert started.read_line() == "waiting"
    begun = time.monotonic()
    started.process.send_signal(signal.SIGINT)
    status, _, err = started.end()
    assert time.monotonic() - begun < PROMPT
    assert status == -signal.SIGINT, "Python ends by the signal, as a shell expects"
    assert err.rstrip().endswith("KeyboardInterrupt") and "CancelledError" not in err


def test_a_second_interrupt_ends_the_waiting_for_the_first(program: Start, running: Job) -> None:
    # A call that hangs, which the library has none of: the second Ctrl-C comes while the first waits for its end.
    source = """
Call = nitro_jobs._call.Call
end = threading.Event()
leave = Call._leave
def leaving(call, helper, asks):
    say("leaving")
    leave(call, helper, asks)
def hang(call):
    say("hanging")
    end.wait()
Call._leave, Call._work = leaving, hang
try:
    job.wait()
except KeyboardInterrupt:
    say("out")
    end.set()
"""
    started = program(running.id, source)
    assert started.read_line() == "hanging"
    started.process.send_signal(signal.SIGINT)
    assert started.read_line() == "leaving"
    started.process.send_signal(signal.SIGINT)
    assert started.read_line() == "out"
    started.passes()
