"""`stagedoor ads`: ad accounts, campaigns and reports of the local TikTok."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from stagedoor import Tokens
from stagedoor.cli import settings
from stagedoor.testing import TikTokEmulator
from tests.examples.business import ADVERTISER_ID, OTHER_ADVERTISER_ID

from .conftest import Shell


@pytest.fixture
def connected(shell: Shell, tiktok: TikTokEmulator) -> Shell:
    """A shell in which the seeded ad accounts are connected. Time stands still, so that campaigns
    spend nothing between two commands."""
    from httpx2 import post

    post(f"{tiktok.url}/_emulator/clock", json={"freeze": True})
    issued = post(f"{tiktok.url}/_emulator/business/tokens", json={}).json()
    config = settings.CommandSettings(tiktok.url, None, None, shell.home)
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
    assert ADVERTISER_ID in shown.out, "an id on two lines can't be copied"


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


def test_campaigns_that_can_t_be_switched_are_left_out(connected: Shell) -> None:
    of = ("--advertiser", ADVERTISER_ID)
    listed = connected.run("ads", "campaigns", *of, "--json").json
    known = [one["campaign_id"] for one in listed][:2]
    many = [str(1_700_000_000_000_001 + n) for n in range(20)]
    done = connected.run("ads", "pause", known[0], *many, known[1], *of)
    assert done.code == 1
    assert {line.split()[0] for line in done.out.splitlines()} == set(known), done.err
    *told, last = done.err.splitlines()
    assert [line.split()[0] for line in told if "is left out:" in line] == many
    assert last.startswith("20 of 22 campaigns left out: ")
    asked = connected.run("ads", "pause", *known, *known, *of)
    assert (asked.code, len(asked.out.splitlines()), asked.err) == (0, len(known), "")


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
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    done = shell.run("ads", "accounts")
    assert done.code != 0
    assert "stagedoor connect --kind ads" in done.words


REPORT = ("ads", "report", "--advertiser", ADVERTISER_ID)


def test_a_report_lists_campaigns_by_what_they_spent(connected: Shell) -> None:
    rows = connected.run(*REPORT, "--days", "5", "--json").json
    assert rows[0]["campaign_name"].startswith("Knife set")
    spent = [one["spend"] for one in rows]
    assert spent == sorted(spent, reverse=True)
    assert spent[0] > 0
    shown = connected.run(*REPORT, "--days", "5")
    assert "money in USD" in shown.words
    assert f"{spent[0]:,.2f}" in shown.out
    assert f"{rows[0]['impressions']:,}" in shown.out
    few = connected.run(*REPORT, "--days", "5", "--limit", "1", "--json")
    assert few.json == rows[:1]
    assert f"{len(rows) - 1} more rows aren't shown" in few.words


def test_the_rows_of_ads_by_day_add_up_to_the_report_of_their_campaigns(connected: Shell) -> None:
    today = date.today()
    days = ("--from", str(today - timedelta(days=4)), "--to", str(today - timedelta(days=2)))
    metrics = ("--metrics", "spend,clicks", "--all")
    (knife, *_) = connected.run(*REPORT, *days, *metrics, "--json").json
    done = connected.run(*REPORT, *days, *metrics, "--level", "ad", "--daily", "--csv")
    assert done.code == 0
    header, *rows = csv.reader(io.StringIO(done.out))
    assert header == ["stat_time_day", "ad_id", "ad_name", "spend", "clicks"]
    assert {row[0] for row in rows} == {str(today - timedelta(days=n)) for n in (4, 3, 2)}
    assert round(sum(float(row[3]) for row in rows), 2) == knife["spend"]
    assert sum(int(row[4]) for row in rows) == knife["clicks"]


def test_a_chart_has_a_bar_for_each_day(connected: Shell) -> None:
    today = date.today()
    days = ("--from", str(today - timedelta(days=400)), "--to", str(today - timedelta(days=399)))
    drawn = connected.run(*REPORT, "--days", "4", "--to", str(today - timedelta(days=2)), "--chart")
    lines = [line.rstrip() for line in drawn.out.splitlines()]
    assert lines[0] == "spend by day, in USD"
    assert [line.split()[1] for line in lines[1:]] == [
        str(today - timedelta(days=n)) for n in (5, 4, 3, 2)
    ]
    assert all("\u2588" * 8 in line and line.endswith("100.00") for line in lines[1:])
    empty = connected.run(*REPORT, *days, "--chart")
    assert len(empty.out.splitlines()) == 3
    assert "\u2588" not in empty.out
    plain = connected.run(*REPORT, "--days", "4", "--chart", PYTHONIOENCODING="ascii")
    assert "####" in plain.out
    assert "\u2588" not in plain.out
    assert "\\u" not in plain.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--csv", "--json"), "exclude each other"),
        (("--csv", "--chart"), "exclude each other"),
        (("--days", "3", "--from", "2026-01-01"), "--from and --days exclude each other"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "--from is after --to"),
        (("--from", "2999-01-01"), "--from is after today"),
        (("--from", "2020-01-01"), "at most 365 days"),
        (("--days", "366"), "must be at least 1, and at most 365"),
        (("--from", "yesterday"), "'yesterday' is no day such as 2026-08-30"),
        (("--level", "post"), "'campaign', 'adgroup', 'ad'"),
        (("--metrics", "spend,,ctr"), "is no list of metrics such as spend,clicks,cpc"),
        (("--metrics", "spned"), "Not a valid metric: spned"),
        (("--metrics", "campaign_name,spend", "--chart"), "campaign_name is no number"),
    ],
)
def test_a_wrong_report_is_refused_in_words_that_help(
    connected: Shell, options: tuple[str, ...], words: str
) -> None:
    done = connected.run(*REPORT, *options)
    assert done.code != 0
    assert done.out == ""
    assert words in done.words.replace("\u2502", "")


def test_an_ad_account_without_ads_has_an_empty_report(connected: Shell) -> None:
    of = ("ads", "report", "--advertiser", OTHER_ADVERTISER_ID)
    assert "No campaign has numbers in these days." in connected.run(*of).words
    assert connected.run(*of, "--json").json == []
    unknown = connected.run("ads", "report", "--advertiser", "17")
    assert unknown.code != 0
    assert "The advertiser 17 does not exist" in unknown.words
