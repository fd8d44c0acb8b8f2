"""How a declared request travels: the declaration read in both directions.

`encode` turns a typed request into query and body; `parse` turns what arrived into a typed
request. TikTok ignores fields that it doesn't know and does not convert types inside JSON, so
`parse` is strict about types and silent about extras.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ValidationError

from . import parts
from .encodable import first_problem
from .model import ARRIVED, AT_TIKTOK, In, problems_of, refused_nulls, without_refused_nulls
from .operation import Operation, Page

JSON_TYPE = "application/json; charset=UTF-8"
FORM_TYPE = "application/x-www-form-urlencoded"
_NUL = b"\\u0000"
"""As it stands in JSON, where no other way to write it is allowed."""
_KEPT_LENGTH = 1_024
"""Longer queries are written anew each time: what is kept of them must stay small."""
MAX_PAIRS = 1_000
"""More pairs than this in a query or form are refused unread."""


class Malformed(Exception):
    """The request doesn't fit its declaration. `problems` are (path, reason) pairs."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{path}: {why}" if path else why for path, why in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as it travels, without address and credentials."""

    query: str
    body: bytes | None
    content_type: str | None


@dataclass(frozen=True, slots=True)
class _Plan:
    model: type[BaseModel]
    query: frozenset[str]
    body: frozenset[str]
    required: frozenset[str]
    or_body: frozenset[str]
    """Of the query, what the body may hold instead."""


@cache
def _plan(operation: Operation[..., Any] | Page) -> _Plan:
    model = operation.request
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"{operation.id} declares a request that is no model")
    marks = {
        name: mark
        for name, info in model.model_fields.items()
        for mark in info.metadata
        if isinstance(mark, In)
    }
    bodiless = isinstance(operation, Page) or operation.method in ("GET", "PUT")
    query = frozenset(model.model_fields) if bodiless else frozenset(marks)
    both = frozenset() if bodiless else frozenset(n for n, mark in marks.items() if mark.and_body)
    return _Plan(
        model,
        query,
        frozenset(model.model_fields) - query | both,
        frozenset(name for name, mark in marks.items() if mark.required),
        frozenset(name for name, mark in marks.items() if mark.or_body),
    )


def encode(operation: Operation[..., Any] | Page, request: BaseModel) -> Wire:
    """Query string and body of a request; fields that are None are left out."""
    plan = _plan(operation)
    multipart = isinstance(operation, Operation) and operation.multipart
    dumped = request.model_dump(mode="python" if multipart else "json", exclude_none=True)
    pairs = tuple((k, _text(v)) for k, v in dumped.items() if k in plan.query)
    kept = plan.body and sum(len(text) for _, text in pairs) <= _KEPT_LENGTH
    query = _query(pairs) if kept else urlencode(pairs)
    if not plan.body:
        posted = isinstance(operation, Operation) and operation.method == "POST"
        return Wire(query, b"{}", JSON_TYPE) if posted else Wire(query, None, None)
    body = {k: v for k, v in dumped.items() if k in plan.body}
    if isinstance(operation, Operation) and operation.form:
        return Wire(query, urlencode(body).encode(), FORM_TYPE)
    if multipart:
        return Wire(query, *parts.join(body))
    return Wire(query, json.dumps(body, ensure_ascii=False).encode(), JSON_TYPE)


