"""Keeping consents: the grant with its tokens, and the organisation's integration that uses it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from ..app_kinds import AppKind
from ..apps.service import RegisteredApp
from ..clock import Clock
from ..database import Database, TenantConnection
from ..event_types import Emit, EventType
from ..notices.service import Notices
from ..schedule import store as schedule
from ..vault import Vault
from . import ad_account_store, profile, store
from .accounts import AppGrant, CredentialKind, CredentialStatus, Integration
from .errors import LoginFailed
from .losses import CREDENTIAL
from .profile import ConnectedProfile
from .redeem import Redeemed, Redeemer
from .tokens import sealed

PROFILE = "grant-profile"
"""Kind of due row: read an account's name and avatar again."""
LATER_SECONDS = 1_800.0
REVOKE = "grant-revoke"
"""Kind of due row: revoke an unused grant at TikTok."""
SUBSCRIBE = "business-subscriptions"
"""Kind of due row: reconcile an app's subscriptions to webhooks."""
Connected = Callable[[TenantConnection, str, CredentialKind], object]


class Consents:
    """Stores the grant, the tokens and the accounts of a login."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        notices: Notices,
        clock: Clock,
        redeemer: Redeemer,
        emit: Emit,
        listeners: Sequence[Connected] = (),
    ) -> None:
        """`listeners` are called in the transaction in which an account is connected, or connected
        again, with the integration's id and the kind of the credential."""
        self._database = database
        self._vault = vault
        self._notices = notices
        self._clock = clock
        self._redeemer = redeemer
        self._emit = emit
        self._listeners = listeners

    def keep(self, org: str, app: RegisteredApp, login: Row[Any], redeemed: Redeemed) -> str:
        """Store the tokens for all organisations that use the grant; returns the integration's id.

        Raises `LoginFailed` for another account than that of the integration that the login
        names: the tokens aren't kept. A token of `ads` that isn't kept is revoked: it is of this
        consent alone.
        """
        try:
            return self._keep(org, app, login, redeemed)
        except Exception:
            if redeemed.kind is CredentialKind.ADS:
                self._redeemer.discard(app, redeemed)
            raise

    def _keep(self, org: str, app: RegisteredApp, login: Row[Any], redeemed: Redeemed) -> str:
        while True:
            with self._database.read() as connection:
                known = store.grant_of(connection, app.id, redeemed.subject, redeemed.kind)
                tenant = TenantConnection(connection, org)
                found = _record_for(tenant, login.integration_id, known, redeemed)
            if found is None:
                if known is None and redeemed.kind is not CredentialKind.ADS:
                    self._redeemer.discard(app, redeemed)
                raise LoginFailed("another_account")
            record_id, moves = found
            grant_id = known.id if known is not None else uuid.uuid4().hex
            values = self._grant_values(app, grant_id, redeemed)
            try:
                with self._database.begin() as connection:
                    tenant = TenantConnection(connection, org)
                    self._write(connection, app, redeemed, known, grant_id, values)
                    if known is not None:
                        self._tell_narrowed(connection, org, AppGrant.of(known), redeemed)
                    if record_id is not None:
                        self._make_room(tenant, record_id, redeemed.kind, grant_id)
                        if moves:
                            self._move(tenant, grant_id, record_id)
                    return self._use(tenant, record_id, grant_id, login, redeemed)
            except IntegrityError:
                continue  # another request connected the same account just now: renew that grant

    def _write(
        self,
        connection: Connection,
        app: RegisteredApp,
        redeemed: Redeemed,
        known: Row[Any] | None,
        grant_id: str,
        values: dict[str, Any],
    ) -> None:
        now = self._clock.now()
        if known is None:
            store.add_grant(
                connection,
                id=grant_id,
                app_id=app.id,
                open_id=redeemed.subject,
                kind=redeemed.kind.value,
                created=now,
                **values,
            )
        else:
            store.connect_grant(connection, grant_id, **values)
        seen = redeemed.profile
        again = (
            now + LATER_SECONDS if seen == ConnectedProfile() else profile.read_again_at(seen, now)
        )
        schedule.wait(connection, PROFILE, grant_id, again)
        if redeemed.kind.app is AppKind.BUSINESS:
            schedule.wait(connection, SUBSCRIBE, app.id, now)

    def _grant_values(
        self, app: RegisteredApp, grant_id: str, redeemed: Redeemed
    ) -> dict[str, Any]:
        seen = {name: value for name, value in asdict(redeemed.profile).items() if value}
        return {
            **sealed(self._vault, app.id, grant_id, redeemed.tokens),
            **seen,
            "scopes": list(redeemed.tokens.scopes),
            "status": CredentialStatus.ACTIVE.value,
            "error": None,
            "connected_at": self._clock.now(),
        }

    def _use(
        self,
        tenant: TenantConnection,
        record_id: str | None,
        grant_id: str,
        login: Row[Any],
        redeemed: Redeemed,
    ) -> str:
        """Give the organisation the grant, on the integration `record_id` or a new one."""
        now = self._clock.now()
        values = {
            "requested": list(login.requested),
            "granted": list(redeemed.tokens.scopes),
            "connected_at": now,
        }
        if record_id is None:
            record_id = f"{int(now * 1000):013x}{secrets.token_hex(8)}"
            store.add_integration(
                tenant, id=record_id, grant_id=grant_id, created=now, connected_at=now
            )
        mine = store.by_grant(tenant, grant_id)
        if mine is None:
            kind = redeemed.kind.value
            store.add_credential(
                tenant, integration_id=record_id, kind=kind, grant_id=grant_id, **values
            )
        else:
            store.change_credential(tenant, grant_id, **values)
        record = store.integration(tenant, record_id)
        assert record is not None  # noqa: S101
        store.change_integration(tenant, record_id, grant_id=record.grant.id, connected_at=now)
        if redeemed.kind is CredentialKind.ADS:
            ad_account_store.replace_all(tenant, record_id, redeemed.ad_accounts, now)
        for listener in self._listeners:
            listener(tenant, record_id, redeemed.kind)
        data = {
            "integrationId": record_id,
            CREDENTIAL: redeemed.kind.value,
            "username": redeemed.profile.username,
            "scopes": list(redeemed.tokens.scopes),
        }
        self._emit(tenant, EventType.INTEGRATION_CONNECTED, lambda: data)
        return record_id

    def _move(self, tenant: TenantConnection, grant_id: str, record_id: str) -> None:
        """Put a credential on the integration `record_id`; the one that it leaves is deleted."""
        left = store.move_credential(tenant, grant_id, record_id)
        if left is not None:
            self._notices.follow(tenant, EventType.INTEGRATION_DELETED, left)
            told = {"integrationId": left}
            self._emit(tenant, EventType.INTEGRATION_DELETED, lambda: told)

    def _make_room(
        self, tenant: TenantConnection, record_id: str, kind: CredentialKind, grant_id: str
    ) -> None:
        """Remove the ended credential that the one of another grant replaces."""
        record = store.integration(tenant, record_id)
        ended = None if record is None else record.credential(kind)
        if ended is not None and ended.grant.id != grant_id:
            store.delete_credential(tenant, ended.grant.id)
            schedule.wait(tenant.connection, REVOKE, ended.grant.id, self._clock.now())

    def _tell_narrowed(
        self, connection: Connection, org: str, before: AppGrant, redeemed: Redeemed
    ) -> None:
        """TikTok keeps one consent per app and account: a narrower one removes scopes for all
        organisations, which are notified."""
        lost = set(before.scopes) - set(redeemed.tokens.scopes)
        if not lost:
            return
        for holder in store.holders(connection, before.id):
            tenant = TenantConnection(connection, holder.org)
            integration = store.integration(tenant, holder.integration_id)
            credential = integration.credential(redeemed.kind) if integration else None
            gone = sorted(lost & set(credential.allowed if credential else ()))
            if holder.org != org and gone:
                self._notices.tell(
                    tenant,
                    EventType.INTEGRATION_NARROWED,
                    holder.integration_id,
                    f"{before.name} allows less than before: {', '.join(gone)} is gone. Ask the "
                    "creator to connect again to get it back.",
                    {"missing": gone},
                )


