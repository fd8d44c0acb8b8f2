"""Each way to post, from the caller's request to what the local TikTok has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.connector.publishing.conftest import PUBLIC, PULLED, Studio
from tests.support import media
from tests.support.site import Site, running_site


def test_a_video_is_posted_directly(studio: Studio) -> None:
    publish_id = studio.post(caption="Soup of the day", disableDuet=True)
    post = studio.until(publish_id, "published")
    [made] = studio.made()
    assert post["tiktokPublishId"] == made["publish_id"]
    assert made["title"] == "Soup of the day"
    assert made["duet_disabled"] is True
    assert made["bytes_received"] == len(media.video())
    assert studio.steps(post)[:4] == [
        ("check", "ok"),
        ("settings", "ok"),
        ("init", "ok"),
        ("upload", "ok"),
    ]
    # the draft's settings were checked when it was made, and the worker checked them again
    [_, asked] = studio.local.calls("posting.creator_info")
    told = {asked["log_id"]}
    told |= {call["log_id"] for call in studio.local.calls("posting.video_init")}
    assert {post["history"][1]["logId"], post["history"][2]["logId"]} == told
    studio.local.advance(120)
    post = studio.service.until(
        lambda: (seen := studio.get(publish_id))["visibility"] == "public" and seen
    )
    assert post["publicIds"] == [made["videos"][0]["id"]]
    assert post["link"] == f"https://www.tiktok.com/@maracooks/video/{made['videos'][0]['id']}"
    assert post["failure"] is None


def test_a_draft_goes_to_the_inbox_and_waits_there(studio: Studio) -> None:
    publish_id = studio.post(mode="draft")
    post = studio.until(publish_id, "inInbox")
    assert post["warnings"] == [
        "privacyLevel: in draft mode the creator chooses it in TikTok, so it isn't sent",
        "caption: in draft mode the creator chooses it in TikTok, so it isn't sent",
    ]
    [made] = studio.made()
    assert made["status"] == "SEND_TO_USER_INBOX"
    studio.local.phone(
        "POST", f"drafts/{made['publish_id']}/finish", {"title": "Mine", "privacy": PUBLIC}
    )
    asked = len(studio.local.calls("posting.status"))
    studio.local.advance(4000)
    post = studio.until(publish_id, "published", hurry=False)
    assert len(studio.local.calls("posting.status")) <= asked + 3


def test_photos_are_uploaded_here_and_fetched_by_tiktok(studio: Studio) -> None:
    made = studio.photo_post([media.photo(), media.photo(kind="webp")], caption="Both", cover=1)
    post = studio.until(made["publishId"], "published")
    [there] = studio.made()
    assert there["title"] == "Two dishes"
    assert there["description"] == "Both"
    assert there["cover_index"] == 1
    assert len(there["digests"]) == 2
    assert post["kind"] == "photos"
    assert all(url.startswith(f"{PULLED}/media/") for url in there["urls"])


def test_the_same_photos_are_the_same_post(studio: Studio) -> None:
    first = studio.photo_post([media.photo()])
    uploads = [one["uploadId"] for one in first["media"]]
    again = studio.call("publish-photos", {"uploads": uploads, "privacyLevel": PUBLIC})
    assert again["publishId"] == first["publishId"]
    studio.until(first["publishId"], "published")
    assert len(studio.local.publishes()) == 1


@pytest.fixture
def site(studio: Studio) -> Iterator[Site]:
    with running_site() as site:
        hosts = {"media.example.com": studio.service.url, "cdn.example.com": site.url}
        studio.local.control("PUT", "hosts", hosts)
        yield site


def test_a_video_is_fetched_by_url(studio: Studio, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    begun = studio.call(
        "init-video-upload",
        {"privacyLevel": "SELF_ONLY", "videoUrl": "https://cdn.example.com/film.mp4"},
    )
    assert begun["uploadUrl"] is None
    studio.call("publish-video", {"publishId": begun["publishId"]})
    post = studio.until(begun["publishId"], "published")
    assert post["visibility"] == "private"
    assert len(site.got) == 1


def test_photos_are_fetched_by_url(studio: Studio, site: Site) -> None:
    site.pages["/1.jpg"] = media.photo()
    made = studio.call(
        "publish-photos",
        {"urls": ["https://cdn.example.com/1.jpg"], "privacyLevel": PUBLIC, "mode": "draft"},
    )
    assert studio.until(made["publishId"], "inInbox")["state"] == "inInbox"


def test_a_post_waits_for_its_time(studio: Studio) -> None:
    at = studio.local.now() + 3600
    when = datetime.fromtimestamp(at, UTC).isoformat()
    publish_id = studio.post(publishAt=when)
    post = studio.get(publish_id)
    assert post["state"] == "scheduled"
    later = datetime.fromtimestamp(at + 3600, UTC).isoformat()
    changed = studio.service.api(
        "PATCH", f"/api/posts/{publish_id}", {"publishAt": later, "caption": "Later"}
    )
    assert changed["caption"] == "Later"
    studio.local.advance(3700)
    studio.service.until(lambda: studio.get(publish_id)["state"] == "scheduled")
    assert studio.local.publishes() == []
    studio.local.advance(3600)
    post = studio.until(publish_id, "published")
    [made] = studio.made()
    assert made["title"] == "Later"
    assert made["created"] >= at + 3600
