"""A call to TikTok that stops right before its request, so that the request can be journalled
first."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from stagedoor.client import TikTok
from stagedoor.client.effects import Effect, Machine, Send
from stagedoor.platform.operation import Operation


class PreparedCall:
    """One TikTok operation, run in two halves, by one thread.

    `prepare` does everything that may wait (tokens, the slot in the rate limit) and doesn't
    contact TikTok for the operation. `send` sends the request. A process that dies in `prepare` has
    sent nothing.
    """

    def __init__(self, tiktok: TikTok, operation: Operation[..., Any], values: Any) -> None:
        self._driver = tiktok.driver
        self._machine: Machine[Effect, Any] = Machine(tiktok.flow(operation, **values))
        self._next: Effect | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._machine.flow.close()

    def prepare(self) -> None:
        """Go on to the next request. Raises the error that prevents it."""
        effect = self._next or self._machine.next()
        while effect is not None and not isinstance(effect, Send):
            effect = self._perform(effect)
        self._next = effect

    def send(self) -> bool:
        """Send the request; returns whether the call has ended. Raises the call's final error.

        False: TikTok refused the request (rate limit, expired token) or never got it, and the call
        goes on with `prepare`.
        """
        if self._next is None:
            raise RuntimeError("there is no request to send: prepare first")
        self._next = self._perform(self._next)
        return self._next is None

    @property
    def answer(self) -> Any:
        """TikTok's answer, once `send` has returned True."""
        return self._machine.value

    def _perform(self, effect: Effect) -> Effect | None:
        try:
            self._machine.result = self._driver.perform(effect)
        except Exception as error:
            self._machine.error = error
        return self._machine.next()
