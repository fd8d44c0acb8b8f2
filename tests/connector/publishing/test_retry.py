"""A failed post is corrected and tried again with its media, unless it may have had an effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from stagedoor.connector.publishing import creator_settings
from tests.connector.publishing.conftest import PUBLIC, PumpedStudio
from tests.support import media

NOT_OFFERED = "FOLLOWER_OF_CREATOR"
DAY = 86_400.0


def retry(pumped: PumpedStudio, publish_id: str) -> Any:
    return pumped.service.api("POST", f"/api/posts/{publish_id}/retry")


def not_retried(pumped: PumpedStudio, publish_id: str) -> dict[str, Any]:
    answer = pumped.service.send("POST", f"/api/posts/{publish_id}/retry")
    assert answer.status_code == 409, answer.text
    return dict(answer.json()["error"])


def patch(pumped: PumpedStudio, publish_id: str, body: dict[str, Any]) -> Any:
    return pumped.service.api("PATCH", f"/api/posts/{publish_id}", body)


def soon(pumped: PumpedStudio, seconds: float) -> str:
    return datetime.fromtimestamp(pumped.local.now() + seconds, UTC).isoformat()


@pytest.fixture
def failed(pumped: PumpedStudio) -> str:
    """A video whose privacy level the creator no longer offered when it was sent."""
    pumped.local.phone("PATCH", "settings", {"private": True})
    publish_id = pumped.post(privacyLevel=NOT_OFFERED)
    pumped.local.phone("PATCH", "settings", {"private": False})
    assert pumped.run(publish_id)["state"] == "failed"
    return publish_id


def test_corrected_it_is_published_with_the_same_media(pumped: PumpedStudio, failed: str) -> None:
    again = pumped.run(failed, "failed")
    assert "then retry the post" in again["failure"]["remedy"]
    assert patch(pumped, failed, {"privacyLevel": PUBLIC, "caption": "Mended"})["state"] == "failed"
    tried = retry(pumped, failed)
    assert (tried["state"], tried["failure"], tried["ended"]) == ("checking", None, None)
    assert retry(pumped, failed)["publishId"] == failed
    post = pumped.run(failed)
    assert (post["state"], post["caption"]) == ("published", "Mended")
    assert pumped.steps(post).count(("retry", "ok")) == 1
    [made] = pumped.local.publishes()
    assert (made["title"], made["status"]) == ("Mended", "PUBLISH_COMPLETE")
    assert "only a failed post" in not_retried(pumped, failed)["message"]


def test_a_caption_taken_from_the_title_changes_with_it(pumped: PumpedStudio) -> None:
    pumped.local.settings(processing="manual")
    publish_id = pumped.post(title="Bad words")
    pumped.pump()
    [made] = pumped.local.publishes()
    path = f"publishes/{made['publish_id']}/fail"
    pumped.local.control("POST", path, {"reason": "spam_risk_text"})
    assert pumped.run(publish_id)["state"] == "failed"
    pumped.local.settings(processing="timed")
    assert patch(pumped, publish_id, {"title": "Good words"})["caption"] == "Good words"
    retry(pumped, publish_id)
    assert pumped.run(publish_id)["state"] == "published"
    assert [one["title"] for one in pumped.made()] == ["Good words"]
    # what TikTok has stays as it is
    renamed = patch(pumped, publish_id, {"title": "Just a label"})
    assert (renamed["title"], renamed["caption"]) == ("Just a label", "Good words")


def test_a_caption_of_its_own_stays_when_the_title_changes(pumped: PumpedStudio) -> None:
    given = pumped.draft(title="Label", caption="Label")
    assert patch(pumped, given, {"title": "Other"})["caption"] == "Label"
    changed = pumped.draft(title="Label")
    assert patch(pumped, changed, {"caption": "Label"})["caption"] == "Label"
    assert patch(pumped, changed, {"title": "Other"})["caption"] == "Label"


def test_the_title_of_scheduled_photos_changes_at_tiktok_too(pumped: PumpedStudio) -> None:
    post = pumped.photo_post([media.photo()], publishAt=soon(pumped, DAY))
    path = f"/api/posts/{post['publishId']}"
    long = pumped.service.send("PATCH", path, {"title": "x" * 91})
    assert long.status_code == 400
    assert long.json()["error"]["detail"]["problems"][0]["path"] == "title"
    patch(pumped, post["publishId"], {"title": "Three dishes"})
    pumped.pump(DAY)
    assert pumped.run(post["publishId"])["state"] == "published"
    assert [one["title"] for one in pumped.made()] == ["Three dishes"]


def test_tried_again_from_many_sides_it_is_published_once(
    pumped: PumpedStudio, failed: str
) -> None:
    patch(pumped, failed, {"privacyLevel": PUBLIC})
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: retry(pumped, failed), range(6)))
    assert pumped.run(failed)["state"] == "published"
    assert len(pumped.local.publishes()) == 1


def test_what_is_not_mended_is_refused_again(pumped: PumpedStudio, failed: str) -> None:
    answer = pumped.service.send("POST", f"/api/posts/{failed}/retry")
    assert answer.status_code == 400
    assert "who offers PUBLIC_TO_EVERYONE" in answer.json()["error"]["message"]
    pumped.pump(60)
    assert pumped.get(failed)["state"] == "failed"
    assert pumped.local.publishes() == []


def test_photos_that_tiktok_failed_are_tried_again(pumped: PumpedStudio) -> None:
    pumped.local.settings(processing="manual")
    publish_id = pumped.photo_post([media.photo()])["publishId"]
    pumped.pump()
    [made] = pumped.local.publishes()
    pumped.local.control("POST", f"publishes/{made['publish_id']}/fail", {"reason": "internal"})
    assert pumped.run(publish_id)["state"] == "failed"
    pumped.local.settings(processing="timed")
    retry(pumped, publish_id)
    post = pumped.run(publish_id)
    assert post["state"] == "published"
    assert post["tiktokPublishId"] != made["publish_id"]
    assert [one["status"] for one in pumped.local.publishes()].count("PUBLISH_COMPLETE") == 1


def test_one_that_may_have_had_an_effect_is_not_tried_again(pumped: PumpedStudio) -> None:
    pumped.local.fault("posting.content_init", "lost")
    publish_id = pumped.photo_post([media.photo()])["publishId"]
    assert pumped.run(publish_id)["state"] == "unknown"
    assert "settle it with PATCH" in not_retried(pumped, publish_id)["message"]
    assert len(pumped.local.publishes()) == 1
    # a person looked: what was lost before doesn't make the new try unknown
    patch(pumped, publish_id, {"resolution": "notPublished"})
    retry(pumped, publish_id)
    assert pumped.run(publish_id)["state"] == "published"


def test_drafts_and_cancelled_posts_have_their_own_verbs(pumped: PumpedStudio) -> None:
    draft, cancelled = pumped.draft(), pumped.post()
    pumped.call("cancel-post", {"publishId": cancelled})
    assert "publish-video" in not_retried(pumped, draft)["message"]
    assert "make a new one" in not_retried(pumped, cancelled)["message"]
    viewer = pumped.service.send("POST", f"/api/posts/{draft}/retry", role="viewer")
    assert viewer.status_code == 403


def test_without_its_media_it_needs_a_new_post(pumped: PumpedStudio, failed: str) -> None:
    patch(pumped, failed, {"privacyLevel": PUBLIC})
    pumped.pump(4 * DAY)
    error = not_retried(pumped, failed)
    assert error["code"] == "media_gone"
    assert "make a new post" in error["message"]


def test_it_can_be_given_a_time(pumped: PumpedStudio, failed: str) -> None:
    patch(pumped, failed, {"privacyLevel": PUBLIC, "publishAt": soon(pumped, 5 * DAY)})
    assert retry(pumped, failed)["state"] == "scheduled"
    pumped.pump(4 * DAY)
    assert pumped.local.publishes() == []
    pumped.pump(1.1 * DAY)
    assert pumped.run(failed)["state"] == "published"


# at the door


@pytest.mark.parametrize("days", [None, 7])
def test_what_the_creator_does_not_offer_is_refused_at_once(
    pumped: PumpedStudio, days: int | None
) -> None:
    later: dict[str, Any] = {} if days is None else {"publishAt": soon(pumped, days * DAY)}
    status, error = pumped.refused("init-video-upload", {"privacyLevel": NOT_OFFERED} | later)
    assert (status, error["detail"]["problems"][0]["path"]) == (400, "privacyLevel")
    pumped.local.phone("PATCH", "settings", {"private": True})
    pumped.advance(6)
    publish_id = pumped.draft(privacyLevel=NOT_OFFERED, **later)
    pumped.local.phone("PATCH", "settings", {"private": False})
    pumped.advance(61)
    status, error = pumped.refused("publish-video", {"publishId": publish_id})
    assert (status, error["detail"]["problems"][0]["path"]) == (400, "privacyLevel")
    assert "who offers PUBLIC_TO_EVERYONE" in error["message"]
    assert pumped.get(publish_id)["state"] == "draft"
    photos = {"urls": ["https://media.example.com/x.jpg"], "privacyLevel": NOT_OFFERED}
    assert pumped.refused("publish-photos", photos | later)[0] == 400
    assert pumped.local.publishes() == []
    # the control: what is offered is accepted, and a photo post of TikTok's own fetching
    assert pumped.call("publish-photos", photos | later | {"privacyLevel": PUBLIC})["publishId"]
    if days is None:
        assert pumped.run(pumped.post())["state"] == "published"
        return
    # and what is scheduled already isn't changed into such a post
    good = pumped.post(**later)
    answer = pumped.service.send("PATCH", f"/api/posts/{good}", {"privacyLevel": NOT_OFFERED})
    assert answer.status_code == 400
    assert pumped.get(good)["settings"]["privacyLevel"] == PUBLIC
    assert patch(pumped, good, {"privacyLevel": "SELF_ONLY"})["warnings"] == []


def test_where_tiktok_cannot_be_asked_that_is_said_and_checked_later(pumped: PumpedStudio) -> None:
    pumped.local.fault("posting.creator_info", "status", status=500, times=None)
    later = pumped.draft(privacyLevel=NOT_OFFERED, publishAt=soon(pumped, DAY))
    now = pumped.draft(privacyLevel=NOT_OFFERED)
    for publish_id, state in ((later, "scheduled"), (now, "checking")):
        post = pumped.call("publish-video", {"publishId": publish_id})
        assert post["state"] == state
        assert "checked before the post is sent" in post["warnings"][0]
    pumped.local.control("DELETE", "faults")
    assert pumped.run(now)["failure"]["reason"] == "settings_mismatch"
    pumped.pump(DAY)
    assert pumped.run(later)["failure"]["reason"] == "settings_mismatch"


def test_a_slow_answer_of_tiktok_is_not_waited_for(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creator_settings, "_WAIT_SECONDS", 0.2)
    publish_id = pumped.draft()
    pumped.advance(61)
    pumped.local.fault("posting.creator_info", "slow", seconds=1.0)
    post = pumped.call("publish-video", {"publishId": publish_id})
    assert "takes too long" in post["warnings"][0]
    assert pumped.run(publish_id)["state"] == "published"


def test_posts_of_one_minute_ask_once_and_refusals_at_most_every_five_seconds(
    pumped: PumpedStudio,
) -> None:
    def asked() -> int:
        return len(pumped.local.calls("posting.creator_info"))

    before, drafts = asked(), [pumped.draft() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: pumped.call("publish-video", {"publishId": one}), drafts))
    assert asked() == before + 1
    pumped.advance(6)
    for _ in range(4):
        assert pumped.refused("init-video-upload", {"privacyLevel": NOT_OFFERED})[0] == 400
    assert asked() == before + 2
    pumped.advance(61)
    pumped.draft()
    assert asked() == before + 3


def test_null_takes_a_setting_away_and_a_foreign_one_is_refused(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft(disableDuet=True)
    assert patch(pumped, publish_id, {"disableDuet": None})["settings"] == {"privacyLevel": PUBLIC}
    path = f"/api/posts/{publish_id}"
    for body, field in (({"privacyLevel": None}, "privacyLevel"), ({"autoAddMusic": True},) * 2):
        answer = pumped.service.send("PATCH", path, body)
        assert answer.status_code == 400
        assert next(iter(body)) in answer.json()["error"]["message"], field


# an account that was lost


def disconnect(pumped: PumpedStudio) -> None:
    """As TikTok's webhook does."""
    services = pumped.service.services
    grant = services.integrations.get("acme", pumped.account).grant
    pumped.local.phone("POST", "disconnect", {"client_key": "emulator-client-key", "reason": 1})
    services.integrations.removed(grant.id, 1)


