"""Encodes and parses declared requests, of operations and of pages that a browser opens.

An operation's protocol does the encoding; the parameters of a page are in its query.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from .operation import BrowserPage, Operation
from .protocols import queries
from .protocols.layout import page_layout
from .protocols.protocol import MAX_PAIRS as MAX_PAIRS
from .protocols.protocol import PLAIN, Wire, reading
from .protocols.protocol import Malformed as Malformed


def encode(declared: Operation[..., Any] | BrowserPage, request: BaseModel) -> Wire:
    """Encode a request as query string and body; fields that are None are left out."""
    if isinstance(declared, Operation):
        return declared.protocol.encode(declared, request)
    dumped = request.model_dump(mode="json", exclude_none=True)
    return Wire(queries.encode(page_layout(declared.request), dumped), None, None)


def parse(
    declared: Operation[..., Any] | BrowserPage,
    query: str,
    body: bytes = b"",
    *,
    at_tiktok: bool = False,
) -> Any:
    """Parse a received request into its type. Raises `Malformed`; see `Protocol.parse`."""
    if isinstance(declared, Operation):
        return declared.protocol.parse(declared, query, body, at_tiktok=at_tiktok)
    return reading(queries.parse, page_layout(declared.request), query, PLAIN)
