"""Cancelling calls from any thread."""

from __future__ import annotations

import threading
import weakref
from typing import Dict, Optional

from . import _process
from ._abi import CancelHandle
from ._library import lib


class NativeToken:
    """A cancel token of the library. It is freed explicitly, because Python swallows a Ctrl-C inside a finalizer."""

    def __init__(self) -> None:
        """Makes a token that has not been triggered."""
        self._pid = _process.current()
        # Reentrant, because a signal handler may trigger the token that its thread is about to free.
        self._lock = threading.RLock()
        self._handle: Optional[CancelHandle] = lib.nitro_cancel_new()

    @property
    def handle(self) -> Optional[CancelHandle]:
        """The handle; ``None`` once it is freed."""
        return self._handle

    def trigger(self) -> None:
        """Triggers the token, unless it is freed or belongs to another process."""
        if self._pid == _process.current():
            with self._lock:
                if self._handle is not None:
                    lib.nitro_cancel_trigger(self._handle)

    def free(self) -> None:
        """Frees the token, unless it belongs to another process."""
        if self._pid == _process.current():
            with self._lock:
                handle, self._handle = self._handle, None
            if handle is not None:
                lib.nitro_cancel_free(handle)


class CancelToken:
    """Cancels the calls that it is passed to, from any thread.

    One token may be used by any number of calls, at once or one after the other. It cannot be reset: make a new one for
    new work. Ctrl-C cancels a call without triggering its token.
    """

    def __init__(self) -> None:
        """Makes a token that has not been triggered."""
        self._native = NativeToken()
        weakref.finalize(self, self._native.free)
        self._pid = _process.current()
        # The tokens of active calls. A dictionary, because its operations need no lock, also in a signal handler.
        self._linked: Dict[int, NativeToken] = {}

    def trigger(self) -> None:
        """Ends each call that uses it, and each later one, with :class:`CancelledError`. Does not block."""
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
        """Internal: triggers the token of a call together with this one."""
        self._linked[id(token)] = token
        # Checked after it is linked, so that a trigger between the two is not missed.
        if self.triggered:
            token.trigger()

    def unlink(self, token: NativeToken) -> None:
        """Internal: removes the token of a call."""
        self._linked.pop(id(token), None)

    def __repr__(self) -> str:
        return f"<CancelToken {'triggered' if lib.nitro_cancel_is_triggered(self._native.handle) else 'waiting'}>"