def test_scheduled_posts_of_a_lost_account_are_told_at_once(pumped: PumpedStudio) -> None:
    ids = [pumped.post(title=f"Dish {n}", publishAt=soon(pumped, n * DAY)) for n in (2, 1)]
    pumped.draft()
    disconnect(pumped)
    notices = {one["kind"]: one for one in pumped.service.api("GET", "/api/notices")["notices"]}
    told = notices["posts.stranded"]
    assert told["detail"]["posts"] == ids[::-1]
    assert "2 scheduled posts" in told["message"]
    assert "Dish 1" in told["message"]
    assert told["subject"] == pumped.account


def test_no_notice_where_nothing_is_scheduled(pumped: PumpedStudio) -> None:
    pumped.draft()
    disconnect(pumped)
    kinds = {one["kind"] for one in pumped.service.api("GET", "/api/notices")["notices"]}
    assert kinds == {"integration.revoked"}


def test_a_level_that_is_not_offered_is_no_correction(pumped: PumpedStudio, failed: str) -> None:
    draft = pumped.draft()
    for publish_id in (draft, failed):
        before = pumped.get(publish_id)["settings"]
        answer = pumped.service.send(
            "PATCH", f"/api/posts/{publish_id}", {"privacyLevel": NOT_OFFERED}
        )
        assert answer.status_code == 400
        assert "who offers PUBLIC_TO_EVERYONE" in answer.json()["error"]["message"]
        assert pumped.get(publish_id)["settings"] == before
        assert patch(pumped, publish_id, {"privacyLevel": "SELF_ONLY"})["warnings"] == []
    disconnect(pumped)
    assert patch(pumped, failed, {"privacyLevel": PUBLIC})["settings"]["privacyLevel"] == PUBLIC


def test_a_revoked_account_says_so_and_its_post_is_tried_again_once_it_is_back(
    pumped: PumpedStudio,
) -> None:
    publish_id, begun = pumped.draft(), pumped.draft()
    pumped.call("publish-video", {"publishId": publish_id})
    disconnect(pumped)
    status, error = pumped.refused("publish-video", {"publishId": begun})
    assert (status, error["code"]) == (403, "account_revoked")
    post = pumped.run(publish_id)
    assert (post["state"], post["failure"]["reason"]) == ("failed", "account_revoked")
    assert "the creator disconnected the app" in post["failure"]["message"]
    assert "connect again" in post["failure"]["message"]
    assert "ticked" not in post["failure"]["message"]
    assert pumped.service.connect() == pumped.account
    retry(pumped, publish_id)
    assert pumped.run(publish_id)["state"] == "published"
