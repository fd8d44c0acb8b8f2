"""Fixtures of the tests of TikTok API for Business."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stagedoor.emulator.products.business.state import AD_ACCOUNTS
from tests.examples.business import ADVERTISER_ID, OTHER_ADVERTISER_ID
from tests.support.advertiser import Advertiser

from ..conftest import TikTok


@pytest.fixture
def advertiser(tiktok: TikTok) -> Advertiser:
    """The seeded ad account with campaigns; no call is throttled, and the clock stands still, at no
    time between 23:50 and midnight of the account: budgets can't be changed just before it."""
    tiktok.settings(rate_limits=False)
    zone = ZoneInfo(tiktok.world[AD_ACCOUNTS][ADVERTISER_ID].timezone)
    local = datetime.fromtimestamp(tiktok.world.now(), zone)
    if (local.hour, local.minute) >= (23, 50):
        tiktok.advance(900)
    tiktok.control("POST", "clock", {"freeze": True})
    return Advertiser(tiktok.http, tiktok.access_token(), tiktok.world)


@pytest.fixture
def empty(advertiser: Advertiser) -> Advertiser:
    """The seeded ad account without campaigns, of the same token."""
    return Advertiser(advertiser.http, advertiser.headers, advertiser.world, OTHER_ADVERTISER_ID)
