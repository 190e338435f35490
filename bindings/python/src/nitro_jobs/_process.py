"""The id of the current process. The native library does not survive a fork, so handles must not be used after one."""

from __future__ import annotations

import os

from .constants import Code
from .errors import ForkedError

_pid = os.getpid()


def _forked() -> None:
    global _pid
    _pid = os.getpid()


# Cached, because os.getpid is a system call. It stays correct: Python runs this hook after each of its own forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def current() -> int:
    """The id of this process."""
    return _pid


def check(owner: int, what: str) -> None:
    """Raises ForkedError for an object that another process made."""
    if owner != _pid:
        raise ForkedError(
            f"this {what} belongs to the process that this one was forked from: make a new client here, "
            "and restore jobs from their tickets",
            Code.INVALID_ARGUMENT,
        )
