"""Time limits: seconds or timedelta for people, milliseconds for the library."""

from __future__ import annotations

import enum
import math
from datetime import timedelta
from typing import Optional, Union

Seconds = Union[float, timedelta]
"""A length of time: seconds, or a ``timedelta``."""


class Default(enum.Enum):
    """The type of :data:`DEFAULT`."""

    DEFAULT = "the client's limit"

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT = Default.DEFAULT
"""The limit that the client's options set for this kind of call."""

Timeout = Union[float, timedelta, None, Default]
"""A limit on a whole call: a length of time, ``None`` for no limit, or :data:`DEFAULT`."""

_MOST = 2**63 - 1


def milliseconds(length: Seconds) -> int:
    """A length of time in whole milliseconds, rounded up."""
    if not isinstance(length, (int, float, timedelta)):
        raise TypeError(f"a length of time is seconds or a timedelta, not {type(length).__name__}")
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if math.isnan(seconds) or seconds < 0:
        raise ValueError(f"a length of time cannot be {length!r}")
    # Rounded first, or the error of 0.001 * 1000 would add a millisecond.
    return _MOST if seconds > _MOST / 1000 else math.ceil(round(seconds * 1000, 6))


def call_limit(timeout: Timeout) -> int:
    """A limit as calls take it: -1 for the client's, 0 for none. A limit of no time at all becomes the shortest."""
    if isinstance(timeout, Default):
        return -1
    if timeout is None or timeout == math.inf:
        return 0
    return max(1, milliseconds(timeout))


def optional_milliseconds(length: Optional[Seconds]) -> Optional[int]:
    """A length of time that may be left open."""
    return None if length is None else milliseconds(length)
