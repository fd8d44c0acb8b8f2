"""Lists of conversations, and where each stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.inbox import store
from stagedoor.connector.inbox.comments import CommentSnapshot, MessageAuthor, conversation_id
from stagedoor.connector.inbox.ingest import Read
from stagedoor.connector.inbox.store import ConversationFilter, RowPosition
from tests.connector.conftest import Service
from tests.connector.inbox.conftest import INBOX

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WRITERS = ("Ada", "Grace", "Łucja", "100%_real")


@pytest.fixture
def filled(service_without_worker: Service) -> Service:
    """An organisation with conversations of two accounts, as if they had been read."""
    service = service_without_worker
    service.api("GET", INBOX)
    with service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        for account in ("i1", "i2"):
            seen = [comment(number, account) for number in range(20)]
            service.services.inbox_comments.record(tenant, Read(account, 10_000.0, 1e12), seen)
    return service


def comment(number: int, account: str) -> CommentSnapshot:
    name = WRITERS[number % len(WRITERS)]
    return CommentSnapshot(
        id=str(7_000_000 + number),
        video=f"{account}-v{number % 2}",
        parent=None,
        author=MessageAuthor(f"u{number}", name.lower(), name, None),
        own=number % 5 == 0,
        text=f"Comment {number} of {account}",
        image_url=None,
        created=float(1_000 + number),
        hidden=False,
        liked=False,
        pinned=False,
        likes=0,
    )


def found(service: Service, **query: Any) -> list[str]:
    """The texts of all conversations that match, page by page."""
    texts: list[str] = []
    cursor: str | None = None
    while True:
        more: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        page = service.api("GET", INBOX, limit=7, **query, **more)
        texts += [one["text"] for one in page["conversations"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return texts


def test_conversations_are_filtered_and_paged(filled: Service) -> None:
    everything = found(filled)
    assert len(everything) == len(set(everything)) == 40
    numbers = [int(one.split()[1]) for one in everything]
    assert numbers == sorted(numbers, reverse=True)
    assert len(found(filled, integrationId="i1")) == 20
    assert len(found(filled, videoId="i2-v1")) == 10
    assert found(filled, videoId="i2-v1", integrationId="i1") == []
    assert len(found(filled, status="open")) == len(found(filled, unread="true")) == 32
    assert len(found(filled, status="closed")) == len(found(filled, unread="false")) == 8
    assert found(filled, status="pending") == []
    assert len(found(filled, q="łUCJA")) == 10
    assert len(found(filled, q="ł\uff35cja")) == 10
    assert len(found(filled, q="100%_REAL", status="open")) == 8
    assert found(filled, q="comment 7 of i2") == ["Comment 7 of i2"]
    assert found(filled, q="%") == found(filled, q="100%")
    assert found(filled, q="nothing like it") == []
    assert filled.api("GET", INBOX, org="other")["conversations"] == []
    wrongs: tuple[dict[str, Any], ...] = (
        {"status": "deleted"},
        {"unread": "maybe"},
        {"cursor": "x"},
        {"q": "x" * 151},
    )
    for wrong in wrongs:
        assert filled.send("GET", INBOX, **wrong).status_code == 400, wrong


def test_a_conversation_is_read_and_closed_by_posts_alone(filled: Service) -> None:
    [one] = filled.api("GET", INBOX, q="comment 7 of i1")["conversations"]
    path = f"{INBOX}/{one['id']}"
    assert filled.api("GET", path, role="viewer")["unread"] is True
    assert filled.api("GET", path)["unread"] is True
    assert filled.api("POST", f"{path}/read", role="member")["unread"] is False
    assert filled.api("POST", f"{path}/unread")["unread"] is True
    closed = filled.api("POST", f"{path}/status", {"status": "closed"}, role="member")
    assert closed == one | {"status": "closed"}
    assert filled.send("POST", f"{path}/status", {"status": "deleted"}).status_code == 400
    for what in ("read", "status"):
        body = {"status": "open"} if what == "status" else None
        assert filled.send("POST", f"{path}/{what}", body, role="viewer").status_code == 403
        assert filled.send("POST", f"{path}/{what}", body, org="other").status_code == 404
    # a new message opens it again, an old one that is found later doesn't
    with filled.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        top = comment(7, "i1")
        reply = CommentSnapshot(
            **{**_fields(comment(8, "i1")), "id": "8", "parent": top.id, "created": 5e3}
        )
        filled.services.inbox_comments.record(tenant, Read("i1", 11_000.0, 0.0), [reply])
    again = filled.api("GET", path)
    assert (again["status"], again["unread"], len(again["messages"])) == ("open", True, 2)


def _fields(one: CommentSnapshot) -> dict[str, Any]:
    return {name: getattr(one, name) for name in CommentSnapshot.__dataclass_fields__}


@sqlite_only
def test_a_search_looks_at_a_bounded_number(
    filled: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "SCANNED", 15)
    first = filled.api("GET", INBOX, q="comment 1 of")
    assert first["conversations"] == []
    assert first["nextCursor"]
    pages = sorted(found(filled, q="comment 1 of"))
    assert pages == ["Comment 1 of i1", "Comment 1 of i2"]


@sqlite_only
def test_lists_go_by_indices(filled: Service) -> None:
    filters = {
        ConversationFilter(): "updated",
        ConversationFilter(status="open"): "status",
        ConversationFilter(unread=True): "unread",
        ConversationFilter(integration="i1"): "account",
        ConversationFilter(video="i1-v1"): "video",
    }
    with filled.services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        for wanted, index in filters.items():
            for after in (None, RowPosition(1_010.0, "x")):
                query = store.of_page(tenant, wanted, after, 50)
                sql = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
                plan = " ".join(map(str, connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))))
                assert f"ix_inbox_conversations_{index}" in plan, (wanted, plan)
                assert "TEMP B-TREE" not in plan, (wanted, plan)


@sqlite_only
def test_there_is_room_for_direct_messages(filled: Service) -> None:
    """A conversation of another kind has no video, and the same ways as one about a comment."""
    one = comment(3, "i1")
    id = conversation_id("i1", "chat-1", "message")
    shared = {**one.author.columns(), "integration": "i1", "video": None, "text": "Hi there"}
    row = shared | {"id": id, "kind": "message", "subject": "chat-1", "folded": "hi there"}
    times = {"created": 9e3, "updated": 9e3, "answered": None, "seen": 9e3, "replies": None}
    flags = {"hidden": False, "liked": False, "pinned": False, "likes": None}
    message = {"id": "m-1", "conversation": id, "direction": "in", "image_url": None, "by": None}
    ends = {"created": 9e3, "seen": 9e3, "deleted": None}
    with filled.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        store.add_conversations(tenant, [row | times | {"status": "open", "unread": True}])
        store.add_messages(tenant, [shared | message | flags | ends])
    assert found(filled)[0] == "Hi there"
    assert found(filled, q="HI THERE") == ["Hi there"]
    path = f"{INBOX}/{id}"
    shown = filled.api("GET", path)
    assert (shown["videoId"], [each["id"] for each in shown["messages"]]) == (None, ["m-1"])
    assert filled.api("POST", f"{path}/status", {"status": "closed"})["status"] == "closed"
    with filled.services.database.begin() as connection:
        while store.erase(TenantConnection(connection, "acme"), "i1", 50):
            pass
    assert filled.send("GET", path).status_code == 404


def test_a_comment_stands_before_replies_of_its_second(service_without_worker: Service) -> None:
    service = service_without_worker
    service.api("GET", INBOX)
    first = comment(9, "i1")
    later = replace(comment(0, "i1"), parent=first.id, created=first.created + 1)
    replies = [
        replace(comment(number, "i1"), parent=first.id, created=first.created)
        for number in (1, 2, 10)
    ]
    with service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        read = Read("i1", 10_000.0, 1e12)
        service.services.inbox_comments.record(tenant, read, [first, *replies, later])
    [conversation] = service.api("GET", INBOX)["conversations"]
    pages, cursor = [], None
    while True:
        asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = service.api("GET", f"{INBOX}/{conversation['id']}", **asked)
        pages.append([one["id"] for one in page["messages"]])
        if (cursor := page["nextCursor"]) is None:
            break
    assert pages == [[one.id] for one in (first, *replies, later)]
