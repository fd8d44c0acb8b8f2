"""Changes that people make to agents, as entries of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from stagedoor.connector.database import Database, TenantConnection

from .. import quoting
from .entry import Draft, Kind
from .service import Audit

CHANGED = "changed"
"""In place of a decision."""


class What(StrEnum):
    """The kind of a change: the entry's `rule`."""

    AGENT = "agent"
    GRANTS = "grants"
    KEYS = "keys"


@dataclass(slots=True)
class Changing:
    """A transaction that holds the end of the chain, and what is to be written after it."""

    scope: TenantConnection
    at: float
    drafts: list[Draft] = field(default_factory=list)

    def note(
        self,
        what: What,
        by: str,
        did: str,
        agent_id: str | None,
        agent: str | None,
        version: int | None = None,
    ) -> None:
        """`did` follows the name of who did it, such as "stopped Social Agent"."""
        sentence = f"{quoting.name(by, 'Somebody')} {did}."
        self.drafts.append(
            Draft(
                kind=Kind.CHANGE,
                at=self.at,
                agent=agent_id,
                decision=CHANGED,
                rule=what.value,
                policy_version=version,
                text={"sentence": sentence, "agent": agent, "by": by},
            )
        )


@contextmanager
def changing(database: Database, audit: Audit, org: str, now: float) -> Iterator[Changing]:
    """A transaction whose changes are noted, all of it or nothing.

    The end of the chain is held before anything else, as decisions hold it before agents.
    Raises `AuditUnavailable`.
    """
    audit.begin(org)
    key = audit.key(org)
    with database.begin() as connection:
        scope = TenantConnection(connection, org)
        end = audit.lock(scope, key)
        made = Changing(scope, now)
        yield made
        if made.drafts:
            audit.write_all(scope, key, end, made.drafts)
