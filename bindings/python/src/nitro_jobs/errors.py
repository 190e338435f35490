"""One hierarchy of exceptions, each with everything that the library knows about the error."""

from __future__ import annotations

import errno as _errno
import json
import os
from typing import Any, Dict, Optional, Type

from ._abi import ErrorHandle
from ._library import lib, optional_text, text
from .constants import Code, Limit


class NitroError(Exception):
    """Describes why a call failed, with everything that helps to handle it. It never contains a token or a password."""

    code: int
    """A :class:`Code`, or a number if this version does not know the code."""
    message: str
    """What failed and what to do next, in a sentence or two for people."""
    http_status: Optional[int]
    """The HTTP status of an error response; ``None`` if there was none."""
    problem_type: Optional[str]
    """The problem type, for example ``"PDFIsPasswordProtected"``."""
    problem_title: Optional[str]
    """The problem title."""
    problem_detail: Optional[str]
    """The problem detail: an explanation of this occurrence."""
    problem_json: Optional[str]
    """The problem document as received: JSON, or any other body."""
    retry_after: Optional[float]
    """The delay in seconds that the service requests before a retry; ``None`` if it requests none."""
    retryable: bool
    """Whether a retry without any change may succeed."""
    limit: Limit
    """Which timeout expired."""
    reference_id: Optional[str]
    """The id to quote to Nitro's support."""
    uncertain: bool
    """Whether a failed submission may have started a job."""
    ticket: Optional[str]
    """The ticket of the job that the error is about, for :meth:`Client.job_from_ticket`."""

    def __init__(self, message: str = "", code: int = Code.INTERNAL, **known: Any) -> None:
        """Called by the package; ``known`` has the other attributes."""
        super().__init__(message)
        self.code = _code(code)
        self.message = message
        self.http_status = known.get("http_status")
        self.problem_type = known.get("problem_type")
        self.problem_title = known.get("problem_title")
        self.problem_detail = known.get("problem_detail")
        self.problem_json = known.get("problem_json")
        self.retry_after = known.get("retry_after")
        self.retryable = known.get("retryable", False)
        self.limit = known.get("limit", Limit.NONE)
        self.reference_id = known.get("reference_id")
        self.uncertain = known.get("uncertain", False)
        self.ticket = known.get("ticket")

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> Any:
        # multiprocessing and concurrent.futures send errors to other processes.
        attributes = dict(self.__dict__)
        if isinstance(self, FileError):
            attributes.update(errno=self.errno, strerror=self.strerror, filename=self.filename)
        return _restore, (type(self), attributes)

    @property
    def name(self) -> str:
        """The name of the code in the C header, for example ``"NITRO_E_TIMEOUT"``."""
        return text(lib.nitro_code_name(self.code))

    @property
    def meaning(self) -> str:
        """A short description of the code; :attr:`message` is more specific."""
        return text(lib.nitro_code_text(self.code))

    @property
    def problem(self) -> Any:
        """The problem document, parsed; ``None`` if there is none or it is not JSON."""
        try:
            return None if self.problem_json is None else json.loads(self.problem_json)
        except ValueError:
            return None

    @property
    def job_id(self) -> Optional[str]:
        """The id of the job that the error is about."""
        if self.ticket is None:
            return None
        job_id = json.loads(self.ticket).get("jobID")
        return job_id if isinstance(job_id, str) else None


class ArgumentError(NitroError, ValueError):
    """An argument or option cannot be used; nothing was sent."""


class ClosedError(ArgumentError):
    """The object is closed."""


class ForkedError(ArgumentError):
    """The object belongs to the process that this one was forked from; make a new client here."""


class InternalError(NitroError):
    """A defect inside the library was caught; the next call works."""


class NoMemoryError(NitroError, MemoryError):
    """Out of memory while reading a response."""


class BusyError(NitroError):
    """Another thread is using an object that only one thread at a time may use."""


class CancelledError(NitroError):
    """The call's cancel token was triggered. The job continues."""


