"""A person's data is found and erased, wherever it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from stagedoor.connector.data_kinds import DataSubject
from stagedoor.connector.data_rules import persons
from stagedoor.connector.data_rules.models import data_erasures
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations.models import grants
from stagedoor.connector.webhooks import store as webhooks
from tests.connector.conftest import Service
from tests.connector.sync.conftest import SyncedStudio

FIND, ERASE = "/api/data/find", "/api/data/erase"
MARA = {"username": "@MaraCooks"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def found(service: Service, org: str = "acme", **body: Any) -> dict[str, int | None]:
    """A person's data that is found, by kind; kinds without any are left out."""
    told = service.api("POST", FIND, body, org=org)
    return {one["kind"]: one["count"] for one in told["kinds"] if one["count"]}


def event(
    studio: SyncedStudio, org: str, key: str, content: dict[str, str], times: int = 1
) -> None:
    now = studio.service.services.clock.now()
    row = {
        "integration_id": studio.account if org == "acme" else "another",
        "event": "comment.created",
        "created": now,
        "received": now,
        "content": content,
    }
    rows = [row | {"key": f"{key}.{number}"} for number in range(times)]
    with studio.service.services.database.begin() as connection:
        webhooks.add_events(connection, {org: rows})


def test_a_person_is_found_and_erased_everywhere(synced: SyncedStudio) -> None:
    service = synced.service
    post = synced.post(title="Soup for @zoe", caption="My soup")
    synced.run(post, "published")
    videos = len(synced.activity())
    open_id = service.services.integrations.get("acme", synced.account).grant.open_id
    event(synced, "acme", "k1", {"user": open_id})
    event(synced, "other", "k2", {"user": open_id})
    before = found(service, **MARA)
    assert before == found(service, openId=open_id)
    assert (before["accounts"], before["videos"], before["postTexts"]) == (1, videos, 1)
    assert before["receivedEvents"] == 1
    assert found(service, username="maracook") == {}
    assert found(service, username="zoe") == {"postTexts": 1}
    assert found(service, org="other", **MARA) == {}

    refused = service.send("POST", ERASE, MARA)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (409, "account_connected")
    assert error["detail"] == {"integrationIds": [synced.account]}
    assert synced.activity()

    headers = {"idempotency-key": "e1"}
    told = service.api("POST", ERASE, MARA | {"disconnect": True}, headers=headers)
    again = service.api("POST", ERASE, MARA | {"disconnect": True}, headers=headers)
    assert told == again
    assert (told["state"], told["askedBy"]) == ("done", "u1")
    assert told["erased"]["videos"] == videos
    assert (told["erased"]["postTexts"], told["erased"]["receivedEvents"]) == (1, 1)
    assert service.api("GET", f"/api/data/erasures/{told['erasureId']}") == told
    assert (
        service.send("GET", f"/api/data/erasures/{told['erasureId']}", org="other").status_code
        == 404
    )

    assert found(service, **MARA) == {}
    assert synced.activity() == []
    kept = synced.get(post)
    assert (kept["state"], kept["title"], kept["caption"]) == ("published", "", None)
    assert service.send("GET", f"/api/integrations/{synced.account}").status_code == 404
    assert found(service, org="other", openId=open_id) == {"receivedEvents": 1}
    assert service.api("POST", ERASE, MARA)["erased"] == {}
    with service.services.database.read() as connection:
        assert connection.execute(select(data_erasures.c.person)).scalars().all() == [None, None]
        assert "maracooks" not in str(connection.execute(select(grants)).all())


@sqlite_only
def test_a_large_erasure_goes_on_by_a_job_after_a_kill(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    event(synced, "acme", "k", {"text": "hi @maracooks."}, 450)
    monkeypatch.setattr(persons, "_AT_ONCE", 2)
    told = synced.service.api("POST", ERASE, MARA | {"disconnect": True})
    assert (told["state"], told["endedAt"]) == ("running", None)
    synced.pump(61.0)
    done = synced.service.api("GET", f"/api/data/erasures/{told['erasureId']}")
    assert (done["state"], done["erased"]["receivedEvents"]) == ("done", 450)


@sqlite_only
def test_what_fails_on_the_way_is_tried_again(
    synced: SyncedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    event(synced, "acme", "k", {"text": "maracooks"})
    services = synced.service.services
    kind = services.data_registry.find("receivedEvents")
    assert kind is not None

    def fails(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(type(services.persons), "_go_on", fails)
        with pytest.raises(RuntimeError):
            services.persons.erase("acme", "u1", "e9", "maracooks", (), True)
    synced.pump(301.0)
    assert services.persons.get("acme", "e9").state == "done"


@sqlite_only
def test_a_person_without_a_name_is_refused(service_without_worker: Service) -> None:
    for path in (FIND, ERASE):
        assert service_without_worker.send("POST", path, {}).status_code == 400
        body = {"username": "a%"}
        assert service_without_worker.send("POST", path, body).status_code == 400
        assert service_without_worker.send("POST", path, MARA, role="member").status_code == 403
        assert service_without_worker.send("POST", path, MARA).status_code == 200


@sqlite_only
def test_a_found_persons_texts_are_in_no_kept_answer(synced: SyncedStudio) -> None:
    headers = {"idempotency-key": "f1"}
    first = synced.service.api("POST", FIND, MARA, headers=headers)
    assert any(one["samples"] for one in first["kinds"])
    again = synced.service.api("POST", FIND, MARA, headers=headers)
    assert not any(one["samples"] for one in again["kinds"])


def test_names_are_whole_words() -> None:
    person = DataSubject("mara.cooks", ("700123",))
    for text in ("@Mara.Cooks", "by mara.cooks.", 'said "mara.cooks"', '{"user": "700123"}'):
        assert person.named_in(text), text
    for text in ("@mara.cooks2", "xmara.cooks", "mara.cooks.two", "maraxcooks", "7001234"):
        assert not person.named_in(text), text
    assert person.named_in({"a": [{"text": "hi @mara.cooks\nbye"}]})


def test_a_name_is_found_in_json_behind_an_escape(synced: SyncedStudio) -> None:
    event(synced, "acme", "k", {"text": "line\nmaracooks says"})
    event(synced, "acme", "k2", {"text": "maracooksX"})
    with synced.service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        assert len(webhooks.events_of(tenant, None, 10)) == 2
    # both are of the person's account, so only another name tells them apart
    assert found(synced.service, userId="maracooksX") == {"receivedEvents": 1}
