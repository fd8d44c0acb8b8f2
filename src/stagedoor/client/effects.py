"""The effects that a flow yields for its driver to perform.

Every process of several steps is written once, as a generator that yields effects and receives
their results. The sync and the async driver perform the effects; a flow does no I/O itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import field
from typing import Any, Generic, Self, TypeVar

from stagedoor.platform.operation import RateLimit
from stagedoor.platform.records import record

from .errors import TikTokError
from .place import WalkPlace
from .progress import OnProgress, Progress
from .sink import Sink
from .source import Blocks
from .tokens import Tokens

E = TypeVar("E")
T = TypeVar("T")


@record
class Send:
    """Send a request. The result is a `Reply`; a `TransportError` is raised into the flow."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | Blocks | None = None
    follow: bool = False
    into: Sink | None = None
    """Receives the response body as it arrives; `Reply.body` is the part that the sink kept."""


@record
class Reply:
    status: int
    headers: Any
    body: bytes


@record
class Sleep:
    seconds: float


@record
class Acquire:
    """Wait until the rate limit has a free slot for `key`."""

    key: Hashable
    limit: RateLimit


@record
class LoadTokens:
    """Load the tokens from the store. The result is `Tokens` or None."""


@record
class SaveTokens:
    tokens: Tokens


@record
class TokensRefused:
    """Tell the store that TikTok refused these tokens and that they can't be refreshed."""

    tokens: Tokens
    error: TikTokError


@record
class Exclusive:
    """Run a flow while no other thread, task or process runs one for the same tokens."""

    flow: Flow[Any]


@record
class Blocking:
    """Call a function that blocks (reads a file, probes media); the result is its result."""

    call: Any
    args: tuple[Any, ...] = field(default=())


@record
class Report:
    """Report progress to the caller's callback, if there is one."""

    progress: Progress
    to: OnProgress | None


@record
class Emit:
    """Yield one item to the consumer of the iterator."""

    item: Any


@record
class Reached:
    """Remember where the walk goes on after the items emitted so far; None: it is complete.

    `StartedFlow` performs it; no driver sees it.
    """

    place: WalkPlace | None


Effect = (
    Send
    | Sleep
    | Acquire
    | LoadTokens
    | SaveTokens
    | TokensRefused
    | Exclusive
    | Blocking
    | Report
    | Emit
    | Reached
)

Flow = Generator[Effect, Any, T]
"""A flow that returns a T."""

Items = Generator[Effect, Any, T | None]
"""A flow that emits Ts while it runs."""


class StartedFlow(Generator[Effect, Any, Any]):
    """A flow that was advanced to its first effect, which hasn't been performed yet.

    Errors before that point, such as a wrong argument, are therefore raised here, by the call that
    creates an iterator, and not by the first step of the iteration.
    """

    def __init__(self, flow: Generator[Effect, Any, Any]) -> None:
        self.place: WalkPlace | None = None
        """The place that the flow has reached; None for a flow that tells none."""
        self._flow = flow
        self._first: Effect | None = None
        self._over: StopIteration | None = None
        try:
            self._first = self._next(next(flow))
        except StopIteration as stop:
            self._over = stop

    def send(self, value: Any) -> Effect:
        if self._over is not None:
            raise self._over
        first, self._first = self._first, None
        return self._next(self._flow.send(value)) if first is None else first

    def throw(self, error: Any, *rest: Any) -> Effect:
        return self._next(self._flow.throw(error, *rest))

    def _next(self, effect: Effect) -> Effect:
        """The next effect for a driver."""
        while isinstance(effect, Reached):
            self.place = effect.place
            effect = self._flow.send(None)
        return effect

    def close(self) -> None:
        self._flow.close()


class Machine(Generic[E, T]):
    """Steps a flow for a driver: `next` returns the effect to perform, None at the end.

    The driver sets `result` or `error` before the next step. Leaving the context closes the flow in
    every case, so a cancelled driver leaves no flow half open.
    """

    __slots__ = ("error", "flow", "result", "value")

    value: T

    def __init__(self, flow: Generator[E, Any, T]) -> None:
        self.flow = flow
        self.result: Any = None
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.flow.close()

    def next(self) -> E | None:
        error, self.error = self.error, None
        result, self.result = self.result, None
        try:
            return self.flow.send(result) if error is None else self.flow.throw(error)
        except StopIteration as stop:
            self.value = stop.value
            return None


def before_sending(flow: Flow[T], check: Callable[[], object]) -> Flow[T]:
    """The flow, with `check` called before each of its requests. An error of `check` is raised
    into the flow in place of the request, which isn't sent.

    Requests of a token's refresh aren't checked.
    """
    with Machine(flow) as machine:
        while (effect := machine.next()) is not None:
            try:
                if isinstance(effect, Send):
                    check()
                machine.result = yield effect
            except Exception as error:
                machine.error = error
        return machine.value
