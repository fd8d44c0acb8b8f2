"""Posting through MCP: files, posts, drafts, photos, and their outcomes."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from stagedoor.agents.container import Agents
from stagedoor.connector.container import Container
from tests.agents.conftest import AgentFixture, make, working
from tests.connector.conftest import Service
from tests.support import media
from tests.support.local import Local
from tests.support.mcp_client import MODES, Talk, talking

FULL = {"resource": "posting", "level": "full"}
PULLED = "https://media.example.com"
ALONE = {"privacy_level": "SELF_ONLY"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_PULL_URL": PULLED}


@pytest.fixture
def service(services: Container, service_socket: socket.socket, local: Local) -> Iterator[Service]:
    """With a worker, so that posts come to their end; TikTok pulls from it."""
    for service in working(services, service_socket, local):
        local.control("PUT", "hosts", {"media.example.com": service.url})
        yield service


@pytest.fixture
def agent(service: Service, agents: Agents) -> AgentFixture:
    agent = make(service, agents)
    agent.given(FULL)
    return agent


@pytest.fixture
def talk(agent: AgentFixture) -> Iterator[Talk]:
    with talking(agent.service.url, agent.key) as talk:
        yield talk


def sent(talk: Talk, *files: bytes, kind: str = "video") -> list[str]:
    """Handles of files that were sent."""
    places = talk.good("begin_upload", kind=kind, count=len(files))["uploads"]
    assert len(places) == len(files)
    for place, data in zip(places, files, strict=True):
        answer = httpx2.put(place["upload_url"], content=data, timeout=30)
        assert answer.status_code in (200, 201), answer.text
    return [place["upload"] for place in places]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_video_is_uploaded_posted_and_followed(
    agent: AgentFixture, local: Local, talk: Talk
) -> None:
    options = talk.good("posting_options")
    assert "SELF_ONLY" in options["privacy_level_options"]
    film = media.video()
    (handle,) = sent(talk, film)
    asked = ALONE | {"title": "New product drop #Drop", "upload": handle, "disable_duet": True}
    told = talk.watched("publish_video", wait_seconds=40, **asked)
    assert not told.is_error, told.text
    assert told.data["status"] == "PUBLISH_COMPLETE"
    assert [number for number, _ in talk.progress] == sorted(number for number, _ in talk.progress)
    assert all("The post is" in (words or "") for _, words in talk.progress)
    assert talk.progress
    (made,) = local.publishes()
    assert made["digest"] == digest(film)
    assert "New product drop #Drop" in str(made)
    checked = talk.good("check_post", publish_id=told.data["publish_id"])
    assert checked["status"] == "PUBLISH_COMPLETE"
    row = agent.service.until(lambda: next(iter(ended(agent, "posting.video_init")), None))
    assert row["sentence"] == (
        "Social Agent asked to post 'New product drop #Drop' to @maracooks. Allowed."
    )
    assert (row["outcome"], bool(row["logId"])) == ("done", True)


def ended(agent: AgentFixture, operation: str) -> list[dict[str, Any]]:
    return [row for row in agent.rows(operation=operation) if row["outcome"]]


@sqlite_only
def test_an_unknown_privacy_level_is_refused_at_once_and_nobody_is_asked(
    agent: AgentFixture, local: Local, talk: Talk
) -> None:
    film, photos = f"{PULLED}/film.mp4", [f"{PULLED}/1.jpg"]
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("publish_video", {"privacy_level": "public", "video_url": film}),
        ("publish_photos", {"privacy_level": "public", "photo_urls": photos}),
        ("publish_photos", {"photo_urls": photos}),
        ("publish_photos", {**ALONE, "photo_urls": photos, "cover": 1}),
    ]
    for given in (FULL, FULL | {"askFirst": True}):
        agent.given(given)
        for tool, arguments in wrong:
            told = talk.call(tool, **arguments)
            assert told.is_error, (tool, arguments)
            assert agent.rows()[0]["rule"] == "bad-arguments", (tool, arguments, told.text)
            if arguments.get("privacy_level") == "public":
                assert "PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS" in told.text
    assert agent.service.api("GET", "/api/approvals", state="all")["approvals"] == []
    assert agent.service.api("GET", "/api/posts")["posts"] == []
    (handle,) = sent(talk, media.video())
    talk.call("publish_video", **ALONE, upload=handle)
    [approval] = agent.service.api("GET", "/api/approvals", state="all")["approvals"]
    assert approval["operation"] == "posting.video_init"


@sqlite_only
def test_a_level_that_the_creator_does_not_offer_is_refused_and_nobody_is_asked(
    agent: AgentFixture, local: Local, talk: Talk
) -> None:
    (handle,) = sent(talk, media.video())
    (photo,) = sent(talk, media.photo(), kind="photo")
    level = {"privacy_level": "FOLLOWER_OF_CREATOR"}
    offered = talk.good("posting_options")["privacy_level_options"]
    assert level["privacy_level"] not in offered
    begun = len(agent.service.api("GET", "/api/posts")["posts"])
    for given in (FULL, FULL | {"askFirst": True}):
        agent.given(given)
        for tool, upload in (
            ("publish_video", {"upload": handle}),
            ("publish_photos", {"uploads": [photo]}),
        ):
            told = talk.call(tool, **upload, **level)
            assert told.text.startswith("invalid_arguments: privacy_level: FOLLOWER_OF_CREATOR")
            assert ", ".join(offered) in told.text
            assert "\nWhat to do: Correct the arguments" in told.text
            agent.service.until(lambda: agent.rows()[0]["outcome"] == "failed")
    assert agent.service.api("GET", "/api/approvals", state="all")["approvals"] == []
    assert len(agent.service.api("GET", "/api/posts")["posts"]) == begun
    # who may not post has TikTok asked nothing
    agent.given(preset="drafter")
    asked = len(local.calls("posting.creator_info"))
    assert talk.call("publish_video", upload=handle, **level).text.startswith("denied_by_policy")
    assert len(local.calls("posting.creator_info")) == asked
    # the control
    agent.given(FULL)
    assert talk.good("publish_video", upload=handle, **ALONE)["publish_id"]


@sqlite_only
def test_a_post_goes_on_where_tiktok_cannot_be_asked_what_is_offered(
    agent: AgentFixture, local: Local, talk: Talk
) -> None:
    (handle,) = sent(talk, media.video())
    local.fault("posting.creator_info", "status", status=503, code="internal_error", times=2)
    told = talk.call("publish_video", upload=handle, wait_seconds=40, **ALONE)
    assert not told.is_error, told.text
    assert told.data["status"] == "PUBLISH_COMPLETE"
    assert local.control("GET", "faults")["faults"] == []


@sqlite_only
def test_wrong_arguments_are_named_as_the_tool_names_them(agent: AgentFixture, talk: Talk) -> None:
    film = {"video_url": f"{PULLED}/film.mp4", **ALONE}
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("publish_photos", {"photo_urls": [], **ALONE}, "photo_urls: must have at least 1 item"),
        ("publish_photos", {"uploads": [], **ALONE}, "uploads: must have at least 1 item"),
        ("publish_video", {"url": "x", **ALONE}, "url: is no argument of this tool"),
        ("publish_video", {**film, "caption": "x"}, "caption: is no argument of this tool"),
    ]
    for tool, arguments, why in wrong:
        told = talk.call(tool, **arguments)
        assert told.text.startswith("invalid_arguments: "), told.text
        assert why in told.text
        assert "source_info" not in told.text


@sqlite_only
def test_a_repeated_call_that_waits_says_so_and_names_what_differs(
    agent: AgentFixture, talk: Talk
) -> None:
    (handle,) = sent(talk, media.video())
    made = talk.good("publish_video", upload=handle, wait_seconds=40, **ALONE)
    again = talk.good("publish_video", upload=handle, wait_seconds=40, **ALONE)
    assert (again["publish_id"], again["already_posted"]) == (made["publish_id"], True)
    assert again["status"] == "PUBLISH_COMPLETE"
    assert "note" not in again
    assert "already_posted" not in made
    other = {"privacy_level": "PUBLIC_TO_EVERYONE"}
    for more in ({}, {"wait_seconds": 40}):
        told = talk.good("publish_video", upload=handle, **other, **more)
        assert (told["publish_id"], told["already_posted"]) == (made["publish_id"], True)
        assert "SELF_ONLY" in told["note"]


@sqlite_only
def test_a_draft_and_photos(agent: AgentFixture, local: Local, talk: Talk) -> None:
    (handle,) = sent(talk, media.video())
    left = talk.good("leave_draft", upload=handle, wait_seconds=40)
    assert left["status"] == "SEND_TO_USER_INBOX"
    one, two = media.photo(), media.photo(kind="webp")
    handles = sent(talk, one, two, kind="photo")
    posted = talk.good(
        "publish_photos",
        uploads=handles,
        cover=1,
        title="Two of us",
        description="a day #out",
        auto_add_music=True,
        is_aigc=True,
        wait_seconds=40,
        **ALONE,
    )
    assert posted["status"] == "PUBLISH_COMPLETE"
    (init,) = local.calls("posting.content_init")
    assert "invalid" not in str(init)
    made = local.publishes()[-1]
    assert made["digests"] == [digest(one), digest(two)]
    drafts = sent(talk, media.photo(width=400), kind="photo")
    drafted = talk.good("publish_photos", uploads=drafts, as_draft=True, wait_seconds=40)
    assert drafted["status"] == "SEND_TO_USER_INBOX"
    assert [row["sentence"] for row in agent.rows(operation="posting.content_init")] == [
        "Social Agent asked to leave something without a text as a draft for @maracooks. Allowed.",
        "Social Agent asked to post 'Two of us' to @maracooks. Allowed.",
    ]


@sqlite_only
def test_a_drafter_leaves_drafts_and_posts_nothing(
    agent: AgentFixture, local: Local, talk: Talk
) -> None:
    agent.given(preset="drafter")
    shown = set(talk.tools())
    assert {"leave_draft", "begin_upload"} <= shown
    assert "publish_video" not in shown
    (handle,) = sent(talk, media.video())
    told = talk.call("publish_video", upload=handle, **ALONE)
    assert told.text.startswith("denied_by_policy: This agent may only leave drafts.")
    assert talk.good("leave_draft", upload=handle)["publish_id"]


@sqlite_only
@pytest.mark.parametrize("mode", MODES)
def test_a_post_is_cancelled_before_it_reaches_tiktok(
    agent: AgentFixture, service: Service, local: Local, mode: Any
) -> None:
    assert service.worker is not None
    service.worker.stop()
    with talking(service.url, agent.key, mode) as talk:
        (handle,) = sent(talk, media.video())
        made = talk.good("publish_video", upload=handle, **ALONE)
        assert set(made) == {"untrusted", "publish_id"}
        assert talk.good("check_post", publish_id=made["publish_id"])["status"]
        begun = time.monotonic()
        waited = talk.watched("check_post", publish_id=made["publish_id"], wait_seconds=1)
        assert time.monotonic() - begun >= 1
        assert waited.data["status"] == "PROCESSING_UPLOAD"
        assert talk.progress
        talk.good("cancel_post", publish_id=made["publish_id"])
        after = talk.good("check_post", publish_id=made["publish_id"])
        assert (after["status"], after["fail_reason"]) == ("FAILED", "publish_cancelled")
        again = talk.call("check_post", publish_id="v_pub_nothing")
        assert again.text.startswith("invalid_publish_id: ")
    assert local.publishes() == []


@sqlite_only
def test_a_handle_is_for_one_post_of_its_organisation(
    agent: AgentFixture, service: Service, talk: Talk
) -> None:
    (handle,) = sent(talk, media.video())
    made = talk.good("leave_draft", upload=handle)
    assert talk.good("leave_draft", upload=handle)["publish_id"] == made["publish_id"]
    told = talk.call("publish_video", upload=handle, **ALONE)
    assert told.text.startswith(f"already_posted: This file is in your post {made['publish_id']}")
    for wrong, words in [
        ("nobody", "is no video that this organisation uploaded"),
        (
            service.api(
                "POST", "/api/upstream/call/tiktok-provider/init-photo-upload", {"count": 1}
            )["uploads"][0]["uploadId"],
            "is no video",
        ),
    ]:
        told = talk.call("leave_draft", upload=wrong)
        assert told.is_error
        assert words in told.text
        assert agent.rows()[0]["outcome"] == "failed"
    (place,) = talk.good("begin_upload")["uploads"]
    told = talk.call("leave_draft", upload=place["upload"])
    assert told.text.startswith("upload_incomplete: ")
    for wrong in ({"upload": handle, "video_url": "https://a.example.com/b.mp4"}, {"upload": 7}):
        assert talk.call("leave_draft", **wrong).text.startswith("invalid_arguments: The ")


@sqlite_only
def test_places_for_files_are_bounded(agent: AgentFixture, talk: Talk) -> None:
    for wrong in (
        {"kind": "audio"},
        {"count": 2},
        {"kind": "photo", "count": 36},
        {"kind": "photo", "count": True},
        {"size": 5},
    ):
        told = talk.call("begin_upload", **wrong)
        assert told.text.startswith("invalid_arguments: ")
        assert "\nWhat to do: " in told.text
    assert len(talk.good("begin_upload", kind="photo", count=35)["uploads"]) == 35
    told = talk.call("begin_upload", kind="photo", count=35)
    assert told.text.startswith("rate_limited: An agent may begin 60 uploads a minute")
    assert "Call again in" in told.text
    assert agent.rows() == []
