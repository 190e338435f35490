"""One hierarchy of exceptions, each with everything that the library knows about the failure."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional, Type

from ._abi import ErrorHandle
from ._library import lib, optional_text, text
from .constants import Code, Limit


class NitroError(Exception):
    """What went wrong in one call, with everything that helps to act on it. No token and no password is ever in it."""

    code: int
    """A :class:`Code`, or a number that this version does not know."""
    message: str
    """What went wrong and what to do next, in a sentence or two for people."""
    http_status: Optional[int]
    """The HTTP status of the service's refusal; ``None`` if the failure is not the service's."""
    problem_type: Optional[str]
    """The service's type of problem, for example ``"PDFIsPasswordProtected"``."""
    problem_title: Optional[str]
    """The service's title of the problem."""
    problem_detail: Optional[str]
    """The service's explanation of this occurrence."""
    problem_json: Optional[str]
    """The service's whole account of the problem, as received: JSON, or whatever came."""
    retry_after: Optional[float]
    """How many seconds the service asks to wait before the next attempt."""
    retryable: bool
    """Whether the same call may succeed later without any change by the caller."""
    limit: Limit
    """Which time limit ran out."""
    reference_id: Optional[str]
    """The id to quote to Nitro's support."""
    uncertain: bool
    """Whether the failed submission may have started a job all the same."""
    ticket: Optional[str]
    """The ticket of the job that the failure is about, for :meth:`Client.job_from_ticket`."""

    def __init__(self, message: str = "", code: int = Code.INTERNAL, **known: Any) -> None:
        """Made by the library; ``known`` has the other attributes."""
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
        # Errors cross to other processes, as multiprocessing and concurrent.futures send them.
        return _again, (type(self), dict(self.__dict__))

    @property
    def name(self) -> str:
        """The name of the code in the C header, for example ``"NITRO_E_TIMEOUT"``."""
        return text(lib.nitro_code_name(self.code))

    @property
    def meaning(self) -> str:
        """What the code means, in a few words; :attr:`message` says much more."""
        return text(lib.nitro_code_text(self.code))

    @property
    def problem(self) -> Any:
        """The service's problem document, parsed; ``None`` if there is none or it is no JSON."""
        try:
            return None if self.problem_json is None else json.loads(self.problem_json)
        except ValueError:
            return None

    @property
    def job_id(self) -> Optional[str]:
        """The id of the job that the failure is about."""
        if self.ticket is None:
            return None
        job_id = json.loads(self.ticket).get("jobID")
        return job_id if isinstance(job_id, str) else None


class ArgumentError(NitroError, ValueError):
    """An argument or option cannot be used; nothing was sent."""


class ClosedError(ArgumentError):
    """The object was closed before."""


class ForkedError(ArgumentError):
    """The object belongs to the process that this one was forked from; make a new client here."""


class InternalError(NitroError):
    """A defect inside the library was caught; the next call works."""


class NoMemoryError(NitroError, MemoryError):
    """There is no memory for an answer whose size the peer decided."""


class BusyError(NitroError):
    """What serves one thread at a time is in use by another thread now."""


class CancelledError(NitroError):
    """The call's cancel token was triggered. The job goes on."""


class StoppedError(NitroError):
    """A callback returned ``False``. The job goes on."""


class CallTimeoutError(NitroError, TimeoutError):
    """A time limit ran out; :attr:`limit` says which."""


class WaitTimeoutError(CallTimeoutError):
    """The time to wait for a job ran out. The job goes on: its ticket is in :attr:`ticket`."""


class TransportError(NitroError):
    """The service could not be reached, or its answer did not arrive whole."""


class DnsError(TransportError):
    """The host name could not be resolved."""


class ConnectError(TransportError):
    """No connection could be made; the request was never sent."""


class TlsError(TransportError):
    """The TLS handshake failed or the certificate is not trusted."""


class ProxyError(TransportError):
    """The proxy could not be used, refused the target, or wants credentials (``Code.PROXY_AUTH``)."""