@lru_cache(maxsize=1_024)
def _query(pairs: tuple[tuple[str, str], ...]) -> str:
    """The query of a request that has a body: kept for the reason that `_members` gives."""
    return urlencode(pairs)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def parse(
    operation: Operation[..., Any] | Page,
    query: str,
    body: bytes = b"",
    *,
    at_tiktok: bool = False,
) -> Any:
    """The typed request in what arrived, or `Malformed`.

    `at_tiktok`: the reader judges unknown values of a declared choice itself, as TikTok does.
    """
    plan = _plan(operation)
    marks = frozenset({AT_TIKTOK} if at_tiktok else ())
    try:
        if not plan.body:
            raw = _required(plan, dict(_pairs(query)))
            return plan.model.model_validate_strings(_encodable(raw), extra="ignore", context=marks)
        if isinstance(operation, Operation) and operation.form:
            raw = _required(plan, dict(_pairs(query)))
            pairs = _pairs(body.decode())
            given = {name: text for name, text in pairs if name in plan.model.model_fields}
            return plan.model.model_validate_strings(
                raw | _encodable(given), extra="ignore", context=marks
            )
        if isinstance(operation, Operation) and operation.multipart:
            sent = _required(plan, dict(_pairs(query))) | _known(parts.split(body), plan.body)
            return plan.model.model_validate(_encodable(sent), extra="ignore", context=marks)
        return _parse_json(operation, plan, query, body, marks | {ARRIVED})
    except ValidationError as error:
        raise Malformed(problems_of(error)) from None
    except (ValueError, RecursionError):
        raise Malformed((("", "the request could not be read"),)) from None


def _parse_json(
    operation: Operation[..., Any] | Page,
    plan: _Plan,
    query: str,
    body: bytes,
    marks: frozenset[str],
) -> Any:
    members = _members(operation, query)
    spliced = _spliced(body, members, len(plan.query))
    if spliced is not None and _NUL not in spliced:
        try:
            return plan.model.model_validate_json(
                spliced, strict=True, extra="ignore", context=marks
            )
        except ValidationError as error:
            # Python's own parser below reads more (UTF-16, say), and null may count as absent.
            unread = error.errors(include_url=False, include_input=False)[0]["type"]
            if unread != "json_invalid" and not refused_nulls(error):
                raise
    sent = json.loads(body) if body.strip() else {}
    if not isinstance(sent, dict):
        raise Malformed((("", "the body is not a JSON object"),))
    merged = _known(sent, plan.body | plan.or_body) | dict(members.raw)
    _complete(plan, merged)
    try:
        return _validated(plan, merged, marks)
    except ValidationError as error:
        fewer = without_refused_nulls(merged, error)
        if fewer is None:
            raise
    return _validated(plan, fewer, marks)


def _validated(plan: _Plan, merged: dict[str, Any], marks: frozenset[str]) -> Any:
    return plan.model.model_validate_json(
        json.dumps(_encodable(merged)), strict=True, extra="ignore", context=marks
    )


def _spliced(body: bytes, members: _Members, names: int) -> bytes | None:
    """The body's object with the query's members put last, where the last of two names counts.

    Only when every query field is there: else one of its name in the body would count.
    """
    text = body.strip() or b"{}"
    if len(members.raw) != names or not (text.startswith(b"{") and text.endswith(b"}")):
        return None
    if not names:
        return text
    head = text[:-1].rstrip()
    return b"%b%b%b}" % (head, b"" if head == b"{" else b",", members.json)


@dataclass(frozen=True, slots=True)
class _Members:
    """What a query says, as pairs and as the members of a JSON object."""

    raw: tuple[tuple[str, str], ...]
    json: bytes


@lru_cache(maxsize=1_024)
def _members(operation: Operation[..., Any] | Page, query: str) -> _Members:
    """Kept, since such queries name fields: they repeat from call to call and hold no secret."""
    raw = _required(_plan(operation), dict(_pairs(query)))
    return _Members(tuple(raw.items()), json.dumps(raw)[1:-1].encode())


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PAIRS)


def _required(plan: _Plan, sent: dict[str, str]) -> dict[str, str]:
    """The query fields that were sent; `Malformed` without those that must be there."""
    raw = {name: value for name, value in sent.items() if name in plan.query}
    _complete(plan, raw, besides=plan.or_body)
    return raw


def _complete(plan: _Plan, given: Mapping[str, Any], besides: frozenset[str] = frozenset()) -> None:
    missing = plan.required - besides - given.keys()
    if missing:
        raise Malformed(tuple((name, "is missing") for name in sorted(missing)))


def _encodable(given: dict[str, Any]) -> dict[str, Any]:
    """`given` itself; `Malformed` where a text in it can't be kept or sent."""
    problem = first_problem(given)
    if problem is not None:
        raise Malformed((problem,))
    return given


def _known(sent: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {k: v for k, v in sent.items() if k in names}
