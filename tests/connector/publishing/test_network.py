"""TikTok loses answers, cuts uploads and fails: at most one post each, and never a false word."""

from __future__ import annotations

import random

import pytest

from tests.connector.publishing.conftest import PUBLIC, PumpedStudio
from tests.support import media

CHUNKED = 12_000_000
"""A file of two chunks."""


def test_a_lost_init_of_a_file_is_repeated_once(pumped: PumpedStudio) -> None:
    pumped.local.fault("posting.video_init", "lost")
    post = pumped.run(pumped.post())
    assert post["state"] == "published"
    inits = [step["outcome"] for step in post["history"] if step["step"] == "init"]
    assert inits == ["lost", "ok"]
    assert len(pumped.made()) == 1
    assert len(pumped.local.publishes()) == 2


def test_lost_twice_it_fails_in_words(pumped: PumpedStudio) -> None:
    pumped.local.fault("posting.video_init", "lost", times=5)
    post = pumped.run(pumped.post())
    assert post["failure"]["reason"] == "init_lost"
    assert "nothing was published" in post["failure"]["message"]
    assert len(pumped.local.publishes()) == 2
    assert pumped.made() == []


def test_an_init_after_which_tiktok_fetches_is_never_repeated(pumped: PumpedStudio) -> None:
    ids = {}
    for kind in ("lost", "cut", "status"):
        pumped.local.fault("posting.content_init", kind)
        ids[kind] = pumped.photo_post([media.photo()], caption=kind)["publishId"]
        pumped.pump()
        post = pumped.get(ids[kind])
        assert post["state"] == "unknown"
        assert "Look at the creator's profile" in post["failure"]["remedy"]
        told = pumped.service.api("GET", "/api/notices")["notices"]
        assert (told[0]["kind"], told[0]["subject"]) == ("post.unknown", ids[kind])
        assert pumped.refused("cancel-post", {"publishId": ids[kind]})[0] == 409
    pumped.pump(700)
    pumped.pump(7000)
    assert len(pumped.local.calls("posting.content_init")) == 3
    [candidate] = pumped.get(ids["lost"])["history"][-1]["detail"]["candidates"]
    assert candidate["id"] == pumped.made()[0]["videos"][0]["id"]
    for kind, answer, state in (
        ("lost", "published", "published"),
        ("cut", "notPublished", "failed"),
    ):
        path = f"/api/posts/{ids[kind]}"
        assert pumped.service.api("PATCH", path, {"resolution": answer})["state"] == state
        assert pumped.service.send("PATCH", path, {"resolution": answer}).status_code == 409


@pytest.mark.parametrize("calls", ["before the file", "the file", "after the file"])
def test_a_call_that_fails_three_times_is_made_good(pumped: PumpedStudio, calls: str) -> None:
    posts = {}
    for operation, kind in PASSING[calls]:
        pumped.local.fault(operation, kind, times=3)
        publish_id = pumped.post(caption=f"{operation} {kind}")
        posts[publish_id] = pumped.run(publish_id)
        assert posts[publish_id]["state"] == "published", (operation, kind, posts[publish_id])
        pumped.local.control("DELETE", "faults")
    judge(pumped, posts)


PASSING = {
    "before the file": [
        ("posting.creator_info", "lost"),
        ("posting.creator_info", "status"),
        ("posting.video_init", "rate_limit"),
        ("posting.video_init", "status"),
    ],
    "the file": [
        ("media.upload_chunk", "lost"),
        ("media.upload_chunk", "cut"),
        ("media.upload_chunk", "status"),
    ],
    "after the file": [
        ("posting.status", "lost"),
        ("posting.status", "status"),
        ("posting.status", "rate_limit"),
    ],
}


def test_an_upload_goes_on_where_tiktok_stands(pumped: PumpedStudio) -> None:
    pumped.local.fault("media.upload_chunk", "cut", after_bytes=1_000_000, times=4, skip=1)
    publish_id = pumped.post(media.padded_video(CHUNKED * 2))
    post = pumped.run(publish_id)
    assert post["state"] == "published"
    [made] = pumped.local.publishes()
    assert made["bytes_received"] == CHUNKED * 2
    uploads = [step["outcome"] for step in post["history"] if step["step"] == "upload"]
    assert uploads == ["retry", "retry", "ok"]
    first_chunks = [
        call for call in pumped.local.calls("media.upload_chunk") if call["status"] in (201, 206)
    ]
    assert len(first_chunks) == 2


def test_an_expired_upload_is_begun_again_once(pumped: PumpedStudio) -> None:
    pumped.local.settings(upload_url_seconds=30)
    pumped.local.fault("media.upload_chunk", "cut", times=3)
    publish_id = pumped.post()
    pumped.pump()
    assert pumped.get(publish_id)["state"] == "uploading"
    pumped.advance(60)
    post = pumped.run(publish_id)
    assert len(pumped.made()) <= 1
    assert post["state"] in ("published", "failed")


def test_what_never_works_ends_in_words(pumped: PumpedStudio) -> None:
    pumped.local.fault("posting.creator_info", "status", times=200)
    post = pumped.run(pumped.post())
    assert post["state"] == "failed"
    assert post["failure"]["reason"] == "internal_error"
    assert post["failure"]["retryable"] is True
    assert pumped.local.publishes() == []


def test_a_status_that_never_comes(pumped: PumpedStudio) -> None:
    pumped.local.settings(processing="manual")
    publish_id = pumped.post()
    pumped.pump()
    for _ in range(6):
        pumped.pump(12 * 3600)
    post = pumped.get(publish_id)
    assert post["state"] == "unknown"
    assert post["failure"]["reason"] == "still_processing"
    [made] = pumped.local.publishes()
    pumped.local.control("POST", f"publishes/{made['publish_id']}/advance")
    pumped.service.services.reactions.wake(made["publish_id"], ["acme"])
    assert pumped.run(publish_id, "published")["failure"] is None


def test_a_fifth_of_all_calls_failing(pumped: PumpedStudio) -> None:
    """Every post ends as published once, failed with a reason, or unknown where that is true."""
    chance = random.Random(5)
    operations = (
        "posting.creator_info",
        "posting.video_init",
        "posting.content_init",
        "media.upload_chunk",
        "posting.status",
    )
    kinds = ("status", "lost", "cut")
    for operation in operations:
        skipped = 0
        for _ in range(40):
            if chance.random() < 0.2:
                pumped.local.fault(operation, chance.choice(kinds), skip=skipped)
                skipped = 0
            else:
                skipped += 1
    ids = [pumped.post(caption=f"post {n}") for n in range(4)]
    for n in range(2):
        made = pumped.photo_post([media.photo()], caption=f"photos {n}", privacyLevel=PUBLIC)
        ids.append(made["publishId"])
    for step in range(40):
        pumped.pump(3.0 * 1.2**step)
        posts = {one: pumped.get(one) for one in ids}
        if all(post["state"] in ("published", "failed", "unknown") for post in posts.values()):
            break
    judge(pumped, posts)


def judge(pumped: PumpedStudio, posts: dict[str, dict[str, object]]) -> None:
    """The emulator's own log against what the posts say of themselves."""
    made = pumped.made()
    captions = [one["description"] or one["title"] for one in made]
    assert len(captions) == len(set(captions)), "a second publishing effect"
    for post in posts.values():
        there = [one for one in made if (one["description"] or one["title"]) == post["caption"]]
        match post["state"]:
            case "published":
                assert len(there) == 1
            case "failed":
                assert there == []
                assert post["failure"]
            case "unknown":
                assert len(there) <= 1
            case other:
                raise AssertionError(f"{other} is no end")
