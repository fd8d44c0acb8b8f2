"""Audiences as callers see them: creating, changing members, listing, deleting."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from stagedoor.client.errors import InvalidRequest, NotFound, StagedoorError
from stagedoor.client.identifiers import Identifiers
from stagedoor.platform.products.business_audiences import MIN_MATCHED

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..fair_pool import FairPool
from ..fair_queue import Shares
from ..integrations.business import BusinessClients
from ..integrations.tiktok_errors import api_error_of
from ..pages import Page, cursor_of, parse_cursor
from ..schedule.store import forget, wait
from ..vault import Vault
from . import store
from .audience import (
    AudienceState,
    ChangeState,
    CustomerAudience,
    IdentifierType,
    MembersAction,
    StoredMembersChange,
)
from .errors import (
    AudienceBusy,
    AudienceNotReady,
    NoAudience,
    NothingToRemove,
    TooManyMembersWaiting,
)
from .members import Place, pack, refused

SEND = "ad-audience"
"""Kind of due row: send an audience's changes, and look how far TikTok is."""
PARTS = "ad_audience_parts"
MAX_WAITING = 200
"""Changes of an audience that wait."""
MAX_WAITING_ROWS = 2_000_000
SHOWN_CHANGES = 20
_HASHING = Shares(total=2, org=1, agent=1, waiting=8)
_HELD_SECONDS = 60.0

logger = logging.getLogger("stagedoor.audiences")


@dataclass(frozen=True, slots=True)
class AudienceRecord:
    """An audience, its pending changes in their order, and the newest ended ones."""

    audience: CustomerAudience
    pending: Sequence[StoredMembersChange]
    ended: Sequence[StoredMembersChange] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A change that was taken, its audience, and warnings for the caller."""

    change: StoredMembersChange
    audience: CustomerAudience
    warnings: tuple[str, ...] = ()


class AudiencesService:
    """The audiences of all organisations. Thread-safe."""

    def __init__(
        self, database: Database, clock: Clock, vault: Vault, business: BusinessClients
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._business = business

    @cached_property
    def hashing(self) -> FairPool:
        """A thread pool for hashing members, apart from the threads that serve requests."""
        return FairPool("stagedoor audiences", _HASHING)

    def close(self) -> None:
        if "hashing" in self.__dict__:
            self.hashing.close()

    def create(
        self, org: str, id: str, account_id: str, name: str, type_: IdentifierType | None
    ) -> CustomerAudience:
        """Add an audience; TikTok makes it with its first members. An `id` that exists is that
        audience. Raises `AccountNotAccessible`."""
        self._business.reaching(org, account_id)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.add(
                tenant,
                id=id,
                account=account_id,
                name=name,
                identifier_type=None if type_ is None else type_.value,
                state=AudienceState.NEW.value,
                created=self._clock.now(),
            )
            return _found(store.find(tenant, id))

    def get(self, org: str, id: str) -> AudienceRecord:
        """Raises `NoAudience`."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            found = _found(store.find(tenant, id))
            return AudienceRecord(
                found, store.pending(tenant, id), store.ended(tenant, id, SHOWN_CHANGES)
            )

    def page(
        self, org: str, account_id: str | None, cursor: str | None, limit: int
    ) -> Page[tuple[CustomerAudience, int]]:
        """Audiences with the number of their pending changes, the newest first."""
        before = None
        if cursor is not None:
            created, (id,) = parse_cursor(cursor)
            before = created, id
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            rows = store.page(tenant, account_id, before, limit + 1)
            counts = store.pending_of(tenant, [one.id for one in rows[:limit]])
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(
            [(one, counts.get(one.id, 0)) for one in rows[:limit]],
            None if last is None else cursor_of(last.created, last.id),
        )

    def tiktok_ids(self, org: str, account_id: str, ids: Sequence[str]) -> Sequence[str]:
        """TikTok's ids of audiences that ads are to use, in the order of `ids`.

        An id that isn't known here and is a number is TikTok's own. Raises `NoAudience`, also for
        one of another ad account, and `AudienceNotReady`.
        """
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            return [_usable(store.find(tenant, id), id, account_id) for id in ids]

    def change(
        self,
        org: str,
        id: str,
        change_id: str,
        action: MembersAction,
        identifiers: Identifiers,
        more: bool = False,
        place: Place = str,
    ) -> Accepted:
        """Hash members, and keep the hashes until TikTok takes them. Run it in `hashing`.

        A `change_id` that exists is that change. Raises `NoAudience`, `NothingToRemove`,
        `TooManyMembersWaiting`, and `InvalidInput` that names broken rows by their `place` in the
        request: then nothing of the members is kept or sent.
        """
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            audience = _found(store.find(tenant, id))
            known = store.find_change(tenant, change_id)
        if known is not None:
            return Accepted(known, audience)
        try:
            packed = pack(identifiers, audience.kinds)
        except InvalidRequest as error:
            raise refused(error, place) from None
        sealed = [
            self._vault.seal(*cell_of(org, change_id, number), part)
            for number, part in enumerate(packed.parts)
        ]
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            audience = _found(store.find(tenant, id, lock=True))
            pending = store.pending(tenant, id)
            if action is MembersAction.REMOVE and audience.tiktok_id is None and not pending:
                raise NothingToRemove
            rows = packed.rows + sum(one.rows for one in pending)
            if len(pending) >= MAX_WAITING:
                raise TooManyMembersWaiting(f"{MAX_WAITING} changes")
            if rows > MAX_WAITING_ROWS:
                raise TooManyMembersWaiting(f"{MAX_WAITING_ROWS:,} members")
            store.add_change(
                tenant,
                change_id,
                sealed,
                audience=id,
                action=action.value,
                rows=packed.rows,
                more=more,
                state=ChangeState.WAITING.value,
                created=max(now, *(one.created + 1e-6 for one in pending), now),
            )
            wait(connection, SEND, audience.ref, now)
            added = store.find_change(tenant, change_id)
        if added is None:
            raise NoAudience
        return Accepted(added, audience, _warnings(audience, action, rows, more))

    def delete(self, org: str, id: str) -> None:
        """Delete an audience here and at TikTok; changes that wait are forgotten. Repeated, it does
        nothing more. Raises `NoAudience`, `AudienceBusy`, and TikTok's refusal."""
        hold = leases.hold(_HELD_SECONDS)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            found = _found(store.find(tenant, id, lock=True))
            if not leases.is_free(found) or found.creating_since is not None:
                raise AudienceBusy
            store.change(tenant, id, **hold)
        try:
            if found.tiktok_id is not None:
                client = self._business.for_advertiser(org, found.account)
                client.audiences.delete(custom_audience_ids=(found.tiktok_id,))
        except NotFound:
            logger.info("an audience was gone at TikTok already", extra={"audience": id})
        except BaseException as error:
            with self._database.begin() as connection:
                store.change(TenantConnection(connection, org), id, **leases.RELEASED)
            if isinstance(error, StagedoorError):
                raise api_error_of(error) from error
            raise
        with self._database.begin() as connection:
            store.remove(TenantConnection(connection, org), id)
            forget(connection, SEND, found.ref)


