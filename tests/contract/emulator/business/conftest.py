"""Fixtures of the tests of TikTok API for Business."""

from __future__ import annotations

import pytest

from tests.examples.business import OTHER_ADVERTISER_ID
from tests.support.advertiser import Advertiser, is_just_before_midnight

from ..conftest import TikTok


@pytest.fixture
def advertiser(tiktok: TikTok) -> Advertiser:
    """The seeded ad account with campaigns; no call is throttled, and the clock stands still, at no
    time between 23:50 and midnight of the account."""
    tiktok.settings(rate_limits=False)
    if is_just_before_midnight(tiktok.world):
        tiktok.advance(900)
    tiktok.control("POST", "clock", {"freeze": True})
    return Advertiser(tiktok.http, tiktok.access_token(), tiktok.world)


@pytest.fixture
def empty(advertiser: Advertiser) -> Advertiser:
    """The seeded ad account without campaigns, of the same token."""
    return Advertiser(advertiser.http, advertiser.headers, advertiser.world, OTHER_ADVERTISER_ID)
