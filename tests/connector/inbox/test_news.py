"""Webhooks about comments reach the inbox at once, in whatever order they come."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from stagedoor.connector.integrations.accounts import Holder
from tests.connector.inbox.conftest import FAN, OTHER, InboxStudio

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def arrived(inbox: InboxStudio, check: Callable[[], Any]) -> Any:
    """Do what is due until the webhook has had its effect: TikTok sends it by itself."""

    def there() -> Any:
        inbox.pump()
        return check()

    return inbox.service.until(there, what="the webhook's effect")


def tell(inbox: InboxStudio, comment: str, action: str, parent: str = "0") -> None:
    """The event as the dispatcher hands it on: ids are bare numbers."""
    content = {
        "comment_id": int(comment),
        "video_id": int(inbox.video),
        "parent_comment_id": int(parent),
        "comment_type": "comment" if parent == "0" else "reply",
        "comment_action": action,
        "timestamp": 1,
    }
    holder = Holder("acme", inbox.account)
    inbox.service.services.inbox_news.heard(holder, "comment.update", content, 0.0)


def test_a_webhook_brings_a_comment_without_a_synchronisation(inbox: InboxStudio) -> None:
    inbox.service.api("POST", "/api/sync/pause/comments")
    top = inbox.said("Is it sweet?")
    [conversation] = arrived(inbox, inbox.listed)
    assert (conversation["text"], conversation["unread"]) == ("Is it sweet?", True)
    inbox.said("I wonder, too", parent=top, author=OTHER)
    arrived(inbox, lambda: len(inbox.only()["messages"]) == 2)
    other = inbox.service.services.business.for_account("acme", inbox.account).comments
    other.hide(video_id=inbox.video, comment_id=top, action="HIDE")
    arrived(inbox, lambda: inbox.only()["messages"][0]["hidden"])
    assert len(inbox.only()["messages"]) == 2  # TikTok shows no replies of a hidden comment
    other.hide(video_id=inbox.video, comment_id=top, action="UNHIDE")
    arrived(inbox, lambda: not inbox.only()["messages"][0]["hidden"])
    inbox.local.control("DELETE", f"comments/{top}")
    arrived(inbox, lambda: not inbox.listed())


@sqlite_only
def test_the_order_of_events_readings_and_replies_makes_no_difference(inbox: InboxStudio) -> None:
    """A repeated or late event creates nothing twice, and undoes nothing."""
    for order in itertools.permutations(("insert", "delete", "sync")):
        top, gone = inbox.said("Is it sweet?"), inbox.said("Not for long")
        inbox.local.control("DELETE", f"comments/{gone}")
        run = inbox.service.services.sync_runs.run
        steps: dict[str, Callable[[], None]] = {
            "insert": partial(tell, inbox, top, "insert"),
            "delete": partial(tell, inbox, gone, "delete"),
            "sync": partial(run, f"acme/{inbox.account}/comments"),
        }
        for step in order:
            steps[step]()
            inbox.pump()
        tell(inbox, top, "insert")
        tell(inbox, gone, "insert")
        inbox.pump()
        conversation = inbox.only()
        assert [one["id"] for one in conversation["messages"]] == [top], order
        reply = inbox.do(conversation["id"], "reply", {"text": "Very"})
        tell(inbox, reply["id"], "insert", top)
        tell(inbox, top, "set_to_public")
        inbox.pump()
        messages = inbox.only()["messages"]
        assert [one["text"] for one in messages] == ["Is it sweet?", "Very"], order
        assert messages[1]["sentBy"] == "u1"
        inbox.local.control("DELETE", f"comments/{top}")
        tell(inbox, top, "delete")
        inbox.pump(61.0)
        assert inbox.listed() == []


def test_webhooks_that_come_twice_and_in_another_order_make_nothing_twice(
    inbox: InboxStudio,
) -> None:
    """TikTok itself sends them so."""
    inbox.service.api("POST", "/api/sync/pause/comments")
    inbox.local.settings(duplicate_webhooks=True, reordered_webhooks=True)
    made = inbox.service.api(
        "POST", "/api/webhooks", {"url": "http://127.0.0.1:9/events", "events": ["comment.*"]}
    )
    tops = [inbox.said(f"Question {number}") for number in range(4)]
    replies = [inbox.said(f"Answer to {top}", parent=top, author=OTHER) for top in tops]
    for gone in (replies[0], tops[1]):
        inbox.local.control("DELETE", f"comments/{gone}")

    def kept() -> list[list[str]]:
        threads = [inbox.thread(one["id"])["messages"] for one in inbox.listed()]
        return sorted([one["id"] for one in messages] for messages in threads)

    wanted = sorted([[tops[0]], [tops[2], replies[2]], [tops[3], replies[3]]])
    inbox.advance(3.0)
    arrived(inbox, lambda: kept() == wanted)
    for _ in range(3):  # what was held back, and the second of two
        inbox.pump(5.0)
    assert kept() == wanted
    path = f"/api/webhooks/{made['webhook']['id']}/deliveries"
    told = [one["type"] for one in inbox.service.api("GET", path)["deliveries"]]
    # what was gone before it was read isn't told at all
    assert told == ["comment.received"] * 5
    received = inbox.service.api("GET", "/api/webhooks/received", limit=100)["events"]
    assert len(received) == 10
    for one in received:
        ids = [one["content"][name] for name in ("comment_id", "video_id", "parent_comment_id")]
        assert all(isinstance(each, str) for each in ids), one


@sqlite_only
def test_news_of_an_unknown_comment_reads_just_that(inbox: InboxStudio) -> None:
    top = inbox.said("Is it sweet?")
    for number in range(5):
        inbox.said(f"Other {number}")
    arrived(inbox, lambda: len(inbox.listed()) == 6)
    answer = inbox.said("I wonder, too", parent=top, author=OTHER)
    arrived(inbox, lambda: len(inbox.listed(q="wonder")) == 1)
    calls = len(inbox.local.calls("business.comment_list"))
    tell(inbox, answer, "insert", top)
    inbox.pump()
    assert len(inbox.local.calls("business.comment_list")) == calls + 1


@sqlite_only
def test_news_waits_while_tiktok_fails(inbox: InboxStudio) -> None:
    inbox.service.api("POST", "/api/sync/pause/comments")
    inbox.local.fault("business.comment_list", "gateway", times=4, status=502)
    inbox.said("Is it sweet?")
    arrived(inbox, lambda: len(inbox.local.calls("business.comment_list")) >= 2)
    assert inbox.listed() == []
    for _ in range(6):
        inbox.pump(300.0)
    assert [one["text"] for one in inbox.listed()] == ["Is it sweet?"]


@sqlite_only
def test_events_out_tell_what_happened_to_comments(inbox: InboxStudio) -> None:
    made = inbox.service.api(
        "POST", "/api/webhooks", {"url": "http://127.0.0.1:9/events", "events": ["comment.*"]}
    )
    path = f"/api/webhooks/{made['webhook']['id']}/deliveries"

    def types() -> list[str]:
        found = inbox.service.api("GET", path)["deliveries"]
        return sorted(one["type"] for one in found)

    inbox.said("Is it sweet?")
    arrived(inbox, inbox.listed)
    assert types() == ["comment.received"]
    conversation = inbox.only()
    inbox.do(conversation["id"], "reply", {"text": "Very"})
    first = conversation["messages"][0]["id"]
    for action in ("hide", "hide", "unhide", "like", "pin"):
        inbox.do(conversation["id"], f"messages/{first}/{action}")
    inbox.sync(force=True)
    told = ["hidden", "liked", "pinned", "received", "replied", "shown"]
    assert types() == [f"comment.{one}" for one in told]


@sqlite_only
def test_an_erased_comment_is_not_told_as_deleted(inbox: InboxStudio) -> None:
    inbox.said("Is it sweet?")
    arrived(inbox, inbox.listed)
    made = inbox.service.api(
        "POST", "/api/webhooks", {"url": "http://127.0.0.1:9/events", "events": ["*"]}
    )
    found = inbox.service.api("POST", "/api/data/find", {"username": FAN})["kinds"]
    counts = {one["kind"]: one["count"] for one in found if one["count"]}
    erased = inbox.service.api("POST", "/api/data/erase", {"username": FAN})["erased"]
    # TikTok's event names the writer by an id alone, and has the text
    assert erased == counts == {"conversations": 1, "receivedEvents": 1}
    assert inbox.service.api("GET", "/api/webhooks/received")["events"] == []
    path = f"/api/webhooks/{made['webhook']['id']}/deliveries"
    assert inbox.service.api("GET", path)["deliveries"] == []
    assert inbox.at_tiktok()  # a later deletion there finds nothing that could be told
    again = inbox.service.api("POST", "/api/data/erase", {"username": FAN})["erased"]
    assert again == {}
