"""Where an answer differs from its declaration.

A `Drift` holds names, types and words of TikTok's own vocabulary, never a value of somebody's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from stagedoor.platform.errors import OK
from stagedoor.platform.operation import Operation
from stagedoor.platform.protocols.protocol import Note, Problem, UnreadableAnswer

from .shapes import Shape, json_type, member_shapes, members, shape_of


class DriftKind(StrEnum):
    FIELD = "undeclared field"
    MISSING = "missing field"
    TYPE = "other type"
    VALUE = "undeclared value"
    CODE = "undeclared error code"
    STATUS = "other HTTP status"
    HEADER = "header"
    UNREADABLE = "unreadable answer"
    REFUSED = "refused"
    """TikTok refuses what the emulator answers."""
    ANSWERED = "answered"
    """TikTok answers what the emulator refuses."""


@dataclass(frozen=True, slots=True)
class Drift:
    operation: str
    kind: DriftKind
    at: str
    """The place in the answer, such as data.videos[].id, or a header."""
    found: str
    declared: str

    def __str__(self) -> str:
        where = f" at {self.at}" if self.at else ""
        return f"{self.operation}: {self.kind}{where}: {self.found}; declared: {self.declared}"


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it arrived; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Found = tuple[DriftKind, str, str, str]
WORD = re.compile(r"[A-Za-z]+([_ .-][A-Za-z]+)*")
"""A text that may be shown: words without digits, as the values of TikTok's choices are."""
_WATCHED = re.compile(r"x-tt-|x-tiktok|.*rate-?limit")
"""Headers of TikTok's own; those of its content network aren't looked at."""
_MARK = "placeholder"
_LOG_ID = "20260101000000" + "0" * 20


def word(text: str) -> str:
    """A value as the report shows it: in full only if it can hold no id and no secret."""
    return text if len(text) <= 64 and WORD.fullmatch(text) else f"a text of {len(text)}"


def code_of(operation: Operation[..., Any], code: str) -> str:
    """An error code as the report shows it: any other text could hold a value."""
    known = operation.protocol.errors.known(code) is not None
    return code if known or re.fullmatch(r"\d{1,6}", code) else word(code)


def compared(operation: Operation[..., Any], received: Received) -> list[Drift]:
    """Everything in an answer that isn't as declared, each difference once."""
    found = [*_body(operation, received), *_headers(operation, received)]
    return [Drift(operation.id, *one) for one in dict.fromkeys(found)]


def is_bare(operation: Operation[..., Any], received: Received) -> bool:
    """Whether a good answer is a file or plain text, in which nothing is declared."""
    protocol = operation.protocol
    told = received.headers.get("content-type", "")
    bare = protocol.answers_file or protocol.answers_text
    return bare and received.status < 300 and told.startswith(_plain_type(protocol.content_type))


def _body(operation: Operation[..., Any], received: Received) -> Iterator[Found]:
    if is_bare(operation, received):
        return
    protocol = operation.protocol
    try:
        answer = protocol.unwrap(operation, received.status, received.headers, received.body)
    except UnreadableAnswer:
        found = list(_json(operation, received.body, refused=False))
        yield from found
        if not any(kind in (DriftKind.MISSING, DriftKind.TYPE) for kind, *_ in found):
            told = media_type(received.headers.get("content-type", ""))
            shown = f"HTTP {received.status}, {told}"
            yield DriftKind.UNREADABLE, "", shown, "an answer"
        return
    if isinstance(answer, Problem):
        yield from _problem(operation, answer)
    yield from _json(operation, received.body, refused=isinstance(answer, Problem))


def _json(operation: Operation[..., Any], body: bytes, *, refused: bool) -> Iterator[Found]:
    try:
        root = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(root, dict) and not operation.protocol.streams_body:
        yield from _envelope(operation, root, refused)
        if not refused:
            place = place_of(operation)
            data = root.get(place) or {} if place else root
            yield from walk(shape_of(operation.response), data, place)


