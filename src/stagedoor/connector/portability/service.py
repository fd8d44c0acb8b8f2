"""Requests for copies of creators' data: made once, followed, cancelled."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stagedoor.client import errors as client
from stagedoor.platform.products.portability import DATA_ADD, ExportStatus
from stagedoor.platform.products.webhooks import DOWNLOAD_READY
from stagedoor.platform.vocabulary import Category, DataFormat

from .. import leases
from ..apps.service import Apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable
from ..event_types import EventType
from ..integrations.tiktok_errors import api_error_of
from ..limits.errors import TooFast
from ..notices.service import Notices
from ..pages import Page, cursor_of, parse_cursor
from ..publishing.accounts import PostingAccounts, check
from ..schedule import store as due_rows
from ..subscriptions.events import EventEmitter
from . import store
from .errors import NoExport, WrongExportState
from .request import FOLLOWED, ExportStateName, PortabilityRequest
from .schemas import PortabilityRequestShown

FOLLOW = "portability"
"""Kind of due row: see how far a request is; its ref is organisation/request."""
_HOLD_SECONDS = 120.0
_FIRST_SECONDS, _LONGEST_SECONDS, _GROWTH = 15.0, 3_600.0, 1.5
_AGAIN_SECONDS = 60.0
_PATIENCE_SECONDS = 30 * 86_400.0
_STATES: Mapping[str, ExportStateName] = {
    ExportStatus.PENDING: ExportStateName.COLLECTING,
    ExportStatus.DOWNLOADING: ExportStateName.READY,
    ExportStatus.EXPIRED: ExportStateName.EXPIRED,
    ExportStatus.CANCELLED: ExportStateName.CANCELLED,
}
"""The state of a request by TikTok's status."""
_ENDS = (ExportStateName.EXPIRED, ExportStateName.CANCELLED, ExportStateName.FAILED)
_LATER = (client.TransportError, client.ServerError, client.RateLimited)

logger = logging.getLogger("stagedoor.portability")


