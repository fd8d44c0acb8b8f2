"""The login flow (OAuth): from a link that the creator opens to stored tokens."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError
from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from stagedoor.client import RetryPolicy, TikTok, Tokens
from stagedoor.client.errors import (
    ClientRejected,
    ServerError,
    StagedoorError,
    TikTokError,
    TransportError,
)
from stagedoor.platform.products.oauth import Callback

from ..apps.service import App, Apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, Unavailable
from ..notices.service import Notices
from ..schedule import store as schedule
from ..settings import Settings
from ..vault import Vault
from . import profile, store
from .accounts import Grant, Integration, Kind, Status
from .errors import NoIntegration, NothingToAsk, ReturnUrlRefused, StateRefused
from .return_urls import ReturnUrls, with_outcome
from .scopes import Choice, choose
from .service import Integrations
from .tokens import sealed

LOGIN_SECONDS = 900.0
PROFILE = "grant-profile"
"""Kind of due row: read an account's name and avatar again."""
Connected = Callable[[TenantConnection, str], object]
_FORGET_SECONDS = 86_400.0
_LATER_SECONDS = 1_800.0
_MAX_STATE = 200
_REASON = re.compile(r"[a-z_]{1,64}")

_IMPATIENT = RetryPolicy(attempts=2, first_delay=0.2)
"""A person is waiting in front of the browser."""

logger = logging.getLogger("stagedoor.integrations")


@dataclass(frozen=True, slots=True)
class Started:
    """A login that waits for the creator's consent."""

    auth_url: str = field(repr=False)
    state: str = field(repr=False)
    choice: Choice
    warnings: tuple[str, ...]


