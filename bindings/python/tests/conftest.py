"""Shared fixtures: the emulator, a client of it, and a watchdog."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import pytest

import nitro_jobs
from nitro_jobs import Client, Job, Options

# A background shell starts its children with SIGINT ignored, which is inherited: restore the handler for Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

WATCHDOG = 60.0
"""Seconds; longer than any test takes on a busy machine, so that only a hang reaches it."""


class Emulator:
    """The emulator, controlled through its control endpoints."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url
        self.token = token

    def create(self, **scenario: Any) -> str:
        """Creates a job without a submission; returns its id."""
        created: Dict[str, str] = json.loads(self._send("jobs", scenario))
        return created["jobID"]

    def set_default(self, **scenario: Any) -> None:
        """Sets the scenario of submitted jobs."""
        self._send("default", scenario)

    def set_progress(self, job_id: str, progress: float) -> None:
        """Sets the progress of a job whose clock is manual."""
        self._send(f"progress/{job_id}", progress)

    def finish(self, job_id: str) -> None:
        """Moves a job whose clock is manual to its outcome."""
        self._send(f"finish/{job_id}", {})

    def requests(self) -> List[Dict[str, Any]]:
        """The requests that it received, in order."""
        requests: List[Dict[str, Any]] = json.loads(self._send("requests", None))
        return requests

    def saw(self, job_id: str) -> bool:
        """Whether it received a request about this job."""
        return any(job_id in request["path"] for request in self.requests())

    def options(self, **more: Any) -> Options:
        """Options for a client of it."""
        given = {"base_url": self.base_url, "token": self.token, "poll_interval": (0.02, 0.1), **more}
        return Options(**given)

    def _send(self, path: str, body: Any) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base_url}/_emulator/{path}", data)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=WATCHDOG) as response:
            received: bytes = response.read()
            return received


@pytest.fixture(autouse=True)
def watchdog() -> Iterator[None]:
    """Ends the run with the stacks of all threads if a test hangs."""
    faulthandler.dump_traceback_later(WATCHDOG, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def emulator() -> Emulator:
    """The emulator of this test run."""
    emulator = Emulator(os.environ["NITRO_TEST_BASE_URL"], os.environ["NITRO_TEST_TOKEN"])
    emulator.set_default()
    return emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    """A client of the emulator. The token must not occur in any of its log lines."""
    lines: List[str] = []
    with Client(emulator.options(log=lambda _, line: lines.append(line))) as client:
        yield client
    assert not any(emulator.token in line for line in lines)


@pytest.fixture
def job_of(emulator: Emulator, client: Client) -> Callable[..., Job]:
    """Creates a job from a scenario."""
    return lambda **scenario: client.job(emulator.create(**scenario))


@pytest.fixture
def running(job_of: Callable[..., Job]) -> Job:
    """A job that never ends."""
    return job_of(outcome="never")


def until(what: str, holds: Callable[[], bool]) -> None:
    """Waits until a condition becomes true."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < WATCHDOG, f"never became true: {what}"
        time.sleep(0.002)


PRELUDE = """
import os, signal, sys, threading, time
import nitro_jobs
from nitro_jobs import *
base, token, job_id = sys.argv[1:4]
client = Client(Options(base_url=base, token=token, poll_interval=(0.02, 0.1)))
job = client.job(job_id)
def output(*words):
    print(*words, flush=True)
"""


class Program:
    """Another Python process that runs ``source`` after PRELUDE."""

    def __init__(self, emulator: Emulator, job_id: str, source: str, *options: str) -> None:
        words = [sys.executable, *options, "-c", PRELUDE + source, emulator.base_url, emulator.token, job_id]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def read_line(self) -> str:
        """The next line of its output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def end(self) -> Tuple[int, str, str]:
        """Waits for its end: returns its exit status and the rest of its output."""
        out, err = self.process.communicate(timeout=WATCHDOG)
        return self.process.returncode, out, err

    def passes(self) -> str:
        """Waits for its end, which must be successful and without error output."""
        status, out, err = self.end()
        assert (status, err) == (0, ""), out
        return out


@pytest.fixture
def program(emulator: Emulator) -> Iterator[Callable[..., Program]]:
    """Starts programs, and ends those that are still running after the test."""
    started: List[Program] = []

    def start(job_id: str, source: str, *options: str) -> Program:
        started.append(Program(emulator, job_id, source, *options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()
        for pipe in (each.process.stdin, each.process.stdout, each.process.stderr):
            if pipe is not None:
                pipe.close()


def repository(path: str) -> Path:
    """A file of the repository. The package under test is the one from the wheel."""
    return Path(__file__).resolve().parents[3] / path


def package() -> Path:
    """The folder in which the package is installed."""
    file: Optional[str] = nitro_jobs.__file__
    assert file is not None
    return Path(file).parent