class PortabilityService:
    """Requests for copies of data of all organisations. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accounts: PostingAccounts,
        apps: Apps,
        notices: Notices,
        events: EventEmitter,
    ) -> None:
        self._database = database
        self._clock = clock
        self._accounts = accounts
        self._apps = apps
        self._notices = notices
        self._events = events

    # making one

    def begin(
        self,
        org: str,
        user: str,
        request_id: str,
        integration_id: str | None,
        categories: tuple[Category, ...],
        data_format: DataFormat,
    ) -> PortabilityRequest:
        """Ask TikTok for a copy of an account's data. A request that exists under this id is given
        again, and TikTok isn't asked.

        Raises `WhichAccount`, `NoAccount`, `Forbidden` where a scope is missing, and TikTok's
        refusal. After a lost answer the request is `unknown`.
        """
        with self._database.read() as connection:
            row = store.request(TenantConnection(connection, org), request_id)
        if row is not None:
            return self._settled(org, request_id)
        account = self._accounts.chosen(org, integration_id)
        values: dict[str, Any] = {
            "data_format": data_format,
            "category_selection_list": categories,
        }
        check(account, DATA_ADD, values)
        now = self._clock.now()
        held = leases.hold(_HOLD_SECONDS)
        with self._database.begin() as connection:
            store.add(
                TenantConnection(connection, org),
                id=request_id,
                integration=account.id,
                app_id=account.grant.app_id,
                account=account.grant.name,
                categories=[one.value for one in categories],
                data_format=data_format.value,
                state=ExportStateName.REQUESTING.value,
                polls=0,
                created=now,
                created_by=user,
                **held,
            )
            # if this process dies now, a worker tells that the outcome isn't known
            due_rows.wait(connection, FOLLOW, f"{org}/{request_id}", now + _AGAIN_SECONDS)
        try:
            tiktok = self._accounts.client(account)
            tiktok_id = tiktok.call(DATA_ADD, **values).request_id
        except (client.NotSent, ApiError) as error:
            raise self._refused(org, request_id, error) from error
        except (client.TransportError, client.ServerError):
            return self._unknown(org, request_id)
        except client.StagedoorError as error:
            raise self._refused(org, request_id, error) from error
        return self._change(
            org,
            request_id,
            state=ExportStateName.COLLECTING,
            tiktok_id=tiktok_id,
            **leases.RELEASED,
        )

    def _refused(
        self, org: str, request_id: str, error: client.StagedoorError | ApiError
    ) -> ApiError:
        said = error if isinstance(error, ApiError) else api_error_of(error)
        self._change(org, request_id, state=ExportStateName.FAILED, error=_said(said))
        return said

    def _unknown(self, org: str, request_id: str) -> PortabilityRequest:
        said = {
            "code": "outcome_unknown",
            "message": "TikTok's answer was lost: it may collect the data, and a single-use scope "
            "may be used up. Look in TikTok's app, and ask again if nothing is collected there.",
            "logId": None,
        }
        return self._change(
            org, request_id, state=ExportStateName.UNKNOWN, error=said, **leases.RELEASED
        )

    def _settled(self, org: str, request_id: str) -> PortabilityRequest:
        """The request; `unknown` where the process that asked TikTok has died."""
        request = self.get(org, request_id)
        if request.state is ExportStateName.REQUESTING and leases.is_free(request):
            return self._unknown(org, request_id)
        return request

    # reading

    def page(self, org: str, cursor: str | None, limit: int) -> Page[PortabilityRequest]:
        """Newest first. Raises `InvalidInput`."""
        before = None
        if cursor is not None:
            at, (request_id,) = parse_cursor(cursor)
            before = at, request_id
        with self._database.read() as connection:
            rows = store.page(TenantConnection(connection, org), before, limit + 1)
        found = [PortabilityRequest.of(row) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(found, cursor_of(found[-1].created, found[-1].id) if more else None)

    def get(self, org: str, request_id: str) -> PortabilityRequest:
        """Raises `NoExport`, also for another organisation's request."""
        with self._database.read() as connection:
            row = store.request(TenantConnection(connection, org), request_id)
        if row is None:
            raise NoExport
        return PortabilityRequest.of(row)

    # following

    def follow(self, ref: str) -> None:
        """See how far a request is, by the ref of a due row. Idempotent."""
        org, request_id = ref.rsplit("/", 1)
        try:
            request = self._settled(org, request_id)
        except NoExport:
            return
        if request.state is ExportStateName.REQUESTING:
            self._later(request, _AGAIN_SECONDS)
            return
        if request.state not in FOLLOWED or request.tiktok_id is None:
            return
        try:
            account = self._accounts.chosen(org, request.integration)
            tiktok = self._accounts.client(account)
            status = tiktok.portability.status(request_id=request.tiktok_id).status
        except ServiceUnavailable:
            raise
        except (*_LATER, TooFast) as error:
            logger.info("TikTok couldn't be asked for a copy of data: %s", error)
            self._later(request)
            return
        except (client.StagedoorError, ApiError) as error:
            said = error if isinstance(error, ApiError) else api_error_of(error)
            self._change(org, request_id, state=ExportStateName.FAILED, error=_said(said))
            return
        state = _STATES.get(str(status))
        now = self._clock.now()
        if state is None or state is ExportStateName.COLLECTING:
            if now - request.created > _PATIENCE_SECONDS:
                late = {
                    "code": "still_collecting",
                    "message": "TikTok didn't finish within 30 days: ask again.",
                    "logId": None,
                }
                self._change(org, request_id, state=ExportStateName.FAILED, error=late)
            else:
                self._later(request)
        elif state is request.state:
            self._later(request, _LONGEST_SECONDS)
        else:
            self._change(org, request_id, state=state)

    def heard(
        self, client_key: str, event: str, content: Mapping[str, Any], created: float
    ) -> None:
        """TikTok sent an event: where it names a request, its status is read now."""
        found = content.get("request_id")
        app = self._apps.by_key(client_key) if event == DOWNLOAD_READY.name else None
        if app is None or found is None:
            return
        tiktok_id, now = str(found), self._clock.now()
        with self._database.begin() as connection:
            for org in store.organisations(connection, app.id, tiktok_id):
                for one in store.of_tiktok(TenantConnection(connection, org), app.id, tiktok_id):
                    due_rows.wait(connection, FOLLOW, f"{org}/{one}", now)

    def try_again(self, ref: str) -> None:
        """Follow a request later, after a failure of this service."""
        with self._database.begin() as connection:
            due_rows.wait(connection, FOLLOW, ref, self._clock.now() + _LONGEST_SECONDS)

    def _later(self, request: PortabilityRequest, seconds: float | None = None) -> None:
        wait = min(_LONGEST_SECONDS, _FIRST_SECONDS * _GROWTH ** min(request.polls, 20))
        due = self._clock.now() + (wait if seconds is None else seconds)
        if request.expires is not None:
            due = min(due, max(request.expires + 1, self._clock.now() + 1))
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, request.org)
            store.change(tenant, request.id, polls=request.polls + 1)
            due_rows.wait(connection, FOLLOW, f"{request.org}/{request.id}", due)

    # cancelling

    def cancel(self, org: str, request_id: str) -> PortabilityRequest:
        """Cancel a request at TikTok; a single-use scope doesn't come back. Idempotent.

        Raises `NoExport`, `WrongExportState`, and TikTok's refusal.
        """
        request = self.get(org, request_id)
        if request.state is ExportStateName.CANCELLED:
            return request
        if request.state not in FOLLOWED or request.tiktok_id is None:
            raise WrongExportState(
                f"The request is {request.state.value}: there is nothing to cancel at TikTok."
            )
        account = self._accounts.chosen(org, request.integration)
        try:
            self._accounts.client(account).portability.cancel(request_id=request.tiktok_id)
        except client.StagedoorError as error:
            with self._database.begin() as connection:
                due_rows.wait(connection, FOLLOW, f"{org}/{request_id}", self._clock.now())
            raise api_error_of(error) from error
        return self._change(org, request_id, state=ExportStateName.CANCELLED)

    # changes

    def _change(
        self, org: str, request_id: str, *, state: ExportStateName, **values: Any
    ) -> PortabilityRequest:
        """Change the state unless the request has ended, emit its event, and schedule the next
        step."""
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.lock(tenant, request_id)
            if row is None:
                raise NoExport
            before = PortabilityRequest.of(row)
            if before.state in _ENDS or before.state is state:
                return before
            if state is ExportStateName.READY:
                values["ready"] = now
            if state in _ENDS:
                values["ended"] = now
            store.change(tenant, request_id, state=state.value, polls=0, **values)
            after = replace(before, state=state, polls=0, **values)
            ref = f"{org}/{request_id}"
            if state is ExportStateName.COLLECTING:
                due_rows.wait(connection, FOLLOW, ref, now + _FIRST_SECONDS)
            elif state is ExportStateName.READY:
                due_rows.wait(connection, FOLLOW, ref, now + _LONGEST_SECONDS)
            else:
                due_rows.forget(connection, FOLLOW, ref)
            self._tell(tenant, after)
        return after

    def _tell(self, tenant: TenantConnection, request: PortabilityRequest) -> None:
        def data() -> Mapping[str, Any]:
            return PortabilityRequestShown.of(request).model_dump(mode="json", by_alias=True)

        self._events.emit(tenant, _TOLD[request.state], data)
        if request.state is ExportStateName.UNKNOWN and request.error is not None:
            self._notices.tell(
                tenant,
                EventType.PORTABILITY_OUTCOME_UNKNOWN,
                f"copy of data of {request.account}",
                str(request.error["message"]),
                {"requestId": request.id, "integrationId": request.integration},
            )


_TOLD = {
    ExportStateName.COLLECTING: EventType.PORTABILITY_COLLECTING,
    ExportStateName.READY: EventType.PORTABILITY_READY,
    ExportStateName.EXPIRED: EventType.PORTABILITY_EXPIRED,
    ExportStateName.CANCELLED: EventType.PORTABILITY_CANCELLED,
    ExportStateName.FAILED: EventType.PORTABILITY_FAILED,
    ExportStateName.UNKNOWN: EventType.PORTABILITY_UNKNOWN,
}


def _said(error: ApiError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "logId": error.log_id}