def _problem(operation: Operation[..., Any], problem: Problem) -> Iterator[Found]:
    protocol = operation.protocol
    if not protocol.names_errors:
        declared = {case.http for case in operation.errors}
        if problem.http not in declared:
            shown = ", ".join(map(str, sorted(declared))) or "none"
            yield DriftKind.STATUS, "", f"HTTP {problem.http}", shown
        return
    known = protocol.errors.known(problem.code)
    if known is None:
        code = code_of(operation, problem.code)
        yield DriftKind.CODE, "", f"{code}, HTTP {problem.http}", "in no table of errors"
        return
    cases = [case for case in operation.errors if case.code in (known.code, "")]
    statuses = {known.http} | {case.http for case in cases}
    if problem.http not in statuses:
        shown = " or ".join(map(str, sorted(statuses)))
        yield DriftKind.STATUS, "", f"HTTP {problem.http} with {known.code}", f"HTTP {shown}"


def _wrapped(operation: Operation[..., Any], refused: bool) -> list[dict[str, Any]]:
    """Answers as the protocol writes them, in each of its variants."""
    protocol = operation.protocol
    code = next(iter(protocol.errors.codes)) if protocol.names_errors else "400"
    made = (
        [protocol.wrap_error(operation, Problem(code, "text", _LOG_ID, 400))]
        if refused
        else [
            protocol.wrap(operation, {_MARK: 1}, _LOG_ID, note)
            for note in (None, Note(states_status=True))
        ]
    )
    if protocol.answers_file or protocol.answers_text:
        made = [protocol.wrap_error(operation, Problem(OK, "text", _LOG_ID, 200))]
    return [json.loads(one.body) for one in made]


def place_of(operation: Operation[..., Any]) -> str:
    """The member of an answer that holds its data; empty: the answer itself."""
    [root, *_] = _wrapped(operation, refused=False)
    return next((n for n, part in root.items() if isinstance(part, dict) and _MARK in part), "")


def _envelope(operation: Operation[..., Any], root: Any, refused: bool) -> Iterator[Found]:
    """The members around the data, against what the protocol itself writes."""
    wrapped = _wrapped(operation, refused)
    place = place_of(operation)
    if not place and not refused:
        return
    yield from _around(wrapped, root, "", place)


def _around(
    wrapped: Iterable[Mapping[str, Any]], root: Mapping[str, Any], at: str, place: str
) -> Iterator[Found]:
    every = [one.keys() for one in wrapped]
    known = {name: value for one in wrapped for name, value in one.items()}
    for name, value in root.items():
        where = f"{at}{name}"
        if name == place or name == "data":
            continue
        if name not in known:
            yield DriftKind.FIELD, where, json_type(value), "nothing"
        elif json_type(value) != json_type(known[name]):
            yield DriftKind.TYPE, where, json_type(value), json_type(known[name])
        elif isinstance(value, dict):
            yield from _around([one.get(name, {}) for one in wrapped], value, f"{where}.", place)
    for name in known:
        needed = all(name in one for one in every) and name not in (place, "data")
        if needed and name not in root:
            yield DriftKind.MISSING, f"{at}{name}", "nothing", json_type(known[name])


def walk(shape: Shape, raw: Any, at: str) -> Iterator[Found]:
    """The differences between a value and its declared type."""
    if shape.kind is Any or (raw is None and shape.takes_null):
        return
    if shape.is_read_specially:
        if not shape.fits(raw):
            yield DriftKind.TYPE, at, json_type(raw), str(shape)
    elif len(shape.arms) > 1:
        yield from _union(shape, raw, at)
    elif shape.arms[0] != shape:
        yield from walk(shape.arms[0], raw, at)
    elif shape.model is not None:
        yield from _object(shape, raw, at)
    elif shape.item is not None:
        if not isinstance(raw, list):
            yield DriftKind.TYPE, at, json_type(raw), "list"
            return
        for one in raw:
            yield from walk(shape.item, one, f"{at}[]")
    elif shape.entry is not None:
        if not isinstance(raw, dict):
            yield DriftKind.TYPE, at, json_type(raw), "object"
            return
        for one in raw.values():
            yield from walk(shape.entry, one, f"{at}.*")
    elif shape.values is not None:
        yield from _choice(shape, raw, at)
    elif not shape.fits(raw):
        yield DriftKind.TYPE, at, json_type(raw), str(shape)


