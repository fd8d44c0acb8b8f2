"""Control routes for copies of data: the requests, and the contents of archives."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from pydantic import Field, StrictInt
from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.vocabulary import ExportStatus

from ...control.apps import creator_named
from ...control.errors import ControlError, unknown, wrong
from ...control_bodies import ALL, ControlBody, controlled, page, read
from ...world import Creator, World
from ..community.state import (
    FAVORITES,
    MESSAGES,
    SEARCH_TERMS,
    SIGN_INS,
    WATCHES,
    Favorite,
    Message,
    SearchTerm,
    SignIn,
    Watch,
)
from . import timers
from .state import EXPORTS, DataExport

_MOST_PADDING = 8 << 30


class Padding(ControlBody):
    """Approximate bytes of generated watch history in an archive besides the real one."""

    bytes: Annotated[StrictInt, Field(ge=0, le=_MOST_PADDING)]


class NewMessage(ControlBody):
    to: str
    text: str


class NewSignIn(ControlBody):
    ip: str
    device: str = ""
    system: str = ""
    network: str = ""


class PersonalActivity(ControlBody):
    """Actions of the person at the present moment: ids of videos, words, messages, sign-ins."""

    watched: tuple[str, ...] = ()
    favorites: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    messages: tuple[NewMessage, ...] = ()
    sign_ins: tuple[NewSignIn, ...] = ()


def shown(world: World, export: DataExport) -> dict[str, Any]:
    facts = asdict(export)
    facts["request_id"] = facts.pop("id")
    facts["creator"] = world.creators[export.creator_id].username
    return facts


async def exports(world: World, request: Request) -> Any:
    """A page of the requests for data, newest last."""
    return page(request, "exports", world[EXPORTS].by(ALL), partial(shown, world))


async def finish(world: World, request: Request) -> Any:
    """End the collection of a request now."""
    request_id = request.path_params["request_id"]
    export = world[EXPORTS].get(request_id)
    if export is None:
        raise unknown("request for data", request_id)
    if export.status is not ExportStatus.PENDING:
        raise ControlError(409, f"The request is {export.status} already.")
    await timers.finish(world, export)
    return shown(world, export)


async def padding(world: World, request: Request) -> Any:
    creator = _creator(world, request)
    creator.padding = (await read(request, Padding)).bytes
    return {"creator": creator.username, "bytes": creator.padding}


async def personal(world: World, request: Request) -> Any:
    """Record a person's actions; all of them are checked before any is stored."""
    creator = _creator(world, request)
    order = await read(request, PersonalActivity)
    for name in ("watched", "favorites"):
        for place, video_id in enumerate(getattr(order, name)):
            if video_id not in world.videos:
                raise wrong(f"{name}.{place}", f"is no video: {video_id!r}")
    partners = [creator_named(world, message.to).id for message in order.messages]
    now, mine = world.now(), creator.id
    world[WATCHES].extend(Watch(mine, video, now) for video in order.watched)
    world[FAVORITES].extend(Favorite(mine, video, now) for video in order.favorites)
    world[SEARCH_TERMS].extend(SearchTerm(mine, term, now) for term in order.searches)
    world[MESSAGES].extend(
        Message(mine, to, message.text, now)
        for to, message in zip(partners, order.messages, strict=True)
    )
    world[SIGN_INS].extend(
        SignIn(mine, one.ip, one.device, one.system, one.network, now) for one in order.sign_ins
    )
    return {"creator": creator.username}


def _creator(world: World, request: Request) -> Creator:
    return creator_named(world, request.path_params["username"])


ROUTES = [
    Route("/_emulator/exports", controlled(exports), methods=["GET"]),
    Route("/_emulator/exports/{request_id}/finish", controlled(finish), methods=["POST"]),
    Route("/_emulator/creators/{username}/padding", controlled(padding), methods=["PUT"]),
    Route("/_emulator/creators/{username}/personal", controlled(personal), methods=["POST"]),
]
