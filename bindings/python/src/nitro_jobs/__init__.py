"""Follow Nitro's document jobs and download their results.

    import nitro_jobs
    with nitro_jobs.Client.from_env() as client:
        job = client.job("01234567-89ab-cdef-0123-456789abcdef")
        job.wait(lambda status: print(status.name, status.progress))
        job.download("result.pdf")

Every blocking call takes ``cancel`` and ``timeout``, releases the interpreter lock, and ends at once on Ctrl-C. Callbacks
run on the thread that made the call, during the call; ``False`` stops the call, and the call raises their exceptions.
"""

from ._library import lib as _lib
from ._library import text as _text
from .bar import Bar
from .cancel import CancelToken
from .catalog import catalog
from .client import Client, Run
from .constants import Code, Existing, Limit, LogLevel, ResultKind, RunPhase, State, TokenReason
from .errors import (
    ArgumentError,
    BadRequestError,
    BusyError,
    CallTimeoutError,
    CancelledError,
    ClosedError,
    ConnectError,
    ConnectionLostError,
    ContentTooLargeError,
    DeliveredError,
    DnsError,
    FileError,
    FileInFileError,
    FileIsFolderError,
    FilePermissionError,
    FileTakenError,
    ForbiddenError,
    ForkedError,
    GoneError,
    InternalError,
    JobCanceledError,
    JobError,
    JobFailedError,
    MissingFileError,
    NitroError,
    NoMemoryError,
    NotFoundError,
    NotReadyError,
    ProtocolError,
    ProxyError,
    RateLimitedError,
    RedirectError,
    ServiceError,
    ServiceFaultError,
    SinkError,
    StoppedError,
    TlsError,
    TooLargeError,
    TransportError,
    TruncatedError,
    UnauthorizedError,
    UnexpectedResultError,
    UnprocessableError,
    UnsupportedMediaTypeError,
    UnverifiedError,
    WaitTimeoutError,
)
from .events import Events
from .job import Job, Received, SavedFile
from .limits import DEFAULT
from .options import Options, Token
from .progress import RunProgress, Transfer, Upload
from .result import File, Result
from .shapes import (
    BoundingBox,
    FormField,
    PiiBox,
    Properties,
    Table,
    TextBox,
    TextBoxGroup,
    TextBoxMatch,
    TextBoxPiece,
    TextBoxQuery,
    TextQuery,
)
from .status import Status
from .submission import Submission
from .watch import Watch, WatchEvent

__version__ = _text(_lib.nitro_version())

__all__ = [
    "DEFAULT", "ArgumentError", "BadRequestError", "Bar", "BoundingBox", "BusyError", "CallTimeoutError", "CancelToken",
    "CancelledError", "Client", "ClosedError", "Code", "ConnectError", "ConnectionLostError", "ContentTooLargeError",
    "DeliveredError", "DnsError", "Events", "Existing", "File", "FileError", "FileInFileError", "FileIsFolderError",
    "FilePermissionError", "FileTakenError", "ForbiddenError", "ForkedError", "FormField", "GoneError", "InternalError",
    "Job", "JobCanceledError", "JobError", "JobFailedError", "Limit", "LogLevel", "MissingFileError", "NitroError",
    "NoMemoryError", "NotFoundError", "NotReadyError", "Options", "PiiBox", "Properties", "ProtocolError", "ProxyError",
    "RateLimitedError", "Received", "RedirectError", "Result", "ResultKind", "Run", "RunPhase", "RunProgress",
    "SavedFile", "ServiceError", "ServiceFaultError", "SinkError", "State", "Status", "StoppedError", "Submission",
    "Table", "TextBox", "TextBoxGroup", "TextBoxMatch", "TextBoxPiece", "TextBoxQuery", "TextQuery", "TlsError",
    "Token", "TokenReason", "TooLargeError", "Transfer", "TransportError", "TruncatedError", "UnauthorizedError",
    "UnexpectedResultError", "UnprocessableError", "UnsupportedMediaTypeError", "UnverifiedError", "Upload",
    "WaitTimeoutError", "Watch", "WatchEvent", "__version__",
    "catalog",
]
