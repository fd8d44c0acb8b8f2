"""Calls through the proxy: TikTok's answer is returned unchanged, and no call bypasses the gate."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx2
import pytest

from stagedoor.agents.container import Agents
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Host, Operation, OperationEffect, Subject, Surface
from stagedoor.platform.products import posting
from stagedoor.platform.scopes import Scope
from stagedoor.testing import TikTokEmulator
from tests.agents.conftest import AgentFixture, make
from tests.connector.conftest import SCOPES, Service
from tests.examples import Seeded, begin, values_of
from tests.support import media
from tests.support.connecting import connect
from tests.support.every import every
from tests.support.local import Local
from tests.support.proxying import EVERYTHING, Proxied, refused

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OPERATIONS = catalogue.operations()
GIVEN = [
    one
    for one in OPERATIONS.values()
    if Surface.PROXY in one.surfaces and one.host is not Host.BUSINESS
]
"""Those of TikTok API for Business: business_api/test_business_proxy.py."""
APP = {"client_key": "house-key", "client_secret": "house-secret"}
CREATORS = (*SCOPES, "user.info.stats", str(Scope.PORTABILITY_ALL_ONGOING))
"""Scopes that a creator allows; the others are the app's own."""
EVERY_SCOPE = [*CREATORS, *(str(scope) for scope in Scope if scope.startswith("research."))]
USER = "/v2/user/info/?fields=open_id"
MOVED = ("search_id",)
"""Values that differ in each of TikTok's answers."""


@pytest.fixture
def local(tiktok_emulator_server: TikTokEmulator) -> Iterator[Local]:
    """In this process, so that its world can be looked at."""
    with httpx2.Client(base_url=tiktok_emulator_server.url, timeout=30) as http:
        local = Local(tiktok_emulator_server.url, http)
        local.settings(
            processing_seconds=0.05, moderation_seconds=0.05, export_seconds=0, validation_seconds=0
        )
        yield local


@pytest.fixture
def agent(
    service: Service, agents: Agents, local: Local, tiktok_emulator_server: TikTokEmulator
) -> AgentFixture:
    """Of an organisation whose app may do everything, as its account allowed it."""
    back = f"{service.url}/connect/oauth2callback/tiktok"
    app = APP | {"scopes": EVERY_SCOPE, "state": "Live", "audited": True}
    local.control("POST", "apps", app | {"redirect_uris": {"desktop": [back]}})
    own = {"clientKey": APP["client_key"], "clientSecret": APP["client_secret"]}
    service.api("PUT", "/api/apps/tiktok", own | {"scopes": list(CREATORS)})
    service.connect(scopes=CREATORS)
    # what connecting asked TikTok isn't looked at
    tiktok_emulator_server.world.requests.clear()
    return make(service, agents, callsPerMinute=1_000)


@pytest.fixture
def proxy(agent: AgentFixture) -> Proxied:
    return Proxied(agent.service.url, agent.service.http, agent.key)


def bearers(local: Local) -> tuple[dict[str, str], dict[str, str]]:
    """The first creator's token, and the app's own."""
    asked = {"client_key": APP["client_key"], "scopes": list(CREATORS)}
    user = local.control("POST", "tokens", asked)["access_token"]
    form = APP | {"grant_type": "client_credentials"}
    own = local.http.post("/v2/oauth/token/", data=form).json()["access_token"]
    return {"authorization": f"Bearer {user}"}, {"authorization": f"Bearer {own}"}


def told(operation: Operation[..., Any], answer: httpx2.Response) -> Any:
    """An answer without what is of one moment."""
    if operation.protocol.answers_file:
        return {one.filename: one.CRC for one in zipfile.ZipFile(BytesIO(answer.content)).filelist}
    if operation.protocol.answers_text:
        return answer.text
    sent = answer.json()
    sent.get("error", {}).pop("log_id", None)
    for name in MOVED:
        sent.get("data", {}).pop(name, None)
    return sent


