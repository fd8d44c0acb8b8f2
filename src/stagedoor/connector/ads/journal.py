"""The journal of writes at TikTok: a row before the request, its outcome after.

The end of a row and its event are one transaction, so subscribers are told of it once.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stagedoor.client.errors import (
    NotSent,
    RateLimited,
    ServerError,
    StagedoorError,
    TikTokError,
    TransportError,
)

from .. import leases
from ..ad_metrics.objects import AdLevel
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..event_types import EventType
from ..integrations.ad_accounts import organisations_sharing
from ..integrations.tiktok_errors import api_error_of
from ..schedule import store as schedule
from ..subscriptions.events import EventEmitter
from ..webhooks.watching import Watched, watch
from . import store
from .errors import CreateUnsettled, WriteAtWork, WriteUnsettled
from .levels import LEVELS
from .store import AdsAction, Write, WriteOutcome

SETTLE = "settle-ad-write"
"""Kind of due row: find out how a write ended; its ref is organisation/id."""
SETTLE_SECONDS = 60.0
HOLD_SECONDS = 180.0
_EVENTS = {
    AdLevel.CAMPAIGN: {
        AdsAction.CREATE: EventType.ADS_CAMPAIGN_CREATED,
        AdsAction.CHANGE: EventType.ADS_CAMPAIGN_CHANGED,
        AdsAction.LAUNCH: EventType.ADS_CAMPAIGN_LAUNCHED,
        AdsAction.PAUSE: EventType.ADS_CAMPAIGN_PAUSED,
    },
    AdLevel.AD_GROUP: {
        AdsAction.CREATE: EventType.ADS_AD_GROUP_CREATED,
        AdsAction.CHANGE: EventType.ADS_AD_GROUP_CHANGED,
        AdsAction.LAUNCH: EventType.ADS_AD_GROUP_LAUNCHED,
        AdsAction.PAUSE: EventType.ADS_AD_GROUP_PAUSED,
    },
    AdLevel.AD: {
        AdsAction.CREATE: EventType.ADS_AD_CREATED,
        AdsAction.CHANGE: EventType.ADS_AD_CHANGED,
        AdsAction.LAUNCH: EventType.ADS_AD_LAUNCHED,
        AdsAction.PAUSE: EventType.ADS_AD_PAUSED,
    },
}
_REPEATED = "40050"
_NO_FIELDS = frozenset(
    {"campaign_id", "adgroup_id", "ad_id", "creatives", "patch_update", "request_id"}
)
SPEND_LIMIT = "spend limit"
"""The author, in the journal, of pauses that the spend limit causes."""


@dataclass(frozen=True, slots=True)
class ChangeAuthor:
    """The organisation, and the user (or part of the service) that acts for it."""

    org: str
    user: str


def is_lost(error: Exception) -> bool:
    """Whether TikTok may have done what it was asked, although the call failed."""
    if isinstance(error, NotSent | RateLimited):
        return False
    if is_repeated(error):
        return True
    return isinstance(error, TransportError | ServerError | CreateUnsettled | WriteUnsettled)


def is_repeated(error: Exception) -> bool:
    """Whether TikTok has seen the `request_id` before: the first request was done."""
    return isinstance(error, TikTokError) and error.code == _REPEATED


def error_of(error: Exception) -> dict[str, Any]:
    """An error as the journal keeps it."""
    if isinstance(error, StagedoorError):
        error = api_error_of(error)
    if isinstance(error, ApiError):
        return {"code": error.code, "message": error.message, "logId": error.log_id}
    return {"code": "internal_error", "message": "The service failed.", "logId": None}


def digest_of(level: str, account: str, request: Mapping[str, Any]) -> str:
    """A digest of the object that a create makes, without its idempotency fields."""
    kept = {name: value for name, value in request.items() if name != "request_id"}
    text = json.dumps([level, account, kept], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def request_id_of(org: str, write_id: str) -> str:
    """TikTok's `request_id` of a create: a number below 2^63, the same for the same row."""
    digest = hashlib.sha256(f"{org}/{write_id}".encode()).digest()
    return str(int.from_bytes(digest[:8]) >> 1)


