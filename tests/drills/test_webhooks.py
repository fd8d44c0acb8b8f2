"""A bad week of webhooks: duplicates, forgeries, late retries, and a receiver killed ten times."""

from __future__ import annotations

import pytest

from tests.connector.conftest import Service
from tests.connector.webhooks.test_killed import play


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1])
def test_killed_ten_times(
    service_without_worker: Service, environment: dict[str, str], seed: int
) -> None:
    play(service_without_worker, environment, seed, events=20_000, kills=10)
