"""The share page that an iOS app opens."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from stagedoor.platform import wire
from stagedoor.platform.products import sharing
from stagedoor.platform.products.sharing import IosShare, ShareState
from stagedoor.ui import render

from ...bodies import MAX_FORM
from ...bodies import read as read_body
from ...calls import Refusal
from ...forms import fields
from ...world import World
from . import rules
from .control_bodies import ShareChoice

_CHOICES = ("post", "draft", "cancel")


async def show(request: Request) -> Response:
    """The page in place of TikTok's app: the shared media, and the person's choices."""
    world: World = request.app.state.world
    try:
        asked = rules.asked_by_url(request.url.query)
    except wire.Malformed as malformed:
        return _wrong(malformed)
    app = world.apps.get(asked.key)
    page = render(
        "emulator/share.html",
        app=app.name if app else asked.key,
        asked=asked,
        action=sharing.SHARE.path,
        carried=dict(request.query_params),
        creators=world.choices(),
        states=list(ShareState),
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def decide(request: Request) -> Response:
    """Handle the person's choice, and return to the sharing app as TikTok's app does."""
    world: World = request.app.state.world
    try:
        sent = fields(await read_body(request.receive, MAX_FORM))
        asked = rules.asked_by_url(_query(sent))
    except wire.Malformed as malformed:
        return _wrong(malformed)
    except Refusal as refusal:
        return HTMLResponse(refusal.message, 400)
    creator = world.creator_named(sent.get("creator", ""))
    choice = sent.get("decision", "")
    if creator is None or choice not in (*_CHOICES, "fail"):
        return HTMLResponse("Choose a creator and what to do.", 400)
    number = sent.get("share_state", "")
    failing = sharing.SHARE_STATES.get(int(number)) if number.isdecimal() else None
    order = ShareChoice.model_validate(
        {"share_state": failing} if choice == "fail" else {"outcome": choice}
    )
    state, _ = rules.take(world, creator, asked, order)
    return RedirectResponse(rules.ios_answer(world, asked, state), 302)


ROUTES = [
    Route(path, endpoint, methods=[method])
    for path in (sharing.SHARE.path, sharing.SHARE.path.rstrip("/"))
    for method, endpoint in (("GET", show), ("POST", decide))
]


def _query(sent: dict[str, str]) -> str:
    return urlencode({k: v for k, v in sent.items() if k in IosShare.model_fields})


def _wrong(malformed: wire.Malformed) -> Response:
    names = tuple(path or "request" for path, _ in malformed.problems)
    page = render("emulator/wrong.html", names=names, code=int(ShareState.PARAMS_INVALID))
    return HTMLResponse(page, 400)
