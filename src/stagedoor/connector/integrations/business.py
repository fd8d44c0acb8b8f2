"""Calls of TikTok API for Business for an organisation.

The subject of an operation decides which credential makes the call: `for_advertiser` those on ad
accounts, `for_account` those on a TikTok account, `for_app` those that the app authenticates. The
clients refresh tokens, keep to the rate limits across processes, and refuse calls that the
organisation may not make before anything is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from stagedoor.client import RetryPolicy, TikTokBusiness
from stagedoor.client.errors import ReconnectRequired, StagedoorError
from stagedoor.platform.account_field import account_field
from stagedoor.platform.operation import Operation, Subject

from ..app_kinds import AppKind
from ..apps.service import Apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import Forbidden
from ..schedule import store as schedule
from . import ad_account_store, store
from .accounts import Credential, CredentialKind, Integration, ReachedAdAccount
from .clients import AppClients
from .consents import SUBSCRIBE
from .errors import AccountNotAccessible, NoIntegration
from .needed_scopes import lacking
from .redeem import named_accounts
from .service import Integrations
from .tiktok_errors import api_error_of

BRISK = RetryPolicy(attempts=2, first_delay=0.2, max_delay=2.0, max_wait=3.0)
"""Threads don't wait for long: a longer wait is a retry by a due row."""
READ_AGAIN_SECONDS = 60.0
"""An ad account that isn't recorded makes the list be read again, but no more often than this."""
_AT_ONCE = 200

logger = logging.getLogger("stagedoor.integrations")


class BusinessClients:
    """Clients of TikTok API for Business that act for organisations. Thread-safe."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        apps: Apps,
        clients: AppClients,
        integrations: Integrations,
    ) -> None:
        self._database = database
        self._clock = clock
        self._apps = apps
        self._clients = clients
        self._integrations = integrations

    def for_advertiser(
        self, org: str, account_id: str, retry: RetryPolicy | None = BRISK
    ) -> TikTokBusiness:
        """A client for one ad account: its calls need no `advertiser_id`.

        Raises `AccountNotAccessible` for an ad account that no ads credential of the organisation
        reaches. A call that names an ad account beyond the credential's is refused likewise. Use
        the client at once: its first call uses the tokens that were read.
        """
        client = self.for_ads(org, self.reaching(org, account_id), retry)
        return client.for_advertiser(account_id)

    def for_ads(
        self, org: str, integration_id: str, retry: RetryPolicy | None = BRISK
    ) -> TikTokBusiness:
        """A client for the ad accounts of one integration, which each call names.

        Raises as `acting` does; its calls are refused as those of `for_advertiser`.
        """
        _, client = self.acting(org, integration_id, CredentialKind.ADS, retry)
        return client

    def for_account(
        self, org: str, integration_id: str, retry: RetryPolicy | None = BRISK
    ) -> TikTokBusiness:
        """A client for the TikTok account of an integration: its calls need no `business_id`.

        Raises `NoIntegration`, and `CredentialMissing` without a `businessAccount` credential. A
        call without one of its scopes, granted to this organisation, is refused with `Forbidden`.
        Use the client at once: its first call uses the tokens that were read.
        """
        _, client = self.acting(org, integration_id, CredentialKind.ACCOUNT, retry)
        return client

    def acting(
        self,
        org: str,
        integration_id: str,
        kind: CredentialKind,
        retry: RetryPolicy | None = BRISK,
        background: bool = False,
    ) -> tuple[Integration, TikTokBusiness]:
        """An integration, and a client that acts for its credential of this kind: of `ads` for its
        ad accounts (by `for_advertiser` of the client), of `businessAccount` as `for_account`.

        Calls in the `background` leave TikTok's rate limits to all others. Raises `NoIntegration`,
        and `CredentialMissing` without such a credential. Use the client at once: its first call
        uses the tokens that were read.
        """
        found, client = self._integrations.acting_by_business(
            org, integration_id, kind, retry, background
        )
        if kind is CredentialKind.ADS:
            reached = frozenset(one.id for one in found.ad_accounts)
            return found, client.with_guard(_guard_of_ads(reached))
        return found, client.with_guard(_guard_of_account(found.must_have(kind)))

    def for_app(self, org: str, retry: RetryPolicy | None = BRISK) -> TikTokBusiness:
        """A client for the calls that the organisation's app authenticates by its secret. Raises
        `NoApp`."""
        app = self._apps.of_org(org, AppKind.BUSINESS)
        return self._clients.business(app, retry=retry).with_guard(_guard_of_app)

    def reaching(self, org: str, account_id: str) -> str:
        """The id of an integration whose ads credential reaches the ad account.

        Raises `AccountNotAccessible`, and TikTok's refusal where the list has to be read again.
        """
        found = self._reaching(org, account_id)
        if found is None and self._read_all(org):
            found = self._reaching(org, account_id)
        if found is None:
            raise AccountNotAccessible(account_id)
        return found

    def integrations_with_ads(self, org: str) -> Iterable[Integration]:
        """The organisation's integrations that have an ads credential."""
        cursor: str | None = None
        while True:
            page = self._integrations.page(org, cursor, _AT_ONCE, CredentialKind.ADS)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def read_ad_accounts(self, integration: Integration) -> tuple[ReachedAdAccount, ...]:
        """Read and record the ad accounts that an integration's ads credential reaches.

        After a consent that was given meanwhile, its ad accounts stay. Raises the client's errors,
        and `NoIntegration` for an integration that was deleted meanwhile.
        """
        credential = integration.must_have(CredentialKind.ADS)
        business = self._integrations.business_for(credential.grant)
        found = tuple(named_accounts(business.with_retry(BRISK)))
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, integration.org)
            now = self._clock.now()
            if not ad_account_store.renew(tenant, integration.id, credential, found, now):
                present = store.integration(tenant, integration.id)
                if present is None:
                    raise NoIntegration
                return present.ad_accounts
            if set(found) != set(integration.ad_accounts):
                schedule.wait(connection, SUBSCRIBE, credential.grant.app_id, now)
        return found

    def _reaching(self, org: str, account_id: str) -> str | None:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            ids = store.reaching(tenant, account_id)
            found = [one for each in ids if (one := store.integration(tenant, each)) is not None]
        usable = [one for one in found if one.must_have(CredentialKind.ADS).status.usable]
        return next((one.id for one in usable or found), None)

    def _read_all(self, org: str) -> bool:
        """Read the ad accounts of all credentials again; False where all were read just now."""
        read = False
        for integration in self.integrations_with_ads(org):
            credential = integration.must_have(CredentialKind.ADS)
            since = self._clock.now() - (credential.listed_at or 0.0)
            if not credential.status.usable or since < READ_AGAIN_SECONDS:
                continue
            try:
                self.read_ad_accounts(integration)
            except (ReconnectRequired, NoIntegration):
                continue
            except StagedoorError as error:
                raise api_error_of(error) from error
            read = True
        return read


