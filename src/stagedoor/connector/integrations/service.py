"""Accounts: listing them, making clients for them, and ending them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import httpx2

from stagedoor.client import RetryPolicy, TikTok, TikTokBusiness, Tokens
from stagedoor.client.driver_sync import SyncDriver
from stagedoor.client.errors import (
    GrantInvalid,
    ServerError,
    StagedoorError,
    TokenInvalid,
    TransportError,
)
from stagedoor.client.session import Session, usable_tokens
from stagedoor.client.tokens import EARLY_SECONDS
from stagedoor.platform.products.webhooks import RemovalReason

from ..app_kinds import AppKind
from ..apps.service import Apps, RegisteredApp
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ObjectNotFound
from ..event_types import Emit, EventType
from ..notices.service import Notices
from ..pages import Page, identified
from ..schedule import store as schedule
from ..settings import Settings
from ..vault import Vault
from . import persons, store
from .accounts import (
    AppGrant,
    Credential,
    CredentialKind,
    CredentialProblem,
    CredentialStatus,
    Holder,
    Integration,
)
from .clients import AppClients
from .consents import REVOKE, SUBSCRIBE
from .errors import NoCredential, NoIntegration
from .losses import CREDENTIAL
from .tokens import ACCESS, TABLE, GrantTokens

_TRY_AGAIN_SECONDS = 60.0

logger = logging.getLogger("stagedoor.integrations")


class Integrations:
    """The accounts of all organisations. Thread-safe."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        apps: Apps,
        notices: Notices,
        clock: Clock,
        http: httpx2.Client,
        clients: AppClients,
        emit: Emit,
    ) -> None:
        self._settings = settings
        self._database = database
        self._vault = vault
        self._apps = apps
        self._notices = notices
        self._clock = clock
        self._http = http
        self._clients = clients
        self._emit = emit

    def page(
        self,
        org: str,
        cursor: str | None = None,
        limit: int = 50,
        kind: CredentialKind | None = None,
    ) -> Page[Integration]:
        """In the order of their first connection; `cursor` is the last page's `next_cursor`.

        `kind`: only those that have a credential of this kind. Raises `InvalidInput`.
        """
        after = identified(cursor)
        with self._database.read() as connection:
            found = store.page(TenantConnection(connection, org), after, limit + 1, kind)
        listed = found[:limit]
        return Page(listed, listed[-1].id if len(found) > limit else None)

    def get(self, org: str, integration_id: str) -> Integration:
        """Raises `NoIntegration`, also for another organisation's integration."""
        with self._database.read() as connection:
            found = store.integration(TenantConnection(connection, org), integration_id)
        if found is None:
            raise NoIntegration
        return found

    def locked(self, tenant: TenantConnection, integration_id: str) -> Integration | None:
        """The integration, or None; nobody connects or deletes the account before the caller's
        transaction ends."""
        store.lock_integration(tenant, integration_id)
        return store.integration(tenant, integration_id)

    def of_handle(
        self, org: str, handle: str, kind: CredentialKind, limit: int = 20
    ) -> list[Integration]:
        """The integrations whose credential of this kind is of a TikTok account with this
        handle."""
        with self._database.read() as connection:
            return store.of_handle(TenantConnection(connection, org), handle, kind, limit)

    def of_person(
        self, tenant: TenantConnection, username: str | None, ids: Sequence[str]
    ) -> list[tuple[str, CredentialKind, CredentialStatus, str]]:
        """The credentials of a person's TikTok accounts, by username (in lower case) or open ids:
        integration, kind, status, open id."""
        return persons.of_person(tenant, username, ids)

    def grant(self, grant_id: str) -> AppGrant:
        with self._database.read() as connection:
            row = store.grant(connection, grant_id)
        if row is None:
            raise ObjectNotFound("There is no such connection.")
        return AppGrant.of(row)

    def grants_of(self, app_id: str, open_id: str) -> list[AppGrant]:
        """The grants of an app's user, as TikTok names the user in a webhook."""
        with self._database.read() as connection:
            return [AppGrant.of(row) for row in store.grants_of(connection, app_id, open_id)]

    def usable_grants(self, app_id: str) -> list[AppGrant]:
        """The grants of an app whose tokens may be used."""
        with self._database.read() as connection:
            return store.usable_grants(connection, app_id)

    def holders(self, grant_id: str) -> list[Holder]:
        """Every organisation that uses a grant."""
        with self._database.read() as connection:
            return store.holders(connection, grant_id)

    def holders_of_ad_account(self, app_id: str, account_id: str) -> list[Holder]:
        """Every integration whose ads credential of this app reaches the ad account."""
        with self._database.read() as connection:
            return store.holders_of_ad_account(connection, app_id, account_id)

    def acting(
        self,
        org: str,
        integration_id: str,
        retry: RetryPolicy | None = None,
        background: bool = False,
    ) -> tuple[Integration, TikTok]:
        """An account, and a client that acts for its creator, from one read of the database.

        Calls in the `background` leave TikTok's rate limits to all others. Raises `NoIntegration`,
        `CredentialMissing`. Use the client at once: its first call uses the tokens that were read.
        """
        account, stored, tokens = self._acting(org, integration_id, CredentialKind.CREATOR)
        return account, self._clients.tiktok_of(stored, retry, background).for_account(tokens)

    def acting_by_business(
        self,
        org: str,
        integration_id: str,
        kind: CredentialKind,
        retry: RetryPolicy | None = None,
        background: bool = False,
    ) -> tuple[Integration, TikTokBusiness]:
        """As `acting`, for the credential of a kind of TikTok API for Business."""
        account, stored, tokens = self._acting(org, integration_id, kind)
        return account, self._clients.business_of(stored, retry, background).for_account(tokens)

    def _acting(
        self, org: str, integration_id: str, kind: CredentialKind
    ) -> tuple[Integration, Any, GrantTokens]:
        with self._database.read() as connection:
            found = store.acting(TenantConnection(connection, org), integration_id, kind)
            if found is None:
                raise NoIntegration
            account, row = found
            grant = account.must_have(kind).grant
            stored = self._apps.row(connection, grant.app_id)
        return account, stored, self.tokens(grant.id, row)

    def tokens(self, grant_id: str, seen: Any = None) -> GrantTokens:
        """The grant's token store. `seen` is its row, if it was read just now."""
        return GrantTokens(
            grant_id,
            seen=seen,
            database=self._database,
            vault=self._vault,
            notices=self._notices,
            clock=self._clock,
        )

    def tiktok_for(self, account: Integration | AppGrant | str) -> TikTok:
        """A client that acts for an integration's creator, or for a creator's grant (by its id).

        The client refreshes tokens as needed. It raises `ReconnectRequired` when the creator has to
        connect again. The caller may use the scopes in `Integration.granted`, and no others. Raises
        `CredentialMissing` for an integration without a creator's credential.
        """
        if isinstance(account, str):
            account = self.grant(account)
        if isinstance(account, Integration):
            account = account.must_have(CredentialKind.CREATOR).grant
        return self.client(self._apps.get(account.app_id), self.tokens(account.id))

    def business_for(self, grant: AppGrant) -> TikTokBusiness:
        """A client of TikTok API for Business that acts for a grant, without checks."""
        return self._clients.business(self._apps.get(grant.app_id), self.tokens(grant.id))

    def client(
        self,
        app: RegisteredApp,
        tokens: GrantTokens | Tokens | None = None,
        retry: RetryPolicy | None = None,
    ) -> TikTok:
        """A client of a Login Kit app, with the connection pool and pacer that all clients
        share."""
        return self._clients.tiktok(app, tokens, retry)

    def for_app(self, org: str, retry: RetryPolicy | None = None) -> tuple[str, TikTok]:
        """The id of the organisation's Login Kit app, and a client that acts for the app itself:
        for research and the ad library. Raises `NoApp`."""
        app_id = self._apps.of_org(org).id
        with self._database.read() as connection:
            stored = self._apps.row(connection, app_id)
        return app_id, self._clients.tiktok_of(stored, retry)

    def access_token(self, grant_id: str) -> str:
        """A creator's valid access token, refreshed if necessary. Raises `ReconnectRequired`."""
        with self._database.read() as connection:
            row = store.token(connection, grant_id)
        if row is None:
            raise ObjectNotFound("There is no such connection.")
        app_id, sealed, expires_at, status = row
        fresh = expires_at is None or self._clock.now() < expires_at - EARLY_SECONDS
        if fresh and sealed is not None and CredentialStatus(status).usable:
            return self._vault.open(app_id, TABLE, grant_id, ACCESS, sealed)
        app = self._apps.get(app_id)
        session = Session(
            app.client_key, app.client_secret, self._settings.hosts, now=self._clock.now
        )
        driver = SyncDriver(self._http, None, self.tokens(grant_id))
        return driver.run(usable_tokens(session)).access_token

    def delete(self, org: str, integration_id: str, kind: CredentialKind | None = None) -> None:
        """End an organisation's use of an account, or only its credential of one kind. A grant that
        nobody uses any more is revoked at TikTok, and a record without a credential is deleted.

        Raises `NoIntegration`, `NoCredential`.
        """
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            seen = store.integration(tenant, integration_id)
            for grant_id in sorted(one.grant.id for one in seen.credentials) if seen else ():
                # a concurrent connect of the same account, or end of another credential, runs
                # before or after this, not in between
                store.lock_grant(connection, grant_id)
            found = store.integration(tenant, integration_id)
            if found is None:
                raise NoIntegration
            ended = [one for one in found.credentials if kind in (None, one.kind)]
            if not ended:
                raise NoCredential
            grants = sorted(one.grant.id for one in ended)
            if len(ended) == len(found.credentials):
                store.delete_integration(tenant, integration_id)
                self._notices.follow(tenant, EventType.INTEGRATION_DELETED, integration_id)
                told = {"integrationId": integration_id}
                self._emit(tenant, EventType.INTEGRATION_DELETED, lambda: told)
            else:
                self._end_credential(tenant, found, ended[0])
            unused = [one for one in grants if not store.holders(connection, one)]
            for credential in ended:
                if credential.kind.app is AppKind.BUSINESS:
                    now = self._clock.now()
                    schedule.wait(connection, SUBSCRIBE, credential.grant.app_id, now)
            for grant_id in unused:
                # if this process dies now, a worker revokes the grant at TikTok
                due = self._clock.now() + _TRY_AGAIN_SECONDS
                schedule.wait(connection, REVOKE, grant_id, due)
        which = "all" if kind is None else kind.value
        told = {"org": org, "integration": integration_id, "credential": which}
        logger.info("an account's use was ended", extra=told)
        for grant_id in unused:
            self.revoke(grant_id)

    def _end_credential(
        self, tenant: TenantConnection, account: Integration, ended: Credential
    ) -> None:
        """Delete one credential of several: the record is named by the first that is left."""
        left = next(one for one in account.credentials if one.kind is not ended.kind)
        store.delete_credential(tenant, ended.grant.id)
        if ended.kind is CredentialKind.ADS:
            store.delete_ad_accounts(tenant, account.id)
        store.change_integration(tenant, account.id, grant_id=left.grant.id)
        told = {CREDENTIAL: ended.kind.value}
        self._notices.follow(tenant, EventType.INTEGRATION_CREDENTIAL_DELETED, account.id, told)
        data = {"integrationId": account.id, **told}
        self._emit(tenant, EventType.INTEGRATION_CREDENTIAL_DELETED, lambda: data)

    def revoke(self, grant_id: str) -> None:
        """Revoke an unused grant at TikTok, and delete its tokens. Idempotent."""
        if self.holders(grant_id):
            with self._database.begin() as connection:
                schedule.forget(connection, REVOKE, grant_id)
            return
        try:
            self._disconnect(grant_id)
        except (TokenInvalid, GrantInvalid):
            pass  # TikTok has ended the grant already
        except (TransportError, ServerError, ApiError) as error:
            logger.warning(
                "TikTok couldn't be told of the end of a grant: %s",
                error,
                extra={"grant": grant_id},
            )
            with self._database.begin() as connection:
                due = self._clock.now() + _TRY_AGAIN_SECONDS
                schedule.wait(connection, REVOKE, grant_id, due)
            return
        except StagedoorError as error:
            logger.warning("TikTok refused to end a grant: %s", error, extra={"grant": grant_id})
        with self._database.begin() as connection:
            store.lock_grant(connection, grant_id)
            schedule.forget(connection, REVOKE, grant_id)
            if not store.holders(connection, grant_id):
                store.end_grant(connection, grant_id, None)
                store.forget_profile(connection, grant_id)

    def _disconnect(self, grant_id: str) -> None:
        grant = self.grant(grant_id)
        if grant.kind is CredentialKind.CREATOR:
            self.tiktok_for(grant).oauth.disconnect()
        else:
            self.business_for(grant).oauth.disconnect()

    def removed(self, grant_id: str, reason: RemovalReason | int, at: float | None = None) -> bool:
        """Handle TikTok's event that the authorization was removed at `at` (Unix seconds).

        The credential is revoked and its tokens are deleted; the organisations' history stays, and
        their admins are notified. False when there was nothing to end: TikTok's webhooks come late
        and twice, and the creator may have connected again since.
        """
        with self._database.begin() as connection:
            store.lock_grant(connection, grant_id)
            row = store.grant(connection, grant_id)
            if row is None or row.status == CredentialStatus.REVOKED.value:
                return False
            if at is not None and _before(at, reason, row.connected_at):
                return False
            why = _why(reason)
            problem = CredentialProblem("authorization_removed", why, None, self._clock.now())
            store.end_grant(connection, grant_id, asdict(problem))
            for holder in store.holders(connection, grant_id):
                self._notices.tell(
                    TenantConnection(connection, holder.org),
                    EventType.INTEGRATION_REVOKED,
                    holder.integration_id,
                    f"{AppGrant.of(row).name} can't be used any more: {why}. Its past posts stay "
                    "on record. To go on, ask the creator to connect again.",
                    {"reason": int(reason), CREDENTIAL: row.kind},
                )
        return True


def _before(at: float, reason: RemovalReason | int, connected_at: float) -> bool:
    """Whether a removal is of an earlier consent. TikTok's times are whole seconds."""
    if reason == RemovalReason.DEVELOPER_REVOKED:
        return at <= connected_at  # the service revoked it, and the creator connected again at once
    return at < int(connected_at)


_REASONS: dict[int, str] = {
    RemovalReason.USER_DISCONNECTED: "the creator disconnected the app",
    RemovalReason.ACCOUNT_DELETED: "the account was deleted",
    RemovalReason.AGE_CHANGED: "the creator's age changed",
    RemovalReason.ACCOUNT_BANNED: "TikTok banned the account",
    RemovalReason.DEVELOPER_REVOKED: "the app ended the authorization",
}


def _why(reason: RemovalReason | int) -> str:
    return _REASONS.get(reason, "TikTok removed the authorization")
