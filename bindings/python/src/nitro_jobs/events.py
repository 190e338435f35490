"""The live progress of one job, to be pulled event by event."""

from __future__ import annotations

from collections import deque
from ctypes import byref
from typing import Deque, Iterator, Optional

from ._abi import CancelHandle, EventsHandle, StatusHandle
from ._call import blocking
from ._handle import Handle, check
from ._library import lib
from .cancel import CancelToken
from .limits import DEFAULT, Timeout, call_limit
from .status import Status, taken


class Events(Handle):
    """Each state of a job while it runs, then its end; reconnects and polls by itself.

    Iterate over it, or call :meth:`next` with a limit of its own. A job that failed is a state here, not an error. Threads:
    one at a time; a second one gets :class:`BusyError`.
    """

    def __init__(self, handle: EventsHandle, keep: object, cancel: Optional[CancelToken], timeout: Timeout) -> None:
        """Not for programs."""
        self._cancel = cancel
        self._timeout = timeout
        # States that came just when Ctrl-C did.
        self._rescued: Deque[Optional[Status]] = deque()
        self._own(handle, lib.nitro_events_free, keep=keep)

    def next(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Optional[Status]:
        """Waits for the job's next state; ``None`` after its end.

        :class:`CallTimeoutError` and :class:`CancelledError` lose nothing: call again.
        """
        limit = call_limit(timeout)
        if self._rescued:
            return self._rescued.popleft()

        def work(token: Optional[CancelHandle]) -> Optional[Status]:
            handle = StatusHandle()
            with self._owned.use() as events:
                check(lib.nitro_events_next, events, token, limit, byref(handle))
            return taken(handle) if handle else None

        return blocking(work, cancel, rescue=lambda status, _: self._rescued.append(status))

    def __iter__(self) -> Iterator[Status]:
        return self

    def __next__(self) -> Status:
        status = self.next(cancel=self._cancel, timeout=self._timeout)
        if status is None:
            raise StopIteration
        return status
