"""A job's ticket, and all that can be done with it."""

from __future__ import annotations

import json
import os
from ctypes import byref, c_uint64
from dataclasses import dataclass
from typing import Any, BinaryIO, Callable, List, NamedTuple, Optional, Union

from . import _callbacks
from ._abi import CancelHandle, EventsHandle, JobHandle, OwnedString, ResultHandle, StatusHandle
from ._call import blocking
from ._callbacks import passed
from ._handle import Handle, check
from ._library import lib, take_string, text
from .cancel import CancelToken
from .constants import Existing
from .events import Events
from .limits import DEFAULT, Timeout, call_limit
from .options import path
from .progress import Transfer
from .result import Result
from .status import Status, taken


@dataclass(frozen=True)
class SavedFile:
    """A file that was saved, whole and checked."""

    path: str
    """Where it is."""
    bytes: int
    """How large it is."""
    content_type: Optional[str]
    """Its media type, if the service gave one."""


class Received(NamedTuple):
    """What came of a result that was taken as bytes."""

    length: int
    """How many bytes came."""
    content_type: Optional[str]
    """Their media type, if the service gave one."""


Sink = Union[BinaryIO, Callable[[bytes], object]]
"""Takes bytes as they come: a file that is open for writing, or a callable, which may return ``False`` to stop."""


class Job(Handle):
    """A job's ticket: what is enough to come back to it. Threads: any at once.

    Made by :meth:`Client.job`, :meth:`Client.job_from_ticket`, :meth:`Client.submit` or :meth:`Client.run`. Closing it
    leaves the job at the service as it is.
    """

    def __init__(self, handle: JobHandle, keep: object) -> None:
        """Not for programs."""
        self._keep = keep
        self._id = text(lib.nitro_job_id(handle))
        self._reference_id = text(lib.nitro_job_reference_id(handle))
        self._own(handle, lib.nitro_job_free, keep=keep)

    @property
    def id(self) -> str:
        """The job's id; empty for a job that the service answered at once without giving it one."""
        return self._id

    @property
    def reference_id(self) -> str:
        """The id to quote to Nitro's support, sent with each request about this job."""
        return self._reference_id

    def ticket(self) -> str:
        """The ticket as JSON, without secrets: store it as soon as there is a job."""
        written = OwnedString()
        with self._owned.use() as job:
            check(lib.nitro_job_json, job, byref(written), None)
        return take_string(written) or ""

    def status(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Status:
        """Asks the service for the job's status, once. A failed or canceled job is an answer here, not an error."""
        limit = call_limit(timeout)

        def work(token: Optional[CancelHandle]) -> Status:
            handle = StatusHandle()
            with self._owned.use() as job:
                check(lib.nitro_job_status, job, token, limit, byref(handle))
            return taken(handle)

        return blocking(work, cancel)

    def wait(
        self,
        progress: Optional[Callable[[Status], object]] = None,
        *,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> Status:
        """Follows the job to its end, and returns its last status once it is completed.

        ``progress`` is called with each state while the job runs; ``False`` stops the waiting. :class:`JobFailedError`
        has the service's reason. :class:`WaitTimeoutError`, :class:`CancelledError`, :class:`StoppedError` and Ctrl-C end
        the waiting, not the job: wait again. ``DEFAULT`` is the client's wait limit.
        """
        limit = call_limit(timeout)

        def work(token: Optional[CancelHandle]) -> Status:
            handle = StatusHandle()
            with self._owned.use() as job:
                check(lib.nitro_job_wait, job, *passed(progress, _callbacks.on_progress), token, limit, byref(handle))
            return taken(handle)

        return blocking(work, cancel, tell=progress)

    def events(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Events:
        """The live progress, to be iterated over. ``cancel`` and ``timeout`` are those of each pull. Nothing is sent yet."""
        handle = EventsHandle()
        with self._owned.use() as job:
            check(lib.nitro_job_events, job, byref(handle))
        return Events(handle, self._keep, cancel, timeout)

    def result(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Result:
        """Takes the result as JSON: files as addresses, or the text, tables, boxes or fields themselves."""
        limit = call_limit(timeout)

        def work(token: Optional[CancelHandle]) -> Result:
            handle = ResultHandle()
            with self._owned.use() as job:
                check(lib.nitro_job_result, job, token, limit, byref(handle))
            return Result(handle)

        return blocking(work, cancel)

    def result_bytes(
        self, sink: Sink, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT
    ) -> Received:
        """Takes the result as bytes, given to ``sink`` as they come, in constant memory; several files come as one zip.

        After any error what the sink was given is incomplete.
        """
        write, limit = _writing(sink), call_limit(timeout)

        def work(token: Optional[CancelHandle]) -> Received:
            count, kind = c_uint64(), OwnedString()
            with self._owned.use() as job:
                callback = passed(write, _callbacks.on_bytes)
                check(lib.nitro_job_result_bytes, job, *callback, token, limit, byref(count), byref(kind))
            return Received(count.value, take_string(kind))

        return blocking(work, cancel, tell=write)

    def download(
        self,
        save_as: Union[str, os.PathLike[str]],
        *,
        existing: Existing = Existing.FAIL,
        progress: Optional[Callable[[Transfer], object]] = None,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> SavedFile:
        """Saves the result, which must be one file, as ``save_as``: whole and checked, or not at all."""
        return self._download(lib.nitro_job_download, save_as, existing, progress, cancel, timeout)[0]

    def download_all(
        self,
        folder: Union[str, os.PathLike[str]],
        *,
        existing: Existing = Existing.FAIL,
        progress: Optional[Callable[[Transfer], object]] = None,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> List[SavedFile]:
        """Saves all files of the result into ``folder``, under the names that the service gives, made safe: all or none."""
        return self._download(lib.nitro_job_download_all, folder, existing, progress, cancel, timeout)

    def _download(
        self,
        function: Callable[..., Any],
        place: Union[str, os.PathLike[str]],
        existing: Existing,
        progress: Optional[Callable[[Transfer], object]],
        cancel: Optional[CancelToken],
        timeout: Timeout,
    ) -> List[SavedFile]:
        limit, named = call_limit(timeout), path(place)

        def work(token: Optional[CancelHandle]) -> List[SavedFile]:
            written = OwnedString()
            with self._owned.use() as job:
                callback = passed(progress, _callbacks.on_transfer)
                check(function, job, named, Existing(existing), *callback, token, limit, byref(written))
            return saved_files(take_string(written))

        return blocking(work, cancel, tell=progress)

    def __repr__(self) -> str:
        return f"<Job {self._id or 'without an id'}{', closed' if self.closed else ''}>"


def saved_files(written: Optional[str]) -> List[SavedFile]:
    """The files that a download tells of."""
    return [SavedFile(each["path"], each["bytes"], each.get("contentType")) for each in json.loads(written or "[]")]


def _writing(sink: Sink) -> Callable[[bytes], object]:
    write = getattr(sink, "write", None)
    if write is None:
        if not callable(sink):
            raise TypeError(f"a writer or a callable is needed, not {type(sink).__name__}")
        return sink

    def write_all(data: bytes) -> None:
        rest = data
        while rest:
            # An unbuffered file may take less than it is given, and says so.
            count = write(rest)
            rest = rest[count:] if isinstance(count, int) else b""

    return write_all
