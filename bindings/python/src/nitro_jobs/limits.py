"""Timeouts: seconds or timedelta in Python, milliseconds in the library."""

from __future__ import annotations

import enum
import math
from datetime import timedelta
from typing import Union

Seconds = Union[float, timedelta]
"""A duration: seconds, or a ``timedelta``."""


class Default(enum.Enum):
    """The type of :data:`DEFAULT`."""

    DEFAULT = "the client's timeout"

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT = Default.DEFAULT
"""The timeout that the client's options set for this kind of call."""

Timeout = Union[float, timedelta, None, Default]
"""A timeout for a whole call: a duration, ``None`` for no timeout, or :data:`DEFAULT`."""

_MAX_MS = 2**63 - 1


def milliseconds(duration: Seconds) -> int:
    """A duration in whole milliseconds, rounded up."""
    if not isinstance(duration, (int, float, timedelta)):
        raise TypeError(f"a duration must be seconds or a timedelta, not {type(duration).__name__}")
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else float(duration)
    if math.isnan(seconds) or seconds < 0:
        raise ValueError(f"a duration cannot be {duration!r}")
    # Rounded first, because the floating point error of 0.001 * 1000 would add a millisecond.
    return _MAX_MS if seconds > _MAX_MS / 1000 else math.ceil(round(seconds * 1000, 6))


def call_timeout(timeout: Timeout) -> int:
    """A timeout as the C API takes it: -1 for the client's, 0 for none. A timeout of zero becomes the shortest one, 1 ms."""
    if isinstance(timeout, Default):
        return -1
    if timeout is None or timeout == math.inf:
        return 0
    return max(1, milliseconds(timeout))
