"""Share Kit: what an app shares becomes a post, a draft or nothing, and the app hears which."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor import Hosts, sharing
from stagedoor.platform.products.sharing import BundleKey
from stagedoor.sharing import MediaType, Outcome, Share, ShareState
from tests.support.local import KEY
from tests.support.site import Site

from .conftest import TikTok
from .test_oauth import Form

LINK = "https://app.example.com/shared"


def ios(tiktok: TikTok, *media: str, kind: MediaType = MediaType.VIDEO, key: str = KEY) -> Share:
    hosts = Hosts.at(tiktok.url)
    return sharing.ios_share(key, "com.example.app", media or ["v1"], kind, LINK, hosts=hosts)


def on_phone(tiktok: TikTok, share: Share, creator: str = "maracooks", **order: Any) -> Any:
    how = {"url": share.url} if share.url else {"bundle": share.bundle}
    return tiktok.control("POST", f"phone/{creator}/share", how | order)


def posts(tiktok: TikTok, creator: str = "maracooks") -> dict[str, Any]:
    listed = tiktok.control("GET", f"phone/{creator}")["posts"]
    return {post["id"]: post for post in listed}


def test_a_shared_video_is_posted_and_listed_by_display(tiktok: TikTok) -> None:
    share = ios(tiktok)
    answer = on_phone(tiktok, share, media=[{"seconds": 12.4}], title="From the app")
    assert sharing.read_ios_result(share, answer["url"]).ok
    made = answer["share"]["video_id"]
    listed = tiktok.http.post(
        "/v2/video/list/?fields=id,title,duration", headers=tiktok.bearer(), json={}
    ).json()["data"]["videos"]
    assert listed[0] == {"id": made, "title": "From the app", "duration": 13}


def test_shared_photos_are_one_post(tiktok: TikTok) -> None:
    answer = on_phone(tiktok, ios(tiktok, "a", "b", "c", kind=MediaType.IMAGE))
    assert posts(tiktok)[answer["share"]["video_id"]]["photos"] == 3


def test_a_draft_is_posted_later_and_once(tiktok: TikTok) -> None:
    share = ios(tiktok)
    before = set(posts(tiktok))
    answer = on_phone(tiktok, share, outcome="draft")
    result = sharing.read_ios_result(share, answer["url"])
    assert (result.outcome, result.code) == (Outcome.DRAFT, ShareState.SAVED_AS_DRAFT)
    assert set(posts(tiktok)) == before
    [kept] = tiktok.control("GET", "phone/maracooks/shares")["shares"]
    path = f"phone/maracooks/shares/{kept['share_id']}/post"
    assert tiktok.control("POST", path)["video_id"] in posts(tiktok)
    assert tiktok.http.post(f"/_emulator/{path}").status_code == 409


def test_turning_back_leaves_nothing(tiktok: TikTok) -> None:
    share = ios(tiktok)
    before = set(posts(tiktok))
    result = sharing.read_ios_result(share, on_phone(tiktok, share, outcome="cancel")["url"])
    assert result.outcome is Outcome.CANCELLED
    assert set(posts(tiktok)) == before
    assert tiktok.control("GET", "phone/maracooks/shares") == {"shares": []}


@pytest.mark.parametrize("state", [s for s in ShareState if s.outcome is Outcome.FAILED])
def test_every_failure_can_be_ordered_and_publishes_nothing(
    tiktok: TikTok, state: ShareState
) -> None:
    share = ios(tiktok)
    before = set(posts(tiktok))
    result = sharing.read_ios_result(share, on_phone(tiktok, share, share_state=state)["url"])
    assert (result.code, result.outcome) == (state, Outcome.FAILED)
    assert set(posts(tiktok)) == before


def test_android_hears_its_pairs(tiktok: TikTok) -> None:
    share = sharing.android_share(KEY, "com.example.app", ["a.mp4"], MediaType.VIDEO)
    for order, outcome in (
        ({}, Outcome.SHARED),
        ({"outcome": "draft"}, Outcome.UNCLEAR),
        ({"outcome": "cancel"}, Outcome.CANCELLED),
        ({"share_state": 20012}, Outcome.FAILED),
    ):
        answer = on_phone(tiktok, share, **order)
        assert answer["bundle"][BundleKey.TYPE] == 4
        assert sharing.read_android_result(share, answer["bundle"]).outcome is outcome


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"seconds": 700}, ShareState.VIDEO_LENGTH),
        ({"width": 3_000, "height": 1_000}, ShareState.VIDEO_RESOLUTION),
    ],
)
def test_media_beyond_the_limits_fail(
    tiktok: TikTok, facts: dict[str, Any], state: ShareState
) -> None:
    assert on_phone(tiktok, ios(tiktok), media=[facts])["share_state"] == state


def test_an_app_or_person_who_may_not_is_told_so(tiktok: TikTok) -> None:
    assert on_phone(tiktok, ios(tiktok, key="nobody"))["share_state"] == 20003
    sandbox = ios(tiktok, key="emulator-sandbox-key")
    assert on_phone(tiktok, sandbox, "ridewithrio")["share_state"] == 20003
    assert on_phone(tiktok, sandbox)["share_state"] == 20000
    tiktok.control("PATCH", "phone/maracooks/settings", {"banned": True})
    assert on_phone(tiktok, ios(tiktok))["share_state"] == 20016


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"url": "https://www.tiktok.com/other/?key=x"},
        {"url": "https://www.tiktok.com/opensdk/share/?key=x"},
        {"url": "https://[x"},
        {"bundle": {}},
        {"url": "x", "bundle": {}},
    ],
)
def test_a_broken_request_is_refused(tiktok: TikTok, order: dict[str, Any]) -> None:
    assert tiktok.http.post("/_emulator/phone/maracooks/share", json=order).status_code == 400


def test_a_connected_app_hears_of_its_video_by_share_id(tiktok: TikTok, site: Site) -> None:
    tiktok.token()
    tiktok.control("PATCH", f"apps/{KEY}", {"webhook_url": f"{site.url}/hook"})
    made = on_phone(tiktok, ios(tiktok))["share"]
    tiktok.advance(1)
    [delivery] = tiktok.control("GET", "deliveries")["deliveries"]
    assert delivery["event"] == "video.publish.completed"
    assert made["share_id"] in delivery["body"]
    on_phone(tiktok, ios(tiktok), "ridewithrio")
    tiktok.advance(1)
    assert len(tiktok.control("GET", "deliveries")["deliveries"]) == 1


def test_the_page_that_ios_opens_leads_back_to_the_app(tiktok: TikTok) -> None:
    share = ios(tiktok)
    form = Form(tiktok.http.get(share.url).text)
    before = set(posts(tiktok, "ridewithrio"))
    sent = form.fields | {"creator": "ridewithrio", "decision": "post"}
    back = tiktok.http.post(form.action, data=sent)
    assert back.headers["location"].startswith(f"{LINK}?")
    assert sharing.read_ios_result(share, back.headers["location"]).ok
    assert len(set(posts(tiktok, "ridewithrio")) - before) == 1
    failed = sent | {"decision": "fail", "share_state": "20006"}
    again = tiktok.http.post(form.action, data=failed).headers["location"]
    assert sharing.read_ios_result(share, again).code is ShareState.NETWORK


def test_a_broken_link_names_what_is_wrong(tiktok: TikTok) -> None:
    answer = tiktok.http.get("/opensdk/share/?key=x&media_type=7")
    assert answer.status_code == 400
    assert "media_paths" in answer.text
    assert tiktok.http.post("/opensdk/share/", data={"key": "x"}).status_code == 400
