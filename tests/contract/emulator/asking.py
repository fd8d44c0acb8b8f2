"""Asks the emulator for any declared operation, with a token of the kind that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.products.oauth import LOG_ID
from stagedoor.platform.protocols.business import BusinessProtocol
from stagedoor.platform.protocols.oauth_form import OAUTH_FORM
from stagedoor.platform.protocols.open_api import OpenApi
from stagedoor.platform.protocols.plain_json import PLAIN_JSON
from stagedoor.platform.scopes import Scope
from tests.examples import Seeded, begin, request_of
from tests.examples.business import APP_ID as BUSINESS_APP
from tests.support.local import KEY, SECRET
from tests.support.raw_connection import Headers, RawAnswer, RawConnection


@dataclass
class Asking:
    """The emulator without rate limits, a token of each kind, and a good request of everything."""

    tiktok: Any
    line: RawConnection
    user: bytes
    own: bytes
    advertiser: bytes
    account: bytes
    seeded: Seeded

    def request(self, operation: Operation[..., Any]) -> BaseModel:
        return request_of(operation, self.seeded)

    def bearer(self, operation: Operation[..., Any]) -> Headers:
        if isinstance(operation.protocol, BusinessProtocol):
            if not operation.carries_token:
                return ()
            by_advertiser = operation.subject is Subject.ADVERTISER
            return (("Access-Token", self.advertiser if by_advertiser else self.account),)
        if operation.subject is Subject.CREATOR:
            return (("Authorization", self.user),)
        if operation.carries_token:
            return (("Authorization", self.own),)
        return ()

    def ask(
        self,
        operation: Operation[..., Any],
        query: str,
        body: bytes | None,
        headers: Headers | None = None,
        content_type: bytes | None = None,
    ) -> RawAnswer:
        target = f"{operation.path}?{query}" if query else operation.path
        sent = self.bearer(operation) if headers is None else headers
        if content_type is not None:
            sent = (*sent, ("Content-Type", content_type))
        return self.line.ask(operation.method, target, sent, body)


def opened(tiktok: Any) -> Iterator[Asking]:
    """An `Asking` of the local TikTok of a test, without rate limits."""
    tiktok.settings(rate_limits=False, export_seconds=0, validation_seconds=0)
    portability = [str(Scope.PORTABILITY_ALL_ONGOING)]
    user = tiktok.bearer(scopes=[*tiktok.token()["scope"].split(","), *portability])
    grant = {"client_key": KEY, "client_secret": SECRET, "grant_type": "client_credentials"}
    own = tiktok.http.post("/v2/oauth/token/", data=grant).json()["access_token"]
    begun = begin(tiktok.http, user, {"Authorization": f"Bearer {own}"})
    tiktok.advance(1)
    with RawConnection(tiktok.url) as line:
        yield Asking(
            tiktok,
            line,
            user["Authorization"].encode(),
            f"Bearer {own}".encode(),
            tiktok.advertiser_token().encode(),
            tiktok.token(client_key=BUSINESS_APP)["access_token"].encode(),
            Seeded(tiktok.world, begun),
        )


def code_of(operation: Operation[..., Any], answer: RawAnswer) -> str:
    """The error code, `ok` for none; fails unless the answer is as the operation's are."""
    assert answer.headers["x-tt-logid"]
    if operation.protocol.answers_file and answer.headers["content-type"] == "application/zip":
        return "ok"
    if operation.protocol.answers_text and answer.headers["content-type"].startswith("text/plain"):
        return "ok"
    found = answer.json
    assert isinstance(found, dict)
    if operation.protocol is OAUTH_FORM:
        code = str(found.get("error", "ok"))
        if code != "ok":
            assert found["error_description"]
            assert found["log_id"]
    elif isinstance(operation.protocol, BusinessProtocol):
        code = "ok" if found["code"] == 0 else str(found["code"])
        assert LOG_ID.match(found["request_id"])
        assert answer.headers["x-tt-trace-id"]
        if code != "ok":
            assert found["message"]
            assert found["data"] == {}
    elif operation.protocol is PLAIN_JSON:
        code = "ok" if answer.status == 200 else ""
        if code != "ok":
            assert set(found) == {"code", "message"}
    else:
        code = str(found["error"]["code"])
        assert found["error"]["log_id"]
        if code != "ok":
            assert found["data"] == {}
    if code == "ok":
        inside = isinstance(operation.protocol, OpenApi | BusinessProtocol)
        data = found.get("data", {}) if inside else found
        operation.response.model_validate(data)
    return code