class ConnectionLostError(TransportError):
    """The connection broke after the request was on its way."""


class RedirectError(TransportError):
    """A redirect cannot be followed."""


class ProtocolError(TransportError):
    """The peer did not speak HTTP, or its answer cannot be understood."""


class TruncatedError(TransportError):
    """A body ended before the length that its head promised."""


class TooLargeError(TransportError):
    """An answer is larger than the limit for its kind."""


class UnverifiedError(TransportError):
    """A body came without any proof of its end."""


class ServiceError(NitroError):
    """The service refused: :attr:`http_status` and the ``problem`` attributes say why."""


class BadRequestError(ServiceError):
    """400: the service cannot use the request."""


class UnauthorizedError(ServiceError):
    """401: the token is missing, wrong or expired."""


class ForbiddenError(ServiceError):
    """403: the token does not allow this."""


class NotFoundError(ServiceError):
    """404: there is no such job, or no longer."""


class GoneError(ServiceError):
    """410: the job's files were deleted; the request must be sent again."""


class ContentTooLargeError(ServiceError):
    """413: the document is larger than the service takes."""


class UnsupportedMediaTypeError(ServiceError):
    """415: the service does not take this kind of document."""


class UnprocessableError(ServiceError):
    """422: the request is well formed but asks for something that cannot be done."""


class RateLimitedError(ServiceError):
    """429: too many requests; :attr:`retry_after` says how long to wait."""


class ServiceFaultError(ServiceError):
    """5xx: the service has a fault of its own."""


class JobError(NitroError):
    """The job has not the result that was asked for."""


class NotReadyError(JobError):
    """The job is still running, so it has no result yet."""


class JobFailedError(JobError):
    """The job failed; the ``problem`` attributes have the service's reason."""


class JobCanceledError(JobError):
    """The job was canceled at the service."""


class UnexpectedResultError(JobError):
    """The result is not what was asked for: a text where a file was wanted, say."""


class DeliveredError(JobError):
    """The result was delivered elsewhere, so there is nothing to download here."""


class FileError(NitroError, OSError):
    """A local file could not be written or read."""


class FileTakenError(FileError, FileExistsError):
    """The file exists already and was not to be replaced."""


class SinkError(NitroError):
    """The writer that takes the bytes failed. Of Rust alone: what a sink in Python raises comes as it is."""


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


def _code(number: int) -> int:
    try:
        return Code(number)
    except ValueError:
        return number


def _again(kind: Type[NitroError], attributes: Dict[str, Any]) -> NitroError:
    error = kind(attributes["message"])
    error.__dict__.update(attributes)
    return error


def copied(error: ErrorHandle) -> NitroError:
    """The exception for a lent error."""
    code = lib.nitro_error_code(error)
    pause = lib.nitro_error_retry_after_ms(error)
    return CLASSES.get(code, NitroError)(
        text(lib.nitro_error_message(error)),
        code,
        http_status=lib.nitro_error_http_status(error) or None,
        problem_type=optional_text(lib.nitro_error_problem_type(error)),
        problem_title=optional_text(lib.nitro_error_problem_title(error)),
        problem_detail=optional_text(lib.nitro_error_problem_detail(error)),
        problem_json=optional_text(lib.nitro_error_problem_json(error)),
        retry_after=None if pause < 0 else pause / 1000,
        retryable=bool(lib.nitro_error_is_retryable(error)),
        limit=Limit(lib.nitro_error_limit(error)),
        reference_id=optional_text(lib.nitro_error_reference_id(error)),
        uncertain=bool(lib.nitro_error_is_uncertain(error)),
        ticket=optional_text(lib.nitro_error_ticket_json(error)),
    )


def taken(error: ErrorHandle) -> NitroError:
    """The exception for an error that is the caller's, which is freed."""
    try:
        return copied(error)
    finally:
        lib.nitro_error_free(error)
