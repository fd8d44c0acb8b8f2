"""Clients of TikTok's APIs for apps and grants, with shared connections and pacing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import httpx2

from stagedoor.client import RetryPolicy, TikTok, TikTokBusiness, Tokens

from ..app_kinds import AppKind
from ..apps.limits import PacedByApp
from ..apps.service import Apps, RegisteredApp
from ..clock import Clock
from ..limits.pacer import DatabasePacer
from ..settings import Settings
from .tokens import GrantTokens

_CACHED = 256
"""The size of the cache of apps' clients: making one takes longer than using it."""

Client = TikTok | TikTokBusiness
_Place = tuple[str, RetryPolicy | None, bool]


class AppClients:
    """Makes clients for apps. Thread-safe."""

    def __init__(
        self,
        settings: Settings,
        apps: Apps,
        clock: Clock,
        http: httpx2.Client,
        pacer: DatabasePacer,
    ) -> None:
        self._settings = settings
        self._apps = apps
        self._clock = clock
        self._http = http
        self._pacer = pacer
        self._lock = threading.Lock()
        self._known: OrderedDict[_Place, tuple[Any, Client]] = OrderedDict()

    def tiktok(
        self,
        app: RegisteredApp,
        tokens: GrantTokens | Tokens | None = None,
        retry: RetryPolicy | None = None,
        background: bool = False,
    ) -> TikTok:
        """A client of a Login Kit app. In the `background`, its calls go after all others."""
        _must_be(app, AppKind.LOGIN_KIT)
        shared = self._shared(app, tokens, retry, background)
        return TikTok(app.client_key, app.client_secret, **shared)

    def business(
        self,
        app: RegisteredApp,
        tokens: GrantTokens | Tokens | None = None,
        retry: RetryPolicy | None = None,
        background: bool = False,
    ) -> TikTokBusiness:
        """As `tiktok`, for an app of TikTok API for Business."""
        _must_be(app, AppKind.BUSINESS)
        shared = self._shared(app, tokens, retry, background)
        return TikTokBusiness(app.client_key, app.client_secret, **shared)

    def tiktok_of(self, stored: Any, retry: RetryPolicy | None, background: bool = False) -> TikTok:
        """The client of a stored Login Kit app, without an account. It is cached until the app's
        row changes."""
        client = self._cached(stored, retry, background, self.tiktok)
        assert isinstance(client, TikTok)  # noqa: S101
        return client

    def business_of(
        self, stored: Any, retry: RetryPolicy | None, background: bool = False
    ) -> TikTokBusiness:
        """As `tiktok_of`, for an app of TikTok API for Business."""
        client = self._cached(stored, retry, background, self.business)
        assert isinstance(client, TikTokBusiness)  # noqa: S101
        return client

    def _cached(
        self,
        stored: Any,
        retry: RetryPolicy | None,
        background: bool,
        make: Callable[..., Client],
    ) -> Client:
        key = (stored.id, retry, background)
        with self._lock:
            known = self._known.get(key)
        if known is not None and known[0] == stored:
            return known[1]
        client = make(self._apps.opened(stored), retry=retry, background=background)
        with self._lock:
            self._known[key] = stored, client
            self._known.move_to_end(key)
            while len(self._known) > _CACHED:
                self._known.popitem(last=False)
        return client

    def _shared(
        self,
        app: RegisteredApp,
        tokens: GrantTokens | Tokens | None,
        retry: RetryPolicy | None,
        background: bool,
    ) -> dict[str, Any]:
        pacer = self._pacer.background if background else self._pacer
        return {
            "tokens": tokens,
            "hosts": self._settings.hosts,
            "retry": retry,
            "pacer": PacedByApp(pacer, app.limits),
            "http": self._http,
            "now": self._clock.now,
        }


def _must_be(app: RegisteredApp, kind: AppKind) -> None:
    if app.kind is not kind:
        raise TypeError(f"an app of the kind {app.kind} has no such client")
