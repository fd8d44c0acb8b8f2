"""Web pages of other sites can't use the control routes, whatever they send."""

from __future__ import annotations

import json

import httpx2
import pytest

from stagedoor.emulator import Emulator, registry

from .conftest import TikTok

EVIL = "http://evil.example"
CLOCK = "/_emulator/clock"
ADVANCE = json.dumps({"advance": 3_600})
JSON = "application/json"
SIMPLE = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    None,
)
"""Types of bodies that a browser sends to any site without asking it first."""


def typed(kind: str | None) -> dict[str, str]:
    return {} if kind is None else {"content-type": kind}


@pytest.mark.parametrize("kind", SIMPLE)
def test_a_body_that_any_page_may_send_is_refused(tiktok: TikTok, kind: str | None) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    before = tiktok.control("GET", "clock")["now"]
    for method, path, body in (
        ("POST", CLOCK, ADVANCE),
        ("POST", "/_emulator/reset", "{}"),
        ("POST", "/_emulator/tokens", json.dumps({"client_key": "emulator-client-key"})),
        ("POST", "/_emulator/people", json.dumps({"username": "a"})),
        ("PATCH", "/_emulator/settings", "{}"),
        ("PUT", "/_emulator/hosts", "{}"),
    ):
        answer = tiktok.http.request(method, path, content=body, headers=typed(kind))
        assert answer.status_code == 415, path
        assert "application/json" in answer.json()["error"]["message"]
    assert tiktok.control("GET", "clock")["now"] == before
    answer = tiktok.http.post(CLOCK, content=ADVANCE, headers=typed(f"{JSON}; charset=utf-8"))
    assert answer.json()["now"] == before + 3_600


@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost:3000", "https://127.0.0.1"])
def test_a_page_of_another_origin_changes_nothing(tiktok: TikTok, origin: str) -> None:
    for path in (CLOCK, "/_emulator/reset", "/_emulator/scan", "/_emulator/faults"):
        sent = {"origin": origin, "sec-fetch-site": "cross-site", "content-type": JSON}
        assert tiktok.http.post(path, content="{}", headers=sent).status_code == 403
    gone = tiktok.http.delete("/_emulator/faults", headers={"origin": origin})
    assert gone.status_code == 403
    own = {"origin": tiktok.url}
    assert tiktok.http.delete("/_emulator/faults", headers=own).status_code == 204


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8701", "127.0.0.1.evil.example", "a@127.0.0.1", "", "x y"],
)
def test_a_name_that_only_its_own_dns_leads_here_is_refused(tiktok: TikTok, host: str) -> None:
    paths = {"/", "/_emulator", "/_emulator/", "/_emulator/health", CLOCK}
    prefixes = [one for product in registry.everything().values() for one in product.control]
    paths |= {prefix for prefix in prefixes if prefix.startswith("/_emulator")}
    for path in sorted(paths):
        answer = tiktok.http.get(path, headers={"host": host})
        assert answer.status_code == 421, path
        assert "--allow-host" in answer.json()["error"]["message"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8701", "[::1]:8701", "127.8.9.1"])
def test_loopback_names_are_answered_to(tiktok: TikTok, host: str) -> None:
    assert tiktok.http.get(CLOCK, headers={"host": host}).status_code == 200


def test_forms_of_its_own_pages_work_also_where_a_browser_hides_the_page(tiktok: TikTok) -> None:
    for said in (
        {"origin": tiktok.url},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {},
    ):
        answer = tiktok.http.post("/_emulator/scan", data={"url": "x"}, headers=said)
        assert answer.status_code not in (403, 415)


def test_calls_of_tiktok_s_own_are_answered_under_any_name(tiktok: TikTok) -> None:
    sent = tiktok.bearer() | {"host": "open.tiktokapis.com"}
    answer = tiktok.http.get("/v2/user/info/?fields=open_id", headers=sent)
    assert answer.status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_name_that_was_allowed_is_answered_to_and_so_is_a_test_transport_s() -> None:
    emulator = Emulator(hosts=["Emulator.internal"])
    try:
        transport = httpx2.ASGITransport(emulator.asgi)
        async with httpx2.AsyncClient(transport=transport, base_url="http://tiktok.test") as http:
            assert (await http.get(CLOCK)).status_code == 200
            allowed = {"host": "emulator.internal:8701"}
            assert (await http.get(CLOCK, headers=allowed)).status_code == 200
            assert (await http.get(CLOCK, headers={"host": "evil.example"})).status_code == 421
    finally:
        emulator.close()
