"""TikTok apps: which app serves an organisation, and the app's secrets."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from stagedoor.client.errors import StagedoorError, TikTokError

from ..app_kinds import AppKind
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ObjectNotFound, ServiceUnavailable, unfit
from ..settings import OwnApp, Settings
from ..vault import Vault
from . import store
from .errors import AppRefused, AppShared, NoApp, SecretLost
from .limits import AppLimits
from .proof import is_wrong, prove

ENVIRONMENT = "environment"
ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class RegisteredApp:
    """A TikTok app. `scopes` are the approved ones; None: unknown."""

    id: str
    kind: AppKind
    client_key: str
    """The app id, for an app of TikTok API for Business."""
    client_secret: str = field(repr=False)
    second_secret: str | None = field(repr=False)
    scopes: tuple[str, ...] | None
    limits: AppLimits
    own: bool
    """Whether an organisation brought the app; otherwise it is of the service's environment."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secrets that TikTok may sign with, the current one first."""
        both = (self.client_secret, self.second_secret)
        return tuple(one for one in both if one)


@dataclass(frozen=True, slots=True)
class AppChange:
    """The values that an admin sets. `client_secret` None keeps the stored one."""

    kind: AppKind
    client_key: str
    client_secret: str | None = field(repr=False)
    second_secret: str | None = field(repr=False)
    keep_second: bool
    scopes: Sequence[str] | None
    limits: AppLimits


