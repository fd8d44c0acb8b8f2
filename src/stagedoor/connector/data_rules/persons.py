"""A person's data: finding it, and erasing it in batches that go on after a kill."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ..clock import Clock
from ..data_kinds import DataKind, DataSubject, Sample
from ..database import Database, TenantConnection
from ..integrations.errors import NoCredential, NoIntegration
from ..integrations.service import Integrations
from ..schedule import store as due_rows
from ..vault import Vault
from . import store
from .errors import AccountConnected, NoErasure
from .registry import DataRegistry

ERASE = "data-erasure"
"""Kind of due row: go on with an erasure; its ref is organisation/erasure."""
RUNNING, DONE = "running", "done"
_RETRY_SECONDS = 300.0
_AT_ONCE = 40
"""Batches that a request erases; the job does the rest."""
_FIND_BATCHES = 5
_SAMPLES = 5

logger = logging.getLogger("stagedoor.data")


@dataclass(frozen=True, slots=True)
class FoundKind:
    """A person's data of one kind. `count` None: the kind isn't searched."""

    kind: DataKind
    count: int | None
    more: bool
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class PersonErasure:
    """An erasure; times in Unix seconds."""

    id: str
    state: str
    erased: Mapping[str, int]
    asked_by: str
    created: float
    ended: float | None


class Persons:
    """Finds and erases an organisation's data about a person. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        integrations: Integrations,
        registry: DataRegistry,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._integrations = integrations
        self._registry = registry

    def find(
        self, org: str, username: str | None, ids: tuple[str, ...]
    ) -> tuple[DataSubject, list[FoundKind]]:
        """The data that is kept of a person, by kind: bounded counts, and some samples."""
        person = self._resolved(org, username, ids)
        return person, [self._found(org, kind, person) for kind in self._registry.kinds]

    def _found(self, org: str, kind: DataKind, person: DataSubject) -> FoundKind:
        if kind.find is None:
            return FoundKind(kind, None, False, ())
        count, after = 0, None
        samples: list[Sample] = []
        for _ in range(_FIND_BATCHES):
            batch = kind.find(org, person, after)
            count, after = count + batch.count, batch.after
            samples += batch.samples[: _SAMPLES - len(samples)]
            if after is None:
                break
        return FoundKind(kind, count, after is not None, tuple(samples))

    def erase(
        self,
        org: str,
        by: str,
        erasure_id: str,
        username: str | None,
        ids: tuple[str, ...],
        disconnect: bool,
    ) -> PersonErasure:
        """Erase a person's data: at once where it is little, else by a job. To erase again finds
        nothing. Raises `AccountConnected` unless the person's credentials may be ended."""
        known = self._row(org, erasure_id)
        if known is None:
            person = replace(self._resolved(org, username, ids), by=by)
            with self._database.read() as connection:
                tenant = TenantConnection(connection, org)
                held = self._integrations.of_person(tenant, person.username, person.ids)
            usable = sorted({account for account, _, status, _ in held if status.usable})
            if usable and not disconnect:
                raise AccountConnected(usable)
            self._begin(org, erasure_id, person)
        for _ in range(_AT_ONCE):
            if not self.part(f"{org}/{erasure_id}"):
                break
        return self.get(org, erasure_id)

    def get(self, org: str, erasure_id: str) -> PersonErasure:
        """Raises `NoErasure`."""
        row = self._row(org, erasure_id)
        if row is None:
            raise NoErasure
        return PersonErasure(row.id, row.state, row.erased, row.asked_by, row.created, row.ended)

    def part(self, ref: str) -> bool:
        """Erase a batch; return whether anything is left. A failed batch is retried later."""
        org, _, erasure_id = ref.rpartition("/")
        row = self._row(org, erasure_id)
        if row is None or row.state == DONE:
            return False
        with self._database.begin() as connection:
            # first: the worker deletes the row that it took, never one that was moved since
            due_rows.wait(connection, ERASE, ref, self._clock.now() + _RETRY_SECONDS)
        person = self._opened(org, row)
        name, after = row.place
        kinds = [kind for kind in self._registry.kinds if kind.erase is not None]
        if name is None:
            self._end_credentials(org, person)
            return self._go_on(org, erasure_id, kinds[0].name, None, None)
        at = next((n for n, kind in enumerate(kinds) if kind.name == name), 0)
        erase = kinds[at].erase
        assert erase is not None  # noqa: S101
        batch = erase(org, person, after)
        counted = (name, batch.count)
        if batch.after is not None:
            return self._go_on(org, erasure_id, name, batch.after, counted)
        following = kinds[at + 1].name if at + 1 < len(kinds) else None
        return self._go_on(org, erasure_id, following, None, counted)

    def _go_on(
        self,
        org: str,
        erasure_id: str,
        name: str | None,
        after: str | None,
        counted: tuple[str, int] | None,
    ) -> bool:
        """Record the progress and the next batch; `name` None: this was the last batch."""
        ended: dict[str, Any] = {}
        if name is None:
            ended = {"state": DONE, "person": None, "ended": self._clock.now()}
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.find(tenant, erasure_id, lock=True)
            erased = dict(row.erased)
            if counted is not None and counted[1]:
                erased[counted[0]] = erased.get(counted[0], 0) + counted[1]
            store.change(tenant, erasure_id, place=[name, after], erased=erased, **ended)
            if name is None:
                due_rows.forget(connection, ERASE, f"{org}/{erasure_id}")
            else:
                due_rows.wait(connection, ERASE, f"{org}/{erasure_id}", self._clock.now() + 60.0)
        if name is None:
            logger.info("a person's data was erased", extra={"org": org, "erasure": erasure_id})
        return name is not None

    def _begin(self, org: str, erasure_id: str, person: DataSubject) -> None:
        known = {"username": person.username, "ids": person.ids, "accounts": person.accounts}
        sealed = self._vault.seal(*_cell(org, erasure_id), json.dumps(known | {"by": person.by}))
        now = self._clock.now()
        with self._database.begin() as connection:
            store.add_new(
                TenantConnection(connection, org),
                id=erasure_id,
                asked_by=person.by,
                created=now,
                person=sealed,
                state=RUNNING,
                place=[None, None],
                erased={},
            )
            due_rows.wait(connection, ERASE, f"{org}/{erasure_id}", now + 60.0)

    def _opened(self, org: str, row: Any) -> DataSubject:
        known = json.loads(self._vault.open(*_cell(org, row.id), row.person))
        return DataSubject(
            known["username"], tuple(known["ids"]), tuple(known["accounts"]), known["by"]
        )

    def _end_credentials(self, org: str, person: DataSubject) -> None:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            held = self._integrations.of_person(tenant, person.username, person.ids)
        for account, kind, _, _ in held:
            with suppress(NoIntegration, NoCredential):
                self._integrations.delete(org, account, kind)

    def _resolved(self, org: str, username: str | None, ids: tuple[str, ...]) -> DataSubject:
        """The person with all accounts and ids that the organisation knows."""
        name = None if username is None else username.removeprefix("@").lower()
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            held = self._integrations.of_person(tenant, name, ids)
            accounts = {account for account, _, _, _ in held}
            every_id = {*ids, *(open_id for _, _, _, open_id in held)}
            for kind in self._registry.kinds:
                if name is not None and kind.accounts is not None:
                    accounts.update(kind.accounts(tenant, name))
                if name is not None and kind.ids is not None:
                    every_id.update(kind.ids(tenant, name))
        return DataSubject(name, tuple(sorted(every_id)), tuple(sorted(accounts)))

    def _row(self, org: str, erasure_id: str) -> Any:
        with self._database.read() as connection:
            return store.find(TenantConnection(connection, org), erasure_id)


def _cell(org: str, erasure_id: str) -> tuple[str, str, str, str]:
    return f"org:{org}", "data_erasures", erasure_id, "person"
