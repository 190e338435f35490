"""The live progress of one job, as an iterator of states."""

from __future__ import annotations

from collections import deque
from ctypes import byref
from typing import Deque, Iterator, Optional

from ._abi import CancelHandle, EventsHandle, StatusHandle
from ._call import blocking
from ._handle import Handle, check
from ._library import lib
from .cancel import CancelToken
from .limits import DEFAULT, Timeout, call_timeout
from .status import Status, from_owned


class Events(Handle):
    """Each state of a job while it runs, then its final state. Reconnects and polls by itself.

    Iterate over it, or call :meth:`next` with a timeout for that call. A failed job is a state here, not an error. Threads:
    one at a time; a second thread gets :class:`BusyError`.
    """

    def __init__(self, handle: EventsHandle, keep: object, cancel: Optional[CancelToken], timeout: Timeout) -> None:
        """Internal: use :meth:`Job.events`."""
        self._cancel = cancel
        self._timeout = timeout
        # States of calls that Ctrl-C interrupted: the next calls return them.
        self._pending: Deque[Optional[Status]] = deque()
        self._own(handle, lib.nitro_events_free, keep=keep)

    def next(self, *, cancel: Optional[CancelToken] = None, timeout: Timeout = DEFAULT) -> Optional[Status]:
        """Waits for the job's next state; returns ``None`` after the final state.

        After :class:`CallTimeoutError` and :class:`CancelledError` no state is lost: call again.
        """
        timeout_ms = call_timeout(timeout)
        if self._pending:
            return self._pending.popleft()

        def work(token: Optional[CancelHandle]) -> Optional[Status]:
            handle = StatusHandle()
            with self._owned.use() as events:
                check(lib.nitro_events_next, events, token, timeout_ms, byref(handle))
            return from_owned(handle) if handle else None

        return blocking(work, cancel, on_lost_value=lambda status, _: self._pending.append(status))

    def __iter__(self) -> Iterator[Status]:
        return self

    def __next__(self) -> Status:
        status = self.next(cancel=self._cancel, timeout=self._timeout)
        if status is None:
            raise StopIteration
        return status
