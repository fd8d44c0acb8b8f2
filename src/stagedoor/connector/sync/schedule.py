"""When each account's synchronisation runs next: kept in its state, and as a due row."""

from __future__ import annotations

from collections.abc import Sequence

from ..clock import Clock
from ..database import TenantConnection
from ..integrations.accounts import CredentialKind
from ..notices.service import Notices
from ..schedule import store as due_rows
from . import store
from .sync_run import Wanted
from .types import TYPES

RUN = "sync"
"""Kind of due row: run one type for one account."""


def ref_of(org: str, integration: str, kind: str) -> str:
    return f"{org}/{integration}/{kind}"


def types_of(subject: CredentialKind) -> list[str]:
    """The types that need a credential of this kind, in the order of their names."""
    return sorted(one.name for one in TYPES.values() if one.subject is subject)


class SyncSchedule:
    """Moves the next runs. Thread-safe. Every method works in the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def at(self, tenant: TenantConnection, integration: str, kind: str, due: float) -> None:
        """Set the due row of the next run, which the state has already."""
        due_rows.wait(tenant.connection, RUN, ref_of(tenant.org, integration, kind), due)

    def bring_forward(
        self, tenant: TenantConnection, integration: str, kind: str, due: float
    ) -> None:
        """Run the type at `due`, unless it runs earlier anyway or isn't the account's."""
        row = store.lock(tenant, integration, kind)
        if row is None or row.unavailable is not None:
            return
        if row.due is None or row.due > due:
            store.change(tenant, integration, kind, due=due)
            if not store.paused(tenant, kind):
                self.at(tenant, integration, kind, due)

    def trigger(
        self, tenant: TenantConnection, kind: str, integrations: Sequence[str], wanted: Wanted
    ) -> None:
        """Run the type now for these accounts, with the options of a trigger, and of those before
        it that no run has taken yet."""
        now = wanted.at
        groups: dict[Wanted, list[str]] = {}
        for integration, left in store.wanted(tenant, kind, integrations).items():
            before = Wanted.read(left)
            both = wanted if before is None else before.joined(wanted)
            groups.setdefault(both, []).append(integration)
        for both, some in groups.items():
            store.want(tenant, kind, some, now, both.stored())
        if not store.paused(tenant, kind):
            self._all_at(tenant, kind, integrations, now)

    def resume(self, tenant: TenantConnection, kind: str, integrations: Sequence[str]) -> None:
        """Add the due rows of accounts whose type was paused."""
        self._all_at(tenant, kind, integrations, self._clock.now())

    def _all_at(
        self, tenant: TenantConnection, kind: str, integrations: Sequence[str], due: float
    ) -> None:
        refs = [ref_of(tenant.org, one, kind) for one in integrations]
        due_rows.wait_all(tenant.connection, RUN, refs, due)

    # accounts

    def connected(
        self, tenant: TenantConnection, integration: str, subject: CredentialKind
    ) -> None:
        """An account was connected by a credential of this kind, or connected again: everything is
        read now."""
        now = self._clock.now()
        for kind in types_of(subject):
            store.add(tenant, integration, kind)
            new = {"due": now, "attempts": 0, "error": None, "unavailable": None}
            store.change(tenant, integration, kind, **new)
            if not store.paused(tenant, kind):
                self.at(tenant, integration, kind, now)

    def stopped(
        self, _: Notices, tenant: TenantConnection, integration: str, subject: CredentialKind
    ) -> None:
        """The credential can't be used: nothing runs by it before the account is connected
        again."""
        self._stop(tenant, integration, types_of(subject))

    def given_up(
        self, _: Notices, tenant: TenantConnection, integration: str, subject: CredentialKind
    ) -> None:
        """The organisation gave a credential up: runs under way can't write any more."""
        self._remove(tenant, integration, types_of(subject))

    def deleted(self, _: Notices, tenant: TenantConnection, integration: str) -> None:
        """The organisation gave the account up: runs under way can't write any more."""
        self._remove(tenant, integration, sorted(TYPES))

    def _remove(self, tenant: TenantConnection, integration: str, kinds: Sequence[str]) -> None:
        self._stop(tenant, integration, kinds)
        store.remove(tenant, integration, kinds)

    def _stop(self, tenant: TenantConnection, integration: str, kinds: Sequence[str]) -> None:
        store.stop(tenant, integration, kinds)
        for kind in kinds:
            due_rows.forget(tenant.connection, RUN, ref_of(tenant.org, integration, kind))
