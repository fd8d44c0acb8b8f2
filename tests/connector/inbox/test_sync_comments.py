"""Comments of a connected account become conversations, and stay true."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from stagedoor.connector.data_rules.settings import DAYS_AFTER_REMOVAL
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.inbox.models import (
    inbox_conversations,
    inbox_erased,
    inbox_messages,
    inbox_news,
    inbox_replies,
    inbox_videos,
)
from stagedoor.connector.inbox.news import CommentNews
from stagedoor.platform.products.webhooks import RemovalReason
from tests.connector.conftest import Service
from tests.connector.inbox.conftest import (
    CREATOR,
    FAN,
    OTHER,
    SCOPES,
    InboxStudio,
    connected,
    studio,
)
from tests.support.connecting import connect
from tests.support.local import Local

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TABLES = (inbox_conversations, inbox_messages, inbox_replies, inbox_videos, inbox_news)


def rows(inbox: InboxStudio) -> int:
    """How many rows of the inbox the organisation has."""
    with inbox.service.services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        return sum(len(tenant.all(tenant.select(table))) for table in TABLES)


def test_comments_become_conversations_with_their_replies(inbox: InboxStudio) -> None:
    first = inbox.said("Which flour is it?")
    inbox.said("Rye, I think", parent=first, author=CREATOR)
    second = inbox.said("Love it")
    inbox.sync()
    newest, oldest = inbox.listed()
    assert (newest["text"], newest["status"], newest["unread"]) == ("Love it", "open", True)
    assert newest["author"]["username"] == "jonas.behind.doors"
    assert newest["integrationId"] == inbox.account
    shown = (oldest["text"], oldest["status"], oldest["unread"])
    assert shown == ("Which flour is it?", "pending", False)
    assert oldest["updatedAt"] > oldest["createdAt"]
    thread = inbox.thread(oldest["id"])
    assert [(one["direction"], one["text"]) for one in thread["messages"]] == [
        ("in", "Which flour is it?"),
        ("out", "Rye, I think"),
    ]
    assert thread["messages"][0]["id"] == first
    assert inbox.thread(newest["id"])["messages"][0]["id"] == second
    inbox.sync(force=True)
    assert [one["id"] for one in inbox.listed()] == [newest["id"], oldest["id"]]
    assert len(inbox.thread(oldest["id"])["messages"]) == 2


def test_what_another_tool_does_is_noticed(inbox: InboxStudio) -> None:
    texts = ("Hidden", "Liked", "Pinned", "Deleted", "As it was")
    comments = {text: inbox.said(text) for text in texts}
    reply = inbox.said("Deleted, too", parent=comments["As it was"], author=OTHER)
    inbox.sync()
    threads = {one["text"]: one["id"] for one in inbox.listed()}
    assert set(threads) == set(texts)
    other = inbox.service.services.business.for_account("acme", inbox.account).comments
    video = inbox.video
    other.hide(video_id=video, comment_id=comments["Hidden"], action="HIDE")
    other.like(video_id=video, comment_id=comments["Liked"], action="LIKE")
    other.pin(video_id=video, comment_id=comments["Pinned"], action="PIN")
    for gone in (comments["Deleted"], reply):
        inbox.local.control("DELETE", f"comments/{gone}")
    inbox.sync(force=True)
    assert {one["text"] for one in inbox.listed()} == set(texts) - {"Deleted"}
    for text, flag in (("Hidden", "hidden"), ("Liked", "liked"), ("Pinned", "pinned")):
        [message] = inbox.thread(threads[text])["messages"]
        assert {name for name in ("hidden", "liked", "pinned") if message[name]} == {flag}
    assert [one["text"] for one in inbox.thread(threads["As it was"])["messages"]] == ["As it was"]
    answer = inbox.service.send("GET", f"/api/inbox/conversations/{threads['Deleted']}")
    assert answer.status_code == 404
    assert "deleted" not in {one["status"] for one in inbox.listed(videoId=None)}
    with inbox.service.services.database.read() as connection:
        kept = str(connection.execute(select(inbox_messages.c.text)).all())
    assert "Deleted" not in kept
    # what somebody took back and what is written again are two comments
    inbox.said("Deleted")
    inbox.sync()
    assert len(inbox.listed()) == len(texts)


@sqlite_only
def test_a_deleted_video_takes_its_conversations_along(inbox: InboxStudio) -> None:
    inbox.said("Hello")
    inbox.sync()
    assert len(inbox.listed()) == 1
    inbox.local.control("POST", f"phone/{CREATOR}/videos/{inbox.video}/delete", {})
    inbox.pump(7 * 86_400.0)
    assert len(inbox.listed()) == 1  # one answer may be wrong
    inbox.read()
    assert inbox.listed() == []


@sqlite_only
def test_long_lists_are_read_to_their_end(inbox: InboxStudio) -> None:
    top = inbox.said("Who is here?")
    for number in range(35):
        body = {"author": OTHER, "text": f"Me {number}", "parent_id": top}
        inbox.local.control("POST", f"videos/{inbox.video}/comments", body)
    for number in range(34):
        body = {"author": OTHER, "text": f"Comment {number}"}
        inbox.local.control("POST", f"videos/{inbox.video}/comments", body)
    inbox.sync(force=True)
    assert len(inbox.listed(limit=200)) == 35
    [thread] = inbox.listed(q="who is HERE")
    first = inbox.service.api("GET", f"/api/inbox/conversations/{thread['id']}", limit=20)
    query = {"limit": 20, "cursor": first["nextCursor"]}
    second = inbox.service.api("GET", f"/api/inbox/conversations/{thread['id']}", **query)
    texts = [one["text"] for one in first["messages"] + second["messages"]]
    assert len(texts) == len(set(texts)) == 36
    assert second["nextCursor"] is None
    # nothing changed: a further reading doesn't go through the thread again
    read = len(inbox.local.calls("business.comment_reply_list"))
    inbox.sync(force=True)
    assert len(inbox.local.calls("business.comment_reply_list")) == read


@sqlite_only
def test_without_its_scope_an_account_has_no_inbox_and_says_so(
    service_without_worker: Service, local: Local
) -> None:
    without = tuple(scope for scope in SCOPES if scope != "comment.list")
    found = studio(service_without_worker, local, without)
    found.said("Hello")
    found.sync()
    assert found.listed() == []
    types = found.service.api("GET", "/api/sync/status")
    [problem] = [one for one in types["problems"] if one["syncType"] == "comments"]
    assert "comment.list" in problem["message"]
    assert "business.creator.insights" in problem["message"]


@sqlite_only
def test_the_other_name_of_the_scope_is_enough(
    service_without_worker: Service, local: Local
) -> None:
    scopes = (*(one for one in SCOPES if one != "comment.list"), "business.creator.insights")
    found = studio(service_without_worker, local, scopes)
    found.said("Hello")
    found.sync()
    assert [one["text"] for one in found.listed()] == ["Hello"]
    conversation = found.listed()[0]["id"]
    status, error = found.denied(conversation, "reply", {"text": "Hi"})
    assert (status, error["code"]) == (403, "scope_missing")
    assert "comment.list.manage" in error["message"]


@sqlite_only
def test_without_the_list_of_videos_those_of_the_creator_are_read(
    service_without_worker: Service, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CommentNews, "heard", lambda *_: None)
    made = connect(service_without_worker, creator=CREATOR)
    without = tuple(scope for scope in SCOPES if scope != "video.list")
    found = studio(service_without_worker, local, without)
    assert found.account == made["integrationId"]
    found.said("Hello")
    found.pump(1_900.0)
    found.sync()
    assert [one["text"] for one in found.listed()] == ["Hello"]
    assert local.calls("business.business_video_list") == []


def test_an_account_that_is_given_up_leaves_nothing(inbox: InboxStudio) -> None:
    inbox.said("Hello")
    inbox.sync()
    [conversation] = inbox.listed()
    inbox.do(conversation["id"], "reply", {"text": "Hi"})
    assert rows(inbox) >= 4
    services = inbox.service.services
    grant = services.integrations.get("acme", inbox.account).credentials[0].grant.id
    services.integrations.removed(grant, RemovalReason.USER_DISCONNECTED)
    inbox.pump(DAYS_AFTER_REMOVAL * 86_400 - 60)
    assert len(inbox.listed()) == 1
    inbox.pump(120.0)
    assert rows(inbox) == 0


@sqlite_only
def test_a_deleted_integration_takes_its_conversations_along(inbox: InboxStudio) -> None:
    inbox.said("Hello")
    inbox.sync()
    assert rows(inbox)
    assert inbox.service.send("DELETE", f"/api/integrations/{inbox.account}").status_code == 204
    inbox.pump()
    assert rows(inbox) == 0


ERASE, FIND = "/api/data/erase", "/api/data/find"


def kept_of(inbox: InboxStudio, **person: str) -> dict[str, int]:
    """A person's data that is found, by kind."""
    found = inbox.service.api("POST", FIND, person)["kinds"]
    return {one["kind"]: one["count"] for one in found if one["count"]}


