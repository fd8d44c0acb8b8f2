"""Every /api route of the document, as the wrong caller and as the right one.

The requests are made from the document: its example of the body, ids of objects that exist. Each
must be refused to another organisation, to lower roles, and with tokens that are expired, forged or
without a signature; the same request by the right caller then succeeds, which proves that there was
something to refuse.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import jwt
import pytest

from stagedoor.connector.tenants.roles import Role
from stagedoor.connector.tenants.tokens import mint
from tests.agents.conftest import AgentFixture
from tests.agents.tenant_world import LAST, Wanted, World
from tests.connector.conftest import Service
from tests.support.documented import operations

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.long,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """With a verified address that TikTok fetches photos from."""
    return environment | {
        "STAGEDOOR_PULL_URL": "https://media.example.com",
        "STAGEDOOR_FETCH_PRIVATE": "1",
        "STAGEDOOR_SMTP_HOST": "127.0.0.1",
        "STAGEDOOR_SMTP_FROM": "stagedoor@example.com",
    }


VOCABULARY = {"sync_type"}
"""Parts of paths that are words of the API, the same for every organisation."""


class Request:
    """One route with a request that the right caller may make."""

    def __init__(self, service: Service, method: str, path: str, wanted: Wanted) -> None:
        self._service = service
        self._method = method
        self._path = path.format_map(wanted.path)
        self._wanted = wanted

    @property
    def names_something(self) -> bool:
        """Whether it names objects of the organisation."""
        body = self._wanted.body if isinstance(self._wanted.body, dict) else {}
        named = {"publishId", "integrationId", "uploads"} & {*body, *self._wanted.query}
        return bool(self._wanted.path.keys() - VOCABULARY or named)

    def send(self, token: str, org: str = "acme") -> httpx2.Response:
        return self._service.http.request(
            self._method,
            self._path,
            json=self._wanted.body,
            params=self._wanted.query or None,
            headers={"orgid": org, "authorization": f"Bearer {token}"},
        )


def bad_tokens(service: Service, role: str) -> Iterator[tuple[str, str]]:
    """Tokens that prove nothing, by what is wrong with each."""
    services = service.services
    now = services.clock.now()
    given: dict[str, Any] = {"org": "acme", "user": "u1", "role": Role(role)}
    settings, key = services.settings.jwt, services.keys.jwt
    yield "expired", mint(settings, key, **given, now=now - 7_200, seconds=3_600)
    yield (
        "forged",
        mint(settings, "another-secret-of-32-characters!", **given, now=now, seconds=3_600),
    )
    claims = {"orgid": "acme", "sub": "u1", "role": role, "exp": now + 3_600}
    yield "unsigned", jwt.encode(claims, "", algorithm="none")
    whole = service.token("acme", role)
    yield "changed", whole[:-4] + ("AAAA" if whole[-4:] != "AAAA" else "BBBB")
    yield "nothing", "x"


def problems(service: Service, name: str, role: str, request: Request) -> Iterator[str]:
    """The problems of the answers to one route's requests."""
    for what, token in bad_tokens(service, role):
        answer = request.send(token)
        if (answer.status_code, answer.json()["error"]["code"]) != (401, "unauthenticated"):
            yield f"{name}: {what} token: {answer.status_code} {answer.text}"
    for lower in list(Role)[: list(Role).index(Role(role))]:
        answer = request.send(service.token("acme", lower.value))
        if (answer.status_code, answer.json()["error"]["code"]) != (403, "forbidden"):
            yield f"{name}: as {lower.value}: {answer.status_code} {answer.text}"
    theirs = service.token("other", "admin")
    answer = request.send(theirs, org="acme")
    if answer.status_code not in (401, 403):
        yield f"{name}: another organisation's token: {answer.status_code} {answer.text}"
    answer = request.send(theirs, org="other")
    if request.names_something and answer.is_success:
        yield f"{name}: another organisation with these ids: {answer.status_code} {answer.text}"


def test_every_route_refuses_the_wrong_caller_and_serves_the_right_one(
    agent: AgentFixture,
) -> None:
    service, world = agent.service, World(agent)
    assert service.declared is not None
    listed = [
        (operation["operationId"], method, path, operation)
        for method, path, operation in operations(service.declared.document)
        if path.startswith("/api/")
    ]
    listed.sort(key=lambda one: LAST.index(one[0]) if one[0] in LAST else -1)
    found: list[str] = []
    for name, method, path, operation in listed:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        wanted = world.wanted(name, path, content.get("example"))
        request, role = Request(service, method, path, wanted), operation["x-required-role"]
        found.extend(problems(service, name, role, request))
        control = request.send(service.token("acme", role))
        if not control.is_success:
            found.append(
                f"{name}: the control failed: {control.status_code} {control.text}: say in "
                "tests/agents/tenant_world.py what it needs"
            )
    assert len(listed) > 50
    assert found == []
