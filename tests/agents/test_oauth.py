"""MCP clients that know only an address sign in as an agent, and go on until it ends."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from stagedoor.agents.container import Agents
from stagedoor.agents.oauth.addresses import resource_metadata_url
from stagedoor.connector.container import Container
from tests.agents.conftest import AgentFixture, make
from tests.connector.conftest import Service, serving
from tests.support.browsing import Browser, browser
from tests.support.connecting import pass_time
from tests.support.local import Local
from tests.support.signing_in import (
    CALLBACK,
    Official,
    Raw,
    allowed,
    code_of,
    gone_to,
    guarded,
    said,
    shown,
)

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def service(services: Container, service_socket: socket.socket) -> Iterator[Service]:
    yield from serving(services, service_socket, None, guarded)


@pytest.fixture
def agent(service: Service, agents: Agents) -> AgentFixture:
    return make(service, agents)


@pytest.fixture
def person() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture
def raw(service: Service) -> Raw:
    return Raw(service.http, service.url)


def one_time_code(agent: AgentFixture) -> str:
    code: str = agent.service.api("POST", f"/api/agents/{agent.id}/sign-in")["code"]
    return code


def sign_ins(agent: AgentFixture) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = agent.service.api("GET", f"/api/agents/{agent.id}/sign-ins")[
        "signIns"
    ]
    return listed


@pytest.mark.parametrize("method", [None, "none", "client_secret_post"])
def test_the_official_client_needs_only_the_address(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local, method: str | None
) -> None:
    agent.given({"resource": "videos", "level": "read"})
    client = Official(
        f"{agent.service.url}/mcp", lambda url: allowed(person, url, agent.key), method
    )
    assert client.get().json() == {"agent": agent.id, "decision": "allowed", "rule": "videos.read"}
    assert client.get().status_code == 200
    before = client.memory.tokens
    assert before is not None
    assert before.access_token.startswith("sdo_")

    pass_time(agent.service, local, 3_601)
    assert raw.call_with(before.access_token).status_code == 401
    client.wait()
    assert client.get().json()["agent"] == agent.id
    after = client.memory.tokens
    assert after is not None
    assert after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token

    client.restart()
    anyio.run(client.provider._initialize)
    client.wait()
    assert client.get().json()["agent"] == agent.id
    assert client.memory.tokens != after, "it asks at /token when it forgot what it discovered"
    assert len(client.asked) == 1, "one yes was enough for all of it"


def test_it_may_do_what_the_agent_may_do_and_not_longer(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    token = raw.signed_in(person, agent.key)["access_token"]
    assert raw.call_with(token).json() == {
        "agent": agent.id,
        "decision": "denied",
        "rule": "no-grant",
    }
    agent.given({"resource": "videos", "level": "read"})
    assert raw.call_with(token).json()["decision"] == "allowed"
    assert [row["agent"] for row in agent.rows()] == [agent.id, agent.id]
    agent.service.api("POST", f"/api/agents/{agent.id}/stop")
    stopped = raw.call_with(token)
    assert stopped.json()["rule"] == "stopped"
    assert agent.rows()[0]["rule"] == "stopped", "a stopped agent's calls are on record, too"


def test_an_agent_s_end_ends_what_signed_in_as_it(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    tokens = raw.signed_in(person, agent.key)
    caller = agent.agents.oauth.caller(tokens["access_token"])
    agent.service.api("DELETE", f"/api/agents/{agent.id}")
    assert raw.call_with(tokens["access_token"]).status_code == 401
    assert raw.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    # who was let in a moment ago is asked again with each call
    found = agent.agents.gate.decide(caller, "embed.oembed_video", None, {})
    assert found.rule == "unknown-agent"


def test_a_stopped_agent_s_sign_ins_rest_until_it_goes_on(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    tokens = raw.signed_in(person, agent.key)
    agent.service.api("POST", f"/api/agents/{agent.id}/stop")
    refused = raw.refresh(tokens["refresh_token"])
    assert refused.json() == {
        "error": "invalid_grant",
        "error_description": "The agent was stopped.",
    }
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"stopped": False})
    assert raw.refresh(tokens["refresh_token"]).status_code == 200


def test_with_its_key_a_sign_in_ends(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local
) -> None:
    by_key = raw.signed_in(person, agent.key)
    by_code = raw.signed_in(person, one_time_code(agent))
    caller = agent.agents.oauth.caller(by_key["access_token"])
    assert [one["key"] for one in sign_ins(agent)] == [agent.key[:8], None]

    agent.service.api("POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 1})
    assert raw.call_with(by_key["access_token"]).status_code == 200, "the old key still counts"
    agent.service.api("POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 0})
    assert raw.call_with(by_key["access_token"]).status_code == 401
    assert agent.agents.gate.decide(caller, "embed.oembed_video", None, {}).rule == "key-over"
    assert raw.refresh(by_key["refresh_token"]).json()["error"] == "invalid_grant"
    assert raw.call_with(by_code["access_token"]).status_code == 200
    assert raw.refresh(by_code["refresh_token"]).status_code == 200
    assert [one["key"] for one in sign_ins(agent)] == [None]


@sqlite_only
def test_tokens_live_no_longer_than_the_key_behind_them(
    service: Service, agents: Agents, person: Browser, raw: Raw, local: Local
) -> None:
    agent = make(service, agents, "Brief Agent", keyDays=0.01)
    tokens = raw.signed_in(person, agent.key)
    assert tokens["expires_in"] <= 864
    pass_time(service, local, 900)
    assert raw.call_with(tokens["access_token"]).status_code == 401
    assert raw.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert sign_ins(agent) == []


@sqlite_only
def test_keys_and_sign_ins_are_listed_apart(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    token = raw.signed_in(person, agent.key)["access_token"]
    raw.call_with(token)
    shown_agent = agent.service.api("GET", f"/api/agents/{agent.id}")
    assert [key["prefix"] for key in shown_agent["keys"]] == [agent.key[:8]]
    (one,) = sign_ins(agent)
    assert one["client"] == "Raw Client"
    assert one["clientId"] == raw.client["client_id"]
    assert one["redirectUri"] == CALLBACK
    assert one["lastUsed"] >= one["created"]
    assert (
        agent.service.send("GET", f"/api/agents/{agent.id}/sign-ins", org="other").status_code
        == 404
    )


def test_an_admin_ends_a_sign_in(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    first = raw.signed_in(person, agent.key)
    second = raw.signed_in(person, agent.key)
    path = f"/api/agents/{agent.id}/sign-ins"
    one = sign_ins(agent)[0]["id"]
    assert agent.service.send("DELETE", f"{path}/{one}", org="other").status_code == 404
    assert raw.call_with(first["access_token"]).status_code == 200
    agent.service.api("DELETE", f"{path}/{one}")
    assert raw.call_with(first["access_token"]).status_code == 401
    assert raw.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert raw.call_with(second["access_token"]).status_code == 200
    gone = agent.service.send("DELETE", f"{path}/{one}")
    assert gone.json()["error"]["code"] == "no_sign_in"
    for role in ("viewer", "member"):
        assert agent.service.send("GET", path, role=role).status_code == 403
        assert agent.service.send("POST", f"/api/agents/{agent.id}/sign-in", role=role).is_error


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_client_signs_out_by_either_token(
    agent: AgentFixture, person: Browser, raw: Raw, which: str
) -> None:
    tokens = raw.signed_in(person, agent.key)
    other = Raw(agent.service.http, agent.service.url)
    other.register()
    assert other.revoke(tokens[which]).status_code == 200
    assert raw.call_with(tokens["access_token"]).status_code == 200, (
        "another client's is left alone"
    )
    assert raw.revoke(tokens[which]).status_code == 200
    assert raw.call_with(tokens["access_token"]).status_code == 401
    assert raw.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert raw.revoke(tokens[which]).status_code == 200
    assert raw.revoke("nothing").status_code == 200


def test_a_typed_code_counts_once_and_for_ten_minutes(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local
) -> None:
    raw.register()
    code = one_time_code(agent)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", code)
    carelessly = f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    page = shown(person, raw.authorize(), carelessly)
    assert "Let Raw Client act as Social Agent?" in page.text
    again = shown(person, raw.authorize(), code)
    assert again.answer.status_code == 403
    assert "Allow" not in again.buttons
    assert gone_to(person.press(page, "Allow"))

    older, newer = one_time_code(agent), one_time_code(agent)
    assert shown(person, raw.authorize(), older).answer.status_code == 403
    pass_time(agent.service, local, 601)
    assert shown(person, raw.authorize(), newer).answer.status_code == 403


@sqlite_only
def test_proofs_are_tried_a_few_times_only(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    raw.register()
    page = person.open(raw.authorize())
    tried = [person.press(page, "Continue", proof=f"0000-0000-{n:04}") for n in range(31)]
    assert {one.answer.status_code for one in tried[:30]} == {403}
    assert tried[30].answer.status_code == 429
    assert int(tried[30].answer.headers["retry-after"]) > 0
    assert person.press(page, "Continue", proof=agent.key).answer.status_code == 429


@sqlite_only
def test_a_stopped_agent_s_key_proves_nothing(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    waiting = shown(person, raw.authorize(), agent.key)
    agent.service.api("POST", f"/api/agents/{agent.id}/stop")
    refused = shown(person, raw.authorize(), agent.key)
    assert "This agent was stopped." in refused.text
    late = gone_to(person.press(waiting, "Allow"))
    assert said(late)["error"] == "access_denied"


@sqlite_only
def test_what_the_agent_may_do_is_said_in_words(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    nothing = shown(person, raw.authorize(), agent.key)
    assert "Nothing yet" in nothing.text
    agent.given(
        {"resource": "videos", "level": "read"},
        {
            "resource": "posting",
            "level": "full",
            "integrationId": agent.account,
            "askFirst": True,
            "conditions": {"draftsOnly": True},
        },
    )
    name = agent.service.api("GET", f"/api/integrations/{agent.account}")["username"]
    page = shown(person, raw.authorize(), agent.key)
    assert "Let Raw Client act as Social Agent?" in page.text
    assert "an agent of acme" in page.text
    assert "Read Own videos on all accounts" in page.text
    assert f"Everything of Posting on @{name}: drafts only; asks first" in page.text
    assert CALLBACK in page.text
    agent.given(cedar='@id("all") permit (principal, action, resource);')
    assert "an admin wrote by hand" in shown(person, raw.authorize(), agent.key).text


def test_a_no_is_told_on_both_pages(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    raw.register()
    for page in (person.open(raw.authorize()), shown(person, raw.authorize(), agent.key)):
        told = gone_to(person.press(page, "Deny"))
        assert told.startswith(f"{CALLBACK}?")
        assert said(told) == {
            "error": "access_denied",
            "error_description": "The person said no.",
            "state": "s-1",
            "iss": agent.service.url,
        }
    gone = person.press(page, "Allow")
    assert gone.answer.status_code == 400
    assert "out of date" in gone.text


@sqlite_only
def test_the_answer_names_its_issuer_and_gives_the_state_back(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    state = "a b&c=d/é".encode().hex() + " &=%?#"
    told = said(allowed(person, raw.authorize(state=state), agent.key))
    assert (told["state"], told["iss"]) == (state, agent.service.url)
    assert "state" not in said(allowed(person, raw.authorize(state=None), agent.key))


@sqlite_only
def test_a_client_with_a_secret_shows_it(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    made = raw.register(token_endpoint_auth_method="client_secret_basic").json()
    assert made["client_secret_expires_at"] == 0
    code = code_of(allowed(person, raw.authorize(), agent.key))
    for wrong in ({}, {"client_secret": "guessed"}, {"authorization": basic(made, "guessed")}):
        refused = raw.redeem(code, **wrong)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")
    two = raw.redeem(
        code, client_secret=made["client_secret"], authorization=basic(made, made["client_secret"])
    )
    assert two.json()["error"] == "invalid_request"
    good = raw.redeem(code, client_id="", authorization=basic(made, made["client_secret"]))
    assert good.status_code == 200
    assert good.headers["cache-control"] == "no-store"
    tokens = good.json()
    assert raw.refresh(tokens["refresh_token"]).status_code == 401
    renewed = raw.refresh(tokens["refresh_token"], client_secret=made["client_secret"])
    assert renewed.status_code == 200


def basic(client: dict[str, Any], secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client['client_id']}:{secret}".encode()).decode()


@sqlite_only
def test_on_this_machine_either_name_will_do(agent: AgentFixture, person: Browser) -> None:
    url = agent.service.url.replace("127.0.0.1", "localhost")
    client = Official(f"{url}/mcp", lambda page: allowed(person, page, agent.key))
    assert client.get().json()["agent"] == agent.id
    assert client.asked[0].startswith(f"{url}/agents/oauth/authorize?")
    settings = agent.agents.services.settings
    assert resource_metadata_url(settings, "evil.example.com").startswith(agent.service.url)


@sqlite_only
def test_where_things_are_is_told(service: Service) -> None:
    for path in ("", "/mcp"):
        found = service.http.get(f"/.well-known/oauth-protected-resource{path}")
        assert found.json()["resource"] == f"{service.url}/mcp"
        assert found.json()["authorization_servers"] == [service.url]
    server = service.http.get("/.well-known/oauth-authorization-server").json()
    assert server["issuer"] == service.url
    assert server["code_challenge_methods_supported"] == ["S256"]
    for path in ("/other", "/mcp/more"):
        missing = service.http.get(f"/.well-known/oauth-protected-resource{path}")
        assert missing.status_code == 404


@sqlite_only
def test_clients_in_browsers_may_ask_from_any_origin(service: Service) -> None:
    origin = {"origin": "https://inspector.example.com"}
    for path in ("register", "token", "revoke"):
        asked = service.http.options(
            f"/agents/oauth/{path}",
            headers={
                **origin,
                "access-control-request-method": "POST",
                "access-control-request-headers": "content-type",
            },
        )
        assert asked.headers["access-control-allow-origin"] == "*"
        refused = service.http.post(f"/agents/oauth/{path}", headers=origin)
        assert refused.status_code in (400, 401)
        assert refused.headers["access-control-allow-origin"] == "*"
    page = service.http.get("/agents/oauth/authorize", headers=origin)
    assert "access-control-allow-origin" not in page.headers
