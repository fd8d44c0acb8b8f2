"""One approval's job in a process of its own, which a drill may kill. Its settings come from the
environment."""

from __future__ import annotations

from stagedoor.agents.approvals.store import KIND
from stagedoor.agents.extension import extend
from stagedoor.connector.container import Container
from stagedoor.connector.jobs import Batched
from stagedoor.connector.settings import load


def main(ref: str) -> None:
    """`ref`: ORG/APPROVAL."""
    services = Container.build(load())
    handler = extend(services).handlers[KIND]
    assert not isinstance(handler, Batched)
    handler(ref)
    services.close()
