"""What progress callables are told. Each may return ``False`` to stop the call; what it raises reaches the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .constants import RunPhase
from .status import Status


@dataclass(frozen=True)
class Upload:
    """How far an upload is."""

    sent: int
    """Bytes sent so far."""
    total: int
    """All bytes to be sent."""


@dataclass(frozen=True)
class Transfer:
    """How far a download is."""

    file: int
    """The file that is coming, from 0."""
    files: int
    """How many files there are."""
    bytes: int
    """How many bytes of this file have come."""
    total: Optional[int]
    """How many it has; ``None`` if that is not known."""


@dataclass(frozen=True)
class RunProgress:
    """How far a run is. What does not belong to the phase is 0 or ``None``."""

    phase: RunPhase
    """What is being done."""
    done: int
    """Bytes sent or saved so far."""
    total: Optional[int]
    """How many there are; ``None`` if that is not known."""
    ticket: Optional[str]
    """The job's ticket, once there is a job: write it down."""
    status: Optional[Status]
    """What the service says of the job while it works on it."""
