"""Changes that people make to agents, as entries of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from stagedoor.connector.database import Database, TenantConnection

from .. import quoting
from .entry import Draft, EntryKind
from .service import Audit

CHANGED = "changed"
"""The `decision` of an entry about a change."""


class ChangeKind(StrEnum):
    """The kind of a change: the entry's `rule`."""

    AGENT = "agent"
    GRANTS = "grants"
    KEYS = "keys"


@dataclass(slots=True)
class ChangeTransaction:
    """A transaction that holds the chain lock, and the entries to append at its end."""

    tenant: TenantConnection
    at: float
    drafts: list[Draft] = field(default_factory=list)

    def note(
        self,
        what: ChangeKind,
        by: str,
        did: str,
        agent_id: str | None,
        agent: str | None,
        version: int | None = None,
    ) -> None:
        """Note a change. `did` follows the person's name, as in "stopped Social Agent"."""
        sentence = f"{quoting.name(by, 'Somebody')} {did}."
        self.drafts.append(
            Draft(
                kind=EntryKind.CHANGE,
                at=self.at,
                agent=agent_id,
                decision=CHANGED,
                rule=what.value,
                policy_version=version,
                text={"sentence": sentence, "agent": agent, "by": by},
            )
        )


@contextmanager
def changing(database: Database, audit: Audit, org: str, now: float) -> Iterator[ChangeTransaction]:
    """Run a transaction whose changes are recorded in the audit, atomically.

    The chain lock is taken first, as decisions take it before rows of agents. Raises
    `AuditUnavailable`.
    """
    audit.begin(org)
    key = audit.key(org)
    with database.begin() as connection:
        tenant = TenantConnection(connection, org)
        end = audit.lock(tenant, key)
        made = ChangeTransaction(tenant, now)
        yield made
        if made.drafts:
            audit.write_all(tenant, key, end, made.drafts)
