"""Which process this is: the native library does not survive a fork, so nothing of it may cross one."""

from __future__ import annotations

import os

from .constants import Code
from .errors import ForkedError

_pid = os.getpid()


def _forked() -> None:
    global _pid
    _pid = os.getpid()


# os.getpid is a system call; this is as sure, since Python itself forks by nothing else.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def current() -> int:
    """The id of this process."""
    return _pid


def check(owner: int, what: str) -> None:
    """Refuses what another process made."""
    if owner != _pid:
        raise ForkedError(
            f"this {what} belongs to the process that this one was forked from: make a new client here, "
            "and take jobs up by their tickets",
            Code.INVALID_ARGUMENT,
        )
