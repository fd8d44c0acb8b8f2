"""The login flow (OAuth): from a link that the creator opens to stored tokens."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError
from sqlalchemy import Row

from stagedoor.client import Hosts, Login, begin_login
from stagedoor.client.business_login import advertiser_login
from stagedoor.client.errors import (
    ClientRejected,
    ServerError,
    StagedoorError,
    TikTokError,
    TransportError,
)
from stagedoor.platform.products.oauth import LoginCallback

from ..apps.service import Apps, RegisteredApp
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable, unfit, unfit_parts
from ..event_types import Emit, EventType
from ..notices.service import Notices
from ..patience import IMPATIENT
from ..schedule import store as schedule
from ..settings import Settings
from ..vault import Vault
from . import logins, profile
from .accounts import AppGrant, CredentialKind, Integration
from .clients import AppClients
from .consents import LATER_SECONDS, PROFILE, Connected, Consents
from .errors import LoginFailed, NothingToAsk, ReturnUrlRefused, StateRefused
from .profile import ConnectedProfile
from .redeem import Redeemed, Redeemer
from .return_urls import ReturnUrls, with_outcome
from .scopes import Choice, choose, choose_for_account, unknown
from .service import Integrations

LOGIN_SECONDS = 900.0
_FORGET_SECONDS = 86_400.0
_MAX_STATE = 200
_REASON = re.compile(r"[a-z_]{1,64}")

logger = logging.getLogger("stagedoor.integrations")


@dataclass(frozen=True, slots=True)
class Started:
    """A login that waits for the creator's consent."""

    auth_url: str = field(repr=False)
    state: str = field(repr=False)
    choice: Choice
    warnings: tuple[str, ...]


