"""What several threads want done at once is done by one of them, for all."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 64
"""What is served together at the most."""


class _Waiting(Generic[T, R]):
    __slots__ = ("answer", "error", "item", "over", "stirred")

    def __init__(self, item: T) -> None:
        self.item = item
        self.answer: R | None = None
        self.error: BaseException | None = None
        self.over = False
        self.stirred = threading.Event()
        """It is over, or nobody serves at this moment."""


class Line(Generic[T, R]):
    """Who finds nobody serving serves everybody who waits by then, itself among them.

    Alone it costs next to nothing: no other thread takes part. `serve` gives an answer or an
    error for each item, in their order.
    """

    def __init__(self, serve: Callable[[Sequence[T]], Sequence[R | BaseException]]) -> None:
        self._serve = serve
        self._serving = threading.Lock()
        self._waiting: deque[_Waiting[T, R]] = deque()

    def through(self, item: T) -> R:
        """Its answer. Raises its error."""
        if not self._waiting and self._serving.acquire(blocking=False):
            return self._alone(item)
        mine: _Waiting[T, R] = _Waiting(item)
        self._waiting.append(mine)
        while not mine.over:
            if not self._serving.acquire(blocking=False):
                mine.stirred.wait()
                mine.stirred.clear()
                continue
            try:
                while not mine.over:
                    self._serve_some()
            finally:
                self._serving.release()
            self._hand_over()
        if mine.error is not None:
            raise mine.error
        return mine.answer  # type: ignore[return-value]  # it is over without an error

    def _alone(self, item: T) -> R:
        try:
            answer = self._serve([item])[0]
        finally:
            self._serving.release()
            self._hand_over()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _hand_over(self) -> None:
        """Who came meanwhile found somebody serving: the first of them goes on."""
        with suppress(IndexError):
            self._waiting[0].stirred.set()

    def _serve_some(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            answers = self._serve([one.item for one in batch])
        except BaseException as error:
            answers = [error] * len(batch)
        for one, answer in zip(batch, answers, strict=True):
            if isinstance(answer, BaseException):
                one.error = answer
            else:
                one.answer = answer
            one.over = True
            one.stirred.set()
