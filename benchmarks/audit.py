"""A decision with its row in the audit, against one bare durable insert on the same database."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from stagedoor.agents.container import Agents
from stagedoor.agents.decisions.decision import Allow
from stagedoor.agents.grants.presets import PRESETS, Preset
from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.integrations import store as integrations

from .contest import contest, ratio, typical
from .databases import KINDS, database
from .row import Benchmark, Length, Row

TIMES = 2.0
CALLS = 400
AGENTS = 200
ORG = "acme"
ACCOUNT = "account1"
_ROW = "x" * 500
_FIELDS = {"fields": ["id", "title", "view_count"]}


def run(length: Length) -> list[Row]:
    rounds = 15 if length is Length.SHORT else 45
    return [row for kind in KINDS for row in _measured(kind, rounds)]


def _measured(kind: str, rounds: int) -> list[Row]:
    with database(kind) as (_, environment):
        services = Container.build(settings.load(environ=environment))
        try:
            ask, bare = _decision(services), _insert(services.database)
            found = contest(lambda: _times(ask), lambda: _times(bare), rounds)
        finally:
            services.close()
    rows = []
    for name, part in (("median", 0.5), ("p99", 0.99)):
        pairs = [(_at(ours, part), _at(theirs, part)) for ours, theirs in found]
        mine, base = typical(pairs)
        detail = f"{mine * 1e6:,.0f} µs, the insert alone {base * 1e6:,.0f} µs"
        rows.append(Row(f"decision and audit row, {kind}, {name}", ratio(pairs), TIMES, detail))
    return rows


def _times(once: Callable[[], None]) -> list[float]:
    """Seconds of each of many calls, in order of length."""
    found = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        once()
        found.append(time.perf_counter() - begun)
    return sorted(found)


def _at(times: list[float], part: float) -> float:
    return times[int(len(times) * part)]


def _decision(services: Container) -> Callable[[], None]:
    """Agents with the default limit in turns, as an organisation has them."""
    agents = Agents(services)
    _connect(services)
    policy = agents.grants.policy(ORG, PRESETS[Preset.PUBLISHER])
    callers = []
    for number in range(AGENTS):
        made = agents.identity.create(ORG, f"agent{number}", "Social Agent", "bench")
        agents.grants.put(ORG, made.agent.id, policy, "bench")
        callers.append(agents.identity.caller(made.secret))
    turns = itertools.cycle(callers)

    def ask() -> None:
        found = agents.gate.decide(next(turns), "display.video_list", ACCOUNT, _FIELDS)
        assert isinstance(found, Allow), found

    return ask


def _connect(services: Container) -> None:
    """An account, as a login leaves it."""
    app = services.apps.of_org(ORG)
    now = time.time()
    with services.database.begin() as connection:
        integrations.add_grant(
            connection,
            id="grant1",
            app_id=app.id,
            open_id="creator1",
            kind="creator",
            scopes=["video.list"],
            status="active",
            username="demo",
            connected_at=now,
            created=now,
        )
        tenant = TenantConnection(connection, ORG)
        integrations.add_integration(
            tenant, id=ACCOUNT, grant_id="grant1", created=now, connected_at=now
        )
        integrations.add_credential(
            tenant,
            integration_id=ACCOUNT,
            kind="creator",
            grant_id="grant1",
            requested=["video.list"],
            granted=["video.list"],
            connected_at=now,
        )


def _insert(into: Database) -> Callable[[], None]:
    table = Table(
        "bench_rows", MetaData(), Column("id", Integer, primary_key=True), Column("text", String)
    )
    with into.begin() as connection:
        table.create(connection)
    statement = insert(table)

    def once() -> None:
        with into.begin() as connection:
            connection.execute(statement, {"text": _ROW})

    return once


BENCHMARK = Benchmark("audit", run)
