"""A token that expires while everybody asks for it, two hundred times."""

from __future__ import annotations

import pytest

from tests.connector.conftest import Service
from tests.drills.tokens import refresh
from tests.support.local import Local

ROUNDS = 200


@pytest.mark.drill
@pytest.mark.timeout(3600)
def test_each_round_refreshes_once(
    service_without_worker: Service, local: Local, environment: dict[str, str]
) -> None:
    refresh(service_without_worker, local, environment, ROUNDS)
