"""Codes for ads, URL properties, and webhooks of accounts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor import verify_webhook
from stagedoor.platform.products import business_accounts as accounts
from stagedoor.platform.products import business_comments as comments
from tests.examples.business import APP, APP_ID, APP_SECRET
from tests.support import media
from tests.support.account_holder import AccountHolder
from tests.support.site import Site

from ..conftest import TikTok

HOST = "media.example.com"
CLIP = f"https://{HOST}/clips/rye.mp4"
PREFIX = {"property_type": 2, "url": f"https://{HOST}/clips/"}
DOMAIN = {"property_type": 1, "url": "example.com"}


@pytest.fixture
def holder(tiktok: TikTok, site: Site) -> AccountHolder:
    tiktok.control("POST", "clock", {"freeze": True})
    tiktok.control("PUT", "hosts", {HOST: site.url})
    site.pages = {"/clips/rye.mp4": media.video()}
    return AccountHolder(tiktok.http)


@pytest.fixture
def video(holder: AccountHolder) -> str:
    return str(holder.control("POST", "videos", {"creator": "maracooks", "title": "Rye"})["id"])


def app(tiktok: TikTok, operation: Any, **values: Any) -> Any:
    """The answer of a call that the app authenticates."""
    if operation.method == "GET":
        return tiktok.http.get(operation.path, params=APP | values).json()
    return tiktok.http.post(operation.path, json=APP | values).json()


@pytest.mark.shows("business.post_authorize_setting")
def test_a_post_gets_a_code_for_ads(tiktok: TikTok, holder: AccountHolder, video: str) -> None:
    none = holder.data(accounts.POST_AUTHORIZE_STATUS, item_id=video)
    assert none["auth_code"] is None
    made = holder.data(
        accounts.POST_AUTHORIZE_SETTING, item_id=video, is_ad_promotable=True, authorization_days=7
    )
    assert made["authorization_days"] == 7
    found = holder.data(accounts.POST_AUTHORIZE_STATUS, item_id=video)
    assert found["auth_code"] == made["auth_code"]
    assert found["auth_code_status"] == "NOT_USED"
    off = {"item_id": video, "is_ad_promotable": False}
    holder.data(accounts.POST_AUTHORIZE_SETTING, **off)
    found = holder.data(accounts.POST_AUTHORIZE_STATUS, item_id=video)
    assert found["auth_code_status"] == "DELETED"


@pytest.mark.shows("business.post_authorize")
def test_a_code_is_extended_and_expires(tiktok: TikTok, holder: AccountHolder, video: str) -> None:
    assert holder.code(accounts.POST_AUTHORIZE, item_id=video) == 40002
    first = holder.data(
        accounts.POST_AUTHORIZE_SETTING, item_id=video, is_ad_promotable=True, authorization_days=7
    )
    more = holder.data(accounts.POST_AUTHORIZE, item_id=video, authorization_days=30)
    assert more["auth_code"] == first["auth_code"]
    assert more["authorization_days"] == 37
    tiktok.advance(37 * 86_400 - 1)
    assert (
        AccountHolder(tiktok.http).data(accounts.POST_AUTHORIZE_STATUS, item_id=video)[
            "auth_code_status"
        ]
        == "NOT_USED"
    )
    tiktok.advance(1)
    found = AccountHolder(tiktok.http).data(accounts.POST_AUTHORIZE_STATUS, item_id=video)
    assert found["auth_code_status"] == "EXPIRED"
    assert found["auth_code_end_time"] == more["auth_code_end_time"]


@pytest.mark.shows("business.post_authorize_delete")
def test_a_deleted_code_is_replaced(holder: AccountHolder, video: str) -> None:
    assert holder.code(accounts.POST_AUTHORIZE_DELETE, item_id=video) == 40002
    sent = {"item_id": video, "is_ad_promotable": True}
    old = holder.data(accounts.POST_AUTHORIZE_SETTING, **sent)["auth_code"]
    gone = holder.data(accounts.POST_AUTHORIZE_DELETE, item_id=video)
    assert gone["auth_code_status"] == "DELETED"
    found = holder.data(accounts.POST_AUTHORIZE_STATUS, item_id=video)
    assert found["auth_code_status"] == "DELETED"
    assert holder.code(accounts.POST_AUTHORIZE_DELETE, item_id=video) == 40002
    holder.control("POST", "clock", {"advance": 1})
    new = holder.data(accounts.POST_AUTHORIZE, item_id=video)
    assert new["auth_code"] != old
    other = AccountHolder(holder.http, creator="jonas.behind.doors")
    assert other.code(accounts.POST_AUTHORIZE_STATUS, item_id=video) == 40001


def properties(tiktok: TikTok) -> list[tuple[str, int]]:
    found = app(tiktok, accounts.PROPERTY_LIST)["data"]["url_property_info_list"]
    return [(one["url"], one["property_status"]) for one in found]


@pytest.mark.shows("business.property_add")
@pytest.mark.shows("business.property_verify")
@pytest.mark.shows("business.property_delete")
def test_media_is_pulled_from_verified_properties_only(
    tiktok: TikTok, holder: AccountHolder, site: Site
) -> None:
    tiktok.world.apps[APP_ID].any_url = False
    sent: dict[str, Any] = {"video_url": CLIP, "post_info": {}}
    assert holder.code(accounts.BUSINESS_VIDEO_PUBLISH, **sent) == 40002
    added = app(tiktok, accounts.PROPERTY_ADD, url_property_meta=PREFIX)["data"]
    proof = added["url_property_info"]
    assert properties(tiktok) == [(PREFIX["url"], 0)]
    failed = app(tiktok, accounts.PROPERTY_VERIFY, url_property_meta=PREFIX)["data"]
    assert failed["url_property_info"]["property_status"] == 2
    assert holder.code(accounts.BUSINESS_VIDEO_PUBLISH, **sent) == 40002
    site.pages[f"/clips/{proof['file_name']}"] = proof["signature"].encode()
    app(tiktok, accounts.PROPERTY_VERIFY, url_property_meta=PREFIX)
    assert properties(tiktok) == [(PREFIX["url"], 1)]
    holder.data(accounts.BUSINESS_VIDEO_PUBLISH, **sent)
    assert app(tiktok, accounts.PROPERTY_DELETE, url_property_meta=PREFIX)["code"] == 0
    assert properties(tiktok) == []
    assert holder.code(accounts.BUSINESS_VIDEO_PUBLISH, **sent) == 40002
    assert app(tiktok, accounts.PROPERTY_VERIFY, url_property_meta=PREFIX)["code"] == 40007


def test_a_domain_is_verified_if_its_host_is_mapped(tiktok: TikTok, holder: AccountHolder) -> None:
    tiktok.control("PUT", "hosts", {"example.com": "http://127.0.0.1:9"})
    other = {"property_type": 1, "url": "example.org"}
    for meta in (DOMAIN, other):
        app(tiktok, accounts.PROPERTY_ADD, url_property_meta=meta)
        app(tiktok, accounts.PROPERTY_VERIFY, url_property_meta=meta)
    assert properties(tiktok) == [("example.com", 1), ("example.org", 2)]


def test_properties_take_an_account_s_token_in_place_of_the_secret(
    tiktok: TikTok, holder: AccountHolder
) -> None:
    """As one of the published SDKs sends them."""
    headers = {"Access-Token": holder.token}
    body = {"app_id": APP_ID, "url_property_meta": DOMAIN}

    def sent(operation: Any, headers: dict[str, str], **changed: Any) -> int:
        given = body | changed
        if operation.method == "GET":
            answer = tiktok.http.get(
                operation.path, params={"app_id": given["app_id"]}, headers=headers
            )
        else:
            answer = tiktok.http.post(operation.path, json=given, headers=headers)
        return int(answer.json()["code"])

    for operation in (
        accounts.PROPERTY_ADD,
        accounts.PROPERTY_LIST,
        accounts.PROPERTY_VERIFY,
        accounts.PROPERTY_DELETE,
    ):
        assert sent(operation, {}) == 40002
        assert sent(operation, {"Access-Token": "act.wrong"}) == 40105
        assert sent(operation, headers) == 0
    assert sent(accounts.PROPERTY_ADD, headers, secret="no") == 40113
    assert sent(accounts.PROPERTY_ADD, headers, app_id="7000000000000000009") == 40113
    assert sent(accounts.WEBHOOK_DELETE, headers, event_type="COMMENT") == 40002


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        (1, "https://example.com"),
        (1, "no domain"),
        (2, "http://a.example.com/"),
        (2, "https://a.b"),
    ],
)
def test_a_property_of_the_wrong_form_is_refused(tiktok: TikTok, kind: int, url: str) -> None:
    meta = {"property_type": kind, "url": url}
    assert app(tiktok, accounts.PROPERTY_ADD, url_property_meta=meta)["code"] == 40002
    assert (
        app(tiktok, accounts.PROPERTY_ADD, url_property_meta=DOMAIN, secret="no")["code"] == 40113
    )


def events(site: Site) -> list[dict[str, Any]]:
    """The webhooks that came, each with its content read a second time."""
    found = []
    for got in site.got:
        if got.method != "POST":
            continue
        moment = json.loads(got.body)["create_time"]
        verify_webhook(got.body, got.headers["tiktok-signature"], APP_SECRET, now=moment)
        assert got.headers["webhook-schema-version"] == "1.0"
        assert got.headers["x-tt-logid"]
        body = json.loads(got.body)
        found.append(body | {"content": json.loads(body["content"])})
    return found


@pytest.mark.shows("business.webhook_update")
@pytest.mark.shows("business.webhook_delete")
def test_comments_are_announced_to_the_callback_url(
    tiktok: TikTok, holder: AccountHolder, site: Site, video: str
) -> None:
    hook = {"event_type": "COMMENT", "callback_url": f"{site.url}/hooks"}
    assert app(tiktok, accounts.WEBHOOK_LIST, event_type="COMMENT")["data"] == {}
    app(tiktok, accounts.WEBHOOK_UPDATE, **hook)
    assert app(tiktok, accounts.WEBHOOK_LIST, event_type="COMMENT")["data"] == hook | {
        "app_id": APP_ID
    }
    body = {"author": "jonas.behind.doors", "text": "Love it"}
    comment = tiktok.control("POST", f"videos/{video}/comments", body)["id"]
    for action in ("HIDE", "UNHIDE"):
        holder.data(comments.COMMENT_HIDE, video_id=video, comment_id=comment, action=action)
    reply = holder.data(
        comments.COMMENT_REPLY_CREATE, video_id=video, comment_id=comment, text="Thanks"
    )["comment_id"]
    holder.data(comments.COMMENT_DELETE, comment_id=reply)
    tiktok.advance(1)
    came = sorted(events(site), key=lambda one: one["content"]["comment_type"])
    assert {one["event"] for one in came} == {"comment.update"}
    assert {one["user_openid"] for one in came} == {holder.business_id}
    assert {one["client_key"] for one in came} == {APP_ID}
    contents = [one["content"] for one in came]
    assert sorted(one["comment_action"] for one in contents) == [
        "delete",
        "insert",
        "insert",
        "set_to_hidden",
        "set_to_public",
    ]
    assert contents[0]["comment_id"] == int(comment)
    assert contents[0]["parent_comment_id"] == 0
    assert contents[-1]["parent_comment_id"] == int(comment)
    assert contents[-1]["comment_type"] == "reply"
    assert app(tiktok, accounts.WEBHOOK_DELETE, event_type="COMMENT")["code"] == 0
    assert app(tiktok, accounts.WEBHOOK_LIST, event_type="COMMENT")["data"] == {}
    tiktok.control("POST", f"videos/{video}/comments", body)
    tiktok.advance(1)
    assert len(events(site)) == len(came)
    assert app(tiktok, accounts.WEBHOOK_DELETE, event_type="COMMENT")["code"] == 40007


def test_only_comments_on_listed_posts_are_announced(
    tiktok: TikTok, holder: AccountHolder, site: Site, video: str
) -> None:
    other = holder.control("POST", "videos", {"creator": "maracooks", "title": "Oat"})["id"]
    hook = {"event_type": "COMMENT", "callback_url": f"{site.url}/hooks"}
    app(tiktok, accounts.WEBHOOK_UPDATE, **hook, item_list=[video])
    added = app(tiktok, accounts.WEBHOOK_UPDATE, **hook, item_list=["1"])["data"]
    assert added["item_list"] == [video, "1"]
    for one in (video, other):
        body = {"author": "jonas.behind.doors", "text": "Love it"}
        tiktok.control("POST", f"videos/{one}/comments", body)
    tiktok.advance(1)
    assert [one["content"]["video_id"] for one in events(site)] == [int(video)]
    left = app(tiktok, accounts.WEBHOOK_DELETE, event_type="COMMENT", item_list=["1"])["data"]
    assert left["item_list"] == [video]
    wrong = hook | {"event_type": "VIDEO"}
    assert app(tiktok, accounts.WEBHOOK_UPDATE, **wrong, item_list=[video])["code"] == 40002
    plain = hook | {"callback_url": "http://example.com/hooks"}
    assert app(tiktok, accounts.WEBHOOK_UPDATE, **plain)["code"] == 40002


def test_posts_are_announced_with_the_spelling_of_business_accounts(
    tiktok: TikTok, holder: AccountHolder, site: Site
) -> None:
    app(tiktok, accounts.WEBHOOK_UPDATE, event_type="VIDEO", callback_url=f"{site.url}/hooks")
    began = holder.data(accounts.BUSINESS_VIDEO_PUBLISH, video_url=CLIP, post_info={})
    tiktok.advance(5)
    [post] = holder.data(accounts.BUSINESS_PUBLISH_STATUS, publish_id=began["share_id"])["post_ids"]
    tiktok.control("PATCH", f"phone/maracooks/videos/{post}", {"privacy": "SELF_ONLY"})
    tiktok.advance(1)
    came = {one["event"]: one["content"] for one in events(site)}
    assert set(came) == {
        "post.publish.complete",
        "post.publish.publicly_available",
        "post.publish.no_longer_publicly_available",
    }
    assert came["post.publish.complete"]["publish_id"] == began["share_id"]
