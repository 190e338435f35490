"""Typed views of extracted data. Each keeps unknown fields in ``extra``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

from .constants import Code
from .errors import UnexpectedResultError

Cell = Union[str, int, float, bool, None]
"""A cell of a table."""


class BoundingBox(NamedTuple):
    """An area of a page, in points from its top left corner."""

    x: float
    """The distance from the left edge."""
    y: float
    """The distance from the top edge."""
    width: float
    """The width."""
    height: float
    """The height."""


@dataclass(frozen=True)
class TextBox:
    """The older format of text boxes: one location where a text was found."""

    id: str
    """Identifies the text box."""
    text: str
    """The text that was found."""
    text_piece: Optional[str]
    """The part of it at this location."""
    page_index: Optional[int]
    """The page, counted from 0."""
    bounding_box: Optional[BoundingBox]
    """The area on the page."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class TextBoxPiece:
    """A part of a match, and its location."""

    page_index: Optional[int]
    """The page, counted from 0."""
    bounding_box: Optional[BoundingBox]
    """The area on the page."""
    text_piece: str
    """The part of the text at this location."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class TextBoxGroup:
    """The match of one group of the regular expression."""

    index: Optional[int]
    """The group's number."""
    text: str
    """The text that it matched."""
    boxes: List[TextBoxPiece]
    """Its locations."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class TextBoxMatch:
    """A match of a query."""

    matched_text: str
    """The text that matched."""
    boxes: List[TextBoxPiece]
    """Its locations."""
    groups: List[TextBoxGroup]
    """The matches of the groups of the regular expression."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class TextQuery:
    """The query."""

    text: str
    """The text or the regular expression."""
    is_regex: bool
    """Whether it is a regular expression."""
    regex_flags: List[str]
    """The regular expression's flags."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class TextBoxQuery:
    """The newer format of text boxes: one query and all its matches."""

    query: TextQuery
    """The query."""
    matches: List[TextBoxMatch]
    """The matches; empty if there are none."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class PiiBox:
    """A location of personal data."""

    id: str
    """Identifies the box."""
    text: str
    """The personal data."""
    text_piece: Optional[str]
    """The part of it at this location."""
    page_index: Optional[int]
    """The page, counted from 0."""
    bounding_box: Optional[BoundingBox]
    """The area on the page."""
    pii_type: str
    """The type of personal data as the service names it, such as ``ADDRESS``."""
    confidence: Optional[float]
    """The confidence of the recognition."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class Table:
    """A table of a document."""

    id: str
    """Identifies the table."""
    page_indices: List[int]
    """The pages of the table, counted from 0."""
    title: str
    """Its title."""
    cells: List[List[Cell]]
    """Its cells, row by row."""
    footers: List[str]
    """The text below the table."""
    confidences: List[List[float]]
    """The confidence of the recognition of each cell."""
    average_confidence: Optional[float]
    """The average confidence."""
    header_cells: List[Tuple[int, int]]
    """Row and column of each header cell, as the service counts them."""
    summary_cells: List[Tuple[int, int]]
    """Row and column of each summary cell, as the service counts them."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields of the table and of its data that this version does not know."""


@dataclass(frozen=True)
class FormField:
    """A field of a form: recognised in a document, or read from its fillable form. The two sources set different fields."""

    name: str
    """The field's name."""
    value: str
    """The field's value."""
    confidence: Optional[float]
    """The confidence of the recognition, from 0 to 100."""
    page_index: Optional[int]
    """The page, counted from 0."""
    field_type: Optional[str]
    """The type of the field as the service names it, such as ``TextBox`` or ``CheckBox``."""
    bounding_box: Optional[BoundingBox]
    """The area on the page."""
    choices: Optional[List[str]]
    """The options of a choice field."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


@dataclass(frozen=True)
class Properties:
    """A document's properties."""

    title: Optional[str]
    """The title."""
    author: Optional[str]
    """The author."""
    subject: Optional[str]
    """The subject."""
    keywords: Optional[str]
    """The keywords."""
    creator: Optional[str]
    """The program that created the original document."""
    producer: Optional[str]
    """The program that made the PDF."""
    creation_date: Optional[str]
    """When it was created, in PDF date format."""
    mod_date: Optional[str]
    """When it was last changed, in PDF date format."""
    trapped: Optional[str]
    """Whether colours are trapped, as the PDF states it."""
    extra: Dict[str, Any] = field(default_factory=dict)
    """Fields that this version does not know."""


def tables(value: Any) -> List[Table]:
    """The tables of a result."""
    return [_table(each) for each in _items(value, "tables")]


