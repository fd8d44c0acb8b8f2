"""An organisation says how long it keeps conversations."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.inbox.models import (
    inbox_conversations,
    inbox_messages,
    inbox_replies,
)
from tests.connector.inbox.conftest import OTHER, InboxStudio, connected
from tests.connector.inbox.test_news import arrived

DAY = 86_400.0
SETTING = "/api/settings/retention"
TABLES = (inbox_conversations, inbox_messages, inbox_replies)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def rows(inbox: InboxStudio, org: str = "acme") -> list[int]:
    """How many conversations, messages and replies the organisation has."""
    with inbox.service.services.database.read() as connection:
        tenant = TenantConnection(connection, org)
        return [len(tenant.all(tenant.select(table))) for table in TABLES]


def keep(inbox: InboxStudio, days: int | None) -> None:
    inbox.service.api("PUT", SETTING, {"days": {"conversations": days}})
    inbox.pump()


def texts(inbox: InboxStudio, org: str = "acme") -> list[str]:
    return sorted(one["text"] for one in inbox.listed(org=org))


def test_conversations_go_by_the_age_of_their_newest_message(inbox: InboxStudio) -> None:
    connected(inbox.service, "globex")
    for text in ("Answered", "Old", "Old, with a new reply"):
        inbox.said(text)
    inbox.sync()
    inbox.read()
    threads = {one["text"]: one["id"] for one in inbox.listed()}
    inbox.do(threads["Answered"], "reply", {"text": "Thanks"})
    inbox.pump(20 * DAY)
    first = inbox.thread(threads["Old, with a new reply"])["messages"][0]["id"]
    inbox.said("Late", parent=first, author=OTHER)
    inbox.said("New")
    inbox.sync()
    kept = ["New", "Old, with a new reply"]
    everything = sorted([*kept, "Answered", "Old"])
    assert texts(inbox) == everything
    keep(inbox, 10)
    assert texts(inbox) == kept
    assert rows(inbox) == [2, 3, 0]
    # TikTok still has them: they are read, and stay away
    inbox.sync(force=True)
    assert texts(inbox) == kept
    assert rows(inbox) == [2, 3, 0]
    keep(inbox, None)
    inbox.sync(force=True)
    assert texts(inbox) == kept
    inbox.read()
    assert texts(inbox, "globex") == everything


@sqlite_only
def test_a_new_message_brings_its_conversation_back(inbox: InboxStudio) -> None:
    top = inbox.said("Old")
    inbox.sync()
    inbox.pump(20 * DAY)
    keep(inbox, 10)
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
    assert rows(inbox) == [0, 0, 0]
