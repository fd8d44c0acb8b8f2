"""Pages of the QR login for people: one shows the code, the other stands in for the phone."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from stagedoor.platform.masking import QR_CODE
from stagedoor.platform.products.oauth import TICKET_UNFILLED
from stagedoor.platform.scopes import consent_text
from stagedoor.ui import render

from ...bodies import MAX_FORM, read
from ...calls import Refusal
from ...control.errors import ControlError
from ...forms import fields
from ...world import World
from . import qr
from .state import QrLoginAttempt

SHOW, SCAN = f"{QR_CODE}{{token}}", "/_emulator/scan"

_TOGGLE = "grant."


async def show(request: Request) -> Response:
    """The page with the code as a picture; `client_ticket` is the app's own ticket."""
    world: World = request.app.state.world
    login = qr.find(world, request.path_params["token"])
    ticket = request.query_params.get("client_ticket", TICKET_UNFILLED)
    url = qr.scan_url(login, ticket)
    page = render(
        "emulator/qr.html",
        app=world.apps[login.client_key],
        status=qr.status_of(world, login),
        picture=f"{request.url.path}/picture.svg?client_ticket={quote(ticket, safe='')}",
        url=url,
        scan=SCAN,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def picture(request: Request) -> Response:
    world: World = request.app.state.world
    login = qr.find(world, request.path_params["token"])
    ticket = request.query_params.get("client_ticket", TICKET_UNFILLED)
    return Response(_drawn(qr.scan_url(login, ticket)), media_type="image/svg+xml")


async def phone(request: Request) -> Response:
    """In place of a phone's camera: a field for the text of the code."""
    return HTMLResponse(render("emulator/scan.html", action=SCAN, said=""))


async def decide(request: Request) -> Response:
    """Handle the form: first the scan, then the creator's decision."""
    world: World = request.app.state.world
    try:
        sent = fields(await read(request.receive, MAX_FORM))
        if "decision" not in sent:
            return _asked(world, qr.scan(world, sent.get("url", "")))
        login = qr.find(world, sent.get("token", ""))
        if sent["decision"] == "deny":
            qr.deny(world, login)
            return _told("You said no. The app is told nothing else.")
        creator = world.creator_named(sent.get("creator", ""))
        if creator is None:
            return _told("Choose a creator of this world.", 400)
        kept = frozenset(k.removeprefix(_TOGGLE) for k in sent if k.startswith(_TOGGLE))
        qr.approve(world, creator, login, kept)
    except ControlError as error:
        return _told(error.message, error.status)
    except Refusal as error:
        return _told(error.message, 400)
    return _told("You are connected. Go on where you saw the code.")


ROUTES = [
    Route(SHOW, show),
    Route(f"{SHOW}/picture.svg", picture),
    Route(SCAN, phone),
    Route(SCAN, decide, methods=["POST"]),
]


def _asked(world: World, login: QrLoginAttempt) -> Response:
    page = render(
        "emulator/qr_consent.html",
        app=world.apps[login.client_key],
        action=SCAN,
        token=login.token,
        scopes=[(name, consent_text(name)) for name in login.scopes],
        toggle=_TOGGLE,
        creators=world.choices(),
        chosen=None,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _told(said: str, status: int = 200) -> Response:
    return HTMLResponse(render("emulator/scan.html", action=SCAN, said=said), status)


@lru_cache(maxsize=64)
def _drawn(url: str) -> bytes:
    import io

    import segno

    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, light="#fff", xmldecl=False, nl=False
    )
    return out.getvalue()