def name_in(level: str, request: Mapping[str, Any]) -> str | None:
    """The name that a create or change gives to its object."""
    name: str | None = fields_of(request).get(LEVELS[AdLevel(level)].name)
    return name


def fields_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of its object in a kept request: no ids, no list around an ad."""
    [creative] = request.get("creatives") or ({},)
    found = {**request, **creative}
    return {name: value for name, value in found.items() if name not in _NO_FIELDS}


class AdJournal:
    """Writes and ends rows of the journal. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, events: EventEmitter) -> None:
        self._database = database
        self._clock = clock
        self._events = events

    def begin_create(
        self,
        by: ChangeAuthor,
        level: str,
        called: str,
        account_id: str,
        request: Mapping[str, Any],
        id: str,
    ) -> tuple[Write, bool]:
        """The row of a create, held by this run, and whether it is new: nothing was sent of it.

        A row of the same id, or of an equal create whose outcome isn't known, is taken up instead.
        Raises `WriteAtWork` where another run holds it. A settled one isn't held.
        """
        digest = digest_of(level, account_id, request)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, by.org)
            found = store.find(tenant, id, lock=True) or store.unsettled_like(tenant, digest)
            if found is not None and found.outcome is WriteOutcome.DONE:
                return found, False
            if found is not None and not leases.is_free(found):
                raise WriteAtWork(called)
            write_id = id if found is None else found.id
            again = found is not None and found.outcome is WriteOutcome.FAILED
            if found is None:
                row = self._row(by, level, AdsAction.CREATE, account_id, request, id)
                store.add_all(tenant, [row | {"digest": digest}])
            else:
                begun_now = {"outcome": None, "error": None, "ended": None, "at": self._clock.now()}
                fresh = begun_now if again else {}
                store.change(tenant, [write_id], **leases.hold(HOLD_SECONDS), **fresh)
            self._settle_later(tenant, [write_id])
            begun = store.find(tenant, write_id)
        if begun is None:
            raise LookupError(f"the row {write_id} that was just written isn't there")
        return begun, found is None or again

    def begin(
        self,
        by: ChangeAuthor,
        level: AdLevel,
        action: AdsAction,
        account_id: str,
        requests: Mapping[str, Mapping[str, Any]],
    ) -> list[str]:
        """Rows of changes of existing objects, each with what is sent of it, by the objects' ids.
        Returns the rows' ids in their order."""
        rows = [
            self._row(by, level.value, action, account_id, request, uuid.uuid4().hex, object_id)
            for object_id, request in requests.items()
        ]
        ids = [str(row["id"]) for row in rows]
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, by.org)
            store.add_all(tenant, rows)
            self._settle_later(tenant, ids)
        return ids

    def done(self, org: str, write_ids: Sequence[str], object_id: str | None = None) -> None:
        """End rows whose request TikTok carried out; `object_id` is the id of the created
        object."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            for write_id in write_ids:
                found = store.find(tenant, write_id, lock=True)
                if found is None or found.outcome is WriteOutcome.DONE:
                    continue
                made = object_id or found.object
                self._end(tenant, [write_id], WriteOutcome.DONE, object=made)
                self._tell(tenant, found, made or "")

    def failed(self, org: str, write_ids: Sequence[str], error: Exception) -> None:
        """End rows whose request wasn't done."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            self._end(tenant, write_ids, WriteOutcome.FAILED, error=error_of(error))

    def unknown(
        self,
        org: str,
        write_ids: Sequence[str],
        error: Exception,
        after: float = SETTLE_SECONDS,
    ) -> None:
        """Leave rows whose outcome isn't known to the job that settles them, in `after` seconds."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            values = {"outcome": WriteOutcome.UNKNOWN.value, "error": error_of(error)}
            store.change(tenant, write_ids, **values, **leases.RELEASED)
            self._settle_later(tenant, write_ids, after)

    @contextmanager
    def failing(self, org: str, write_ids: Sequence[str]) -> Iterator[None]:
        """End the rows as failed where the block fails before TikTok can have done anything: a lost
        answer passes, to be settled."""
        try:
            yield
        except (ApiError, StagedoorError) as error:
            if not is_lost(error):
                self.failed(org, write_ids, error)
            raise

    def take(self, org: str, write_id: str) -> Write | None:
        """A row whose outcome isn't known, held by this run; None: it is settled, or held."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            found = store.find(tenant, write_id, lock=True)
            if found is None or found.settled:
                return None
            self._settle_later(tenant, [write_id])
            if not leases.is_free(found):
                return None
            store.change(tenant, [write_id], **leases.hold(HOLD_SECONDS))
            return found

    def changes(self, org: str, level: AdLevel, object_id: str) -> list[Write]:
        """Everything that was done to an object here, newest first, at most 50."""
        with self._database.read() as connection:
            return store.changes(TenantConnection(connection, org), level.value, object_id)

    def find(self, org: str, write_id: str) -> Write | None:
        with self._database.read() as connection:
            return store.find(TenantConnection(connection, org), write_id)

    def known(
        self, org: str, level: AdLevel, account_id: str, object_ids: Sequence[str]
    ) -> frozenset[str]:
        """The objects of an ad account that a create here has made already, be it another
        organisation's that shares the ad account."""
        with self._database.read() as connection:
            others = organisations_sharing(connection, account_id, but=org)
            found = [
                store.created_here(TenantConnection(connection, one), level.value, object_ids)
                for one in (org, *others)
            ]
        return frozenset().union(*found)

    def paused_since(
        self, org: str, level: AdLevel, object_ids: Sequence[str], since: float
    ) -> frozenset[str]:
        """The objects that were paused here since then."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            return store.paused_since(tenant, level.value, object_ids, since)

    def _row(
        self,
        by: ChangeAuthor,
        level: str,
        action: AdsAction,
        account_id: str,
        request: Mapping[str, Any],
        id: str,
        object_id: str | None = None,
    ) -> dict[str, Any]:
        return {
            "id": id,
            "at": self._clock.now(),
            "level": level,
            "action": action.value,
            "account": account_id,
            "object": object_id,
            "request": dict(request),
            "asked_by": by.user,
            **leases.hold(HOLD_SECONDS),
        }

    def _end(
        self, tenant: TenantConnection, ids: Sequence[str], outcome: WriteOutcome, **values: Any
    ) -> None:
        ended = {"outcome": outcome.value, "ended": self._clock.now(), "error": None}
        store.change(tenant, ids, **{**ended, **values}, **leases.RELEASED)
        for one in ids:
            schedule.forget(tenant.connection, SETTLE, f"{tenant.org}/{one}")

    def _settle_later(
        self, tenant: TenantConnection, ids: Sequence[str], after: float = SETTLE_SECONDS
    ) -> None:
        refs = [f"{tenant.org}/{one}" for one in ids]
        schedule.wait_all(tenant.connection, SETTLE, refs, self._clock.now() + after)

    def _tell(self, tenant: TenantConnection, write: Write, object_id: str) -> None:
        if write.level not in tuple(AdLevel):
            return
        calls = LEVELS[AdLevel(write.level)]
        if calls.watched is not None and write.action in (AdsAction.CREATE, AdsAction.LAUNCH):
            watch(tenant, self._clock, Watched(calls.watched, write.account, object_id))
        data = {
            "id": object_id,
            "accountId": write.account,
            "level": write.level,
            "by": write.asked_by,
            "name": name_in(write.level, write.request),
            "changed": sorted(fields_of(write.request))
            if write.action is AdsAction.CHANGE
            else None,
        }
        self._events.emit(tenant, _EVENTS[calls.level][write.action], data)