def _guard_of_ads(reached: frozenset[str]) -> Any:
    def guard(operation: Operation[..., Any], request: BaseModel) -> None:
        if _by_secret(operation):
            return
        _must_be(operation, Subject.ADVERTISER)
        named = getattr(request, "advertiser_id", None)
        several = getattr(request, "advertiser_ids", None) or ()
        for account_id in (*((named,) if named else ()), *several):
            if str(account_id) not in reached:
                raise AccountNotAccessible(str(account_id))

    return guard


def _guard_of_account(credential: Credential) -> Any:
    granted, open_id = frozenset(credential.granted), credential.grant.open_id

    def guard(operation: Operation[..., Any], request: BaseModel) -> None:
        if _by_secret(operation):
            return
        _must_be(operation, Subject.ACCOUNT_HOLDER)
        field = account_field(request)
        if field is not None and getattr(request, field) not in ("", open_id):
            raise Forbidden(
                f"{credential.grant.name} is another account than the one that {field} names: "
                "leave it out.",
                code="account_not_accessible",
            )
        needed = lacking(operation, dict(request), granted)
        if needed is not None:
            wanted = " or ".join(needed)
            raise Forbidden(
                f"{credential.grant.name} didn't allow this: the scope {wanted} is missing. Ask "
                "its holder to connect again and leave it ticked.",
                code="scope_missing",
                detail={"scopes": list(needed)},
            )

    return guard


def _guard_of_app(operation: Operation[..., Any], _: BaseModel) -> None:
    if not _by_secret(operation):
        raise TypeError(f"{operation.id} is called for an account, not for the app")


def _by_secret(operation: Operation[..., Any]) -> bool:
    """Whether the app itself authenticates the call; so a refresh passes every guard."""
    return operation.subject is Subject.APP


def _must_be(operation: Operation[..., Any], subject: Subject) -> None:
    if operation.subject is not subject:
        raise TypeError(f"{operation.id} is called for {operation.subject}, not for {subject}")
