"""MCP clients that sign in: the official one, and one that sends exactly what a test says."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio
import httpx2
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from stagedoor.agents.container import Agents
from stagedoor.agents.decisions.decision import WORDS
from stagedoor.agents.extension import extend
from stagedoor.agents.oauth.addresses import resource_metadata_url
from stagedoor.connector.container import Container
from stagedoor.connector.extension import Extension

from .browsing import Browser, Page

CALLBACK = "http://127.0.0.1:5999/callback"
OPERATION = "embed.oembed_video"
ARGUMENTS = {"url": "https://www.tiktok.com/@maracooks/video/1"}


def guarded(services: Container) -> Extension:
    """The gateway, with an application at /mcp that tells only the caller and the decision."""
    made = extend(services)
    agents = Agents(services)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await run_in_threadpool(_let_in, agents, request)
        await answer(scope, receive, send)

    return replace(made, apps={**made.apps, "/mcp": application})


def _let_in(agents: Agents, request: Request) -> Response:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    caller = agents.oauth.caller(token)
    if caller is None:
        where = resource_metadata_url(agents.services.settings, request.headers.get("host"))
        told = {"www-authenticate": f'Bearer resource_metadata="{where}"'}
        return JSONResponse({"error": "invalid_token"}, 401, told)
    decision = agents.gate.decide(caller, OPERATION, None, ARGUMENTS)
    said = {"agent": caller.agent_id, "decision": WORDS[type(decision)], "rule": decision.rule}
    return JSONResponse(said)


@dataclass
class Memory:
    """Where the official client keeps what it has."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass
class Official:
    """The official SDK's client; `person` gets the address that its browser is sent to, and
    gives the one where that ends."""

    url: str
    person: Callable[[str], str]
    method: Any = None
    memory: Memory = field(default_factory=Memory)
    asked: list[str] = field(default_factory=list)
    """The address that the person's browser was sent to."""
    _provider: OAuthClientProvider | None = None

    def get(self) -> httpx2.Response:
        """The endpoint's answer to the client, after the client did all that lets it in."""
        return anyio.run(self._get)

    def restart(self) -> None:
        """The client has what it keeps, and nothing else."""
        self._provider = None

    def wait(self) -> None:
        """By its own clock its access token is over."""
        self.provider.context.token_expiry_time = 1.0

    @property
    def provider(self) -> OAuthClientProvider:
        if self._provider is None:
            metadata = OAuthClientMetadata(
                client_name="Official Client",
                redirect_uris=[AnyUrl(CALLBACK)],
                token_endpoint_auth_method=self.method,
            )
            self._provider = OAuthClientProvider(
                self.url, metadata, self.memory, self._redirect, self._callback
            )
        return self._provider

    async def _get(self) -> httpx2.Response:
        async with httpx2.AsyncClient(auth=self.provider, timeout=30) as http:
            return await http.get(self.url)

    async def _redirect(self, url: str) -> None:
        self.asked.append(url)
        self._came_back = await anyio.to_thread.run_sync(self.person, url)

    async def _callback(self) -> AuthorizationCodeResult:
        came = said(self._came_back)
        assert "code" in came, came
        return AuthorizationCodeResult(
            code=came["code"], state=came.get("state"), iss=came.get("iss")
        )


@dataclass
class Raw:
    """A client by hand."""

    http: httpx2.Client
    url: str
    """Of the service."""
    client: dict[str, Any] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def register(self, **said: Any) -> httpx2.Response:
        asked = {
            "client_name": "Raw Client",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "none",
        }
        answer = self.http.post("/agents/oauth/register", json=asked | said)
        if answer.status_code == 201:
            self.client = answer.json()
        return answer

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def authorize(self, **said: str | None) -> str:
        """Where it sends the browser; None leaves something out."""
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client["client_id"],
            "redirect_uri": self.client["redirect_uris"][0],
            "state": "s-1",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "resource": f"{self.url}/mcp",
        }
        left = {name: value for name, value in (asked | said).items() if value is not None}
        return f"{self.url}/agents/oauth/authorize?{urlencode(left)}"

    def token(self, **said: str) -> httpx2.Response:
        asked = {"client_id": self.client["client_id"]} | said
        headers = {}
        if "authorization" in asked:
            headers["authorization"] = asked.pop("authorization")
        sent = {name: value for name, value in asked.items() if value != ""}
        return self.http.post("/agents/oauth/token", data=sent, headers=headers)

    def redeem(self, code: str, **said: str) -> httpx2.Response:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client["redirect_uris"][0],
            "code_verifier": self.verifier,
        }
        return self.token(**asked | said)

    def refresh(self, token: str, **said: str) -> httpx2.Response:
        return self.token(**{"grant_type": "refresh_token", "refresh_token": token} | said)

    def revoke(self, token: str, **said: str) -> httpx2.Response:
        asked = {"client_id": self.client["client_id"], "token": token} | said
        return self.http.post("/agents/oauth/revoke", data=asked)

    def signed_in(self, browser: Browser, proof: str) -> dict[str, Any]:
        """Its tokens, after the person said yes."""
        if not self.client:
            self.register()
        answer = self.redeem(code_of(allowed(browser, self.authorize(), proof)))
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def call_with(self, token: str) -> httpx2.Response:
        return self.http.get("/mcp", headers={"authorization": f"Bearer {token}"})


def shown(browser: Browser, url: str, proof: str) -> Page:
    """The second page, which says what a yes would mean."""
    return browser.press(browser.open(url), "Continue", proof=proof)


def allowed(browser: Browser, url: str, proof: str) -> str:
    """Where the browser is sent after a yes."""
    return gone_to(browser.press(shown(browser, url, proof), "Allow"))


def gone_to(page: Page) -> str:
    where = page.answer.headers.get("location")
    assert page.answer.status_code == 303, page.text
    assert where is not None
    return where


def said(url: str) -> dict[str, str]:
    """The parameters of an address's query."""
    return dict(parse_qsl(urlsplit(url).query))


def code_of(url: str) -> str:
    return said(url)["code"]
