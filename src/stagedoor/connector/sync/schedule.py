"""When each account's synchronisation runs next: kept in its state, and as a due row."""

from __future__ import annotations

from collections.abc import Sequence

from ..clock import Clock
from ..database import TenantConnection
from ..integrations.accounts import Kind
from ..notices.service import Notices
from ..schedule import store as due_rows
from . import store
from .stretch import Wanted
from .types import TYPES

RUN = "sync"
"""Kind of due row: run one type for one account."""
ERASE = "sync-erase"
"""Kind of due row: delete the data that TikTok gave by an account's credential."""
KEEP_REMOVED_SECONDS = 30 * 86_400.0
"""How long the engagement data of an account stays after its authorization was removed: the creator
may connect again."""


def ref_of(org: str, integration: str, kind: str) -> str:
    return f"{org}/{integration}/{kind}"


def erase_ref(org: str, integration: str, subject: Kind) -> str:
    """The ref of an erasure: organisation/integration for the creator's data, and for another
    credential's with its kind behind."""
    account = f"{org}/{integration}"
    return account if subject is Kind.CREATOR else f"{account}/{subject.value}"


def erased(ref: str) -> tuple[str, str, Kind]:
    """Organisation, integration and kind of credential of an erasure's ref."""
    head, _, last = ref.rpartition("/")
    if last not in tuple(Kind):
        return head, last, Kind.CREATOR
    org, _, integration = head.rpartition("/")
    return org, integration, Kind(last)


def types_of(subject: Kind) -> list[str]:
    """The types that need a credential of this kind, in the order of their names."""
    return sorted(one.name for one in TYPES.values() if one.subject is subject)


class Schedule:
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

    def connected(self, tenant: TenantConnection, integration: str, subject: Kind) -> None:
        """An account was connected by a credential of this kind, or connected again: everything is
        read now."""
        now = self._clock.now()
        due_rows.forget(tenant.connection, ERASE, erase_ref(tenant.org, integration, subject))
        for kind in types_of(subject):
            store.add(tenant, integration, kind)
            new = {"due": now, "attempts": 0, "error": None, "unavailable": None}
            store.change(tenant, integration, kind, **new)
            if not store.paused(tenant, kind):
                self.at(tenant, integration, kind, now)

    def stopped(
        self, _: Notices, tenant: TenantConnection, integration: str, subject: Kind
    ) -> None:
        """The credential can't be used: nothing runs by it before the account is connected
        again."""
        self._stop(tenant, integration, types_of(subject))

    def revoked(
        self, told: Notices, tenant: TenantConnection, integration: str, subject: Kind
    ) -> None:
        """The authorization was removed: what it gave is deleted some time later."""
        self.stopped(told, tenant, integration, subject)
        if types_of(subject):
            at = self._clock.now() + KEEP_REMOVED_SECONDS
            self._erase(tenant, integration, subject, at)

    def deleted(self, _: Notices, tenant: TenantConnection, integration: str) -> None:
        """The organisation gave the account up: its data is deleted now."""
        self._stop(tenant, integration, sorted(TYPES))
        store.remove(tenant, integration, sorted(TYPES))
        for subject in sorted({one.subject for one in TYPES.values()}):
            self._erase(tenant, integration, subject, self._clock.now())

    def _stop(self, tenant: TenantConnection, integration: str, kinds: Sequence[str]) -> None:
        store.stop(tenant, integration, kinds)
        for kind in kinds:
            due_rows.forget(tenant.connection, RUN, ref_of(tenant.org, integration, kind))

    def _erase(self, tenant: TenantConnection, integration: str, subject: Kind, at: float) -> None:
        due_rows.wait(tenant.connection, ERASE, erase_ref(tenant.org, integration, subject), at)