class _Wrong(Exception):
    """The login ends here; the caller's application is told the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


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
        return_urls: ReturnUrls,
        listeners: Iterable[Connected] = (),
    ) -> None:
        """`listeners` are called in the transaction in which an account is connected, or connected
        again, with the integration's id."""
        self._settings = settings
        self._database = database
        self._vault = vault
        self._apps = apps
        self._notices = notices
        self._clock = clock
        self._integrations = integrations
        self._return_urls = return_urls
        self._listeners = listeners

    def begin(
        self,
        org: str,
        return_url: str,
        scopes: Sequence[str] | None = None,
        integration_id: str | None = None,
    ) -> Started:
        """Make a link to TikTok's consent page, valid for 15 minutes and one creator.

        Raises `NoApp`, `ReturnUrlRefused`, `NothingToAsk`, `NoIntegration`.
        """
        app = self._apps.of_org(org)
        warning = self._return_urls.check(org, return_url)
        if integration_id is not None:
            self._integrations.get(org, integration_id)
        choice = choose(scopes, app.scopes)
        if not choice.requested:
            raise NothingToAsk(
                "None of these scopes can be asked for in this login; detail says where each can "
                "be had.",
                detail={"unavailable": [asdict(one) for one in choice.unavailable]},
            )
        state = secrets.token_urlsafe(32)
        login_id = _digest(state)
        login = self._integrations.client(app).begin_login(
            self._settings.redirect_uri, choice.requested, state=state
        )
        verifier = login.code_verifier or ""
        sealed_verifier = self._vault.seal(app.id, "logins", login_id, "verifier", verifier)
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.forget_logins(tenant, now - _FORGET_SECONDS)
            store.add_login(
                tenant,
                id=login_id,
                app_id=app.id,
                kind=Kind.CREATOR.value,
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
        callback = _read(query)
        org, login = self._use(callback.state)
        try:
            integration = self._connected(org, login, callback)
        except _Wrong as wrong:
            return with_outcome(login.return_url, integration="error", reason=wrong.reason)
        except Unavailable:
            return with_outcome(login.return_url, integration="error", reason="try_again")
        said = {"integration": "connected", "integrationId": integration.id}
        if integration.missing:
            said["missing"] = ",".join(integration.missing)
        return with_outcome(login.return_url, **said)

    def refresh_profile(self, grant_id: str) -> None:
        """Read an account's name and avatar again, and schedule the next time."""
        grant = self._integrations.grant(grant_id)
        if not grant.status.usable or not self._integrations.holders(grant_id):
            return  # a new connection schedules it anew
        self._read_profile(grant)

    def _use(self, state: str) -> tuple[str, Row[Any]]:
        """Consume the login that a state belongs to; a second caller can't use it."""
        login_id = _digest(state)
        now = self._clock.now()
        with self._database.begin() as connection:
            org = store.login_org(connection, login_id)
            if org is None:
                raise StateRefused(
                    "This isn't the answer to a login of ours: it may be forged or cut short."
                )
            tenant = TenantConnection(connection, org)
            login = store.login(tenant, login_id)
            if login is None or not store.use_login(tenant, login_id, now):
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

    def _connected(self, org: str, login: Row[Any], callback: Callback) -> Integration:
        if callback.error:
            said = callback.error if _REASON.fullmatch(callback.error) else "refused"
            raise _Wrong(said)
        if not callback.code:
            raise _Wrong("no_code")
        app = self._apps.get(login.app_id)
        tokens = self._redeem(org, app, login, callback.code)
        grant_id = self._stored(org, app, login, tokens)
        self._read_profile(self._integrations.grant(grant_id))
        with self._database.read() as connection:
            integration = store.by_grant(TenantConnection(connection, org), grant_id)
        if integration is None:
            raise _Wrong("try_again")
        logger.info("account connected", extra={"org": org, "integration": integration.id})
        return integration

    def _redeem(self, org: str, app: App, login: Row[Any], code: str) -> Tokens:
        verifier = self._vault.open(app.id, "logins", login.id, "verifier", login.verifier)
        try:
            answer = self._integrations.client(app).oauth.exchange_code(
                client_key=app.client_key,
                client_secret=app.client_secret,
                code=code,
                redirect_uri=self._settings.redirect_uri,
                code_verifier=verifier or None,
            )
        except ClientRejected as error:
            with self._database.begin() as connection:
                self._notices.tell(
                    TenantConnection(connection, org),
                    "app.refused",
                    app.client_key,
                    "TikTok refuses the app's client key or secret, so no account can be "
                    "connected. Check both in TikTok's developer portal.",
                    {"code": error.code, "logId": error.log_id or None},
                )
            raise _Wrong("app_refused") from None
        except (TransportError, ServerError) as error:
            logger.warning("TikTok didn't redeem a code: %s", error, extra={"org": org})
            raise _Wrong("tiktok_unavailable") from None
        except StagedoorError as error:
            logger.warning("TikTok refused a code: %s", error, extra={"org": org})
            raise _Wrong("code_refused") from None
        return Tokens.from_answer(answer, self._clock.now())

    def _stored(self, org: str, app: App, login: Row[Any], tokens: Tokens) -> str:
        """Store the tokens for all organisations that use the account; returns the grant's id."""
        while True:
            with self._database.read() as connection:
                known = _of_kind(store.grants_of(connection, app.id, tokens.open_id), login.kind)
            if login.integration_id is not None:
                self._must_be_the_same(org, app, login, known, tokens)
            grant_id = known.id if known is not None else uuid.uuid4().hex
            values = self._grant_values(app, grant_id, tokens)
            try:
                with self._database.begin() as connection:
                    if known is None:
                        store.add_grant(
                            connection,
                            id=grant_id,
                            app_id=app.id,
                            open_id=tokens.open_id,
                            kind=login.kind,
                            created=values["connected_at"],
                            **values,
                        )
                    else:
                        store.connect_grant(connection, grant_id, **values)
                        self._tell_narrowed(connection, org, Grant.of(known), tokens.scopes)
                    self._use_grant(TenantConnection(connection, org), grant_id, login, tokens)
                    schedule.wait(connection, PROFILE, grant_id, self._clock.now() + _LATER_SECONDS)
            except IntegrityError:
                continue  # another request connected the same account just now: renew that grant
            return grant_id

    def _grant_values(self, app: App, grant_id: str, tokens: Tokens) -> dict[str, Any]:
        return {
            **sealed(self._vault, app.id, grant_id, tokens),
            "scopes": list(tokens.scopes),
            "status": Status.ACTIVE.value,
            "error": None,
            "connected_at": self._clock.now(),
        }

    def _use_grant(
        self, tenant: TenantConnection, grant_id: str, login: Row[Any], tokens: Tokens
    ) -> None:
        now = self._clock.now()
        values = {
            "requested": list(login.requested),
            "granted": list(tokens.scopes),
            "connected_at": now,
        }
        mine = store.by_grant(tenant, grant_id)
        if mine is not None:
            integration_id = mine.id
            store.change_integration(tenant, integration_id, **values)
        else:
            integration_id = f"{int(now * 1000):013x}{secrets.token_hex(8)}"
            new = {"id": integration_id, "grant_id": grant_id, "created": now}
            store.add_integration(tenant, **new, **values)
        for listener in self._listeners:
            listener(tenant, integration_id)

    def _must_be_the_same(
        self,
        org: str,
        app: App,
        login: Row[Any],
        known: Row[Any] | None,
        tokens: Tokens,
    ) -> None:
        """Refuse a renewal by another account, whose tokens aren't kept."""
        try:
            wanted = self._integrations.get(org, login.integration_id)
        except NoIntegration:
            wanted = None
        if wanted is not None and known is not None and wanted.grant.id == known.id:
            return
        if known is None:
            try:
                self._integrations.client(app, tokens).oauth.disconnect()
            except StagedoorError as error:
                logger.warning("an unwanted grant couldn't be ended: %s", error)
        raise _Wrong("another_account")

    def _tell_narrowed(
        self, connection: Any, org: str, before: Grant, scopes: tuple[str, ...]
    ) -> None:
        """TikTok keeps one consent per app and creator: a narrower one removes scopes for all
        organisations, which are notified."""
        lost = set(before.scopes) - set(scopes)
        if not lost:
            return
        for holder in store.holders(connection, before.id):
            tenant = TenantConnection(connection, holder.org)
            integration = store.integration(tenant, holder.integration_id)
            gone = sorted(lost & set(integration.allowed if integration else ()))
            if holder.org != org and gone:
                self._notices.tell(
                    tenant,
                    "integration.narrowed",
                    holder.integration_id,
                    f"{before.name} allows less than before: {', '.join(gone)} is gone. Ask the "
                    "creator to connect again to get it back.",
                    {"missing": gone},
                )

    def _acting_for(self, grant: Grant) -> TikTok:
        app = self._apps.get(grant.app_id)
        return self._integrations.client(app, self._integrations.tokens(grant.id), _IMPATIENT)

    def _read_profile(self, grant: Grant) -> None:
        now = self._clock.now()
        values: dict[str, Any] = {}
        again = now + _LATER_SECONDS
        try:
            seen = profile.read(self._acting_for(grant), grant.scopes)
            values = {k: v for k, v in asdict(seen).items() if v is not None}
            again = profile.read_again_at(seen, now)
        except (TikTokError, TransportError, ApiError) as error:
            # the account is connected all the same; the name is read again later
            logger.warning("a profile couldn't be read: %s", error, extra={"grant": grant.id})
        with self._database.begin() as connection:
            if values:
                store.change_grant(connection, grant.id, **values)
            schedule.wait(connection, PROFILE, grant.id, again)


def _read(query: str) -> Callback:
    try:
        callback = Callback.model_validate(dict(parse_qsl(query)))
    except ValidationError:
        callback = Callback()
    if not 0 < len(callback.state) <= _MAX_STATE:
        raise StateRefused("This isn't the answer to a login: it has no state.")
    return callback


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="surrogatepass")).hexdigest()


def _of_kind(rows: Sequence[Row[Any]], kind: str) -> Row[Any] | None:
    return next((row for row in rows if row.kind == kind), None)
