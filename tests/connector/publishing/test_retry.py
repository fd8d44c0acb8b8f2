"""A failed post is corrected and tried again with its media, unless it may have had an effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from stagedoor.connector.publishing import offered
from tests.connector.publishing.conftest import PUBLIC, Hands
from tests.support import media

NOT_OFFERED = "FOLLOWER_OF_CREATOR"
DAY = 86_400.0


def retry(hands: Hands, publish_id: str) -> Any:
    return hands.service.api("POST", f"/api/posts/{publish_id}/retry")


def not_retried(hands: Hands, publish_id: str) -> dict[str, Any]:
    answer = hands.service.send("POST", f"/api/posts/{publish_id}/retry")
    assert answer.status_code == 409, answer.text
    return dict(answer.json()["error"])


def patch(hands: Hands, publish_id: str, body: dict[str, Any]) -> Any:
    return hands.service.api("PATCH", f"/api/posts/{publish_id}", body)


def soon(hands: Hands, seconds: float) -> str:
    return datetime.fromtimestamp(hands.local.now() + seconds, UTC).isoformat()


@pytest.fixture
def failed(hands: Hands) -> str:
    """A video whose privacy level the creator no longer offered when it was sent."""
    hands.local.phone("PATCH", "settings", {"private": True})
    publish_id = hands.post(privacyLevel=NOT_OFFERED)
    hands.local.phone("PATCH", "settings", {"private": False})
    assert hands.run(publish_id)["state"] == "failed"
    return publish_id


def test_corrected_it_is_published_with_the_same_media(hands: Hands, failed: str) -> None:
    again = hands.run(failed, "failed")
    assert "then retry the post" in again["failure"]["remedy"]
    assert patch(hands, failed, {"privacyLevel": PUBLIC, "caption": "Mended"})["state"] == "failed"
    tried = retry(hands, failed)
    assert (tried["state"], tried["failure"], tried["ended"]) == ("checking", None, None)
    assert retry(hands, failed)["publishId"] == failed
    post = hands.run(failed)
    assert (post["state"], post["caption"]) == ("published", "Mended")
    assert hands.steps(post).count(("retry", "ok")) == 1
    [made] = hands.local.publishes()
    assert (made["title"], made["status"]) == ("Mended", "PUBLISH_COMPLETE")
    assert "only a failed post" in not_retried(hands, failed)["message"]


def test_a_caption_taken_from_the_title_changes_with_it(hands: Hands) -> None:
    hands.local.settings(processing="manual")
    publish_id = hands.post(title="Bad words")
    hands.pump()
    [made] = hands.local.publishes()
    path = f"publishes/{made['publish_id']}/fail"
    hands.local.control("POST", path, {"reason": "spam_risk_text"})
    assert hands.run(publish_id)["state"] == "failed"
    hands.local.settings(processing="timed")
    assert patch(hands, publish_id, {"title": "Good words"})["caption"] == "Good words"
    retry(hands, publish_id)
    assert hands.run(publish_id)["state"] == "published"
    assert [one["title"] for one in hands.made()] == ["Good words"]
    # what TikTok has stays as it is
    renamed = patch(hands, publish_id, {"title": "Just a label"})
    assert (renamed["title"], renamed["caption"]) == ("Just a label", "Good words")


def test_a_caption_of_its_own_stays_when_the_title_changes(hands: Hands) -> None:
    given = hands.draft(title="Label", caption="Label")
    assert patch(hands, given, {"title": "Other"})["caption"] == "Label"
    changed = hands.draft(title="Label")
    assert patch(hands, changed, {"caption": "Label"})["caption"] == "Label"
    assert patch(hands, changed, {"title": "Other"})["caption"] == "Label"


def test_the_title_of_scheduled_photos_changes_at_tiktok_too(hands: Hands) -> None:
    post = hands.photo_post([media.photo()], publishAt=soon(hands, DAY))
    path = f"/api/posts/{post['publishId']}"
    long = hands.service.send("PATCH", path, {"title": "x" * 91})
    assert long.status_code == 400
    assert long.json()["error"]["detail"]["problems"][0]["path"] == "title"
    patch(hands, post["publishId"], {"title": "Three dishes"})
    hands.pump(DAY)
    assert hands.run(post["publishId"])["state"] == "published"
    assert [one["title"] for one in hands.made()] == ["Three dishes"]


def test_tried_again_from_many_sides_it_is_published_once(hands: Hands, failed: str) -> None:
    patch(hands, failed, {"privacyLevel": PUBLIC})
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: retry(hands, failed), range(6)))
    assert hands.run(failed)["state"] == "published"
    assert len(hands.local.publishes()) == 1


def test_what_is_not_mended_is_refused_again(hands: Hands, failed: str) -> None:
    answer = hands.service.send("POST", f"/api/posts/{failed}/retry")
    assert answer.status_code == 400
    assert "who offers PUBLIC_TO_EVERYONE" in answer.json()["error"]["message"]
    hands.pump(60)
    assert hands.get(failed)["state"] == "failed"
    assert hands.local.publishes() == []


def test_photos_that_tiktok_failed_are_tried_again(hands: Hands) -> None:
    hands.local.settings(processing="manual")
    publish_id = hands.photo_post([media.photo()])["publishId"]
    hands.pump()
    [made] = hands.local.publishes()
    hands.local.control("POST", f"publishes/{made['publish_id']}/fail", {"reason": "internal"})
    assert hands.run(publish_id)["state"] == "failed"
    hands.local.settings(processing="timed")
    retry(hands, publish_id)
    post = hands.run(publish_id)
    assert post["state"] == "published"
    assert post["tiktokPublishId"] != made["publish_id"]
    assert [one["status"] for one in hands.local.publishes()].count("PUBLISH_COMPLETE") == 1


def test_one_that_may_have_had_an_effect_is_not_tried_again(hands: Hands) -> None:
    hands.local.fault("posting.content_init", "lost")
    publish_id = hands.photo_post([media.photo()])["publishId"]
    assert hands.run(publish_id)["state"] == "unknown"
    assert "settle it with PATCH" in not_retried(hands, publish_id)["message"]
    assert len(hands.local.publishes()) == 1
    # a person looked: what was lost before doesn't make the new try unknown
    patch(hands, publish_id, {"resolution": "notPublished"})
    retry(hands, publish_id)
    assert hands.run(publish_id)["state"] == "published"


def test_drafts_and_cancelled_posts_have_their_own_verbs(hands: Hands) -> None:
    draft, cancelled = hands.draft(), hands.post()
    hands.call("cancel-post", {"publishId": cancelled})
    assert "publish-video" in not_retried(hands, draft)["message"]
    assert "make a new one" in not_retried(hands, cancelled)["message"]
    viewer = hands.service.send("POST", f"/api/posts/{draft}/retry", role="viewer")
    assert viewer.status_code == 403


def test_without_its_media_it_needs_a_new_post(hands: Hands, failed: str) -> None:
    patch(hands, failed, {"privacyLevel": PUBLIC})
    hands.pump(4 * DAY)
    error = not_retried(hands, failed)
    assert error["code"] == "media_gone"
    assert "make a new post" in error["message"]


def test_it_can_be_given_a_time(hands: Hands, failed: str) -> None:
    patch(hands, failed, {"privacyLevel": PUBLIC, "publishAt": soon(hands, 5 * DAY)})
    assert retry(hands, failed)["state"] == "scheduled"
    hands.pump(4 * DAY)
    assert hands.local.publishes() == []
    hands.pump(1.1 * DAY)
    assert hands.run(failed)["state"] == "published"


# at the door


@pytest.mark.parametrize("days", [None, 7])
def test_what_the_creator_does_not_offer_is_refused_at_once(hands: Hands, days: int | None) -> None:
    later: dict[str, Any] = {} if days is None else {"publishAt": soon(hands, days * DAY)}
    status, error = hands.refused("init-video-upload", {"privacyLevel": NOT_OFFERED} | later)
    assert (status, error["detail"]["problems"][0]["path"]) == (400, "privacyLevel")
    hands.local.phone("PATCH", "settings", {"private": True})
    hands.advance(6)
    publish_id = hands.draft(privacyLevel=NOT_OFFERED, **later)
    hands.local.phone("PATCH", "settings", {"private": False})
    hands.advance(61)
    status, error = hands.refused("publish-video", {"publishId": publish_id})
    assert (status, error["detail"]["problems"][0]["path"]) == (400, "privacyLevel")
    assert "who offers PUBLIC_TO_EVERYONE" in error["message"]
    assert hands.get(publish_id)["state"] == "draft"
    photos = {"urls": ["https://media.example.com/x.jpg"], "privacyLevel": NOT_OFFERED}
    assert hands.refused("publish-photos", photos | later)[0] == 400
    assert hands.local.publishes() == []
    # the control: what is offered is accepted, and a photo post of TikTok's own fetching
    assert hands.call("publish-photos", photos | later | {"privacyLevel": PUBLIC})["publishId"]
    if days is None:
        assert hands.run(hands.post())["state"] == "published"
        return
    # and what is scheduled already isn't changed into such a post
    good = hands.post(**later)
    answer = hands.service.send("PATCH", f"/api/posts/{good}", {"privacyLevel": NOT_OFFERED})
    assert answer.status_code == 400
    assert hands.get(good)["settings"]["privacyLevel"] == PUBLIC
    assert patch(hands, good, {"privacyLevel": "SELF_ONLY"})["warnings"] == []


def test_where_tiktok_cannot_be_asked_that_is_said_and_checked_later(hands: Hands) -> None:
    hands.local.fault("posting.creator_info", "status", status=500, times=None)
    later = hands.draft(privacyLevel=NOT_OFFERED, publishAt=soon(hands, DAY))
    now = hands.draft(privacyLevel=NOT_OFFERED)
    for publish_id, state in ((later, "scheduled"), (now, "checking")):
        post = hands.call("publish-video", {"publishId": publish_id})
        assert post["state"] == state
        assert "checked before the post is sent" in post["warnings"][0]
    hands.local.control("DELETE", "faults")
    assert hands.run(now)["failure"]["reason"] == "settings_mismatch"
    hands.pump(DAY)
    assert hands.run(later)["failure"]["reason"] == "settings_mismatch"


def test_a_slow_answer_of_tiktok_is_not_waited_for(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offered, "_WAIT_SECONDS", 0.2)
    publish_id = hands.draft()
    hands.advance(61)
    hands.local.fault("posting.creator_info", "slow", seconds=3.0)
    post = hands.call("publish-video", {"publishId": publish_id})
    assert "takes too long" in post["warnings"][0]
    assert hands.run(publish_id)["state"] == "published"


def test_posts_of_one_minute_ask_once_and_refusals_at_most_every_five_seconds(
    hands: Hands,
) -> None:
    def asked() -> int:
        return len(hands.local.calls("posting.creator_info"))

    before, drafts = asked(), [hands.draft() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: hands.call("publish-video", {"publishId": one}), drafts))
    assert asked() == before + 1
    hands.advance(6)
    for _ in range(4):
        assert hands.refused("init-video-upload", {"privacyLevel": NOT_OFFERED})[0] == 400
    assert asked() == before + 2
    hands.advance(61)
    hands.draft()
    assert asked() == before + 3


def test_null_takes_a_setting_away_and_a_foreign_one_is_refused(hands: Hands) -> None:
    publish_id = hands.draft(disableDuet=True)
    assert patch(hands, publish_id, {"disableDuet": None})["settings"] == {"privacyLevel": PUBLIC}
    path = f"/api/posts/{publish_id}"
    for body, field in (({"privacyLevel": None}, "privacyLevel"), ({"autoAddMusic": True},) * 2):
        answer = hands.service.send("PATCH", path, body)
        assert answer.status_code == 400
        assert next(iter(body)) in answer.json()["error"]["message"], field


# an account that was lost


def disconnect(hands: Hands) -> None:
    """As TikTok's webhook does."""
    services = hands.service.services
    grant = services.integrations.get("acme", hands.account).grant
    hands.local.phone("POST", "disconnect", {"client_key": "emulator-client-key", "reason": 1})
    services.integrations.removed(grant.id, 1)


