"""The functions that C calls. They are made once and live for ever; the program's callable is found by its number.

``user_data`` is that number, never the address of a Python object, so that nothing can dangle. What the library lends to
a callback is copied before the program sees it.
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


def registered(function: Optional[Callable[..., Any]]) -> Optional[Registered]:
    """The callable under a number; nothing for nothing."""
    if function is None:
        return None
    if not callable(function):
        raise TypeError(f"a callable is needed, not {type(function).__name__}")
    return Registered(function)


def _ask(number: int, *arguments: Any) -> Any:
    """The program's answer, given on the thread that made the call."""
    function = _functions.get(number)
    if function is None:
        return STOPPED
    call = current()
    # Freeing a handle may log too, and is no call: what that raises, ctypes reports.
    return function(*arguments) if call is None else call.ask(function, *arguments)


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
    return _go_on(_ask(number, copied(status)))


def _on_bytes(data: Any, length: int, number: int) -> int:
    """Hands on the next bytes of a result."""
    return _go_on(_ask(number, ctypes.string_at(data, length)))


def _on_transfer(file: int, files: int, done: int, total: int, number: int) -> int:
    """Tells how far a download is."""
    return _go_on(_ask(number, Transfer(file, files, done, None if total < 0 else total)))


def _on_upload(sent: int, total: int, number: int) -> int:
    """Tells how far an upload is."""
    return _go_on(_ask(number, Upload(sent, total)))


def _on_run(
    phase: int, done: int, total: int, ticket: Optional[bytes], status: _abi.StatusHandle, number: int
) -> int:
    """Tells how far a run is."""
    progress = RunProgress(
        RunPhase(phase), done, None if total < 0 else total, optional_text(ticket), copied(status) if status else None
    )
    return _go_on(_ask(number, progress))


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


def passed(function: Optional[Registered], callback: Any) -> Tuple[Any, Optional[int]]:
    """The two arguments of a callback: the function that C calls, NULL for nothing, and the number."""
    return (type(callback)(), None) if function is None else (callback, function.number)


# What C is given.
on_log = _abi.LogFunction(_on_log)
on_token = _abi.TokenFunction(_on_token)
on_progress = _abi.ProgressFunction(_on_progress)
on_bytes = _abi.SinkFunction(_on_bytes)
on_transfer = _abi.TransferFunction(_on_transfer)
on_upload = _abi.UploadFunction(_on_upload)
on_run = _abi.RunFunction(_on_run)
on_read = _abi.ReadFunction(_on_read)