class Authorization:
    """Begins logins and handles TikTok's redirect back."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        apps: Apps,
        notices: Notices,
        clock: Clock,
        integrations: Integrations,
        clients: AppClients,
        return_urls: ReturnUrls,
        emit: Emit,
        listeners: Sequence[Connected] = (),
    ) -> None:
        """`listeners` as for `Consents`."""
        self._settings = settings
        self._database = database
        self._vault = vault
        self._apps = apps
        self._notices = notices
        self._clock = clock
        self._integrations = integrations
        self._return_urls = return_urls
        self._redeemer = Redeemer(clients, clock, settings.redirect_uri)
        self._consents = Consents(database, vault, notices, clock, self._redeemer, emit, listeners)

    def begin(
        self,
        org: str,
        return_url: str,
        scopes: Sequence[str] | None = None,
        integration_id: str | None = None,
        kind: CredentialKind = CredentialKind.CREATOR,
    ) -> Started:
        """Make a link to TikTok's consent page, valid for 15 minutes and one person.

        Raises `NoApp`, `ReturnUrlRefused`, `NothingToAsk`, `NoIntegration`, and `InvalidInput` for
        scopes of `ads` and for scopes that TikTok doesn't have.
        """
        app = self._apps.of_org(org, kind.app)
        warning = self._return_urls.check(org, return_url)
        if integration_id is not None:
            self._integrations.get(org, integration_id)
        choice = _choice(kind, scopes, app.scopes)
        if not choice.requested and kind is not CredentialKind.ADS:
            raise NothingToAsk(
                "None of these scopes can be asked for in this login; detail says where each can "
                "be had.",
                detail={"unavailable": [asdict(one) for one in choice.unavailable]},
            )
        state = secrets.token_urlsafe(32)
        login_id = _digest(state)
        settings = self._settings
        login = _url(app, kind, settings.redirect_uri, choice, state, settings.hosts)
        verifier = login.code_verifier or ""
        sealed_verifier = self._vault.seal(app.id, "logins", login_id, "verifier", verifier)
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            logins.forget(tenant, now - _FORGET_SECONDS)
            logins.add(
                tenant,
                id=login_id,
                app_id=app.id,
                kind=kind.value,
                return_url=return_url,
                requested=list(choice.requested),
                verifier=sealed_verifier,
                integration_id=integration_id,
                created=now,
                expires=now + LOGIN_SECONDS,
            )
        return Started(login.url, state, choice, (warning,) if warning else ())

    def finish(self, query: str) -> str:
        """Finish a login: returns the URL to redirect the browser to that came back with `query`.

        Raises `StateRefused` for an invalid state: then there is no trusted URL to redirect to.
        """
        callback, auth_code = _read(query)
        org, login = self._use(callback.state)
        try:
            code = callback.code
            if login.kind == CredentialKind.ADS.value:
                code = auth_code or code
            integration = self._connected(org, login, callback, code)
        except LoginFailed as wrong:
            return with_outcome(login.return_url, integration="error", reason=wrong.reason)
        except ServiceUnavailable:
            return with_outcome(login.return_url, integration="error", reason="try_again")
        except ApiError as error:
            logger.warning("a login couldn't be finished: %s", error, extra={"org": org})
            return with_outcome(login.return_url, integration="error", reason=error.code)
        said = {"integration": "connected", "integrationId": integration.id}
        credential = integration.credential(CredentialKind(login.kind))
        if credential is not None and credential.missing:
            said["missing"] = ",".join(credential.missing)
        return with_outcome(login.return_url, **said)

    def refresh_profile(self, grant_id: str) -> None:
        """Read an account's name and avatar again, and schedule the next time."""
        grant = self._integrations.grant(grant_id)
        if not grant.status.usable or not self._integrations.holders(grant_id):
            return  # a new connection schedules it again
        self._read_profile(grant)

    def _use(self, state: str) -> tuple[str, Row[Any]]:
        """Consume the login that a state belongs to; a second caller can't use it."""
        login_id = _digest(state)
        now = self._clock.now()
        with self._database.begin() as connection:
            org = logins.org_of(connection, login_id)
            if org is None:
                raise StateRefused(
                    "This isn't the answer to a login of ours: it may be forged or cut short."
                )
            tenant = TenantConnection(connection, org)
            login = logins.find(tenant, login_id)
            if login is None or not logins.use(tenant, login_id, now):
                used = login is not None and login.used is not None
                raise StateRefused(
                    "This link was used already." if used else "This link has expired."
                )
        try:
            self._return_urls.check(org, login.return_url)
        except ReturnUrlRefused:
            raise StateRefused(
                "The address that this login should return to isn't allowed any more."
            ) from None
        return org, login

    def _connected(
        self, org: str, login: Row[Any], callback: LoginCallback, code: str
    ) -> Integration:
        if callback.error:
            said = callback.error if _REASON.fullmatch(callback.error) else "refused"
            raise LoginFailed(said)
        if not code:
            raise LoginFailed("no_code")
        app = self._apps.get(login.app_id)
        redeemed = self._redeem(org, app, login, code)
        integration_id = self._consents.keep(org, app, login, redeemed)
        integration = self._integrations.get(org, integration_id)
        logger.info("account connected", extra={"org": org, "integration": integration.id})
        return integration

    def _redeem(self, org: str, app: RegisteredApp, login: Row[Any], code: str) -> Redeemed:
        verifier = self._vault.open(app.id, "logins", login.id, "verifier", login.verifier)
        try:
            return self._redeemer.redeem(org, app, login, code, verifier or None)
        except ClientRejected as error:
            with self._database.begin() as connection:
                self._notices.tell(
                    TenantConnection(connection, org),
                    EventType.APP_REFUSED,
                    app.client_key,
                    "TikTok refuses the app's client key or secret, so no account can be "
                    "connected. Check both in TikTok's developer portal.",
                    {"code": error.code, "logId": error.log_id or None},
                )
            raise LoginFailed("app_refused") from None
        except (TransportError, ServerError) as error:
            logger.warning("TikTok didn't redeem a code: %s", error, extra={"org": org})
            raise LoginFailed("tiktok_unavailable") from None
        except StagedoorError as error:
            logger.warning("TikTok refused a code: %s", error, extra={"org": org})
            raise LoginFailed("code_refused") from None

    def _read_profile(self, grant: AppGrant) -> None:
        now = self._clock.now()
        seen = ConnectedProfile()
        again = now + LATER_SECONDS
        try:
            seen = self._seen(grant)
            again = profile.read_again_at(seen, now)
        except (TikTokError, TransportError, ApiError) as error:
            logger.warning("a profile couldn't be read: %s", error, extra={"grant": grant.id})
        with self._database.begin() as connection:
            profile.keep(connection, grant.id, seen)
            schedule.wait(connection, PROFILE, grant.id, again)

    def _seen(self, grant: AppGrant) -> ConnectedProfile:
        if grant.kind is CredentialKind.CREATOR:
            tiktok = self._integrations.tiktok_for(grant).with_retry(IMPATIENT)
            return profile.read(tiktok, grant.scopes)
        business = self._integrations.business_for(grant).with_retry(IMPATIENT)
        if grant.kind is CredentialKind.ACCOUNT:
            return profile.read_account(business, grant.scopes)
        return profile.read_person(business)[1]


def _url(
    app: RegisteredApp,
    kind: CredentialKind,
    redirect_uri: str,
    choice: Choice,
    state: str,
    hosts: Hosts,
) -> Login:
    if kind is CredentialKind.ADS:
        return advertiser_login(app.client_key, redirect_uri, hosts, state)
    return begin_login(
        app.client_key,
        redirect_uri,
        choice.requested,
        hosts=hosts,
        with_pkce=kind is CredentialKind.CREATOR,
        state=state,
    )


def _choice(
    kind: CredentialKind, wanted: Sequence[str] | None, approved: Sequence[str] | None
) -> Choice:
    if kind is CredentialKind.ADS:
        if wanted is not None:
            why = "can't be chosen for ads: leave them out, the app's settings at TikTok decide"
            raise unfit("scopes", why)
        return Choice((), ())
    if problems := unknown(wanted, approved, kind):
        raise unfit_parts((f"scopes.{number}", why) for number, why in problems)
    if kind is CredentialKind.ACCOUNT:
        return choose_for_account(wanted, approved)
    return choose(wanted, approved)


def _read(query: str) -> tuple[LoginCallback, str]:
    """The parameters that TikTok adds to the redirect URI; `auth_code` is the ads portal's."""
    given = dict(parse_qsl(query))
    try:
        callback = LoginCallback.model_validate(given)
    except ValidationError:
        callback = LoginCallback()
    if not 0 < len(callback.state) <= _MAX_STATE:
        raise StateRefused("This isn't the answer to a login: it has no state.")
    return callback, given.get("auth_code", "")


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="surrogatepass")).hexdigest()
