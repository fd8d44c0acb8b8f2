"""The client of the research commands; it counts the requests that TikTok's quota counts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from stagedoor.client import Answered, TikTok
from stagedoor.platform.operation import Operation
from stagedoor.platform.products.research import operations, shop

from . import settings
from .patience import TellingPacer, TellingRetry

_KEPT_DAYS = 2
POOLS = {
    one.id: one.quota.pool
    for module in (operations, shop)
    for one in vars(module).values()
    if isinstance(one, Operation) and one.quota is not None
}
"""The pool of each operation that has a quota. The catalogue would load every product, which takes
longer than most commands."""


@contextmanager
def researching() -> Iterator[TikTok]:
    """A client with the app's own token."""
    config = settings.load()
    with config.clock() as now:
        spent = RequestCount(config, now)
        with TikTok(
            *config.app(),
            hosts=config.hosts,
            pacer=TellingPacer(),
            retry=TellingRetry(),
            now=now,
        ) as tiktok:
            yield tiktok.with_listener(spent.answered)


class RequestCount:
    """Requests of today by TikTok's quota, as far as this machine's commands sent them."""

    def __init__(self, config: settings.CommandSettings, now: Callable[[], float]) -> None:
        key, _ = config.app()
        self._now = now
        self._folder = config.folder.parent / "research" / config.folder.name / key

    def answered(self, answered: Answered) -> None:
        """Count a request. TikTok counts failed ones, too, but not those that a limit refused."""
        pool = POOLS.get(answered.operation)
        if pool is None or answered.http_status == 429:
            return
        path = self._path(self.today_is())
        with suppress(OSError):  # a count that can't be kept must not end a command
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="ascii") as out:
                out.write(f"{pool}\n")

    def today(self) -> dict[str, int]:
        """Requests by pool."""
        path = self._path(self.today_is())
        counts: dict[str, int] = {}
        with suppress(FileNotFoundError):
            for line in path.read_text(encoding="ascii").splitlines():
                counts[line] = counts.get(line, 0) + 1
        self._tidy()
        return counts

    def today_is(self) -> datetime:
        """The first moment of this UTC day."""
        now = datetime.fromtimestamp(self._now(), UTC)
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    def _path(self, now: datetime) -> Path:
        return self._folder / f"{now:%Y%m%d}.log"

    def _tidy(self) -> None:
        with suppress(FileNotFoundError):
            for old in sorted(os.listdir(self._folder))[:-_KEPT_DAYS]:
                (self._folder / old).unlink()
