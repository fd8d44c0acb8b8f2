"""Comments on an account's posts: read, written, liked, hidden, pinned, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.products import business_comments as comments
from stagedoor.platform.products import display
from tests.examples.business import APP_ID
from tests.support import media
from tests.support.account_holder import AccountHolder
from tests.support.researcher import Researcher
from tests.support.site import Site

from ..conftest import TikTok

FAN = "jonas.behind.doors"
HOST = "clips.example.net"


@pytest.fixture
def holder(tiktok: TikTok) -> AccountHolder:
    tiktok.control("POST", "clock", {"freeze": True})
    return AccountHolder(tiktok.http)


@pytest.fixture
def video(holder: AccountHolder) -> str:
    """A new post of the account, without comments."""
    return str(holder.control("POST", "videos", {"creator": "maracooks", "title": "Rye"})["id"])


def said(tiktok: TikTok, video: str, text: str, parent: str | None = None) -> str:
    """A creator comments in the app, a second after what was said before."""
    tiktok.advance(1)
    body = {"author": FAN, "text": text, "parent_id": parent}
    return str(tiktok.control("POST", f"videos/{video}/comments", body)["id"])


def listed(holder: AccountHolder, video: str, **asked: Any) -> list[dict[str, Any]]:
    asked = {"sort_field": "create_time", "sort_order": "asc"} | asked
    found: list[dict[str, Any]] = holder.data(comments.COMMENT_LIST, video_id=video, **asked)[
        "comments"
    ]
    return found


def only(holder: AccountHolder, video: str, comment: str) -> dict[str, Any]:
    [found] = listed(holder, video, comment_ids=[comment])
    return found


def test_comments_come_with_their_author_and_numbers(
    tiktok: TikTok, holder: AccountHolder, video: str
) -> None:
    first = said(tiktok, video, "Love it")
    answer = said(tiktok, video, "Me too", parent=first)
    [found] = listed(holder, video, include_replies=True)
    assert found["comment_id"] == first
    assert found["text"] == "Love it"
    assert (found["owner"], found["liked"], found["pinned"]) == (False, False, False)
    assert (found["status"], found["replies"], found["likes"]) == ("PUBLIC", 1, 0)
    assert found["username"] == FAN
    assert found["create_time"].isdigit()
    assert "x-expires" in found["profile_image"]
    [reply] = found["reply_list"]
    assert (reply["comment_id"], reply["parent_comment_id"]) == (answer, first)
    assert "replies" not in reply
    again = holder.data(comments.COMMENT_REPLY_LIST, video_id=video, comment_id=first)
    assert [one["comment_id"] for one in again["comments"]] == [answer]


def test_pages_follow_each_other_in_every_order(
    tiktok: TikTok, holder: AccountHolder, video: str
) -> None:
    ids = [said(tiktok, video, f"Number {n}") for n in range(7)]
    holder.data(comments.COMMENT_LIKE, video_id=video, comment_id=ids[3], action="LIKE")
    said(tiktok, video, "An answer", parent=ids[5])

    def walked(**asked: Any) -> list[str]:
        found: list[str] = []
        page: dict[str, Any] = {"cursor": 0, "has_more": True}
        while page["has_more"]:
            page = holder.data(
                comments.COMMENT_LIST,
                video_id=video,
                max_count=3,
                cursor=page["cursor"],
                **asked,
            )
            found += [one["comment_id"] for one in page["comments"]]
        return found

    assert walked(sort_field="create_time", sort_order="asc") == ids
    assert walked(sort_field="create_time", sort_order="desc") == ids[::-1]
    assert walked(sort_field="likes", sort_order="desc")[0] == ids[3]
    assert walked(sort_field="replies", sort_order="desc")[0] == ids[5]
    assert walked(sort_field="replies", sort_order="asc")[-1] == ids[5]
    assert sorted(walked()) == sorted(ids)


def test_the_smart_order_is_not_stable(tiktok: TikTok, holder: AccountHolder, video: str) -> None:
    for n in range(20):
        said(tiktok, video, f"Number {n}")

    def smart() -> list[str]:
        page = holder.data(comments.COMMENT_LIST, video_id=video)
        return [one["comment_id"] for one in page["comments"]]

    before = smart()
    tiktok.advance(120)
    assert smart() != before


@pytest.mark.shows("business.comment_create")
def test_a_comment_is_written_and_counted(
    tiktok: TikTok, holder: AccountHolder, video: str
) -> None:
    made = holder.data(comments.COMMENT_CREATE, video_id=video, text="Recipe below 🥖")
    assert made["video_id"] == video
    found = only(holder, video, made["comment_id"])
    assert (found["text"], found["owner"]) == ("Recipe below 🥖", True)
    assert found["unique_identifier"] == made["unique_identifier"]
    assert found["create_time"] == made["create_time"]
    shown = tiktok.http.post(
        display.VIDEO_QUERY.path,
        params={"fields": "id,comment_count"},
        json={"filters": {"video_ids": [video]}},
        headers=tiktok.bearer(creator="maracooks"),
    ).json()
    assert shown["data"]["videos"] == [{"id": video, "comment_count": 1}]


@pytest.mark.parametrize("text", [None, "", "x" * 1_201])
def test_a_comment_without_a_text_or_with_too_long_a_one_is_refused(
    holder: AccountHolder, video: str, text: str | None
) -> None:
    assert holder.code(comments.COMMENT_CREATE, video_id=video, text=text) == 40002
    assert listed(holder, video) == []


@pytest.mark.shows("business.comment_reply_create")
def test_a_reply_joins_the_thread(tiktok: TikTok, holder: AccountHolder, video: str) -> None:
    first = said(tiktok, video, "How long?")
    made = holder.data(
        comments.COMMENT_REPLY_CREATE, video_id=video, comment_id=first, text="An hour"
    )
    assert made["parent_comment_id"] == first
    tiktok.advance(1)
    deeper = holder.data(
        comments.COMMENT_REPLY_CREATE, video_id=video, comment_id=made["comment_id"], text="Or two"
    )
    assert deeper["parent_comment_id"] == first
    thread = holder.data(
        comments.COMMENT_REPLY_LIST, video_id=video, comment_id=first, sort_order="asc"
    )
    assert [one["text"] for one in thread["comments"]] == ["An hour", "Or two"]
    assert only(holder, video, first)["replies"] == 2


@pytest.mark.shows("business.comment_image_upload")
def test_a_comment_shows_an_uploaded_image(
    tiktok: TikTok, holder: AccountHolder, video: str
) -> None:
    photo = media.photo(400, 600)
    sent = holder.data(comments.COMMENT_IMAGE_UPLOAD, image_file=photo)
    assert (sent["width"], sent["height"]) == (400, 600)
    image = {"image_uri": sent["image_uri"], "image_width": 400, "image_height": 600}
    made = holder.data(comments.COMMENT_CREATE, video_id=video, **image)
    first = said(tiktok, video, "Show me")
    reply = holder.data(
        comments.COMMENT_REPLY_CREATE, video_id=video, comment_id=first, text="Here", **image
    )
    found = only(holder, video, made["comment_id"])
    assert found["text"] == ""
    assert found["image_url"] == made["image_url"] == reply["image_url"]
    assert "image_url" not in only(holder, video, first)
    tiktok.advance(30 * 86_400)
    assert tiktok.http.get(found["image_url"]).content == photo


def test_an_image_of_another_account_or_of_no_size_is_refused(
    tiktok: TikTok, holder: AccountHolder, video: str
) -> None:
    other = AccountHolder(tiktok.http, creator=FAN)
    sent = other.data(comments.COMMENT_IMAGE_UPLOAD, image_file=media.photo())
    for image in (
        {"image_uri": sent["image_uri"], "image_width": 720, "image_height": 1080},
        {"image_uri": "none", "image_width": 720, "image_height": 1080},
        {"image_uri": sent["image_uri"]},
    ):
        assert holder.code(comments.COMMENT_CREATE, video_id=video, text="Look", **image) == 40002
    assert listed(holder, video) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"no picture", "format"),
        (b"", "image_file"),
        (media.photo(359, 600), "at least 360x360"),
        (media.photo(1080, 1921), "at most 1080x1920"),
        (media.photo(400, 400) + bytes(5_000_000), "5000000 are taken"),
    ],
    ids=["no picture", "empty", "small", "long", "heavy"],
)
def test_what_is_no_image_for_comments_is_refused(
    holder: AccountHolder, file: bytes, said: str
) -> None:
    told = holder.call(comments.COMMENT_IMAGE_UPLOAD, image_file=file)
    assert told["code"] == 40002
    assert said in told["message"]


def test_a_reply_shows_an_image_from_a_verified_property(
    tiktok: TikTok, holder: AccountHolder, site: Site, video: str
) -> None:
    site.pages = {"/a.jpg": media.photo()}
    tiktok.control("PUT", "hosts", {HOST: site.url})
    first = said(tiktok, video, "Show me")
    reply = {"video_id": video, "comment_id": first}
    url = f"https://{HOST}/a.jpg"
    tiktok.world.apps[APP_ID].any_url = False
    assert holder.code(comments.COMMENT_REPLY_CREATE, reply_image_url=url, **reply) == 40002
    mine = {"url_properties": [{"kind": "domain", "value": HOST}]}
    tiktok.control("PATCH", f"apps/{APP_ID}", mine)
    made = holder.data(comments.COMMENT_REPLY_CREATE, reply_image_url=url, **reply)
    assert tiktok.http.get(made["image_url"]).content == media.photo()
    url = f"https://{HOST}/missing.jpg"
    assert holder.code(comments.COMMENT_REPLY_CREATE, reply_image_url=url, **reply) == 40002


@pytest.mark.shows("business.comment_like")
def test_a_like_counts_once(tiktok: TikTok, holder: AccountHolder, video: str) -> None:
    comment = said(tiktok, video, "Love it")
    for _ in range(2):
        holder.data(comments.COMMENT_LIKE, video_id=video, comment_id=comment, action="LIKE")
    found = only(holder, video, comment)
    assert (found["liked"], found["likes"]) == (True, 1)
    for _ in range(2):
        holder.data(comments.COMMENT_LIKE, video_id=video, comment_id=comment, action="UNLIKE")
    found = only(holder, video, comment)
    assert (found["liked"], found["likes"]) == (False, 0)
    assert holder.code(comments.COMMENT_LIKE, comment_id=comment, action="LIKE") == 40002


@pytest.mark.shows("business.comment_hide")
def test_a_hidden_comment_is_seen_by_the_account_alone(
    tiktok: TikTok, holder: AccountHolder, researcher: Researcher, video: str
) -> None:
    tiktok.settings(research_delay_seconds=0)
    comment = said(tiktok, video, "Buy followers")
    said(tiktok, video, "Yes, buy", parent=comment)

    def researched() -> list[str]:
        page = researcher.ask("video/comment/list", {"video_id": int(video)}, "text")
        return [one["text"] for one in page["comments"]]

    assert researched() == ["Buy followers"]
    holder.data(comments.COMMENT_HIDE, video_id=video, comment_id=comment, action="HIDE")
    assert only(holder, video, comment)["status"] == "HIDDEN"
    assert listed(holder, video, status="PUBLIC") == []
    [found] = listed(holder, video, include_replies=True)
    assert found["reply_list"] == []
    thread = holder.data(comments.COMMENT_REPLY_LIST, video_id=video, comment_id=comment)
    assert thread["comments"] == []
    assert researched() == []
    holder.data(comments.COMMENT_HIDE, video_id=video, comment_id=comment, action="UNHIDE")
    assert only(holder, video, comment)["status"] == "PUBLIC"
    assert researched() == ["Buy followers"]


@pytest.mark.shows("business.comment_pin")
def test_one_comment_is_pinned(tiktok: TikTok, holder: AccountHolder, video: str) -> None:
    first, second = said(tiktok, video, "One"), said(tiktok, video, "Two")
    answer = said(tiktok, video, "Three", parent=first)
    for comment in (first, second):
        holder.data(comments.COMMENT_PIN, video_id=video, comment_id=comment, action="PIN")
    assert [one["pinned"] for one in listed(holder, video)] == [False, True]
    holder.data(comments.COMMENT_PIN, video_id=video, comment_id=first, action="UNPIN")
    assert [one["pinned"] for one in listed(holder, video)] == [False, True]
    holder.data(comments.COMMENT_PIN, video_id=video, comment_id=second, action="UNPIN")
    assert [one["pinned"] for one in listed(holder, video)] == [False, False]
    refused = holder.code(comments.COMMENT_PIN, video_id=video, comment_id=answer, action="PIN")
    assert refused == 40002


@pytest.mark.shows("business.comment_delete")
def test_only_own_comments_are_deleted(tiktok: TikTok, holder: AccountHolder, video: str) -> None:
    own = holder.data(comments.COMMENT_CREATE, video_id=video, text="Oops")["comment_id"]
    other = said(tiktok, video, "Mine")
    assert holder.code(comments.COMMENT_DELETE, comment_id=other) == 40001
    assert holder.data(comments.COMMENT_DELETE, comment_id=own) == {}
    assert [one["comment_id"] for one in listed(holder, video)] == [other]
    assert holder.code(comments.COMMENT_DELETE, comment_id=own) == 40007


def test_posts_of_others_and_unknown_posts_are_refused(
    tiktok: TikTok, holder: AccountHolder
) -> None:
    foreign = holder.control(
        "POST", "videos", {"creator": "jonas.behind.doors", "title": "Not yours"}
    )["id"]
    assert holder.code(comments.COMMENT_LIST, video_id=foreign) == 40001
    assert holder.code(comments.COMMENT_CREATE, video_id=foreign, text="Hi") == 40001
    assert holder.code(comments.COMMENT_LIST, video_id="7000000000000000009") == 40007
    assert holder.code(comments.COMMENT_LIST, video_id="no") == 40002
    assert holder.code(comments.COMMENT_LIST, video_id=foreign, business_id="-000x") == 40001
    reader = AccountHolder(tiktok.http, scopes=["comment.list"])
    own = reader.control("POST", "videos", {"creator": "maracooks", "title": "Rye"})["id"]
    assert listed(reader, own) == []
    assert reader.code(comments.COMMENT_CREATE, video_id=own, text="Hi") == 40130
