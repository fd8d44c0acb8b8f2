"""`stagedoor ads`: ad accounts and campaigns of the local TikTok."""

from __future__ import annotations

import pytest

from stagedoor import Tokens
from stagedoor.cli import settings
from stagedoor.emulator import Running
from tests.examples.business import ADVERTISER_ID, OTHER_ADVERTISER_ID

from .conftest import Shell


@pytest.fixture
def connected(shell: Shell, tiktok: Running) -> Shell:
    """A shell in which the seeded ad accounts are connected."""
    from httpx2 import post

    issued = post(f"{tiktok.url}/_emulator/business/tokens", json={}).json()
    config = settings.Settings(tiktok.url, None, None, shell.home)
    tokens = Tokens(access_token=issued["access_token"])
    settings.remember(config.business, "Mara Lindqvist", tokens, 1.0)
    return shell


def test_ad_accounts_are_listed_with_their_balance(connected: Shell) -> None:
    done = connected.run("ads", "accounts", "--json")
    assert done.code == 0
    assert [one["advertiser_id"] for one in done.json] == [ADVERTISER_ID, OTHER_ADVERTISER_ID]
    shown = connected.run("ads", "accounts")
    assert "Mara's Kitchen" in shown.out
    assert "250.50 EUR" in shown.out


def test_a_campaign_is_paused_and_launched(connected: Shell) -> None:
    of = ("--advertiser", ADVERTISER_ID)
    listed = connected.run("ads", "campaigns", *of, "--json").json
    (knife,) = (one for one in listed if one["campaign_name"].startswith("Knife"))
    paused = connected.run("ads", "pause", knife["campaign_id"], *of)
    assert paused.code == 0
    assert paused.words.endswith("Knife set: visits of the shop: disable")
    shown = connected.run("ads", "campaigns", *of)
    assert "100.00 a day" in shown.out
    launched = connected.run("ads", "launch", knife["campaign_id"], *of)
    assert launched.words.endswith("shop: enable")


def test_an_ad_account_has_to_be_named_where_there_are_several(connected: Shell) -> None:
    done = connected.run("ads", "campaigns")
    assert done.code != 0
    assert "--advertiser" in done.words
    wrong = connected.run("ads", "launch", "17", "--advertiser", ADVERTISER_ID)
    assert wrong.code != 0
    assert "The campaign 17 does not exist" in wrong.words
    none = connected.run("ads", "campaigns", "--advertiser", OTHER_ADVERTISER_ID)
    assert "has no campaigns" in none.out


def test_without_a_connection_the_command_says_how_to_connect(
    shell: Shell, tiktok: Running
) -> None:
    done = shell.run("ads", "accounts")
    assert done.code != 0
    assert "stagedoor connect --kind ads" in done.words
