"""Ad accounts that are connected, with jobs that run when a test says so."""

from __future__ import annotations

import pytest

from tests.connector.conftest import Service
from tests.support.ads_desk import AdsDesk, ads_desk
from tests.support.local import Local


@pytest.fixture
def desk(service_without_worker: Service, local: Local) -> AdsDesk:
    return ads_desk(service_without_worker, local)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """Webhooks of tests may be on loopback."""
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}
