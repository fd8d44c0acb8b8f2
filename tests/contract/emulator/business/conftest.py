"""Fixtures of the tests of TikTok API for Business."""

from __future__ import annotations

import pytest

from tests.examples.business import OTHER_ADVERTISER_ID
from tests.support.advertiser import Advertiser

from ..conftest import TikTok


@pytest.fixture
def advertiser(tiktok: TikTok) -> Advertiser:
    """The seeded ad account with campaigns; the clock stands still, and no call is throttled."""
    tiktok.settings(rate_limits=False)
    tiktok.control("POST", "clock", {"freeze": True})
    return Advertiser(tiktok.http, tiktok.access_token(), tiktok.world)


@pytest.fixture
def empty(advertiser: Advertiser) -> Advertiser:
    """The seeded ad account without campaigns, of the same token."""
    return Advertiser(advertiser.http, advertiser.headers, advertiser.world, OTHER_ADVERTISER_ID)
