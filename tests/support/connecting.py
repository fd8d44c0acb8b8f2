"""Connecting accounts through the service as a creator's browser does it."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import httpx2

from stagedoor.connector.container import Container
from stagedoor.connector.integrations.routes import AuthUrlBody
from stagedoor.connector.tenants import store as tenants
from tests.support import quick, time_passing
from tests.support.local import Local

AUTH_URL = "/api/upstream/call/tiktok-provider/get-auth-url"
RETURN_URL = "https://app.example.com/connected"


class Tenants(Protocol):
    """The service's routes, asked by an organisation."""

    http: httpx2.Client
    services: Container

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Any: ...


def ask(service: Tenants, org: str = "acme", **body: Any) -> dict[str, Any]:
    """`get-auth-url`'s answer."""
    answer: dict[str, Any] = service.api(
        "POST", AUTH_URL, {"returnUrl": RETURN_URL} | body, org=org
    )
    return answer


def consent(
    auth_url: str,
    creator: str | None = None,
    untick: Sequence[str] = (),
    deny: bool = False,
) -> str:
    """The creator's answer on TikTok's consent page; where it sends the browser."""
    page = urlsplit(auth_url)
    asked = dict(parse_qsl(page.query))
    ticked = [scope for scope in asked["scope"].split(",") if scope not in untick]
    form = asked | {f"grant.{scope}": "on" for scope in ticked}
    if creator:
        form["creator"] = creator
    if deny:
        form["decision"] = "deny"
    browser = _browser()
    browser.cookies.clear()
    sent = browser.post(page._replace(query="").geturl(), data=form)
    location = sent.headers.get("location")
    assert location, f"the consent page refused: {sent.text}"
    return str(location)


@cache
def _browser() -> httpx2.Client:
    """One for all creators, since making a client takes longer than the consent. It keeps no
    cookies: each creator decides in a window of their own."""
    client = quick.client("")
    atexit.register(client.close)
    return client


def come_back(service: Tenants, location: str) -> httpx2.Response:
    """The browser at the service's callback."""
    return service.http.get(location)


def outcome(response: httpx2.Response) -> dict[str, str]:
    """The parameters of the application's returnUrl."""
    assert response.status_code == 302, response.text
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def connect(
    service: Tenants,
    org: str = "acme",
    creator: str | None = None,
    untick: Sequence[str] = (),
    **body: Any,
) -> dict[str, str]:
    """From the beginning of a login to what the application is told.

    The login begins below the routes: by route it would be an entry of the audit, and tests count
    the entries of what they do themselves.
    """
    parts = service.services
    tenants.ensure(parts.database, org, parts.clock.now())
    asked = AuthUrlBody.model_validate({"returnUrl": RETURN_URL} | body)
    started = parts.authorization.begin(org, asked.return_url, asked.scopes, asked.integration_id)
    return outcome(come_back(service, consent(started.auth_url, creator, untick)))


def pass_time(service: Tenants, local: Local, seconds: float) -> None:
    """Let time pass, and the service know it."""
    time_passing.advance(local, service.services.clock, seconds)
