"""The functions that C calls. They are made once and live for ever, so that nothing can dangle.

The callable of one call is found by the call that the thread is inside of. That of a client or a submission, which lives
longer, is found by a number, which is its ``user_data``. What the library lends is copied before the program sees it.
"""

from __future__ import annotations

import ctypes
import itertools
from typing import Any, Callable, Dict, Optional, Tuple

from . import _abi
from ._call import STOPPED, current
from ._handle import check
from ._library import lib, optional_text, text
from .constants import LogLevel, RunPhase, TokenReason
from .progress import RunProgress, Transfer, Upload
from .status import copied

_functions: Dict[int, Callable[..., Any]] = {}
_numbers = itertools.count(1)


class Registered:
    """A callable of the program, as long as this lives."""

    def __init__(self, function: Callable[..., Any]) -> None:
        """Gives the callable a number."""
        self.number = next(_numbers)
        self._known = _functions
        _functions[self.number] = function

    def __del__(self) -> None:
        self._known.pop(self.number, None)


def _ask(number: int, *arguments: Any) -> Any:
    """The answer of a callable that is registered, given on the thread that made the call."""
    function = _functions.get(number)
    if function is None:
        return STOPPED
    call = current()
    # Freeing a handle may log too, and is no call: what that raises, ctypes reports.
    return function(*arguments) if call is None else call.ask(function, *arguments)


def _tell(*arguments: Any) -> Any:
    """The answer of the call's own callable."""
    call = current()
    return STOPPED if call is None or call.tell is None else call.ask(call.tell, *arguments)


def _go_on(answer: Any) -> int:
    return 1 if answer is STOPPED or answer is False else 0


def _fail(error: BaseException) -> None:
    call = current()
    if call is None:
        raise error
    call.fail(error)


def _on_log(level: int, message: bytes, number: int) -> None:
    """Hands a log line on."""
    _ask(number, LogLevel(level), text(message))


def _on_token(reason: int, answer: _abi.TokenHandle, number: int) -> int:
    """Asks the program for a token: a string, or one with the seconds that it is valid for, or None."""
    given = _ask(number, TokenReason(reason))
    if given is STOPPED or given is None:
        return 1
    try:
        token, seconds = (given, None) if isinstance(given, str) else given
        check(lib.nitro_token_set, answer, encoded(token), -1 if seconds is None else int(seconds))
    except BaseException as error:
        _fail(error)
        return 1
    return 0


def _on_progress(status: _abi.StatusHandle, number: int) -> int:
    """Tells how far a wait is."""
    return _go_on(_tell(copied(status)))


def _on_bytes(data: Any, length: int, number: int) -> int:
    """Hands on the next bytes of a result."""
    return _go_on(_tell(ctypes.string_at(data, length)))


def _on_transfer(file: int, files: int, done: int, total: int, number: int) -> int:
    """Tells how far a download is."""
    return _go_on(_tell(Transfer(file, files, done, None if total < 0 else total)))


def _on_upload(sent: int, total: int, number: int) -> int:
    """Tells how far an upload is."""
    return _go_on(_tell(Upload(sent, total)))


def _on_run(
    phase: int, done: int, total: int, ticket: Optional[bytes], status: _abi.StatusHandle, number: int
) -> int:
    """Tells how far a run is."""
    progress = RunProgress(
        RunPhase(phase), done, None if total < 0 else total, optional_text(ticket), copied(status) if status else None
    )
    return _go_on(_tell(progress))


def _on_read(buffer: Any, capacity: int, number: int) -> int:
    """Takes the next bytes of a document from the program's reader."""
    given = _ask(number, capacity)
    if given is STOPPED or given is False:
        return -1
    try:
        data = bytes(given) if isinstance(given, (bytes, bytearray, memoryview)) else None
        if data is None:
            raise TypeError(f"a reader gives bytes, not {type(given).__name__}")
        if len(data) > capacity:
            raise ValueError(f"a reader gave {len(data)} bytes where {capacity} were asked for")
    except BaseException as error:
        _fail(error)
        return -1
    ctypes.memmove(buffer, data, len(data))
    return len(data)


def encoded(value: Any) -> bytes:
    """A string as the library takes it. It would end at a NUL, so there may be none."""
    if not isinstance(value, str):
        raise TypeError(f"a str is needed, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("a NUL character cannot be passed on")
    return value.encode("utf-8")


def passed(tell: Optional[Callable[..., Any]], callback: Any) -> Tuple[Any, None]:
    """The two arguments of a call's own callback: the function that C calls, NULL for nothing, and no number."""
    return (type(callback)() if tell is None else callback, None)


# What C is given.
on_log = _abi.LogFunction(_on_log)
on_token = _abi.TokenFunction(_on_token)
on_progress = _abi.ProgressFunction(_on_progress)
on_bytes = _abi.SinkFunction(_on_bytes)
on_transfer = _abi.TransferFunction(_on_transfer)
on_upload = _abi.UploadFunction(_on_upload)
on_run = _abi.RunFunction(_on_run)
on_read = _abi.ReadFunction(_on_read)
