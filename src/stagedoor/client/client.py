"""The two clients, `TikTok` and `AsyncTikTok`. They differ only in how effects are performed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Generic, ParamSpec, Self, TypeVar, cast

import httpx2
from pydantic import BaseModel

from stagedoor.platform.arguments import AtLeast, checked, passed_as, visible_ascii
from stagedoor.platform.operation import Operation

from .driver_async import AsyncDriver
from .driver_sync import SyncDriver
from .effects import Flow
from .errors import ConfigurationError
from .hosts import Hosts
from .pacing import Pacer, Pacing
from .retry import RetryPolicy
from .service import Async, Driver, M, Sync
from .session import Answered, Session, call
from .tokens import MemoryTokens, Tokens, TokenStore
from .transport import opened

if TYPE_CHECKING:
    from .login import Login
    from .services.commercial import Commercial
    from .services.display import User, Videos
    from .services.embed import Embeds
    from .services.oauth import OAuth
    from .services.portability import Portability
    from .services.posting import Posts
    from .services.research import Research

passed_as(httpx2.BaseTransport, "a blocking httpx2 transport (AsyncTikTok takes the async ones)")
passed_as(httpx2.AsyncBaseTransport, "an async httpx2 transport (TikTok takes the blocking ones)")
passed_as(httpx2.Client, "an httpx2.Client (AsyncTikTok takes the async one)")
passed_as(httpx2.AsyncClient, "an httpx2.AsyncClient (TikTok takes the blocking one)")

TIMEOUT = httpx2.Timeout(30.0, connect=10.0, write=60.0)

P = ParamSpec("P")
R = TypeVar("R")
H = TypeVar("H", httpx2.Client, httpx2.AsyncClient)


class _Products(Generic[M, H]):
    """Base of both clients. The module of a product is imported on first use of the product.

    `http` is the HTTP client that this client opened itself, and so closes.
    """

    def __init__(self, session: Session, driver: Driver, http: H | None) -> None:
        self._session = session
        self._driver = driver
        self._http: H | None = http

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._session.hosts.api}>"

    @cached_property
    def user(self) -> User[M]:
        """The connected creator: profile and counters."""
        from .services.display import User

        return User(self._session, self._driver)

    @cached_property
    def videos(self) -> Videos[M]:
        """The connected creator's public videos."""
        from .services.display import Videos

        return Videos(self._session, self._driver)

    @cached_property
    def posts(self) -> Posts[M]:
        """Publishing videos and photos, and drafts in the inbox."""
        from .services.posting import Posts

        return Posts(self._session, self._driver)

    @cached_property
    def portability(self) -> Portability[M]:
        """A copy of the connected person's data."""
        from .services.portability import Portability

        return Portability(self._session, self._driver)

    @cached_property
    def oauth(self) -> OAuth[M]:
        """Connecting and disconnecting accounts."""
        from .services.oauth import OAuth

        return OAuth(self._session, self._driver)

    @cached_property
    def embeds(self) -> Embeds[M]:
        """Public embedding (oEmbed), without any token."""
        from .services.embed import Embeds

        return Embeds(self._session, self._driver)

    @cached_property
    def commercial(self) -> Commercial[M]:
        """The ad library, for apps that TikTok approved."""
        from .services.commercial import Commercial

        return Commercial(self._session, self._driver)

    @cached_property
    def research(self) -> Research[M]:
        """Public data, for approved researchers."""
        from .services.research import Research

        return Research(self._session, self._driver)

    def flow(self, operation: Operation[P, R], *args: P.args, **values: P.kwargs) -> Flow[R]:
        """A call as a flow of effects, for a caller that performs some of them in another way."""
        return call(self._session, operation, dict(values))

    def flow_of(self, operation: Operation[..., R], request: BaseModel) -> Flow[R]:
        """Like `flow`, for a request that was validated already: exactly this request is sent."""
        model: Any = operation.request
        if not isinstance(request, model):
            raise TypeError(f"{operation.id} takes another request than {type(request).__name__}")
        return call(self._session, operation, request)

    @property
    def tokens(self) -> TokenStore:
        """The token store of the account."""
        return self._driver.store

    @checked
    def for_account(self, tokens: TokenStore | Tokens) -> Self:
        """A client for another account, with the same app, connections and pacing."""
        other = object.__new__(type(self))
        other._session = self._session
        other._driver = self._driver.with_store(_store(None, tokens))
        other._http = None
        return other

    @checked
    def with_retry(self, retry: RetryPolicy) -> Self:
        """A client with another retry policy, and the same app, account, connections and pacing."""
        other = object.__new__(type(self))
        other._session = replace(self._session, retry=retry)
        other._driver = self._driver
        other._http = None
        return other

    @checked
    def with_listener(self, on_answer: Callable[[Answered], None]) -> Self:
        """A client that calls `on_answer` for every response to a call: for logs and metrics.

        `on_answer` runs in the thread or task of the call, also for responses that raise an error.
        """
        other = object.__new__(type(self))
        other._session = replace(self._session, on_answer=on_answer)
        other._driver = self._driver
        other._http = None
        return other

    @checked
    def begin_login(
        self,
        redirect_uri: str,
        scopes: str | Iterable[str],
        *,
        with_pkce: bool = True,
        always_ask: bool = True,
        state: str | None = None,
    ) -> Login:
        """A link to TikTok's consent page for this app; `oauth.begin_login` under a short name."""
        return self.oauth.begin_login(
            redirect_uri, scopes, with_pkce=with_pkce, always_ask=always_ask, state=state
        )


