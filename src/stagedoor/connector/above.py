"""What the layers above bring into the processes of the service, which knows nothing of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field

from fastapi import APIRouter
from starlette.types import ASGIApp

from .jobs import Handler, Many
from .services import Services


@dataclass(frozen=True, slots=True)
class Above:
    """`given` is what routes find in `request.state`. `doors` answer below their prefix, before
    the framework; `live` runs beside the application, from its start to its end."""

    routers: tuple[APIRouter, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)
    handlers: Mapping[str, Handler | Many] = field(default_factory=dict)
    needing_media: frozenset[str] = frozenset()
    """Kinds of jobs that read or delete files of the media store."""
    doors: Mapping[str, ASGIApp] = field(default_factory=dict)
    live: Callable[[], AbstractAsyncContextManager[object]] = nullcontext


MakeAbove = Callable[[Services], Above]


def nothing(_: Services) -> Above:
    return Above()
