"""Recordings of requests and answers that anybody may see.

Everything is left out but what is known to be TikTok's own: names of members, JSON types, values of
declared choices, error codes, and the words of error messages. In the place of each other text
stands what kind of text it was, and of numbers only their size is kept. So a secret, an id, a
person's name or a signed URL is in no recording, whether it was declared or not.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from stagedoor.platform.masking import MASK, masked
from stagedoor.platform.operation import Operation
from stagedoor.platform.products.oauth import LOG_ID

from .drift import WORD, media_type, place_of
from .shapes import Shape, member_shapes, shape_of
from .suite import Outcome

_DIGITS = re.compile(r"\d+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?.{0,10})?")
_MEMBER = re.compile(r"[A-Za-z_.-]{1,64}\d{0,2}")
_PERHAPS_SECRET = re.compile(r"\S*[\d@/=%+]\S*|\S{25,}")
_EXACT_IN_REQUESTS = 1_000_000
"""Numbers of requests up to this one are kept: they are the examples' own, and larger ones ids."""
_TIKTOK = (".tiktok.com", ".tiktokapis.com", ".tiktokcdn.com", ".tiktokcdn-us.com")


def text_kind(text: str) -> str:
    """The placeholder of a text in a recording."""
    if not text:
        return ""
    if _DIGITS.fullmatch(text):
        return f"<{len(text)} digits>"
    if _DAY.fullmatch(text):
        return "<time>" if len(text) > 10 else "<day>"
    if text.startswith(("https://", "http://")):
        host = urlsplit(text).hostname or ""
        return f"<url at {host}>" if f".{host}".endswith(_TIKTOK) else "<url>"
    return "<text>"


def size_of(number: int | float, exact: int = 1) -> int | float:
    """A number beyond `exact` as its first digit and noughts: an id, an amount, a time."""
    if abs(number) <= exact or not math.isfinite(number):
        return number
    whole = str(abs(int(number)))
    size = (-1 if number < 0 else 1) * int(whole[0]) * 10 ** (len(whole) - 1)
    return float(size) if isinstance(number, float) else size


def without_values(shape: Shape | None, raw: Any, exact: int = 1) -> Any:
    """A JSON value of a declared type, as a recording shows it; None: the type isn't declared.

    Numbers up to `exact` are kept.
    """
    if isinstance(raw, dict):
        known, entry = _members(shape), _entry(shape)
        return {
            name if name in known else _member(name): without_values(
                known.get(name, entry), value, exact
            )
            for name, value in raw.items()
        }
    if isinstance(raw, list | tuple):
        item = next((arm.item for arm in _arms(shape) if arm.item is not None), shape)
        return [without_values(item, one, exact) for one in raw]
    if isinstance(raw, str):
        values = shape.values if shape is not None else None
        return raw if values is not None and _is_choice(values, raw) else text_kind(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return size_of(raw, exact)
    return raw


def _is_choice(values: frozenset[Any], text: str) -> bool:
    return text in values or (len(text) <= 64 and WORD.fullmatch(text) is not None)


def _arms(shape: Shape | None) -> tuple[Shape, ...]:
    return () if shape is None else shape.arms


def _members(shape: Shape | None) -> dict[str, Shape]:
    return {
        name: one
        for arm in _arms(shape)
        if arm.model is not None
        for name, one in member_shapes(arm.model).items()
    }


def _entry(shape: Shape | None) -> Shape | None:
    return next((arm.entry for arm in _arms(shape) if arm.entry is not None), None)


def _member(name: str) -> str:
    """The name of a member that isn't declared, unless it may be an id or a secret."""
    return name if _MEMBER.fullmatch(name) and len(name) <= 40 else text_kind(name)


def words_of(message: str) -> str:
    """An error message without what may be somebody's."""
    return _PERHAPS_SECRET.sub(MASK, masked(message))[:300]


@cache
def version_of(operation: Operation[..., Any]) -> str:
    """A digest of what is declared of an operation: it changes with the declaration."""
    request: Any = operation.request
    declared = {
        "method": operation.method,
        "path": operation.path,
        "request": request.model_json_schema(),
        "response": operation.response.model_json_schema(),
        "errors": [[case.http, case.code] for case in operation.errors],
    }
    text = json.dumps(declared, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def recording_of(outcome: Outcome, secrets: Iterable[str]) -> dict[str, Any]:
    """An operation's request and answer as JSON. `secrets` are looked for once more at the end."""
    operation = outcome.operation
    made = {
        "operation": operation.id,
        "recorded": outcome.moment.isoformat(timespec="seconds"),
        "declaration": version_of(operation),
        "request": {
            "method": operation.method,
            "path": operation.path,
            "fields": _request(outcome.request),
        },
        "answer": {
            "status": outcome.received.status,
            "headers": {
                name: _header(name, value, operation)
                for name, value in sorted(outcome.received.headers.items())
            },
            "body": _body(outcome),
        },
    }
    masked_again: dict[str, Any] = _again(
        made, sorted(filter(None, secrets), key=len, reverse=True)
    )
    return masked_again


def _request(request: BaseModel) -> Any:
    given = {name: getattr(request, name) for name in type(request).model_fields}
    files = {name: f"<file of {len(v)} bytes>" for name, v in given.items() if isinstance(v, bytes)}
    dumped = request.model_dump(mode="json", exclude_none=True, exclude=set(files))
    shown = without_values(shape_of(type(request)), dumped, _EXACT_IN_REQUESTS)
    if "fields" in dumped:
        shown["fields"] = dumped["fields"]  # names of members, from the declaration
    return shown | files


def _header(name: str, value: str, operation: Operation[..., Any]) -> str:
    is_log_id = name == operation.protocol.log_id_header and LOG_ID.match(value)
    if is_log_id:
        return value
    if name == "content-type":
        return media_type(value)
    return text_kind(value)


def _body(outcome: Outcome) -> Any:
    operation, body = outcome.operation, outcome.received.body
    try:
        root = json.loads(body)
    except (ValueError, RecursionError):
        return f"<{len(body)} bytes>"
    if not isinstance(root, dict):
        return without_values(None, root)
    place = place_of(operation)
    data = shape_of(operation.response)
    if outcome.problem is None and not place:
        return without_values(data, root)
    return {
        _member(name): without_values(data, value) if name == place else _around(name, value)
        for name, value in root.items()
    }


def _around(name: str, value: Any) -> Any:
    """A member of the envelope: codes, messages and log ids are kept."""
    if isinstance(value, dict):
        return {_member(inner): _around(inner, one) for inner, one in value.items()}
    if name == "code" and isinstance(value, int):
        return value
    if not isinstance(value, str):
        return without_values(None, value)
    if name in ("log_id", "request_id") and LOG_ID.match(value):
        return value
    if name in ("message", "error_description"):
        return words_of(value)
    if name in ("code", "error") and WORD.fullmatch(value):
        return value
    return text_kind(value)


def _again(value: Any, secrets: list[str]) -> Any:
    """The value with each secret masked that got this far."""
    if isinstance(value, dict):
        return {_again(name, secrets): _again(one, secrets) for name, one in value.items()}
    if isinstance(value, list):
        return [_again(one, secrets) for one in value]
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return masked(value)
    return value
