"""A job and the calls on it."""

from __future__ import annotations

import json
import os
from ctypes import byref, c_uint64
from dataclasses import dataclass
from typing import Any, BinaryIO, Callable, List, NamedTuple, Optional, Union

from . import _callbacks
from ._abi import CancelHandle, EventsHandle, JobHandle, OwnedString, ResultHandle, StatusHandle
from ._call import blocking
from ._callbacks import c_callback
from ._handle import Handle, check
from ._library import lib, take_string, text
from .bar import complete
from .cancel import CancelToken
from .constants import Existing
from .events import Events
from .limits import DEFAULT, Timeout, call_timeout
from .options import path
from .progress import Transfer
from .result import Result
from .status import Status, from_owned


@dataclass(frozen=True)
class SavedFile:
    """A file that was saved, complete and verified."""

    path: str
    """Its path."""
    bytes: int
    """Its size in bytes."""
    content_type: Optional[str]
    """Its media type, if the service sent one."""


class Received(NamedTuple):
    """Length and media type of a result that was received as bytes."""

    length: int
    """How many bytes were received."""
    content_type: Optional[str]
    """The media type, if the service sent one."""


Sink = Union[BinaryIO, Callable[[bytes], object]]
"""Receives bytes: a file that is open for writing, or a callable, which may return ``False`` to stop."""


class Job(Handle):
    """A job at the service, which can be restored from its ticket. Threads: any number at once.

    Made by :meth:`Client.job`, :meth:`Client.job_from_ticket`, :meth:`Client.submit` or :meth:`Client.run`. Closing it has
    no effect on the job at the service.
    """

    def __init__(self, handle: JobHandle, keep: object) -> None:
        """Internal: use the methods of :class:`Client`."""
        self._keep = keep
        self._id = text(lib.nitro_job_id(handle))
        self._reference_id = text(lib.nitro_job_reference_id(handle))
        self._own(handle, lib.nitro_job_free, keep=keep)

    @property
    def id(self) -> str:
        """The job's id; empty if the service responded with the result at once and without an id."""
        return self._id

    @property
    def reference_id(self) -> str:
        """The id to quote to Nitro's support, sent with each request about this job."""
        return self._reference_id

    def ticket(self) -> str:
        """The ticket as JSON, without token and password. Store it as soon as there is a job."""
        ticket = OwnedString()
        with self._owned.use() as job:
            check(lib.nitro_job_json, job, byref(ticket), None)
        return take_string(ticket) or ""

    def status(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Status:
        """Requests the job's status once. A failed or canceled job is a status here, not an error."""
        timeout_ms = call_timeout(timeout)

        def work(token: Optional[CancelHandle]) -> Status:
            handle = StatusHandle()
            with self._owned.use() as job:
                check(lib.nitro_job_status, job, token, timeout_ms, byref(handle))
            return from_owned(handle)

        return blocking(work, cancel)

    def wait(
        self,
        progress: Optional[Callable[[Status], object]] = None,
        *,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> Status:
        """Waits until the job ends, and returns its last status once it has completed.

        ``progress`` is called with each state while the job runs; ``False`` stops the wait. :class:`JobFailedError`
        has the service's reason. :class:`WaitTimeoutError`, :class:`CancelledError`, :class:`StoppedError` and Ctrl-C end
        the wait, not the job: wait again. ``DEFAULT`` is the client's wait timeout.
        """
        timeout_ms = call_timeout(timeout)

        def work(token: Optional[CancelHandle]) -> Status:
            handle = StatusHandle()
            with self._owned.use() as job:
                callback = c_callback(progress, _callbacks.on_progress)
                check(lib.nitro_job_wait, job, *callback, token, timeout_ms, byref(handle))
            return from_owned(handle)

        status = blocking(work, cancel, callback=progress)
        complete(progress)
        return status

    def events(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Events:
        """The live progress as an iterator. ``cancel`` and ``timeout`` apply to each ``next``. Nothing is sent yet."""
        handle = EventsHandle()
        with self._owned.use() as job:
            check(lib.nitro_job_events, job, byref(handle))
        return Events(handle, self._keep, cancel, timeout)

    def result(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Result:
        """Gets the result as JSON: the URLs of files, or the text, tables, boxes or fields themselves."""
        timeout_ms = call_timeout(timeout)

        def work(token: Optional[CancelHandle]) -> Result:
            handle = ResultHandle()
            with self._owned.use() as job:
                check(lib.nitro_job_result, job, token, timeout_ms, byref(handle))
            return Result(handle)

        return blocking(work, cancel)

    def result_bytes(
        self, sink: Sink, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT
    ) -> Received:
        """Gets the result as bytes and passes them to ``sink``, in constant memory; several files come as one zip.

        After any error the bytes that the sink got are incomplete.
        """
        write, timeout_ms = _writer(sink), call_timeout(timeout)

        def work(token: Optional[CancelHandle]) -> Received:
            count, kind = c_uint64(), OwnedString()
            with self._owned.use() as job:
                callback = c_callback(write, _callbacks.on_bytes)
                check(lib.nitro_job_result_bytes, job, *callback, token, timeout_ms, byref(count), byref(kind))
            return Received(count.value, take_string(kind))

        return blocking(work, cancel, callback=write)

    def download(
        self,
        save_as: Union[str, os.PathLike[str]],
        *,
        existing: Existing = Existing.FAIL,
        progress: Optional[Callable[[Transfer], object]] = None,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> SavedFile:
        """Saves the result, which must be one file, as ``save_as``: complete and verified, or not at all."""
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
        """Saves all files of the result to ``folder``, under the service's names, made safe: all or none."""
        return self._download(lib.nitro_job_download_all, folder, existing, progress, cancel, timeout)

    def _download(
        self,
        function: Callable[..., Any],
        target: Union[str, os.PathLike[str]],
        existing: Existing,
        progress: Optional[Callable[[Transfer], object]],
        cancel: Optional[CancelToken],
        timeout: Timeout,
    ) -> List[SavedFile]:
        timeout_ms, encoded_path = call_timeout(timeout), path(target)

        def work(token: Optional[CancelHandle]) -> List[SavedFile]:
            saved = OwnedString()
            with self._owned.use() as job:
                callback = c_callback(progress, _callbacks.on_transfer)
                check(function, job, encoded_path, Existing(existing), *callback, token, timeout_ms, byref(saved))
            return saved_files(take_string(saved))

        files = blocking(work, cancel, callback=progress)
        complete(progress)
        return files

    def __repr__(self) -> str:
        return f"<Job {self._id or 'without an id'}{', closed' if self.closed else ''}>"


def saved_files(saved: Optional[str]) -> List[SavedFile]:
    """The files of a download, from the JSON that the library returns."""
    return [SavedFile(each["path"], each["bytes"], each.get("contentType")) for each in json.loads(saved or "[]")]


def _writer(sink: Sink) -> Callable[[bytes], object]:
    write = getattr(sink, "write", None)
    if write is None:
        if not callable(sink):
            raise TypeError(f"a writer or a callable is needed, not {type(sink).__name__}")
        return sink

    def write_all(data: bytes) -> None:
        rest = data
        while rest:
            # An unbuffered file may write less than it got, and returns how much.
            count = write(rest)
            rest = rest[count:] if isinstance(count, int) else b""

    return write_all