def test_scheduled_posts_of_a_lost_account_are_told_at_once(hands: Hands) -> None:
    ids = [hands.post(title=f"Dish {n}", publishAt=soon(hands, n * DAY)) for n in (2, 1)]
    hands.draft()
    disconnect(hands)
    notices = {one["kind"]: one for one in hands.service.api("GET", "/api/notices")["notices"]}
    told = notices["posts.stranded"]
    assert told["detail"]["posts"] == ids[::-1]
    assert "2 scheduled posts" in told["message"]
    assert "Dish 1" in told["message"]
    assert told["subject"] == hands.account


def test_no_notice_where_nothing_is_scheduled(hands: Hands) -> None:
    hands.draft()
    disconnect(hands)
    kinds = {one["kind"] for one in hands.service.api("GET", "/api/notices")["notices"]}
    assert kinds == {"integration.revoked"}


def test_a_level_that_is_not_offered_is_no_correction(hands: Hands, failed: str) -> None:
    draft = hands.draft()
    for publish_id in (draft, failed):
        before = hands.get(publish_id)["settings"]
        answer = hands.service.send(
            "PATCH", f"/api/posts/{publish_id}", {"privacyLevel": NOT_OFFERED}
        )
        assert answer.status_code == 400
        assert "who offers PUBLIC_TO_EVERYONE" in answer.json()["error"]["message"]
        assert hands.get(publish_id)["settings"] == before
        assert patch(hands, publish_id, {"privacyLevel": "SELF_ONLY"})["warnings"] == []
    disconnect(hands)
    assert patch(hands, failed, {"privacyLevel": PUBLIC})["settings"]["privacyLevel"] == PUBLIC


def test_a_revoked_account_says_so_and_its_post_is_tried_again_once_it_is_back(
    hands: Hands,
) -> None:
    publish_id, begun = hands.draft(), hands.draft()
    hands.call("publish-video", {"publishId": publish_id})
    disconnect(hands)
    status, error = hands.refused("publish-video", {"publishId": begun})
    assert (status, error["code"]) == (403, "account_revoked")
    post = hands.run(publish_id)
    assert (post["state"], post["failure"]["reason"]) == ("failed", "account_revoked")
    assert "the creator disconnected the app" in post["failure"]["message"]
    assert "connect again" in post["failure"]["message"]
    assert "ticked" not in post["failure"]["message"]
    assert hands.service.connect() == hands.account
    retry(hands, publish_id)
    assert hands.run(publish_id)["state"] == "published"
