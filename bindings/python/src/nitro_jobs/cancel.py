"""Cancelling calls from any thread."""

from __future__ import annotations

import threading
import weakref
from typing import Dict, Optional

from . import _process
from ._abi import CancelHandle
from ._library import lib


class NativeToken:
    """A token of the library. It is freed by name: a finalizer is where Python swallows a Ctrl-C that comes just then."""

    def __init__(self) -> None:
        """Makes a token that has not been triggered."""
        self._pid = _process.current()
        # Reentrant, since a signal handler may trigger what its thread is about to free.
        self._lock = threading.RLock()
        self._handle: Optional[CancelHandle] = lib.nitro_cancel_new()

    @property
    def handle(self) -> Optional[CancelHandle]:
        """The handle; nothing once it is freed."""
        return self._handle

    def trigger(self) -> None:
        """Triggers it, unless it is freed or another process's."""
        if self._pid == _process.current():
            with self._lock:
                if self._handle is not None:
                    lib.nitro_cancel_trigger(self._handle)

    def free(self) -> None:
        """Frees it, unless it is another process's."""
        if self._pid == _process.current():
            with self._lock:
                handle, self._handle = self._handle, None
            if handle is not None:
                lib.nitro_cancel_free(handle)


class CancelToken:
    """Stops the calls that it is given to, from any thread.

    One token may serve any number of calls, at once or one after the other. It cannot be reset: make a new one for new
    work. Ctrl-C cancels a call without triggering its token.
    """

    def __init__(self) -> None:
        """Makes a token that has not been triggered."""
        self._native = NativeToken()
        weakref.finalize(self, self._native.free)
        self._pid = _process.current()
        # The calls' own tokens. A dictionary, since its operations need no lock, also in a signal handler.
        self._linked: Dict[int, NativeToken] = {}

    def trigger(self) -> None:
        """Ends each call that it was given to with :class:`CancelledError`, and each later one. Does not block."""
        _process.check(self._pid, "CancelToken")
        self._native.trigger()
        for token in list(self._linked.values()):
            token.trigger()

    @property
    def triggered(self) -> bool:
        """Whether :meth:`trigger` was called."""
        _process.check(self._pid, "CancelToken")
        return bool(lib.nitro_cancel_is_triggered(self._native.handle))

    def link(self, token: NativeToken) -> None:
        """Not for programs: triggers a call's token with this one."""
        self._linked[id(token)] = token
        # Looked at after it is linked, so that a trigger between the two is not missed.
        if self.triggered:
            token.trigger()

    def unlink(self, token: NativeToken) -> None:
        """Not for programs: forgets a call's token."""
        self._linked.pop(id(token), None)

    def __repr__(self) -> str:
        return f"<CancelToken {'triggered' if lib.nitro_cancel_is_triggered(self._native.handle) else 'waiting'}>"
