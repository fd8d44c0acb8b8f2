"""A service in this process that synchronises accounts of a local TikTok, on a clock that only the
benchmark moves."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from stagedoor.client import Tokens
from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations import store
from stagedoor.connector.integrations.accounts import CredentialKind, CredentialStatus
from stagedoor.connector.integrations.tokens import sealed
from stagedoor.connector.jobs import Batched, JobResult
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.connector.schedule import store as due_rows
from stagedoor.platform.scopes import Scope

from .databases import database
from .process import free_port, serving
from .start import COMMAND

ORG = "acme"
APP = "emulator-client-key"
SCOPES = (
    Scope.USER_INFO_BASIC,
    Scope.USER_INFO_PROFILE,
    Scope.USER_INFO_STATS,
    Scope.VIDEO_LIST,
)
_THREADS = 8
_BATCH = 64
_DAY = 86_400.0


class MovedClock:
    """The emulator's clock, which stands still until it is moved."""

    def __init__(self, control: httpx2.Client) -> None:
        self._control = control
        control.post("clock", json={"freeze": True}).raise_for_status()
        self._now = float(control.get("clock").raise_for_status().json()["now"])

    def now(self) -> float:
        return self._now

    def close(self) -> None:
        """Nothing to close."""

    def advance(self, seconds: float) -> None:
        self._control.post("clock", json={"advance": seconds}).raise_for_status()
        self._now = float(self._control.get("clock").raise_for_status().json()["now"])


@dataclass
class Stage:
    """The service, the emulator's control routes, and how TikTok answered."""

    services: Container
    control: httpx2.Client
    clock: MovedClock
    answers: dict[int, int] = field(default_factory=dict)
    """By HTTP status."""

    def __post_init__(self) -> None:
        self._handlers = {
            kind: given.handler if isinstance(given, Batched) else given
            for kind, given in self.services.job_handlers().items()
        }
        self._pool = ThreadPoolExecutor(_THREADS)

    def connect(self, accounts: int, videos: int, days: int) -> None:
        """Connect new accounts, each with so many videos spread over `days`."""
        for number in range(accounts):
            name = f"creator{number}"
            self.control.post("creators", json={"username": name}).raise_for_status()
            batch = {"creator": name, "count": videos, "days": days}
            self.control.post("videos/batch", json=batch).raise_for_status()
            asked = {"client_key": APP, "creator": name, "scopes": list(SCOPES)}
            issued = self.control.post("tokens", json=asked).raise_for_status().json()
            self._adopt(issued)

    def _adopt(self, issued: dict[str, Any]) -> None:
        services, now = self.services, self.clock.now()
        app = services.apps.of_org(ORG)
        grant_id = uuid.uuid4().hex
        tokens = Tokens(
            access_token=issued["access_token"],
            refresh_token=issued["refresh_token"],
            open_id=issued["open_id"],
            expires_at=now + _DAY,
        )
        values = sealed(services.vault, app.id, grant_id, tokens)
        consent = {"requested": list(SCOPES), "granted": list(SCOPES), "connected_at": now}
        with services.database.begin() as connection:
            store.add_grant(
                connection,
                id=grant_id,
                app_id=app.id,
                open_id=issued["open_id"],
                kind=CredentialKind.CREATOR.value,
                scopes=list(SCOPES),
                status=CredentialStatus.ACTIVE.value,
                created=now,
                connected_at=now,
                **values,
            )
            tenant = TenantConnection(connection, ORG)
            times = {"created": now, "connected_at": now}
            store.add_integration(tenant, id=grant_id, grant_id=grant_id, **times)
            store.add_credential(
                tenant,
                integration_id=grant_id,
                kind=CredentialKind.CREATOR.value,
                grant_id=grant_id,
                **consent,
            )
            services.sync_schedule.connected(tenant, grant_id, CredentialKind.CREATOR)

    def pump(self) -> list[str]:
        """Run one batch of what is due; the refs."""
        services = self.services
        rows = due_rows.take(services.database, "bench", self.clock.now(), time.time(), 600, _BATCH)
        if rows:
            due_rows.done(services.database, [row.id for row in rows])
            list(self._pool.map(self._run, rows))
        return [row.ref for row in rows if row.kind == "sync"]

    def _run(self, row: due_rows.Due) -> None:
        while self._handlers[row.kind](row.ref) is JobResult.AGAIN:
            pass

    def next_due(self) -> float:
        """The time of the earliest due row."""
        from sqlalchemy import func, select

        from stagedoor.connector.schedule.models import due_rows as table

        with self.services.database.read() as connection:
            return float(connection.execute(select(func.min(table.c.due))).scalar_one())

    def close(self) -> None:
        self._pool.shutdown()


@contextmanager
def stage() -> Iterator[Stage]:
    """On SQLite, with the emulator in a process of its own."""
    with ExitStack() as stack:
        _, environment = stack.enter_context(database("SQLite"))
        port = free_port()
        stack.enter_context(serving([COMMAND, "emulator", "--port", str(port)], port))
        url = f"http://127.0.0.1:{port}"
        control = stack.enter_context(httpx2.Client(base_url=f"{url}/_emulator/", timeout=60))
        clock = MovedClock(control)
        loaded = settings.load(environ=environment | {"STAGEDOOR_TIKTOK_URL": url})
        services = Container.build(loaded)
        services.clock = clock
        stack.callback(services.close)
        # a wait is a due row: no thread sleeps while the clock stands still
        services.__dict__["pacer"] = DatabasePacer(services.database, clock, patience=0.0)
        made = Stage(services, control, clock)
        stack.callback(made.close)

        def hear(response: httpx2.Response) -> None:
            made.answers[response.status_code] = made.answers.get(response.status_code, 0) + 1

        services.http.event_hooks = {"response": [hear]}
        yield made
