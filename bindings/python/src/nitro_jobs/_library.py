"""Finds and loads the shared library, and declares the types of its functions."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from typing import List, Optional

from . import _abi

# The version of the header that the declarations match. An older library lacks functions.
_HEADER_VERSION = 1000
_ABI_NUMBER = 0


def _file_name() -> str:
    if sys.platform == "win32":
        return "nitro_jobs.dll"
    return "libnitro_jobs.dylib" if sys.platform == "darwin" else "libnitro_jobs.so"


def _candidates() -> List[str]:
    """The library of the wheel, otherwise the system's: a packager may install the package without the library."""
    bundled = os.path.join(os.path.dirname(os.path.abspath(__file__)), _file_name())
    if os.path.exists(bundled):
        return [bundled]
    found = ctypes.util.find_library("nitro_jobs")
    return [name for name in (f"{_file_name()}.{_ABI_NUMBER}", found) if name is not None]


def _load() -> ctypes.CDLL:
    reasons = []
    for candidate in _candidates():
        try:
            library = ctypes.CDLL(candidate)
        except OSError as error:
            reasons.append(str(error))
            continue
        for name, (result, *arguments) in _abi.FUNCTIONS.items():
            try:
                function = getattr(library, name)
            except AttributeError:
                raise ImportError(f"{candidate} has no {name}: it is older than this package") from None
            function.restype = result
            function.argtypes = arguments
        number = library.nitro_version_number()
        if number < _HEADER_VERSION:
            raise ImportError(f"{candidate} is version {number}, older than this package needs ({_HEADER_VERSION})")
        return library
    raise ImportError("the nitro_jobs library was not found: " + "; ".join(reasons))


lib = _load()
"""The library. Never unloaded."""


def text(borrowed: object) -> str:
    """The text of a borrowed string that is never NULL."""
    return borrowed.decode("utf-8") if isinstance(borrowed, bytes) else ""


def optional_text(borrowed: object) -> Optional[str]:
    """The text of a borrowed string that may be NULL."""
    return borrowed.decode("utf-8") if isinstance(borrowed, bytes) else None


def take_string(owned: _abi.OwnedString) -> Optional[str]:
    """The text of an owned string of the library, which is freed."""
    if not owned:
        return None
    try:
        return ctypes.string_at(owned).decode("utf-8")
    finally:
        lib.nitro_string_free(owned)
