"""The two clients, `TikTok` and `AsyncTikTok`. They differ only in how effects are performed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Annotated

import httpx2

from stagedoor.platform.arguments import AtLeast, checked

from . import services
from .base import (
    TIMEOUT,
    AsyncCalls,
    ClientBase,
    H,
    SyncCalls,
    async_parts,
    sync_parts,
    token_store,
)
from .hosts import Hosts
from .pacing import Pacer, Pacing
from .retry import RetryPolicy
from .service import Async, M, Sync
from .session import Session
from .tokens import Tokens, TokenStore


class _Products(ClientBase[M, H]):
    """The products of both clients. A product's module is imported on first use."""

    @cached_property
    def user(self) -> services.User[M]:
        """The connected creator: profile and counters."""
        return services.User(self._session, self._driver)

    @cached_property
    def videos(self) -> services.Videos[M]:
        """The connected creator's public videos."""
        return services.Videos(self._session, self._driver)

    @cached_property
    def posts(self) -> services.Posts[M]:
        """Publishing videos and photos, and drafts in the inbox."""
        return services.Posts(self._session, self._driver)

    @cached_property
    def portability(self) -> services.Portability[M]:
        """A copy of the connected person's data."""
        return services.Portability(self._session, self._driver)

    @cached_property
    def oauth(self) -> services.OAuth[M]:
        """Connecting and disconnecting accounts."""
        return services.OAuth(self._session, self._driver)

    @cached_property
    def embeds(self) -> services.Embeds[M]:
        """Public embedding (oEmbed), without any token."""
        return services.Embeds(self._session, self._driver)

    @cached_property
    def commercial(self) -> services.Commercial[M]:
        """The ad library, for apps that TikTok approved."""
        return services.Commercial(self._session, self._driver)

    @cached_property
    def research(self) -> services.Research[M]:
        """Public data, for approved researchers."""
        return services.Research(self._session, self._driver)

    @checked
    def begin_login(
        self,
        redirect_uri: str,
        scopes: str | Iterable[str],
        *,
        with_pkce: bool = True,
        always_ask: bool = True,
        state: str | None = None,
    ) -> services.Login:
        """A link to TikTok's consent page for this app; `oauth.begin_login` under a short name."""
        return self.oauth.begin_login(
            redirect_uri, scopes, with_pkce=with_pkce, always_ask=always_ask, state=state
        )


class TikTok(_Products[Sync, httpx2.Client], SyncCalls[Sync]):
    """TikTok, with blocking calls. Use it with `with`, or call `close()`.

    `tokens` is the account: `Tokens`, or a `TokenStore` that persists them across refreshes; pass
    `access_token` alone for a token that isn't to be refreshed. `client_key` and `client_secret`
    are the app, needed to connect and to refresh. `hosts` are TikTok's base addresses
    (`Hosts.at("http://127.0.0.1:8701")` for the emulator). `transport` and `http` are httpx2's,
    `timeout` is in seconds or an `httpx2.Timeout`; None waits for ever. `pacer` keeps calls under
    TikTok's rate limits; share one between clients of the same accounts, or pass None to disable
    pacing.
    """

    @checked
    def __init__(
        self,
        client_key: str | None = None,
        client_secret: str | None = None,
        *,
        access_token: str | None = None,
        tokens: TokenStore | Tokens | None = None,
        hosts: Hosts | None = None,
        timeout: Annotated[float, AtLeast(0)] | httpx2.Timeout | None = TIMEOUT,
        retry: RetryPolicy | None = None,
        pacer: Pacing | type[Pacer] | None = Pacer,
        transport: httpx2.BaseTransport | None = None,
        http: httpx2.Client | None = None,
        now: Callable[[], float] = time.time,
        user_agent: str = "stagedoor",
    ) -> None:
        store = token_store(access_token, tokens)
        driver, mine = sync_parts(hosts, store, timeout, pacer, transport, http)
        session = Session(
            client_key, client_secret, hosts or Hosts(), retry or RetryPolicy(), now, user_agent
        )
        super().__init__(session, driver, mine)


class AsyncTikTok(_Products[Async, httpx2.AsyncClient], AsyncCalls[Async]):
    """TikTok, with coroutines, on asyncio or trio. Use it with `async with`, or call `aclose()`.

    Takes the same arguments as `TikTok`; `http` and `transport` are httpx2's async ones, and a
    token store's methods may be coroutines.
    """

    @checked
    def __init__(
        self,
        client_key: str | None = None,
        client_secret: str | None = None,
        *,
        access_token: str | None = None,
        tokens: TokenStore | Tokens | None = None,
        hosts: Hosts | None = None,
        timeout: Annotated[float, AtLeast(0)] | httpx2.Timeout | None = TIMEOUT,
        retry: RetryPolicy | None = None,
        pacer: Pacing | type[Pacer] | None = Pacer,
        transport: httpx2.AsyncBaseTransport | None = None,
        http: httpx2.AsyncClient | None = None,
        now: Callable[[], float] = time.time,
        user_agent: str = "stagedoor",
    ) -> None:
        store = token_store(access_token, tokens)
        driver, mine = async_parts(hosts, store, timeout, pacer, transport, http)
        session = Session(
            client_key, client_secret, hosts or Hosts(), retry or RetryPolicy(), now, user_agent
        )
        super().__init__(session, driver, mine)