class StoppedError(NitroError):
    """A callback returned ``False``. The job continues."""


class CallTimeoutError(NitroError, TimeoutError):
    """A timeout expired; :attr:`limit` is which one."""


class WaitTimeoutError(CallTimeoutError):
    """The wait timeout expired. The job continues: its ticket is in :attr:`ticket`."""


class TransportError(NitroError):
    """The service could not be reached, or its response is incomplete or malformed."""


class DnsError(TransportError):
    """The host name could not be resolved."""


class ConnectError(TransportError):
    """No connection could be made; the request was not sent."""


class TlsError(TransportError):
    """The TLS handshake failed or the certificate is not trusted."""


class ProxyError(TransportError):
    """The proxy could not be used, rejected the target, or requires credentials (``Code.PROXY_AUTH``)."""


class ConnectionLostError(TransportError):
    """The connection was lost after the request was sent."""


class RedirectError(TransportError):
    """A redirect cannot be followed."""


class ProtocolError(TransportError):
    """The response is not HTTP, or it is malformed."""


class TruncatedError(TransportError):
    """A body was shorter than its header announced."""


class TooLargeError(TransportError):
    """A response is larger than the limit for its kind."""


class UnverifiedError(TransportError):
    """The length of a body could not be verified."""


class ServiceError(NitroError):
    """The service returned an error response: see :attr:`http_status` and the ``problem`` attributes."""


class BadRequestError(ServiceError):
    """400: the service cannot use the request."""


class UnauthorizedError(ServiceError):
    """401: the token is missing, wrong or expired."""


class ForbiddenError(ServiceError):
    """403: the token does not allow this."""


class NotFoundError(ServiceError):
    """404: the job does not exist, or no longer exists."""


class GoneError(ServiceError):
    """410: the job's files were deleted; the request must be sent again."""


class ContentTooLargeError(ServiceError):
    """413: the document is larger than the service accepts."""


class UnsupportedMediaTypeError(ServiceError):
    """415: the service does not accept this type of document."""


class UnprocessableError(ServiceError):
    """422: the request is well formed but cannot be processed."""


class RateLimitedError(ServiceError):
    """429: too many requests; :attr:`retry_after` is how long to wait."""


class ServiceFaultError(ServiceError):
    """5xx: the service itself failed."""


class JobError(NitroError):
    """The job does not have the requested result."""


class NotReadyError(JobError):
    """The job is still running, so it has no result yet."""


class JobFailedError(JobError):
    """The job failed; the ``problem`` attributes have the service's reason."""


class JobCanceledError(JobError):
    """The job was canceled at the service."""


class UnexpectedResultError(JobError):
    """The result is not of the requested kind, for example a text instead of a file."""


class DeliveredError(JobError):
    """The result was delivered elsewhere, so there is nothing to download here."""


class FileError(NitroError, OSError):
    """A local file could not be written or read: ``errno``, ``strerror`` and ``filename`` are as Python sets them."""


class FileTakenError(FileError, FileExistsError):
    """The file exists and was not to be replaced."""


class MissingFileError(FileError, FileNotFoundError):
    """The file, or the folder for it, does not exist."""


class FilePermissionError(FileError, PermissionError):
    """The program has no permission for this file or folder."""


class FileIsFolderError(FileError, IsADirectoryError):
    """There is a folder where a file is needed."""


class FileInFileError(FileError, NotADirectoryError):
    """A part of the path that must be a folder is a file."""


class SinkError(NitroError):
    """The writer that receives the bytes failed. Only Rust programs get it: exceptions of a Python sink are raised as is."""


