"""An access token from the vault, against one primary-key read through the same database layer."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import bindparam, select

from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.integrations import store
from stagedoor.connector.integrations.models import grants
from stagedoor.connector.integrations.tokens import ACCESS, TABLE

from .contest import contest, ratio, typical
from .databases import KINDS, database
from .row import Benchmark, Length, Row

TIME = 1.5
CALLS = 500
GRANT = "g1"
SECRET = "act." + "x" * 120


def run(length: Length) -> list[Row]:
    rounds = 15 if length is Length.SHORT else 45
    return [_row(kind, rounds) for kind in KINDS]


def _row(kind: str, rounds: int) -> Row:
    with database(kind) as (_, environment):
        services = Container.build(settings.load(environ=environment))
        try:
            _connect(services)
            row = select(grants.c.access_token).where(grants.c.id == bindparam("id"))

            def ours() -> str:
                return services.integrations.access_token(GRANT)

            def bare() -> str:
                with services.database.read() as connection:
                    return str(connection.scalars(row, {"id": GRANT}).one())

            assert ours() == SECRET != bare()
            times = contest(lambda: _seconds(ours), lambda: _seconds(bare), rounds)
        finally:
            services.close()
    mine, theirs = (value / CALLS * 1e6 for value in typical(times))
    return Row(
        f"token from the vault on {kind}",
        ratio(times),
        TIME,
        f"{mine:.0f} µs, one primary-key read {theirs:.0f} µs",
    )


def _connect(services: Container) -> None:
    app = services.apps.of_org("acme")
    now = services.clock.now()
    sealed = services.vault.seal(app.id, TABLE, GRANT, ACCESS, SECRET)
    with services.database.begin() as connection:
        store.add_grant(
            connection,
            id=GRANT,
            app_id=app.id,
            open_id="someone",
            kind="creator",
            access_token=sealed,
            scopes=[],
            expires_at=now + 86_400,
            status="active",
            connected_at=now,
            created=now,
        )


def _seconds(call: Callable[[], str]) -> float:
    begun = time.perf_counter()
    for _ in range(CALLS):
        call()
    return time.perf_counter() - begun


BENCHMARK = Benchmark("token", run)
