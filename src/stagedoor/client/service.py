"""Typed methods from declarations, once for sync and async.

    class Videos(Service[M]):
        list = Call(display.VIDEO_LIST)

`Videos[Sync]().list(...)` gives a `VideoPage`, `Videos[Async]().list(...)` something to await;
the keyword signature comes from the declared request type.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from pydantic import BaseModel

from stagedoor.platform.operation import Operation

from .effects import Flow, Items
from .session import Session, call
from .tokens import TokenStore

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Sync:
    """Marks a service whose methods give results."""


class Async:
    """Marks a service whose methods give coroutines."""


M = TypeVar("M", Sync, Async)


class Driver(Protocol):
    """Performs effects. `run` gives the flow's result, or a coroutine of it."""

    store: TokenStore

    def with_store(self, store: TokenStore) -> Driver: ...

    def run(self, flow: Flow[Any]) -> Any: ...

    def walk(self, flow: Items[Any]) -> Any: ...


class Service(Generic[M]):
    """A group of methods. Made by the client."""

    def __init__(self, session: Session, driver: Driver) -> None:
        self._session = session
        self._driver = driver


class _Method:
    """A descriptor that binds itself once per service object."""

    name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def bind(self, service: Service[Any]) -> Callable[..., Any]:
        raise NotImplementedError

    def bound(self, service: Service[Any] | None) -> Any:
        if service is None:
            return self
        method = self.bind(service)
        method.__name__ = self.name
        method.__qualname__ = f"{type(service).__name__}.{self.name}"
        service.__dict__[self.name] = method
        return method


class Call(_Method, Generic[P, R_co]):
    """One declared operation as a method."""

    def __init__(self, operation: Operation[P, R_co]) -> None:
        self.operation = operation
        self.__doc__ = f"{operation.summary}.\n\n{operation.method} {operation.path}"

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Call[P, R_co]: ...
    @overload
    def __get__(self, obj: Service[Sync], owner: type[Any]) -> Callable[P, R_co]: ...
    @overload
    def __get__(
        self, obj: Service[Async], owner: type[Any]
    ) -> Callable[P, Coroutine[Any, Any, R_co]]: ...
    def __get__(self, obj: Service[Any] | None, owner: type[Any]) -> Any:
        return self.bound(obj)

    def bind(self, service: Service[Any]) -> Callable[..., Any]:
        operation, session, run = self.operation, service._session, service._driver.run

        def method(**values: Any) -> Any:
            return run(call(session, operation, values))

        model = operation.request
        if isinstance(model, type) and issubclass(model, BaseModel):
            model.model_rebuild()  # it was deferred, and so is its signature
        method.__doc__ = self.__doc__
        method.__signature__ = inspect.signature(model)  # type: ignore[attr-defined]
        return method


class Steps(_Method, Generic[P, R]):
    """A flow of several steps as a method. `performs`: the operation that it alone can call."""

    def __init__(
        self,
        flow: Callable[Concatenate[Session, P], Flow[R]],
        performs: Operation[..., Any] | None = None,
    ) -> None:
        self.flow = flow
        self.operation = performs
        self.__doc__ = flow.__doc__

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Steps[P, R]: ...
    @overload
    def __get__(self, obj: Service[Sync], owner: type[Any]) -> Callable[P, R]: ...
    @overload
    def __get__(
        self, obj: Service[Async], owner: type[Any]
    ) -> Callable[P, Coroutine[Any, Any, R]]: ...
    def __get__(self, obj: Service[Any] | None, owner: type[Any]) -> Any:
        return self.bound(obj)

    def bind(self, service: Service[Any]) -> Callable[..., Any]:
        flow, session, run = self.flow, service._session, service._driver.run

        def method(*args: Any, **values: Any) -> Any:
            return run(flow(session, *args, **values))

        _describe(method, flow)
        return method


class Walk(_Method, Generic[P, R]):
    """A flow that emits items as an iterator, sync or async."""

    def __init__(self, flow: Callable[Concatenate[Session, P], Items[R]]) -> None:
        self.flow = flow
        self.__doc__ = flow.__doc__

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Walk[P, R]: ...
    @overload
    def __get__(self, obj: Service[Sync], owner: type[Any]) -> Callable[P, Iterator[R]]: ...
    @overload
    def __get__(self, obj: Service[Async], owner: type[Any]) -> Callable[P, AsyncIterator[R]]: ...
    def __get__(self, obj: Service[Any] | None, owner: type[Any]) -> Any:
        return self.bound(obj)

    def bind(self, service: Service[Any]) -> Callable[..., Any]:
        flow, session, walk = self.flow, service._session, service._driver.walk

        def method(*args: Any, **values: Any) -> Any:
            return walk(flow(session, *args, **values))

        _describe(method, flow)
        return method


def _describe(method: Callable[..., Any], flow: Callable[..., Any]) -> None:
    method.__doc__ = flow.__doc__
    signature = inspect.signature(flow)
    shown = list(signature.parameters.values())[1:]
    method.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