CLASSES: Dict[int, Type[NitroError]] = {
    Code.INVALID_ARGUMENT: ArgumentError,
    Code.INTERNAL: InternalError,
    Code.NO_MEMORY: NoMemoryError,
    Code.BUSY: BusyError,
    Code.CANCELLED: CancelledError,
    Code.STOPPED: StoppedError,
    Code.TIMEOUT: CallTimeoutError,
    Code.WAIT_TIMEOUT: WaitTimeoutError,
    Code.DNS: DnsError,
    Code.CONNECT: ConnectError,
    Code.TLS: TlsError,
    Code.PROXY: ProxyError,
    Code.PROXY_AUTH: ProxyError,
    Code.CONNECTION_LOST: ConnectionLostError,
    Code.REDIRECT: RedirectError,
    Code.PROTOCOL: ProtocolError,
    Code.TRUNCATED: TruncatedError,
    Code.TOO_LARGE: TooLargeError,
    Code.UNVERIFIED: UnverifiedError,
    Code.BAD_REQUEST: BadRequestError,
    Code.UNAUTHORIZED: UnauthorizedError,
    Code.FORBIDDEN: ForbiddenError,
    Code.NOT_FOUND: NotFoundError,
    Code.GONE: GoneError,
    Code.CONTENT_TOO_LARGE: ContentTooLargeError,
    Code.UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaTypeError,
    Code.UNPROCESSABLE: UnprocessableError,
    Code.RATE_LIMITED: RateLimitedError,
    Code.SERVICE: ServiceFaultError,
    Code.HTTP: ServiceError,
    Code.NOT_READY: NotReadyError,
    Code.JOB_FAILED: JobFailedError,
    Code.JOB_CANCELED: JobCanceledError,
    Code.UNEXPECTED_RESULT: UnexpectedResultError,
    Code.DELIVERED: DeliveredError,
    Code.FILE: FileError,
    Code.FILE_EXISTS: FileTakenError,
    Code.SINK: SinkError,
}


# What Python's own classes stand for, by the number of the operating system's error.
_FILE_CLASSES: Dict[int, Type[FileError]] = {
    _errno.ENOENT: MissingFileError,
    _errno.EACCES: FilePermissionError,
    _errno.EPERM: FilePermissionError,
    _errno.EISDIR: FileIsFolderError,
    _errno.ENOTDIR: FileInFileError,
}


def _code(number: int) -> int:
    try:
        return Code(number)
    except ValueError:
        return number


def _restore(kind: Type[NitroError], attributes: Dict[str, Any]) -> NitroError:
    error = kind(attributes["message"])
    for name, value in attributes.items():
        setattr(error, name, value)
    return error


def from_borrowed(error: ErrorHandle) -> NitroError:
    """The exception for a borrowed error."""
    code = lib.nitro_error_code(error)
    delay_ms = lib.nitro_error_retry_after_ms(error)
    os_error = lib.nitro_error_os_error(error)
    kind = CLASSES.get(code, NitroError)
    made = (_FILE_CLASSES.get(os_error, kind) if kind is FileError else kind)(
        text(lib.nitro_error_message(error)),
        code,
        http_status=lib.nitro_error_http_status(error) or None,
        problem_type=optional_text(lib.nitro_error_problem_type(error)),
        problem_title=optional_text(lib.nitro_error_problem_title(error)),
        problem_detail=optional_text(lib.nitro_error_problem_detail(error)),
        problem_json=optional_text(lib.nitro_error_problem_json(error)),
        retry_after=None if delay_ms < 0 else delay_ms / 1000,
        retryable=bool(lib.nitro_error_is_retryable(error)),
        limit=Limit(lib.nitro_error_limit(error)),
        reference_id=optional_text(lib.nitro_error_reference_id(error)),
        uncertain=bool(lib.nitro_error_is_uncertain(error)),
        ticket=optional_text(lib.nitro_error_ticket_json(error)),
    )
    if isinstance(made, FileError):
        made.filename = optional_text(lib.nitro_error_path(error))
        if os_error:
            made.errno, made.strerror = os_error, os.strerror(os_error)
    return made


def from_owned(error: ErrorHandle) -> NitroError:
    """The exception for an owned error, which is freed."""
    try:
        return from_borrowed(error)
    finally:
        lib.nitro_error_free(error)
