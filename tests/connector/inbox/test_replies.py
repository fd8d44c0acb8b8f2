"""A reply reaches TikTok once at most, whatever happens on the way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from stagedoor.connector import leases
from stagedoor.connector.inbox.models import inbox_replies
from stagedoor.connector.inbox.replies import HOLD_SECONDS, Replies
from tests.connector.conftest import Service
from tests.connector.inbox.conftest import (
    CREATOR,
    INBOX,
    OTHER,
    SCOPES,
    InboxStudio,
    connected,
    studio,
)
from tests.support.local import Local

REPLY = "business.comment_reply_create"
THREAD = "business.comment_reply_list"
KEY = {"idempotency-key": "once"}
TEXT = {"text": "Rye, always"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Killed(BaseException):
    """The end of a process, for a test."""


@pytest.fixture
def asked(inbox: InboxStudio) -> str:
    """A conversation that waits for an answer."""
    inbox.said("Which flour is it?")
    inbox.sync()
    return str(inbox.only()["id"])


def at_tiktok(inbox: InboxStudio) -> list[str]:
    """The texts of the replies that TikTok has."""
    return [one["text"] for one in inbox.at_tiktok() if one["parent_id"]]


def notices(inbox: InboxStudio) -> list[str]:
    return [one["kind"] for one in inbox.service.api("GET", "/api/notices")["notices"]]


def test_a_reply_is_sent_once_and_recorded(inbox: InboxStudio, asked: str) -> None:
    made = inbox.do(asked, "reply", TEXT, headers=KEY, role="member", user="mel")
    assert (made["direction"], made["text"], made["sentBy"]) == ("out", "Rye, always", "mel")
    assert inbox.do(asked, "reply", TEXT, headers=KEY, role="member", user="mel") == made
    assert at_tiktok(inbox) == ["Rye, always"]
    assert inbox.sent() == 1
    thread = inbox.thread(asked)
    assert (thread["status"], thread["unread"], thread["unsettledReplies"]) == (
        "pending",
        False,
        [],
    )
    assert thread["messages"][1]["id"] == made["id"]
    # somebody answers: the conversation is open again
    inbox.said("Thanks!", parent=thread["messages"][0]["id"], author=OTHER)
    inbox.sync(force=True)
    thread = inbox.thread(asked)
    assert (thread["status"], thread["unread"], len(thread["messages"])) == ("open", True, 3)


def test_a_lost_answer_is_settled_by_reading(inbox: InboxStudio, asked: str) -> None:
    inbox.local.fault(REPLY, "lost")
    made = inbox.do(asked, "reply", TEXT, headers=KEY)
    assert (made["text"], made["sentBy"]) == ("Rye, always", "u1")
    assert inbox.do(asked, "reply", TEXT, headers=KEY) == made
    assert (at_tiktok(inbox), inbox.sent()) == (["Rye, always"], 1)
    assert inbox.thread(asked)["unsettledReplies"] == []
    # an equal text is another reply
    inbox.do(asked, "reply", TEXT)
    assert (at_tiktok(inbox), inbox.sent()) == (["Rye, always"] * 2, 2)


@sqlite_only
def test_a_reply_that_tiktok_does_not_show_stays_unknown(inbox: InboxStudio, asked: str) -> None:
    inbox.local.fault(REPLY, "cut")
    for _ in range(2):
        status, error = inbox.denied(asked, "reply", TEXT, headers=KEY)
        assert (status, error["code"], error["retryable"]) == (502, "outcome_unknown", False)
    status, error = inbox.denied(asked, "reply", TEXT)
    assert (status, error["code"]) == (409, "reply_under_way")
    assert inbox.sent() == 1
    [unsettled] = inbox.thread(asked)["unsettledReplies"]
    assert (unsettled["state"], unsettled["text"]) == ("unknown", "Rye, always")
    assert notices(inbox).count("comment.unknown") == 1
    other = inbox.do(asked, "reply", {"text": "Something else"})
    assert other["text"] == "Something else"
    # after the last time that it was looked for, a person may send it again
    inbox.pump(120.0)
    inbox.pump(700.0)
    inbox.do(asked, "reply", TEXT)
    assert at_tiktok(inbox) == ["Something else", "Rye, always"]
    assert inbox.thread(asked)["unsettledReplies"] == []


@sqlite_only
def test_a_lost_reply_is_found_later(inbox: InboxStudio, asked: str) -> None:
    inbox.local.fault(REPLY, "lost")
    inbox.local.fault(THREAD, "gateway", times=2, status=502)
    status, error = inbox.denied(asked, "reply", TEXT, headers=KEY)
    assert (status, error["code"]) == (502, "outcome_unknown")
    assert len(inbox.thread(asked)["unsettledReplies"]) == 1
    made = inbox.do(asked, "reply", TEXT, headers=KEY)
    assert made["id"] == inbox.thread(asked)["messages"][1]["id"]
    assert inbox.thread(asked)["unsettledReplies"] == []
    assert inbox.sent() == 1


@pytest.mark.parametrize("sent", [False, True])
def test_a_process_that_dies_with_a_reply_repeats_nothing(
    inbox: InboxStudio, asked: str, sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it was sent, or after TikTok had done it."""
    replies: Replies = inbox.service.services.replies

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(replies, "_keep" if sent else "_sent", killed)
        with pytest.raises(Killed):
            replies.send("acme", "r1", asked, TEXT["text"], "u1")
    assert inbox.sent() == (1 if sent else 0)
    status, error = inbox.denied(asked, "reply", TEXT)
    assert (status, error["code"]) == (409, "reply_under_way")
    with inbox.service.services.database.begin() as connection:
        connection.execute(update(inbox_replies).values(**leases.RELEASED))
    inbox.pump(HOLD_SECONDS + 1)
    thread = inbox.thread(asked)
    if sent:
        assert [one["text"] for one in thread["messages"]] == ["Which flour is it?", "Rye, always"]
        assert thread["unsettledReplies"] == []
    else:
        assert [one["state"] for one in thread["unsettledReplies"]] == ["unknown"]
        assert notices(inbox).count("comment.unknown") == 1
    assert len(at_tiktok(inbox)) == (1 if sent else 0)
    assert inbox.sent() == (1 if sent else 0)