def _usable(audience: CustomerAudience | None, id: str, account_id: str) -> str:
    if audience is None and id.isdecimal():
        return id
    found = _found(audience)
    if found.account != account_id:
        raise NoAudience
    if found.state is not AudienceState.READY or found.tiktok_id is None:
        why = f" {found.problem}" if found.problem else ""
        raise AudienceNotReady(
            f"Ads can't use the audience {found.name} ({id}): it is {found.state.value}.{why}",
            detail={"audienceId": id, "status": found.state.value},
        )
    return found.tiktok_id


def cell_of(org: str, change_id: str, number: int) -> tuple[str, str, str, str]:
    """The cell that the vault binds a part of a change to."""
    return f"org:{org}", PARTS, f"{change_id} {number}", "lines"


def _found(audience: CustomerAudience | None) -> CustomerAudience:
    if audience is None:
        raise NoAudience
    return audience


def _warnings(
    audience: CustomerAudience, action: MembersAction, rows: int, more: bool
) -> tuple[str, ...]:
    """TikTok's minimum sizes, where they matter for this change."""
    if audience.tiktok_id is None and rows < MIN_MATCHED and not more:
        return (
            f"{rows:,} members are too few: TikTok matches only some of them with its users, and "
            f"an audience with fewer than {MIN_MATCHED:,} matches can't be used, nor changed any "
            'more. To send members in several requests, set "more" in all but the last.',
        )
    if audience.tiktok_id is not None and action is not MembersAction.APPEND:
        return (
            f"TikTok doesn't make a change that would leave fewer than {MIN_MATCHED:,} matched "
            "people: the audience stays as it was then, and its changes say so.",
        )
    return ()
