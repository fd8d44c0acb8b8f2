"""Accounts and comments by the client of TikTok API for Business, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from stagedoor import AsyncTikTokBusiness, TikTokBusiness, Tokens
from stagedoor.business import CommentStatus
from stagedoor.client.errors import InvalidRequest, NotFound, ScopeMissing
from tests.examples.business import APP_ID, APP_SECRET
from tests.support.local import QUICK, Local

FAN = "jonas.behind.doors"


def tokens(local: Local, **asked: object) -> Tokens:
    issued = local.control("POST", "tokens", {"client_key": APP_ID} | asked)
    return Tokens(access_token=issued["access_token"], open_id=issued["open_id"])


@pytest.fixture
def account(local: Local) -> Iterator[TikTokBusiness]:
    made = TikTokBusiness(
        APP_ID, APP_SECRET, tokens=tokens(local), hosts=local.hosts, retry=QUICK, pacer=None
    )
    with made:
        yield made


def commented(local: Local, count: int) -> str:
    """A new post of the account with this many comments."""
    video = local.control("POST", "videos", {"creator": "maracooks", "title": "Rye"})["id"]
    for number in range(count):
        body = {"author": FAN, "text": f"Number {number}"}
        local.control("POST", f"videos/{video}/comments", body)
    return str(video)


def test_a_walk_gives_every_comment_once(local: Local, account: TikTokBusiness) -> None:
    video = commented(local, 7)
    walked = account.comments.all_comments(video_id=video, page_size=3)
    texts = [str(one.text) for one in walked]
    assert sorted(texts) == [f"Number {number}" for number in range(7)]
    some = account.comments.all_comments(video_id=video, page_size=3, limit=4)
    assert [one.text for one in some] == texts[:4]


def test_a_comment_written_during_a_walk_repeats_no_other(
    local: Local, account: TikTokBusiness
) -> None:
    video = commented(local, 7)
    walked = account.comments.all_comments(video_id=video, page_size=3)
    ids = [next(walked).comment_id]
    local.control("POST", f"videos/{video}/comments", {"author": FAN, "text": "Late"})
    ids += [one.comment_id for one in walked]
    assert len(ids) == len(set(ids)) == 7


def test_a_comment_is_answered_hidden_and_deleted(local: Local, account: TikTokBusiness) -> None:
    video = commented(local, 1)
    [first] = account.comments.all_comments(video_id=video)
    made = account.comments.reply(video_id=video, comment_id=first.comment_id, text="Thanks")
    [reply] = account.comments.all_replies(video_id=video, comment_id=first.comment_id)
    assert (reply.comment_id, reply.owner) == (made.comment_id, True)
    account.comments.hide(video_id=video, comment_id=first.comment_id, action="HIDE")
    [hidden] = account.comments.list(video_id=video).comments
    assert hidden.status is CommentStatus.HIDDEN
    assert list(account.comments.all_comments(video_id=video, status="PUBLIC")) == []
    account.comments.delete(comment_id=made.comment_id)
    with pytest.raises(NotFound):
        account.comments.delete(comment_id=made.comment_id)


def test_wrong_values_are_refused_before_anything_is_sent(account: TikTokBusiness) -> None:
    with pytest.raises(InvalidRequest, match="text"):
        account.comments.create(video_id="1", text="")
    with pytest.raises(InvalidRequest, match="action"):
        account.comments.hide(video_id="1", comment_id="1", action="DESTROY")
    with pytest.raises(InvalidRequest, match="item_id"):
        account.accounts.list_posts(fields=("likes",))


def test_profile_insights_and_posts_are_typed(local: Local, account: TikTokBusiness) -> None:
    today = datetime.fromtimestamp(local.control("GET", "clock")["now"], UTC).date()
    profile = account.accounts.info(
        fields=("username", "video_views"), start_date=today - timedelta(days=3)
    )
    assert profile.username == "maracooks"
    assert profile.display_name is None
    assert profile.metrics is not None
    assert [one.date for one in profile.metrics] == [
        (today - timedelta(days=days)).isoformat() for days in (3, 2, 1)
    ]
    posts = list(account.accounts.all_posts(page_size=2, limit=5))
    assert len({one.item_id for one in posts}) == 5
    with TikTokBusiness(
        APP_ID, APP_SECRET, tokens=tokens(local, scopes=["video.list"]), hosts=local.hosts
    ) as narrow:
        assert narrow.accounts.list_posts().videos
        with pytest.raises(ScopeMissing, match=r"user\.info\.username"):
            narrow.for_account(tokens(local, scopes=["user.info.basic"])).accounts.info(
                fields=("username",)
            )


def test_the_same_as_coroutines(local: Local) -> None:
    video = commented(local, 4)

    async def go() -> None:
        async with AsyncTikTokBusiness(
            APP_ID, APP_SECRET, tokens=tokens(local), hosts=local.hosts, pacer=None
        ) as account:
            walked = account.comments.all_comments(video_id=video, page_size=3)
            assert len([one async for one in walked]) == 4
            posts = account.accounts.all_posts(limit=3)
            assert len([one async for one in posts]) == 3
            code = await account.accounts.authorize_post(item_id=video, is_ad_promotable=True)
            assert code.auth_code is not None
            assert code.auth_code.startswith("#")

    asyncio.run(go())
