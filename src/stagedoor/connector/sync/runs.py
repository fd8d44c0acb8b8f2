"""A run of one type for one account: taken, done, and its next time kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stagedoor.client import RetryPolicy, TikTok, TikTokBusiness
from stagedoor.client.errors import (
    RateLimited,
    ScopeMissing,
    StagedoorError,
    TikTokError,
)

from .. import leases
from ..activity import store as activity
from ..activity.videos import Changed
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable
from ..event_types import EventType
from ..inbox.ingest import CommentIngest
from ..integrations.accounts import CredentialKind, Integration
from ..integrations.business import BusinessClients
from ..integrations.errors import CredentialMissing, NoIntegration
from ..integrations.service import Integrations
from ..jobs import Shutdown
from ..limits.errors import TooFast
from ..schedule import store as due_rows
from ..subscriptions.events import EventEmitter
from . import store
from .changes import SyncEffects
from .schedule import RUN, SyncSchedule, ref_of
from .sync_run import TAKEN, Next, SyncRun, Wanted
from .types import TYPES

HOLD_SECONDS = 300.0
_RATE_SECONDS = 60.0
_FIRST_SECONDS, _LONGEST_SECONDS = 60.0, 6 * 3_600.0
_RETRY = RetryPolicy(attempts=2, first_delay=0.2, max_delay=2.0, max_wait=0.0)
_METRICS = "metrics"

logger = logging.getLogger("stagedoor.sync")


@dataclass(frozen=True, slots=True)
class _Failed:
    """The run failed; it is tried again after a back-off."""

    code: str
    message: str
    log_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Later:
    """TikTok's rate limit has no free slot: the run goes on in `seconds`. That is no failure."""

    seconds: float


@dataclass(frozen=True, slots=True)
class _Without:
    """The account doesn't have the type until it is connected again."""

    why: str


@dataclass(frozen=True, slots=True)
class _Stopped:
    """The account can't be used; a new connection schedules it again."""


