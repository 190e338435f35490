"""Ownership of native handles: close(), the end of a with block, or the loss of the last reference frees one."""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from ctypes import byref, c_void_p
from typing import Any, Callable, Iterator, NoReturn, Optional, TypeVar

from . import _process
from ._abi import ErrorHandle
from .constants import Code
from .errors import BusyError, ClosedError, from_owned

Self = TypeVar("Self", bound="Handle")


def check(function: Callable[..., Any], *arguments: Any) -> None:
    """Calls a C function that can fail, and raises its error."""
    error = ErrorHandle()
    if function(*arguments, byref(error)):
        raise from_owned(error)


class Owned:
    """One native handle. It is freed once, when it is closed and no call uses it any longer."""

    def __init__(self, what: str, handle: c_void_p, free: Callable[[Any], Any], keep: object, exclusive: bool) -> None:
        """Takes ownership of the handle. ``what`` is its name in error messages."""
        self._what = what
        self._handle = handle
        self._free: Optional[Callable[[Any], Any]] = free
        # Objects that must live as long as the handle, such as callables that the library may still call.
        self._keep = keep
        self._exclusive = exclusive
        self._pid = _process.current()
        # Reentrant, because a signal handler or the garbage collector may close it on a thread that holds the lock.
        self._lock = threading.RLock()
        self._users = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._closed

    @contextmanager
    def use(self) -> Iterator[Any]:
        """Holds the handle for a call: closing does not free it before the call ends."""
        _process.check(self._pid, self._what)
        with self._lock:
            if self._exclusive and self._users:
                raise BusyError(f"this {self._what} is in use by another thread", Code.BUSY)
            # Counted before the check, so that a signal handler between the two does not free a handle in use.
            self._users += 1
        try:
            if self._closed:
                raise ClosedError(f"this {self._what} is closed", Code.INVALID_ARGUMENT)
            yield self._handle
        finally:
            with self._lock:
                self._users -= 1
            if self._closed:
                self.close()

    def close(self) -> None:
        """Frees the handle now, or at the end of the last call that uses it. Does not free it in a forked child."""
        self._closed = True
        with self._lock:
            if self._users or self._free is None:
                return
            free, self._free = self._free, None
        if self._pid == _process.current():
            free(self._handle)
        self._keep = None


class Handle:
    """A native handle. Use it in a ``with`` block, call :meth:`close`, or drop the last reference."""

    _owned: Owned
    _finalizer: Callable[[], Any]

    def _own(
        self, handle: c_void_p, free: Callable[[Any], Any], *, keep: object = None, exclusive: bool = False
    ) -> None:
        self._owned = Owned(type(self).__name__, handle, free, keep, exclusive)
        # Also called at interpreter exit, after the active calls were cancelled.
        self._finalizer = weakref.finalize(self, self._owned.close)

    def close(self) -> None:
        """Frees the handle. An active call on another thread continues to its end. May be called more than once."""
        self._finalizer()

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._owned.closed

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} cannot be sent to another process: send the job's ticket, and restore the job there"
        )
