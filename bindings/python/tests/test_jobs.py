"""Jobs: tickets, status, waiting, live events."""

from __future__ import annotations

import json
import pickle
from datetime import timedelta
from typing import Callable, List, Union

import pytest

import nitro_jobs
from conftest import Emulator
from nitro_jobs import Client, Job, State, Status

JobOf = Callable[..., Job]


def test_a_job_is_made_from_its_id(client: Client, emulator: Emulator) -> None:
    job_id = emulator.create()
    job = client.job(job_id)
    assert (job.id, repr(job)) == (job_id, f"<Job {job_id}>")
    assert len(job.reference_id) == 36
    job.wait()
    requests = [request for request in emulator.requests() if job_id in request["path"]]
    assert requests and all(dict(request["headers"])["user-agent"].startswith("nitro-jobs/") for request in requests)


def test_a_ticket_restores_the_job_in_another_client(client: Client, emulator: Emulator) -> None:
    job = client.job(emulator.create(duration_ms=0))
    ticket = job.ticket()
    assert emulator.token not in ticket
    with Client(emulator.options()) as other:
        for form in (ticket, json.loads(ticket)):
            restored = other.job_from_ticket(form)
            assert (restored.id, restored.reference_id) == (job.id, job.reference_id)
            assert restored.wait().state is State.COMPLETED


def test_invalid_tickets_and_ids_are_rejected(client: Client) -> None:
    for ticket in ("", "{}", "[]", "x"):
        with pytest.raises(nitro_jobs.ArgumentError):
            client.job_from_ticket(ticket)
    with pytest.raises(ValueError):
        client.job("")
    with pytest.raises(ValueError, match="NUL"):
        client.job("a\0b")
    with pytest.raises(TypeError):
        client.job(7)  # type: ignore[arg-type]


def test_a_status_is_a_value(job_of: JobOf, emulator: Emulator) -> None:
    job = job_of(clock="manual")
    job.status()
    emulator.set_progress(job.id, 0.25)
    status = job.status()
    assert (status.state, status.name, status.progress, status.is_terminal) == (State.RUNNING, "running", 0.25, False)
    assert status.data == json.loads(status.json) and status.data["progress"] == 0.25
    assert pickle.loads(pickle.dumps(status)) == status == job.status()
    assert {status: 1}[job.status()] == 1
    emulator.finish(job.id)
    assert job.status().state is State.COMPLETED


@pytest.mark.parametrize("outcome", ["failed", "canceled"])
def test_a_job_that_did_not_complete_is_a_status_and_an_error_of_wait(job_of: JobOf, outcome: str) -> None:
    job = job_of(duration_ms=0, outcome=outcome, error={"type": "T", "title": "It broke", "detail": "At page 3"})
    status = job.status()
    assert (status.state, status.is_terminal) == (State[outcome.upper()], True)
    kind = nitro_jobs.JobFailedError if outcome == "failed" else nitro_jobs.JobCanceledError
    with pytest.raises(kind) as caught:
        job.wait()
    assert caught.value.job_id == job.id and caught.value.reference_id == job.reference_id
    if outcome == "failed":
        assert (caught.value.problem_type, caught.value.problem_title) == ("T", "It broke")
        assert caught.value.problem["title"] == "It broke"


def test_an_unknown_status_is_not_terminal(job_of: JobOf) -> None:
    status = job_of(status_name={"name": "resting", "times": 1}).status()
    assert (status.state, status.name, status.is_terminal) == (State.UNKNOWN, "resting", False)


@pytest.mark.parametrize("stream", ["live", {"refuse": 404}])
def test_a_wait_reports_progress(job_of: JobOf, stream: object) -> None:
    seen: List[Status] = []
    last = job_of(duration_ms=120, steps=3, stream=stream).wait(seen.append)
    assert last.state is State.COMPLETED
    reported = [status.progress for status in seen if status.progress is not None]
    assert reported and reported == sorted(reported) and all(status.state is State.RUNNING for status in seen)


@pytest.mark.parametrize("limit", [0.05, timedelta(milliseconds=50), 0])
def test_the_wait_timeout_expires(running: Job, limit: float) -> None:
    with pytest.raises(nitro_jobs.WaitTimeoutError) as caught:
        running.wait(timeout=limit)
    error = caught.value
    assert isinstance(error, TimeoutError) and error.limit is nitro_jobs.Limit.WAIT
    assert error.ticket is not None and error.job_id == running.id


def test_a_timeout_must_be_a_duration(running: Job) -> None:
    bad: List[Union[float, timedelta]] = [-1, float("nan"), timedelta(seconds=-1)]
    for limit in bad:
        with pytest.raises(ValueError):
            running.wait(timeout=limit)
    with pytest.raises(TypeError):
        running.status(timeout="1")  # type: ignore[arg-type]
    # None and values beyond the range of C mean no timeout.
    for good in (None, float("inf"), 1e300, timedelta.max):
        assert running.status(timeout=good).state is State.RUNNING


def test_events_can_be_iterated(job_of: JobOf) -> None:
    with job_of(duration_ms=120, steps=4).events() as events:
        seen = list(events)
        assert [status.is_terminal for status in seen] == [False] * (len(seen) - 1) + [True]
        assert seen[-1].state is State.COMPLETED and len(seen) > 1
        assert events.next() is None and list(events) == []


def test_a_failed_job_is_an_event(job_of: JobOf) -> None:
    assert list(job_of(duration_ms=0, outcome="failed").events())[-1].state is State.FAILED


def test_a_short_timeout_loses_no_event(job_of: JobOf, emulator: Emulator) -> None:
    job = job_of(clock="manual")
    events = job.events()
    first = events.next()
    assert first is not None and first.state is State.RUNNING
    with pytest.raises(nitro_jobs.CallTimeoutError):
        while True:
            events.next(timeout=0.03)
    emulator.set_progress(job.id, 0.5)
    status = events.next()
    assert status is not None and status.progress == 0.5
    emulator.finish(job.id)
    assert [status.state for status in events] == [State.COMPLETED]


def test_cancel_and_timeout_of_events_apply_to_each_next(running: Job) -> None:
    token = nitro_jobs.CancelToken()
    token.trigger()
    with pytest.raises(nitro_jobs.CancelledError):
        next(running.events(cancel=token))
    with pytest.raises(nitro_jobs.CallTimeoutError):
        list(running.events(timeout=0.05))


def test_handles_outlive_the_handle_that_made_them(emulator: Emulator) -> None:
    client = Client(emulator.options())
    job = client.job(emulator.create(duration_ms=0))
    events = job.events()
    client.close()
    result = job.result()
    job.close()
    assert list(events)[-1].state is State.COMPLETED and result.files[0].size


def test_a_closed_handle_raises_closed_error(client: Client, running: Job) -> None:
    with client.watch() as watch, running.events() as events:
        assert not watch.closed
    for _ in range(2):
        running.close()
        watch.close()
    assert running.closed and "closed" in repr(running) and running.id
    calls: List[Callable[[], object]] = [running.status, running.ticket, events.next, watch.next, watch.__len__]
    calls.append(lambda: client.job_from_ticket("{}"))
    client.close()
    for call in calls:
        with pytest.raises(nitro_jobs.ClosedError, match="is closed"):
            call()