_Outcome = Next | _Failed | _Later | _Without | _Stopped


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that ended; `stretch` None: it never began."""

    outcome: _Outcome
    stretch: SyncRun | None = None


class Runs:
    """Runs synchronisations, in one process. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        integrations: Integrations,
        business: BusinessClients,
        schedule: SyncSchedule,
        changes: SyncEffects,
        events: EventEmitter,
        comments: CommentIngest,
        shutdown: Shutdown,
    ) -> None:
        self._database = database
        self._clock = clock
        self._integrations = integrations
        self._business = business
        self._schedule = schedule
        self._changes = changes
        self._events = events
        self._comments = comments
        self._shutdown = shutdown
        self._broken: dict[str, str] = {}
        """By ref, the holds of runs of this process that the database broke off."""

    def run(self, ref: str) -> None:
        """Run once, by the ref of a due row: organisation/integration/type. Idempotent."""
        org, integration, kind = ref.rsplit("/", 2)
        held = leases.hold(HOLD_SECONDS)
        state = self._take(org, integration, kind, held, self._broken.get(ref))
        self._broken.pop(ref, None)
        if state is None:
            return
        try:
            run = self._done(org, integration, kind, state, held["held_by"])
            with self._database.begin() as connection:
                tenant = TenantConnection(connection, org)
                self._finish(tenant, integration, kind, state, run, held["held_by"])
        except leases.HoldLost:
            about = {"org": org, "integration": integration, "type": kind}
            logger.info("a synchronisation was taken over, or its account is gone", extra=about)
        except ServiceUnavailable:
            self._broken[ref] = held["held_by"]
            raise

    def _take(
        self,
        org: str,
        integration: str,
        kind: str,
        held: Mapping[str, Any],
        broken: str | None,
    ) -> Any:
        """The state as it was, held by this run now; None: there is nothing to do at present. The
        hold `broken` counts as released."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            state = store.lock(tenant, integration, kind)
            if state is None or kind not in TYPES:
                return None
            if store.paused(tenant, kind):
                if state.due is None:
                    # a run whose process died left no due time, by which `resume` starts runs
                    store.change(tenant, integration, kind, due=self._clock.now())
                return None
            if not leases.is_free(state) and state.held_by != broken:
                # the run that holds it moves this due row at its end, if it comes to one
                rest = leases.seconds_left(state)
                self._schedule.at(tenant, integration, kind, self._clock.now() + rest)
                return None
            # a request that brings the next run forward meanwhile sets `due`, which `_finish`
            # respects
            store.change(tenant, integration, kind, due=None, **held)
        return state

    def _done(self, org: str, integration: str, kind: str, state: Any, held_by: str) -> _Run:
        declared, stretch = TYPES[kind], None

        def keep_hold(tenant: TenantConnection) -> None:
            until = leases.renewal(HOLD_SECONDS)["held_until"]
            if not store.keep_hold(tenant, integration, kind, held_by, until):
                raise leases.HoldLost

        try:
            account, client = self._acting(org, integration, declared.subject)
            if not account.must_have(declared.subject).status.usable:
                return _Run(_Stopped())
            missing = declared.missing(account)
            if missing is not None:
                return _Run(_Without(missing))
            stretch = SyncRun(
                account=account,
                subject=declared.subject,
                client=client,
                wanted=Wanted.read(state.wanted),
                progress=state.progress,
                first=state.succeeded is None,
                clock=self._clock,
                database=self._database,
                events=self._events,
                comments=self._comments,
                on_change=self._changed,
                keep_hold=keep_hold,
                stopping=lambda: self._shutdown.begun,
            )
            return _Run(declared.run(stretch), stretch)
        except (leases.HoldLost, ServiceUnavailable):
            raise
        except Exception as error:
            if not isinstance(error, StagedoorError | ApiError):
                told = {"org": org, "integration": integration, "type": kind}
                logger.exception("a synchronisation broke off", extra=told)
            return _Run(_outcome_of(error), stretch)

    def _acting(
        self, org: str, integration: str, subject: CredentialKind
    ) -> tuple[Integration, TikTok | TikTokBusiness]:
        if subject is CredentialKind.CREATOR:
            return self._integrations.acting(org, integration, _RETRY, background=True)
        return self._business.acting(org, integration, subject, _RETRY, background=True)

    def _changed(self, tenant: TenantConnection, integration: str, videos: list[Changed]) -> None:
        self._changes.seen(tenant, integration, videos)
        if any(one.before is None for one in videos):
            earliest = activity.earliest(tenant, integration)
            if earliest is not None:
                at = max(earliest, self._clock.now())
                self._schedule.bring_forward(tenant, integration, _METRICS, at)

    def _finish(
        self,
        tenant: TenantConnection,
        integration: str,
        kind: str,
        before: Any,
        run: _Run,
        held_by: str,
    ) -> None:
        state = store.lock(tenant, integration, kind)
        if state is None or state.held_by != held_by:
            raise leases.HoldLost
        now = self._clock.now()
        values: dict[str, Any] = dict(leases.RELEASED)
        if run.stretch is not None:
            values["progress"] = run.stretch.progress
            if state.wanted == before.wanted and before.wanted is not None:  # no later trigger
                values["wanted"] = TAKEN
        at: float | None = None
        match run.outcome:
            case Next(at=at, finished=finished):
                values |= {"attempts": 0, "error": None}
                if finished:
                    values |= {"progress": None, "succeeded": now}
                    if state.wanted == before.wanted:
                        values["wanted"] = None
                    if before.wanted is not None:
                        self._tell(tenant, EventType.SYNC_COMPLETED, integration, kind)
            case _Later(seconds):
                at = now + seconds
            case _Failed(code, message, log_id):
                attempts = state.attempts + 1
                at = now + min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** min(attempts - 1, 12))
                told = {"code": code, "message": message, "logId": log_id, "at": now}
                values |= {"attempts": attempts, "error": told}
                about = {"org": tenant.org, "integration": integration, "type": kind}
                logger.warning("a synchronisation failed: %s", message, extra=about)
                if attempts == 1:
                    self._tell(tenant, EventType.SYNC_FAILED, integration, kind, error=told)
            case _Without(why):
                values |= {"unavailable": why, "attempts": 0, "error": None}
            case _Stopped():
                pass
        stops = isinstance(run.outcome, _Without | _Stopped)
        known = [one for one in (at, state.due) if one is not None and not stops]
        values["due"] = min(known, default=None)
        store.change(tenant, integration, kind, **values)
        if values["due"] is None:
            ref = ref_of(tenant.org, integration, kind)
            due_rows.forget(tenant.connection, RUN, ref)
        elif not store.paused(tenant, kind):
            self._schedule.at(tenant, integration, kind, values["due"])

    def _tell(
        self,
        tenant: TenantConnection,
        event: EventType,
        integration: str,
        kind: str,
        **more: Any,
    ) -> None:
        data = {"integrationId": integration, "type": kind, **more}
        self._events.emit(tenant, event, data)


def _outcome_of(error: Exception) -> _Outcome:
    match error:
        case NoIntegration() | CredentialMissing():
            return _Stopped()
        case TooFast():
            return _Later(error.retry_after or 1.0)
        case RateLimited():
            return _Later(error.retry_after or _RATE_SECONDS)
        case ScopeMissing() | ApiError(code="scope_missing"):
            return _Without(str(error))
        case TikTokError():
            return _Failed(error.code, str(error), error.log_id or None)
        case ApiError():
            return _Failed(error.code, error.message, error.log_id)
        case StagedoorError():
            return _Failed("not_reached", str(error))
        case _:
            return _Failed("internal_error", "Something went wrong here; it was logged.")