def test_an_erased_persons_comments_stay_away(inbox: InboxStudio) -> None:
    theirs = inbox.said("Is it rye?")
    inbox.said("Ask me", parent=theirs, author=OTHER)
    others = inbox.said("Lovely", author=OTHER)
    inbox.said("I agree", parent=others)
    inbox.said(f"Ask {FAN}, he knows", author=OTHER)
    inbox.sync()
    assert len(inbox.listed()) == 3
    # read by nobody before the erasure
    inbox.said("And the salt?")
    inbox.said("Mine, too", parent=others)
    inbox.advance(1.0)
    assert inbox.service.api("POST", ERASE, {"username": FAN})["erased"]["conversations"] == 3
    inbox.said("Good night", author=OTHER)
    assert {one["text"] for one in inbox.at_tiktok()} >= {"Is it rye?", "And the salt?"}
    for _ in range(2):
        inbox.sync(force=True)
        assert kept_of(inbox, username=FAN) == {}
        assert inbox.listed(q=FAN) == []
        threads = [inbox.thread(one["id"])["messages"] for one in inbox.listed()]
        texts = [[each["text"] for each in one] for one in threads]
        assert texts == [["Good night"], ["Lovely"]]
    inbox.said("I am back")
    inbox.sync(force=True)
    assert [one["text"] for one in inbox.listed()] == ["I am back", "Good night", "Lovely"]


@sqlite_only
def test_what_is_erased_stays_away_from_an_account_that_is_connected_again(
    inbox: InboxStudio,
) -> None:
    inbox.said("Is it rye?")
    inbox.said(f"Ask {FAN}, he knows", author=OTHER)
    inbox.said("Lovely", author=OTHER)
    inbox.sync()
    inbox.service.api("POST", ERASE, {"username": FAN})
    assert inbox.service.send("DELETE", f"/api/integrations/{inbox.account}").status_code == 204
    inbox.pump()
    assert inbox.listed() == []
    inbox.account = connected(inbox.service)
    inbox.sync(force=True)
    assert [one["text"] for one in inbox.listed()] == ["Lovely"]


@sqlite_only
def test_an_erasure_by_id_keeps_the_persons_comments_away_and_no_name(inbox: InboxStudio) -> None:
    inbox.said("Is it rye?")
    inbox.sync()
    writer = inbox.listed()[0]["author"]["id"]
    inbox.service.api("POST", ERASE, {"userId": writer})
    inbox.sync(force=True)
    assert inbox.listed() == []
    with inbox.service.services.database.read() as connection:
        kept = connection.execute(select(inbox_erased)).all()
    assert kept
    assert writer not in str(kept)
    assert FAN not in str(kept)