def _record_for(
    tenant: TenantConnection, named: str | None, known: Row[Any] | None, redeemed: Redeemed
) -> tuple[str | None, bool] | None:
    """The integration that the credential belongs on (None: a new one), and whether the credential
    moves there from another one. None: the integration `named` is of another account.
    """
    mine = None if known is None else store.by_grant(tenant, known.id)
    if named is None:
        if mine is not None:
            return mine.id, False
        username = redeemed.profile.username
        if redeemed.kind is CredentialKind.ADS or username is None:
            return None, False
        return store.same_account(tenant, redeemed.kind, username), False
    given = store.integration(tenant, named)
    if given is None:
        return None
    if mine is not None and mine.id == given.id:
        return given.id, False
    alone = mine is None or (
        len(mine.credentials) == 1 and redeemed.kind is not CredentialKind.CREATOR
    )
    held = given.credential(redeemed.kind)
    # another person may take the place of one whose access to ad accounts has ended
    taken = held is not None and (held.status.usable or redeemed.kind is not CredentialKind.ADS)
    if taken or not alone or _differ(given, redeemed):
        return None
    return given.id, mine is not None


def _differ(given: Integration, redeemed: Redeemed) -> bool:
    """Whether the consent is known to be of another TikTok account than the integration's."""
    username = redeemed.profile.username
    if redeemed.kind is CredentialKind.ADS or username is None:
        return False
    known = [one.grant.username for one in given.credentials if one.kind is not CredentialKind.ADS]
    return any(name is not None and name.lower() != username.lower() for name in known)
