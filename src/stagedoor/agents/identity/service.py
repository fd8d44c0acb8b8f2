"""Agents and their keys: created, changed, stopped, authenticated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import Conflict
from stagedoor.connector.pages import Page, identified
from stagedoor.connector.vault.errors import VaultClosed

from .. import quoting
from ..audit.changes import ChangeKind, changing
from ..audit.errors import AuditUnavailable
from ..audit.service import Audit
from . import keys, rate_limit, store
from .errors import NoAgent, NoLongerTrusted, SeveralAgents
from .toolset import Toolset

CALLS_PER_MINUTE = 60
KEY_DAYS = 365.0
OVERLAP_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Key:
    """The public properties of a key. Times are Unix seconds."""

    prefix: str
    created: float
    ends: float | None
    last_used: float | None


@dataclass(frozen=True, slots=True)
class Agent:
    id: str
    org: str
    name: str
    calls_per_minute: int
    created: float
    created_by: str
    stopped: float | None
    tools: Toolset = Toolset.JOBS
    keys: tuple[Key, ...] = ()

    @classmethod
    def of(cls, row: Row[Any], found: Sequence[Row[Any]] = ()) -> Agent:
        return cls(
            id=row.id,
            org=row.org,
            name=row.name,
            calls_per_minute=row.calls_per_minute,
            created=row.created,
            created_by=row.created_by,
            stopped=row.stopped,
            tools=Toolset(row.tools),
            keys=tuple(
                Key(key.prefix, key.created, key.ends, key.last_used)
                for key in found
                if key.agent_id == row.id
            ),
        )


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key. `secret` is shown this once and stored nowhere."""

    agent: Agent
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AgentCaller:
    """The agent of a key. The key was known at the lookup; each decision checks its validity."""

    org: str
    agent_id: str
    digest: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """The check of a caller before its request is read. `counts`: its key is valid until `ends`,
    its agent isn't stopped, and its rate limit has room."""

    counts: bool
    ends: float


@dataclass(frozen=True, slots=True)
class AgentListeners:
    """Callbacks of other domains, in the transaction that changes an agent."""

    deleted: Sequence[Callable[[TenantConnection, str], None]]
    """Called with the agent's id before its row is deleted, to delete rows that refer to it."""
    keys_end: Sequence[Callable[[TenantConnection, str, float], None]]
    """Called with the agent's id when all its keys are to end at a time."""


