"""Many jobs that are followed at once."""

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
from .limits import DEFAULT, Timeout, call_limit
from .status import Status, copied


@dataclass(frozen=True)
class WatchEvent:
    """What happened to one job of a watch."""

    number: int
    """The job's number in the watch, as :meth:`Watch.add` gave it."""
    job_id: str
    """The id of the job at the service."""
    tag: Any
    """What was given to :meth:`Watch.add` with the job."""
    is_last: bool
    """Whether this is the last event of the job, which the watch has let go."""
    status: Optional[Status]
    """Where the job stands; ``None`` if it cannot be followed any further."""
    error: Optional[NitroError]
    """Why there will be no result; ``None`` while the job runs and once it is completed."""

    @property
    def code(self) -> int:
        """How the job stands: 0 while it runs and once it is completed, else a :class:`Code`."""
        return 0 if self.error is None else self.error.code


class Watch(Handle):
    """Many jobs that are followed at once by a bounded number of the library's threads, which call nothing of the program.

    Add jobs, then iterate: events come until no job is left. Threads: pulling one at a time, all else any at once.
    """

    def __init__(self, handle: WatchHandle, keep: object) -> None:
        """Not for programs."""
        self._tags: Dict[int, Any] = {}
        # Events that came just when Ctrl-C did.
        self._rescued: Deque[Optional[WatchEvent]] = deque()
        # Held while a job is added: its first event may come before its number does.
        self._lock = threading.RLock()
        self._own(handle, lib.nitro_watch_free, keep=keep)

    def add(self, job: Job, tag: Any = None) -> int:
        """Begins to follow a job, and gives its number. ``tag`` comes back with each of its events.

        A job that the watch follows already keeps its number and takes the new tag. The job may be closed at once.
        """
        number = c_uint64()
        with self._owned.use() as watch, job._owned.use() as followed, self._lock:
            check(lib.nitro_watch_add, watch, followed, None, byref(number))
            self._tags[number.value] = tag
        return number.value

    def remove(self, number: int) -> bool:
        """Ceases to follow a job and drops what was not pulled of it: whether the watch still had it."""
        with self._owned.use() as watch, self._lock:
            self._tags.pop(number, None)
            return bool(lib.nitro_watch_remove(watch, number))

    def __len__(self) -> int:
        """How many jobs the watch has, those included whose end was not pulled yet."""
        with self._owned.use() as watch:
            return int(lib.nitro_watch_count(watch))

    def __bool__(self) -> bool:
        """A watch is one, with or without jobs."""
        return True

    def next(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Optional[WatchEvent]:
        """Waits until something happens to one of the jobs; ``None`` once no job is left.

        A job that failed or cannot be followed is an event here, not an error. :class:`CallTimeoutError` and
        :class:`CancelledError` lose nothing: call again. ``DEFAULT`` is the client's wait limit.
        """
        limit = call_limit(timeout)
        if self._rescued:
            return self._rescued.popleft()

        def work(token: Optional[CancelHandle]) -> Optional[WatchEvent]:
            handle = WatchEventHandle()
            with self._owned.use() as watch:
                check(lib.nitro_watch_next, watch, token, limit, byref(handle))
            return self._taken(handle) if handle else None

        return blocking(work, cancel, rescue=lambda event, _: self._rescued.append(event))

    def _taken(self, handle: WatchEventHandle) -> WatchEvent:
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
                copied(status) if status else None,
                errors.copied(lib.nitro_watch_event_error(handle)) if failed else None,
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
