"""Webhooks kept before they are acknowledged, against a server that verifies and keeps nothing."""

from __future__ import annotations

from sqlalchemy import func, select

from stagedoor.connector.database import Database
from stagedoor.connector.webhooks.models import inbox

from .contest import contest, ratio, typical
from .databases import KINDS, database
from .process import free_port, python, serving
from .row import Benchmark, Better, Length, Row
from .webhook_load import Webhooks
from .wrk import Load, seconds_of

RATE = 0.25
MOST = 30_000
"""Events prepared for a trial: more than any server here answers in a second."""


def run(length: Length) -> list[Row]:
    rounds = 3 if length is Length.SHORT else 15
    return [row for kind in KINDS for row in _rows(kind, rounds, seconds_of(length))]


def _rows(kind: str, rounds: int, seconds: int) -> list[Row]:
    mine, theirs = free_port(), free_port()
    with database(kind) as (folder, environment):
        ours_side = python("-m", "benchmarks.receiver", str(mine))
        bare_side = python("-m", "benchmarks.verifier", str(theirs))
        webhooks = Webhooks(folder)
        acknowledged = 0

        def ours() -> Load:
            nonlocal acknowledged
            load = webhooks.run(mine, seconds, MOST * seconds)
            acknowledged += load.requests - load.refused
            return load

        def bare() -> Load:
            return webhooks.run(theirs, seconds, MOST * seconds)

        with serving(ours_side, mine, environment), serving(bare_side, theirs):
            loads = contest(ours, bare, rounds)
        opened = Database(environment["STAGEDOOR_DATABASE_URL"])
        with opened.read() as connection:
            kept = connection.scalars(select(func.count()).select_from(inbox)).one()
        opened.close()
    # wrk leaves a last request unanswered on each connection: kept, and not counted by it
    lost = max(0, acknowledged - kept)
    rates = [(one.rate, other.rate) for one, other in loads]
    failed = sum(load.refused + load.broken for pair in loads for load in pair)
    my_rate, their_rate = typical(rates)
    p99 = typical([(one.p99, other.p99) for one, other in loads])[0] / 1_000
    return [
        Row(
            f"webhooks kept on {kind}, rate",
            ratio(rates),
            RATE,
            f"{my_rate:,.0f} events/s (p99 {p99:.0f} ms), only verified {their_rate:,.0f}",
            Better.HIGHER,
        ),
        Row(
            f"webhooks kept on {kind}, lost or not 200",
            lost + failed,
            0,
            f"of {acknowledged:,} events acknowledged, {kept:,} kept",
            unit="events",
        ),
    ]


BENCHMARK = Benchmark("webhooks", run)
