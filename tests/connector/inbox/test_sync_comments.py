"""Comments of a connected account become conversations, and stay true."""

from __future__ import annotations

from tests.connector.inbox.conftest import CREATOR, InboxStudio


def test_comments_become_conversations_with_their_replies(inbox: InboxStudio) -> None:
    first = inbox.said("Which flour is it?")
    inbox.said("Rye, I think", parent=first, author=CREATOR)
    second = inbox.said("Love it")
    inbox.sync()
    newest, oldest = inbox.list()
    assert (newest["text"], newest["status"], newest["unread"]) == ("Love it", "open", True)
    assert newest["author"]["username"] == "jonas.behind.doors"
    assert (oldest["text"], oldest["status"], oldest["unread"]) == (
        "Which flour is it?",
        "pending",
        False,
    )
    thread = inbox.thread(oldest["id"])
    assert [(one["direction"], one["text"]) for one in thread["messages"]] == [
        ("in", "Which flour is it?"),
        ("out", "Rye, I think"),
    ]
    assert thread["messages"][0]["id"] == first
    assert inbox.thread(newest["id"])["messages"][0]["id"] == second
    inbox.sync(force=True)
    assert [one["id"] for one in inbox.list()] == [newest["id"], oldest["id"]]