def test_every_call_gives_through_the_proxy_what_tiktok_gives(
    agent: AgentFixture, proxy: Proxied, local: Local, tiktok_emulator_server: TikTokEmulator
) -> None:
    agent.given(*EVERYTHING)
    local.control("POST", "clock", {"freeze": True})
    user, own = bearers(local)
    begun = begin(local.http, user, own)
    local.advance(600)
    seeded = Seeded(tiktok_emulator_server.world, begun)
    # a post made elsewhere isn't known here
    reads = [
        one for one in GIVEN if one.effect is OperationEffect.READ and one is not posting.STATUS
    ]
    for operation in reads:
        by = {Subject.CREATOR: user, Subject.APP: own}.get(operation.subject, {})
        asked = values_of(operation, seeded)
        direct = proxy.sent(operation, local.url, by, asked)
        before = len(local.calls(operation.id))
        answer = proxy.call(operation, **asked)
        assert answer.status_code == direct.status_code == 200, f"{operation}: {answer.text}"
        assert told(operation, answer) == told(operation, direct), operation
        assert answer.headers["content-type"] == direct.headers["content-type"]
        seen = local.calls(operation.id)[before:]
        assert [one["log_id"] for one in seen] == [answer.headers["x-tt-logid"]], operation
    rows = agent.rows(limit=100)
    assert {row["operation"] for row in rows} == {one.id for one in reads}
    assert {(row["decision"], row["outcome"]) for row in rows} == {("allowed", "done")}
    assert len(rows) == len(reads)


