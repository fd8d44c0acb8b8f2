"""Notices: each organisation's own, newest first, page by page."""

from __future__ import annotations

import logging

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.event_types import EventType
from tests.connector.conftest import Service


def tell(service: Service, org: str, message: str) -> None:
    with service.services.database.begin() as connection:
        service.services.notices.tell(
            TenantConnection(connection, org),
            EventType.SERVICE_DEGRADED,
            "subject1",
            message,
            {"n": 1},
        )


def test_they_are_listed_newest_first_by_pages(
    service_without_worker: Service, local: object
) -> None:
    service = service_without_worker
    for number in range(5):
        tell(service, "acme", f"notice {number}")
        service.services.clock.now()
        _tick()
    tell(service, "other", "not yours")
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = service.api("GET", "/api/notices", **query)
        seen += [one["message"] for one in page["notices"]]
        cursor = page["nextCursor"]
    assert cursor is None
    assert seen == [f"notice {number}" for number in (4, 3, 2, 1, 0)]
    one = page["notices"][0]
    assert one["kind"] == "service.degraded"
    assert one["subject"] == "subject1"
    assert one["detail"] == {"n": 1}
    assert one["at"].endswith("Z")


def _tick() -> None:
    import time

    time.sleep(0.003)


def test_one_is_a_structured_line_in_the_log(
    service_without_worker: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "stagedoor.notices"):
        tell(service_without_worker, "acme", "look here")
    [record] = [one for one in caplog.records if one.name == "stagedoor.notices"]
    assert record.getMessage() == "look here"
    assert (record.__dict__["org"], record.__dict__["subject"]) == ("acme", "subject1")


def test_one_that_is_rolled_back_is_not_told(service_without_worker: Service) -> None:
    service = service_without_worker

    def fail() -> None:
        with service.services.database.begin() as connection:
            tenant = TenantConnection(connection, "acme")
            service.services.notices.tell(tenant, EventType.SERVICE_DEGRADED, "s", "m")
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        fail()
    assert service.api("GET", "/api/notices")["notices"] == []
