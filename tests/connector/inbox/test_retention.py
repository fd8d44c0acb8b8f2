"""An organisation says how long it keeps conversations."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.inbox.comments import CommentSnapshot, MessageAuthor
from stagedoor.connector.inbox.ingest import Read
from stagedoor.connector.inbox.models import (
    inbox_conversations,
    inbox_messages,
    inbox_replies,
)
from tests.connector.conftest import Service
from tests.connector.inbox.conftest import INBOX, OTHER, InboxStudio
from tests.connector.inbox.test_news import arrived

DAY = 86_400.0
SETTING = "/api/settings/retention"
TABLES = (inbox_conversations, inbox_messages, inbox_replies)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rows(service: Service) -> list[int]:
    """How many conversations, messages and replies the organisation has."""
    with service.services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        return [len(tenant.all(tenant.select(table))) for table in TABLES]


def keep(inbox: InboxStudio, days: int | None) -> None:
    inbox.service.api("PUT", SETTING, {"days": {"conversations": days}})
    inbox.pump()


def seen(text: str, day: int, answers: CommentSnapshot | None = None) -> CommentSnapshot:
    """A comment of that day, or a reply."""
    return CommentSnapshot(
        id=f"{day:03}{text}",
        video="v1",
        parent=None if answers is None else answers.id,
        author=MessageAuthor("u1", "ada", "Ada", None),
        own=False,
        text=text,
        image_url=None,
        created=day * DAY,
        hidden=False,
        liked=False,
        pinned=False,
        likes=0,
    )


def test_conversations_go_by_the_age_of_their_newest_message(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    rules, now = service.services.retention_rules, service.services.clock.now()
    today = int(now // DAY)
    old, revived, new = seen("Old", today - 20), seen("Revived", today - 20), seen("New", today)
    comments = [old, revived, new, seen("Late", today, revived), seen("Answer", today - 19, old)]

    def read() -> None:
        for org in ("acme", "globex"):
            with service.services.database.begin() as connection:
                tenant = TenantConnection(connection, org)
                service.services.inbox_comments.record(tenant, Read("i1", now, 0.0), comments)

    def texts(org: str = "acme") -> list[str]:
        listed = service.api("GET", INBOX, org=org)["conversations"]
        return sorted(one["text"] for one in listed)

    everything = ["New", "Old", "Revived"]
    assert texts() == texts("globex") == []
    read()
    assert texts() == everything
    for days in (10, 15, None):
        service.api("PUT", SETTING, {"days": {"conversations": days}})
        assert rules.run("acme") is rules.run("globex") is False
        assert texts() == ["New", "Revived"]
        assert rows(service) == [2, 3, 0]
        read()  # TikTok still has them: they are read, and stay away
        assert rows(service) == [2, 3, 0]
    assert texts("globex") == everything


@sqlite_only
def test_what_was_deleted_comes_back_with_a_new_message_alone(inbox: InboxStudio) -> None:
    top = inbox.said("Old")
    inbox.sync()
    inbox.pump(20 * DAY)
    keep(inbox, 10)
    assert inbox.listed() == []
    inbox.sync(force=True)
    assert inbox.listed() == []
    inbox.said("And now?", parent=top, author=OTHER)
    arrived(inbox, inbox.listed)
    found = inbox.only()
    assert [one["text"] for one in found["messages"]] == ["Old", "And now?"]
    assert (found["status"], found["unread"]) == ("open", True)


@sqlite_only
def test_a_conversation_that_is_being_answered_stays(inbox: InboxStudio) -> None:
    inbox.said("Old")
    inbox.sync()
    inbox.pump(20 * DAY)
    [thread] = inbox.listed()
    inbox.local.fault("business.comment_reply_create", "cut")
    status, _ = inbox.denied(thread["id"], "reply", {"text": "Sorry, we were away"})
    assert status == 502
    keep(inbox, 10)
    assert [one["state"] for one in inbox.only()["unsettledReplies"]] == ["unknown"]
    with inbox.service.services.database.begin() as connection:
        connection.execute(update(inbox_replies).values(created=0.0))
    inbox.pump(DAY)
    assert rows(inbox.service) == [0, 0, 0]
