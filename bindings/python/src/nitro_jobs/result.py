"""The result of a job: files, or the data extracted from a document."""

from __future__ import annotations

import json
from ctypes import byref
from dataclasses import dataclass, field
from typing import Any, List, Optional, Union

from . import shapes
from ._abi import OwnedString, ResultHandle
from ._handle import Handle, check
from ._library import lib, optional_text, take_string, text
from .constants import Code, ResultKind
from .errors import UnexpectedResultError
from .shapes import FormField, PiiBox, Properties, Table, TextBox, TextBoxQuery


@dataclass(frozen=True)
class File:
    """A file of a result, as the service describes it."""

    url: Optional[str] = field(repr=False)
    """Its URL, valid for a limited time; ``None`` if the file was delivered elsewhere. A secret: it grants access."""
    content_type: Optional[str]
    """Its media type."""
    size: Optional[int]
    """Its size in bytes as the service states it."""
    pages: Optional[int]
    """Its number of pages as the service states it."""


class Result(Handle):
    """The result of a completed job, in memory. Only what is accessed is copied and parsed. Threads: any number at once.

    :attr:`json` and :attr:`value_json` are the text exactly as received, :attr:`value` is parsed; the other views are
    dataclasses, and raise :class:`UnexpectedResultError` where the result is of another kind.
    """

    def __init__(self, handle: ResultHandle) -> None:
        """Internal: use :meth:`Job.result`."""
        self._own(handle, lib.nitro_result_free)

    @property
    def kind(self) -> ResultKind:
        """The kind of the result."""
        with self._owned.use() as result:
            return ResultKind(lib.nitro_result_kind(result))

    @property
    def files(self) -> List[File]:
        """The files; empty if the result is not a file."""
        with self._owned.use() as result:
            return [_file(result, index) for index in range(lib.nitro_result_file_count(result))]

    @property
    def text(self) -> str:
        """The extracted text, without the NUL characters of the document."""
        with self._owned.use() as result:
            borrowed = lib.nitro_result_text(result, None)
        if borrowed is None:
            raise self._unexpected("a text")
        return text(borrowed)

    @property
    def json(self) -> str:
        """The whole response body exactly as received."""
        with self._owned.use() as result:
            return text(lib.nitro_result_json(result, None))

    @property
    def value_json(self) -> str:
        """Only the result, without the rest of the response, as JSON exactly as received."""
        value = OwnedString()
        with self._owned.use() as result:
            check(lib.nitro_result_value_json, result, byref(value), None)
        return take_string(value) or ""

    @property
    def data(self) -> Any:
        """The whole response body, parsed."""
        return json.loads(self.json)

    @property
    def value(self) -> Any:
        """Only the result, parsed."""
        return json.loads(self.value_json)

    @property
    def tables(self) -> List[Table]:
        """The tables."""
        return shapes.tables(self._value_of(ResultKind.TABLES))

    @property
    def text_boxes(self) -> List[Union[TextBox, TextBoxQuery]]:
        """Where the text was found, in either of the two formats that the service is known to send."""
        return shapes.text_boxes(self._value_of(ResultKind.TEXT_BOXES))

    @property
    def pii_boxes(self) -> List[PiiBox]:
        """Where personal data was found."""
        return shapes.pii_boxes(self._value_of(ResultKind.PII_BOXES))

    @property
    def properties(self) -> Properties:
        """The document's properties."""
        return shapes.properties(self._value_of(ResultKind.PROPERTIES))

    @property
    def form_fields(self) -> List[FormField]:
        """The fields, of a form's contents or of a fillable form."""
        return shapes.form_fields(self._value_of(ResultKind.FORM, ResultKind.FORM_FIELDS))

    def _value_of(self, *kinds: ResultKind) -> Any:
        if self.kind not in kinds:
            raise self._unexpected(" or ".join(kind.name for kind in kinds))
        return self.value

    def _unexpected(self, wanted: str) -> UnexpectedResultError:
        return UnexpectedResultError(f"the result is {self.kind.name}, not {wanted}", Code.UNEXPECTED_RESULT)

    def __repr__(self) -> str:
        # Without the content: it has text of documents, and URLs that grant access.
        return "<Result closed>" if self.closed else f"<Result {self.kind.name}>"


def _file(result: ResultHandle, index: int) -> File:
    size = lib.nitro_result_file_size(result, index)
    pages = lib.nitro_result_file_pages(result, index)
    return File(
        optional_text(lib.nitro_result_file_url(result, index)),
        optional_text(lib.nitro_result_file_content_type(result, index)),
        None if size < 0 else size,
        None if pages < 0 else pages,
    )