def text_boxes(value: Any) -> List[Union[TextBox, TextBoxQuery]]:
    """The text boxes of a result."""
    return [_query(each) if "query" in each else _text_box(each) for each in _items(value, "textBoxes")]


def pii_boxes(value: Any) -> List[PiiBox]:
    """The boxes of personal data of a result."""
    return [_pii_box(each) for each in _items(value, "PIIBoxes")]


def form_fields(value: Any) -> List[FormField]:
    """The fields of a form, under either key."""
    return [_form_field(each) for each in _items(value, "formFields" if "formFields" in value else "fields")]


def properties(value: Any) -> Properties:
    """The properties of a document."""
    rest = _rest(value)
    return Properties(
        rest.pop("title", None),
        rest.pop("author", None),
        rest.pop("subject", None),
        rest.pop("keywords", None),
        rest.pop("creator", None),
        rest.pop("producer", None),
        rest.pop("creationDate", None),
        rest.pop("modDate", None),
        rest.pop("trapped", None),
        rest,
    )


def _rest(value: Any) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise UnexpectedResultError(f"expected an object, not {value!r:.80}", Code.UNEXPECTED_RESULT)
    return dict(value)


def _items(value: Any, key: str) -> List[Dict[str, Any]]:
    items = _rest(value).get(key) or []
    if not isinstance(items, list):
        raise UnexpectedResultError(f"{key} is not a list", Code.UNEXPECTED_RESULT)
    return [_rest(item) for item in items]


def _box(rest: Dict[str, Any]) -> Optional[BoundingBox]:
    numbers = rest.pop("boundingBox", None)
    if numbers is None:
        return None
    if not isinstance(numbers, list) or len(numbers) != 4:
        raise UnexpectedResultError(f"a bounding box must be four numbers, not {numbers!r:.80}", Code.UNEXPECTED_RESULT)
    return BoundingBox(*numbers)


def _text_box(rest: Dict[str, Any]) -> TextBox:
    return TextBox(
        rest.pop("ID", None) or "",
        rest.pop("text", None) or "",
        rest.pop("textPiece", None),
        rest.pop("pageIndex", None),
        _box(rest),
        rest,
    )


def _query(rest: Dict[str, Any]) -> TextBoxQuery:
    fields = _rest(rest.pop("query") or {})
    query = TextQuery(
        fields.pop("text", None) or "", bool(fields.pop("isRegex", False)), fields.pop("regexFlags", None) or [], fields
    )
    return TextBoxQuery(query, [_match(each) for each in _pop_items(rest, "matches")], rest)


def _match(rest: Dict[str, Any]) -> TextBoxMatch:
    return TextBoxMatch(
        rest.pop("matchedText", None) or "",
        [_piece(each) for each in _pop_items(rest, "boxes")],
        [_group(each) for each in _pop_items(rest, "groups")],
        rest,
    )


def _group(rest: Dict[str, Any]) -> TextBoxGroup:
    boxes = [_piece(each) for each in _pop_items(rest, "boxes")]
    return TextBoxGroup(rest.pop("index", None), rest.pop("text", None) or "", boxes, rest)


def _piece(rest: Dict[str, Any]) -> TextBoxPiece:
    return TextBoxPiece(rest.pop("pageIndex", None), _box(rest), rest.pop("textPiece", None) or "", rest)


def _pop_items(rest: Dict[str, Any], key: str) -> List[Dict[str, Any]]:
    items = _items(rest, key)
    rest.pop(key, None)
    return items


def _pii_box(rest: Dict[str, Any]) -> PiiBox:
    return PiiBox(
        rest.pop("ID", None) or "",
        rest.pop("text", None) or "",
        rest.pop("textPiece", None),
        rest.pop("pageIndex", None),
        _box(rest),
        rest.pop("PIIType", None) or "",
        rest.pop("confidence", None),
        rest,
    )


def _table(rest: Dict[str, Any]) -> Table:
    data = _rest(rest.pop("tableData", None) or {})
    return Table(
        rest.pop("ID", None) or "",
        rest.pop("pageIndices", None) or [],
        data.pop("title", None) or "",
        data.pop("cells", None) or [],
        data.pop("footers", None) or [],
        data.pop("confidences", None) or [],
        data.pop("averageConfidence", None),
        [(row, column) for row, column in data.pop("headerCells", None) or []],
        [(row, column) for row, column in data.pop("summaryCells", None) or []],
        {**rest, **data},
    )


def _form_field(rest: Dict[str, Any]) -> FormField:
    return FormField(
        rest.pop("name", None) or "",
        rest.pop("value", None) or "",
        rest.pop("confidence", None),
        rest.pop("pageIndex", None),
        rest.pop("fieldType", None),
        _box(rest),
        rest.pop("choices", None),
        rest,
    )
