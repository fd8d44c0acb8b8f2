"""Verifies or searches an audit in a process of its own, and prints what that took, as JSON.

`python -m benchmarks.audit_reader verify|search` on the database of the environment.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

from stagedoor.agents.audit.service import Audit
from stagedoor.agents.audit.store import EntryFilter
from stagedoor.agents.container import Agents
from stagedoor.connector import settings
from stagedoor.connector.container import Container

from .audit_large import ORG, WORD
from .uploader import peak

TIMES = 25


def main(what: str) -> None:
    services = Container.build(settings.load())
    audit = Agents(services).audit
    try:
        if what == "verify":
            begun = time.perf_counter()
            report = audit.verify(ORG)
            assert report.intact, report
            told = {"seconds": time.perf_counter() - begun, "entries": report.entries}
        else:
            told = {"seconds": statistics.median(_search(audit) for _ in range(TIMES))}
    finally:
        services.close()
    print(json.dumps({**told, "peak": peak()}))


def _search(audit: Audit) -> float:
    begun = time.perf_counter()
    page = audit.page(ORG, EntryFilter(words=WORD))
    assert page.items, "the search found nothing"
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(*sys.argv[1:])
