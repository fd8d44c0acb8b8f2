"""Bad input of every kind, made from declarations: what is declared says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Path = tuple[str | int, ...]

_HUGE = 10**400
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    -1,
    0,
    1,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63) - 1,
    2**64,
    _HUGE,
    1.5,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "5",
    "text",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e😀\ufeff",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "%00%ff",
    "9" * 30,
    "x" * 10_000,
    [],
    [None],
    [[]],
    [{}],
    ["", ""],
    ["x"] * 200,
    {},
    {"a": {"b": []}},
    {"": ""},
)
"""Values of every JSON type, and some that no JSON holds but that parsers take."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a request that its declaration names."""

    path: Path
    kinds: frozenset[str]
    """The JSON types that are declared; empty: not told."""
    needed: bool
    beyond: tuple[Any, ...]
    """Values of the right type that break a declared bound."""

    @property
    def name(self) -> str:
        return ".".join(map(str, self.path))

    def forbids(self, value: Any) -> bool:
        """Whether no reading of the declaration takes this value.

        Numbers and text may stand for each other: TikTok takes ids both ways.
        """
        if not self.kinds or value is None:
            return self.needed and value is None and "null" not in self.kinds
        if isinstance(value, bool):
            return "boolean" not in self.kinds
        if isinstance(value, list):
            # a list of fields travels as text with commas, in some bodies as a list
            return not self.kinds & {"array"}
        if isinstance(value, dict):
            return "object" not in self.kinds
        return self.kinds <= {"boolean", "object", "null"}


def spots(schema: dict[str, Any]) -> list[Spot]:
    """Every place in a request of this JSON schema, the first item standing for a list."""
    found: dict[Path, Spot] = {}
    for spot in _walk(schema, schema, (), True, True):
        found.setdefault(spot.path, spot)
    return list(found.values())


def _walk(
    root: dict[str, Any], schema: dict[str, Any], path: Path, needed: bool, sure: bool
) -> Iterator[Spot]:
    """`sure`: no, where the place belongs to one of several forms."""
    variants = [_resolved(root, one) for one in _variants(root, schema)]
    if path:
        kinds = [one.get("type") for one in variants]
        known = frozenset(kind for kind in kinds if kind) if sure and all(kinds) else frozenset()
        yield Spot(path, known, sure and needed, _beyond(variants) if sure else ())
    sure = sure and sum(one.get("type") == "object" for one in variants) <= 1
    for one in variants:
        required = one.get("required", ())
        for name, inner in one.get("properties", {}).items():
            yield from _walk(root, inner, (*path, name), name in required, sure)
        if "items" in one:
            yield from _walk(root, one["items"], (*path, 0), True, sure)


def _resolved(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _variants(root: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    schema = _resolved(root, schema)
    either = schema.get("anyOf") or schema.get("oneOf")
    if not either:
        return [schema]
    return [one for part in either for one in _variants(root, part)]


def _beyond(variants: list[dict[str, Any]]) -> tuple[Any, ...]:
    """Nothing if one of the variants is without bounds."""
    made: list[Any] = []
    for one in variants:
        if one.get("type") == "null":
            continue
        bounds = list(_outside(one))
        if not bounds and one.get("type") != "object":
            return ()
        made += bounds
    return tuple(value for value in made if not any(_takes(one, value) for one in variants))


def _takes(schema: dict[str, Any], value: Any) -> bool:
    """Whether this text is within the bounds of a variant that takes any text."""
    if not isinstance(value, str) or schema.get("type") != "string":
        return False
    if {"enum", "const", "pattern"} & schema.keys():
        return False
    return bool(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)))


def _outside(schema: dict[str, Any]) -> Iterator[Any]:
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if schema.get("minItems"):
        yield []
    if "maxItems" in schema:
        yield ["1"] * (schema["maxItems"] + 1)
    if schema.get("minLength"):
        yield ""
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "pattern" in schema:
        yield "no pattern has this: §"
    if "enum" in schema or "const" in schema:
        yield "VALUE_OF_NOBODY"


def put(body: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy of `body` with `value` at `path`; what is missing on the way is made."""
    made = deepcopy(body)
    here: Any = made
    for step, after in pairwise(path):
        here = _step(here, step, [] if isinstance(after, int) else {})
    _set(here, path[-1], value)
    return made


def _step(here: Any, step: str | int, fresh: Any) -> Any:
    if isinstance(here, list):
        if not here or type(here[0]) is not type(fresh):
            here[:] = [fresh]
        return here[0]
    if type(here.get(step)) is not type(fresh):
        here[step] = fresh
    return here[step]


def _set(here: Any, step: str | int, value: Any) -> None:
    if isinstance(here, list):
        here[:1] = [value]
    else:
        here[step] = value


def without(body: dict[str, Any], path: Path) -> dict[str, Any]:
    """A copy of `body` that lacks what is at `path`."""
    made = deepcopy(body)
    here: Any = made
    for step in path[:-1]:
        here = here[step]
    del here[path[-1]]
    return made


def has(body: Any, path: Path) -> bool:
    for step in path:
        if isinstance(body, list):
            if not body:
                return False
            body = body[0]
        elif isinstance(body, dict) and step in body:
            body = body[step]
        else:
            return False
    return True


def written(value: Any) -> bytes:
    """JSON, with NaN and Infinity as Python writes them."""
    return json.dumps(value).encode()


DEEP = 3_000


def broken(good: bytes) -> dict[str, bytes]:
    """Bodies that are no JSON object, by what is wrong with them."""
    text = good.decode("utf-8", "surrogateescape")  # multipart bodies hold files
    return {
        "empty": b"",
        "cut": good[:-1],
        "cut in half": good[: len(good) // 2],
        "twice": good + good,
        "trailing comma": good[:-1] + b",}",
        "a list": b"[" + good + b"]",
        "text": b'"text"',
        "null": b"null",
        "true": b"true",
        "a number": b"5",
        "NaN": b"NaN",
        "deep lists": b"[" * DEEP,
        "closed deep lists": b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
        "deep objects": b'{"a":' * DEEP,
        "invalid UTF-8": good[:-1] + b',"a":"\xff\xfe\xc3"}',
        "UTF-8 mark": b"\xef\xbb\xbf" + good,
        "UTF-16": text.encode("utf-16", "surrogatepass"),
        "UTF-16 unmarked": text.encode("utf-16-le", "surrogatepass"),
        "UTF-32": text.encode("utf-32", "surrogatepass"),
        "latin-1": good[:-1] + ',"a":"é"}'.encode("latin-1"),
        "NUL": b"\x00" + good,
        "NULs": b"\x00" * 64,
        "NUL inside": good[:-1] + b'\x00,"a":1}',
        "half an emoji": good[:-1] + b',"a":"\\ud83d"}',
        "long number": b'{"a":' + b"9" * 100_000 + b"}",
        "many members": b"{" + b",".join(b'"k%d":0' % one for one in range(5_000)) + b"}",
        "a form": b"a=1&b=2",
        "multipart": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
        "HTML": b"<!doctype html><title>no</title>",
    }


UNREADABLE = frozenset(
    {
        "cut",
        "cut in half",
        "twice",
        "trailing comma",
        "a list",
        "text",
        "null",
        "true",
        "a number",
        "NaN",
        "deep lists",
        "deep objects",
        "invalid UTF-8",
        "latin-1",
        "NUL",
        "NULs",
        "NUL inside",
        "a form",
        "multipart",
        "HTML",
    }
)
"""Of `broken`, what no JSON parser takes for an object."""
