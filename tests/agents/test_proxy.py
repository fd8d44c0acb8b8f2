"""Calls through the proxy: what TikTok says comes back as it is, and nothing goes past the gate."""

from __future__ import annotations

import json
import socket
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx2
import pytest

from stagedoor.agents.above import above
from stagedoor.agents.services import Agents
from stagedoor.connector.services import Services
from stagedoor.emulator import Running
from stagedoor.platform import catalogue, posting
from stagedoor.platform.operation import Auth, Effect, Operation, Shape, Surface
from stagedoor.platform.scopes import Scope
from tests.agents.conftest import Hand, make
from tests.connector.conftest import SCOPES, Service, serving
from tests.support import good, media
from tests.support.local import Local
from tests.support.proxying import EVERYTHING, PREFIX, Proxied, refused

OPERATIONS = catalogue.operations()
GIVEN = [one for one in OPERATIONS.values() if Surface.PROXY in one.surfaces]
APP = {"client_key": "house-key", "client_secret": "house-secret"}
CREATORS = (*SCOPES, "user.info.stats", str(Scope.PORTABILITY_ALL_ONGOING))
"""Scopes that a creator allows; the others are the app's own."""
EVERY_SCOPE = [*CREATORS, *(str(scope) for scope in Scope if scope.startswith("research."))]
MOVED = ("search_id",)
"""What TikTok makes up anew with each answer."""


@pytest.fixture
def local(tiktok_emulator_server: Running) -> Iterator[Local]:
    """In this process, so that its world can be looked at."""
    with httpx2.Client(base_url=tiktok_emulator_server.url, timeout=30) as http:
        local = Local(tiktok_emulator_server.url, http)
        local.settings(processing_seconds=0.05, moderation_seconds=0.05, export_seconds=0)
        yield local


@pytest.fixture
def hand(service: Service, agents: Agents, local: Local) -> Hand:
    """Of an organisation whose app may do everything, as its account allowed it."""
    back = f"{service.url}/connect/oauth2callback/tiktok"
    app = APP | {"scopes": EVERY_SCOPE, "state": "Live", "audited": True}
    local.control("POST", "apps", app | {"redirect_uris": {"desktop": [back]}})
    own = {"clientKey": APP["client_key"], "clientSecret": APP["client_secret"]}
    service.api("PUT", "/api/apps/tiktok", own | {"scopes": list(CREATORS)})
    service.connect(scopes=CREATORS)
    return make(service, agents, callsPerMinute=1_000)


@pytest.fixture
def proxy(hand: Hand) -> Proxied:
    return Proxied(hand.service.url, hand.service.http, hand.key)


def bearers(local: Local) -> tuple[dict[str, str], dict[str, str]]:
    """The first creator's token, and the app's own."""
    asked = {"client_key": APP["client_key"], "scopes": list(CREATORS)}
    user = local.control("POST", "tokens", asked)["access_token"]
    form = APP | {"grant_type": "client_credentials"}
    own = local.http.post("/v2/oauth/token/", data=form).json()["access_token"]
    return {"authorization": f"Bearer {user}"}, {"authorization": f"Bearer {own}"}


def told(operation: Operation[..., Any], answer: httpx2.Response) -> Any:
    """An answer without what is of one moment."""
    if operation.shape is Shape.FILE:
        return {one.filename: one.CRC for one in zipfile.ZipFile(BytesIO(answer.content)).filelist}
    if operation.shape is Shape.TEXT:
        return answer.text
    sent = answer.json()
    sent.get("error", {}).pop("log_id", None)
    for name in MOVED:
        sent.get("data", {}).pop(name, None)
    return sent


def test_every_call_gives_through_the_proxy_what_tiktok_gives(
    hand: Hand, proxy: Proxied, local: Local, tiktok_emulator_server: Running
) -> None:
    hand.given(*EVERYTHING)
    local.control("POST", "clock", {"freeze": True})
    user, own = bearers(local)
    begun = good.begin(local.http, user, own)
    local.advance(600)
    asked = good.requests(tiktok_emulator_server.world, begun)
    # a post made elsewhere isn't known here
    reads = [one for one in GIVEN if one.effect is Effect.READ and one is not posting.STATUS]
    for operation in reads:
        by = {Auth.USER: user, Auth.CLIENT_TOKEN: own}.get(operation.auth, {})
        direct = proxy.sent(operation, local.url, by, asked[operation.id])
        before = len(local.calls(operation.id))
        answer = proxy.call(operation, **asked[operation.id])
        assert answer.status_code == direct.status_code == 200, f"{operation}: {answer.text}"
        assert told(operation, answer) == told(operation, direct), operation
        assert answer.headers["content-type"] == direct.headers["content-type"]
        seen = local.calls(operation.id)[before:]
        assert [one["log_id"] for one in seen] == [answer.headers["x-tt-logid"]], operation
    rows = hand.rows(limit=100)
    assert {row["operation"] for row in rows} == {one.id for one in reads}
    assert {(row["decision"], row["outcome"]) for row in rows} == {("allowed", "done")}
    assert len(rows) == len(reads)


def test_x(hand: Hand, proxy: Proxied) -> None:
    print(PREFIX, refused, media, socket, json, Services, serving, above)
