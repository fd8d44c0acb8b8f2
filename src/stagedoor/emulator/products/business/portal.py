"""The portal page, where a person lets an app use ad accounts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from stagedoor.platform import wire
from stagedoor.platform.products.business import PORTAL_AUTH, PortalAuth
from stagedoor.ui import render

from ...bodies import MAX_FORM, read
from ...calls import Refusal
from ...forms import fields
from ...world import App, World
from ..oauth import redirects
from ..oauth.consent import with_query
from . import tokens
from .state import AD_ACCOUNTS, BUSINESS_PEOPLE, BusinessPerson

_TICKED = "advertiser."
_CARRIED = tuple(PortalAuth.model_fields)


@dataclass(frozen=True, slots=True)
class _Ask:
    """A valid request: the person may be asked."""

    app: App
    request: PortalAuth


async def show(request: Request) -> Response:
    """GET: the form with the person's ad accounts, all ticked; or an error page."""
    world: World = request.app.state.world
    outcome = _judge(world, request.url.query)
    if not isinstance(outcome, _Ask):
        return _wrong(outcome)
    return _form(world, outcome, _person(world, request.query_params.get("person")))


async def decide(request: Request) -> Response:
    """POST: the form contains the whole request, which is validated again."""
    world: World = request.app.state.world
    try:
        sent = fields(await read(request.receive, MAX_FORM))
    except Refusal:
        return _wrong(("request",))
    outcome = _judge(world, urlencode({k: v for k, v in sent.items() if k in _CARRIED}))
    if not isinstance(outcome, _Ask):
        return _wrong(outcome)
    asked = outcome.request
    state = {} if asked.state is None else {"state": asked.state}
    if sent.get("decision") == "deny":
        # not documented: TikTok's page may only be closed
        return _away(asked.redirect_uri, {"error": "access_denied"} | state)
    person = _person(world, sent.get("person"))
    if person is None:
        return _wrong(("person",))
    ticked = [one for one in tokens.advertisers_of(world, person.id) if f"{_TICKED}{one}" in sent]
    if not ticked:
        return _wrong(("advertisers",))
    code = tokens.issue_code(world, outcome.app, person, ticked)
    return _away(asked.redirect_uri, {"auth_code": code.value, "code": code.value} | state)


def _judge(world: World, query: str) -> _Ask | tuple[str, ...]:
    try:
        request: PortalAuth = wire.parse(PORTAL_AUTH, query)
    except wire.Malformed as malformed:
        names = dict.fromkeys(path.partition(".")[0] for path, _ in malformed.problems)
        return tuple(names) or ("request",)
    app = world.apps.get(request.app_id)
    if app is None or not app.business:
        return ("app_id",)
    if redirects.platform_of(app, request.redirect_uri) is None:
        return ("redirect_uri",)
    return _Ask(app, request)


def _person(world: World, person_id: str | None) -> BusinessPerson | None:
    people = world[BUSINESS_PEOPLE]
    return next(iter(people.values()), None) if not person_id else people.get(person_id)


def _form(world: World, ask: _Ask, person: BusinessPerson | None) -> Response:
    reachable = () if person is None else tokens.advertisers_of(world, person.id)
    page = render(
        "emulator/portal.html",
        app=ask.app,
        action=PORTAL_AUTH.path,
        carried=ask.request.model_dump(mode="json", exclude_none=True),
        person=person,
        accounts=[world[AD_ACCOUNTS][one] for one in reachable],
        ticked=_TICKED,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _away(uri: str, said: dict[str, str]) -> Response:
    return RedirectResponse(with_query(uri, said), status_code=302)


def _wrong(names: tuple[str, ...]) -> Response:
    return HTMLResponse(render("emulator/wrong.html", names=names, code="invalid_request"))
