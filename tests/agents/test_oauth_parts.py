"""Parts that need no service: addresses, tokens, codes and seals."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from stagedoor.agents.oauth import redirects, tokens
from stagedoor.agents.oauth.addresses import addresses, resource_metadata_url
from stagedoor.agents.oauth.forms import Seal
from stagedoor.connector.settings import Settings


def settings(public: str) -> Settings:
    return Settings(data=Path(), home=Path(), database_url="", public_url=public)


def test_behind_a_path_the_well_known_part_comes_first() -> None:
    at = addresses(settings("https://example.com/door"))
    assert at.resource == "https://example.com/door/mcp"
    known = "https://example.com/.well-known/oauth-protected-resource/door/mcp"
    assert resource_metadata_url(settings("https://example.com/door")) == known
    assert at.server_document()["token_endpoint"] == "https://example.com/door/agents/oauth/token"
    assert at.origin == "https://example.com"


@pytest.mark.parametrize(
    ("host", "issuer"),
    [
        (None, "http://127.0.0.1:8700"),
        ("localhost:8700", "http://localhost:8700"),
        ("[::1]:8700", "http://[::1]:8700"),
        ("LOCALHOST:8700", "http://localhost:8700"),
        ("me@localhost:8700", "http://localhost:8700"),
        ("localhost:8701", "http://127.0.0.1:8700"),
        ("localhost", "http://127.0.0.1:8700"),
        ("evil.example.com:8700", "http://127.0.0.1:8700"),
        ("localhost:x", "http://127.0.0.1:8700"),
        ("localhost:8700/x", "http://localhost:8700"),
        ("[::1", "http://127.0.0.1:8700"),
    ],
)
def test_only_this_machine_has_several_names(host: str | None, issuer: str) -> None:
    assert addresses(settings("http://127.0.0.1:8700"), host).issuer == issuer
    public = "https://stagedoor.example.com"
    assert addresses(settings(public), host).issuer == public


def test_what_was_issued_under_one_allowed_name_counts_under_all_of_them() -> None:
    public = replace(settings("https://gate.example.com"), allowed_hosts=("mcp.example.com",))
    for host in (None, "mcp.example.com", "gate.example.com"):
        at = addresses(public, host)
        assert at.is_resource("https://mcp.example.com/mcp")
        assert at.is_resource("https://gate.example.com/mcp")
        assert not at.is_resource("https://other.example.com/mcp")
        assert not at.is_resource("http://mcp.example.com/mcp")
        assert not at.is_resource("https://mcp.example.com/other")
    assert addresses(public, "mcp.example.com").issuer == "https://mcp.example.com"
    assert addresses(public, "other.example.com").issuer == "https://gate.example.com"


@pytest.mark.parametrize(
    ("uri", "same"),
    [
        ("https://s.example.com/mcp", True),
        ("https://S.example.com:443/mcp/", True),
        ("https://s.example.com/mcp?x=1", False),
        ("https://s.example.com/mcp/x", False),
        ("https://s.example.com", False),
        ("http://s.example.com/mcp", False),
        ("https://me@s.example.com/mcp", False),
        ("https://localhost/mcp", False),
        ("https://[/mcp", False),
        ("", False),
    ],
)
def test_a_resource_is_this_door_or_it_is_not(uri: str, same: bool) -> None:
    assert addresses(settings("https://s.example.com")).is_resource(uri) is same


_URIS = st.sampled_from(
    ["http://127.0.0.1/cb", "http://localhost:1/cb?a=1", "https://a.example.com/cb", "app://x/cb"]
)
_TEXT = st.text("abc:/@?#[]%.\\ 127\n", max_size=20)


@given(_URIS, st.integers(0, 25), _TEXT)
def test_a_changed_address_is_another(registered: str, at: int, more: str) -> None:
    """With any input, only the port of this machine may differ."""
    changed = registered[:at] + more + registered[at:]
    if redirects.matches(registered, changed) and changed != registered:
        bare = re.sub(r"^(http://(?:127[.]0[.]0[.]1|localhost))(?::\d+|:)?(/)", r"\1\2", changed)
        assert bare == re.sub(r":1/", "/", registered)


@given(st.integers(1, 65_535))
def test_any_port_of_this_machine_will_do(port: int) -> None:
    assert redirects.matches("http://127.0.0.1:1/cb", f"http://127.0.0.1:{port}/cb")
    assert not redirects.matches("https://a.example.com/cb", f"https://a.example.com:{port}/cb")


@given(st.text())
def test_what_is_no_token_is_never_looked_up(text: str) -> None:
    assert not tokens.is_access(text)
    assert tokens.family_of(text) is None


def test_tokens_are_what_they_look_like() -> None:
    family = tokens.family()
    assert tokens.family_of(tokens.refresh(family)) == family
    assert tokens.is_access(tokens.access())
    assert not tokens.is_access(tokens.refresh(family))
    assert tokens.is_secret(tokens.secret())
    made = {tokens.access() for _ in range(100)} | {tokens.typed_code() for _ in range(100)}
    assert len(made) == 200


@given(st.text())
def test_what_was_typed_is_a_code_or_none(text: str) -> None:
    code = tokens.as_typed(text)
    assert code is None or tokens.as_typed(code) == code


def test_a_code_may_be_typed_carelessly() -> None:
    assert tokens.as_typed(" ol1i-abcd efgh ") == "0111-ABCD-EFGH"
    assert tokens.as_typed("0111-ABCD-EFG") is None
    assert tokens.as_typed("0111-ABCD-EFGU") is None


def test_over_tls_the_cookie_is_for_this_host_alone() -> None:
    request = Request({"type": "http", "headers": [], "method": "GET", "path": "/"})
    made = Seal(request, "https://stagedoor.example.com").cookie or ""
    assert re.fullmatch(
        r"__Host-stagedoor-consent=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", made
    )