def _either(http: object, transport: object) -> None:
    if http is not None and transport is not None:
        raise ConfigurationError("pass http or transport, not both: the transport would be unused")


def _pacer(pacer: Pacing | type[Pacer] | None) -> Pacing | None:
    return pacer() if isinstance(pacer, type) else pacer


def _store(access_token: str | None, tokens: TokenStore | Tokens | None) -> TokenStore:
    if access_token is not None and tokens is not None:
        raise ConfigurationError("pass access_token or tokens, not both")
    if access_token is not None:
        visible_ascii("TikTok()", "access_token", access_token)
        return MemoryTokens(Tokens(access_token=access_token))
    if isinstance(tokens, Tokens):
        visible_ascii("Tokens()", "access_token", tokens.access_token)
    if tokens is None or isinstance(tokens, Tokens):
        return MemoryTokens(tokens)
    return tokens


class TikTok(_Products[Sync, httpx2.Client]):
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
        _either(http, transport)
        mine = None
        if http is None:
            reaches = (hosts.api, hosts.www) if hosts is not None else ()
            http = mine = opened(httpx2.Client, timeout, transport, reaches=reaches)
        super().__init__(
            Session(
                client_key, client_secret, hosts or Hosts(), retry or RetryPolicy(), now, user_agent
            ),
            SyncDriver(http, _pacer(pacer), _store(access_token, tokens)),
            mine,
        )

    @property
    def driver(self) -> SyncDriver:
        """The driver that performs the effects of this client's calls."""
        return cast(SyncDriver, self._driver)

    def call(self, operation: Operation[P, R], *args: P.args, **values: P.kwargs) -> R:
        """Call any declared operation, passed as a value; the typed methods do the same."""
        result: R = self._driver.run(self.flow(operation, *args, **values))
        return result

    def close(self) -> None:
        """Close the connections, if this client opened them."""
        if self._http is not None:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncTikTok(_Products[Async, httpx2.AsyncClient]):
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
        _either(http, transport)
        mine = None
        if http is None:
            reaches = (hosts.api, hosts.www) if hosts is not None else ()
            http = mine = opened(httpx2.AsyncClient, timeout, transport, reaches=reaches)
        super().__init__(
            Session(
                client_key, client_secret, hosts or Hosts(), retry or RetryPolicy(), now, user_agent
            ),
            AsyncDriver(http, _pacer(pacer), _store(access_token, tokens)),
            mine,
        )

    async def call(self, operation: Operation[P, R], *args: P.args, **values: P.kwargs) -> R:
        """Call any declared operation, passed as a value; the typed methods do the same."""
        result: R = await self._driver.run(self.flow(operation, *args, **values))
        return result

    async def aclose(self) -> None:
        """Close the connections, if this client opened them."""
        if self._http is not None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
