"""Where a share arrives: the page that an iOS app opens, and the phone's control routes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from stagedoor.platform import wire
from stagedoor.platform.products import sharing
from stagedoor.platform.products.sharing import IosShare, ShareState
from stagedoor.ui import render

from ..bodies import MAX_FORM
from ..bodies import read as read_body
from ..calls import Refusal
from ..control.errors import ControlError, unknown, wrong
from ..forms import fields
from ..orders import controlled, read
from ..world import Creator, Share, World
from . import service
from .orders import PhoneShare, ShareOrder

_PHONE = "/_emulator/phone/{username}"
_CHOICES = ("post", "draft", "cancel")


async def show(request: Request) -> Response:
    """TikTok's app as it opens: what is shared, and what the person may do with it."""
    world: World = request.app.state.world
    try:
        asked = service.asked_by_url(request.url.query)
    except wire.Malformed as malformed:
        return _wrong(malformed)
    app = world.all.apps.get(asked.key)
    page = render(
        "emulator/share.html",
        app=app.name if app else asked.key,
        asked=asked,
        action=sharing.SHARE.path,
        carried=dict(request.query_params),
        creators=list(world.all.creators.values()),
        states=list(ShareState),
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def decide(request: Request) -> Response:
    """The person's choice; TikTok's app opens the sharing app again."""
    world: World = request.app.state.world
    try:
        sent = fields(await read_body(request.receive, MAX_FORM))
        asked = service.asked_by_url(_query(sent))
    except wire.Malformed as malformed:
        return _wrong(malformed)
    except Refusal as refusal:
        return HTMLResponse(refusal.message, 400)
    creator = next(
        (c for c in world.all.creators.values() if c.username == sent.get("creator")), None
    )
    choice = sent.get("decision", "")
    if creator is None or choice not in (*_CHOICES, "fail"):
        return HTMLResponse("Choose a creator and what to do.", 400)
    number = sent.get("share_state", "")
    failing = sharing.SHARE_STATES.get(int(number)) if number.isdecimal() else None
    order = ShareOrder.model_validate(
        {"share_state": failing} if choice == "fail" else {"outcome": choice}
    )
    state = service.take(world, creator, asked, order)
    return RedirectResponse(service.ios_answer(world, asked, state), 302)


async def share(world: World, request: Request) -> Any:
    """A share on the phone; what the app would hear of it, as `url` or `bundle`."""
    creator = _owner(world, request)
    order = await read(request, PhoneShare)
    before = set(world.all.shares)
    try:
        if order.bundle is not None:
            by_bundle = service.asked_by_bundle(order.bundle)
            state = service.take(world, creator, by_bundle, order)
            answer: dict[str, Any] = {"bundle": service.android_answer(by_bundle, state)}
        else:
            by_url = _of_url(order.url or "")
            state = service.take(world, creator, by_url, order)
            answer = {"url": service.ios_answer(world, by_url, state)}
    except wire.Malformed as malformed:
        raise ControlError(400, str(malformed), malformed.problems) from None
    made = [_shown(one) for one in world.all.shares.values() if one.id not in before]
    return answer | {"share_state": int(state), "share": made[0] if made else None}


async def shares(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    return {"shares": [_shown(one) for one in service.shares_of(world, creator)]}


async def post_draft(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    service.post_draft(world, creator, request.path_params["share_id"])
    return _shown(world.all.shares[request.path_params["share_id"]])


ROUTES = [
    *(
        Route(path, endpoint, methods=[method])
        for path in (sharing.SHARE.path, sharing.SHARE.path.rstrip("/"))
        for method, endpoint in (("GET", show), ("POST", decide))
    ),
    Route(f"{_PHONE}/share", controlled(share), methods=["POST"]),
    Route(f"{_PHONE}/shares", controlled(shares), methods=["GET"]),
    Route(f"{_PHONE}/shares/{{share_id}}/post", controlled(post_draft), methods=["POST"]),
]


def _owner(world: World, request: Request) -> Creator:
    name = request.path_params["username"]
    for creator in world.all.creators.values():
        if creator.username == name:
            return creator
    raise unknown("creator", name)


def _of_url(url: str) -> IosShare:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise wrong("url", "can't be read") from None
    if parts.path.rstrip("/") != sharing.SHARE.path.rstrip("/"):
        raise wrong("url", f"doesn't lead to {sharing.SHARE.path}")
    return service.asked_by_url(parts.query)


def _query(sent: dict[str, str]) -> str:
    return urlencode({k: v for k, v in sent.items() if k in IosShare.model_fields})


def _wrong(malformed: wire.Malformed) -> Response:
    names = tuple(path or "request" for path, _ in malformed.problems)
    page = render("emulator/wrong.html", names=names, code=int(ShareState.PARAMS_INVALID))
    return HTMLResponse(page, 400)


def _shown(share: Share) -> dict[str, Any]:
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
