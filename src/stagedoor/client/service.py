"""Typed methods built from declarations, once for sync and async.

    class Videos(Service[M]):
        list = Call(display.VIDEO_LIST)

`Videos[Sync]().list(...)` returns a `VideoPage`, `Videos[Async]().list(...)` a coroutine of one;
the keyword signature comes from the declared request type.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from stagedoor.platform.arguments import check
from stagedoor.platform.operation import Operation

from .describe import (
    call_doc,
    call_signature,
    flow_doc,
    flow_signature,
    walk_doc,
    walk_signature,
)
from .effects import Flow, Items, StartedFlow
from .session import Session, call
from .tokens import TokenStore
from .walking import AsyncWalking, Walking
from .walks import Walked, WalkPlan

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Sync:
    """Marks a service whose methods return results."""


class Async:
    """Marks a service whose methods return coroutines."""


M = TypeVar("M", Sync, Async)


class Driver(Protocol):
    """Performs effects. `run` returns the flow's result, or a coroutine of it."""

    store: TokenStore
    is_async: bool

    def with_store(self, store: TokenStore) -> Driver: ...

    def run(self, flow: Flow[Any]) -> Any: ...

    def walk(self, flow: Items[Any]) -> Any: ...


class Service(Generic[M]):
    """A group of methods for one product. Created by the client."""

    def __init__(self, session: Session, driver: Driver) -> None:
        self._session = session
        self._driver = driver


class _Method:
    """A descriptor that binds itself once per service object.

    On the class it is a callable with signature and docs, so that `help()` lists the service's
    methods as methods.
    """

    __name__ = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name
        self.__qualname__ = f"{owner.__name__}.{name}"
        self.__module__ = owner.__module__

    def __call__(self, service: Service[Any], *args: Any, **values: Any) -> Any:
        """The unbound call: the service is passed explicitly."""
        return self.bound(service)(*args, **values)

    def bind(self, service: Service[Any]) -> Callable[..., Any]:
        raise NotImplementedError

    def describe(self, is_async: bool) -> tuple[inspect.Signature, str]:
        """Signature and docs, generated from the declarations."""
        raise NotImplementedError

    def bound(self, service: Service[Any] | None) -> Any:
        if service is None:
            self.__signature__, self.__doc__ = self.describe(is_async=False)
            return self
        method = self.bind(service)
        method.__name__ = self.__name__
        method.__qualname__ = f"{type(service).__name__}.{self.__name__}"
        method.__module__ = self.__module__
        signature, method.__doc__ = self.describe(service._driver.is_async)
        method.__signature__ = signature  # type: ignore[attr-defined]
        service.__dict__[self.__name__] = method
        return method


class Call(_Method, Generic[P, R_co]):
    """One declared operation as a method."""

    def __init__(self, operation: Operation[P, R_co]) -> None:
        self.operation = operation

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
        name = self.__name__

        def method(*args: Any, **values: Any) -> Any:
            if args:
                raise _by_keyword(name, call_signature(operation, is_async=False))
            return run(call(session, operation, values))

        return method

    def describe(self, is_async: bool) -> tuple[inspect.Signature, str]:
        return call_signature(self.operation, is_async), call_doc(self.operation)


def _by_keyword(name: str, signature: inspect.Signature) -> TypeError:
    fields = ", ".join(signature.parameters) or "none"
    return TypeError(f"{name}() takes its arguments by keyword: {fields}")


class _Flowing(_Method):
    """A method implemented as a flow. `operations` are those that it may perform."""

    def __init__(
        self, flow: Callable[..., Any], operations: tuple[Operation[..., Any], ...]
    ) -> None:
        self.flow: Callable[..., Any] = flow
        self.operations = operations

    def describe(self, is_async: bool) -> tuple[inspect.Signature, str]:
        walks = isinstance(self, WalkSteps)
        signature = flow_signature(self.flow, is_async, walks)
        return signature, flow_doc(self.flow, self.operations, walks)


class Steps(_Flowing, Generic[P, R]):
    """A flow of several steps as a method. `performs`: the operation that it alone can call."""

    def __init__(
        self,
        flow: Callable[Concatenate[Session, P], Flow[R]],
        *operations: Operation[..., Any],
        performs: Operation[..., Any] | None = None,
    ) -> None:
        super().__init__(flow, (*operations, performs) if performs else operations)
        self.operation = performs

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
        name = self.__name__

        def method(*args: Any, **values: Any) -> Any:
            check(flow, (session, *args), values, name)
            return run(flow(session, *args, **values))

        return method


class Walk(_Method, Generic[P, R]):
    """The items of all pages of one declared operation, as a method that gives an iterator.

    `takes` is the class of its parameters; see `walks`.
    """

    def __init__(self, operation: Operation[..., Any], takes: Callable[P, Walked[R]]) -> None:
        self._plan = WalkPlan(operation, takes)
        self.operations = (operation,)

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Walk[P, R]: ...
    @overload
    def __get__(self, obj: Service[Sync], owner: type[Any]) -> Callable[P, Walking[R]]: ...
    @overload
    def __get__(self, obj: Service[Async], owner: type[Any]) -> Callable[P, AsyncWalking[R]]: ...
    def __get__(self, obj: Service[Any] | None, owner: type[Any]) -> Any:
        return self.bound(obj)

    def bind(self, service: Service[Any]) -> Callable[..., Any]:
        plan, session, walk = self._plan, service._session, service._driver.walk
        given: Any = AsyncWalking if service._driver.is_async else Walking
        name, signature = self.__name__, walk_signature(plan, is_async=False)

        def method(*args: Any, **values: Any) -> Any:
            if args:
                raise _by_keyword(name, signature)
            try:
                signature.bind(**values)
            except TypeError as error:
                raise TypeError(f"{name}(): {error}") from None
            begun = StartedFlow(plan.flow(session, name, values))
            return given(walk(begun), begun)

        return method

    def describe(self, is_async: bool) -> tuple[inspect.Signature, str]:
        return walk_signature(self._plan, is_async), walk_doc(self._plan)


class WalkSteps(_Flowing, Generic[P, R]):
    """A flow of several steps that emits items, as a method that gives an iterator."""

    def __init__(
        self,
        flow: Callable[Concatenate[Session, P], Items[R]],
        *operations: Operation[..., Any],
    ) -> None:
        super().__init__(flow, operations)

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> WalkSteps[P, R]: ...
    @overload
    def __get__(self, obj: Service[Sync], owner: type[Any]) -> Callable[P, Walking[R]]: ...
    @overload
    def __get__(self, obj: Service[Async], owner: type[Any]) -> Callable[P, AsyncWalking[R]]: ...
    def __get__(self, obj: Service[Any] | None, owner: type[Any]) -> Any:
        return self.bound(obj)

    def bind(self, service: Service[Any]) -> Callable[..., Any]:
        flow, session, walk = self.flow, service._session, service._driver.walk
        given: Any = AsyncWalking if service._driver.is_async else Walking
        name = self.__name__

        def method(*args: Any, **values: Any) -> Any:
            check(flow, (session, *args), values, name)
            begun = StartedFlow(flow(session, *args, **values))
            return given(walk(begun), begun)

        return method