@pytest.fixture
def theirs(inbox: InboxStudio, asked: str) -> str:
    """The same conversation as another organisation has it, which connected the same account."""
    connected(inbox.service, "globex")
    inbox.read()
    [found] = inbox.listed(org="globex")
    return str(found["id"])


def unsettled(inbox: InboxStudio, conversation: str, org: str = "acme") -> int:
    found = inbox.service.api("GET", f"{INBOX}/{conversation}", org=org)
    return len(found["unsettledReplies"])


def lost(inbox: InboxStudio, conversation: str, fault: str, org: str = "acme") -> None:
    """A reply of the organisation whose answer doesn't come, and that can't be looked for."""
    inbox.local.fault(REPLY, fault)
    inbox.local.fault(THREAD, "gateway", times=2, status=502)
    status, error = inbox.denied(conversation, "reply", TEXT, org=org)
    assert (status, error["code"]) == (502, "outcome_unknown")


@sqlite_only
@pytest.mark.parametrize("first", [True, False])
def test_another_organisations_equal_reply_settles_none(
    inbox: InboxStudio, asked: str, theirs: str, first: bool
) -> None:
    if first:
        inbox.do(theirs, "reply", TEXT, org="globex")
    lost(inbox, asked, "cut")
    if not first:
        inbox.do(theirs, "reply", TEXT, org="globex")
    for _ in range(2):
        inbox.sync(force=True)
    assert at_tiktok(inbox) == ["Rye, always"]
    assert (unsettled(inbox, asked), unsettled(inbox, theirs, "globex")) == (1, 0)
    written = [one["sentBy"] for one in inbox.thread(asked)["messages"]]
    assert written == [None, None]


