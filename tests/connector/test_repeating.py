"""An Idempotency-Key whose first request was cut off by the death of its process."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from sqlalchemy import update

from stagedoor.connector import holders
from stagedoor.connector.tenants.models import answers
from tests.connector.conftest import Service

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
    for holder in (holders.holder(), "another-machine 1 1.00 somebody"):
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
