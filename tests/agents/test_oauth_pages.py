"""The consent pages: only the person can consent, and foreign text on the pages can't mislead."""

from __future__ import annotations

from urllib.parse import urlencode

import httpx2
import pytest

from tests.agents.conftest import AgentFixture
from tests.agents.test_oauth import agent, person, raw, service, sign_ins
from tests.support.browsing import Browser, Page, browser
from tests.support.signing_in import CALLBACK, Raw, allowed, code_of, gone_to, shown

__all__ = ["agent", "person", "raw", "service"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"
HOSTED = "https://client.example.com/callback"


def post(person: Browser, page: Page, decision: str, headers: dict[str, str], **more: str) -> Page:
    form = page.fields | {"decision": decision} | more
    return Page(person.http.post(page.action, data=form, headers=headers))


def test_looking_allows_nothing(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    raw.register()
    page = shown(person, raw.authorize(), agent.key)
    for fields in (
        page.fields | {"decision": "allow"},
        {"proof": agent.key, "decision": "prove"},
        {"proof": agent.key, "decision": "allow", "ticket": page.fields["ticket"]},
    ):
        url = f"{raw.authorize()}&{urlencode(fields)}"
        for method in ("GET", "HEAD"):
            looked = person.http.request(method, url)
            assert looked.status_code == 200
            assert "location" not in looked.headers
            if method == "GET":
                assert agent.key not in looked.text
                assert "Continue" in Page(looked).buttons
    assert sign_ins(agent) == []
    assert person.http.put(page.action, data=page.fields).status_code == 405
    assert gone_to(person.press(page, "Allow"))


def test_only_the_page_that_was_shown_is_answered(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    other = Raw(raw.http, raw.url)
    other.register()
    first = person.open(raw.authorize())
    ours = {"origin": raw.url}
    forged: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("another site's", {"origin": "https://evil.example.com"}, {}),
        ("a sandbox's", {"origin": "null"}, {}),
        ("another port's", {"origin": "http://127.0.0.1:1"}, {}),
        ("across sites", {**ours, "sec-fetch-site": "cross-site"}, {}),
        ("across ports", {**ours, "sec-fetch-site": "same-site"}, {}),
        ("no seal", ours, {"seal": ""}),
        ("a guessed seal", ours, {"seal": "0" * 64}),
        ("a strange seal", ours, {"seal": "é"}),
        ("another client", ours, {"client_id": other.client["client_id"]}),
        ("another challenge", ours, {"code_challenge": other.challenge}),
        ("another port of the client", ours, {"redirect_uri": CALLBACK.replace("5999", "6000")}),
        ("another state", ours, {"state": "s-2"}),
    ]
    for name, headers, changed in forged:
        for decision in ("prove", "deny"):
            refused = post(person, first, decision, headers, proof=agent.key, **changed)
            assert refused.answer.status_code == 400, name
            assert "doesn't come from the page" in refused.text, name
            assert "location" not in refused.answer.headers
    with browser() as elsewhere:
        refused = post(elsewhere, first, "prove", ours, proof=agent.key)
        assert "doesn't come from the page" in refused.text
        elsewhere.open(raw.authorize())
        refused = post(elsewhere, first, "prove", ours, proof=agent.key)
        assert "doesn't come from the page" in refused.text

    second = person.press(first, "Continue", proof=agent.key)
    for headers, changed in (
        ({"origin": "https://evil.example.com"}, {}),
        (ours, {"seal": first.fields["seal"]}),
        (ours, {"ticket": "x" * 43}),
    ):
        for decision in ("allow", "deny"):
            refused = post(person, second, decision, headers, **changed)
            assert refused.answer.status_code == 400
    with browser() as elsewhere:
        assert post(elsewhere, second, "allow", ours).answer.status_code == 400
    for decision in ("", "yes"):
        assert post(person, second, decision, ours).answer.status_code == 400
    assert gone_to(person.press(second, "Allow"))
    assert person.press(second, "Allow").answer.status_code == 400, "it was answered"


def test_a_form_has_the_type_of_a_form(agent: AgentFixture, person: Browser, raw: Raw) -> None:
    raw.register()
    page = person.open(raw.authorize())
    fields = page.fields | {"decision": "prove", "proof": agent.key}
    plain = {"content-type": "text/plain", "origin": raw.url}
    refused = person.http.post(page.action, content=urlencode(fields), headers=plain)
    assert refused.status_code == 400
    huge = person.http.post(page.action, data=fields | {"proof": "x" * 20_000})
    assert huge.status_code == 413
    assert "Nothing was allowed." in huge.text


def test_what_a_client_calls_itself_is_only_text(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register(client_name=EVIL, redirect_uris=[f"{CALLBACK}?a='&b=1"])
    state = '"><script>alert(2)</script>'
    first = person.open(raw.authorize(state=state))
    second = person.press(first, "Continue", proof=agent.key)
    for page in (first, second):
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "img", "iframe", "object", "base", "svg"}
        assert not any(name.startswith("on") for _, said in page.tags for name in said)
        assert EVIL[:60] in page.text
        assert "49" not in page.text
    assert first.fields["state"] == state
    where = gone_to(person.press(second, "Allow"))
    assert where.startswith(f"{CALLBACK}?a='&b=1&code=")


NAMES = [
    ("Claude\u202egnp.exe\u2066", "Claude gnp.exe"),
    ("Line\nBreak\x00\tTab", "Line Break Tab"),
    ("x" * 500, "x" * 79 + "…"),
    ("", "A client without a name"),
    (" \n ", "A client without a name"),
]


def test_a_strange_name_becomes_a_line(person: Browser, raw: Raw) -> None:
    for name, shown_as in NAMES:
        assert raw.register(client_name=name).json()["client_name"] == shown_as
        assert f"{shown_as} would like to act" in person.open(raw.authorize()).text


def test_pages_are_framed_by_nobody_and_load_nothing(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    first = person.open(raw.authorize())
    second = person.press(first, "Continue", proof=agent.key)
    wrong = person.open(f"{raw.url}/agents/oauth/authorize")
    for page in (first, second, wrong):
        headers = page.answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in policy
        assert "script" not in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
    assert (
        "form-action 'self' http://127.0.0.1:5999;"
        in first.answer.headers["content-security-policy"]
    )
    assert "form-action 'self';" in wrong.answer.headers["content-security-policy"]
    cookie = first.answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert agent.key not in second.answer.text


@pytest.mark.parametrize("uri", [HOSTED, "cursor://anysphere.cursor-mcp/oauth/callback"])
def test_to_an_app_elsewhere_a_page_leads_on(
    agent: AgentFixture, person: Browser, raw: Raw, uri: str
) -> None:
    raw.register(redirect_uris=[uri])
    page = shown(person, raw.authorize(), agent.key)
    assert "form-action 'self';" in page.answer.headers["content-security-policy"]
    place = "client.example.com" if uri == HOSTED else "the app that opens cursor: links"
    assert place in page.text
    end = person.press(page, "Allow")
    assert end.answer.status_code == 200
    (link,) = end.links()
    assert end.answer.headers["refresh"] == f"0; url={link}"
    assert link.startswith(f"{uri}?code=")
    assert raw.redeem(code_of(link)).status_code == 200


def test_two_pages_at_once_do_not_disturb_each_other(
    agent: AgentFixture, person: Browser, raw: Raw
) -> None:
    raw.register()
    one, other = person.open(raw.authorize(state="1")), person.open(raw.authorize(state="2"))
    assert isinstance(one.answer, httpx2.Response)
    first = person.press(one, "Continue", proof=agent.key)
    second = person.press(other, "Continue", proof=agent.key)
    assert "state=2" in gone_to(person.press(second, "Allow"))
    assert "state=1" in gone_to(person.press(first, "Allow"))
    assert allowed(person, raw.authorize(), agent.key)