def test_a_denied_call_says_why_and_never_reaches_tiktok(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    answer = proxy.call(OPERATIONS["display.video_list"], fields=("id",))
    reason = "List own videos is off for this agent."
    assert refused(answer) == (403, "denied_by_policy", reason)
    assert local.calls("display.video_list") == []
    [row] = agent.rows()
    assert (row["decision"], row["reason"], row["outcome"]) == ("denied", reason, None)


@sqlite_only
def test_a_denial_has_the_shape_of_the_call(proxy: Proxied) -> None:
    url = "https://www.tiktok.com/@maracooks"
    answer = proxy.call(OPERATIONS["embed.oembed_profile"], url=url)
    sent = answer.json()
    assert (answer.status_code, sent["code"]) == (403, "denied_by_policy")
    assert "is off for this agent" in sent["message"]
    for name in ("research.validation_result", "portability.data_download"):
        good_id = {"task_id": "1"} if name.startswith("research") else {"request_id": "1"}
        answer = proxy.call(OPERATIONS[name], **good_id)
        assert refused(answer, OPERATIONS[name])[:2] == (403, "denied_by_policy")


def test_a_call_that_asks_first_waits_for_a_person(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given({"resource": "profile", "level": "read", "askFirst": True})
    answer = proxy.call(OPERATIONS["display.user_info"], fields=("open_id",))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "approval_required")
    assert local.calls("display.user_info") == []
    assert agent.rows()[0]["decision"] == "pending"


@sqlite_only
def test_what_tiktok_refuses_comes_back_with_its_status_words_and_log_id(
    agent: AgentFixture, proxy: Proxied, local: Local, tiktok_emulator_server: TikTokEmulator
) -> None:
    agent.given(*EVERYTHING)
    local.fault("display.user_info", "status", status=503, code="internal_error", times=9)
    answer = proxy.call(OPERATIONS["display.user_info"], fields=("open_id",))
    assert refused(answer)[:2] == (503, "internal_error")
    # an error with HTTP 200, as TikTok has it
    creator = tiktok_emulator_server.world.named("maracooks")
    assert creator is not None
    creator.banned = True
    answer = proxy.call(OPERATIONS["posting.creator_info"])
    assert refused(answer)[:2] == (200, "spam_risk_user_banned_from_posting")
    answer = proxy.call(OPERATIONS["research.user_info"], username="nobody.at.all")
    status, code, _ = refused(answer)
    [seen] = local.calls("research.user_info")
    assert (status, code) == (seen["status"], seen["code"])
    assert answer.headers["x-tt-logid"] == answer.json()["error"]["log_id"] == seen["log_id"]
    assert {row["outcome"] for row in agent.rows()} == {"failed"}
    assert agent.rows()[0]["logId"] == seen["log_id"]


def test_too_fast_for_tiktok_is_a_429(agent: AgentFixture, proxy: Proxied, local: Local) -> None:
    agent.given(*EVERYTHING)
    local.fault("display.user_info", "rate_limit", times=9)
    answer = proxy.call(OPERATIONS["display.user_info"], fields=("open_id",))
    assert refused(answer)[:2] == (429, "rate_limit_exceeded")


def test_our_own_pace_is_a_429_that_says_when_to_come_back(
    agent: AgentFixture, proxy: Proxied
) -> None:
    agent.given(*EVERYTHING)
    info = OPERATIONS["posting.creator_info"]
    [limit] = info.limits
    answers = [proxy.call(info) for _ in range(limit.requests + 1)]
    assert {one.status_code for one in answers[:-1]} == {200}
    assert refused(answers[-1])[:2] == (429, "rate_limit_exceeded")
    assert 0 < int(answers[-1].headers["retry-after"]) <= limit.per_seconds


@sqlite_only
def test_an_answer_that_is_lost_is_a_502(agent: AgentFixture, proxy: Proxied, local: Local) -> None:
    agent.given(*EVERYTHING)
    local.fault("portability.data_add", "lost")
    answer = proxy.call(
        OPERATIONS["portability.data_add"], data_format="json", category_selection_list=("video",)
    )
    assert refused(answer)[:2] == (502, "tiktok_unreachable")
    assert agent.rows()[0]["outcome"] == "unknown"


def test_an_account_that_ended_is_a_token_that_ended(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given(*EVERYTHING)
    local.phone("POST", "disconnect", {"client_key": APP["client_key"]})
    answer = proxy.call(OPERATIONS["display.user_info"], fields=("open_id",))
    status, code, message = refused(answer)
    assert (status, code) == (401, "access_token_invalid"), message


def test_a_scope_that_the_creator_left_out_is_told_as_tiktok_tells_it(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given(*EVERYTHING)
    agent.service.connect(scopes=["user.info.basic"])
    answer = proxy.call(OPERATIONS["display.video_list"], fields=("id",))
    assert refused(answer)[:2] == (401, "scope_not_authorized")
    assert local.calls("display.video_list") == []


@every("account", ["maracooks", "MaraCooks", None])
def test_an_account_is_named_by_its_handle_or_left_out(
    agent: AgentFixture, proxy: Proxied, account: str | None
) -> None:
    agent.given(*EVERYTHING)
    proxy.account = account
    assert proxy.call(OPERATIONS["display.user_info"], fields=("open_id",)).status_code == 200
    proxy.account = agent.account
    assert proxy.call(OPERATIONS["display.user_info"], fields=("open_id",)).status_code == 200
    assert {row["account"] for row in agent.rows()} == {agent.account}


def test_an_account_has_to_be_named_where_there_are_several(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given({"resource": "profile", "level": "read"})
    connect(agent.service, creator="ridewithrio", scopes=["user.info.basic", "user.info.profile"])
    before = len(local.calls("display.user_info"))
    proxy.account = None
    status, code, message = refused(
        proxy.call(OPERATIONS["display.user_info"], fields=("open_id",))
    )
    assert (status, code) == (400, "account_required")
    assert "@maracooks" in message
    assert "@ridewithrio" in message
    assert len(local.calls("display.user_info")) == before
    assert agent.rows()[0]["rule"] == "no-account"
    # one that is given one account only needs to name none
    one = {"resource": "profile", "level": "read", "integrationId": agent.account}
    agent.given(one)
    assert proxy.call(OPERATIONS["display.user_info"], fields=("open_id",)).status_code == 200
    assert agent.rows()[0]["account"] == agent.account


def test_another_s_account_is_none(agent: AgentFixture, proxy: Proxied, local: Local) -> None:
    agent.given(*EVERYTHING)
    connect(agent.service, org="globex", creator="ridewithrio", scopes=["user.info.basic"])
    before = len(local.calls("display.user_info"))
    theirs = agent.service.api("GET", "/api/integrations", org="globex")["integrations"][0]["id"]
    for name in ("ridewithrio", theirs, "nobody"):
        proxy.account = name
        answer = proxy.call(OPERATIONS["display.user_info"], fields=("open_id",))
        assert refused(answer)[:2] == (403, "denied_by_policy")
        assert agent.rows()[0]["rule"] == "no-account"
    assert len(local.calls("display.user_info")) == before


@sqlite_only
@every(
    "headers",
    [
        {"authorization": "Bearer {key}"},
        {"authorization": "bearer  {key}"},
        {"access-token": "{key}"},
        {"Access-Token": "{key}", "Authorization": "Bearer {key}"},
    ],
)
def test_the_key_comes_in_either_header(
    agent: AgentFixture, proxy: Proxied, headers: dict[str, str]
) -> None:
    agent.given(*EVERYTHING)
    said = {name: value.format(key=agent.key) for name, value in headers.items()}
    answer = proxy.send("GET", USER, headers=said)
    assert answer.status_code == 200, answer.text


def test_who_has_no_key_reaches_nothing_and_leaves_no_row(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given(*EVERYTHING)
    unknown = "sda_" + "x" * 43
    for headers in (
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": f"Basic {agent.key}"},
        {"authorization": agent.key},
        {"authorization": "Bearer act.1"},
        {"authorization": f"Bearer {unknown}"},
        {"authorization": f"Bearer {agent.key}x"},
        {"authorization": f"Bearer {agent.key}, Bearer {agent.key}"},
        {"authorization": f"Bearer {agent.key}", "access-token": unknown},
        {"authorization": f"Basic {agent.key}", "access-token": agent.key},
        {"cookie": f"access_token={agent.key}"},
    ):
        answer = proxy.send("GET", USER, headers=headers)
        assert refused(answer)[:2] == (401, "access_token_invalid"), headers
        assert agent.key not in answer.text
    answer = proxy.send("GET", f"{USER}&access_token={agent.key}", headers={})
    assert answer.status_code == 401
    assert local.calls("display.user_info") == []
    assert agent.rows() == []


def test_a_stopped_agent_and_an_ended_key_are_denied_from_the_next_call_on(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given(*EVERYTHING)
    assert proxy.send("GET", USER).status_code == 200
    agent.service.api("POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 0})
    assert refused(proxy.send("GET", USER))[1] == "denied_by_policy"
    assert agent.rows()[0]["rule"] == "key-over"
    agent.service.api("POST", f"/api/agents/{agent.id}/stop")
    assert refused(proxy.send("GET", USER))[1] == "denied_by_policy"
    agent.service.api("DELETE", f"/api/agents/{agent.id}")
    assert refused(proxy.send("GET", USER))[:2] == (401, "access_token_invalid")
    assert len(local.calls("display.user_info")) == 1


def test_tokens_never_leave(agent: AgentFixture, proxy: Proxied, local: Local) -> None:
    agent.given(*EVERYTHING)
    before = len(local.calls("oauth.token_refresh"))
    form = {"grant_type": "refresh_token", "client_key": "k", "client_secret": "s"}
    for headers in ({}, {"authorization": f"Bearer {agent.key}"}):
        answer = proxy.http.post(
            f"{proxy.base}/v2/oauth/token/", data=form | {"refresh_token": "r"}, headers=headers
        )
        assert answer.status_code == 403
        said = answer.json()
        assert said["error"] == "denied_by_policy"
        assert "never leave Stagedoor" in said["error_description"]
    for method, path in (("POST", "/v2/oauth/revoke/"), ("PUT", "/video/"), ("PUT", "/upload")):
        answer = proxy.http.request(method, f"{proxy.base}{path}", headers=headers, content=b"x")
        assert answer.status_code == 403, answer.text
    assert len(local.calls("oauth.token_refresh")) == before
    assert local.calls("oauth.revoke") == local.calls("media.upload_chunk") == []
    rows = [(row["operation"], row["rule"]) for row in agent.rows()]
    uploads = [("media.upload_chunk", "unknown-operation")] * 2
    oauth = [("oauth.revoke", "unknown-operation"), ("oauth.token_refresh", "unknown-operation")]
    assert rows == uploads + oauth


_PUBLIC = (
    b'{"post_info": {"privacy_level": "public"}, '
    b'"source_info": {"source": "PULL_FROM_URL", "video_url": "https://media.example.com/a.mp4"}}'
)


def test_arguments_that_do_not_fit_are_a_400_and_on_record(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given(*EVERYTHING)
    videos = "/v2/video/list/?fields=id"
    cases: list[tuple[str, str, bytes]] = [
        ("POST", "/v2/video/list/", b"{}"),
        ("POST", videos, b"not json"),
        ("POST", videos, b"[]"),
        ("POST", videos, b'{"max_count": "5"}'),
        ("POST", videos, b'{"max_count": 5} trailing'),
        ("POST", videos, b"[" * 20_000),
        ("POST", videos, b'{"a":' * 9_000 + b"1" + b"}" * 9_000),
        ("POST", videos, b'{"cursor": ' + b"9" * 6_000 + b"}"),
        ("POST", videos, b"max_count=5"),
        ("POST", "/v2/post/publish/video/init/", _PUBLIC),
        ("POST", videos, b"\xff\xfe\x00"),
        ("POST", "/v2/video/list/?fields=id&fields=title", b"{}"),
        ("POST", "/v2/video/list/?fields=nothing", b"{}"),
        ("POST", f"/v2/video/list/?fields={'id,' * 4_000}id", b"{}"),
        ("GET", "/v2/user/info/", b""),
        ("GET", "/oembed", b""),
        ("GET", "/oembed?url=https://www.tiktok.com.example.com/@maracooks", b""),
        ("GET", "/oembed?url=https://www.tiktok.com/%2540maracooks", b""),
    ]
    for method, path, body in cases:
        answer = proxy.http.request(
            method,
            proxy.base + path,
            content=body,
            headers={"authorization": f"Bearer {agent.key}"},
        )
        sent = answer.json()
        code = sent["error"]["code"]
        assert (answer.status_code, code) == (400, "invalid_params"), (path, body[:40])
        assert agent.rows()[0]["rule"] == "bad-arguments"
    assert len(agent.rows(limit=100)) == len(cases)
    assert local.calls("display.video_list") == local.calls("display.user_info") == []
    assert local.calls("embed.oembed_video") == []


def test_the_use_of_oembed_is_judged_by_the_address(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given({"resource": "videos", "level": "read"})
    answer = proxy.http.get(
        f"{proxy.base}/oembed",
        params={"url": "https://www.tiktok.com/@maracooks"},
        headers={"authorization": f"Bearer {agent.key}"},
    )
    assert answer.status_code == 403
    assert agent.rows()[0]["operation"] == "embed.oembed_profile"
    # nor by MCP, where the tool names the operation
    arguments = {"url": "https://www.tiktok.com/@maracooks"}
    assert agent.asks("embed.oembed_video", arguments).rule == "bad-arguments"
    assert local.calls("embed.oembed_profile") == []


def test_an_init_through_the_proxy_hands_out_stagedoor_s_own_upload_url(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given({"resource": "posting", "level": "full"})
    film = media.video()
    source = {
        "source": "FILE_UPLOAD",
        "video_size": len(film),
        "chunk_size": len(film),
        "total_chunk_count": 1,
    }
    body = {"post_info": {"privacy_level": "SELF_ONLY"}, "source_info": source}
    begun = proxy.send("POST", "/v2/post/publish/video/init/", body)
    assert begun.status_code == 200, begun.text
    assert begun.json()["error"] == {"code": "ok", "message": "", "log_id": ""}
    data = begun.json()["data"]
    assert data["upload_url"].startswith(f"{agent.service.url}/agents/upload/")
    assert local.calls("posting.video_init") == []
    status = {"publish_id": data["publish_id"]}
    answer = proxy.send("POST", "/v2/post/publish/status/fetch/", status)
    assert answer.json()["data"] == {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}
    sent = proxy.http.put(data["upload_url"], content=film)
    assert (sent.status_code, sent.json()) == (201, {})
    answer = proxy.send("POST", "/v2/post/publish/status/fetch/", {"publish_id": "v_pub~1"})
    assert refused(answer)[:2] == (400, "invalid_publish_id")


@sqlite_only
def test_an_archive_is_handed_on_whole_and_nothing_of_it_stays(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    agent.given({"resource": "portability", "level": "full"})
    local.control("PUT", "creators/maracooks/padding", {"bytes": 3 << 20})
    added = proxy.call(
        OPERATIONS["portability.data_add"],
        data_format="json",
        category_selection_list=("all_data",),
    ).json()
    request_id = str(added["data"]["request_id"])
    check = OPERATIONS["portability.data_check"]

    def collected() -> bool:
        state = proxy.call(check, request_id=request_id).json()["data"]
        return bool(state["status"] == "downloading")

    agent.service.until(collected)
    answer = proxy.call(OPERATIONS["portability.data_download"], request_id=request_id)
    assert answer.headers["content-type"] == "application/zip", answer.text
    assert len(answer.content) == int(answer.headers["content-length"]) > 1 << 18
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
    data = agent.service.services.settings.data
    assert [path.name for path in data.iterdir() if path.name.startswith("tmp")] == []
    # TikTok has no such archive: its own words
    download = OPERATIONS["portability.data_download"]
    answer = proxy.call(download, request_id="1")
    assert refused(answer, download)[:2] == (400, "invalid_params")
    assert [row["outcome"] for row in agent.rows(operation="portability.data_download")] == [
        "failed",
        "done",
    ]


def test_odd_values_are_refused_or_passed_on_but_never_fail(
    agent: AgentFixture, proxy: Proxied, local: Local
) -> None:
    """Also those that a database can't hold."""
    agent.given(*EVERYTHING)
    for text in ("\x00", "a\x00b #x\x00", "\ud800", "\u202e\ufeff", "'; --", "%00", "x" * 20_000):
        info = {"privacy_level": "SELF_ONLY", "title": text}
        pull = {"source": "PULL_FROM_URL", "video_url": f"https://media.example.com/{text}"}
        for path, body in (
            ("/v2/post/publish/status/fetch/", {"publish_id": text}),
            ("/v2/post/publish/cancel/", {"publish_id": text}),
            ("/v2/post/publish/video/init/", {"post_info": info, "source_info": pull}),
            ("/v2/research/user/info/?fields=display_name", {"username": text}),
        ):
            answer = proxy.http.post(
                proxy.base + path,
                content=json.dumps(body),
                headers={"authorization": f"Bearer {agent.key}"},
            )
            assert answer.status_code < 500, (path, text[:10], answer.text)
