"""The programs in `examples/` run as they stand, each as a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from stagedoor import TikTokBusiness
from tests.examples.business import ADVERTISER_ID
from tests.support.local import Local

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(local: Local, name: str, *args: str | Path) -> str:
    """Run an example against the local TikTok and return what it printed."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *args],
        env=os.environ | {"STAGEDOOR_TIKTOK_URL": local.url},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_video_file_becomes_an_ad_that_spends(local: Local, clip: Path) -> None:
    video, in_review, running, *days = run(local, "ads.py", clip).splitlines()
    assert re.fullmatch(r"video \S+: 360x640, 3\.\d+ s", video)
    assert in_review.endswith(": AD_STATUS_AUDIT")
    assert running.endswith(": AD_STATUS_DELIVERY_OK")
    found = [
        re.fullmatch(r"\d{4}-\d\d-\d\d  Knife set: (\S+) spent, (\S+) impressions, .*", day)
        for day in days
    ]
    assert 2 <= len(found) <= 3
    printed = [Decimal(one[1]) for one in found if one]
    assert len(printed) == len(found)
    assert 48 <= sum(printed) <= 62  # 48 a day, spent evenly, for 30 hours
    token = local.control("POST", "business/tokens", {})["access_token"]
    with TikTokBusiness(access_token=token, hosts=local.hosts) as business:
        ads = business.for_advertiser(ADVERTISER_ID)
        [ad] = ads.ads.list(page_size=1).list
        assert ad.video_id == video.split()[1].rstrip(":")
        assert ad.tiktok_item_id is None


def test_a_node_program_is_tested_by_the_control_routes(local: Local) -> None:
    node = shutil.which("node")
    assert node is not None, "Node is needed, as for the MCP clients (make setup)"
    done = subprocess.run(
        [node, "--test", EXAMPLES / "emulator.test.mjs"],
        env=os.environ | {"STAGEDOOR_TIKTOK_URL": local.url},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^# pass 5$", done.stdout, re.MULTILINE), done.stdout
