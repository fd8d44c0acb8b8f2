"""Commands through the service, typed right and wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from stagedoor.cli.main import cli
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.event_types import EventType
from stagedoor.connector.inbox.comments import CommentSnapshot, MessageAuthor
from stagedoor.connector.inbox.ingest import Read
from stagedoor.connector.webhooks.models import inbox
from tests.connector.conftest import Service
from tests.support import media
from tests.support.business_connecting import connect_business

Type = Callable[..., str]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RECEIVER = "https://hooks.example.com/events"


@pytest.fixture
def type_in(service_without_worker: Service, tmp_path: Path) -> Type:
    """Type a command as an admin, or with a `token`; returns all that is shown. `answer` is typed
    when it asks."""
    service = service_without_worker
    env = {
        "STAGEDOOR_SERVICE_URL": service.url,
        "STAGEDOOR_TOKEN": service.token(),
        "STAGEDOOR_HOME": str(tmp_path / "home"),
        "COLUMNS": "200",
    }

    def run(
        *words: str, fails: bool = False, answer: str | None = None, token: str | None = None
    ) -> str:
        given = env if token is None else env | {"STAGEDOOR_TOKEN": token}
        done = CliRunner().invoke(cli, words, env=given, input=answer)
        told = done.exception
        if isinstance(told, click.ClickException):
            told = click.ClickException(told.format_message())
        assert (done.exit_code != 0) == fails, (words, done.output, done.exception)
        shown = f"{done.output} {told or ''}"
        assert "Traceback" not in shown
        return " ".join(shown.split())

    return run


def test_webhooks_are_added_seen_replayed_and_deleted(
    service_without_worker: Service, type_in: Type
) -> None:
    service = service_without_worker
    assert "No URL is told of events" in type_in("webhooks", "list")
    assert "is no address" in type_in("webhooks", "add", "example", fails=True)
    assert "events" in type_in("webhooks", "add", RECEIVER, "--event", "po st", fails=True)
    made, secret = type_in("webhooks", "add", RECEIVER, "--event", "post.*").split()[:2]
    assert secret.startswith("whsec_")
    assert f"{RECEIVER} post.* on ({made})" in type_in("webhooks", "list")
    [listed] = json.loads(type_in("webhooks", "list", "--json"))
    assert (listed["id"], listed["disabled_why"]) == (made, None)
    with service.services.database.begin() as connection:
        service.services.events.emit(
            TenantConnection(connection, "acme"), EventType.POST_FAILED, dict
        )
    shown = type_in("webhooks", "deliveries", RECEIVER)
    assert "post.failed" in shown
    assert "waiting" in shown
    assert json.loads(type_in("webhooks", "deliveries", made, "--state", "failed", "--json")) == []
    assert type_in("webhooks", "replay", made) == "0 messages will be sent again."
    wrong = type_in("webhooks", "replay", made, "--delivery", "../x", fails=True)
    assert "is no id" in wrong
    wrong = type_in("webhooks", "replay", made, "--delivery", "x", fails=True)
    assert "There is no such delivery" in wrong
    assert "'stagedoor webhooks list' lists them" in type_in(
        "webhooks", "delete", "other", fails=True
    )
    assert "at least one of --url, --event, --on and --off" in type_in(
        "webhooks", "change", made, fails=True
    )
    wrong = type_in("webhooks", "change", made, "--event", "post.publishd", fails=True)
    assert "Did you mean 'post.published'?" in wrong
    moved = "https://hooks.example.com/moved"
    said = type_in("webhooks", "change", RECEIVER, "--url", moved, "--event", "*", "--off")
    assert f"{moved} * off: It was switched off by hand." in said
    changed = type_in("webhooks", "change", moved, "--url", RECEIVER, "--on", "--json")
    assert json.loads(changed)["enabled"] is True
    assert f"Nothing is sent to {RECEIVER} any more." in type_in("webhooks", "delete", RECEIVER)
    assert json.loads(type_in("webhooks", "list", "--json")) == []


def test_dead_events_are_seen_and_processed_again(
    service_without_worker: Service, type_in: Type
) -> None:
    services, account = service_without_worker.services, service_without_worker.connect()
    grant = services.integrations.get("acme", account).grant
    values: dict[str, Any] = {
        "key": "k",
        "client_key": services.apps.get(grant.app_id).client_key,
        "open_id": grant.open_id,
        "event": "post.publish.complete",
        "created": 1.0,
        "received": services.clock.now(),
        "body": "{}",
        "state": "failed",
        "attempts": 8,
    }
    with services.database.begin() as connection:
        connection.execute(insert(inbox).values(**values))
    assert "TikTok sent no event" in type_in("webhooks", "received")
    assert "post.publish.complete" in type_in("webhooks", "received", "--dead")
    [event] = json.loads(type_in("webhooks", "received", "--dead", "--json"))
    assert "exactly one of EVENT and --all: 'stagedoor webhooks received --dead'" in type_in(
        "webhooks", "reprocess", fails=True
    )
    assert "There is no such dead event" in type_in("webhooks", "reprocess", "x", fails=True)
    assert type_in("webhooks", "reprocess", event["id"]) == "1 event will be processed again."
    assert type_in("webhooks", "reprocess", "--all") == "0 events will be processed again."


def test_retention_is_shown_and_set(type_in: Type) -> None:
    assert "videoMetrics" in type_in("retention", "show")
    wrong = type_in("retention", "set", "metrics", "40", fails=True)
    assert "'metrics' can't be set" in wrong
    assert "videoMetrics" in wrong
    assert "is no whole number" in type_in("retention", "set", "notices", "soon", fails=True)
    assert "notices may be kept 7 to 3650 days, or forever" in type_in(
        "retention", "set", "notices", "3", "--yes", fails=True
    )
    type_in("retention", "set", "notices", "30", answer="n\n", fails=True)
    assert type_in("retention", "set", "notices", "30", answer="y\n").endswith("notices: 30 days")
    assert type_in("retention", "set", "afterRemoval", "7", "--yes") == "afterRemoval: 7 days"
    assert type_in("retention", "set", "postTexts", "90", "--yes") == "postTexts: 90 days"
    shown = json.loads(type_in("retention", "show", "--json"))
    days = {one["kind"]: one["days"] for one in shown["kinds"]}
    assert (days["notices"], days["postTexts"], shown["days_after_removal"]) == (30, 90, 7)
    assert type_in("retention", "set", "notices", "default", "--yes") == "notices: 365 days"
    assert "forever" in type_in("retention", "set", "afterRemoval", "forever", fails=True)


def test_files_of_the_library_are_uploaded_listed_and_deleted(
    type_in: Type, tmp_path: Path
) -> None:
    clip, text = tmp_path / "soup.mp4", tmp_path / "notes.txt"
    clip.write_bytes(media.video())
    text.write_text("words")
    assert "There is no file yet: 'stagedoor media upload FILE'" in type_in("media", "list")
    assert "There is no file like that" in type_in("media", "list", "--kind", "photo")
    assert "does not exist" in type_in("media", "upload", str(tmp_path / "x.mp4"), fails=True)
    assert "say --kind" in type_in("media", "upload", str(text), fails=True)
    stored = json.loads(type_in("media", "upload", str(clip), "--json"))
    assert (stored["name"], stored["complete"], stored["kind"]) == ("soup.mp4", True, "video")
    assert "soup.mp4" in type_in("media", "list", "--kind", "video")
    assert json.loads(type_in("media", "list", "--kind", "photo", "--json")) == []
    assert "was deleted" in type_in("media", "delete", stored["media_id"])
    assert "is no id" in type_in("media", "delete", "../posts", fails=True)
    assert "no such" in type_in("media", "delete", stored["media_id"], fails=True).lower()


def test_a_post_is_scheduled_for_a_time_in_a_zone(
    service_without_worker: Service, type_in: Type, tmp_path: Path
) -> None:
    service_without_worker.connect()
    clip = tmp_path / "soup.mp4"
    clip.write_bytes(media.video())
    post = ("post", str(clip), "--privacy", "SELF_ONLY")
    ahead = service_without_worker.services.clock.now() + 86_400 * 3
    day = f"{datetime.fromtimestamp(ahead, UTC):%Y-%m-%d}"
    assert "has no zone" in type_in(*post, "--at", f"{day}T09:00", fails=True)
    assert "should be a time such as" in type_in(*post, "--at", "tomorrow", fails=True)
    zone = ("--timezone", "Berlin")
    assert "no time zone such as" in type_in(*post, "--at", f"{day}T09:00", *zone, fails=True)
    assert "belongs to --at and --csv" in type_in(*post, *zone, fails=True)
    assert "in the past" in type_in(*post, "--at", "2020-01-01T09:00Z", fails=True)
    done = type_in(*post, "--at", f"{day}T09:00", "--timezone", "Asia/Tokyo")
    assert f"It goes out for @maracooks at {day}T00:00:00Z." in done
    [made] = service_without_worker.api("GET", "/api/posts", state="scheduled")["posts"]
    assert made["publishAt"] == f"{day}T00:00:00Z"


def test_an_accounts_credentials_are_shown_and_one_is_dropped(
    service_without_worker: Service, type_in: Type
) -> None:
    account = service_without_worker.connect()
    connect_business(service_without_worker, integrationId=account)
    shown = type_in("accounts")
    assert "creator active" in shown
    assert "ads active" in shown
    wrong = type_in("accounts", "--drop", "@maracooks", "adverts", fails=True)
    assert "has no credential 'adverts': it has creator, ads" in wrong
    assert "is not connected" in type_in("accounts", "--drop", "@zoe", "ads", fails=True)
    done = type_in("accounts", "--drop", "@maracooks", "ads")
    assert "The credential ads of @maracooks has ended. creator goes on." in done
    assert "ads active" not in type_in("accounts")
    wrong = type_in("disconnect", "@maracooks", "--kind", "ads", fails=True)
    assert "has no credential 'ads': it has creator" in wrong
    done = type_in("disconnect", "@maracooks", "--kind", "creator")
    assert "It was the last one: the account is gone." in done
    assert "No account is connected" in type_in("accounts")


def test_a_members_post_says_that_it_waits_and_an_admin_decides(
    service_without_worker: Service, type_in: Type, tmp_path: Path
) -> None:
    service = service_without_worker
    service.connect()
    service.api("PUT", "/api/settings/publishing", {"publishing": "approval"})
    clip = tmp_path / "soup.mp4"
    clip.write_bytes(media.video())
    post = ("post", str(clip), "--privacy", "SELF_ONLY", "--title", "Soup")
    member = service.token(role="member", user="mo")
    ids = []
    for more in ((), ("--no-wait",), ("--at", _in_days(service, 3))):
        told = type_in(*post, *more, token=member)
        assert "waits for an admin's approval: 'stagedoor posts approve" in told
        ids.append(told.split("(publish_id ")[1].split(")")[0])
    first, second, later = ids
    assert f"posts approve {later}' publishes it at {_in_days(service, 3)}" in told
    assert f"{first} draft, waits for approval (of mo) @maracooks Soup" in type_in("posts", "list")
    type_in(*post, "--no-wait")
    waiting = json.loads(type_in("posts", "list", "--waiting", "--json"))
    assert [one["publish_id"] for one in waiting] == [later, second, first]
    assert "waits for an admin's approval" in type_in("posts", "show", first)

    assert "checking" in type_in("posts", "approve", first)
    assert "--note" in type_in("posts", "refuse", second, fails=True)
    assert "u1 refused it: too salty" in type_in("posts", "refuse", second, "--note", "too salty")
    assert "scheduled for" in type_in("posts", "approve", later)
    assert "role admin" in type_in("posts", "approve", second, token=member, fails=True)
    assert json.loads(type_in("posts", "list", "--waiting", "--json")) == []


def test_a_post_tells_its_warnings_and_has_the_caption_that_was_given_alone(
    service_without_worker: Service, type_in: Type, tmp_path: Path
) -> None:
    service = service_without_worker
    service.connect()
    clip = tmp_path / "film.mp4"
    clip.write_bytes(media.video())
    post = ("post", str(clip), "--no-wait")
    told = type_in(*post, "--privacy", "SELF_ONLY", "--paid-partnership")
    assert "Warning: brandContent: TikTok's guidelines forbid private branded content." in told
    [made] = service.api("GET", "/api/posts")["posts"]
    assert (made["title"], made["caption"]) == ("film.mp4", "")
    assert "film.mp4" in type_in("posts", "list")

    photo = "https://photos.example.com/a.jpg"
    photos = ("post", "--photo", photo, "--draft", "--description", "Soup", "--ai-generated")
    assert "Warning" not in type_in(*photos, "--no-wait")
    assert "Warning" not in type_in(*post, "--draft")
    assert "Warning" not in type_in(*post, "--privacy", "SELF_ONLY", "--title", "Soup")
    [last, *_] = service.api("GET", "/api/posts")["posts"]
    assert last["caption"] == "Soup"


def test_a_wrong_post_is_told_by_its_file_first_and_in_the_words_of_the_help(type_in: Type) -> None:
    assert "There is no post yet: 'stagedoor post FILE' makes one" in type_in("posts", "list")
    assert "There is no post like that" in type_in("posts", "list", "--state", "failed")
    assert "There is no conversation yet" in type_in("inbox", "list")
    assert "There is no conversation like that" in type_in("inbox", "list", "--search", "soup")
    assert "can't read nofile.mp4" in type_in("post", "nofile.mp4", fails=True)
    wrong = type_in("post", "nofile.mp4", "--privacy", "PUBLIC", fails=True)
    assert "'PUBLIC' is none of PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS" in wrong
    photo = ("post", "--photo", "https://photos.example.com/a.jpg", "--privacy", "self_only")
    assert "'stagedoor connect' connects one" in type_in(*photo, fails=True)
    assert "-> 'stagedoor connect' connects one through the service" in type_in("doctor")


def test_errors_of_the_service_name_commands(type_in: Type) -> None:
    told = "There is no such post. 'stagedoor posts list' lists the organisation's."
    assert told in type_in("posts", "show", "x1", fails=True)
    assert "'stagedoor inbox list' lists" in type_in("inbox", "show", "x1", fails=True)
    assert "'stagedoor media list' lists" in type_in("media", "delete", "x1", fails=True)
    assert "'stagedoor webhooks received --dead' lists" in type_in(
        "webhooks", "reprocess", "x1", fails=True
    )
    assert "'stagedoor research jobs list' lists" in type_in(
        "research", "jobs", "show", "x1", fails=True
    )


def test_comments_are_listed_with_their_video_and_pictures_are_said(
    service_without_worker: Service, type_in: Type
) -> None:
    service = service_without_worker
    service.connect()
    picture = CommentSnapshot(
        id="7000001",
        video="7714022316236860080",
        parent=None,
        author=MessageAuthor("u1", "ada", "Ada", None),
        own=False,
        text="",
        image_url="https://pictures.example.com/soup.jpg",
        created=1_000.0,
        hidden=False,
        liked=False,
        pinned=False,
        likes=0,
    )
    bare = replace(picture, id="7000002", image_url=None)
    [account] = service.api("GET", "/api/integrations")["integrations"]
    with service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        read = Read(account["id"], 10_000.0, 1e12)
        service.services.inbox_comments.record(tenant, read, [picture, bare])
    listed = type_in("inbox", "list")
    said = "open video 7714022316236860080 @ada: (no text: a picture or a sticker)"
    assert listed.count(said) == 2
    shown = [
        type_in("inbox", "show", one["id"])
        for one in json.loads(type_in("inbox", "list", "--json"))
    ]
    assert sorted(one.rsplit("@ada: ")[1] for one in shown) == [
        "(a picture: https://pictures.example.com/soup.jpg)",
        "(no text: a picture or a sticker)",
    ]
    assert all("about video 7714022316236860080" in one for one in shown)


def test_problems_of_a_file_are_told_in_their_order(
    service_without_worker: Service, type_in: Type, tmp_path: Path
) -> None:
    service_without_worker.connect()
    rows = tmp_path / "posts.csv"
    begin = "key,caption,privacyLevel,publishAt,videoUrl\n"
    a, b, c = (
        "a,Soup,NOBODY,2036-01-01T09:00Z,https://cdn.example.com/a.mp4\n",
        "b,Soup,SELF_ONLY,2036-01-01T09:00Z,\n",
        "c,Soup,EVERYBODY,2036-01-01T09:00Z,https://cdn.example.com/a.mp4\n",
    )
    file = ("post", "--csv", str(rows), "--dry-run")
    rows.write_text(begin + a + b + c)
    told = type_in(*file, fails=True)
    places = [told.index(one) for one in ("row 2, privacyLevel:", "row 3: ", "row 4, privacyLevel")]
    assert places == sorted(places)
    assert told.endswith("3 problems. Nothing was scheduled.")
    rows.write_text(begin + b)
    assert type_in(*file, fails=True).startswith("row 2: ")


def _in_days(service: Service, days: int) -> str:
    ahead = service.services.clock.now() + 86_400 * days
    return f"{datetime.fromtimestamp(ahead, UTC):%Y-%m-%dT00:00:00Z}"
