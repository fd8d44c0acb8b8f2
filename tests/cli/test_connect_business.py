"""`stagedoor connect --kind`: ad accounts, and accounts as their holders."""

from __future__ import annotations

import stat

import httpx2

from stagedoor import FileTokens
from stagedoor.cli import settings
from stagedoor.cli.demo.consent import allow
from stagedoor.testing import TikTokEmulator
from tests.examples.business import ADVERTISER_ID

from .conftest import Shell
from .test_connect import asked, ended


def test_ad_accounts_are_connected_by_the_portal_page(shell: Shell, tiktok: TikTokEmulator) -> None:
    with asked(shell, "--kind", "ads") as (running, link):
        assert link.startswith(f"{tiktok.url}/portal/auth?")
        allow(link)
        done = ended(running)
    assert done.code == 0
    assert "Connected Mara Lindqvist" in done.out
    assert ADVERTISER_ID in done.out
    (kept,) = shell.home.rglob("*.tokens.json")
    assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0
    tokens = FileTokens(kept).load()
    assert tokens is not None
    assert tokens.access_token not in done.out
    assert tokens.expires_at is None


def test_an_account_is_connected_as_its_holder(shell: Shell, tiktok: TikTokEmulator) -> None:
    with asked(shell, "--kind", "businessAccount", "--scope", "video.list") as (running, link):
        assert link.startswith(f"{tiktok.url}/v2/auth/authorize/?")
        allow(link)
        done = ended(running)
    assert done.code == 0
    assert "Connected -000" in done.out
    listed = shell.run("accounts", "--json").json
    assert [one["kind"] for one in listed] == ["businessAccount"]
    assert listed[0]["account"].startswith("-000")
    assert "no ad account is connected" in shell.run("ads", "accounts").words


def test_ad_accounts_are_listed_and_disconnected(shell: Shell, tiktok: TikTokEmulator) -> None:
    with asked(shell, "--kind", "ads") as (running, link):
        allow(link)
        ended(running)
    (kept,) = shell.home.rglob("*.tokens.json")
    tokens = FileTokens(kept).load()
    assert tokens is not None
    assert "Mara Lindqvist ads ad accounts, until it is revoked" in shell.run("accounts").words
    assert shell.run("accounts", "--kind", "creator", "--json").json == []
    wrong = shell.run("disconnect", "Mara", "--kind", "ads")
    assert "Mara is not connected here; these are: Mara Lindqvist" in wrong.words
    other = shell.run("disconnect", "Mara Lindqvist", "--kind", "businessAccount")
    assert "run 'stagedoor connect --kind businessAccount'" in other.words
    unnamed = shell.run("disconnect", "Mara Lindqvist")
    assert "Mara Lindqvist is connected as ads: name it with --kind ads." in unnamed.words
    assert kept.exists()
    done = shell.run("disconnect", "Mara Lindqvist", "--kind", "ads")
    assert "Disconnected Mara Lindqvist at" in done.words
    assert not kept.exists()
    answer = httpx2.get(
        f"{tiktok.url}/open_api/v1.3/oauth2/advertiser/get/",
        params={"app_id": settings.EMULATOR_APP_ID, "secret": settings.EMULATOR_APP_SECRET},
        headers={"Access-Token": tokens.access_token},
    ).json()
    assert answer["code"] == 40105, "the token ended at TikTok, too"
    assert shell.run("accounts", "--json").json == []


def test_the_permissions_of_ads_are_the_app_s(shell: Shell, tiktok: TikTokEmulator) -> None:
    refused = shell.run("connect", "--kind", "ads", "--scope", "video.list")
    assert refused.code != 0
    assert "--scope" in refused.words
