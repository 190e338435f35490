"""The progress bar, the only part that needs tqdm."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from nitro_jobs import Bar, Client, Job, JobFailedError, RunPhase, RunProgress, Submission, Transfer, Upload

JobOf = Callable[..., Job]


def test_a_bar_works_with_every_call(client: Client, job_of: JobOf, tmp_path: Path) -> None:
    shown = io.StringIO()
    with Bar(file=shown, mininterval=0) as bar:
        job = job_of(duration_ms=50, size_bytes=50_000)
        job.wait(bar)
        job.download(tmp_path / "a", progress=bar)
        client.run(Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4"), progress=bar)
        bar(Upload(5, 10))
        bar(Transfer(1, 3, 5, None))
        bar(RunProgress(RunPhase.UNKNOWN, 0, None, None, None))
    text = shown.getvalue()
    assert all(word in text for word in ("running", "download", "upload", "download 2/3")), text
    assert "50.0k/50.0k" in text


def last_percent(text: str, word: str) -> str:
    """What the last state of the bar with this description shows."""
    bars = [part for part in text.replace("\n", "\r").split("\r") if part.startswith(word)]
    return bars[-1].split("|")[0].split(":")[-1].strip()


def test_a_bar_of_a_call_that_succeeds_ends_at_100_percent(client: Client, job_of: JobOf, tmp_path: Path) -> None:
    def shown(call: Callable[[Bar], object]) -> str:
        text = io.StringIO()
        with Bar(file=text, mininterval=0) as bar:
            call(bar)
        return text.getvalue()

    assert last_percent(shown(lambda bar: job_of(progress=[0.5, 0.95]).wait(bar)), "running") == "100%"
    document = Submission("transformations", "compress").add_bytes("a.pdf", b"%PDF-1.4")
    ran = shown(lambda bar: client.run(document, tmp_path / "b", progress=bar))
    assert all(last_percent(ran, word) == "100%" for word in ("upload", "running", "download")), ran
    assert last_percent(shown(lambda bar: client.run(document, progress=bar)), "running") == "100%"

    def followed(bar: Bar) -> None:
        for status in job_of(progress=[0.5, 0.95]).events():
            bar(status)

    assert "100%" in shown(followed)

    def failed(bar: Bar) -> None:
        with pytest.raises(JobFailedError):
            job_of(progress=[0.5], outcome="failed").wait(bar)

    assert last_percent(shown(failed), "running") == "50%"


def test_without_tqdm_only_the_bar_fails() -> None:
    source = """
import sys
sys.modules["tqdm"] = sys.modules["tqdm.auto"] = None
import nitro_jobs
try:
    nitro_jobs.Bar()
except ImportError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert ran.stdout == "the progress bar needs tqdm: pip install nitro-jobs[tqdm]\n" and ran.stderr == ""


def test_tqdm_is_not_imported_unless_it_is_used() -> None:
    source = "import sys, nitro_jobs; assert 'tqdm' not in sys.modules"
    subprocess.run([sys.executable, "-c", source], check=True)


def test_tqdm_options_are_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    with Bar(disable=True) as bar:
        bar(Upload(1, 2))
    assert capfd.readouterr() == ("", "")
