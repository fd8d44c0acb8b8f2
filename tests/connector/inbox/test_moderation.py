"""Hiding, liking, pinning and deleting, where TikTok allows it."""

from __future__ import annotations

import pytest

from tests.connector.inbox.conftest import INBOX, OTHER, InboxStudio

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def asked(inbox: InboxStudio) -> str:
    """A conversation with a question, somebody's reply and the account's own."""
    top = inbox.said("Which flour is it?")
    inbox.said("I wonder, too", parent=top, author=OTHER)
    inbox.sync()
    conversation = str(inbox.only()["id"])
    inbox.do(conversation, "reply", {"text": "Rye"})
    return conversation


def messages(inbox: InboxStudio, conversation: str) -> list[str]:
    return [one["id"] for one in inbox.thread(conversation)["messages"]]


@pytest.mark.parametrize(
    ("action", "back", "flag", "column"),
    [
        ("hide", "unhide", "hidden", "hidden"),
        ("like", "unlike", "liked", "liked_by_creator"),
        ("pin", "unpin", "pinned", None),
    ],
)
@sqlite_only
def test_what_is_done_is_done_at_tiktok_and_shown(
    inbox: InboxStudio, asked: str, action: str, back: str, flag: str, column: str | None
) -> None:
    first = messages(inbox, asked)[0]
    for one, value in ((action, True), (action, True), (back, False), (back, False)):
        path = f"messages/{first}/{one}"
        shown = inbox.do(asked, path, role="member")
        assert shown[flag] is value
        assert inbox.thread(asked)["messages"][0][flag] is value
        if column is not None:
            [there] = [one for one in inbox.at_tiktok() if one["id"] == first]
            assert there[column] is value
    inbox.do(asked, f"messages/{first}/{action}")
    inbox.sync(force=True)
    assert inbox.thread(asked)["messages"][0][flag] is True


@sqlite_only
def test_a_lost_answer_is_looked_up(inbox: InboxStudio, asked: str) -> None:
    first = messages(inbox, asked)[0]
    path = f"messages/{first}/hide"
    inbox.local.fault("business.comment_hide", "cut")
    status, error = inbox.denied(asked, path)
    assert (status, error["code"], error["retryable"]) == (502, "outcome_unknown", True)
    assert inbox.thread(asked)["messages"][0]["hidden"] is False
    inbox.local.fault("business.comment_hide", "lost")
    assert inbox.do(asked, path)["hidden"] is True
    own = messages(inbox, asked)[2]
    inbox.local.fault("business.comment_delete", "lost")
    inbox.do(asked, f"messages/{first}/unhide")
    deleted = inbox.service.send("DELETE", f"{INBOX}/{asked}/messages/{own}")
    assert deleted.status_code == 204
    assert own not in messages(inbox, asked)


def test_only_own_messages_are_deleted(inbox: InboxStudio, asked: str) -> None:
    first, other, own = messages(inbox, asked)
    for message in (first, other):
        refused = inbox.service.send("DELETE", f"{INBOX}/{asked}/messages/{message}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_allowed")
        assert "hide" in refused.json()["error"]["message"]
    path = f"{INBOX}/{asked}/messages/{own}"
    assert inbox.service.send("DELETE", path, role="viewer").status_code == 403
    assert len(inbox.local.calls("business.comment_delete")) == 0
    assert inbox.service.send("DELETE", path, role="member").status_code == 204
    assert inbox.service.send("DELETE", path).status_code == 404
    assert messages(inbox, asked) == [first, other]
    assert own not in [one["id"] for one in inbox.at_tiktok()]
    inbox.sync(force=True)
    assert messages(inbox, asked) == [first, other]


@sqlite_only
def test_what_tiktok_does_not_allow_is_refused_in_words(inbox: InboxStudio, asked: str) -> None:
    first, other, _ = messages(inbox, asked)
    status, error = inbox.denied(asked, f"messages/{other}/pin")
    assert (status, error["code"]) == (409, "not_allowed")
    assert "first level" in error["message"]
    assert inbox.denied(asked, f"messages/{first}/burn")[0] == 400
    assert inbox.denied(asked, "messages/1/hide")[0] == 404
    assert inbox.denied(asked, f"messages/{first}/hide", role="viewer")[0] == 403
    assert inbox.denied(asked, f"messages/{first}/hide", org="other")[0] == 404
    assert inbox.local.calls("business.comment_hide") == []
    # gone at TikTok meanwhile: told, and noticed
    inbox.local.control("DELETE", f"comments/{other}")
    status, error = inbox.denied(asked, f"messages/{other}/hide")
    assert status == 404
    inbox.pump()
    assert other not in messages(inbox, asked)


@sqlite_only
def test_a_pin_ends_the_one_before(inbox: InboxStudio, asked: str) -> None:
    inbox.do(asked, f"messages/{messages(inbox, asked)[0]}/pin")
    second = inbox.said("Me next")
    inbox.sync()
    [conversation] = [one["id"] for one in inbox.listed(q="me next")]
    assert inbox.do(conversation, f"messages/{second}/pin")["pinned"] is True
    inbox.pump()
    assert inbox.thread(asked)["messages"][0]["pinned"] is False
    assert inbox.thread(conversation)["messages"][0]["pinned"] is True
