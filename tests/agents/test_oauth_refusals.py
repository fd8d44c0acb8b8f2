"""Requests against OAuth's rules get the error that OAuth names, and signs of a stolen token end
the whole sign-in."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from stagedoor.agents.container import Agents
from stagedoor.agents.identity import store as identity
from stagedoor.agents.identity.keys import digest
from stagedoor.agents.oauth import tokens
from stagedoor.agents.oauth.clients import OAuthClients
from stagedoor.agents.oauth.errors import TooMany
from stagedoor.connector.database import TenantConnection, metadata
from stagedoor.connector.errors import ServiceUnavailable
from tests.agents.conftest import AgentFixture, make
from tests.agents.test_oauth import agent, one_time_code, person, raw, service, sign_ins
from tests.connector.conftest import Service
from tests.support.browsing import Browser, Page, browser
from tests.support.connecting import pass_time
from tests.support.local import Local
from tests.support.signing_in import CALLBACK, Raw, allowed, code_of, gone_to, said, shown

__all__ = ["agent", "person", "raw", "service"]

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOSTED = "https://client.example.com/callback"


def ended(agent: AgentFixture, raw: Raw, issued: dict[str, Any]) -> bool:
    """Nothing of it counts any more."""
    assert raw.refresh(issued["refresh_token"]).json()["error"] == "invalid_grant"
    return raw.call_with(issued["access_token"]).status_code == 401 and sign_ins(agent) == []


# registering


OWN = [
    "https://client.example.com/cb?a=1",
    "http://127.0.0.1/cb",
    "http://localhost:8080/cb",
    "http://[::1]:8080/cb",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "com.example.app:/oauth",
]


@sqlite_only
def test_an_app_s_own_address_may_be_registered(raw: Raw) -> None:
    for uri in OWN:
        assert raw.register(redirect_uris=[uri]).json()["redirect_uris"] == [uri]


NOBODYS = [
    "http://client.example.com/cb",
    "http://127.0.0.1.example.com/cb",
    "http://127.0.0.2/cb",
    "http://localhost@example.com/cb",
    "https://me:secret@client.example.com/cb",
    "https://client.example.com/cb#part",
    "https://client.example.com\\@evil.example.com/cb",
    "https://client.example.com/c b",
    "https://client.example.com/\ncb",
    "https://кlient.example.com/cb",
    "https:///cb",
    "https://client.example.com:0/cb",
    "https://client.example.com:port/cb",
    "javascript://%0aalert(1)",
    "JavaScript:/alert(1)",
    "data:/text/html,x",
    "vbscript:/x",
    "file:///etc/passwd",
    "blob:/x",
    "app:opaque",
    "/callback",
    "//client.example.com/cb",
    "",
    "https://client.example.com/" + "x" * 500,
]


@sqlite_only
def test_what_is_no_client_s_address_is_no_redirect_uri(raw: Raw) -> None:
    for uri in NOBODYS:
        refused = raw.register(redirect_uris=[CALLBACK, uri])
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri"), uri


BAD_REGISTRATIONS: list[tuple[Any, str]] = [
    ({"client_name": "x"}, "invalid_redirect_uri"),
    ({"redirect_uris": []}, "invalid_redirect_uri"),
    ({"redirect_uris": CALLBACK}, "invalid_redirect_uri"),
    ({"redirect_uris": [{"a": 1}]}, "invalid_redirect_uri"),
    ({"redirect_uris": [CALLBACK] * 11}, "invalid_redirect_uri"),
    ({"redirect_uris": [f"{HOSTED}/{'x' * 440}/{n}" for n in range(10)]}, "invalid_redirect"),
    ({"redirect_uris": [CALLBACK], "client_name": ["x"]}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "client_name": "x" * 1_001}, "invalid_client_metadata"),
    (
        {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "private_key_jwt"},
        "invalid_client_metadata",
    ),
    ({"redirect_uris": [CALLBACK], "grant_types": ["implicit"]}, "invalid_client_metadata"),
    ({"redirect_uris": [CALLBACK], "response_types": ["token"]}, "invalid_client_metadata"),
    ([CALLBACK], "invalid_client_metadata"),
    (b"{", "invalid_client_metadata"),
    (b"\xff", "invalid_client_metadata"),
    (b'{"a":' * 3_000 + b"1" + b"}" * 1_000, "invalid_client_metadata"),
    (b"", "invalid_client_metadata"),
]


@sqlite_only
def test_a_bad_registration_is_refused_by_name(service: Service) -> None:
    for body, error in BAD_REGISTRATIONS:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        refused = service.http.post("/agents/oauth/register", content=sent)
        assert refused.status_code == 400, refused.text
        assert refused.json()["error"].startswith(error), body
        assert refused.json()["error_description"].isascii()


@sqlite_only
def test_a_huge_registration_is_cut_off(service: Service) -> None:
    def endless() -> Any:
        for _ in range(1_000):
            yield b"x" * 1_024

    for content in (b"x" * 20_000, endless()):
        refused = service.http.post("/agents/oauth/register", content=content)
        assert (refused.status_code, refused.json()["error"]) == (413, "invalid_request")


@sqlite_only
def test_registrations_from_one_address_are_few(raw: Raw) -> None:
    answers = [raw.register() for _ in range(61)]
    assert {one.status_code for one in answers[:60]} == {201}
    assert answers[60].status_code == 429
    assert answers[60].json()["error"] == "temporarily_unavailable"
    assert int(answers[60].headers["retry-after"]) > 0


def test_who_signs_in_is_kept_and_who_does_not_makes_room(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.signed_in(person, agent.key)
    services = agent.agents.services
    few = OAuthClients(services.database, services.clock, most=3)
    body = json.dumps({"redirect_uris": [CALLBACK]}).encode()
    made = [few.register(body, "192.0.2.1").client.id for _ in range(4)]
    known = [few.find(one) is not None for one in (raw.client["client_id"], *made)]
    assert known == [True, False, False, True, True]
    full = OAuthClients(services.database, services.clock, most=1)
    with services.database.begin() as connection:
        connection.execute(text("UPDATE oauth_clients SET used = 1"))
    with pytest.raises(TooMany, match="no room"):
        full.register(body, "192.0.2.1")


def test_a_registration_without_a_sign_in_is_forgotten(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local
) -> None:
    other = Raw(agent.service.http, agent.service.url)
    other.register()
    issued = raw.signed_in(person, agent.key)
    pass_time(agent.service, local, 86_401)
    page = person.open(other.authorize())
    assert page.answer.status_code == 400
    assert "isn't registered (any more)" in page.text
    assert other.redeem(tokens.secret()).json()["error"] == "invalid_client"
    issued = raw.refresh(issued["refresh_token"]).json()
    pass_time(agent.service, local, 29 * 86_400)
    issued = raw.refresh(issued["refresh_token"]).json()
    pass_time(agent.service, local, 30 * 86_400 + 1)
    assert raw.refresh(issued["refresh_token"]).json()["error"] == "invalid_grant"
    assert "would like to act" in person.open(raw.authorize()).text, "the client is still known"


# asking


ELSEWHERE: list[tuple[str, str | None]] = [
    (CALLBACK, f"{CALLBACK}/"),
    (CALLBACK, f"{CALLBACK}?a=1"),
    (CALLBACK, f"{CALLBACK}#a"),
    (CALLBACK, "http://127.0.0.1:5999/CALLBACK"),
    (CALLBACK, "http://127.0.0.1:5999/callback/../callback"),
    (CALLBACK, "http://127.0.0.1:5999/%63allback"),
    (CALLBACK, "http://localhost:5999/callback"),
    (CALLBACK, "https://127.0.0.1:5999/callback"),
    (CALLBACK, "http://me@127.0.0.1:5999/callback"),
    (CALLBACK, "http://127.0.0.1:5999@evil.example.com/callback"),
    (CALLBACK, "http://127.0.0.1.evil.example.com:5999/callback"),
    (CALLBACK, "http://127.0.0.1:0/callback"),
    (CALLBACK, "http://127.0.0.1:99999/callback"),
    (CALLBACK, "http://127.0.0.1:5999\\@evil.example.com/callback"),
    (CALLBACK, "//127.0.0.1:5999/callback"),
    (CALLBACK, None),
    (HOSTED, "https://client.example.com:444/callback"),
    (HOSTED, "https://CLIENT.example.com/callback"),
    (HOSTED, "https://client.example.com.evil.example.com/callback"),
    (HOSTED, "https://evil.example.com/callback"),
    ("cursor://a.b/cb", "cursor://a.c/cb"),
    ("cursor://a.b/cb", "vscode://a.b/cb"),
]


@sqlite_only
def test_no_browser_is_sent_to_what_was_not_registered(raw: Raw, person: Browser) -> None:
    for registered, asked in ELSEWHERE:
        raw.register(redirect_uris=[registered])
        for more in ({}, {"response_type": "nonsense"}):
            page = person.open(raw.authorize(redirect_uri=asked, **more))
            assert page.answer.status_code == 400, asked
            assert "didn't register" in page.text
            assert not {"location", "refresh"} & set(page.answer.headers)
            assert page.links() == []


@sqlite_only
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_on_the_person_s_machine_any_port_is_the_client_s(
    agent: AgentFixture, raw: Raw, person: Browser, host: str
) -> None:
    raw.register(redirect_uris=[f"http://{host}/cb"])
    uri = f"http://{host}:40123/cb"
    end = person.press(shown(person, raw.authorize(redirect_uri=uri), agent.key), "Allow")
    where = end.answer.headers.get("location") or end.links()[0]
    assert where.startswith(f"{uri}?code=")
    assert raw.redeem(code_of(where)).json()["error"] == "invalid_grant", "at another port"
    end = person.press(shown(person, raw.authorize(redirect_uri=uri), agent.key), "Allow")
    where = end.answer.headers.get("location") or end.links()[0]
    assert raw.redeem(code_of(where), redirect_uri=uri).status_code == 200


WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "implicit": ({"response_type": "token"}, "unsupported_response_type"),
    "no response type": ({"response_type": None}, "unsupported_response_type"),
    "fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "a short challenge": ({"code_challenge": "x" * 42}, "invalid_request"),
    "a strange challenge": ({"code_challenge": "x" * 42 + "="}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "no method": ({"code_challenge_method": None}, "invalid_request"),
    "another server": ({"resource": "https://other.example.com/mcp"}, "invalid_target"),
    "another path": ({"resource": "{url}/other"}, "invalid_target"),
    "the server itself": ({"resource": "{url}"}, "invalid_target"),
    "a part of it": ({"resource": "{url}/mcp#x"}, "invalid_target"),
    "no address": ({"resource": "mcp"}, "invalid_target"),
}


@sqlite_only
def test_a_client_is_told_what_is_wrong_with_its_request(raw: Raw, person: Browser) -> None:
    raw.register()
    hosted = Raw(raw.http, raw.url)
    hosted.register(redirect_uris=[HOSTED])
    for name, (changed, error) in WRONG.items():
        filled = {k: v and v.replace("{url}", raw.url) for k, v in changed.items()}
        told = gone_to(person.open(raw.authorize(**filled)))
        assert told.startswith(f"{CALLBACK}?")
        assert (said(told)["error"], said(told)["state"]) == (error, "s-1"), name
        assert said(told)["iss"] == raw.url

        page = person.open(hosted.authorize(**filled))
        assert page.answer.status_code == 400
        assert not {"location", "refresh"} & set(page.answer.headers), "a link leads nobody away"
        assert said(page.links()[0])["error"] == error


@sqlite_only
def test_a_strange_state_is_not_given_back(raw: Raw, person: Browser) -> None:
    raw.register()
    for state in ("x" * 4_097, "a\nb", "é", "a\x00b"):
        told = said(gone_to(person.open(raw.authorize(state=state))))
        assert told["error"] == "invalid_request"
        assert "state" not in told


@sqlite_only
def test_resources_that_mean_the_door_are_the_door(
    agent: AgentFixture, raw: Raw, person: Browser
) -> None:
    raw.register()
    for resource in (None, f"{raw.url}/mcp/", f"{raw.url}/mcp".replace("http", "HTTP", 1)):
        assert "would like" in person.open(raw.authorize(resource=resource)).text


OF_NOBODY = [
    "",
    "client_id=nobody",
    "client_id=%00",
    "client_id=" + "x" * 65,
    "client_id=%ff",
    "client_id=a&client_id=b",
    "&".join(f"a{n}=1" for n in range(60)),
]


@sqlite_only
def test_a_request_of_nobody_ends_on_a_page(service: Service, person: Browser) -> None:
    for query in OF_NOBODY:
        page = person.open(f"{service.url}/agents/oauth/authorize?{query}")
        assert page.answer.status_code == 400, query
        assert "Nothing was allowed." in page.text
        assert "location" not in page.answer.headers


# getting tokens


def test_a_code_is_for_one_use_and_a_second_ends_what_it_gave(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    code = code_of(allowed(person, raw.authorize(), agent.key))
    issued = raw.redeem(code).json()
    assert raw.call_with(issued["access_token"]).status_code == 200
    again = raw.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert ended(agent, raw, issued)


@sqlite_only
def test_a_code_counts_for_a_minute(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local
) -> None:
    raw.register()
    code = code_of(allowed(person, raw.authorize(), agent.key))
    pass_time(agent.service, local, 61)
    assert raw.redeem(code).json()["error"] == "invalid_grant"


@sqlite_only
def test_a_page_waits_for_ten_minutes(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local
) -> None:
    raw.register()
    page = shown(person, raw.authorize(), agent.key)
    pass_time(agent.service, local, 601)
    late = person.press(page, "Allow")
    assert late.answer.status_code == 400
    assert "out of date" in late.text


REDEEMED: dict[str, tuple[dict[str, str], str]] = {
    "another verifier": ({"code_verifier": "x" * 43}, "invalid_grant"),
    "a short verifier": ({"code_verifier": "x" * 42}, "invalid_request"),
    "no verifier": ({"code_verifier": ""}, "invalid_request"),
    "the challenge itself": ({"code_verifier": "{challenge}"}, "invalid_grant"),
    "another redirect": ({"redirect_uri": "http://127.0.0.1:6000/callback"}, "invalid_grant"),
    "another resource": ({"resource": "https://other.example.com/mcp"}, "invalid_target"),
    "another client": ({"client_id": "{other}"}, "invalid_grant"),
}


@sqlite_only
def test_a_code_that_comes_with_something_wrong_is_over(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    other = Raw(raw.http, raw.url)
    other.register()
    raw.register()
    places = {"{challenge}": raw.challenge, "{other}": other.client["client_id"]}
    for name, (changed, error) in REDEEMED.items():
        code = code_of(allowed(person, raw.authorize(), agent.key))
        refused = raw.redeem(code, **{k: places.get(v, v) for k, v in changed.items()})
        assert (refused.status_code, refused.json()["error"]) == (400, error), name
        assert raw.redeem(code).json()["error"] == "invalid_grant", "it was the only try"


BAD_REQUESTS: list[tuple[dict[str, str], str]] = [
    ({}, "invalid_request"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ({"grant_type": "authorization_code"}, "invalid_request"),
    ({"grant_type": "authorization_code", "code": "guessed"}, "invalid_grant"),
    ({"grant_type": "authorization_code", "code": "x" * 43}, "invalid_grant"),
    ({"grant_type": "refresh_token"}, "invalid_request"),
    ({"grant_type": "refresh_token", "refresh_token": "sdr_x"}, "invalid_grant"),
    ({"grant_type": "refresh_token", "refresh_token": "sdr_" + "x" * 65}, "invalid_grant"),
    ({"grant_type": "refresh_token", "refresh_token": "é" * 69}, "invalid_grant"),
    ({"grant_type": "refresh_token", "client_secret": "none"}, "invalid_client"),
    ({"client_id": "nobody"}, "invalid_client"),
    ({"grant_type": "refresh_token", "client_id": ""}, "invalid_client"),
    ({"authorization": "Basic !"}, "invalid_client"),
    ({"authorization": "Basic eA=="}, "invalid_client"),
    ({"authorization": "Bearer x"}, "invalid_client"),
]


@sqlite_only
def test_a_bad_request_for_tokens_is_refused_by_name(raw: Raw) -> None:
    raw.register()
    for form, error in BAD_REQUESTS:
        refused = raw.token(**form)
        assert refused.json()["error"] == error, form
        assert refused.status_code == (401 if error == "invalid_client" else 400)
        assert refused.headers["cache-control"] == "no-store"


@sqlite_only
def test_a_form_is_a_form(raw: Raw) -> None:
    raw.register()
    path = "/agents/oauth/token"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for sent in (
        raw.http.post(path, json={"grant_type": "refresh_token"}),
        raw.http.post(path, content=b"grant_type=a&grant_type=b", headers=kind),
        raw.http.post(path, content=b"grant_type=%ff", headers=kind),
        raw.http.post(path, content=b"\xff", headers=kind),
        raw.http.post("/agents/oauth/revoke", data={"client_id": raw.client["client_id"]}),
    ):
        assert (sent.status_code, sent.json()["error"]) == (400, "invalid_request")
    assert raw.http.post(path, content=b"x" * 20_000, headers=kind).status_code == 413
    assert raw.http.get(path).status_code == 405
    assert raw.http.get("/agents/oauth/other").json()["error"] == "invalid_request"


def test_a_refresh_token_that_is_used_twice_ends_the_family(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    first = raw.signed_in(person, agent.key)
    second = raw.refresh(first["refresh_token"]).json()
    third = raw.refresh(second["refresh_token"]).json()
    assert raw.call_with(third["access_token"]).status_code == 200
    stolen = raw.refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert ended(agent, raw, third)


_WAITING = text(
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE NOT granted AND datname = current_database()"
)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_of_those_that_refresh_at_once_one_is_first_and_the_next_ends_it(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    issued = raw.signed_in(person, agent.key)
    database = agent.agents.services.database

    def waiting() -> bool:
        with database.engine.connect() as another:
            return bool(another.scalars(_WAITING).one() == 4)

    with ThreadPoolExecutor(4) as threads:
        with database.begin() as connection:
            identity.locked(TenantConnection(connection, "acme"), agent.id)
            going = [threads.submit(raw.refresh, issued["refresh_token"]) for _ in range(4)]
            agent.service.until(waiting, what="all have read the same, and wait for their turn")
        answers = [one.result() for one in going]
    (good,) = [one.json() for one in answers if one.status_code == 200]
    assert [one.json()["error"] for one in answers if one.is_error] == ["invalid_grant"] * 3
    assert ended(agent, raw, good)


def test_an_access_token_goes_on_for_a_minute_after_the_next(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local
) -> None:
    first = raw.signed_in(person, agent.key)
    second = raw.refresh(first["refresh_token"]).json()
    assert raw.call_with(first["access_token"]).status_code == 200
    pass_time(agent.service, local, 61)
    assert raw.call_with(first["access_token"]).status_code == 401
    assert raw.call_with(second["access_token"]).status_code == 200


def test_what_ends_at_once_with_refreshes_leaves_nothing_behind(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    held = [raw.signed_in(person, agent.key) for _ in range(4)]
    keys = f"/api/agents/{agent.id}/keys"

    def refreshing(issued: dict[str, Any]) -> list[dict[str, Any]]:
        had = [issued]
        while (answer := raw.refresh(had[-1]["refresh_token"])).status_code == 200:
            had.append(answer.json())
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        return had

    with ThreadPoolExecutor(5) as threads:
        going = [threads.submit(refreshing, issued) for issued in held]
        for _ in range(3):
            agent.service.api("POST", keys, {"overlapHours": 1})
        agent.service.api("POST", keys, {"overlapHours": 0})
        had = [issued for one in going for issued in one.result()]
    assert len(had) > len(held)
    assert {raw.call_with(one["access_token"]).status_code for one in had} == {401}
    assert sign_ins(agent) == []


def test_an_agent_that_goes_while_it_is_signed_in_is_gone(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    issued = raw.signed_in(person, agent.key)
    pages = [shown(person, raw.authorize(), agent.key) for _ in range(4)]
    cookies = dict(person.http.cookies)

    def say_yes(page: Page) -> int:
        with browser() as mine:
            mine.http.cookies.update(cookies)
            return mine.press(page, "Allow").answer.status_code

    with ThreadPoolExecutor(6) as threads:
        answers = [threads.submit(say_yes, page) for page in pages]
        renewed = threads.submit(raw.refresh, issued["refresh_token"])
        agent.service.api("DELETE", f"/api/agents/{agent.id}")
        assert {one.result() for one in answers} <= {303, 400}
        assert renewed.result().status_code in (200, 400)
    with agent.agents.services.database.read() as connection:
        for table in ("agents", "agent_keys", "agent_sign_ins", "agent_codes"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
            assert rows == [], table


@sqlite_only
def test_another_client_with_a_refresh_token_ends_it(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    issued = raw.signed_in(person, agent.key)
    other = Raw(raw.http, raw.url)
    other.register()
    assert other.refresh(issued["refresh_token"]).json()["error"] == "invalid_grant"
    assert ended(agent, raw, issued)


@sqlite_only
def test_a_wrong_resource_costs_no_refresh_token(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    issued = raw.signed_in(person, agent.key)
    wrong = raw.refresh(issued["refresh_token"], resource="https://other.example.com/mcp")
    assert wrong.json()["error"] == "invalid_target"
    assert raw.refresh(issued["refresh_token"]).status_code == 200


# tokens


@sqlite_only
def test_a_token_is_for_one_door(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    issued = raw.signed_in(person, agent.key)
    access, refresh = issued["access_token"], issued["refresh_token"]
    oauth = agent.agents.oauth
    assert oauth.caller(access) is not None
    assert agent.agents.identity.caller(access) is None, "no other application takes it"
    for wrong in (
        refresh,
        agent.key,
        access + "x",
        access[:-1],
        access.upper(),
        "",
        "sdo_",
        "é" * 47,
    ):
        assert oauth.caller(wrong) is None
    services = agent.agents.services
    moved = replace(services, settings=replace(services.settings, public_url="https://other.test"))
    assert Agents(moved).oauth.caller(access) is None, (
        "it was for the application at another address"
    )


def test_nothing_secret_is_kept_or_logged(
    agent: AgentFixture, person: Browser, raw: Raw, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    typed = one_time_code(agent)
    waiting = shown(person, raw_registered(raw).authorize(), typed)
    typed = one_time_code(agent)
    code = code_of(allowed(person, raw.authorize(), agent.key))
    issued = raw.redeem(code).json()
    secrets = {
        "agent key": agent.key,
        "typed": typed,
        "ticket": waiting.fields["ticket"],
        "code": code,
        "access": issued["access_token"],
        "refresh": issued["refresh_token"],
        "client secret": raw.client["client_secret"],
        "verifier": raw.verifier,
    }
    with agent.agents.services.database.read() as connection:
        kept = "".join(
            repr(connection.execute(text(f"SELECT * FROM {name}")).all())  # noqa: S608
            for name in metadata.tables
        )
    assert digest(code) in kept
    raw.redeem(code)
    raw.refresh(issued["refresh_token"])
    shown(person, raw.authorize(), "sda_guessed")
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("stagedoor")
    )
    assert "an agent's sign-in ended: its code was shown twice" in logged
    for name, secret in secrets.items():
        assert secret not in kept, name
        assert secret not in logged, name


def raw_registered(raw: Raw) -> Raw:
    """With a secret of its own, which it always shows."""
    made = raw.register(token_endpoint_auth_method="client_secret_post").json()
    token = raw.token
    raw.token = lambda **said: token(**{"client_secret": made["client_secret"]} | said)  # type: ignore[method-assign]
    return raw


@sqlite_only
def test_a_broken_database_is_no_sign_in(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    issued = raw.signed_in(person, agent.key)
    page = person.open(raw.authorize())
    with agent.agents.services.database.begin() as connection:
        connection.execute(text("ALTER TABLE agent_sign_ins RENAME TO elsewhere"))
    refused = raw.refresh(issued["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
    assert refused.headers["retry-after"] == "5"
    assert "sign_ins" not in refused.text
    shown_page = person.press(page, "Continue", proof=agent.key)
    assert shown_page.answer.status_code == 503
    assert "Nothing was allowed." in shown_page.text
    with pytest.raises(ServiceUnavailable):
        agent.agents.oauth.caller(issued["access_token"])
    with agent.agents.services.database.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO agent_sign_ins"))
    assert raw.refresh(issued["refresh_token"]).status_code == 200


@sqlite_only
def test_an_agent_s_sign_ins_are_bounded(
    agent: AgentFixture, person: Browser, raw: Raw, local: Local, agents: Agents, service: Service
) -> None:
    first = raw.signed_in(person, agent.key)
    with agents.services.database.begin() as connection:
        row = connection.execute(text("SELECT * FROM agent_sign_ins")).mappings().one()
        for number in range(120):
            unique = {"id": f"old{number}", "code": f"c{number}", "family": f"f{number}"}
            values = dict(row) | unique | {"last_used": row["last_used"] - 1 - number}
            names = ", ".join(f'"{name}"' for name in values)
            places = ", ".join(f":{name}" for name in values)
            connection.execute(
                text(f"INSERT INTO agent_sign_ins ({names}) VALUES ({places})"),  # noqa: S608
                values,
            )
    other = make(service, agents, "Another")
    raw.signed_in(person, other.key)
    assert len(sign_ins(agent)) == 121, "another agent's are left alone"
    raw.signed_in(person, agent.key)
    left = [one["id"] for one in sign_ins(agent)]
    assert len(left) == 100
    assert "old97" in left
    assert "old98" not in left
    assert raw.call_with(first["access_token"]).status_code == 200
