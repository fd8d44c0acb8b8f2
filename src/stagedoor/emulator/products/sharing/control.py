"""Control routes for shares on the creator's phone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform import wire
from stagedoor.platform.products import sharing
from stagedoor.platform.products.sharing import IosShare

from ...control.errors import ControlError, unknown, wrong
from ...control_bodies import controlled, read
from ...world import Creator, World
from . import rules
from .control_bodies import PhoneShare
from .state import SHARES, ShareAttempt

_PHONE = "/_emulator/phone/{username}"


async def share(world: World, request: Request) -> Any:
    """Make a share on the phone; returns the answer to the app, as `url` or `bundle`."""
    creator = _owner(world, request)
    order = await read(request, PhoneShare)
    try:
        if order.bundle is not None:
            by_bundle = rules.asked_by_bundle(order.bundle)
            state, made = rules.take(world, creator, by_bundle, order)
            answer: dict[str, Any] = {"bundle": rules.android_answer(by_bundle, state)}
        else:
            by_url = _of_url(order.url or "")
            state, made = rules.take(world, creator, by_url, order)
            answer = {"url": rules.ios_answer(world, by_url, state)}
    except wire.Malformed as malformed:
        raise ControlError(400, str(malformed), malformed.problems) from None
    return answer | {"share_state": int(state), "share": _shown(made) if made else None}


async def shares(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    return {"shares": [_shown(one) for one in rules.shares_of(world, creator)]}


async def post_draft(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    rules.post_draft(world, creator, request.path_params["share_id"])
    return _shown(world[SHARES][request.path_params["share_id"]])


ROUTES = [
    Route(f"{_PHONE}/share", controlled(share), methods=["POST"]),
    Route(f"{_PHONE}/shares", controlled(shares), methods=["GET"]),
    Route(f"{_PHONE}/shares/{{share_id}}/post", controlled(post_draft), methods=["POST"]),
]


def _owner(world: World, request: Request) -> Creator:
    name = request.path_params["username"]
    creator = world.creator_named(name)
    if creator is None:
        raise unknown("creator", name)
    return creator


def _of_url(url: str) -> IosShare:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise wrong("url", "can't be read") from None
    if parts.path.rstrip("/") != sharing.SHARE.path.rstrip("/"):
        raise wrong("url", f"doesn't lead to {sharing.SHARE.path}")
    return rules.asked_by_url(parts.query)


def _shown(share: ShareAttempt) -> dict[str, Any]:
    return {
        "share_id": share.id,
        "client_key": share.client_key,
        "created": share.created,
        "media_type": share.media_type.name.lower(),
        "media": share.media,
        "green_screen": share.green_screen,
        "outcome": share.outcome.value,
        "video_id": share.video_id,
    }
