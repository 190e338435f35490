"""Cancelling calls from any thread."""

from __future__ import annotations

from typing import Any, Dict

from . import _process
from ._abi import CancelHandle
from ._library import lib


class NativeToken:
    """A token of the library. It is freed with its last reference, so that nobody can trigger what is gone."""

    def __init__(self) -> None:
        """Makes a token that has not been triggered."""
        self._pid = _process.current()
        self._trigger = lib.nitro_cancel_trigger
        self._free = lib.nitro_cancel_free
        self.handle: CancelHandle = lib.nitro_cancel_new()

    def trigger(self) -> None:
        """Triggers it, unless it is another process's."""
        if self._pid == _process.current():
            self._trigger(self.handle)

    def __del__(self, current: Any = _process.current) -> None:
        if self._pid == current():
            self._free(self.handle)


class CancelToken:
    """Stops the calls that it is given to, from any thread.

    One token may serve any number of calls, at once or one after the other. It cannot be reset: make a new one for new
    work. Ctrl-C cancels a call without triggering its token.
    """

    def __init__(self) -> None:
        """Makes a token that has not been triggered."""
        self._native = NativeToken()
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
