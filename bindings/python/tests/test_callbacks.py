"""Callbacks: they run on the caller's thread with its context, and may stop the call or raise."""

from __future__ import annotations

import contextvars
import gc
import io
import logging
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, List

import pytest

import nitro_jobs
from conftest import Emulator
from nitro_jobs import Client, Job, LogLevel, Submission

JobOf = Callable[..., Job]


class CallbackError(Exception):
    """The exception that the callbacks raise."""


def raising(*_: Any) -> None:
    """A callback that raises."""
    raise CallbackError


def stop(*_: Any) -> bool:
    """A callback that stops the call."""
    return False


def every_call(client: Client, job_of: JobOf, folder: Path) -> List[Callable[[Any], object]]:
    """Every call that takes a callback."""
    file, files = job_of(duration_ms=0, size_bytes=100_000), job_of(duration_ms=0, shape={"files": {"n": 2}})
    submission = Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4 x")

    def once(read: Any) -> Submission:
        return Submission("transformations", "compress").add_reader("a.pdf", 10, read)

    return [
        lambda callback: job_of(outcome="never").wait(callback),
        lambda callback: file.result_bytes(callback),
        lambda callback: file.download(folder / "a", progress=callback),
        lambda callback: files.download_all(folder, progress=callback),
        lambda callback: client.submit(submission, progress=callback),
        lambda callback: client.run(submission, folder / "b", progress=callback),
        lambda callback: client.run_all(submission, folder, progress=callback),
        lambda callback: client.submit(once(callback)),
    ]


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("on_main", [True, False])
def test_every_callback_may_raise_and_stop(
    client: Client, job_of: JobOf, tmp_path: Path, index: int, on_main: bool
) -> None:
    call = every_call(client, job_of, tmp_path)[index]

    def check() -> None:
        with pytest.raises(CallbackError):
            call(raising)
        with pytest.raises(nitro_jobs.StoppedError) as caught:
            call(stop)
        assert caught.value.code is nitro_jobs.Code.STOPPED

    if on_main:
        check()
    else:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(check).result()
    assert list(tmp_path.iterdir()) == [], "no partial file is left"


def test_only_false_stops_a_call_not_other_falsy_values(job_of: JobOf) -> None:
    for value in (None, 0, "", True, object()):
        job_of(duration_ms=10).wait(lambda _: value)


def test_callbacks_run_on_the_callers_thread_with_its_context(job_of: JobOf) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="nothing")
    variable.set("something")
    seen = set()
    job_of(duration_ms=10).wait(lambda _: seen.add((threading.get_ident(), variable.get())))
    assert seen == {(threading.get_ident(), "something")}


def test_a_callback_may_make_calls(job_of: JobOf) -> None:
    inner = job_of(outcome="failed", duration_ms=0)
    seen: List[object] = []

    def progress(_: object) -> bool:
        with pytest.raises(nitro_jobs.JobFailedError):
            inner.wait(lambda _: seen.append("inner"))
        seen.append("outer")
        return False

    with pytest.raises(nitro_jobs.StoppedError):
        job_of(outcome="never").wait(progress)
    assert seen.count("outer") == 1 and seen[-1] == "outer"


def test_a_callback_that_is_not_callable_is_rejected(running: Job, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        running.wait(7)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_system_exceptions_of_a_callback_are_raised(running: Job, kind: type) -> None:
    def progress(_: object) -> None:
        raise kind

    with pytest.raises(kind):
        running.wait(progress)


def test_log_lines_are_passed_to_a_callable_or_a_logger(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    lines: List[tuple[LogLevel, str]] = []
    with Client(emulator.options(log=lambda level, line: lines.append((level, line)))) as client:
        client.job(emulator.create(duration_ms=0)).wait()
    assert lines and all(isinstance(level, LogLevel) for level, _ in lines)
    logger = logging.getLogger("nitro_jobs.test")
    with caplog.at_level(logging.DEBUG, logger.name), Client(emulator.options(log=logger)) as client:
        client.job(emulator.create(duration_ms=0)).wait()
    assert any(record.levelno == logging.DEBUG for record in caplog.records)
    assert emulator.token not in str(lines) + caplog.text
    with pytest.raises(TypeError):
        Client(emulator.options(log=7))


def test_a_log_callback_that_raises_stops_the_call(emulator: Emulator) -> None:
    with Client(emulator.options(log=raising)) as client, pytest.raises(CallbackError):
        client.job(emulator.create(duration_ms=0)).wait()


def test_a_log_callback_lives_as_long_as_the_handles_of_its_client(emulator: Emulator) -> None:
    lines: List[str] = []

    class LogSink:
        def __call__(self, level: LogLevel, line: str) -> None:
            lines.append(line)

    sink = LogSink()
    reference = weakref.ref(sink)
    client = Client(emulator.options(log=sink))
    job = client.job(emulator.create(duration_ms=0))
    client.close()
    del client, sink
    gc.collect()
    job.wait()
    assert lines and reference() is not None
    job.close()
    del job
    gc.collect()
    assert reference() is None


def test_a_reader_is_freed_with_its_submission(client: Client) -> None:
    class Reader(io.BytesIO):
        pass

    reader = Reader(b"%PDF-1.4")
    reference = weakref.ref(reader)
    with Submission("transformations", "compress").add_reader("a.pdf", 8, reader) as submission:
        client.submit(submission)
        del reader
        assert reference() is not None
    del submission
    gc.collect()
    assert reference() is None
