"""Where a job stands."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Optional

from ._abi import StatusHandle
from ._library import lib, text
from .constants import State


@dataclass(frozen=True)
class Status:
    """Where a job stands: a state, and how far it is while it runs. A plain value: keep it, compare it, pickle it."""

    state: State
    """The state."""
    name: str
    """The state in the service's own word, for example ``"running"``; empty if it gave none."""
    progress: Optional[float]
    """How far the job is, from 0.0 to 1.0; ``None`` if the service did not say. 1.0 does not mean done."""
    is_terminal: bool
    """Whether the job has ended, in whatever way."""
    json: str = field(repr=False)
    """What the service said, as received; empty where it said nothing."""

    @property
    def data(self) -> Any:
        """What the service said, parsed; ``None`` where it said nothing."""
        return json.loads(self.json) if self.json else None


def copied(handle: StatusHandle) -> Status:
    """The value of a lent status."""
    progress = lib.nitro_status_progress(handle)
    return Status(
        State(lib.nitro_status_state(handle)),
        text(lib.nitro_status_name(handle)),
        None if progress < 0 else progress,
        bool(lib.nitro_status_is_terminal(handle)),
        text(lib.nitro_status_json(handle, None)),
    )


def taken(handle: StatusHandle) -> Status:
    """The value of a status that is the caller's, which is freed."""
    try:
        return copied(handle)
    finally:
        lib.nitro_status_free(handle)