class Apps:
    """TikTok apps of all organisations. Thread-safe."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        vault: Vault,
        clock: Clock,
        http: httpx2.Client,
    ) -> None:
        self._settings = settings
        self._database = database
        self._vault = vault
        self._clock = clock
        self._http = http
        self._lock = threading.Lock()
        self._defaults: dict[AppKind, str] = {}

    def of_org(self, org: str, kind: AppKind = AppKind.LOGIN_KIT) -> RegisteredApp:
        """Return the app that the organisation brought, else the service's. Raises `NoApp`."""
        with self._database.read() as connection:
            chosen = store.chosen(TenantConnection(connection, org), kind)
        app_id = chosen or self._default_id(kind)
        if app_id is None:
            raise NoApp(kind)
        return self.get(app_id)

    def get(self, app_id: str) -> RegisteredApp:
        with self._database.read() as connection:
            row = self.row(connection, app_id)
        return self.opened(row)

    def row(self, connection: Connection, app_id: str) -> Any:
        """Return the stored row of an app, for `opened`. Raises `ObjectNotFound`."""
        row = store.by_id(connection, app_id)
        if row is None:
            raise ObjectNotFound("There is no such app.")
        return row

    def by_key(self, client_key: str) -> RegisteredApp | None:
        """Return the app that a webhook names by its client key."""
        self._adopt_defaults()
        with self._database.read() as connection:
            row = store.by_key(connection, client_key)
        return None if row is None else self.opened(row)

    def bring(self, org: str, change: AppChange) -> RegisteredApp:
        """Set the organisation's own app.

        TikTok is asked whether key and secret belong together, so nobody can claim or change an app
        that isn't theirs. Raises `AppRefused`, `AppShared`, `ServiceUnavailable`.
        """
        self._adopt_defaults()
        with self._database.read() as connection:
            row = store.by_key(connection, change.client_key)
            chosen = store.chosen(TenantConnection(connection, org), change.kind)
        if row is not None and row.kind != change.kind.value:
            raise unfit("kind", f"{change.client_key} is known as an app of the kind {row.kind}")
        if row is not None and store.lost(row):
            return self._bring_again(org, row, change)
        known = None if row is None else self.opened(row)
        if known is not None and not known.own:
            raise AppShared(
                "This is the service's own app, which serves you already: leave it, or bring "
                "another one."
            )
        secret = change.client_secret
        if secret is None and known is not None and known.id == chosen:
            secret = known.client_secret
        if secret is None:
            raise unfit("clientSecret", "is needed with a new client key")
        self._prove(change.kind, change.client_key, secret)
        second = change.second_secret
        if change.keep_second and known is not None:
            # webhooks under way may still be signed with the secret that was replaced
            same = known.client_secret == secret
            second = known.second_secret if same else known.client_secret
        app_id = known.id if known is not None else uuid.uuid4().hex
        self._write(org, app_id, change, secret, second, new=known is None)
        return self.get(app_id)

    def _bring_again(self, org: str, row: Any, change: AppChange) -> RegisteredApp:
        """Store an app again whose stored secret was lost with the vault's keys."""
        if change.client_secret is None:
            raise SecretLost(change.client_key)
        self._prove(change.kind, change.client_key, change.client_secret)
        self._write(org, row.id, change, change.client_secret, change.second_secret, new=False)
        return self.get(row.id)

    def _prove(self, kind: AppKind, key: str, secret: str) -> None:
        """Ask TikTok whether key and secret belong together."""
        try:
            prove(kind, key, secret, self._settings.hosts, self._http)
        except StagedoorError as error:
            said = error if isinstance(error, TikTokError) else None
            log_id = None if said is None else said.log_id or None
            if is_wrong(kind, error):
                raise AppRefused(
                    "TikTok doesn't know this client key with this secret: copy both from the "
                    "app's page in TikTok's developer portal. Nothing was saved.",
                    log_id=log_id,
                ) from None
            why = "" if said is None else f" (it answered {said.code}: {said.message})"
            raise ServiceUnavailable(
                f"TikTok couldn't be asked whether key and secret belong together{why}. Nothing "
                "was saved; try again.",
                log_id=log_id,
            ) from None

    def _write(
        self,
        org: str,
        app_id: str,
        change: AppChange,
        secret: str,
        second: str | None,
        *,
        new: bool,
    ) -> None:
        now = self._clock.now()
        values: dict[str, Any] = {
            **self._sealed(app_id, secret, second),
            "scopes": None if change.scopes is None else list(change.scopes),
            "limits": change.limits.stored(),
            "updated": now,
        }
        try:
            with self._database.begin() as connection:
                if new:
                    store.add(
                        connection,
                        id=app_id,
                        kind=change.kind.value,
                        client_key=change.client_key,
                        origin=ORGANISATION,
                        created=now,
                        **values,
                    )
                else:
                    store.change(connection, app_id, **values)
                store.choose(TenantConnection(connection, org), change.kind, app_id)
        except IntegrityError:
            raise ServiceUnavailable("Another request set this app just now: try again.") from None

    def _sealed(self, app_id: str, secret: str, second: str | None) -> Mapping[str, str | None]:
        def seal(name: str, text: str | None) -> str | None:
            return self._vault.seal(app_id, "tiktok_apps", app_id, name, text) if text else None

        return {
            "client_secret": seal("client_secret", secret),
            "second_secret": seal("second_secret", second),
        }

    def opened(self, row: Any) -> RegisteredApp:
        """Decrypt a row into an app. Not inside a transaction: the vault opens its own. Raises
        `SecretLost` after a reset of the vault."""
        if store.lost(row):
            raise SecretLost(row.client_key)

        def opened(name: str, text: str) -> str:
            return self._vault.open(row.id, "tiktok_apps", row.id, name, text)

        return RegisteredApp(
            id=row.id,
            kind=AppKind(row.kind),
            client_key=row.client_key,
            client_secret=opened("client_secret", row.client_secret),
            second_secret=(
                opened("second_secret", row.second_secret) if row.second_secret else None
            ),
            scopes=None if row.scopes is None else tuple(row.scopes),
            limits=AppLimits.read(row.limits),
            own=row.origin == ORGANISATION,
        )

    def _adopt_defaults(self) -> None:
        for kind in AppKind:
            self._default_id(kind)

    def _default_id(self, kind: AppKind) -> str | None:
        """The id of the environment's app; its row is inserted or updated once per process."""
        ours = self._settings.app(kind)
        if ours is None:
            return None
        with self._lock:
            if kind not in self._defaults:
                self._defaults[kind] = self._adopt(kind, ours)
            return self._defaults[kind]

    def _adopt(self, kind: AppKind, ours: OwnApp) -> str:
        key, secret = ours.client_key, ours.client_secret
        with self._database.read() as connection:
            row = store.by_key(connection, key)
        now = self._clock.now()
        values: dict[str, Any] = {
            "kind": kind.value,
            "origin": ENVIRONMENT,
            "scopes": None if ours.scopes is None else list(ours.scopes),
            "updated": now,
        }
        if row is None:
            app_id = uuid.uuid4().hex
            values |= self._sealed(app_id, secret, None)
            try:
                with self._database.begin() as connection:
                    store.add(connection, id=app_id, client_key=key, created=now, **values)
            except IntegrityError:
                return self._adopt(kind, ours)
            return app_id
        if store.lost(row):
            values |= self._sealed(row.id, secret, None)
            with self._database.begin() as connection:
                store.change(connection, row.id, **values)
            return str(row.id)
        app = self.opened(row)
        new = app.client_secret != secret
        if app.own or app.kind is not kind or new or ours.scopes != app.scopes:
            second = app.client_secret if new else app.second_secret
            values |= self._sealed(app.id, secret, second)
            with self._database.begin() as connection:
                store.change(connection, app.id, **values)
        return app.id
