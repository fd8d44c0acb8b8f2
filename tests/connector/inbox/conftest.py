"""An account whose comments are read when a test pumps the due rows, with no engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.connector.conftest import Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support.connecting import ask, consent, outcome
from tests.support.local import Local

CREATOR = "lu_starts_today"
"""A creator without posts, so that a test reads those that it makes alone."""
FAN, OTHER = "jonas.behind.doors", "kitchen.kai"
INBOX = "/api/inbox/conversations"
SCOPES = ("user.info.basic", "user.info.username", "video.list", "comment.list")
MANAGES = (*SCOPES, "comment.list.manage")


class InboxStudio(PumpedStudio):
    """A studio whose business account is connected, with a post that nobody commented on."""

    video = ""

    def said(self, text: str, parent: str | None = None, author: str = FAN, **more: Any) -> str:
        """Somebody comments in TikTok's app, a second after what was said before."""
        self.advance(1.0)
        body = {"author": author, "text": text, "parent_id": parent} | more
        return str(self.local.control("POST", f"videos/{self.video}/comments", body)["id"])

    def listed(self, **query: Any) -> list[dict[str, Any]]:
        """The conversations, about the post unless the query says otherwise."""
        found = {"videoId": self.video} | query
        asked = {name: value for name, value in found.items() if value is not None}
        return list(self.service.api("GET", INBOX, **asked)["conversations"])

    def only(self) -> dict[str, Any]:
        """The only conversation about the post, with its messages."""
        [found] = self.listed()
        return self.thread(found["id"])

    def thread(self, conversation: str) -> dict[str, Any]:
        return dict(self.service.api("GET", f"{INBOX}/{conversation}"))

    def do(self, conversation: str, what: str, body: Any = None, **more: Any) -> dict[str, Any]:
        return dict(self.service.api("POST", f"{INBOX}/{conversation}/{what}", body, **more))

    def denied(self, conversation: str, what: str, body: Any = None, **more: Any) -> Any:
        """Status and error of a request that must not succeed."""
        answer = self.service.send("POST", f"{INBOX}/{conversation}/{what}", body, **more)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["error"]

    def sync(self, **options: Any) -> None:
        """Read comments now."""
        self.pump(61.0)
        asked = {"platform": "tiktok", "syncType": "comments", "options": options}
        self.service.api("POST", "/api/sync/trigger", asked)
        self.read()

    def read(self) -> None:
        """Let runs of the synchronisation go on until none has more to read."""
        for _ in range(20):
            self.pump(61.0)
            calls = len(self.local.calls("business.comment_list"))
            self.pump(61.0)
            if len(self.local.calls("business.comment_list")) == calls:
                return
        raise AssertionError("there are always more comments to read")

    def at_tiktok(self) -> list[dict[str, Any]]:
        """The comments on the post that TikTok has."""
        found = self.local.control("GET", f"videos/{self.video}/comments")["comments"]
        return [one for one in found if not one["deleted"]]

    def sent(self) -> int:
        """How often a reply reached TikTok."""
        return len(self.local.calls("business.comment_reply_create"))


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


def connected(
    service: Service,
    org: str = "acme",
    creator: str = CREATOR,
    scopes: Sequence[str] = MANAGES,
) -> str:
    """Connect a business account; its integration."""
    asked = ask(service, org, kind="businessAccount", scopes=list(scopes))
    back = urlsplit(consent(asked["authUrl"], creator))
    made = outcome(service.http.get(back.path, params=back.query))
    assert made["integration"] == "connected", made
    return made["integrationId"]


def studio(service: Service, local: Local, scopes: tuple[str, ...] = MANAGES) -> InboxStudio:
    """The studio, before anything of it is read."""
    local.control("POST", "people", {"username": OTHER})
    found = InboxStudio(service, local, connected(service, scopes=scopes))
    video = {"creator": CREATOR, "title": "Rye"}
    found.video = str(local.control("POST", "videos", video)["id"])
    return found


@pytest.fixture
def inbox(service_without_worker: Service, local: Local) -> InboxStudio:
    """A studio whose account was read once."""
    found = studio(service_without_worker, local)
    found.read()
    return found
