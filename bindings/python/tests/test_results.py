"""Results: files, every typed view, the JSON as received, bytes, downloads."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, Callable, List

import pytest

import nitro_jobs
from nitro_jobs import BoundingBox, Existing, Job, Result, ResultKind, Transfer

JobOf = Callable[..., Job]


def result(job_of: JobOf, shape: Any) -> Result:
    """The result of a job with this result shape."""
    return job_of(duration_ms=0, shape=shape).result()


def test_a_file_is_described(job_of: JobOf) -> None:
    with job_of(duration_ms=0).result() as made:
        assert made.kind is ResultKind.FILE and repr(made) == "<Result FILE>"
        (file,) = made.files
        assert file.content_type == "application/pdf" and file.size and file.pages
        assert file.url and file.url in made.json and file.url not in repr(made.files)
        with pytest.raises(nitro_jobs.UnexpectedResultError, match="FILE, not a text"):
            made.text
        with pytest.raises(nitro_jobs.UnexpectedResultError):
            made.tables
    with pytest.raises(nitro_jobs.ClosedError):
        made.files


def test_several_files_are_listed(job_of: JobOf) -> None:
    made = result(job_of, {"files": {"n": 3}})
    assert made.kind is ResultKind.FILES and len(made.files) == 3


def test_a_file_that_was_delivered_elsewhere_has_no_url(job_of: JobOf, tmp_path: Path) -> None:
    job = job_of(duration_ms=0, shape="delivered")
    assert all(file.url is None for file in job.result().files)
    with pytest.raises(nitro_jobs.DeliveredError):
        job.download(tmp_path / "x")


def test_a_text_is_decoded(job_of: JobOf) -> None:
    made = result(job_of, "text")
    assert made.kind is ResultKind.TEXT
    assert made.text == made.value and "Grüße aus Köln" in made.text
    assert made.files == []


def test_the_json_is_kept_as_received(job_of: JobOf) -> None:
    shape = {"custom": {"b": 1.0, "a": "\u00e9\U0001f600", "n": 12345678901234567890}}
    made = result(job_of, shape)
    assert made.kind is ResultKind.UNKNOWN
    assert json.loads(made.value_json) == shape["custom"] == made.value
    assert made.value_json in made.json and made.data["result"] == made.value


def test_tables_are_typed(job_of: JobOf) -> None:
    (table,) = result(job_of, "tables").tables
    assert (table.id, table.title, table.page_indices) == ("t1", "Positions", [0, 1])
    assert table.cells[1] == ["Widget", 12, 144.0] and table.header_cells == [(1, 1), (1, 2), (1, 3)]
    assert table.average_confidence == 0.95 and table.extra == {}


def test_text_boxes_are_typed_in_both_formats(job_of: JobOf) -> None:
    first, second = result(job_of, "text_boxes").text_boxes
    assert isinstance(first, nitro_jobs.TextBox) and isinstance(second, nitro_jobs.TextBox)
    assert first.bounding_box == BoundingBox(200, 100, 100, 20) and second.text_piece == "John"
    found, missed = result(job_of, "text_boxes_queries").text_boxes
    assert isinstance(found, nitro_jobs.TextBoxQuery) and isinstance(missed, nitro_jobs.TextBoxQuery)
    assert found.query.is_regex and found.query.regex_flags == ["ignore-case"]
    assert found.matches[0].groups[0].boxes[0].text_piece == "of" and missed.matches == []


def test_personal_data_is_typed(job_of: JobOf) -> None:
    (box,) = result(job_of, "pii_boxes").pii_boxes
    assert (box.pii_type, box.confidence, box.page_index) == ("ADDRESS", 0.94, 0)
    assert box.bounding_box is not None and box.bounding_box.width == 100


def test_properties_are_typed(job_of: JobOf) -> None:
    properties = result(job_of, "properties").properties
    assert properties.title == "Invoice 2026-0117" and properties.mod_date == "D:20260117093000Z"


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("form_fields", ResultKind.FORM),
        ("fillable", ResultKind.FORM_FIELDS),
        ("fillable_unwrapped", ResultKind.FORM_FIELDS),
    ],
)
def test_form_fields_are_typed(job_of: JobOf, shape: str, kind: ResultKind) -> None:
    made = result(job_of, shape)
    fields = made.form_fields
    assert made.kind is kind and len(fields) == 2
    if kind is ResultKind.FORM:
        assert (fields[0].value, fields[0].confidence) == ("2026-0117", 97.65)
    else:
        assert fields[1].choices == ["App1", "App2", "App3"] and fields[0].choices is None


@pytest.mark.parametrize(
    "value", [{"tables": 7}, {"tables": [7]}, {"tables": [{"tableData": 7}]}, {"tables": None}, {"tables": [{}]}]
)
def test_an_unexpected_shape_is_rejected_or_kept(job_of: JobOf, value: Any) -> None:
    made = result(job_of, {"custom": value})
    if made.kind is ResultKind.TABLES:
        try:
            assert all(table.extra == {} for table in made.tables)
        except nitro_jobs.UnexpectedResultError:
            pass
    assert made.value == value


def test_unknown_fields_are_kept(job_of: JobOf) -> None:
    box = {"ID": "b", "text": None, "boundingBox": None, "colour": "red"}
    (read,) = result(job_of, {"custom": {"PIIBoxes": [box]}}).pii_boxes
    assert (read.text, read.bounding_box, read.extra) == ("", None, {"colour": "red"})
    (bad,) = [result(job_of, {"custom": {"PIIBoxes": [{**box, "boundingBox": [1]}]}})]
    with pytest.raises(nitro_jobs.UnexpectedResultError, match="four numbers"):
        bad.pii_boxes


def test_bytes_are_passed_to_a_callable_or_a_file(job_of: JobOf, tmp_path: Path) -> None:
    job = job_of(duration_ms=0, size_bytes=300_000)
    pieces: List[bytes] = []
    received = job.result_bytes(pieces.append)
    whole = b"".join(pieces)
    assert (received.length, received.content_type) == (len(whole), "application/pdf") and len(pieces) > 1
    memory = io.BytesIO()
    assert job.result_bytes(memory).length == 300_000 and memory.getvalue() == whole
    with open(tmp_path / "raw", "wb", buffering=0) as raw:
        job.result_bytes(raw)
    assert (tmp_path / "raw").read_bytes() == whole
    with pytest.raises(TypeError):
        job.result_bytes(7)  # type: ignore[arg-type]


def test_a_sink_may_write_less_than_it_gets(job_of: JobOf) -> None:
    class Slow(io.BytesIO):
        def write(self, data: Any) -> int:
            return super().write(data[:1000])

    slow = Slow()
    job_of(duration_ms=0, size_bytes=50_000).result_bytes(slow)
    assert len(slow.getvalue()) == 50_000


def test_a_download_saves_the_file(job_of: JobOf, tmp_path: Path) -> None:
    job = job_of(duration_ms=0, size_bytes=200_000)
    seen: List[Transfer] = []
    path = tmp_path / "größe.pdf"
    saved = job.download(path, progress=seen.append)
    assert (saved.path, saved.bytes, saved.content_type) == (str(path), 200_000, "application/pdf")
    assert path.stat().st_size == 200_000
    assert seen[-1] == Transfer(0, 1, 200_000, 200_000)
    with pytest.raises(FileExistsError) as caught:
        job.download(str(path))
    assert isinstance(caught.value, nitro_jobs.FileTakenError) and caught.value.code is nitro_jobs.Code.FILE_EXISTS
    assert job.download(path, existing=Existing.NUMBER).path == str(tmp_path / "größe (2).pdf")
    assert job.download(str(path), existing=Existing.REPLACE).path == str(path)
    with pytest.raises(OSError):
        job.download(tmp_path / "none" / "x.pdf")
    with pytest.raises(ValueError):
        job.download(tmp_path / "y", existing=9)  # type: ignore[arg-type]


def test_all_files_are_saved_to_a_folder(job_of: JobOf, tmp_path: Path) -> None:
    job = job_of(duration_ms=0, shape={"files": {"n": 3}}, file_names=["a.pdf", "b.pdf", "c.pdf"])
    seen: List[int] = []
    saved = job.download_all(tmp_path, progress=lambda transfer: seen.append(transfer.file))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.pdf", "b.pdf", "c.pdf"]
    assert [Path(file.path).stat().st_size for file in saved] == [file.bytes for file in saved]
    assert sorted(set(seen)) == [0, 1, 2]
    with pytest.raises(nitro_jobs.UnexpectedResultError):
        job.download(tmp_path / "one.pdf")


def test_a_running_job_has_no_result(running: Job) -> None:
    with pytest.raises(nitro_jobs.NotReadyError) as caught:
        running.result()
    assert isinstance(caught.value, nitro_jobs.JobError)
