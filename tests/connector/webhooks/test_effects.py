"""Each event of TikTok's takes effect once, for every organisation that holds the account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from stagedoor.connector.integrations.models import grants
from stagedoor.connector.webhooks import dispatch, effects
from stagedoor.connector.webhooks.models import inbox
from tests.connector.conftest import Service
from tests.support import media
from tests.support.local import KEY, SECRET, Local
from tests.support.webhooks import PATH, Sender, envelope

CALL = "/api/upstream/call/tiktok-provider"
PUBLIC = "post.publish.publicly_available"
REMOVED = "post.publish.no_longer_publicaly_available"
REMOVED_OTHER = "post.publish.no_longer_publicly_available"


@pytest.fixture
def tiktok(service: Service) -> Iterator[Sender]:
    sender = Sender(service.url)
    yield sender
    sender.http.close()


def account(service: Service) -> str:
    """The open id of the one account that is connected."""
    with service.services.database.read() as connection:
        return str(connection.scalars(select(grants.c.open_id)).one())


def settled(service: Service, count: int) -> list[str]:
    """The states of the inbox once nothing of `count` events is left to do."""

    def over() -> list[str]:
        with service.services.database.read() as connection:
            states = list(connection.scalars(select(inbox.c.state)))
        return states if len(states) == count and "waiting" not in states else []

    return list(service.until(over, what="the inbox is empty"))


def heard(service: Service, org: str) -> list[dict[str, Any]]:
    page = service.api("GET", "/api/webhooks/received", org=org)
    return list(page["events"])


def notices(service: Service, org: str, kind: str) -> list[Any]:
    listed = service.api("GET", "/api/notices", org=org)["notices"]
    return [one for one in listed if one["kind"] == kind]


def status(service: Service, org: str, integration: str) -> str:
    return str(service.api("GET", f"/api/integrations/{integration}", org=org)["status"])


def test_a_removed_authorization_reaches_everybody_who_holds_the_account(
    service: Service, local: Local
) -> None:
    """The local TikTok itself sends it, and twice."""
    local.control("PATCH", f"apps/{KEY}", {"webhook_url": service.url + PATH})
    local.settings(duplicate_webhooks=True)
    holders = {org: service.connect(org) for org in ("acme", "zenith")}
    service.token("stranger")
    local.phone("POST", "disconnect", {"client_key": KEY, "reason": 1})
    for org, integration in holders.items():
        service.until(lambda org=org, one=integration: status(service, org, one) == "revoked")  # type: ignore[misc]
    settled(service, 1)
    for org, integration in holders.items():
        [told] = heard(service, org)
        assert told["event"] == "authorization.removed"
        assert told["integrationId"] == integration
        assert told["content"] == {"reason": 1}
        assert len(notices(service, org, "integration.revoked")) == 1
    assert heard(service, "stranger") == []


def test_late_word_of_a_removal_leaves_a_new_connection_alone(
    service: Service, local: Local, tiktok: Sender
) -> None:
    """TikTok retries for three days; the creator may have come back since."""
    integration = service.connect()
    now = local.now()
    open_id = account(service)
    late = envelope(
        "authorization.removed", {"reason": 1}, created=now - 70 * 3600, open_id=open_id
    )
    assert tiktok.send(late, now).status_code == 200
    settled(service, 1)
    assert status(service, "acme", integration) == "active"
    assert len(heard(service, "acme")) == 1
    fresh = envelope("authorization.removed", {"reason": 1}, created=now + 60, open_id=open_id)
    for _ in range(3):
        assert tiktok.send(fresh, now).status_code == 200
    settled(service, 2)
    assert status(service, "acme", integration) == "revoked"
    assert len(notices(service, "acme", "integration.revoked")) == 1


@pytest.fixture
def post(service: Service, local: Local) -> dict[str, Any]:
    """A published post, told of by no webhook."""
    service.connect()
    asked = {"privacyLevel": "PUBLIC_TO_EVERYONE", "title": "A dish"}
    begun = service.api("POST", f"{CALL}/init-video-upload", asked)
    assert service.http.put(begun["uploadUrl"], content=media.video()).status_code == 201
    service.api("POST", f"{CALL}/publish-video", {"publishId": begun["publishId"]})

    def published() -> dict[str, Any] | None:
        local.advance(1.0)
        shown: dict[str, Any] = service.api("GET", f"/api/posts/{begun['publishId']}")
        return shown if shown["state"] == "published" else None

    found: dict[str, Any] = service.until(published)
    return found


def test_what_tiktok_says_of_visibility_in_any_order(
    service: Service, local: Local, tiktok: Sender, post: dict[str, Any]
) -> None:
    now, open_id = local.now(), account(service)

    def tell(event: str, after: float) -> None:
        content = {"publish_id": post["tiktokPublishId"], "post_id": "7600000000000000777"}
        body = envelope(event, content, created=now + after, open_id=open_id)
        assert tiktok.send(body, now).status_code == 200

    def seen() -> tuple[str, str]:
        shown = service.api("GET", f"/api/posts/{post['publishId']}")
        return shown["state"], shown["visibility"]

    for count, (event, after, visibility) in enumerate(
        (
            (PUBLIC, 100, "public"),
            (REMOVED, 50, "public"),
            (REMOVED, 200, "removed"),
            (PUBLIC, 150, "removed"),
            (PUBLIC, 300, "public"),
            (REMOVED_OTHER, 400, "removed"),
            ("post.publish.failed", 500, "removed"),
            ("post.publish.inbox_delivered", 500, "removed"),
            ("video.upload.failed", 500, "removed"),
        ),
        start=1,
    ):
        tell(event, after)
        settled(service, count)
        assert seen() == ("published", visibility), event


def test_an_organisation_that_signs_itself_reaches_only_its_own(
    service: Service, local: Local, tiktok: Sender, post: dict[str, Any]
) -> None:
    """An organisation with its own app knows the app's secret, so it can forge webhooks: about its
    own accounts."""
    local.control(
        "POST", "apps", {"client_key": "aw-own", "client_secret": "own-secret", "name": "own"}
    )
    body = {"clientKey": "aw-own", "clientSecret": "own-secret"}
    service.api("PUT", "/api/apps/tiktok", body, org="mallory")
    now, victim = local.now(), account(service)
    content = {"publish_id": post["tiktokPublishId"], "post_id": "1"}
    before = service.api("GET", f"/api/posts/{post['publishId']}")
    for event, told in ((REMOVED, content), ("authorization.removed", {"reason": 1})):
        forged = envelope(event, told, created=now + 60, open_id=victim, client_key="aw-own")
        assert tiktok.send(forged, now, "own-secret").status_code == 200
    settled(service, 2)
    after = service.api("GET", f"/api/posts/{post['publishId']}")
    assert after["visibility"] == before["visibility"]
    [integration] = service.api("GET", "/api/integrations")["integrations"]
    assert integration["status"] == "active"
    assert heard(service, "acme") == heard(service, "mallory") == []


def test_what_isnt_known_is_kept_and_passed_over(
    service: Service, local: Local, tiktok: Sender
) -> None:
    service.connect()
    now, open_id = local.now(), account(service)
    bodies = [
        envelope("something.of.tomorrow", {"a": 1}, created=now, open_id=open_id),
        envelope("post.publish.complete", {"publish_id": 5}, created=now, open_id=open_id),
        envelope("authorization.removed", {"reason": "why"}, created=now, open_id=open_id),
        envelope("tiktok.ping", {}, created=now, open_id=""),
        envelope("portability.download.ready", {"request_id": 10**18}, created=now, open_id=""),
        envelope("post.publish.complete", {"publish_id": "x"}, created=now, open_id="nobody's"),
    ]
    for body in bodies:
        assert tiktok.send(body, now).status_code == 200
    assert settled(service, len(bodies)) == ["done"] * len(bodies)
    told = heard(service, "acme")
    assert told[-1]["event"] == "something.of.tomorrow", "the newest first"
    assert {one["event"] for one in told} == {
        "something.of.tomorrow",
        "post.publish.complete",
        "authorization.removed",
    }


def test_an_event_that_overtakes_its_post_is_tried_again(
    service: Service, local: Local, tiktok: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "DELAYS", (0.2,) * 7)
    service.connect()
    now, open_id = local.now(), account(service)
    content = {"publish_id": "v_pub_file~v2-1.123", "publish_type": "DIRECT_PUBLISH"}
    body = envelope("post.publish.complete", content, created=now, open_id=open_id)
    assert tiktok.send(body, now).status_code == 200
    assert settled(service, 1) == ["done"]
    with service.services.database.read() as connection:
        assert connection.scalars(select(inbox.c.attempts)).one() == dispatch.PATIENCE + 1
    assert len(heard(service, "acme")) == 1


def test_the_list_pages_and_only_admins_read_it(
    service: Service, local: Local, tiktok: Sender
) -> None:
    service.connect()
    now, open_id = local.now(), account(service)
    for number in range(7):
        body = envelope("tiktok.ping", {"n": number}, created=now, open_id=open_id)
        assert tiktok.send(body, now).status_code == 200
    settled(service, 7)
    seen, cursor = [], None
    while True:
        more: dict[str, Any] = {} if cursor is None else {"cursor": cursor}
        page = service.api("GET", "/api/webhooks/received", limit=3, **more)
        seen += [one["content"]["n"] for one in page["events"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert sorted(seen) == list(range(7))
    for role in ("viewer", "member"):
        assert service.send("GET", "/api/webhooks/received", role=role).status_code == 403
    for cursor in ("x", "-1", "9" * 30, "１"):
        answer = service.send("GET", "/api/webhooks/received", cursor=cursor)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    text = service.send("GET", "/api/webhooks/received").text
    assert SECRET not in text


def test_old_rows_are_forgotten(
    service: Service, local: Local, tiktok: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "TIDY_SECONDS", -1.0)
    service.connect()
    now, open_id = local.now(), account(service)
    body = envelope("tiktok.ping", {}, created=now, open_id=open_id)
    assert tiktok.send(body, now).status_code == 200
    settled(service, 1)
    local.advance(8 * 86_400)
    later = local.now()
    new = envelope("tiktok.ping", {}, created=later, open_id=open_id)
    service.until(lambda: tiktok.send(new, later).status_code == 200)

    def left() -> bool:
        with service.services.database.read() as connection:
            return list(connection.scalars(select(inbox.c.body))) == [new.decode()]

    service.until(left)
    service.until(lambda: len(heard(service, "acme")) == 1)


def test_an_event_about_an_id_that_no_database_keeps_is_laid_aside_and_told(
    service: Service, local: Local, tiktok: Sender
) -> None:
    service.connect()
    now, open_id = local.now(), account(service)
    for name, content in (
        ("post.publish.complete", {"publish_id": "v\0", "publish_type": "DIRECT_PUBLISH"}),
        ("something.of.tomorrow", {"a": "b\0"}),
        ("tiktok.ping", {}),
    ):
        body = envelope(name, content, created=now, open_id=open_id)
        assert tiktok.send(body, now).status_code == 200
    assert sorted(settled(service, 3)) == ["done", "done", "failed"]
    [notice] = notices(service, "acme", "webhook.unprocessable")
    assert "publish_id holds a NUL character" in notice["message"]


def test_a_dead_event_is_seen_by_its_organisations_and_acts_once_when_it_is_replayed(
    service: Service, local: Local, tiktok: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    holders = {org: service.connect(org) for org in ("acme", "zenith")}
    path, dead = "/api/webhooks/received", {"state": "dead"}
    now = local.now()
    removed = envelope(
        "authorization.removed", {"reason": 1}, created=now, open_id=account(service)
    )
    with monkeypatch.context() as broken:
        broken.setattr(dispatch, "DELAYS", ())
        broken.setattr(effects, "typed", lambda *_: 1 / 0)
        assert tiktok.send(removed, now).status_code == 200
        assert settled(service, 1) == ["failed"]
    for org, integration in holders.items():
        assert heard(service, org) == []
        [event] = service.api("GET", path, org=org, **dead)["events"]
        assert (event["event"], event["state"]) == ("authorization.removed", "dead")
        assert (event["integrationId"], event["content"]) == (integration, {"reason": 1})
    assert service.api("GET", path, org="other", **dead)["events"] == []
    replay = f"{path}/{event['id']}/replay"
    assert service.send("POST", replay, org="other").status_code == 404
    assert service.send("POST", replay, role="member").status_code == 403
    assert service.send("POST", f"{path}/1e3/replay").status_code == 404

    assert service.api("POST", replay) == {"count": 1}
    assert settled(service, 1) == ["done"]
    assert service.send("POST", replay).status_code == 404
    assert service.api("POST", f"{path}/replay", org="zenith") == {"count": 0}
    for org, integration in holders.items():
        assert service.api("GET", path, org=org, **dead)["events"] == []
        assert [one["state"] for one in heard(service, org)] == ["processed"]
        assert status(service, org, integration) == "revoked"
        assert len(notices(service, org, "integration.revoked")) == 1
