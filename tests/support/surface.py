"""The library's public surface: its methods, and the types that their signatures name."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from stagedoor import AsyncTikTok, AsyncTikTokBusiness, TikTok, TikTokBusiness
from stagedoor.client.service import Service

Client = TikTok | AsyncTikTok | TikTokBusiness | AsyncTikTokBusiness


def services(client: Client) -> dict[str, Service[Any]]:
    """A client's products, by name."""
    found = {}
    for kind in type(client).__mro__:
        for name, value in vars(kind).items():
            if isinstance(value, cached_property):
                found[name] = getattr(client, name)
    return found


def methods(client: Client) -> dict[str, Callable[..., Any]]:
    """Each method of each product, by its dotted name."""
    return {
        f"{product}.{name}": getattr(service, name)
        for product, service in services(client).items()
        for name in vars(type(service))
        if not name.startswith("_")
    }


def named_types(annotation: Any, seen: set[type[Any]] | None = None) -> set[type[Any]]:
    """The package's own types that an annotation names, and those of their fields."""
    seen = set() if seen is None else seen
    for part in get_args(annotation):
        named_types(part, seen)
    kind = get_origin(annotation) or annotation
    if not isinstance(kind, type) or kind in seen or not kind.__module__.startswith("stagedoor."):
        return seen
    seen.add(kind)
    for field in _fields(kind):
        named_types(field, seen)
    return seen


def _fields(kind: type[Any]) -> Iterator[Any]:
    if issubclass(kind, BaseModel):
        yield from (field.annotation for field in kind.model_fields.values())
    elif dataclasses.is_dataclass(kind):
        hints = inspect.get_annotations(kind, eval_str=False)
        names = vars(inspect.getmodule(kind))
        for hint in hints.values():
            yield eval(hint, dict(names)) if isinstance(hint, str) else hint  # noqa: S307


def signature_types(function: Callable[..., Any]) -> set[type[Any]]:
    """The package's own types in a function's signature."""
    signature = inspect.signature(function)
    found: set[type[Any]] = set()
    for parameter in signature.parameters.values():
        named_types(parameter.annotation, found)
    return named_types(signature.return_annotation, found)
