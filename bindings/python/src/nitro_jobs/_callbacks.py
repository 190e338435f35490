"""The functions that C calls. They are created once and never freed, so that C never has a dangling pointer.

The callback of a single call is looked up through the current call of the thread. That of a client or a submission, which
lives longer, is looked up by a number, which is its ``user_data``. The program gets copies of borrowed values.
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
from .status import from_borrowed

_functions: Dict[int, Callable[..., Any]] = {}
_numbers = itertools.count(1)


class Registered:
    """Registers a callable of the program for the lifetime of this object."""

    def __init__(self, function: Callable[..., Any]) -> None:
        """Assigns a number to the callable."""
        self.number = next(_numbers)
        self._registry = _functions
        _functions[self.number] = function

    def __del__(self) -> None:
        self._registry.pop(self.number, None)


def _invoke_registered(number: int, *arguments: Any) -> Any:
    """Calls a registered callable on the thread that made the call, and returns its value."""
    function = _functions.get(number)
    if function is None:
        return STOPPED
    call = current()
    # Freeing a handle may also log, outside of any call: ctypes reports what the callable raises then.
    return function(*arguments) if call is None else call.invoke(function, *arguments)


def _invoke(*arguments: Any) -> Any:
    """Calls the callback of the current call, and returns its value."""
    call = current()
    return STOPPED if call is None or call.callback is None else call.invoke(call.callback, *arguments)


def _stop_code(value: Any) -> int:
    return 1 if value is STOPPED or value is False else 0


def _fail(error: BaseException) -> None:
    call = current()
    if call is None:
        raise error
    call.fail(error)


def _on_log(level: int, message: bytes, number: int) -> None:
    """Passes on a log line."""
    _invoke_registered(number, LogLevel(level), text(message))


def _on_token(reason: int, output: _abi.TokenHandle, number: int) -> int:
    """Requests a token from the program: a string, a string with its lifetime in seconds, or None."""
    given = _invoke_registered(number, TokenReason(reason))
    if given is STOPPED or given is None:
        return 1
    try:
        token, seconds = (given, None) if isinstance(given, str) else given
        check(lib.nitro_token_set, output, encoded(token), -1 if seconds is None else int(seconds))
    except BaseException as error:
        _fail(error)
        return 1
    return 0


def _on_progress(status: _abi.StatusHandle, number: int) -> int:
    """Reports the progress of a wait."""
    return _stop_code(_invoke(from_borrowed(status)))


def _on_bytes(data: Any, length: int, number: int) -> int:
    """Passes on the next bytes of a result."""
    return _stop_code(_invoke(ctypes.string_at(data, length)))


def _on_transfer(file: int, files: int, done: int, total: int, number: int) -> int:
    """Reports the progress of a download."""
    return _stop_code(_invoke(Transfer(file, files, done, None if total < 0 else total)))


def _on_upload(sent: int, total: int, number: int) -> int:
    """Reports the progress of an upload."""
    return _stop_code(_invoke(Upload(sent, total)))


def _on_run(
    phase: int, done: int, total: int, ticket: Optional[bytes], status: _abi.StatusHandle, number: int
) -> int:
    """Reports the progress of a run."""
    progress = RunProgress(
        RunPhase(phase), done, None if total < 0 else total, optional_text(ticket), from_borrowed(status) if status else None
    )
    return _stop_code(_invoke(progress))


def _on_read(buffer: Any, capacity: int, number: int) -> int:
    """Reads the next bytes of a document from the program's reader."""
    given = _invoke_registered(number, capacity)
    if given is STOPPED or given is False:
        return -1
    try:
        data = bytes(given) if isinstance(given, (bytes, bytearray, memoryview)) else None
        if data is None:
            raise TypeError(f"a reader must return bytes, not {type(given).__name__}")
        if len(data) > capacity:
            raise ValueError(f"a reader returned {len(data)} bytes, more than the {capacity} requested")
    except BaseException as error:
        _fail(error)
        return -1
    ctypes.memmove(buffer, data, len(data))
    return len(data)


def encoded(value: Any) -> bytes:
    """A string as the library takes it. C would truncate it at a NUL, so it must not contain one."""
    if not isinstance(value, str):
        raise TypeError(f"a str is needed, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("a string must not contain a NUL character")
    return value.encode("utf-8")


def c_callback(callback: Optional[Callable[..., Any]], function: Any) -> Tuple[Any, None]:
    """The two C arguments for the callback of a call: the C function, or NULL without a callback, and no ``user_data``."""
    return (type(function)() if callback is None else function, None)


# The C function pointers.
on_log = _abi.LogFunction(_on_log)
on_token = _abi.TokenFunction(_on_token)
on_progress = _abi.ProgressFunction(_on_progress)
on_bytes = _abi.SinkFunction(_on_bytes)
on_transfer = _abi.TransferFunction(_on_transfer)
on_upload = _abi.UploadFunction(_on_upload)
on_run = _abi.RunFunction(_on_run)
on_read = _abi.ReadFunction(_on_read)
