"""Behaviour that the client relies on, tested against the emulator and, with credentials, of real
TikTok."""

from __future__ import annotations

import re

import pytest

from stagedoor import TikTok, Tokens, errors
from stagedoor.platform.products.oauth import LOG_ID


def test_only_requested_fields_come_back(either: TikTok) -> None:
    user = either.user.info(fields=("open_id", "display_name")).user
    assert user.open_id
    assert user.display_name
    assert user.model_fields_set == {"open_id", "display_name"}


def test_videos_come_newest_first_and_pages_do_not_overlap(either: TikTok) -> None:
    first = either.videos.list(fields=("id", "create_time"), max_count=2)
    times = [video.create_time or 0 for video in first.videos]
    assert times == sorted(times, reverse=True)
    assert first.has_more
    second = either.videos.list(fields=("id",), max_count=2, cursor=first.cursor)
    assert {v.id for v in first.videos}.isdisjoint(v.id for v in second.videos)


def test_the_cursor_is_the_last_video_s_moment_in_milliseconds(either: TikTok) -> None:
    page = either.videos.list(fields=("id", "create_time"), max_count=2)
    assert (page.cursor or 0) // 1000 == page.videos[-1].create_time


def test_a_literal_cursor_of_zero_is_the_beginning_of_time(either: TikTok) -> None:
    assert either.videos.list(fields=("id",), cursor=0).videos == ()


def test_ids_that_are_not_the_creator_s_are_left_out(either: TikTok) -> None:
    [known] = either.videos.list(fields=("id",), max_count=1).videos
    found = list(either.videos.by_id([known.id or "", "7000000000000000000"], fields=("id",)))
    assert [video.id for video in found] == [known.id]


def test_a_share_link_leads_to_the_video(either: TikTok) -> None:
    [video] = either.videos.list(fields=("id", "share_url"), max_count=1).videos
    assert re.match(rf"https://www\.tiktok\.com/@[\w.]+/video/{video.id}", video.share_url or "")


def test_the_creator_s_settings_offer_privacy_levels(either: TikTok) -> None:
    info = either.posts.creator_info()
    assert "SELF_ONLY" in info.privacy_level_options
    assert info.max_video_post_duration_sec >= 180


def test_an_unknown_publish_id_is_refused_with_a_log_id(either: TikTok) -> None:
    with pytest.raises((errors.NotFound, errors.BadRequest)) as caught:
        either.posts.status(publish_id="v_pub_file~v2-1.1234567890123456789")
    assert LOG_ID.match(caught.value.log_id)


def test_a_bad_token_is_a_401_that_names_itself(either: TikTok) -> None:
    with pytest.raises(errors.TokenInvalid) as caught:
        either.for_account(Tokens(access_token="act.nothing")).user.info()
    assert caught.value.http_status == 401
    assert caught.value.code == "access_token_invalid"
