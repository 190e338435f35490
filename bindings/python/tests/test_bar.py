"""The progress bar, the only part that needs tqdm."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from nitro_jobs import Bar, Client, Job, RunPhase, RunProgress, Submission, Transfer, Upload

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
