"""The documented operations of the service."""

from __future__ import annotations

import json
from typing import Any, Dict, List

from ._library import lib, text


def catalog() -> List[Dict[str, Any]]:
    """What the service can do, for a program that offers it: one mapping an operation.

    Each has "name", "title", "description", "endpoint" and "method" (for :class:`Submission`), "documents", "result" and
    "params". A parameter has "name", "type", "required" and "description", and in JSON Schema's words what its values may
    be. One of "format" "password" is not to be shown. Ignore what you do not know. Threads: any.
    """
    operations: List[Dict[str, Any]] = json.loads(text(lib.nitro_catalog_json()))
    return operations
