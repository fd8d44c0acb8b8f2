"""The operations of Login Kit, its consent page, and the routes of its retired version 1."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from stagedoor.platform.products import oauth
from stagedoor.platform.products.oauth import AUTHORIZE
from stagedoor.platform.scopes import consent_text
from stagedoor.ui import render

from ...bodies import MAX_FORM, read
from ...calls import Handlers, Refusal
from ...forms import fields
from ...world import Creator, World
from . import consent, qr, token_calls
from .consent import Away, ConsentRequest, Wrong

HANDLERS: Handlers = {
    oauth.TOKEN_CODE: token_calls.redeem_code,
    oauth.TOKEN_REFRESH: token_calls.redeem_refresh,
    oauth.TOKEN_CLIENT: token_calls.issue_own,
    oauth.REVOKE: token_calls.revoke,
    oauth.QR_START: qr.start,
    oauth.QR_CHECK: qr.check,
}

SESSION = "stagedoor_creator"
"""The cookie with the creator who was signed in."""

_TOGGLE = "grant."
_CARRIED = tuple(oauth.Authorize.model_fields)


async def show(request: Request) -> Response:
    """GET: the form, an error page, or a redirect when consent can be skipped."""
    world: World = request.app.state.world
    outcome = consent.judge(world, request.url.query)
    if not isinstance(outcome, ConsentRequest):
        return _end(outcome)
    remembered = world.creators.get(request.cookies.get(SESSION, ""))
    if remembered is not None and consent.returns_without_code(world, outcome, remembered):
        return _end(consent.back_without_code(outcome))
    if remembered is not None and consent.may_skip(world, outcome, remembered):
        return _end(consent.allow(world, outcome, remembered, frozenset(outcome.scopes)))
    return _form(world, outcome, remembered)


async def decide(request: Request) -> Response:
    """POST: the form contains the whole request, which is validated again."""
    world: World = request.app.state.world
    try:
        sent = fields(await read(request.receive, MAX_FORM))
    except Refusal:
        return _end(Wrong(("request",), "invalid_request"))
    outcome = consent.judge(world, urlencode({k: v for k, v in sent.items() if k in _CARRIED}))
    if not isinstance(outcome, ConsentRequest):
        return _end(outcome)
    if sent.get("decision") == "deny":
        return _end(consent.deny(outcome))
    creator = _creator(world, sent.get("creator"))
    if creator is None:
        return _end(Wrong(("creator",), "invalid_request"))
    kept = frozenset(k.removeprefix(_TOGGLE) for k in sent if k.startswith(_TOGGLE))
    response = _end(consent.allow(world, outcome, creator, kept))
    response.set_cookie(SESSION, creator.id, httponly=True, samesite="lax")
    return response


async def retired(request: Request) -> Response:
    """Login Kit v1: an error in the old envelope that says that this version has ended."""
    world: World = request.app.state.world
    data = {
        "captcha": "",
        "desc_url": "",
        "description": "This version of Login Kit has ended. "
        f"Use {oauth.RETIRED[request.url.path]} instead.",
        "error_code": 10002,
        "log_id": world.ids.log_id(world.now()),
    }
    return JSONResponse({"data": data, "message": "error"})


ROUTES = [
    *(
        Route(path, endpoint, methods=[method])
        for path in (
            AUTHORIZE.path,
            AUTHORIZE.path.rstrip("/"),
            oauth.NATIVE_AUTHORIZE_PATH,
            oauth.NATIVE_AUTHORIZE_PATH.rstrip("/"),
        )
        for method, endpoint in (("GET", show), ("POST", decide))
    ),
    *(Route(path, retired, methods=["GET", "POST"]) for path in oauth.RETIRED),
]


def _creator(world: World, username: str | None) -> Creator | None:
    if username is None:
        return next(iter(world.creators.values()), None)
    return world.creator_named(username)


def _form(world: World, ask: ConsentRequest, remembered: Creator | None) -> Response:
    chosen = remembered or _creator(world, None)
    request = ask.request.model_dump(mode="json", exclude_none=True)
    page = render(
        "emulator/consent.html",
        app=ask.app,
        action=AUTHORIZE.path,
        carried=request,
        scopes=[(name, consent_text(name)) for name in ask.scopes],
        toggle=_TOGGLE,
        creators=world.choices(chosen),
        chosen=chosen.id if chosen else None,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _end(outcome: Wrong | Away) -> Response:
    if isinstance(outcome, Away):
        return RedirectResponse(outcome.url, status_code=302)
    page = render("emulator/wrong.html", names=outcome.names, code=outcome.code)
    return HTMLResponse(page)
