"""The request that starts a job: an endpoint, a method, its parameters, and documents."""

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
"""Returns the next bytes of a document: a file that is open for reading, or a callable that gets the maximum number."""

JsonObject = Union[str, Mapping[str, Any]]
"""A JSON object: a mapping, or the text of one, which is sent as it is."""


class Submission(Handle):
    """The request that starts a job. It can be submitted any number of times, unless one of its documents is a reader.

    Threads: one at a time; a second thread gets :class:`BusyError`. The ``add`` methods return the submission, so that they
    can be chained; the order of documents is significant.
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
        """Makes a submission without documents.

        ``endpoint`` is "conversions", "extractions", "transformations" or "generations"; ``method`` is for example
        "convert" or "merge". ``delivery`` is where the service delivers the result and which URL it calls back.
        ``presigned_upload`` uploads the documents to storage first, which the service does not document.
        """
        handle = SubmissionHandle()
        check(lib.nitro_submission_new, encoded(endpoint), encoded(method), byref(handle))
        # Bytes and callables that C reads when the submission is sent.
        self._keep: List[Any] = []
        self._own(handle, lib.nitro_submission_free, keep=self._keep, exclusive=True)
        if params is not None:
            self._fill(lib.nitro_submission_set_params_json, _json(params))
        if delivery is not None:
            self._fill(lib.nitro_submission_set_delivery_json, _json(delivery))
        if presigned_upload:
            self._fill(lib.nitro_submission_set_presigned_upload, 1)

    def add_file(self: Self, file: Union[str, os.PathLike[str]], content_type: Optional[str] = None) -> Self:
        """Adds a file, which is opened when it is sent. Its type is derived from its name or its first bytes."""
        return self._fill(lib.nitro_submission_add_file, path(file), _optional(content_type))

    def add_bytes(
        self: Self, name: str, data: Union[bytes, bytearray, memoryview], content_type: Optional[str] = None
    ) -> Self:
        """Adds a document in memory under a file name. ``bytes`` are not copied, other types are."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"bytes are needed, not {type(data).__name__}")
        kept = data if type(data) is bytes else bytes(data)
        self._keep.append(kept)
        given = (encoded(name), _optional(content_type), kept, len(kept))
        return self._fill(lib.nitro_submission_add_bytes, *given)

    def add_reader(self: Self, name: str, length: int, reader: Reader, content_type: Optional[str] = None) -> Self:
        """Adds a document of exactly ``length`` bytes that ``reader`` returns, once, on the thread that submits.

        Submitting raises :class:`FileError` if the reader returns fewer bytes, and the exceptions of the reader.
        """
        if not isinstance(length, int):
            raise TypeError(f"a length must be an integer, not {type(length).__name__}")
        if not -(2**63) <= length < 2**63:
            raise ValueError(f"a length cannot be {length}")
        source = Registered(_read_function(reader))
        self._keep.append(source)
        given = (encoded(name), _optional(content_type), length, _callbacks.on_read, source.number)
        return self._fill(lib.nitro_submission_add_reader, *given)

    def add_url(self: Self, url: str, content_type: str) -> Self:
        """Adds a document that the service itself downloads from a URL."""
        return self._fill(lib.nitro_submission_add_url, encoded(url), encoded(content_type))

    def check(self: Self) -> Self:
        """Checks the submission against the catalogue; :class:`ArgumentError` names the parameter, never its value.

        Methods that the catalogue does not have pass; parameters that it does not have are rejected here, not by submitting.
        It opens no file and sends nothing; submitting does not require it.
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


def _read_function(reader: Reader) -> Callable[[int], bytes]:
    read = getattr(reader, "read", reader)
    if not callable(read):
        raise TypeError(f"a reader or a callable is needed, not {type(reader).__name__}")
    return read
