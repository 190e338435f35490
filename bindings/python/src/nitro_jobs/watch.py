"""Following many jobs at once."""

from __future__ import annotations

import threading
from collections import deque
from ctypes import byref, c_uint64
from dataclasses import dataclass
from typing import Any, Deque, Dict, Iterator, Optional

from . import errors
from ._abi import CancelHandle, WatchEventHandle, WatchHandle
from ._call import blocking
from ._handle import Handle, check
from ._library import lib, text
from .cancel import CancelToken
from .errors import NitroError
from .job import Job
from .limits import DEFAULT, Timeout, call_timeout
from .status import Status, from_borrowed


@dataclass(frozen=True)
class WatchEvent:
    """An event of one job of a watch."""

    number: int
    """The job's number in the watch, as :meth:`Watch.add` returned it."""
    job_id: str
    """The id of the job at the service."""
    tag: Any
    """The tag that was passed to :meth:`Watch.add` with the job."""
    is_last: bool
    """Whether this is the last event of the job, which the watch no longer follows."""
    status: Optional[Status]
    """The status of the job; ``None`` if it cannot be followed any further."""
    error: Optional[NitroError]
    """Why there will be no result; ``None`` while the job runs and once it has completed."""

    @property
    def code(self) -> int:
        """0 while the job runs and once it has completed, otherwise a :class:`Code`."""
        return 0 if self.error is None else self.error.code


class Watch(Handle):
    """Follows many jobs at once with a bounded number of the library's threads, which never call code of the program.

    Add jobs, then iterate: there are events until no job is left. Threads: :meth:`next` and iteration one at a time,
    everything else any number at once.
    """

    def __init__(self, handle: WatchHandle, keep: object) -> None:
        """Internal: use :meth:`Client.watch`."""
        self._tags: Dict[int, Any] = {}
        # Events of calls that Ctrl-C interrupted: the next calls return them.
        self._pending: Deque[Optional[WatchEvent]] = deque()
        # Held while a job is added: its first event may be received before its number is stored.
        self._lock = threading.RLock()
        self._own(handle, lib.nitro_watch_free, keep=keep)

    def add(self, job: Job, tag: Any = None) -> int:
        """Starts to follow a job, and returns its number. Each of its events has the ``tag``.

        A job that the watch already follows keeps its number and gets the new tag. The job may be closed at once.
        """
        number = c_uint64()
        with self._owned.use() as watch, job._owned.use() as followed, self._lock:
            check(lib.nitro_watch_add, watch, followed, None, byref(number))
            self._tags[number.value] = tag
        return number.value

    def remove(self, number: int) -> bool:
        """Stops following a job and drops its pending events. Returns whether the watch still had the job."""
        with self._owned.use() as watch, self._lock:
            self._tags.pop(number, None)
            return bool(lib.nitro_watch_remove(watch, number))

    def __len__(self) -> int:
        """The number of jobs in the watch, including those whose last event was not returned yet."""
        with self._owned.use() as watch:
            return int(lib.nitro_watch_count(watch))

    def __bool__(self) -> bool:
        """Always true, also without jobs."""
        return True

    def next(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Optional[WatchEvent]:
        """Waits for the next event of any job; returns ``None`` once no job is left.

        A job that failed or cannot be followed is an event here, not an error. After :class:`CallTimeoutError` and
        :class:`CancelledError` no event is lost: call again. ``DEFAULT`` is the client's wait timeout.
        """
        timeout_ms = call_timeout(timeout)
        if self._pending:
            return self._pending.popleft()

        def work(token: Optional[CancelHandle]) -> Optional[WatchEvent]:
            handle = WatchEventHandle()
            with self._owned.use() as watch:
                check(lib.nitro_watch_next, watch, token, timeout_ms, byref(handle))
            return self._from_owned(handle) if handle else None

        return blocking(work, cancel, on_lost_value=lambda event, _: self._pending.append(event))

    def _from_owned(self, handle: WatchEventHandle) -> WatchEvent:
        try:
            number = lib.nitro_watch_event_id(handle)
            is_last = bool(lib.nitro_watch_event_is_last(handle))
            status = lib.nitro_watch_event_status(handle)
            failed = lib.nitro_watch_event_code(handle) != 0
            with self._lock:
                tag = self._tags.pop(number, None) if is_last else self._tags.get(number)
            return WatchEvent(
                number,
                text(lib.nitro_watch_event_job_id(handle)),
                tag,
                is_last,
                from_borrowed(status) if status else None,
                errors.from_borrowed(lib.nitro_watch_event_error(handle)) if failed else None,
            )
        finally:
            lib.nitro_watch_event_free(handle)

    def __iter__(self) -> Iterator[WatchEvent]:
        return self

    def __next__(self) -> WatchEvent:
        event = self.next()
        if event is None:
            raise StopIteration
        return event
