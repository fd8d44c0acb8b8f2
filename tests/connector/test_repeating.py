"""A repeated Idempotency-Key: who may repeat it, for how long, and after the death of a process."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from sqlalchemy import select, update

from stagedoor.connector import process_identity
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.schedule.models import due_rows
from stagedoor.connector.tenants import store as tenants
from stagedoor.connector.tenants.jobs import handlers
from stagedoor.connector.tenants.models import answers
from tests.connector.conftest import Service
from tests.support.connecting import pass_time
from tests.support.local import Local

PHOTOS = "/api/upstream/call/tiktok-provider/publish-photos"
KEY = {"idempotency-key": "once"}
BODY = {"urls": ["https://media.example.com/x.jpg"], "privacyLevel": "SELF_ONLY"}


def cut_off(service: Service, holder: str, until: float) -> None:
    """As if the answer had never been kept."""
    held = {"status": None, "body": None, "held_by": holder, "held_until": until}
    with service.services.database.begin() as connection:
        connection.execute(update(answers).values(**held))


@pytest.fixture
def first(service_without_worker: Service) -> Any:
    service_without_worker.connect()
    return service_without_worker.api("POST", PHOTOS, BODY, headers=KEY)


def test_a_request_whose_process_died_is_done_again_and_makes_nothing_twice(
    service_without_worker: Service, first: Any
) -> None:
    service = service_without_worker
    cut_off(service, f"{socket.gethostname()} 1 1.00 somebody", time.time() + 100)
    again = service.api("POST", PHOTOS, BODY, headers=KEY)
    assert again["publishId"] == first["publishId"]
    assert len(service.api("GET", "/api/posts")["posts"]) == 1
    assert service.api("POST", PHOTOS, BODY, headers=KEY) == again


def test_a_request_that_is_still_at_work_is_waited_for(
    service_without_worker: Service, first: Any
) -> None:
    service = service_without_worker
    for holder in (process_identity.holder(), "another-machine 1 1.00 somebody"):
        cut_off(service, holder, time.time() + 100)
        answer = service.send("POST", PHOTOS, BODY, headers=KEY)
        assert (answer.status_code, answer.json()["error"]["retryable"]) == (409, True)
    cut_off(service, "another-machine 1 1.00 somebody", time.time() - 1)
    assert service.send("POST", PHOTOS, BODY, headers=KEY).status_code == 200


def test_a_key_is_of_one_body_whoever_died(service_without_worker: Service, first: Any) -> None:
    service = service_without_worker
    cut_off(service, f"{socket.gethostname()} 1 1.00 somebody", time.time() + 100)
    answer = service.send("POST", PHOTOS, BODY | {"title": "Other"}, headers=KEY)
    assert answer.status_code == 409
    assert answer.json()["error"]["retryable"] is False


def test_the_role_is_checked_before_a_kept_answer_is_given(
    service_without_worker: Service, first: Any
) -> None:
    service = service_without_worker
    refused = service.send("POST", PHOTOS, BODY, headers=KEY, role="viewer")
    assert refused.status_code == 403
    assert first["publishId"] not in refused.text
    assert service.api("POST", PHOTOS, BODY, headers=KEY, role="member") == first


def test_a_key_of_another_user_is_a_conflict_and_never_a_second_post(
    service_without_worker: Service, first: Any
) -> None:
    service = service_without_worker
    refused = service.send("POST", PHOTOS, BODY, headers=KEY, user="u2")
    assert refused.status_code == 409
    assert "another user" in refused.json()["error"]["message"]
    assert first["publishId"] not in refused.text
    assert len(service.api("GET", "/api/posts")["posts"]) == 1
    own = service.api("POST", PHOTOS, BODY, headers={"idempotency-key": "u2's"}, user="u2")
    assert own["publishId"] != first["publishId"]


def test_a_refusal_is_not_kept(service_without_worker: Service) -> None:
    service = service_without_worker
    service.connect()
    for refused, status in ((BODY | {"privacyLevel": None}, 400), (BODY | {"noField": 1}, 400)):
        assert service.send("POST", PHOTOS, refused, headers=KEY).status_code == status
    viewer = service.send("POST", PHOTOS, BODY, headers=KEY, role="viewer")
    assert viewer.status_code == 403
    made = service.api("POST", PHOTOS, BODY, headers=KEY, user="u2")
    assert service.api("POST", PHOTOS, BODY, headers=KEY, user="u2") == made


def kept(service: Service) -> int:
    with service.services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        return len(tenant.all(tenant.select(answers)))


def test_an_answer_is_kept_for_a_day(
    service_without_worker: Service, first: Any, local: Local
) -> None:
    service = service_without_worker
    pass_time(service, local, 86_300)
    assert service.api("POST", PHOTOS, BODY, headers=KEY) == first
    pass_time(service, local, 200)
    other = BODY | {"title": "Other"}
    assert service.api("POST", PHOTOS, other, headers=KEY, user="u2")["title"] == "Other"
    assert kept(service) == 1


def test_old_answers_are_deleted_by_a_job_in_batches(
    service_without_worker: Service,
    first: Any,
    local: Local,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = service_without_worker
    monkeypatch.setattr(tenants, "_EXPIRE_BATCH", 2)
    for number in range(4):
        service.api("POST", PHOTOS, BODY, headers={"idempotency-key": f"k{number}"})
    expire = handlers(service.services.database, service.services.clock)[tenants.EXPIRE]
    pass_time(service, local, 43_200)
    service.api("POST", PHOTOS, BODY, headers={"idempotency-key": "later"})
    assert expire("acme") == "done"
    assert kept(service) == 6
    pass_time(service, local, 43_300)
    turns = [expire("acme") for _ in range(3)]
    assert turns == ["again", "again", "done"]
    assert kept(service) == 1
    with service.services.database.read() as connection:
        waits = connection.execute(
            select(due_rows.c.due).where(due_rows.c.kind == tenants.EXPIRE)
        ).all()
    assert [row.due - service.services.clock.now() > 40_000 for row in waits] == [True]
