"""Posts as callers handle them: once, changed, cancelled, listed, deleted, settled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.media import identity
from stagedoor.connector.media.blocking_slots import Busy
from stagedoor.platform.products.posting import PublishStatus
from tests.connector.publishing.conftest import CALL, PUBLIC, PumpedStudio
from tests.support import media
from tests.support.site import running_site
from tests.support.stored_files import media_in


def test_published_twice_is_published_once(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft()
    body = {"publishId": publish_id}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: pumped.service.send("POST", _PUBLISH, body), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    pumped.run(publish_id)
    again = pumped.call("publish-video", body)
    assert again["state"] == "published"
    pumped.pump(100)
    assert len(pumped.local.publishes()) == 1


_PUBLISH = "/api/upstream/call/tiktok-provider/publish-video"


def test_an_idempotency_key_gets_the_first_answer(pumped: PumpedStudio) -> None:
    key = {"idempotency-key": "once"}
    body = {"urls": ["https://media.example.com/x.jpg"], "privacyLevel": PUBLIC}
    first = pumped.call("publish-photos", body, headers=key)
    again = pumped.call("publish-photos", body, headers=key)
    assert first == again
    assert len(pumped.service.api("GET", "/api/posts")["posts"]) == 1


def test_the_same_photos_published_at_once_are_one_post(pumped: PumpedStudio) -> None:
    begun = pumped.call("init-photo-upload", {"count": 2})["uploads"]
    for upload in begun:
        pumped.put(upload["uploadUrl"], media.photo())
    ids = [one["uploadId"] for one in begun]
    body = {"uploads": ids, "privacyLevel": PUBLIC}
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: pumped.call("publish-photos", body), range(6)))
    assert len({one["publishId"] for one in made}) == 1
    other = {"uploads": ids[:1], "privacyLevel": PUBLIC}
    assert pumped.refused("publish-photos", other)[0] == 409


def test_cancelled_before_tiktok_knows(pumped: PumpedStudio) -> None:
    later = datetime.fromtimestamp(pumped.local.now() + 600, UTC).isoformat()
    for publish_id in (pumped.draft(), pumped.post(publishAt=later), pumped.post()):
        assert pumped.call("cancel-post", {"publishId": publish_id})["state"] == "cancelled"
        assert pumped.call("cancel-post", {"publishId": publish_id})["state"] == "cancelled"
        assert pumped.refused("publish-video", {"publishId": publish_id})[0] == 409
    pumped.pump(1000)
    assert pumped.local.publishes() == []


def test_cancelled_while_tiktok_fetches(pumped: PumpedStudio) -> None:
    with running_site() as site:
        import threading

        site.hold = threading.Event()
        site.pages["/film.mp4"] = media.video()
        pumped.local.control("PUT", "hosts", {"cdn.example.com": site.url})
        publish_id = pumped.post(videoUrl="https://cdn.example.com/film.mp4")
        pumped.pump()
        assert pumped.get(publish_id)["state"] == "processing"
        post = pumped.call("cancel-post", {"publishId": publish_id})
        assert post["state"] == "cancelled"
        assert pumped.steps(post)[-1] == ("cancel", "ok")
        pumped.pump(100)
        assert pumped.made() == []


def at(pumped: PumpedStudio, seconds: float) -> str:
    return datetime.fromtimestamp(pumped.local.now() + seconds, UTC).isoformat()


def test_without_its_time_a_scheduled_post_is_a_draft_and_is_not_published(
    pumped: PumpedStudio,
) -> None:
    publish_id = pumped.post(publishAt=at(pumped, 86_400))
    path = f"/api/posts/{publish_id}"
    changed = pumped.service.api("PATCH", path, {"publishAt": None})
    assert (changed["state"], changed["publishAt"]) == ("draft", None)
    pumped.pump(2 * 86_400)
    assert pumped.get(publish_id)["state"] == "draft"
    assert pumped.local.publishes() == []
    timed = pumped.service.api("PATCH", path, {"publishAt": at(pumped, 60)})
    assert [one for one in timed["warnings"] if "call publish-video" in one]
    scheduled = pumped.call("publish-video", {"publishId": publish_id})
    assert (scheduled["state"], scheduled["warnings"]) == ("scheduled", [])
    moved = pumped.service.api("PATCH", path, {"publishAt": at(pumped, 120)})
    assert moved["warnings"] == []
    assert pumped.run(publish_id)["state"] == "published"
    assert len(pumped.local.publishes()) == 1


def test_the_time_of_a_draft_publishes_nothing(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft()
    path = f"/api/posts/{publish_id}"
    changed = pumped.service.api("PATCH", path, {"publishAt": at(pumped, 60)})
    assert changed["state"] == "draft"
    assert [one for one in changed["warnings"] if "call publish-video" in one]
    pumped.pump(3600)
    assert pumped.get(publish_id)["state"] == "draft"
    assert pumped.local.publishes() == []


def test_a_draft_that_was_scheduled_loses_its_media_as_other_drafts_do(
    pumped: PumpedStudio,
) -> None:
    publish_id = pumped.post(publishAt=at(pumped, 60 * 86_400))
    folder = pumped.service.services.settings.data / "media"

    def kept() -> list[str]:
        """The stored media, without the file that identifies the store."""
        return [one.name for one in folder.iterdir() if one.name != identity.KEY]

    pumped.pump(40 * 86_400)
    pumped.service.api("PATCH", f"/api/posts/{publish_id}", {"publishAt": None})
    pumped.pump(29 * 86_400)
    assert len(kept()) == 1
    pumped.pump(2 * 86_400)
    assert kept() == []


def test_what_is_no_media_is_not_scheduled(pumped: PumpedStudio) -> None:
    later = at(pumped, 7 * 86_400)
    draft = pumped.draft(b"just text\n" * 110, publishAt=later)
    status, error = pumped.refused("publish-video", {"publishId": draft})
    assert (status, error["code"]) == (400, "media_rejected")
    assert "the video can't be read as a video" in error["message"]
    assert pumped.get(draft)["state"] == "draft"
    begun = pumped.call("init-photo-upload", {"count": 2})
    for upload, data in zip(begun["uploads"], (media.photo(), b"text"), strict=True):
        assert pumped.put(upload["uploadUrl"], data).status_code == 201
    ids = [upload["uploadId"] for upload in begun["uploads"]]
    asked = {"uploads": ids, "privacyLevel": PUBLIC, "publishAt": later}
    status, error = pumped.refused("publish-photos", asked)
    assert (status, error["code"]) == (400, "media_rejected")
    assert "photo 2" in error["message"]
    assert "photo 1" not in error["message"]
    good = pumped.post(publishAt=later)
    assert (pumped.get(good)["state"], pumped.get(good)["warnings"]) == ("scheduled", [])


def test_a_busy_prober_refuses_no_schedule(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise Busy("Many files are being looked into.", retry_after=5)

    publish_id = pumped.draft(b"just text", publishAt=at(pumped, 86_400))
    with monkeypatch.context() as patched:
        patched.setattr(pumped.service.services.media.prober, "probe", busy)
        post = pumped.call("publish-video", {"publishId": publish_id})
    assert post["state"] == "scheduled"
    assert "checked when the post is due" in post["warnings"][0]
    pumped.pump(86_400)
    assert pumped.run(publish_id)["failure"]["reason"] == "media_rejected"


def test_a_file_is_looked_into_once(pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    prober = pumped.service.services.media.prober
    probe, asked = prober.probe, list[str]()

    def counted(org: str, kind: str, parts: Any, number: int = 1) -> Any:
        asked.append(kind)
        return probe(org, kind, parts, number)

    monkeypatch.setattr(prober, "probe", counted)
    scheduled, now = pumped.post(publishAt=at(pumped, 3600)), pumped.post()
    assert asked == ["video"], "the one that is scheduled"
    pumped.pump(3600)
    published = [pumped.run(one) for one in (scheduled, now)]
    assert [one["state"] for one in published] == ["published"] * 2
    assert asked == ["video"] * 2
    facts = [step["detail"]["media"] for one in published for step in one["history"][:1]]
    assert facts[0] == facts[1]
    assert facts[0][0]["seconds"] > 0


def test_a_file_that_was_looked_into_and_is_gone_is_not_sent(pumped: PumpedStudio) -> None:
    publish_id = pumped.post(publishAt=at(pumped, 3600))
    services = pumped.service.services
    with services.database.read() as connection:
        [medium] = services.media.of_post(TenantConnection(connection, "acme"), publish_id)
    file = services.media.storage.path(medium.parts)
    assert file is not None
    file.write_bytes(file.read_bytes()[:-1])
    pumped.pump(3600)
    post = pumped.run(publish_id)
    assert post["failure"]["reason"] == "media_rejected"
    assert "isn't in the media store any more" in post["failure"]["message"]
    assert pumped.local.publishes() == []


def test_a_time_in_the_past_is_an_error_by_path_at_every_door(pumped: PumpedStudio) -> None:
    scheduled, draft = pumped.post(publishAt=at(pumped, 3600)), pumped.draft()
    photos = {"urls": ["https://media.example.com/x.jpg"], "privacyLevel": PUBLIC}
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"{CALL}/init-video-upload", {"privacyLevel": PUBLIC}),
        ("POST", f"{CALL}/publish-photos", photos),
        ("PATCH", f"/api/posts/{scheduled}", {}),
        ("PATCH", f"/api/posts/{draft}", {}),
    ]
    for method, path, body in requests:
        past = body | {"publishAt": at(pumped, -61)}
        answer = pumped.service.send(method, path, past)
        assert answer.status_code == 400, path
        [problem] = answer.json()["error"]["detail"]["problems"]
        assert problem["path"] == "publishAt"
        assert "in the past" in problem["reason"]
        recent = body | {"publishAt": at(pumped, -20)}
        assert pumped.service.send(method, path, recent).is_success
    assert pumped.local.publishes() == []


def test_what_tiktok_has_cannot_be_cancelled(pumped: PumpedStudio) -> None:
    pumped.local.settings(processing="manual")
    publish_id = pumped.post()
    pumped.pump()
    status, error = pumped.refused("cancel-post", {"publishId": publish_id})
    assert (status, error["code"]) == (409, "wrong_state")
    assert "delete the post in TikTok" in error["message"]
    [made] = pumped.local.publishes()
    pumped.local.control("POST", f"publishes/{made['publish_id']}/advance")
    assert pumped.run(publish_id)["state"] == "published"
    assert pumped.refused("cancel-post", {"publishId": publish_id})[0] == 409
    assert pumped.service.send("DELETE", f"/api/posts/{publish_id}").status_code == 409
    assert (
        pumped.service.send("PATCH", f"/api/posts/{publish_id}", {"caption": "x"}).status_code
        == 409
    )
    titled = pumped.service.api("PATCH", f"/api/posts/{publish_id}", {"title": "Label"})
    assert titled["title"] == "Label"


def test_cancelling_too_late_at_tiktok(pumped: PumpedStudio) -> None:
    pumped.local.settings(processing="manual")
    made = pumped.photo_post([media.photo()])
    pumped.pump()
    pumped.service.until(lambda: pumped.local.publishes()[0]["arrived"])
    status, error = pumped.refused("cancel-post", {"publishId": made["publishId"]})
    assert (status, error["code"]) == (409, "wrong_state")
    assert error["logId"]


def test_listed_by_pages_and_filters(pumped: PumpedStudio) -> None:
    ids = [pumped.draft(data=b"x") for _ in range(5)]
    pumped.call("cancel-post", {"publishId": ids[0]})
    first = pumped.service.api("GET", "/api/posts", limit=3)
    rest = pumped.service.api("GET", "/api/posts", limit=3, cursor=first["nextCursor"])
    listed = [one["publishId"] for one in first["posts"] + rest["posts"]]
    assert sorted(listed) == sorted(ids)
    assert rest["nextCursor"] is None
    drafts = pumped.service.api("GET", "/api/posts", state="draft", integrationId=pumped.account)
    assert len(drafts["posts"]) == 4
    assert pumped.service.send("GET", "/api/posts?cursor=nope").status_code == 400
    assert pumped.service.send("GET", "/api/posts?state=nope").status_code == 400


def test_deleted_with_its_media(pumped: PumpedStudio) -> None:
    publish_id = pumped.draft()
    folder = pumped.service.services.settings.data / "media"
    assert len(media_in(folder)) == 1
    assert pumped.service.send("DELETE", f"/api/posts/{publish_id}").status_code == 204
    pumped.pump(1)
    assert pumped.service.send("GET", f"/api/posts/{publish_id}").status_code == 404
    assert media_in(folder) == []


def test_media_go_some_days_after_the_end(pumped: PumpedStudio) -> None:
    publish_id = pumped.post()
    pumped.run(publish_id)
    folder = pumped.service.services.settings.data / "media"
    assert len(media_in(folder)) == 1
    pumped.pump(2 * 86_400)
    assert len(media_in(folder)) == 1
    pumped.pump(2 * 86_400)
    assert media_in(folder) == []
    assert pumped.get(publish_id)["media"] == []


def test_by_tiktoks_id_too(pumped: PumpedStudio) -> None:
    publish_id = pumped.post()
    post = pumped.run(publish_id)
    by_theirs = pumped.call("post-status", {"publishId": post["tiktokPublishId"]})
    assert by_theirs["publishId"] == publish_id
    read = pumped.service.api(
        "GET", "/api/upstream/call/tiktok-provider/post-status", publishId=publish_id
    )
    assert read["state"] == "published"


def test_woken_and_told_of_visibility_in_any_order(pumped: PumpedStudio) -> None:
    pumped.local.settings(moderation_seconds=30)
    publish_id = pumped.post()
    post = pumped.run(publish_id)
    assert post["visibility"] == "inReview"
    posts, tiktok_id = pumped.service.services.reactions, post["tiktokPublishId"]
    assert posts.wake(tiktok_id, ["acme"]) is True
    assert posts.wake(tiktok_id, ["other"]) is False
    assert posts.wake("v_pub_file~v2-1.1", ["acme"]) is False
    posts.visible(tiktok_id, "7001", False, 200.0, ["acme"])
    posts.visible(tiktok_id, "7001", True, 100.0, ["acme"])
    assert pumped.get(publish_id)["visibility"] == "removed"
    posts.visible(tiktok_id, "7001", True, 300.0, ["acme"])
    post = pumped.get(publish_id)
    assert (post["visibility"], post["publicIds"]) == ("public", ["7001"])


def test_drafts_in_the_inbox_are_asked_about_rarely(pumped: PumpedStudio) -> None:
    publish_id = pumped.post(mode="draft")
    pumped.run(publish_id, "inInbox")
    before = len(pumped.local.calls("posting.status"))
    for _ in range(24):
        pumped.pump(3600)
    assert len(pumped.local.calls("posting.status")) - before <= 6
    assert pumped.get(publish_id)["state"] == "inInbox"


def test_the_public_id_comes_from_the_list_where_tiktok_sends_none(pumped: PumpedStudio) -> None:
    from stagedoor.connector.database import TenantConnection
    from stagedoor.connector.publishing import store
    from stagedoor.platform.products.posting import PostStatus

    publish_id = pumped.post(caption="A caption like no other")
    pumped.run(publish_id)
    pumped.pump(1)
    services = pumped.service.services
    account = services.integrations.get("acme", pumped.account)
    with services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        store.change(tenant, publish_id, public_ids=[])
        post = store.find(tenant, publish_id)
    assert post is not None
    silent = PostStatus(status=PublishStatus.PUBLISH_COMPLETE)
    tiktok = services.accounts.client(account)
    [made] = pumped.made()
    found = services.status_poll._found(tiktok, account, post, silent)
    assert found == (made["videos"][0]["id"],)
