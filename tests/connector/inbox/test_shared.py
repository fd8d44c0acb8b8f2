"""An account that several organisations connected: TikTok tells each app once, and every
organisation has its own inbox of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connector.conftest import Service
from tests.connector.inbox.conftest import INBOX, MANAGES, InboxStudio, connected, studio
from tests.connector.inbox.test_news import arrived
from tests.support.local import Local

PUBLIC = "https://stagedoor.example.com"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_PUBLIC_URL": PUBLIC}


@pytest.fixture
def shared(service_without_worker: Service, local: Local) -> tuple[InboxStudio, dict[str, str]]:
    """The integration of each organisation that connected the account: two by the service's app,
    the third by its own. From now on webhooks alone tell of comments."""
    service = service_without_worker
    local.control("PUT", "hosts", {"stagedoor.example.com": service.url})
    inbox = studio(service, local)
    address = f"{PUBLIC}/connect/oauth2callback/tiktok"
    own = {"business": True, "state": "Live", "scopes": list(MANAGES)}
    app = local.control("POST", "apps", own | {"redirect_uris": {"web": [address]}})
    key, secret = app["client_key"], app["client_secret"]
    brought = {"kind": "business", "clientKey": key, "clientSecret": secret}
    service.api("PUT", "/api/apps/tiktok", brought, org="zenith")
    found = {"acme": inbox.account}
    found |= {org: connected(service, org=org) for org in ("globex", "zenith")}
    local.control("POST", "creators", {"username": "somebody.else"})
    connected(service, org="stranger", creator="somebody.else")
    inbox.read()
    for org in (*found, "stranger"):
        service.api("POST", "/api/sync/pause/comments", org=org)
    return inbox, found


def told(inbox: InboxStudio, org: str) -> list[dict[str, Any]]:
    page = inbox.service.api("GET", "/api/webhooks/received", org=org)
    return [one for one in page["events"] if one["event"] == "comment.update"]


def test_a_webhook_reaches_every_organisation_of_the_account(
    shared: tuple[InboxStudio, dict[str, str]],
) -> None:
    inbox, holders = shared
    inbox.said("Is it sweet?")
    threads = {
        org: arrived(inbox, lambda org=org: inbox.listed(org=org))[0]  # type: ignore[misc]
        for org in holders
    }
    assert len({one["id"] for one in threads.values()}) == len(holders)
    for org, thread in threads.items():
        assert (thread["text"], thread["integrationId"]) == ("Is it sweet?", holders[org])
        [event] = told(inbox, org)
        assert event["integrationId"] == holders[org]
        for other in {*holders, "stranger"} - {org}:
            answer = inbox.service.send("GET", f"{INBOX}/{thread['id']}", org=other)
            assert answer.status_code == 404
    assert inbox.listed(org="stranger") == []
    assert told(inbox, "stranger") == []
    # what one of them writes is a message of the account to the others, by nobody of theirs
    inbox.do(threads["globex"]["id"], "reply", {"text": "Very"}, org="globex")
    for org, thread in threads.items():

        def answers(path: str = f"{INBOX}/{thread['id']}", org: str = org) -> list[Any]:
            return list(inbox.service.api("GET", path, org=org)["messages"][1:])

        [answer] = arrived(inbox, answers)
        assert (answer["direction"], answer["text"]) == ("out", "Very")
        assert answer["sentBy"] == ("u1" if org == "globex" else None)
    # the one that gives the account up takes its own inbox along, and nobody else's
    inbox.service.api("DELETE", f"/api/integrations/{holders['globex']}", org="globex")
    inbox.said("And salty?")
    for org in ("acme", "zenith"):
        arrived(inbox, lambda org=org: len(inbox.listed(org=org)) == 2)  # type: ignore[misc]
    assert inbox.listed(org="globex") == []
