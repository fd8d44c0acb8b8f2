"""TikTok's refusals: told in words that a person understands, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from stagedoor import PrivacyLevel, TikTok, Url
from stagedoor.client.errors import (
    BadRequest,
    InvalidRequest,
    NotFound,
    PolicyRefused,
    PostFailed,
    QuotaExceeded,
    ScopeMissing,
    WrongState,
)
from stagedoor.platform.products.posting import FailReason, VideoPostInfo
from tests.support import media
from tests.support.local import SECRET, UNAUDITED, Local

PUBLIC = PrivacyLevel.PUBLIC_TO_EVERYONE
SELF = PrivacyLevel.SELF_ONLY


def test_an_unaudited_app_is_refused_on_a_public_account_before_a_byte_is_sent(
    local: Local, clip: Path
) -> None:
    with local.client(UNAUDITED) as tiktok, pytest.raises(PolicyRefused) as caught:
        tiktok.posts.publish_video(clip, privacy_level=SELF)
    said = str(caught.value)
    assert caught.value.code == "unaudited_client_can_only_post_to_private_accounts"
    assert "Set the account (not just the post) to private" in said
    assert said.startswith(caught.value.log_id)
    assert local.calls("media.upload_chunk") == []


def test_an_unaudited_app_may_post_privately_to_a_private_account(local: Local, clip: Path) -> None:
    local.phone("PATCH", "settings", {"private": True})
    with local.client(UNAUDITED) as tiktok:
        post = tiktok.posts.publish_video(clip, privacy_level=SELF)
    assert post.status == "PUBLISH_COMPLETE"
    assert post.post_ids == ()


def test_a_privacy_level_that_is_not_offered_lists_those_that_are(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    with pytest.raises(InvalidRequest, match=r"FOLLOWER_OF_CREATOR is not offered by @maracooks"):
        tiktok.posts.publish_video(clip, privacy_level=PrivacyLevel.FOLLOWER_OF_CREATOR)
    assert local.publishes() == []


def test_a_title_too_long_in_utf16_is_refused_before_sending(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    with pytest.raises(InvalidRequest, match="title is 2202 UTF-16 units long"):
        tiktok.posts.publish_video(clip, privacy_level=PUBLIC, title="\U0001f35e" * 1101)
    assert local.calls("posting.video_init") == []
    tiktok.posts.publish_video(clip, privacy_level=PUBLIC, title="\U0001f35e" * 1100)


def test_a_photo_without_a_whole_address_is_refused_before_sending(
    local: Local, tiktok: TikTok
) -> None:
    for url in ("one.jpg", "http://a.example.com/one.jpg", "https://a.example.com/o ne.jpg"):
        with pytest.raises(InvalidRequest, match=r"the post: urls\.1 is no .*https address"):
            tiktok.posts.publish_photos(
                ["https://media.example.com/one.jpg", url], privacy_level=SELF
            )
    assert local.calls("posting.content_init") == []


def test_tiktok_itself_refuses_a_title_too_long(local: Local) -> None:
    token = local.tokens().access_token
    answer = local.http.post(
        "/v2/post/publish/video/init/",
        headers={"authorization": f"Bearer {token}"},
        json={
            "post_info": {"privacy_level": "SELF_ONLY", "title": "\U0001f35e" * 1101},
            "source_info": {"source": "PULL_FROM_URL", "video_url": "https://a.example.com/b"},
        },
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_params"
    assert "post_info.title" in answer.json()["error"]["message"]


def test_what_the_creator_unticked_is_refused_with_what_to_do(local: Local, clip: Path) -> None:
    tokens = local.tokens(scopes=["user.info.basic", "video.list"])
    with local.client(tokens=tokens) as tiktok:
        assert tiktok.videos.list().videos
        with pytest.raises(ScopeMissing, match="connect again and leave the scope ticked"):
            tiktok.posts.publish_video(clip, privacy_level=PUBLIC)
        with pytest.raises(ScopeMissing):
            tiktok.user.info(fields=("open_id", "follower_count"))


def test_six_drafts_are_one_too_many(local: Local, clip: Path) -> None:
    local.control("PATCH", "apps/emulator-client-key", {"capped": True})
    with local.client(pacer=None) as tiktok:
        for _ in range(5):
            tiktok.posts.send_to_inbox(clip)
        local.advance(61)
        with pytest.raises(QuotaExceeded, match="5 unfinished drafts"):
            tiktok.posts.send_to_inbox(clip)
        [first, *_] = local.publishes()
        local.phone("POST", f"drafts/{first['publish_id']}/discard")
        tiktok.posts.send_to_inbox(clip)


def test_the_daily_cap_is_told_before_the_file_is_sent(local: Local, clip: Path) -> None:
    local.control("PATCH", "apps/emulator-client-key", {"capped": True})
    with local.client(pacer=None) as tiktok:
        for _ in range(15):
            tiktok.posts.publish_video(clip, privacy_level=PUBLIC)
            local.advance(11)
        with pytest.raises(QuotaExceeded, match="Post again tomorrow"):
            tiktok.posts.publish_video(clip, privacy_level=PUBLIC)
        local.advance(86_400)
        tokens = tiktok.oauth.refresh()
    assert tokens.access_token


@pytest.mark.parametrize("reason", list(FailReason))
def test_every_documented_reason_of_failure_says_what_to_do(
    local: Local, tiktok: TikTok, clip: Path, reason: FailReason
) -> None:
    local.control("POST", "next-post", {"fail_reason": reason.value})
    with pytest.raises(PostFailed) as caught:
        tiktok.posts.publish_video(clip, privacy_level=PUBLIC)
    assert caught.value.reason == reason
    assert caught.value.retry is reason.retry
    assert reason.remedy in str(caught.value)


def test_a_foreign_or_unknown_publish_id_is_refused(local: Local, clip: Path) -> None:
    with local.client() as tiktok:
        post = tiktok.posts.publish_video(clip, privacy_level=PUBLIC)
        with pytest.raises(NotFound):
            tiktok.posts.status(publish_id="v_pub_file~v2-1.1234567890123456789")
        with pytest.raises(WrongState):
            tiktok.posts.cancel(publish_id=post.publish_id)
    with local.client(UNAUDITED) as other, pytest.raises(PolicyRefused):
        other.posts.status(publish_id=post.publish_id)


def test_a_url_of_somebody_else_is_refused(local: Local) -> None:
    own = local.control(
        "POST",
        "apps",
        {
            "name": "Shop",
            "state": "Live",
            "audited": True,
            "client_secret": SECRET,
            "scopes": ["user.info.basic", "video.publish"],
            "url_properties": [{"kind": "domain", "value": "media.example.com"}],
        },
    )
    with local.client(own["client_key"]) as tiktok:
        with pytest.raises(PolicyRefused, match="Verify the domain"):
            tiktok.posts.publish_video(Url("https://cdn.example.org/a.mp4"), privacy_level=SELF)
        with pytest.raises(PostFailed, match="video_pull_failed"):
            tiktok.posts.publish_video(
                Url("https://cdn.media.example.com/a.mp4"), privacy_level=SELF
            )


def test_a_chunk_plan_of_ones_own_is_judged_by_tiktok(tiktok: TikTok) -> None:
    from stagedoor.platform.products.posting import FileUpload

    with pytest.raises(BadRequest, match="total chunk count is invalid"):
        tiktok.posts.init_video(
            post_info=VideoPostInfo(privacy_level=PUBLIC),
            source_info=FileUpload(
                video_size=70_000_000, chunk_size=10_485_760, total_chunk_count=7
            ),
        )


def test_a_typing_mistake_is_named(tiktok: TikTok) -> None:
    with pytest.raises(InvalidRequest, match="max_cuont"):
        tiktok.videos.list(max_cuont=3)  # type: ignore[call-arg]
    with pytest.raises(InvalidRequest, match="fields has no field 'likes'"):
        tiktok.videos.list(fields=("id", "likes"))
    with pytest.raises(InvalidRequest, match="max_count"):
        tiktok.videos.list(max_count=21)


def test_a_cover_outside_the_photos_is_refused(tiktok: TikTok) -> None:
    with pytest.raises(InvalidRequest, match="count from 0 to 1"):
        tiktok.posts.publish_photos(["https://a", "https://b"], privacy_level=PUBLIC, cover=2)


def test_photos_that_can_not_be_downloaded_fail_with_the_reason(
    tiktok: TikTok, photo_host: Path
) -> None:
    with pytest.raises(PostFailed, match="photo_pull_failed"):
        tiktok.posts.publish_photos(
            ["https://photos.example.com/nothing.jpg"], privacy_level=PUBLIC
        )


def test_a_photo_over_1080p_fails_at_tiktok_and_its_developer_can_see_which(
    local: Local, tiktok: TikTok, photo_host: Path
) -> None:
    (photo_host / "1.jpg").write_bytes(media.photo())
    (photo_host / "2.jpg").write_bytes(media.photo(width=1440, height=2560))
    urls = [f"https://photos.example.com/{number}.jpg" for number in (1, 2)]
    with pytest.raises(PostFailed) as caught:
        tiktok.posts.publish_photos(urls, privacy_level=PUBLIC)
    assert caught.value.reason == "picture_size_check_failed"
    seen = local.control("GET", f"publishes/{caught.value.publish_id}")
    assert "2.jpg" in seen["fail_detail"] or "photo 2" in seen["fail_detail"]
