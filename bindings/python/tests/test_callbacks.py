"""Callbacks: on the caller's thread, with its context, stopping and raising."""

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


class Trouble(Exception):
    """What the callbacks raise."""


def trouble(*_: Any) -> None:
    """A callback that raises."""
    raise Trouble


def stop(*_: Any) -> bool:
    """A callback that says stop."""
    return False


def every_call(client: Client, job_of: JobOf, folder: Path) -> List[Callable[[Any], object]]:
    """Every call that takes a callable of the program."""
    file, files = job_of(duration_ms=0, size_bytes=100_000), job_of(duration_ms=0, shape={"files": {"n": 2}})
    submission = Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4 x")

    def once(read: Any) -> Submission:
        return Submission("transformations", "compress").add_reader("a.pdf", 10, read)

    return [
        lambda tell: job_of(outcome="never").wait(tell),
        lambda tell: file.result_bytes(tell),
        lambda tell: file.download(folder / "a", progress=tell),
        lambda tell: files.download_all(folder, progress=tell),
        lambda tell: client.submit(submission, progress=tell),
        lambda tell: client.run(submission, folder / "b", progress=tell),
        lambda tell: client.run_all(submission, folder, progress=tell),
        lambda tell: client.submit(once(tell)),
    ]


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("on_main", [True, False])
def test_every_callback_may_raise_and_stop(
    client: Client, job_of: JobOf, tmp_path: Path, index: int, on_main: bool
) -> None:
    call = every_call(client, job_of, tmp_path)[index]

    def check() -> None:
        with pytest.raises(Trouble):
            call(trouble)
        with pytest.raises(nitro_jobs.StoppedError) as caught:
            call(stop)
        assert caught.value.code is nitro_jobs.Code.STOPPED

    if on_main:
        check()
    else:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(check).result()
    assert list(tmp_path.iterdir()) == [], "nothing half done is left"


def test_none_goes_on_and_so_does_what_is_merely_false(job_of: JobOf) -> None:
    for answer in (None, 0, "", True, object()):
        job_of(duration_ms=10).wait(lambda _: answer)


def test_callbacks_have_the_callers_thread_and_context(job_of: JobOf) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="nothing")
    variable.set("something")
    seen = set()
    job_of(duration_ms=10).wait(lambda _: seen.add((threading.get_ident(), variable.get())))
    assert seen == {(threading.get_ident(), "something")}


def test_a_callback_may_make_calls_of_its_own(job_of: JobOf) -> None:
    inner = job_of(outcome="failed", duration_ms=0)
    seen: List[object] = []

    def tell(_: object) -> bool:
        with pytest.raises(nitro_jobs.JobFailedError):
            inner.wait(lambda _: seen.append("inner"))
        seen.append("outer")
        return False

    with pytest.raises(nitro_jobs.StoppedError):
        job_of(outcome="never").wait(tell)
    assert seen.count("outer") == 1 and seen[-1] == "outer"


def test_what_is_no_callable_is_refused_before_the_call(running: Job, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        running.wait(7)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_ends_a_program_goes_through(running: Job, kind: type) -> None:
    def tell(_: object) -> None:
        raise kind

    with pytest.raises(kind):
        running.wait(tell)


def test_the_log_goes_to_a_callable_or_a_logger(
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


def test_a_log_that_raises_stops_the_call(emulator: Emulator) -> None:
    with Client(emulator.options(log=trouble)) as client, pytest.raises(Trouble):
        client.job(emulator.create(duration_ms=0)).wait()


def test_a_log_outlives_the_client_that_it_was_given_to(emulator: Emulator) -> None:
    lines: List[str] = []

    class Hears:
        def __call__(self, level: LogLevel, line: str) -> None:
            lines.append(line)

    hears = Hears()
    gone = weakref.ref(hears)
    client = Client(emulator.options(log=hears))
    job = client.job(emulator.create(duration_ms=0))
    client.close()
    del client, hears
    gc.collect()
    job.wait()
    assert lines and gone() is not None
    job.close()
    del job
    gc.collect()
    assert gone() is None


def test_a_reader_is_let_go_with_its_submission(client: Client) -> None:
    class Reads(io.BytesIO):
        pass

    reads = Reads(b"%PDF-1.4")
    gone = weakref.ref(reads)
    with Submission("transformations", "compress").add_reader("a.pdf", 8, reads) as submission:
        client.submit(submission)
        del reads
        assert gone() is not None
    del submission
    gc.collect()
    assert gone() is None