class AgentRegistry:
    """The agents of all organisations."""

    def __init__(
        self, database: Database, clock: Clock, audit: Audit, listeners: AgentListeners
    ) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._listeners = listeners

    def create(
        self,
        org: str,
        agent_id: str,
        name: str,
        by: str,
        calls_per_minute: int = CALLS_PER_MINUTE,
        key_days: float = KEY_DAYS,
        tools: Toolset = Toolset.JOBS,
    ) -> NewKey:
        """Create an agent, which may do nothing yet, and its first key.

        Raises `Conflict` if the agent exists: its key was shown to the request that created it.
        """
        now = self._clock.now()
        secret = keys.new()
        with changing(self._database, self._audit, org, now) as made:
            tenant = made.tenant
            if store.get(tenant, agent_id) is not None:
                raise Conflict(
                    f"An earlier request with this Idempotency-Key made the agent {agent_id}: POST "
                    f"/api/agents/{agent_id}/keys makes another key for it."
                )
            store.add(
                tenant,
                id=agent_id,
                name=name,
                calls_per_minute=calls_per_minute,
                created=now,
                created_by=by,
                tools=tools.value,
            )
            _add_key(tenant, agent_id, secret, now, key_days)
            key = keys.shown(secret)
            did = f"made the agent {_name(name)} with the key {key}"
            made.note(ChangeKind.AGENT, by, did, agent_id, name)
        return NewKey(self.get(org, agent_id), secret)

    def get(self, org: str, agent_id: str) -> Agent:
        """Return an agent. Raises `NoAgent`."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            row = store.get(tenant, agent_id)
            if row is None:
                raise NoAgent
            return Agent.of(row, store.keys(tenant, [agent_id]))

    def find(self, org: str, name: str) -> Agent:
        """Find an agent by id, or by a unique name. Raises `NoAgent` and `SeveralAgents`."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            rows = store.named(tenant, name)
            found = store.get(tenant, name) or (rows[0] if len(rows) == 1 else None)
        if found is None and rows:
            raise SeveralAgents(name, [row.id for row in rows])
        if found is None:
            raise NoAgent
        return self.get(org, found.id)

    def page(self, org: str, cursor: str | None = None, limit: int = 50) -> Page[Agent]:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            rows = store.page(tenant, identified(cursor), limit + 1)
            listed = rows[:limit]
            found = store.keys(tenant, [row.id for row in listed])
        shown = [Agent.of(row, found) for row in listed]
        return Page(shown, shown[-1].id if len(rows) > limit else None)

    def change(self, org: str, agent_id: str, values: Mapping[str, Any], by: str = "") -> Agent:
        """Change `name`, `calls_per_minute`, `tools` or `stopped` (true or false). Raises
        `NoAgent`."""
        new = dict(values)
        with changing(self._database, self._audit, org, self._clock.now()) as made:
            tenant = made.tenant
            row = store.get(tenant, agent_id)
            if row is None:
                raise NoAgent
            for did in _described_changes(row, new):
                made.note(ChangeKind.AGENT, by, did, agent_id, row.name)
            if "stopped" in new:
                new["stopped"] = self._clock.now() if new["stopped"] else None
            if new:
                store.change(tenant, agent_id, **new)
        return self.get(org, agent_id)

    def stop(self, org: str, agent_id: str, by: str = "") -> Agent:
        """Stop an agent: from the next decision on it may do nothing, in any process."""
        try:
            return self.change(org, agent_id, {"stopped": True}, by)
        except (AuditUnavailable, VaultClosed):
            # a stop must work even if the audit is broken
            with self._database.begin() as connection:
                store.change(TenantConnection(connection, org), agent_id, stopped=self._clock.now())
            return self.get(org, agent_id)

    def stop_all(self, org: str, by: str = "") -> int:
        """Stop every agent of the organisation. Returns how many were running."""
        now = self._clock.now()
        try:
            with changing(self._database, self._audit, org, now) as made:
                stopped = store.stop_all(made.tenant, now)
                if stopped:
                    made.note(ChangeKind.AGENT, by, "stopped every agent", None, None)
                return stopped
        except (AuditUnavailable, VaultClosed):
            with self._database.begin() as connection:
                return store.stop_all(TenantConnection(connection, org), now)

    def delete(self, org: str, agent_id: str, by: str = "") -> None:
        """Delete the agent, its keys, sign-ins and grants; its calls stay in the audit. Raises
        `NoAgent`."""
        with changing(self._database, self._audit, org, self._clock.now()) as made:
            tenant = made.tenant
            row = store.locked(tenant, agent_id)
            if row is None:
                raise NoAgent
            did = f"deleted {_name(row.name)} with its keys and grants"
            made.note(ChangeKind.AGENT, by, did, agent_id, row.name)
            for delete in self._listeners.deleted:
                delete(tenant, agent_id)
            store.delete_keys(tenant, agent_id)
            store.delete(tenant, agent_id)

    def rotate(
        self,
        org: str,
        agent_id: str,
        overlap_hours: float = OVERLAP_HOURS,
        key_days: float = KEY_DAYS,
        by: str = "",
    ) -> NewKey:
        """Create a key; the earlier keys end after the overlap, with the sign-ins that depend on
        them. Raises `NoAgent`."""
        now = self._clock.now()
        secret = keys.new()
        with changing(self._database, self._audit, org, now) as made:
            tenant = made.tenant
            row = store.locked(tenant, agent_id)
            if row is None:
                raise NoAgent
            did = (
                f"made the key {keys.shown(secret)} for {_name(row.name)}; its other keys end in "
                f"{overlap_hours:g} h"
            )
            made.note(ChangeKind.KEYS, by, did, agent_id, row.name)
            ends = now + overlap_hours * 3600
            store.end_keys(tenant, agent_id, ends)
            for end in self._listeners.keys_end:
                end(tenant, agent_id, ends)
            _add_key(tenant, agent_id, secret, now, key_days)
        return NewKey(self.get(org, agent_id), secret)

    def caller(self, secret: str) -> AgentCaller | None:
        """Return the caller of a key; None if the key is unknown. Its validity is decided with
        each call, so that the call of an expired key is recorded, too."""
        if not keys.looks_like(secret):
            return None
        digest = keys.digest(secret)
        with self._database.read() as connection:
            found = store.holder(connection, digest)
        return None if found is None else AgentCaller(*found, digest)

    def check(self, caller: AgentCaller) -> None:
        """Check a caller where no decision is made. Raises `NoLongerTrusted`."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, caller.org)
            agent, key = store.get(tenant, caller.agent_id), store.key(tenant, caller.digest)
        now = self._clock.now()
        if agent is None or key is None or key.agent_id != agent.id or (key.ends or now) <= now:
            raise NoLongerTrusted("The agent's key has ended: rotate it.")
        if agent.stopped is not None:
            raise NoLongerTrusted("The agent was stopped.")

    def admission(self, caller: AgentCaller) -> Admission | None:
        """Check a caller before its request is read; None: the key, or its agent, is gone.
        Counts no call: the gate does."""
        window = rate_limit.window_of(caller.agent_id)
        with self._database.read() as connection:
            tenant = TenantConnection(connection, caller.org)
            row = store.admission(tenant, caller.agent_id, caller.digest, window)
        if row is None:
            return None
        now, ends = self._clock.now(), row.ends or 0.0
        left = rate_limit.with_call(row.places, now, row.calls_per_minute)
        counts = row.stopped is None and now < ends and not isinstance(left, rate_limit.Beyond)
        return Admission(counts, ends)

    def active_toolset(self, caller: AgentCaller) -> Toolset | None:
        """Return the toolset that a caller sees; None: the agent is gone, was stopped, or its key
        has ended.

        Calls don't need this check: the gate makes its own.
        """
        with self._database.read() as connection:
            row = store.active_toolset(
                TenantConnection(connection, caller.org), caller.agent_id, caller.digest
            )
        if row is None or row.stopped is not None or (row.ends or 0.0) <= self._clock.now():
            return None
        return Toolset(row.tools)


def _name(name: str) -> str:
    return quoting.name(name, "an agent")


def _described_changes(row: Row[Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Describe the effective changes of an agent in words."""
    name = _name(row.name)
    if "stopped" in new and bool(new["stopped"]) != (row.stopped is not None):
        yield f"stopped {name}" if new["stopped"] else f"let {name} act again"
    if new.get("name", row.name) != row.name:
        yield f"renamed {name} to {_name(new['name'])}"
    if new.get("calls_per_minute", row.calls_per_minute) != row.calls_per_minute:
        yield f"let {name} make {new['calls_per_minute']} calls a minute"
    if new.get("tools", row.tools) != row.tools:
        yield f"gave {name} the tools {quoting.token(str(new['tools']))}"


def _add_key(tenant: TenantConnection, agent_id: str, secret: str, now: float, days: float) -> None:
    store.add_key(
        tenant,
        digest=keys.digest(secret),
        agent_id=agent_id,
        prefix=keys.shown(secret),
        created=now,
        ends=now + days * 86_400,
    )
