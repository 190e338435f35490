"""Starting jobs: documents of every kind, credentials, and run."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from typing import Any, List, Optional

import pytest

import nitro_jobs
from conftest import Emulator, repository
from nitro_jobs import Client, Options, ResultKind, RunPhase, RunProgress, Submission, Token, TokenReason, Upload

SAMPLE = repository("examples/data/nitro-sample.pdf")
PDF = SAMPLE.read_bytes()


def compress() -> Submission:
    """A submission without documents."""
    return Submission("transformations", "compress")


def reading(size: int) -> Any:
    """A callable that reads the sample in pieces of ``size``."""
    rest = io.BytesIO(PDF)
    return lambda capacity: rest.read(min(capacity, size))


@pytest.mark.parametrize(
    "document",
    [
        lambda: compress().add_file(SAMPLE),
        lambda: compress().add_file(str(SAMPLE), "application/pdf"),
        lambda: compress().add_bytes("a.pdf", PDF),
        lambda: compress().add_bytes("a", bytearray(PDF)),
        lambda: compress().add_bytes("a", memoryview(PDF)[:], "application/pdf"),
        lambda: compress().add_reader("a.pdf", len(PDF), io.BytesIO(PDF)),
        lambda: compress().add_reader("a", len(PDF), reading(7), "application/pdf"),
    ],
)
def test_every_kind_of_document_is_sent(client: Client, document: Any) -> None:
    # The emulator derives the result of a submitted job from the document, so it must have received the document.
    with document() as submission:
        job = client.submit(submission)
    assert job.wait().state is nitro_jobs.State.COMPLETED
    assert job.result().files[0].pages


def test_a_submission_is_checked_against_the_catalogue() -> None:
    operations = {operation["name"]: operation for operation in nitro_jobs.catalog()}
    rotate = operations["rotate"]
    made = Submission(rotate["endpoint"], rotate["method"], {"rotations": [{"page_index": 0, "amount": 90}]})
    assert any(parameter["required"] for parameter in rotate["params"])
    with pytest.raises(nitro_jobs.ArgumentError):
        made.check()
    with pytest.raises(nitro_jobs.ArgumentError) as caught:
        Submission("transformations", "protect", {"password": 12345}).add_file("a.pdf").check()
    assert "12345" not in str(caught.value)
    unknown = Submission("transformations", "something-new", {"any": 1})
    assert unknown.check() is unknown


def test_an_upload_reports_progress_and_can_be_sent_twice(client: Client) -> None:
    seen: List[Upload] = []
    submission = compress().add_bytes("a.pdf", PDF)
    first, second = client.submit(submission, progress=seen.append), client.submit(submission)
    assert first.id != second.id
    assert seen[-1].sent == seen[-1].total > len(PDF)


def test_parameters_and_delivery_are_json_objects(client: Client) -> None:
    delivery = {"type": "none"}
    for params in ({"level": 3}, '{"level": 3}'):
        submission = Submission("transformations", "compress", params, delivery=delivery).add_bytes("a.pdf", PDF)
        submission.close()
    for bad in ("[]", "{", "7"):
        with pytest.raises(nitro_jobs.ArgumentError):
            Submission("transformations", "compress", bad)
    with pytest.raises(nitro_jobs.ArgumentError, match="endpoint"):
        Submission("elsewhere", "compress")


def test_invalid_documents_are_rejected(client: Client, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        compress().add_bytes("a", "text")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        compress().add_reader("a", 7, 7)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        compress().add_reader("a", -1, io.BytesIO())
    with pytest.raises(ValueError):
        compress().add_reader("a", 2**70, io.BytesIO())
    with pytest.raises(nitro_jobs.FileError) as caught:
        client.submit(compress().add_file(tmp_path / "none.pdf"))
    assert isinstance(caught.value, OSError)
    with pytest.raises(nitro_jobs.FileError):
        client.submit(compress().add_reader("a.pdf", 100, io.BytesIO(b"%PDF short")))
    with pytest.raises(nitro_jobs.ArgumentError):
        client.submit(compress().add_url("ftp://x/y.pdf", "application/pdf"))


@pytest.mark.parametrize("reader", [lambda capacity: b"x" * (capacity + 1), lambda capacity: "text", lambda capacity: None])
def test_an_invalid_reader_result_is_rejected(client: Client, reader: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        client.submit(compress().add_reader("a.pdf", 100, reader))


def test_a_document_is_sent_as_a_url(client: Client, emulator: Emulator) -> None:
    with pytest.raises(nitro_jobs.BadRequestError) as caught:
        client.submit(compress().add_url(f"{emulator.base_url}/none.pdf", "application/pdf"))
    # The service tried to download it from there.
    assert "BrokenDownloadURL" in str(caught.value) and "none.pdf" in json.dumps(caught.value.problem)


def test_a_presigned_upload_starts_a_job(client: Client) -> None:
    submission = Submission("transformations", "compress", presigned_upload=True).add_bytes("a.pdf", PDF)
    assert client.submit(submission).wait().state is nitro_jobs.State.COMPLETED


def test_a_job_may_have_an_immediate_result(client: Client, emulator: Emulator) -> None:
    emulator.set_default(answer_at_once=True)
    job = client.submit(compress().add_bytes("a.pdf", PDF))
    assert "without an id" in repr(job) or job.id
    assert job.result().kind is ResultKind.FILE


def test_a_run_submits_waits_and_saves(client: Client, tmp_path: Path) -> None:
    seen: List[RunProgress] = []
    path = tmp_path / "out.pdf"
    run = client.run(compress().add_file(SAMPLE), path, progress=seen.append)
    assert [file.path for file in run.files] == [str(path)] and path.stat().st_size == run.files[0].bytes
    phases = list(dict.fromkeys(each.phase for each in seen))
    assert phases == [RunPhase.UPLOAD, RunPhase.SUBMITTED, RunPhase.PROCESSING, RunPhase.DOWNLOAD]
    (submitted,) = [each for each in seen if each.phase is RunPhase.SUBMITTED]
    assert submitted.ticket is not None and client.job_from_ticket(submitted.ticket).id == run.job.id
    assert any(each.status is not None for each in seen)
    assert client.run_all(compress().add_file(SAMPLE), tmp_path, existing=nitro_jobs.Existing.NUMBER).files


def test_a_run_without_a_path_saves_nothing(client: Client) -> None:
    job, files = client.run(Submission("extractions", "extract-text").add_file(SAMPLE))
    assert files == [] and job.result().text


def test_an_error_of_a_run_has_the_ticket(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    emulator.set_default(outcome="never")
    with pytest.raises(nitro_jobs.WaitTimeoutError) as caught:
        client.run(compress().add_file(SAMPLE), tmp_path / "x", timeout=0.3)
    assert caught.value.ticket is not None
    assert client.job_from_ticket(caught.value.ticket).status().state is nitro_jobs.State.RUNNING


def test_a_callback_that_raises_loses_no_job(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    def store(progress: RunProgress) -> None:
        if progress.phase is RunPhase.SUBMITTED:
            raise KeyError("the database is full")

    with pytest.raises(KeyError) as caught:
        client.run(compress().add_file(SAMPLE), tmp_path / "x", progress=store)
    cause = caught.value.__cause__
    assert isinstance(cause, nitro_jobs.NitroError) and cause.ticket is not None
    assert client.job_from_ticket(cause.ticket).wait().state is nitro_jobs.State.COMPLETED


def test_an_error_response_has_the_services_problem(client: Client, emulator: Emulator) -> None:
    emulator.set_default(submit_codes=[422])
    with pytest.raises(nitro_jobs.UnprocessableError) as caught:
        client.submit(compress().add_file(SAMPLE))
    error = caught.value
    assert (error.http_status, error.retryable, error.uncertain) == (422, False, False)
    assert isinstance(error, nitro_jobs.ServiceError) and error.problem["status"] == 422
    assert error.problem_title and error.problem_title in error.problem_json  # type: ignore[operator]


def test_a_token_callback_returns_tokens(emulator: Emulator) -> None:
    reasons: List[TokenReason] = []
    threads: List[int] = []

    def source(reason: TokenReason) -> Token:
        reasons.append(reason)
        threads.append(threading.get_ident())
        return Token("wrong" if len(reasons) == 1 else emulator.token, 3600)

    with Client(emulator.options(token=source)) as client:
        client.job(emulator.create()).status()
    assert reasons == [TokenReason.FIRST, TokenReason.REFUSED]
    assert set(threads) == {threading.get_ident()}


@pytest.mark.parametrize("value", [None, 7, ("a", "b"), "a\0b"])
def test_an_invalid_token_of_a_callback_is_rejected(emulator: Emulator, value: Any) -> None:
    with Client(emulator.options(token=lambda _: value)) as client:
        with pytest.raises((nitro_jobs.UnauthorizedError, TypeError, ValueError)):
            client.job(emulator.create()).status()


def test_an_exception_of_a_token_callback_is_raised(emulator: Emulator) -> None:
    def source(_: TokenReason) -> Optional[str]:
        raise LookupError("no keyring")

    with Client(emulator.options(token=source)) as client, pytest.raises(LookupError, match="no keyring"):
        client.job(emulator.create()).status()


def test_client_credentials_are_exchanged_for_a_token(emulator: Emulator) -> None:
    options = Options(
        base_url=emulator.base_url, client_id="emulator-client", client_secret="emulator-client-secret"
    )
    with Client(options) as client:
        assert client.submit(compress().add_file(SAMPLE)).wait().state is nitro_jobs.State.COMPLETED
    wrong = Options(base_url=emulator.base_url, client_id="emulator-client", client_secret="wrong-secret")
    with Client(wrong) as client, pytest.raises(nitro_jobs.UnauthorizedError) as caught:
        client.job(emulator.create()).status()
    assert "wrong-secret" not in str(caught.value) + repr(wrong)
