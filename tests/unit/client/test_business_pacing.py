"""The pacing of TikTok API for Business, against the emulator's limits on its virtual clock."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.business_pacing import TARGET, paced
from stagedoor.business import Tier


@pytest.mark.parametrize("tier", [Tier.BASIC, Tier.PREMIUM])
def test_the_allowed_rate_is_used_and_never_exceeded(tier: Tier) -> None:
    found = asyncio.run(paced(tier, 20))
    assert found.throttled == 0
    assert found.percent >= TARGET


def test_without_the_right_tier_the_rate_of_basic_is_kept() -> None:
    found = asyncio.run(paced(Tier.BASIC, 5))
    assert 45 <= found.calls <= 60
