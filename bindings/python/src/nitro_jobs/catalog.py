"""The documented operations of the service."""

from __future__ import annotations

import json
from typing import Any, Dict, List

from ._library import lib, text


def catalog() -> List[Dict[str, Any]]:
    """The operations of the service, for programs that offer them: one mapping for each operation.

    Each has "name", "title", "description", "endpoint" and "method" (for :class:`Submission`), "documents", "result" and
    "params". A parameter has "name", "type", "required" and "description", and JSON Schema keywords for its
    values. Do not display the value of a parameter with "format" "password". Ignore unknown keys. Threads: any.
    """
    operations: List[Dict[str, Any]] = json.loads(text(lib.nitro_catalog_json()))
    return operations
