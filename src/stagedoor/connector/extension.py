"""Extensions: the additions of a higher layer to the processes of the service, which doesn't import
it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from starlette.types import ASGIApp

from .container import Container
from .jobs import Batched, Handler


@dataclass(frozen=True, slots=True)
class Extension:
    """`provided` are instances that routes ask for by their types. `apps` handle requests below
    their path prefix, before the framework; `lifespan` runs as long as the application."""

    routers: tuple[APIRouter, ...] = ()
    provided: Mapping[type[Any], Any] = field(default_factory=dict)
    handlers: Mapping[str, Handler | Batched] = field(default_factory=dict)
    needing_media: frozenset[str] = frozenset()
    """Kinds of jobs that read or delete files of the media store."""
    apps: Mapping[str, ASGIApp] = field(default_factory=dict)
    lifespan: Callable[[], AbstractAsyncContextManager[object]] = nullcontext


MakeExtension = Callable[[Container], Extension]
"""Called once, before any part of the process starts: it may register listeners."""


def no_extension(_: Container) -> Extension:
    return Extension()
