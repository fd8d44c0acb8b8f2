"""A long audit: verified in as little memory as a short one, and searched as fast."""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

from stagedoor.agents.audit.entry import CallOutcome, Draft, EntryKind, Receipt, outcome_of
from stagedoor.agents.container import Agents
from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.database import TenantConnection

from .databases import database
from .process import ENVIRONMENT, ROOT, python
from .row import Benchmark, Length, Row

SEARCH = 2.0
MEMORY = 1.5
LARGE, SMALL = 10_000_000, 10_000
SHORTER = 200_000
"""Of the large one where the run is short."""
ORG, WORD = "acme", "needle"
_RARE = 997
"""One call in so many has the word in it."""
_STRETCH = 5_000


def run(length: Length) -> list[Row]:
    large = LARGE if length is Length.FULL else SHORTER
    with ExitStack() as stack:
        sizes = {}
        for size in (SMALL, large):
            _, environment = stack.enter_context(database("SQLite"))
            _fill(environment, size)
            sizes[size] = environment
        verified = {size: _read("verify", environment) for size, environment in sizes.items()}
        searched = {size: _read("search", environment) for size, environment in sizes.items()}
    assert {size: told["entries"] for size, told in verified.items()} == {n: n for n in sizes}
    most, least = (verified[size]["peak"] / 1e6 for size in (large, SMALL))
    slow, quick = (searched[size]["seconds"] * 1e3 for size in (large, SMALL))
    rate = large / verified[large]["seconds"]
    return [
        Row(
            f"search in an audit of {large:,} entries",
            slow / quick,
            SEARCH,
            f"{slow:.1f} ms a page, of {SMALL:,} entries {quick:.1f} ms",
        ),
        Row(
            f"verifying {large:,} entries, memory",
            most / least,
            MEMORY,
            f"{most:.0f} MB at {rate:,.0f} entries/s, of {SMALL:,} entries {least:.0f} MB",
        ),
    ]


def _fill(environment: dict[str, str], size: int) -> None:
    """Decisions and their outcomes, in turns."""
    services = Container.build(settings.load(environ=environment))
    audit = Agents(services).audit
    try:
        audit.begin(ORG)
        key, drafts = audit.key(ORG), _drafts()
        for first in range(0, size, _STRETCH):
            some = list(itertools.islice(drafts, min(_STRETCH, size - first)))
            with services.database.begin() as connection:
                tenant = TenantConnection(connection, ORG)
                audit.write_all(tenant, key, audit.lock(tenant, key), some)
    finally:
        services.close()


def _drafts() -> Iterator[Draft]:
    begun = time.time()
    for number in itertools.count(1):
        at = begun + number
        if number % 2 == 0:
            yield outcome_of(Receipt(ORG, number - 1), CallOutcome.DONE, f"log{number}", at)
            continue
        word = WORD if number % _RARE == 0 else "product"
        yield Draft(
            kind=EntryKind.DECISION,
            at=at,
            agent=f"agent{number % 50}",
            account="account1",
            operation="posting.video_init",
            resource="posting",
            decision="allowed",
            rule="posting.full",
            policy_version=1,
            text={
                "sentence": f"Social Agent asked to post 'New {word} drop' to @demo. Allowed.",
                "agent": "Social Agent",
                "account": "@demo",
                "context": {"at": int(at), "draft": False, "privacy": "SELF_ONLY"},
                "approved": False,
            },
        )


def _read(what: str, environment: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        python("-m", "benchmarks.audit_reader", what),
        cwd=ROOT,
        env=ENVIRONMENT | environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


BENCHMARK = Benchmark("audit-large", run)
