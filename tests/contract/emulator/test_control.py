"""The control plane: what tests and people steer the local TikTok with."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest

from .conftest import TikTok

JSON = {"content-type": "application/json"}


def refused(tiktok: TikTok, method: str, path: str, body: Any = None) -> tuple[int, list[str]]:
    answer = tiktok.http.request(method, f"/_emulator/{path}", json=body)
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, [problem["path"] for problem in error["problems"]]


def test_reset_brings_the_first_state_back(tiktok: TikTok) -> None:
    before = tiktok.control("GET", "world")["counts"]
    tiktok.token()
    tiktok.settings(rate_limits=False)
    tiktok.control("POST", "faults", {"operation": "*", "kind": "cut"})
    tiktok.control("POST", "creators", {"username": "extra"})
    tiktok.advance(10**6)
    tiktok.control("POST", "reset")
    assert tiktok.control("GET", "world")["counts"] == before
    assert before["creators"] == 4
    assert before["videos"] >= 64
    assert tiktok.control("GET", "settings")["rate_limits"] is True
    assert tiktok.control("GET", "faults") == {"faults": []}
    assert abs(tiktok.control("GET", "clock")["now"] - time.time()) < 5


def test_the_same_seed_gives_the_same_world(tiktok: TikTok) -> None:
    def titles() -> list[tuple[str, int]]:
        return [(video.title, video.views) for video in tiktok.world.all.videos.values()]

    tiktok.control("POST", "reset", {"seed": 7})
    seven = titles()
    tiktok.control("POST", "reset", {"seed": 8})
    assert titles() != seven
    tiktok.control("POST", "reset", {"seed": 7})
    assert titles() == seven
    tiktok.control("POST", "reset", {"seed": 1})


def test_clock_freezes_advances_and_goes_on(tiktok: TikTok) -> None:
    frozen = tiktok.control("POST", "clock", {"freeze": True})
    assert frozen["frozen"] is True
    time.sleep(0.02)
    assert tiktok.control("GET", "clock")["now"] == frozen["now"]
    later = tiktok.control("POST", "clock", {"advance": 3600})
    assert later["now"] == pytest.approx(frozen["now"] + 3600)
    running = tiktok.control("POST", "clock", {"freeze": False})
    assert running["frozen"] is False
    assert running["now"] == pytest.approx(later["now"], abs=2)
    assert refused(tiktok, "POST", "clock", {"advance": -1}) == (400, ["advance"])
    assert refused(tiktok, "POST", "clock", {"forward": 1}) == (400, ["forward"])


def test_settings_change_one_by_one_and_are_checked(tiktok: TikTok) -> None:
    changed = tiktok.control("PATCH", "settings", {"access_token_seconds": 60})
    assert changed["access_token_seconds"] == 60
    assert changed["rate_limits"] is True
    assert tiktok.token()["expires_in"] == 60
    assert refused(tiktok, "PATCH", "settings", {"access_token_seconds": 0}) == (
        400,
        ["access_token_seconds"],
    )
    assert refused(tiktok, "PATCH", "settings", {"no_such": 1}) == (400, ["no_such"])
    assert refused(tiktok, "PATCH", "settings", {"upload_path": "/x"}) == (400, ["upload_path"])
    assert refused(tiktok, "PATCH", "settings", [])[0] == 400
    infinite = tiktok.http.patch(
        "/_emulator/settings", content=b'{"pull_seconds": Infinity}', headers=JSON
    )
    assert infinite.status_code == 400


def test_new_app_begins_as_an_unaudited_draft(tiktok: TikTok) -> None:
    app = tiktok.control("POST", "apps", {"name": "Mine"})
    assert (app["state"], app["audited"], app["scopes"]) == ("Draft", False, [])
    assert len(app["client_key"]) == 16
    assert tiktok.control("GET", f"apps/{app['client_key']}") == app
    sandbox = tiktok.control("POST", "apps", {"sandbox": True, "target_users": ["maracooks"]})
    assert sandbox["client_key"].startswith("sb")
    assert sandbox["target_users"] == ["maracooks"]
    keys = [one["client_key"] for one in tiktok.control("GET", "apps")["apps"]]
    assert keys[:3] == ["emulator-client-key", "emulator-unaudited-key", "emulator-sandbox-key"]
    assert keys[3:] == ["7000000000000000001", app["client_key"], sandbox["client_key"]]


@pytest.mark.parametrize(
    ("kind", "uri"),
    [
        ("web", "http://app.example.com/cb"),
        ("web", "https://localhost/cb"),
        ("web", "https://app.example.com/cb?x=1"),
        ("web", "https://app.example.com/cb#x"),
        ("web", "https://app.example.com/" + "x" * 500),
        ("web", "/cb"),
        ("desktop", "http://127.0.0.1/cb"),
        ("desktop", "http://app.example.com:80/cb"),
        ("desktop", "http://127.0.0.1:99999/cb"),
        ("ios", "myapp://cb"),
        ("android", "http://app.example.com/cb"),
    ],
)
def test_redirect_uri_against_the_rules_is_refused(tiktok: TikTok, kind: str, uri: str) -> None:
    body = {"redirect_uris": {kind: [uri]}}
    assert refused(tiktok, "POST", "apps", body) == (400, [f"redirect_uris.{kind}"])


def test_good_redirect_uris_are_taken_at_most_ten(tiktok: TikTok) -> None:
    good = {
        "web": [f"https://app.example.com/{n}" for n in range(10)],
        "desktop": ["http://localhost:*/cb/", "https://127.0.0.1:3000/cb"],
        "ios": ["https://app.example.com/open/"],
    }
    app = tiktok.control("POST", "apps", {"redirect_uris": good})
    assert app["redirect_uris"] == good
    good["web"].append("https://app.example.com/10")
    path = f"apps/{app['client_key']}"
    assert refused(tiktok, "PATCH", path, {"redirect_uris": good}) == (400, ["redirect_uris.web"])


def test_refused_change_of_an_app_changes_nothing(tiktok: TikTok) -> None:
    before = tiktok.control("GET", "apps/emulator-client-key")
    for body, path in (
        ({"name": "New", "scopes": ["no.such.scope"]}, "scopes.0"),
        ({"name": "New", "webhook_url": "http://app.example.com/hook"}, "webhook_url"),
        ({"name": "New", "target_users": ["maracooks"]}, "target_users"),
        (
            {"name": "New", "url_properties": [{"kind": "url_prefix", "value": "https://a.b/c"}]},
            "url_properties.0.value",
        ),
        ({"name": "New", "state": "Nonsense"}, "state"),
    ):
        assert refused(tiktok, "PATCH", "apps/emulator-client-key", body) == (400, [path])
    assert tiktok.control("GET", "apps/emulator-client-key") == before
    assert refused(tiktok, "PATCH", "apps/unknown", {}) == (404, [])
    assert refused(tiktok, "POST", "apps", {"client_key": "emulator-client-key"})[0] == 409


def test_new_creator_can_connect(tiktok: TikTok) -> None:
    made = tiktok.control("POST", "creators", {"username": "nina", "followers": 12})
    assert made["posts"] == 0
    bearer = tiktok.bearer(creator="nina")
    answer = tiktok.http.get("/v2/user/info/?fields=username,follower_count", headers=bearer)
    assert answer.json()["data"]["user"] == {"username": "nina", "follower_count": 12}
    assert refused(tiktok, "POST", "creators", {"username": "nina"})[0] == 409
    assert refused(tiktok, "POST", "creators", {"username": "a b"}) == (400, ["username"])
    assert refused(tiktok, "GET", "creators/nobody") == (404, [])


def test_hosts_lead_to_this_machine_only(tiktok: TikTok) -> None:
    good = {"Media.Example.com": "http://127.0.0.1:9000/"}
    assert tiktok.control("PUT", "hosts", good) == {"media.example.com": "http://127.0.0.1:9000"}
    assert tiktok.control("GET", "hosts") == {"media.example.com": "http://127.0.0.1:9000"}
    bad = {"a.example.com": "https://elsewhere.example.com"}
    assert refused(tiktok, "PUT", "hosts", bad) == (400, ["hosts.a.example.com"])
    for name in (
        "",
        "a b.example",
        "https://media.example.com",
        "a.example/videos",
        "me@a.example",
    ):
        bad = {name: "http://127.0.0.1:9000"}
        assert refused(tiktok, "PUT", "hosts", bad) == (400, [f"hosts.{name}"])
    ported = {"127.0.0.1:9100": "http://127.0.0.1:9000"}
    assert tiktok.control("PUT", "hosts", ported) == ported


def test_requests_are_filtered_and_newest_last(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    tiktok.http.get("/v2/user/info/?fields=open_id", headers=bearer)
    tiktok.http.post("/v2/video/list/?fields=id", headers=bearer)
    tiktok.http.get("/v2/user/info/?fields=bad", headers=bearer)

    def listed(**query: Any) -> list[tuple[str, int]]:
        found = tiktok.control("GET", "requests", **query)["requests"]
        return [(one["operation"], one["status"]) for one in found]

    info = [("display.user_info", 200), ("display.user_info", 400)]
    assert listed(operation="display.user_info") == info
    assert listed(path="/v2/video/list/") == [("display.video_list", 200)]
    assert listed(client_key="nobody") == []
    assert listed(limit=1) == info[1:]
    assert tiktok.http.get("/_emulator/requests?limit=x").status_code == 400


def test_requests_are_listed_without_secrets_of_their_paths(tiktok: TikTok) -> None:
    token = tiktok.token(creator="maracooks", scopes=["user.info.basic"])["access_token"]
    link = "5" * 40
    for path in (f"/v2/user/{token}", f"/{token}", f"/open_api/v1.3/{link}/"):
        assert tiktok.http.get(path).status_code in (400, 404)
    assert tiktok.http.get(f"/report-files/{link}/report.csv").status_code in (403, 404)
    listed = tiktok.http.get("/_emulator/requests").text
    overview = tiktok.http.get("/_emulator/").text
    for secret in (token, link):
        assert secret not in listed
        assert secret not in overview
    asked = {"path": f"/report-files/{link}/report.csv"}
    found = tiktok.http.get("/_emulator/requests", params=asked).json()["requests"]
    assert [one["path"] for one in found] == ["/report-files/***/report.csv"]


def test_tokens_without_the_page(tiktok: TikTok) -> None:
    issued = tiktok.token(creator="ridewithrio", scopes=["user.info.basic"])
    assert issued["scope"] == "user.info.basic"
    assert refused(tiktok, "POST", "tokens", {"client_key": "unknown"})[0] == 404
    assert refused(
        tiktok, "POST", "tokens", {"client_key": "emulator-client-key", "creator": "nobody"}
    ) == (404, [])
    assert refused(
        tiktok, "POST", "tokens", {"client_key": "emulator-unaudited-key", "scopes": ["x"]}
    ) == (400, ["scopes.0"])


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000, b"x" * 1_100_000])
def test_control_bodies_that_cannot_be_read_are_a_400(tiktok: TikTok, body: bytes) -> None:
    for path in ("reset", "clock", "apps", "tokens", "faults"):
        answer = tiktok.http.post(f"/_emulator/{path}", content=body, headers=JSON)
        assert answer.status_code == 400, path
    settings = tiktok.http.patch("/_emulator/settings", content=body, headers=JSON)
    assert settings.status_code == 400


def test_unknown_control_routes_are_404_in_words(tiktok: TikTok) -> None:
    assert refused(tiktok, "GET", "no/such") == (404, [])
    assert tiktok.http.post("/_emulator/world").status_code == 405


def test_overview_shows_apps_creators_and_requests(tiktok: TikTok) -> None:
    tiktok.http.get("/v2/user/info/?fields=open_id", headers=tiktok.bearer())
    for path in ("/", "/_emulator/", "/_emulator"):
        page = tiktok.http.get(path)
        assert page.headers["content-type"].startswith("text/html")
        for shown in ("emulator-client-key", "maracooks", "display.user_info"):
            assert shown in page.text
    link = page.text.partition('href="/v2/auth')[2].partition('"')[0].replace("&amp;", "&")
    assert "<form" in tiktok.http.get("/v2/auth" + link).text


INFO = "/v2/user/info/?fields=open_id"


def test_status_fault_answers_in_the_shape_of_the_operation(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    fault = {"operation": "display.user_info", "kind": "status", "status": 500, "skip": 1}
    made = tiktok.control("POST", "faults", fault | {"times": 2})
    statuses = [tiktok.http.get(INFO, headers=bearer).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]
    assert tiktok.control("GET", "faults") == {"faults": []}
    assert refused(tiktok, "DELETE", f"faults/{made['id']}")[0] == 404
    code = {"operation": "oauth.token_refresh", "kind": "status", "status": 503, "code": "later"}
    tiktok.control("POST", "faults", code)
    told = tiktok.http.post("/v2/oauth/token/", data={"grant_type": "refresh_token"})
    assert (told.status_code, told.json()["error"]) == (503, "later")


def test_rate_limit_fault_and_every_operation(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    made = tiktok.control("POST", "faults", {"operation": "*", "kind": "rate_limit", "times": None})
    for _ in range(3):
        answer = tiktok.http.get(INFO, headers=bearer)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert tiktok.http.put("/video/?upload_id=1&upload_token=x").status_code == 429
    assert tiktok.control("GET", "faults")["faults"][0]["met"] == 4
    tiktok.control("DELETE", f"faults/{made['id']}")
    assert tiktok.http.get(INFO, headers=bearer).status_code == 200


def test_slow_fault_keeps_the_caller_waiting_and_then_works(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    slow = {"operation": "display.user_info", "kind": "slow", "seconds": 0.2}
    tiktok.control("POST", "faults", slow)
    started = time.monotonic()
    assert tiktok.http.get(INFO, headers=bearer).status_code == 200
    assert time.monotonic() - started >= 0.2


def test_cut_breaks_the_connection_before_the_work(tiktok: TikTok) -> None:
    token = tiktok.token()["refresh_token"]
    body = {
        "client_key": "emulator-client-key",
        "client_secret": "emulator-client-secret",
        "grant_type": "refresh_token",
        "refresh_token": token,
    }
    tiktok.control("POST", "faults", {"operation": "oauth.token_refresh", "kind": "cut"})
    with pytest.raises(httpx2.TransportError):
        tiktok.http.post("/v2/oauth/token/", data=body)
    assert "access_token" in tiktok.http.post("/v2/oauth/token/", data=body).json()


def test_lost_does_the_work_and_breaks_the_connection(tiktok: TikTok) -> None:
    token = tiktok.token()["refresh_token"]
    body = {
        "client_key": "emulator-client-key",
        "client_secret": "emulator-client-secret",
        "grant_type": "refresh_token",
        "refresh_token": token,
    }
    tiktok.control("POST", "faults", {"operation": "oauth.token_refresh", "kind": "lost"})
    with pytest.raises(httpx2.TransportError):
        tiktok.http.post("/v2/oauth/token/", data=body)
    assert tiktok.http.post("/v2/oauth/token/", data=body).json()["error"] == "invalid_grant"
    codes = [one["code"] for one in tiktok.control("GET", "requests")["requests"]]
    assert codes == ["lost", "invalid_grant"]


def test_upload_can_be_cut_after_some_bytes_of_its_body(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    size = 4_000_000
    init = tiktok.http.post(
        "/v2/post/publish/inbox/video/init/",
        headers=bearer,
        json={
            "source_info": {
                "source": "FILE_UPLOAD",
                "video_size": size,
                "chunk_size": size,
                "total_chunk_count": 1,
            }
        },
    ).json()["data"]
    headers = {"Content-Type": "video/mp4", "Content-Range": f"bytes 0-{size - 1}/{size}"}
    cut = {"operation": "media.upload_chunk", "kind": "cut", "after_bytes": 1_000_000}
    tiktok.control("POST", "faults", cut)
    with pytest.raises(httpx2.TransportError):
        tiktok.http.put(init["upload_url"], content=b"x" * size, headers=headers)
    answer = tiktok.http.put(init["upload_url"], content=b"x" * size, headers=headers)
    assert answer.status_code == 201
    assert answer.headers["content-range"] == f"bytes 0-{size}/{size}"


def test_fault_of_no_operation_or_kind_is_refused(tiktok: TikTok) -> None:
    assert refused(tiktok, "POST", "faults", {"operation": "no.such", "kind": "cut"}) == (
        400,
        ["operation"],
    )
    assert refused(tiktok, "POST", "faults", {"operation": "*", "kind": "flood"}) == (400, ["kind"])


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "apps", '{"name": "%s"}', "name"),
        ("POST", "creators", '{"username": "mira", "bio": "%s"}', "bio"),
        ("PATCH", "settings", '{"no_such": "%s"}', "no_such"),
        ("PUT", "hosts", '{"media.example": "%s"}', "media.example"),
        ("POST", "faults", '{"operation": "%s", "kind": "cut"}', "operation"),
        ("POST", "tokens", '{"client_key": "%s"}', "client_key"),
        ("POST", "next-post", '{"fail_reason": "%s"}', "fail_reason"),
        ("POST", "people", '{"username": "%s"}', "username"),
        ("POST", "phone/maracooks/disconnect", '{"client_key": "%s"}', "client_key"),
    ],
)
def test_text_that_can_not_be_kept_or_encoded_is_refused_by_its_path(
    tiktok: TikTok, method: str, path: str, body: str, named: str
) -> None:
    before = tiktok.control("GET", "world")["counts"]
    for text, words in (("a\\u0000b", "NUL"), ("a\\ud800b", "surrogate")):
        answer = tiktok.http.request(
            method, f"/_emulator/{path}", content=(body % text).encode(), headers=JSON
        )
        error = answer.json()["error"]
        assert answer.status_code == 400
        assert error["problems"][0]["path"] == named, error
        assert words in error["message"], error
    assert tiktok.control("GET", "world")["counts"] == before


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "creators", {"username": "amy.bakes", "followers": 2**63}, "followers"),
        ("POST", "creators", {"username": "amy.bakes", "followers": "9" * 19}, "followers"),
        ("POST", "videos", {"creator": "maracooks", "title": "a", "views": 1e22}, "views"),
        ("PATCH", "apps/emulator-client-key", {"user_cap": 2**70}, "user_cap"),
        ("POST", "reset", {"seed": -(2**64)}, "seed"),
    ],
)
def test_a_whole_number_beyond_64_bits_is_refused_by_its_path(
    tiktok: TikTok, method: str, path: str, body: dict[str, object], named: str
) -> None:
    before = tiktok.control("GET", "world")["counts"]
    answer = tiktok.http.request(method, f"/_emulator/{path}", json=body)
    assert answer.status_code == 400, answer.text
    [problem] = answer.json()["error"]["problems"]
    assert problem == {"path": named, "reason": "is no 64-bit number"}
    assert tiktok.control("GET", "world")["counts"] == before


@pytest.mark.parametrize(
    ("path", "body", "named", "bound"),
    [
        ("settings", {"ad_review_seconds": 1e308}, "ad_review_seconds", "315360000"),
        ("settings", {"code_seconds": 10**12}, "code_seconds", "315360000"),
        ("settings", {"research_per_second": 10**12}, "research_per_second", "1000000000"),
        ("settings", {"webhook_timeout_seconds": 1e308}, "webhook_timeout_seconds", "3600"),
        ("apps/emulator-client-key", {"limits": {"*": [2**70, 60]}}, "limits.*.0", "1000000000"),
        ("apps/emulator-client-key", {"limits": {"*": [1, 1e308]}}, "limits.*.1", "315360000"),
    ],
)
def test_a_duration_or_count_beyond_its_bound_is_refused(
    tiktok: TikTok, path: str, body: dict[str, object], named: str, bound: str
) -> None:
    answer = tiktok.http.request("PATCH", f"/_emulator/{path}", json=body)
    assert answer.status_code == 400, answer.text
    [problem] = answer.json()["error"]["problems"]
    assert problem["path"] == named
    assert bound in problem["reason"]


def test_a_nul_in_an_address_of_a_control_route_is_refused(tiktok: TikTok) -> None:
    for path in ("apps/a%00b", "requests?operation=a%00b", "nowhere%00"):
        answer = tiktok.http.get(f"/_emulator/{path}")
        assert answer.status_code == 400, path
        assert "NUL" in answer.json()["error"]["message"]
    assert tiktok.http.get("/_emulator/requests?operation=a%20b").status_code == 200
    form = {"content-type": "application/x-www-form-urlencoded"}
    scanned = tiktok.http.post("/_emulator/scan", content=b"url=a%00b", headers=form)
    assert scanned.status_code == 400
    assert "NUL" in scanned.text


def test_text_of_any_other_kind_is_taken(tiktok: TikTok) -> None:
    made = tiktok.control("POST", "creators", {"username": "mira", "bio": "Grüße \U0001f3ad"})
    assert made["bio"] == "Grüße \U0001f3ad"
