"""The text of an audit entry: a long one is cut, with a note and the digest of the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from stagedoor.platform.bounds import short

MAX_TEXT = 16 << 10
"""Bytes of JSON; every request that its declaration allows fits."""
_STEPS = ((200, 1_000), (50, 300), (10, 80), (0, 40))
"""Items of a list and characters of a text to keep; the first step that fits is used."""


def written(text: Mapping[str, Any]) -> str:
    """Return `text` as JSON of at most `MAX_TEXT` bytes. A cut text has a member `cut`."""
    whole = to_json(text)
    if len(whole) <= MAX_TEXT:
        return whole.decode()
    digest = hashlib.sha256(whole).hexdigest()
    for items, characters in _STEPS:
        left: list[str] = []
        kept = {k: _cut(v, k, items, characters, left) for k, v in text.items()}
        said = {**kept, "cut": {"bytes": len(whole), "sha256": digest, "left": left[:20]}}
        if len(found := to_json(said)) <= MAX_TEXT:
            return found.decode()
    return to_json(
        {"cut": {"bytes": len(whole), "sha256": digest, "left": ["everything"]}}
    ).decode()


def _cut(value: Any, path: str, items: int, characters: int, left: list[str]) -> Any:
    if isinstance(value, str):
        return short(value, characters)
    if isinstance(value, Mapping):
        names = list(value)[: max(items, 20)]
        if len(names) < len(value):
            left.append(f"{path}: {len(value) - len(names)} of {len(value)} members")
        return {
            short(str(name), 80): _cut(value[name], f"{path}.{name}"[:80], items, characters, left)
            for name in names
        }
    if isinstance(value, list | tuple):
        if len(value) > items:
            left.append(f"{path}: {len(value) - items} of {len(value)} items")
        return [_cut(one, path, items, characters, left) for one in value[:items]]
    return value
