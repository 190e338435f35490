"""The status of a job."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Optional

from ._abi import StatusHandle
from ._library import lib, text
from .constants import State


@dataclass(frozen=True)
class Status:
    """The status of a job: its state, and its progress while it runs. A value that can be compared and pickled."""

    state: State
    """The state."""
    name: str
    """The name of the state as the service sent it, for example ``"running"``; empty if it sent none."""
    progress: Optional[float]
    """The progress, from 0.0 to 1.0; ``None`` if unknown. 1.0 does not mean that the job has completed."""
    is_terminal: bool
    """Whether the job has ended, in any way."""
    json: str = field(repr=False)
    """The status document as received; empty if there is none."""

    @property
    def data(self) -> Any:
        """The status document, parsed; ``None`` if there is none."""
        return json.loads(self.json) if self.json else None


def from_borrowed(handle: StatusHandle) -> Status:
    """The value of a borrowed status."""
    progress = lib.nitro_status_progress(handle)
    return Status(
        State(lib.nitro_status_state(handle)),
        text(lib.nitro_status_name(handle)),
        None if progress < 0 else progress,
        bool(lib.nitro_status_is_terminal(handle)),
        text(lib.nitro_status_json(handle, None)),
    )


def from_owned(handle: StatusHandle) -> Status:
    """The value of an owned status, which is freed."""
    try:
        return from_borrowed(handle)
    finally:
        lib.nitro_status_free(handle)
