"""Decodes arguments of models: lists, objects and numbers often come as JSON in a string."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .tool import Schema

_KINDS: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "object": (dict,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_PATH = re.compile(r"(?P<before>^|: |; )(?P<part>[a-z_]+)\.(?:[A-Z_]+\.)?(?P<name>[a-z_]+)(?=[.:])")
"""A path; in upper case, the kind of a union's member."""

_RENAMED = {
    "source_info.photo_images": "photo_urls",
    "source_info.photo_cover_index": "cover",
}
"""Arguments that a tool names differently from TikTok."""


def decoded(takes: Schema, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments, with JSON text parsed where the tool's input schema takes no text.

    A text that is no JSON of the wanted kind stays as it is: validation reports it.
    """
    properties = takes.get("properties", {})
    return {
        name: _decoded(properties.get(name, {}), value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }


def _decoded(takes: Schema, text: str) -> Any:
    kinds = {one.get("type") for one in takes.get("anyOf", (takes,))}
    if "string" in kinds:
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    wanted = [kind for kind in kinds if kind in _KINDS and isinstance(value, _KINDS[kind])]
    if isinstance(value, bool) and "boolean" not in wanted:
        return text
    return value if wanted else text


def flattened(takes: Schema, message: str) -> str:
    """Return an error message whose paths are the tool's argument names.

    TikTok nests some arguments (`post_info.title`) where the tool has `title`.
    """
    properties = takes.get("properties", {})
    for theirs, own in _RENAMED.items():
        if own in properties:
            message = message.replace(theirs, own)

    def flat(found: re.Match[str]) -> str:
        if found["part"] not in properties and found["name"] in properties:
            return f"{found['before']}{found['name']}"
        return found[0]

    return _PATH.sub(flat, message)
