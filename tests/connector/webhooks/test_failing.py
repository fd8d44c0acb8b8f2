"""Work on webhooks that fails: nothing is lost, and what failed is tried again."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from stagedoor.connector.container import Container
from stagedoor.connector.errors import ServiceUnavailable
from stagedoor.connector.integrations.consents import SUBSCRIBE
from stagedoor.connector.jobs import Batched, JobResult
from stagedoor.connector.schedule.models import due_rows
from stagedoor.connector.webhooks import dead, jobs, store
from stagedoor.connector.webhooks.dispatch import Dispatch
from stagedoor.connector.webhooks.ingest import Ingest
from stagedoor.connector.webhooks.models import inbox
from stagedoor.connector.webhooks.secrets import Secrets
from stagedoor.connector.webhooks.store import DISPATCH, InboxEntry
from stagedoor.connector.webhooks.subscriptions import BusinessSubscriptions
from stagedoor.connector.webhooks.writer import InboxWriter
from tests.connector.conftest import Service
from tests.support.webhooks import Sender, moved

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def entry(key: str) -> InboxEntry:
    return InboxEntry(key, "key", "somebody", "post.publish.complete", 1.0, 2.0, f'"{key}"')


def states(services: Container) -> dict[str, str]:
    """Of the deliveries in the inbox, by key."""
    with services.database.read() as connection:
        rows = connection.execute(select(inbox.c.key, inbox.c.state))
        return {row.key: row.state for row in rows}


@pytest.fixture
def tiktok(service_without_worker: Service) -> Iterator[Sender]:
    sender = Sender(service_without_worker.url)
    yield sender
    sender.http.close()


def test_a_delivery_that_the_database_refuses_fails_alone(
    services: Container, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add, all_wait = store.add, threading.Event()

    def refusing(connection: Any, entries: Sequence[InboxEntry], *more: Any) -> int:
        assert all_wait.wait(10)
        if any(one.key == "bad" for one in entries):
            raise ValueError("no such value")
        return add(connection, entries, *more)

    async def keep() -> list[BaseException | None]:
        writer = InboxWriter(services.database, services.clock)
        waiting = [writer.keep(entry(key)) for key in ("first", "a", "bad", "b")]
        all_wait.set()  # those behind the first are one commit
        told = await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.to_thread(writer.close)
        return told

    monkeypatch.setattr(store, "add", refusing)
    told = asyncio.run(keep())
    assert [type(one) for one in told] == [type(None), type(None), ServiceUnavailable, type(None)]
    assert set(states(services)) == {"first", "a", "b"}
    assert "a delivery could not be kept" in caplog.text


def test_deliveries_that_wait_when_the_service_stops_are_kept(services: Container) -> None:
    async def keep() -> InboxWriter:
        writer = InboxWriter(services.database, services.clock)
        for key in ("a", "b", "c"):
            writer.keep(entry(key))
        return writer

    # nobody is there any more to be told
    asyncio.run(keep()).close()
    assert set(states(services)) == {"a", "b", "c"}


def test_a_delivery_that_waits_longest_is_looked_at_after_the_others(services: Container) -> None:
    database, real = services.database, 1_000.0

    def scheduled() -> float:
        with database.read() as connection:
            again = select(due_rows.c.due).where(due_rows.c.kind == DISPATCH)
            return float(connection.scalars(again.where(due_rows.c.ref == store.AGAIN)).one())

    def add(*keys: str) -> None:
        with database.begin() as connection:
            store.add(connection, [entry(key) for key in keys], True, 0.0)

    def take(at: float) -> list[int]:
        return [one.id for one in store.take(database, at, real + at, 10.0, 50)]

    add("late")
    [late] = take(0.0)
    with database.begin() as connection:
        store.postpone(connection, late, real + 600.0)
        store.look_again(connection, 0.0, real)
    add("soon")
    [soon] = take(1.0)
    with database.begin() as connection:
        store.settle(connection, [soon], store.InboxEntryState.DONE)
    assert scheduled() < 12.0
    assert take(scheduled()) == []
    assert scheduled() == pytest.approx(600.1)
    assert take(scheduled()) == [late]


def test_a_replayed_delivery_doesn_t_wait_for_a_postponed_one(
    services: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, now, real = services.database, services.clock.now(), 1_000.0
    with database.begin() as connection:
        store.add(connection, [entry("postponed"), entry("dead")], True, now)
    postponed, failed = store.take(database, now, real, 10.0, 50)
    with database.begin() as connection:
        store.settle(connection, [failed.id], store.InboxEntryState.FAILED)
        connection.execute(delete(due_rows))
    monkeypatch.setattr(dead, "_rows", lambda *_: [failed])
    assert dead.DeadEvents(database, services.clock).replay("acme") == 1
    with database.begin() as connection:  # as the job does that took the other one
        store.postpone(connection, postponed.id, real + 3_600.0)
        store.look_again(connection, now, real)
    with database.read() as connection:
        first = connection.scalar(select(func.min(due_rows.c.due)))
    assert first is not None
    assert first <= services.clock.now()
    assert [one.id for one in store.take(database, now, real, 10.0, 50)] == [failed.id]


@pytest.mark.parametrize("broken", [Ingest, Secrets])
def test_a_delivery_that_fails_unexpectedly_is_not_acknowledged(
    service_without_worker: Service,
    tiktok: Sender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: type[Any],
) -> None:
    service, now = service_without_worker, service_without_worker.services.clock.now()

    async def unread(*_: Any) -> Any:
        raise (
            ServiceUnavailable("The vault is away.")
            if broken is Secrets
            else RuntimeError("a fault")
        )

    with monkeypatch.context() as patch:
        patch.setattr(broken, "_read" if broken is Secrets else "take", unread)
        answer = tiktok.send(moved(1, now), now)
    assert (answer.status_code, answer.json()["error"]["retryable"]) == (503, True)
    assert "fault" not in answer.text
    assert "vault" not in answer.text
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.name for record in errors] == ["stagedoor.webhooks"]
    assert states(service.services) == {}
    assert tiktok.send(moved(1, now), now).status_code == 200


def handler(services: Container, kind: str) -> Any:
    found = services.job_handlers()[kind]
    return found.handler if isinstance(found, Batched) else found


def test_an_inbox_that_can_not_be_emptied_is_emptied_later(
    service_without_worker: Service,
    tiktok: Sender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    services = service_without_worker.services
    now = services.clock.now()
    assert tiktok.send(moved(1, now), now).status_code == 200
    monkeypatch.setattr(jobs, "_PAUSE_SECONDS", 0.0)

    def broken(_: Dispatch) -> int:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(Dispatch, "batch", broken)
        assert handler(services, DISPATCH)("") is JobResult.AGAIN
    assert "the inbox could not be emptied" in caplog.text
    assert set(states(services).values()) == {"waiting"}
    assert handler(services, DISPATCH)("") is JobResult.DONE
    assert set(states(services).values()) == {"done"}


def test_subscriptions_that_can_not_be_repaired_are_repaired_later(
    services: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away(_: BusinessSubscriptions, app_id: str) -> None:
        asked.append(app_id)
        raise ServiceUnavailable("The database is away.")

    monkeypatch.setattr(jobs, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(BusinessSubscriptions, "repair", away)
    begun = time.monotonic()
    assert handler(services, SUBSCRIBE)("an app") is JobResult.AGAIN
    assert time.monotonic() - begun < 5
    assert asked == ["an app"]
