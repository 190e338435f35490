"""The arguments of progress callbacks. A callback may return ``False`` to stop the call; the call raises its exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .constants import RunPhase
from .status import Status


@dataclass(frozen=True)
class Upload:
    """The progress of an upload."""

    sent: int
    """Bytes sent so far."""
    total: int
    """Bytes to send in total."""


@dataclass(frozen=True)
class Transfer:
    """The progress of a download."""

    file: int
    """The index of the current file, from 0."""
    files: int
    """The number of files."""
    bytes: int
    """Bytes of this file received so far."""
    total: Optional[int]
    """The size of this file in bytes; ``None`` if unknown."""


@dataclass(frozen=True)
class RunProgress:
    """The progress of a run. Fields that do not belong to the phase are 0 or ``None``."""

    phase: RunPhase
    """The phase of the run."""
    done: int
    """Bytes sent or saved so far."""
    total: Optional[int]
    """Bytes in total; ``None`` if unknown."""
    ticket: Optional[str]
    """The job's ticket, once there is a job: store it."""
    status: Optional[Status]
    """The status of the job while the service processes it."""
