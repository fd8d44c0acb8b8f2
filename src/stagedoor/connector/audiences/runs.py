"""The work on an audience that is due: its changes are sent, and TikTok's state is read.

At most one run holds an audience. TikTok computes for up to 48 hours after each change, and refuses
changes meanwhile: those that come wait, and travel together.

A request whose answer was lost is repeated: files that no audience uses have no effect, and the
same members appended, removed or set once more are the same members. Creating an audience isn't
repeatable, so `creating_since` is written down before, and a lost answer is looked up by the
audience's name and time. At worst, where TikTok lists a new audience later than after
`_LISTED_SECONDS`, a second one of the name exists that nothing uses.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import (
    NotFound,
    RateLimited,
    ServerError,
    StagedoorError,
    TransportError,
)
from stagedoor.client.identifiers.files import HashedFiles

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..event_types import EventType
from ..integrations.ad_accounts import organisations_sharing
from ..integrations.business import BusinessClients
from ..integrations.tiktok_errors import api_error_of
from ..schedule.store import wait
from ..subscriptions.events import EventEmitter
from ..vault import Vault
from ..vault.errors import VaultClosed
from . import store
from .audience import (
    AudienceState,
    ChangeState,
    CustomerAudience,
    MemberBatch,
    StoredMembersChange,
    next_batch,
    refusal,
    sending,
)
from .members import hashed
from .service import SEND, cell_of
from .tiktok_state import GONE, may_be, state_of

_HELD_SECONDS = 600.0
_BUSY_SECONDS = 5.0
_AGAIN_SECONDS = 30.0
"""After an outage, or an answer that was lost."""
_REFUSED_SECONDS = 3_600.0
"""While the ad account can't be reached by the organisation's credentials."""
_LISTED_SECONDS = 90.0
"""After this time an audience that isn't listed wasn't made."""
_FIRST_LOOK, _LONGEST_LOOK, _DAILY = 2.0, 1_800.0, 86_400.0
_WAITING_SECONDS = 30 * 86_400.0
"""Changes that wait longer are given up."""
_WAITED = "It waited for 30 days: send the members again."
_KEEP_ENDED_SECONDS = 30 * 86_400.0
_AT_ONCE = 40
"""Changes of one request, each a file or two: TikTok takes 49 files."""

logger = logging.getLogger("stagedoor.audiences")


class _Later(Exception):
    """The run ends, and is to be repeated after some seconds; None: when something changes."""

    def __init__(self, seconds: float | None, problem: str | None = None) -> None:
        super().__init__()
        self.seconds = seconds
        self.problem = problem


class AudienceRuns:
    """Runs of due work on audiences. Thread-safe."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        vault: Vault,
        business: BusinessClients,
        events: EventEmitter,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._business = business
        self._events = events

    def run(self, ref: str) -> None:
        """Do the due work of an audience; `ref` is organisation/audience."""
        org, _, id = ref.partition("/")
        held = self._take(org, id)
        if held is None:
            return
        later = _Later(_AGAIN_SECONDS)
        try:
            later = self._work(held)
        except _Later as told_so:
            later = told_so
        except TransportError:
            pass
        except StagedoorError as error:
            later = _after(api_error_of(error))
        except ApiError as error:
            later = _after(error)
        finally:
            self._end(held, later)

    def _take(self, org: str, id: str) -> CustomerAudience | None:
        """The audience, held by this run; None: it is gone, or another run has it."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            found = store.find(tenant, id, lock=True)
            if found is None:
                return None
            if not leases.is_free(found):
                wait(connection, SEND, found.ref, self._clock.now() + _BUSY_SECONDS)
                return None
            hold = leases.hold(_HELD_SECONDS)
            store.change(tenant, id, **hold)
        return replace(found, **hold)

    def _end(self, held: CustomerAudience, later: _Later) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            if not store.change_held(tenant, held, polls=store.NEXT_POLL, **leases.RELEASED):
                return
            if later.problem is not None:
                store.change(tenant, held.id, problem=later.problem)
            now = self._clock.now()
            pending = store.pending(tenant, held.id)
            old = [one for one in pending if one.created < now - _WAITING_SECONDS]
            store.end(tenant, old, ChangeState.FAILED, now, _WAITED)
            store.forget_ended(tenant, held.id, now - _KEEP_ENDED_SECONDS)
            if later.seconds is not None:
                wait(connection, SEND, held.ref, now + later.seconds)

    def _work(self, held: CustomerAudience) -> _Later:
        client = self._business.for_advertiser(held.org, held.account)
        if held.creating_since is not None:
            held = self._look_up(held, client)
        if held.tiktok_id is not None:
            held = self._read(held, client)
            if held.state is AudienceState.COMPUTING:
                pause = min(_LONGEST_LOOK, _FIRST_LOOK * 1.5 ** min(held.polls, 30))
                return _Later(pause)
        pending = self._pending(held)
        batch = next_batch(pending, _AT_ONCE)
        if batch is None:
            if pending:
                return _Later(_WAITING_SECONDS)
            return _Later(_DAILY if held.state is AudienceState.READY else None)
        self._send(held, client, batch)
        return _Later(_FIRST_LOOK)

    # reading

    def _pending(self, held: CustomerAudience) -> list[StoredMembersChange]:
        """The pending changes, without those that are too old, which end with the run."""
        oldest = self._clock.now() - _WAITING_SECONDS
        with self._database.read() as connection:
            found = store.pending(TenantConnection(connection, held.org), held.id)
        return [one for one in found if one.created >= oldest]

    def _read(self, held: CustomerAudience, client: TikTokBusiness) -> CustomerAudience:
        """Record TikTok's state of the audience."""
        try:
            listed = client.audiences.get(
                custom_audience_ids=(str(held.tiktok_id),), history_size=5
            ).list
        except NotFound:
            listed = ()
        now, said = self._clock.now(), ""
        state, size, problem = GONE
        if listed:
            state, size, problem = state_of(listed[0].audience_details, now)
            said = next((row.msg for row in listed[0].audience_history if row.msg), "")
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            values = {"state": state.value, "size": size, "problem": problem}
            if not store.change_held(tenant, held, **values):
                raise _Later(_BUSY_SECONDS)
            if held.state is AudienceState.COMPUTING and state is not AudienceState.COMPUTING:
                self._computed(tenant, held, state, size, problem, said)
        return replace(held, state=state, size=size, problem=problem)

    def _computed(
        self,
        tenant: TenantConnection,
        held: CustomerAudience,
        state: AudienceState,
        size: int | None,
        problem: str | None,
        said: str,
    ) -> None:
        """The computation ended: tell subscribers, and the changes that it was for."""
        last = store.ended(tenant, held.id, 1)
        if said and last:
            store.change_all(tenant, [last[0].id], message=said)
        ready = state is AudienceState.READY
        event = EventType.ADS_AUDIENCE_READY if ready else EventType.ADS_AUDIENCE_FAILED
        self._tell(tenant, held, event, size=size, problem=problem or said or None)

    def _tell(
        self, tenant: TenantConnection, held: CustomerAudience, event: EventType, **more: Any
    ) -> None:
        data = {"audienceId": held.id, "accountId": held.account, "name": held.name, **more}
        self._events.emit(tenant, event, data)

    def _look_up(self, held: CustomerAudience, client: TikTokBusiness) -> CustomerAudience:
        """Find out whether a request whose answer was lost has made the audience."""
        since = held.creating_since or 0.0
        with self._database.read() as connection:
            tenant = TenantConnection(connection, held.org)
            known = store.tiktok_ids(tenant, held.account, held.name)
            # a namesake of another organisation that shares the ad account isn't this one
            for org in organisations_sharing(connection, held.account, but=held.org):
                other = TenantConnection(connection, org)
                known |= store.tiktok_ids(other, held.account, held.name)
        made = [
            one.audience_id
            for one in client.audiences.all_audiences(page_size=100, limit=400)
            if one.audience_id not in known and may_be(one, held.name, since)
        ]
        if len(made) == 1:
            return self._made(held, made[0])
        if not made and self._clock.now() - since < _LISTED_SECONDS:
            raise _Later(_AGAIN_SECONDS)
        several = (
            f"TikTok has several new audiences of the name {held.name}, and it isn't known which "
            "is this one: delete those that are needless, and send the members again."
        )
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            if not store.change_held(tenant, held, creating_since=None):
                raise _Later(_BUSY_SECONDS)
            if made:
                sent = sending(store.pending(tenant, held.id))
                self._ended(tenant, sent, ChangeState.FAILED, several)
                self._tell(tenant, held, EventType.ADS_AUDIENCE_FAILED, size=None, problem=several)
        if made:
            raise _Later(_FIRST_LOOK, several)
        return replace(held, creating_since=None)

    # sending

    def _send(self, held: CustomerAudience, client: TikTokBusiness, batch: MemberBatch) -> None:
        refused = refusal(held, batch)
        if refused is not None:
            self._refused(held, batch, refused)
            raise _Later(_FIRST_LOOK, held.problem)
        paths, calculate_type = self._upload(held, client, batch)
        creates = held.tiktok_id is None
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            since = self._clock.now() if creates else None
            if not store.change_held(tenant, held, creating_since=since):
                raise _Later(_BUSY_SECONDS)
            sending = [one.id for one in batch.changes]
            store.change_all(tenant, sending, state=ChangeState.SENDING.value)
        try:
            if creates:
                made = client.audiences.create(
                    custom_audience_name=held.name,
                    file_paths=paths,
                    calculate_type=calculate_type,
                )
                self._made(held, made.custom_audience_id, batch)
                return
            client.audiences.update(
                custom_audience_id=str(held.tiktok_id),
                file_paths=paths,
                action=batch.action.at_tiktok,
            )
        except (TransportError, ServerError):
            raise  # it may have been done: a later run finds out, or repeats what may be repeated
        except RateLimited as error:
            self._not_sent(held, batch)
            raise _Later(error.retry_after or _AGAIN_SECONDS) from error
        except StagedoorError as error:
            self._refused(held, batch, str(error))
            raise _Later(_FIRST_LOOK, str(error)) from error
        self._took(held, batch)

    def _upload(
        self, held: CustomerAudience, client: TikTokBusiness, batch: MemberBatch
    ) -> tuple[tuple[str, ...], str]:
        """Upload the files of the changes, each in memory while it is sent."""
        paths: list[str] = []
        calculate_type = ""
        for change in batch.changes:
            files = HashedFiles(hashed(held.kinds, self._opened(held, batch, change)))
            calculate_type = files.calculate_type
            while (file := files.take()) is not None:
                sent = client.audiences.upload_file(
                    file=file.data,
                    file_signature=file.signature,
                    calculate_type=calculate_type,
                    file_name=f"members-{len(paths) + 1}.csv",
                )
                paths.append(sent.file_path)
            self._keep(held)
        return tuple(paths), calculate_type

    def _opened(
        self, held: CustomerAudience, batch: MemberBatch, change: StoredMembersChange
    ) -> Iterator[str]:
        with self._database.read() as connection:
            parts = store.parts(TenantConnection(connection, held.org), change.id)
        try:
            opened = [
                self._vault.open(*cell_of(held.org, change.id, number), part)
                for number, part in enumerate(parts)
            ]
        except VaultClosed:
            problem = "The kept hashes can't be decrypted any more: send the members again."
            self._refused(held, replace(batch, changes=(change,)), problem)
            raise _Later(_FIRST_LOOK) from None
        return iter(opened)

    def _keep(self, held: CustomerAudience) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            if not store.change_held(tenant, held, **leases.renewal(_HELD_SECONDS)):
                raise _Later(_BUSY_SECONDS)

    # outcomes

    def _made(
        self, held: CustomerAudience, tiktok_id: str, batch: MemberBatch | None = None
    ) -> CustomerAudience:
        """Record that TikTok created the audience from the sent members."""
        values = {
            "tiktok_id": tiktok_id,
            "state": AudienceState.COMPUTING.value,
            "creating_since": None,
            "problem": None,
            "polls": 0,
        }
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            store.change(tenant, held.id, **values)
            sent = batch.changes if batch else sending(store.pending(tenant, held.id))
            self._ended(tenant, sent, ChangeState.DONE)
            if batch is not None:
                self._ended(tenant, batch.superseded, ChangeState.SUPERSEDED)
        return replace(
            held, tiktok_id=tiktok_id, state=AudienceState.COMPUTING, creating_since=None, polls=0
        )

    def _took(self, held: CustomerAudience, batch: MemberBatch) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            computing = AudienceState.COMPUTING.value
            store.change(tenant, held.id, state=computing, problem=None, polls=0)
            self._ended(tenant, batch.changes, ChangeState.DONE)
            self._ended(tenant, batch.superseded, ChangeState.SUPERSEDED)

    def _not_sent(self, held: CustomerAudience, batch: MemberBatch) -> None:
        """TikTok did nothing: the changes wait again."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            store.change_held(tenant, held, creating_since=None)
            ids = [one.id for one in batch.changes]
            store.change_all(tenant, ids, state=ChangeState.WAITING.value)

    def _refused(self, held: CustomerAudience, batch: MemberBatch, message: str) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, held.org)
            store.change_held(tenant, held, creating_since=None)
            self._ended(tenant, batch.changes, ChangeState.FAILED, message)
            self._tell(tenant, held, EventType.ADS_AUDIENCE_FAILED, size=held.size, problem=message)

    def _ended(
        self,
        tenant: TenantConnection,
        changes: Any,
        state: ChangeState,
        message: str | None = None,
    ) -> None:
        store.end(tenant, changes, state, self._clock.now(), message)


def _after(error: ApiError) -> _Later:
    if error.retryable:
        return _Later(max(_AGAIN_SECONDS, error.retry_after or 0.0))
    return _Later(_REFUSED_SECONDS, error.message)
