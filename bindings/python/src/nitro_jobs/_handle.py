"""Who owns a native handle, and when it is freed: by close(), by the end of a with block, or by the last reference."""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from ctypes import byref, c_void_p
from typing import Any, Callable, Iterator, NoReturn, Optional, TypeVar

from . import _process
from ._abi import ErrorHandle
from .constants import Code
from .errors import BusyError, ClosedError, taken

Self = TypeVar("Self", bound="Handle")


def check(function: Callable[..., Any], *arguments: Any) -> None:
    """Calls a function that can fail, and raises what it says."""
    error = ErrorHandle()
    if function(*arguments, byref(error)):
        raise taken(error)


class Owned:
    """One native handle. It is freed once, when it is closed and no call uses it any more."""

    def __init__(self, what: str, handle: c_void_p, free: Callable[[Any], Any], keep: object, exclusive: bool) -> None:
        """Takes the handle over. ``what`` is its name for people."""
        self._what = what
        self._handle = handle
        self._free: Optional[Callable[[Any], Any]] = free
        # What must live as long as the handle, such as callables that the library may still call.
        self._keep = keep
        self._exclusive = exclusive
        self._pid = _process.current()
        # Reentrant, since a signal handler or the garbage collector may close on a thread that is in here.
        self._lock = threading.RLock()
        self._users = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._closed

    @contextmanager
    def use(self) -> Iterator[Any]:
        """Lends the handle to a call: it is not freed meanwhile, whoever closes."""
        _process.check(self._pid, self._what)
        with self._lock:
            if self._exclusive and self._users:
                raise BusyError(f"this {self._what} is in use by another thread", Code.BUSY)
            # Counted before the look, so that a handler between the two frees nothing that is in use.
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
        """Frees the handle now, or at the end of the last call that uses it. In a forked child it is left alone."""
        self._closed = True
        with self._lock:
            if self._users or self._free is None:
                return
            free, self._free = self._free, None
        if self._pid == _process.current():
            free(self._handle)
        self._keep = None


class Handle:
    """Something of the native library. Use it in a ``with`` block, call :meth:`close`, or let the last reference go."""

    _owned: Owned
    _finalizer: Callable[[], Any]

    def _own(
        self, handle: c_void_p, free: Callable[[Any], Any], *, keep: object = None, exclusive: bool = False
    ) -> None:
        self._owned = Owned(type(self).__name__, handle, free, keep, exclusive)
        # Also called at the end of the interpreter, after the calls that are under way were ended.
        self._finalizer = weakref.finalize(self, self._owned.close)

    def close(self) -> None:
        """Frees what is held. A call that is under way on another thread goes on to its end. May be called again."""
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
            f"a {type(self).__name__} cannot be sent to another process: send the job's ticket, and take it up there"
        )
