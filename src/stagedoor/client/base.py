"""The parts that all clients share: the session, the driver, and the derived clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, cast

import httpx2
from pydantic import BaseModel

from stagedoor.platform.arguments import checked, passed_as, visible_ascii
from stagedoor.platform.operation import Operation

from .driver_async import AsyncDriver
from .driver_sync import SyncDriver
from .effects import Flow
from .errors import ConfigurationError
from .hosts import Hosts
from .pacing import Pacer, Pacing
from .retry import RetryPolicy
from .service import Driver, M
from .session import Answered, Session, call
from .tokens import MemoryTokens, Tokens, TokenStore
from .transport import opened

passed_as(httpx2.BaseTransport, "a blocking httpx2 transport (AsyncTikTok takes the async ones)")
passed_as(httpx2.AsyncBaseTransport, "an async httpx2 transport (TikTok takes the blocking ones)")
passed_as(httpx2.Client, "an httpx2.Client (AsyncTikTok takes the async one)")
passed_as(httpx2.AsyncClient, "an httpx2.AsyncClient (TikTok takes the blocking one)")

TIMEOUT = httpx2.Timeout(30.0, connect=10.0, write=60.0)

P = ParamSpec("P")
R = TypeVar("R")
H = TypeVar("H", httpx2.Client, httpx2.AsyncClient)


class ClientBase(Generic[M, H]):
    """Base of all clients. `http` is the HTTP client that this client opened itself, and closes."""

    def __init__(self, session: Session, driver: Driver, http: H | None) -> None:
        self._session = session
        self._driver = driver
        self._http: H | None = http

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._session.hosts.api}>"

    def flow(self, operation: Operation[P, R], *args: P.args, **values: P.kwargs) -> Flow[R]:
        """A call as a flow of effects, for a caller that performs some of them in another way."""
        _check_declared(operation)
        if args:
            raise TypeError(f"{operation.id} takes its arguments by keyword")
        return call(self._session, operation, dict(values))

    def flow_of(self, operation: Operation[..., R], request: BaseModel) -> Flow[R]:
        """Like `flow`, for a request that was validated already: exactly this request is sent."""
        _check_declared(operation)
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
        return self._derived(driver=self._driver.with_store(token_store(None, tokens)))

    @checked
    def with_retry(self, retry: RetryPolicy) -> Self:
        """A client with another retry policy, and the same app, account, connections and pacing."""
        return self._derived(replace(self._session, retry=retry))

    @checked
    def with_listener(self, on_answer: Callable[[Answered], None]) -> Self:
        """A client that calls `on_answer` for every response to a call: for logs and metrics.

        `on_answer` runs in the thread or task of the call, also for responses that raise an error.
        """
        return self._derived(replace(self._session, on_answer=on_answer))

    @checked
    def with_guard(self, guard: Callable[[Operation[..., Any], BaseModel], None]) -> Self:
        """A client that calls `guard` before every operation, with the operation and its request.

        An error that `guard` raises ends the call: nothing is sent. The guards that this client
        has already stay, and are called first.
        """
        return self._derived(replace(self._session, guards=(*self._session.guards, guard)))

    def _derived(self, session: Session | None = None, driver: Driver | None = None) -> Self:
        """A client with another session or driver, on the same connections."""
        other = object.__new__(type(self))
        other._session = session or self._session
        other._driver = driver or self._driver
        other._http = None
        return other


class SyncCalls(ClientBase[M, httpx2.Client]):
    """Blocking calls. Use the client with `with`, or call `close()`."""

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


class AsyncCalls(ClientBase[M, httpx2.AsyncClient]):
    """Calls as coroutines, on asyncio or trio. Use the client with `async with`, or `aclose()`."""

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


def sync_parts(
    hosts: Hosts | None,
    store: TokenStore,
    timeout: float | httpx2.Timeout | None,
    pacer: Pacing | type[Pacer] | None,
    transport: httpx2.BaseTransport | None,
    http: httpx2.Client | None,
) -> tuple[SyncDriver, httpx2.Client | None]:
    """The driver of a client, and the HTTP client if it was opened for it."""
    _either(http, transport)
    mine = None
    if http is None:
        http = mine = opened(httpx2.Client, timeout, transport, reaches=_reached(hosts))
    return SyncDriver(http, _made(pacer), store), mine


def async_parts(
    hosts: Hosts | None,
    store: TokenStore,
    timeout: float | httpx2.Timeout | None,
    pacer: Pacing | type[Pacer] | None,
    transport: httpx2.AsyncBaseTransport | None,
    http: httpx2.AsyncClient | None,
) -> tuple[AsyncDriver, httpx2.AsyncClient | None]:
    """As `sync_parts`, for coroutines."""
    _either(http, transport)
    mine = None
    if http is None:
        http = mine = opened(httpx2.AsyncClient, timeout, transport, reaches=_reached(hosts))
    return AsyncDriver(http, _made(pacer), store), mine


def _check_declared(operation: object) -> None:
    if not isinstance(operation, Operation):
        raise TypeError(
            "pass a declared operation of stagedoor.platform.products, such as "
            f"display.VIDEO_LIST, not {type(operation).__name__}"
        )


def _reached(hosts: Hosts | None) -> tuple[str, ...]:
    return () if hosts is None else (hosts.api, hosts.www, hosts.business)


def _either(http: object, transport: object) -> None:
    if http is not None and transport is not None:
        raise ConfigurationError("pass http or transport, not both: the transport would be unused")


def _made(pacer: Pacing | type[Pacer] | None) -> Pacing | None:
    return pacer() if isinstance(pacer, type) else pacer


def token_store(
    access_token: str | None, tokens: TokenStore | Tokens | None, client: str = "TikTok()"
) -> TokenStore:
    """The token store of the arguments of a client's constructor."""
    if access_token is not None and tokens is not None:
        raise ConfigurationError("pass access_token or tokens, not both")
    if access_token is not None:
        visible_ascii(client, "access_token", access_token)
        return MemoryTokens(Tokens(access_token=access_token))
    if isinstance(tokens, Tokens):
        visible_ascii("Tokens()", "access_token", tokens.access_token)
    if tokens is None or isinstance(tokens, Tokens):
        return MemoryTokens(tokens)
    return tokens
