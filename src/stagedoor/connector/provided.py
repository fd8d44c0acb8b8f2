"""Dependency injection for routes and job handlers: parts are looked up by their type.

The composition root makes a `Provided` and puts it into the state of each request. A route names
its dependency: `Annotated[Posts, provided(Posts)]`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from fastapi import Depends, Request

STATE = "provided"
"""The key of the instances in the state of a request."""

T = TypeVar("T")


class Provided:
    """Instances by their type, each made when it is first requested."""

    def __init__(self, factories: Mapping[type[Any], Callable[[], Any]]) -> None:
        self._factories = dict(factories)

    def get(self, kind: type[T]) -> T:
        """Raises `LookupError` for a type that nothing provides."""
        try:
            factory = self._factories[kind]
        except KeyError:
            raise LookupError(f"nothing provides {kind.__qualname__}") from None
        return cast(T, factory())

    def with_instances(self, instances: Mapping[type[Any], Any]) -> Provided:
        """A copy with these instances added."""
        more = {kind: (lambda one=one: one) for kind, one in instances.items()}
        return Provided({**self._factories, **more})

    def call(self, function: Callable[..., T]) -> T:
        """Call a function with an instance for each parameter, by the parameter's type."""
        return function(**{name: self.get(kind) for name, kind in _wanted(function)})


@cache
def _wanted(function: Callable[..., Any]) -> tuple[tuple[str, type[Any]], ...]:
    """The names and types of a function's parameters."""
    types = get_type_hints(function)
    return tuple((name, types[name]) for name in inspect.signature(function).parameters)


REQUESTED: set[type[Any]] = set()
"""Every type that a route has asked for: a test compares them with what is provided."""


def instance(request: Request, kind: type[T]) -> T:
    """The instance of a type that belongs to the application of a request."""
    found: Provided = getattr(request.state, STATE)
    return found.get(kind)


@cache
def provided(kind: type[Any]) -> Any:
    """A dependency of a route: the instance of a type."""
    REQUESTED.add(kind)

    async def find(request: Request) -> Any:
        return instance(request, kind)

    return Depends(find)
