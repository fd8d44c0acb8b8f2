"""What holds for every test."""

from __future__ import annotations

import asyncio
import os
from functools import cache
from typing import Any

import pytest
from httpx2._transports import default as transports
from hypothesis import settings
from uvicorn import server as uvicorn_server

from tests.support.transactions import forbid_nesting

# reading the certificates takes 60 ms, each client and each httpx2.get() does it anew, and there
# are thousands of them here: one context serves all that ask for the same
transports.create_ssl_context = cache(transports.create_ssl_context)  # type: ignore[attr-defined]


class _Brisk:
    """asyncio for uvicorn, which looks every 100 ms whether it is to stop, and then waits for
    100 ms more: a thousand tests have a server of their own."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


setattr(uvicorn_server, "asyncio", _Brisk())  # noqa: B010

forbid_nesting()

# there are over a hundred operations, and each property is tried on every one of them
settings.register_profile("each", max_examples=50)
settings.load_profile("each")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take long begins first, spread over the workers, each of which is given a stretch:
    nobody waits for it alone at the end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = sorted((item for item in items if _seconds(item)), key=_seconds, reverse=True)
    short = [item for item in items if not _seconds(item)]
    of_each = -(-len(items) // workers)
    ordered: list[pytest.Item] = []
    for number in range(workers):
        ordered += long[number::workers]
        left = max(0, of_each * (number + 1) - len(ordered))
        ordered += short[:left]
        del short[:left]
    items[:] = ordered + short


def _seconds(item: pytest.Item) -> float:
    """The limit that it asked for, over the one that all have."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark is not None and mark.args else 0.0
