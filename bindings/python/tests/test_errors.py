"""Errors: one hierarchy, all attributes, and pickling."""

from __future__ import annotations

import errno
import inspect
import os
import pickle
from pathlib import Path
from typing import Any, Callable, List, Type

import pytest

import nitro_jobs
from conftest import Emulator
from nitro_jobs import Client, Code, Job, NitroError, Submission

JobOf = Callable[..., Job]


def test_all_exceptions_derive_from_one_class() -> None:
    kinds: List[Type[Any]] = [each for _, each in inspect.getmembers(nitro_jobs.errors, inspect.isclass)]
    kinds = [kind for kind in kinds if issubclass(kind, BaseException)]
    assert len(kinds) > 40 and all(issubclass(kind, NitroError) for kind in kinds)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, nitro_jobs.BadRequestError),
        (401, nitro_jobs.UnauthorizedError),
        (403, nitro_jobs.ForbiddenError),
        (404, nitro_jobs.NotFoundError),
        (410, nitro_jobs.GoneError),
        (418, nitro_jobs.ServiceError),
        (429, nitro_jobs.RateLimitedError),
        (500, nitro_jobs.ServiceFaultError),
    ],
)
def test_every_error_response_has_its_exception(emulator: Emulator, status: int, kind: Type[NitroError]) -> None:
    with Client(emulator.options(retries=0)) as client:
        job = client.job(emulator.create(status_codes=[status] * 9))
        with pytest.raises(kind) as caught:
            job.status()
    error = caught.value
    assert (error.http_status, error.job_id) == (status, job.id)
    assert error.problem["status"] == status and error.problem_title and error.message == str(error)
    assert error.reference_id == job.reference_id
    assert error.retryable == (status in (429, 500))
    restored = pickle.loads(pickle.dumps(error))
    assert type(restored) is kind and restored.__dict__ == error.__dict__ and str(restored) == str(error)


def test_retry_after_is_reported(emulator: Emulator) -> None:
    with Client(emulator.options(retries=0)) as client:
        job = client.job(emulator.create(rate_limit={"times": 1, "retry_after": 1.5}))
        with pytest.raises(nitro_jobs.RateLimitedError) as caught:
            job.status()
    assert caught.value.retry_after == 1.5


def test_an_error_body_that_is_not_json_is_kept(emulator: Emulator) -> None:
    with Client(emulator.options(retries=0)) as client:
        problem = {"body": "<html>down</html>", "content_type": "text/html"}
        job = client.job(emulator.create(status_codes=[500], problem=problem))
        with pytest.raises(nitro_jobs.ServiceFaultError) as caught:
            job.status()
    assert caught.value.problem_json == "<html>down</html>" and caught.value.problem is None


def test_a_refused_connection_is_a_connect_error(emulator: Emulator) -> None:
    with Client(nitro_jobs.Options(base_url="http://127.0.0.1:1", token="t", retries=0)) as client:
        with pytest.raises(nitro_jobs.ConnectError) as caught:
            client.job("j").status()
    assert caught.value.http_status is None and caught.value.name == "NITRO_E_CONNECT"


def file_error(client: Client, path: Path, kind: Type[OSError]) -> OSError:
    """The error for a document that cannot be read, which has what Python's own error for it has."""
    with pytest.raises(kind) as caught:
        client.submit(Submission("transformations", "compress").add_file(path))
    with pytest.raises(kind) as own:
        path.read_bytes()
    error = caught.value
    assert isinstance(error, nitro_jobs.FileError) and error.code == Code.FILE
    assert (error.errno, error.strerror, error.filename) == (own.value.errno, own.value.strerror, str(path))
    restored = pickle.loads(pickle.dumps(error))
    assert type(restored) is type(error) and restored.__dict__ == error.__dict__
    assert (restored.errno, restored.filename) == (error.errno, error.filename)
    return error


def test_file_errors_are_those_of_python(client: Client, job_of: JobOf, tmp_path: Path) -> None:
    document = tmp_path / "document.pdf"
    document.write_bytes(b"%PDF-1.4")
    file_error(client, tmp_path / "missing.pdf", FileNotFoundError)
    file_error(client, document / "inside.pdf", NotADirectoryError)
    file_error(client, tmp_path, IsADirectoryError)
    if os.geteuid():  # Root may read everything.
        document.chmod(0)
        file_error(client, document, PermissionError)
    job = job_of(duration_ms=0)
    job.wait()
    with pytest.raises(FileNotFoundError) as missing:
        job.download(tmp_path / "no" / "such" / "folder.pdf")
    assert missing.value.errno == errno.ENOENT
    with pytest.raises(FileExistsError) as taken:
        job.download(document)
    assert (taken.value.errno, taken.value.filename) == (errno.EEXIST, str(document))
    with pytest.raises(IsADirectoryError):
        job.download(tmp_path)


def test_an_unknown_code_is_accepted() -> None:
    error = NitroError("m", 999)
    assert (error.code, error.name) == (999, "NITRO_E_?") and not isinstance(error.code, Code)


def test_an_exception_leaves_no_reference_cycle(running: Job) -> None:
    import gc

    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(50):
            try:
                running.wait(timeout=0.001)
            except NitroError:
                pass
        # One cycle per call would be hundreds of objects.
        assert len(gc.get_objects()) - before < 50
    finally:
        gc.enable()