@sqlite_only
def test_equal_replies_that_were_both_lost_are_settled_once_there_are_two(
    inbox: InboxStudio, asked: str, theirs: str
) -> None:
    lost(inbox, asked, "cut")
    lost(inbox, theirs, "lost", org="globex")
    inbox.sync(force=True)
    # it may be either one's
    assert (unsettled(inbox, asked), unsettled(inbox, theirs, "globex")) == (1, 1)
    inbox.said(TEXT["text"], parent=at_first(inbox), author=CREATOR)
    inbox.sync(force=True)
    assert (unsettled(inbox, asked), unsettled(inbox, theirs, "globex")) == (0, 0)
    with inbox.service.services.database.read() as connection:
        rows = connection.execute(select(inbox_replies.c.message)).scalars().all()
    assert len(set(rows)) == 2


def at_first(inbox: InboxStudio) -> str:
    [first] = [one["id"] for one in inbox.at_tiktok() if not one["parent_id"]]
    return str(first)


@sqlite_only
def test_equal_words_that_were_written_much_later_settle_no_reply(
    inbox: InboxStudio, asked: str
) -> None:
    lost(inbox, asked, "cut")
    inbox.pump(2 * 3_600.0)
    inbox.said(TEXT["text"], parent=at_first(inbox), author=CREATOR)
    inbox.sync(force=True)
    assert unsettled(inbox, asked) == 1


@sqlite_only
def test_the_accounts_own_words_in_the_app_settle_no_reply(inbox: InboxStudio, asked: str) -> None:
    """A message with the same text that was there before isn't the lost reply."""
    inbox.do(asked, "reply", TEXT)
    inbox.local.fault(REPLY, "cut")
    status, error = inbox.denied(asked, "reply", TEXT)
    assert (status, error["code"]) == (502, "outcome_unknown")
    assert at_tiktok(inbox) == ["Rye, always"]


@sqlite_only
def test_what_cannot_be_sent_is_refused_in_words(inbox: InboxStudio, asked: str) -> None:
    for text in ("", "   \n", "x" * 1_201):
        status, error = inbox.denied(asked, "reply", {"text": text})
        assert (status, error["code"]) == (400, "invalid_request")
        assert error["message"].startswith("text")
    assert inbox.denied("0" * 32, "reply", TEXT)[0] == 404
    assert inbox.denied(asked, "reply", TEXT | {"messageId": "1"})[0] == 404
    assert inbox.denied(asked, "reply", TEXT, role="viewer")[0] == 403
    assert inbox.denied(asked, "reply", TEXT, org="other")[0] == 404
    assert inbox.sent() == 0
    inbox.local.fault(REPLY, "rate_limit", times=2)
    status, error = inbox.denied(asked, "reply", TEXT, headers=KEY)
    assert (status, error["retryable"]) == (429, True)
    assert inbox.do(asked, "reply", TEXT, headers=KEY)["text"] == "Rye, always"
    assert inbox.do(asked, "reply", {"text": "x" * 1_200})["direction"] == "out"
    top = inbox.thread(asked)["messages"][0]["id"]
    inbox.local.control("DELETE", f"comments/{top}")
    status, error = inbox.denied(asked, "reply", {"text": "Too late"})
    assert status == 404, error


@sqlite_only
def test_a_reply_needs_the_scope_to_manage_comments(
    service_without_worker: Service, local: Local
) -> None:
    found = studio(service_without_worker, local, SCOPES)
    found.said("Which flour is it?")
    found.sync()
    conversation = found.only()["id"]
    status, error = found.denied(conversation, "reply", TEXT)
    assert (status, error["code"]) == (403, "scope_missing")
    assert found.sent() == 0
    path = f"{INBOX}/{conversation}"
    assert found.service.api("GET", path)["unsettledReplies"] == []