def _choice(shape: Shape, raw: Any, at: str) -> Iterator[Found]:
    values = shape.values or frozenset()
    if json_type(raw) not in {json_type(one) for one in values}:
        yield DriftKind.TYPE, at, json_type(raw), str(shape)
    elif raw not in values:
        yield DriftKind.VALUE, at, word(raw) if isinstance(raw, str) else "a number", str(shape)


def _union(shape: Shape, raw: Any, at: str) -> Iterator[Found]:
    values = shape.values
    if values is not None and json_type(raw) in {json_type(one) for one in values}:
        # `SomeEnum | str`: the declaration takes any text, and knows some
        yield from _choice(shape, raw, at)
        return
    told = [list(walk(arm, raw, at)) for arm in shape.arms if arm.values is None]
    best = min(told, key=len, default=[])
    if best and all(kind is DriftKind.TYPE and place == at for kind, place, _, _ in best):
        best = [(DriftKind.TYPE, at, json_type(raw), str(shape))]
    yield from best


def _object(shape: Shape, raw: Any, at: str) -> Iterator[Found]:
    assert shape.model is not None
    if not isinstance(raw, dict):
        try:  # a model may read a list by itself
            TypeAdapter(shape.model).validate_python(raw)
        except ValidationError:
            yield DriftKind.TYPE, at, json_type(raw), "object"
        return
    declared = member_shapes(shape.model)
    start = f"{at}." if at else ""
    for name, value in raw.items():
        if name not in declared:
            yield DriftKind.FIELD, start + _name(name), json_type(value), "nothing"
        else:
            yield from walk(declared[name], value, start + name)
    for one in members(shape.model):
        if one.is_required and not raw.keys() & set(one.names):
            yield DriftKind.MISSING, start + one.names[0], "nothing", str(one.shape)


def _name(name: str) -> str:
    """An undeclared member's name, unless it may be an id."""
    return name if re.fullmatch(r"[A-Za-z_.-]{1,64}\d{0,2}", name) else "*"


def _headers(operation: Operation[..., Any], received: Received) -> Iterator[Found]:
    protocol = operation.protocol
    if protocol.streams_body:
        return  # another service of TikTok's answers
    if not received.headers.get(protocol.log_id_header):
        yield DriftKind.HEADER, protocol.log_id_header, "nothing", "the log id"
    told = _plain_type(received.headers.get("content-type", ""))
    wanted = {_plain_type(protocol.content_type_of(received.body)), "application/json"}
    if told not in wanted:
        yield DriftKind.HEADER, "content-type", media_type(told), " or ".join(sorted(wanted))
    for name in received.headers:
        if _WATCHED.match(name) and name not in _declared_headers(operation):
            yield DriftKind.HEADER, name, "a value", "nothing"


def _declared_headers(operation: Operation[..., Any]) -> set[str]:
    protocol = operation.protocol
    response = protocol.wrap(operation, {}, _LOG_ID)
    return {protocol.log_id_header} | {name.decode() for name, _ in response.headers}


def media_type(content_type: str) -> str:
    """A content type as the report shows it."""
    plain = _plain_type(content_type)
    if re.fullmatch(r"[a-z]+/[a-z.+-]+", plain):
        return plain
    return "another type" if plain else "no type"


def _plain_type(content_type: bytes | str) -> str:
    text = content_type.decode() if isinstance(content_type, bytes) else content_type
    return text.partition(";")[0].strip().lower()
