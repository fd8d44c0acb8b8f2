"""A thread pool for long work, shared fairly among organisations and their agents."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from .cancellation import Cancellation, under
from .errors import ApiError

T = TypeVar("T")


class Owner(NamedTuple):
    """The organisation, and the agent if any, that work is done for."""

    org: str
    agent: str = ""


class TooManyAtOnce(ApiError):
    """So much work of the owner is queued already that more would only wait longer."""

    code, http, retryable = "rate_limited", 429, True

    def __init__(self) -> None:
        super().__init__(
            "So many calls of this organisation or agent are under way that no more can wait: "
            "let some of them end first.",
            retry_after=5,
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """The number of threads, and how many of them one organisation and one agent can use; `waiting`
    is how many more tasks of an organisation may be queued."""

    total: int
    org: int
    agent: int
    waiting: int

    def allows(self, running: Counter[Owner], owner: Owner) -> bool:
        """Whether one more task of the owner may run. `running` counts tasks by agent and by
        organisation."""
        whole = running[Owner(owner.org)]
        alone = owner.agent == "" or running[owner] < self.agent
        return whole < self.org and alone


def count(running: Counter[Owner], owner: Owner, by: int) -> None:
    """Add `by` to the owner's count, and to the organisation's."""
    for one in {owner, Owner(owner.org)}:
        running[one] += by
        if running[one] <= 0:
            del running[one]


@dataclass(eq=False, slots=True)
class _Task(Generic[T]):
    owner: Owner
    work: Callable[[], T]
    cancellation: Cancellation
    future: Future[T] = field(default_factory=Future)


class FairPool:
    """A thread pool. A free thread takes a task of the organisation with the fewest running tasks,
    within its share."""

    def __init__(self, name: str, shares: Shares) -> None:
        self._name = name
        self._shares = shares
        self._lock = threading.Lock()
        self._queue: list[_Task[Any]] = []
        self._running: Counter[Owner] = Counter()
        self._at_work = 0
        self._threads: ThreadPoolExecutor | None = None

    def submit(
        self, owner: Owner, work: Callable[[], T], cancellation: Cancellation | None = None
    ) -> Future[T]:
        """Run the work as soon as the owner's share has a free thread. Raises `TooManyAtOnce`.

        If the cancellation is cancelled before the work begins, the future is cancelled; running
        work sees the cancellation as the `current` one.
        """
        task: _Task[T] = _Task(owner, work, cancellation or Cancellation())
        with self._lock:
            self._queue = [one for one in self._queue if not one.future.cancelled()]
            waiting = sum(one.owner.org == owner.org for one in self._queue)
            if waiting >= self._shares.waiting:
                raise TooManyAtOnce
            self._queue.append(task)
            self._begin_some()
        return task.future

    def close(self) -> None:
        """Wait for running work to end; the pool can be used again afterwards."""
        with self._lock:
            threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown()

    def _begin_some(self) -> None:
        while self._at_work < self._shares.total:
            task = self._next()
            if task is None:
                return
            self._queue.remove(task)
            if not task.future.set_running_or_notify_cancel():
                continue
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._shares.total, self._name)
            self._at_work += 1
            count(self._running, task.owner, 1)
            try:
                self._threads.submit(self._run, task)
            except RuntimeError as error:
                self._at_work -= 1
                count(self._running, task.owner, -1)
                task.future.set_exception(error)

    def _next(self) -> _Task[Any] | None:
        ready = [one for one in self._queue if self._shares.allows(self._running, one.owner)]
        return min(ready, key=lambda one: self._running[Owner(one.owner.org)], default=None)

    def _run(self, task: _Task[Any]) -> None:
        result, error = None, None
        try:
            with under(task.cancellation):
                task.cancellation.check()
                result = task.work()
        except BaseException as raised:
            error = raised
        with self._lock:
            self._at_work -= 1
            count(self._running, task.owner, -1)
            self._begin_some()
        if error is None:
            task.future.set_result(result)
        else:
            task.future.set_exception(error)
