"""TikTok's webhooks of videos reach the activity store before any list is read again."""

from __future__ import annotations

import pytest

from tests.connector.sync.conftest import SyncedStudio
from tests.support.local import Local
from tests.support.webhooks import Sender, envelope

PUBLIC = "post.publish.publicly_available"
REMOVED = "post.publish.no_longer_publicaly_available"
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def send(synced: SyncedStudio, event: str, video: str, later: float = 5.0, user: str = "") -> None:
    """Let TikTok tell of a video that no post of the service became, and process it."""
    services = synced.service.services
    now = services.clock.now()
    user = user or services.integrations.get("acme", synced.account).grant.open_id
    content = {"publish_id": "v_pub_file~v2-1.1", "post_id": video}
    sender = Sender(synced.service.url)
    told = envelope(event, content, created=now + later, open_id=user)
    assert sender.send(told, now).status_code == 200
    sender.http.close()
    synced.pump()


def visibility(synced: SyncedStudio, video: str) -> str:
    return str(next(one["visibility"] for one in synced.activity() if one["videoId"] == video))


def test_a_video_that_is_gone_is_told_at_once(synced: SyncedStudio) -> None:
    video = synced.public()[0]["id"]
    asked = len(synced.local.calls("display.video_query"))
    send(synced, REMOVED, video)
    assert visibility(synced, video) == "removed"
    assert len(synced.local.calls("display.video_query")) == asked
    send(synced, PUBLIC, video, later=6.0)
    assert visibility(synced, video) == "public"
    assert len(synced.local.calls("display.video_query")) == asked + 1  # its counters, at once


@sqlite_only
def test_an_older_report_changes_nothing(synced: SyncedStudio) -> None:
    video = synced.public()[0]["id"]
    send(synced, REMOVED, video, later=-3_600.0)
    assert visibility(synced, video) == "public"


@pytest.fixture
def hidden(local: Local) -> str:
    """A video that nobody sees when the account is connected."""
    video = str(local.control("GET", "phone/maracooks")["posts"][0]["id"])
    local.phone("PATCH", f"videos/{video}", {"privacy": "SELF_ONLY"})
    return video


def test_a_new_video_of_the_creator_is_read_at_once(hidden: str, synced: SyncedStudio) -> None:
    before = {one["videoId"] for one in synced.activity()}
    assert hidden not in before
    synced.local.phone("PATCH", f"videos/{hidden}", {"privacy": "PUBLIC_TO_EVERYONE"})
    send(synced, PUBLIC, hidden)
    assert {one["videoId"] for one in synced.activity()} == before | {hidden}


@sqlite_only
def test_news_of_another_account_changes_nothing(synced: SyncedStudio) -> None:
    video = synced.public()[0]["id"]
    send(synced, REMOVED, video, user="somebody-else")
    assert visibility(synced, video) == "public"
