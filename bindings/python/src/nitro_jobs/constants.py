"""The constants of the C header, as enumerations. A test compares them with the header."""

from __future__ import annotations

import enum


class Code(enum.IntEnum):
    """The error code of a call. Codes are only ever added; the C header has the meaning of each."""

    INVALID_ARGUMENT = 1
    INTERNAL = 2
    NO_MEMORY = 3
    BUSY = 4
    CANCELLED = 10
    STOPPED = 11
    TIMEOUT = 12
    WAIT_TIMEOUT = 13
    DNS = 20
    CONNECT = 21
    TLS = 22
    PROXY = 23
    PROXY_AUTH = 24
    CONNECTION_LOST = 25
    REDIRECT = 26
    PROTOCOL = 27
    TRUNCATED = 28
    TOO_LARGE = 29
    UNVERIFIED = 30
    BAD_REQUEST = 40
    UNAUTHORIZED = 41
    FORBIDDEN = 42
    NOT_FOUND = 43
    GONE = 44
    CONTENT_TOO_LARGE = 45
    UNSUPPORTED_MEDIA_TYPE = 46
    UNPROCESSABLE = 47
    RATE_LIMITED = 48
    SERVICE = 49
    HTTP = 50
    NOT_READY = 60
    JOB_FAILED = 61
    JOB_CANCELED = 62
    UNEXPECTED_RESULT = 63
    DELIVERED = 64
    FILE = 70
    FILE_EXISTS = 71
    SINK = 72


class Limit(enum.IntEnum):
    """Which timeout expired."""

    NONE = 0
    """None."""
    CONNECT = 1
    """Resolving, connecting, proxy and TLS negotiation together took too long."""
    IDLE = 2
    """No byte was sent or received for too long."""
    RATE = 3
    """A body was received too slowly."""
    CALL = 4
    """The whole call took too long."""
    WAIT = 5
    """The whole wait took too long."""

    @classmethod
    def _missing_(cls, value: object) -> Limit:
        return cls.NONE


class LogLevel(enum.IntEnum):
    """The level of a log line."""

    WARN = 1
    """Something is wrong but the call continues."""
    INFO = 2
    """A change of interest to a person, such as a retry."""
    DEBUG = 3
    """Each request and its response."""

    @classmethod
    def _missing_(cls, value: object) -> LogLevel:
        return cls.DEBUG


class TokenReason(enum.IntEnum):
    """Why a token is requested."""

    FIRST = 1
    """There is no token yet."""
    EXPIRING = 2
    """The current token expires soon, or has expired."""
    REFUSED = 3
    """The service rejected the current token."""

    @classmethod
    def _missing_(cls, value: object) -> TokenReason:
        return cls.FIRST


class State(enum.IntEnum):
    """The state of a job."""

    UNKNOWN = 0
    """A state that this version does not know: the job is still running. :attr:`Status.name` has its name."""
    RUNNING = 1
    """The job is being processed."""
    COMPLETED = 2
    """The job completed and has a result."""
    FAILED = 3
    """The job failed."""
    CANCELED = 4
    """The job was canceled at the service."""

    @classmethod
    def _missing_(cls, value: object) -> State:
        return cls.UNKNOWN


class ResultKind(enum.IntEnum):
    """The kind of a result."""

    UNKNOWN = 0
    """A kind that this version does not know; use :attr:`Result.value`."""
    FILE = 1
    """One file."""
    FILES = 2
    """Several files."""
    TEXT = 3
    """The text of a document."""
    TABLES = 4
    """Tables."""
    TEXT_BOXES = 5
    """Locations where a text was found."""
    PII_BOXES = 6
    """Locations of personal data."""
    PROPERTIES = 7
    """A document's properties."""
    FORM = 8
    """The recognised contents of a form, each with a confidence."""
    FORM_FIELDS = 9
    """The fields of a fillable form, read or detected."""

    @classmethod
    def _missing_(cls, value: object) -> ResultKind:
        return cls.UNKNOWN


class Existing(enum.IntEnum):
    """What to do if a file of that name exists already."""

    FAIL = 0
    """Keep it; the call fails with :class:`FileTakenError`."""
    REPLACE = 1
    """Replace it atomically, once the new file is complete."""
    NUMBER = 2
    """Add a number to the new file's name: "report (2).pdf"."""


class RunPhase(enum.IntEnum):
    """The phase of a run."""

    UNKNOWN = 0
    """A phase that this version does not know."""
    UPLOAD = 1
    """The documents are being sent."""
    SUBMITTED = 2
    """The job was started: store its ticket."""
    PROCESSING = 3
    """The service is processing the job."""
    DOWNLOAD = 4
    """A file of the result is being saved."""

    @classmethod
    def _missing_(cls, value: object) -> RunPhase:
        return cls.UNKNOWN
