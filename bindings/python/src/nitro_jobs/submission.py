"""A job to be started: an endpoint, a method, its parameters, and documents."""

from __future__ import annotations

import json
import os
from ctypes import byref
from typing import Any, BinaryIO, Callable, List, Mapping, Optional, TypeVar, Union

from . import _callbacks
from ._abi import SubmissionHandle
from ._callbacks import Registered, encoded
from ._handle import Handle, check
from ._library import lib
from .options import path

Self = TypeVar("Self", bound="Submission")

Reader = Union[BinaryIO, Callable[[int], bytes]]
"""Gives the next bytes of a document: a file that is open for reading, or a callable that is told how many at most."""

JsonObject = Union[str, Mapping[str, Any]]
"""A JSON object: a mapping, or the text of one, which is sent as it is."""


class Submission(Handle):
    """A job to be started. It can be submitted any number of times, unless one of its documents is a reader.

    Threads: one at a time; a second one gets :class:`BusyError`. The ``add`` methods return the submission, so that they
    can be chained; the order of documents counts.
    """

    def __init__(
        self,
        endpoint: str,
        method: str,
        params: Optional[JsonObject] = None,
        *,
        delivery: Optional[JsonObject] = None,
        presigned_upload: bool = False,
    ) -> None:
        """A submission without documents.

        ``endpoint`` is "conversions", "extractions", "transformations" or "generations"; ``method`` is for example
        "convert" or "merge". ``delivery`` says where the service is to deliver the result and whom to call back.
        ``presigned_upload`` sends the documents to storage first, which the service does not document.
        """
        handle = SubmissionHandle()
        check(lib.nitro_submission_new, encoded(endpoint), encoded(method), byref(handle))
        # What C reads when the submission is sent: bytes in memory, and callables.
        self._keep: List[Any] = []
        self._own(handle, lib.nitro_submission_free, keep=self._keep, exclusive=True)
        if params is not None:
            self._fill(lib.nitro_submission_set_params_json, _json(params))
        if delivery is not None:
            self._fill(lib.nitro_submission_set_delivery_json, _json(delivery))
        if presigned_upload:
            self._fill(lib.nitro_submission_set_presigned_upload, 1)

    def add_file(self: Self, file: Union[str, os.PathLike[str]], content_type: Optional[str] = None) -> Self:
        """Adds a file, which is opened when it is sent. Its type follows from its name or from how it begins."""
        return self._fill(lib.nitro_submission_add_file, path(file), _optional(content_type))

    def add_bytes(
        self: Self, name: str, data: Union[bytes, bytearray, memoryview], content_type: Optional[str] = None
    ) -> Self:
        """Adds a document in memory under a file name. ``bytes`` are used as they are, anything else is copied."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"bytes are needed, not {type(data).__name__}")
        kept = data if type(data) is bytes else bytes(data)
        self._keep.append(kept)
        given = (encoded(name), _optional(content_type), kept, len(kept))
        return self._fill(lib.nitro_submission_add_bytes, *given)

    def add_reader(self: Self, name: str, length: int, reader: Reader, content_type: Optional[str] = None) -> Self:
        """Adds a document of exactly ``length`` bytes that ``reader`` gives, once, on the thread that submits.

        :class:`FileError` if fewer bytes come; what the reader raises reaches the one who submits.
        """
        if not isinstance(length, int):
            raise TypeError(f"a length is a whole number, not {type(length).__name__}")
        if not -(2**63) <= length < 2**63:
            raise ValueError(f"a length cannot be {length}")
        source = Registered(_reading(reader))
        self._keep.append(source)
        given = (encoded(name), _optional(content_type), length, _callbacks.on_read, source.number)
        return self._fill(lib.nitro_submission_add_reader, *given)

    def add_url(self: Self, url: str, content_type: str) -> Self:
        """Adds a document that the service fetches from an address itself."""
        return self._fill(lib.nitro_submission_add_url, encoded(url), encoded(content_type))

    def check(self: Self) -> Self:
        """Holds the submission against the catalogue; :class:`ArgumentError` names the parameter, never its value.

        What the catalogue does not know passes. No file is opened and nobody is asked; submitting does not ask for this.
        """
        return self._fill(lib.nitro_submission_check)

    def _fill(self: Self, function: Callable[..., Any], *arguments: Any) -> Self:
        with self._owned.use() as submission:
            check(function, submission, *arguments)
        return self


def _json(value: JsonObject) -> bytes:
    return encoded(value if isinstance(value, str) else json.dumps(dict(value)))


def _optional(value: Optional[str]) -> Optional[bytes]:
    return None if value is None else encoded(value)


def _reading(reader: Reader) -> Callable[[int], bytes]:
    read = getattr(reader, "read", reader)
    if not callable(read):
        raise TypeError(f"a reader or a callable is needed, not {type(reader).__name__}")
    return read
