"""TikTok API for Business from the portal page to calls, over real HTTP, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from stagedoor import AsyncTikTokBusiness, Hosts, Login, Pacer, TikTokBusiness, Tokens
from stagedoor.business import AssetType, CenterRole, MemberFilter, Tier
from stagedoor.cli.demo.consent import answer as answer_form
from stagedoor.client.errors import (
    ClientRejected,
    ConfigurationError,
    GrantInvalid,
    InvalidRequest,
    LoginError,
    NotFound,
    RateLimited,
    ReconnectRequired,
    ScopeMissing,
    TokenInvalid,
)
from stagedoor.client.retry import NO_RETRY
from stagedoor.platform.products import business as declared
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET, OTHER_ADVERTISER_ID
from tests.support.local import QUICK, Local


def code(local: Local) -> str:
    query = {"app_id": APP_ID, "redirect_uri": "https://app.example.com/ads/"}
    page = httpx2.URL(f"{local.url}{declared.PORTAL_AUTH.path}", params=query)
    return dict(parse_qsl(urlsplit(answer_form(str(page))).query))["auth_code"]


def token(local: Local, **asked: Any) -> str:
    return str(local.control("POST", "business/tokens", asked)["access_token"])


@pytest.fixture
def ads(local: Local) -> Iterator[TikTokBusiness]:
    made = TikTokBusiness(
        APP_ID, APP_SECRET, access_token=token(local), hosts=local.hosts, retry=QUICK
    )
    with made:
        yield made


def test_from_the_portal_page_to_the_ad_accounts(local: Local) -> None:
    with TikTokBusiness(APP_ID, APP_SECRET, hosts=local.hosts) as app:
        granted = app.oauth.exchange_auth_code(auth_code=code(local))
        assert granted.access_token not in repr(granted)
        ads = app.for_account(Tokens(access_token=granted.access_token))
        assert [one.advertiser_id for one in ads.advertisers.list().list] == [
            ADVERTISER_ID,
            OTHER_ADVERTISER_ID,
        ]
        [account] = ads.advertisers.info(advertiser_ids=(OTHER_ADVERTISER_ID,)).list
        assert str(account.balance) == "250.5"
        assert ads.advertisers.user().display_name == "Mara Lindqvist"
        app.oauth.revoke_token(access_token=granted.access_token)
        with pytest.raises(TokenInvalid) as revoked:
            ads.advertisers.user()
    assert revoked.value.code == "40105"
    assert str(revoked.value).startswith(revoked.value.log_id)
    assert len(revoked.value.log_id) == 34


def test_the_same_as_coroutines(local: Local) -> None:
    async def go() -> None:
        async with AsyncTikTokBusiness(APP_ID, APP_SECRET, hosts=local.hosts) as app:
            granted = await app.oauth.exchange_auth_code(auth_code=code(local))
            ads = app.for_account(Tokens(access_token=granted.access_token))
            listed = await ads.advertisers.list()
            assert len(listed.list) == 2
            with pytest.raises(GrantInvalid):
                await app.oauth.exchange_auth_code(auth_code="used")

    asyncio.run(go())


def test_each_error_is_of_the_one_tree(local: Local, ads: TikTokBusiness) -> None:
    with pytest.raises(NotFound):
        ads.advertisers.info(advertiser_ids=(7,))  # type: ignore[arg-type]
    other = local.control("POST", "business/ad_accounts", {"role": None})["id"]
    with pytest.raises(ScopeMissing) as foreign:
        ads.advertisers.info(advertiser_ids=(other,))
    assert other in str(foreign.value)
    with (
        TikTokBusiness(APP_ID, "wrong", access_token=token(local), hosts=local.hosts) as wrong,
        pytest.raises(ClientRejected),
    ):
        wrong.advertisers.list()
    with pytest.raises(InvalidRequest, match="no field"):
        ads.advertisers.info(advertiser_ids=(ADVERTISER_ID,), fields=("nothing",))


def test_the_app_s_secret_is_the_client_s_own(local: Local, ads: TikTokBusiness) -> None:
    with pytest.raises(InvalidRequest, match="the client's own") as refused:
        ads.oauth.exchange_auth_code(secret=APP_SECRET, auth_code="x")
    assert APP_SECRET not in str(refused.value)
    with (
        TikTokBusiness(access_token=token(local), hosts=local.hosts) as bare,
        pytest.raises(ConfigurationError, match="app_id and secret"),
    ):
        bare.advertisers.list()
    assert APP_SECRET not in repr(ads)
    assert APP_SECRET not in repr(ads._session)


def test_a_client_keeps_the_limits_of_its_tier(local: Local, ads: TikTokBusiness) -> None:
    calls = 12
    waits: list[float] = []

    class Watched(Pacer):
        def reserve(self, key: Any, limit: Any) -> float:
            waits.append(super().reserve(key, limit))
            return 0

    for tier, waited in ((Tier.BASIC, 2), (Tier.ADVANCED, 0)):
        waits.clear()
        local.control("POST", "clock", {"advance": 5})
        local.control("PATCH", f"apps/{APP_ID}", {"tier": "Ultimate"})
        with TikTokBusiness(
            access_token=token(local), hosts=local.hosts, tier=tier, pacer=Watched()
        ) as client:
            for _ in range(calls):
                client.advertisers.user()
        assert sum(wait > 0 for wait in waits) == waited, tier


def test_too_many_calls_are_told_with_the_pause(local: Local) -> None:
    local.control("POST", "clock", {"freeze": True})
    with TikTokBusiness(
        access_token=token(local), hosts=local.hosts, pacer=None, retry=NO_RETRY
    ) as client:
        for _ in range(10):
            client.advertisers.user()
        with pytest.raises(RateLimited) as refused:
            client.advertisers.user()
    assert refused.value.code == "40100"
    assert refused.value.message == "App reaches the QPS limit."


def consented(local: Local, login: Login) -> str:
    return answer_form(login.url)


REDIRECT = "https://app.example.com/in/"
SCOPES = ("user.info.basic", "video.list")


def test_a_login_of_each_kind_becomes_a_connection(local: Local) -> None:
    with TikTokBusiness(APP_ID, APP_SECRET, hosts=local.hosts) as app:
        login = app.oauth.begin_advertiser_login(REDIRECT)
        with pytest.raises(LoginError, match="state"):
            app.oauth.finish_advertiser_login(login, f"{REDIRECT}?auth_code=x&state=other")
        ads = app.oauth.finish_advertiser_login(login, consented(local, login))
        assert ads.advertiser_ids == (ADVERTISER_ID, OTHER_ADVERTISER_ID)
        assert "2" in ads.permissions
        assert app.tokens.load() == ads.tokens
        assert app.advertisers.user().display_name == "Mara Lindqvist"
        with pytest.raises(ConfigurationError, match="can't be refreshed"):
            app.oauth.refresh()
        app.oauth.disconnect()
        with pytest.raises(TokenInvalid):
            app.advertisers.user()

    with TikTokBusiness(APP_ID, APP_SECRET, hosts=local.hosts) as app:
        login = app.oauth.begin_account_login(REDIRECT, SCOPES)
        assert "code_challenge" not in login.url
        account = app.oauth.finish_account_login(login, consented(local, login))
        assert set(account.granted) == set(SCOPES)
        assert account.tokens.open_id.startswith("-000")
        token = account.tokens.access_token
        assert app.oauth.token_info(access_token=token).creator_id == account.tokens.open_id
        fresh = app.oauth.refresh()
        assert fresh.refresh_token != account.tokens.refresh_token
        assert app.tokens.load() == fresh
        app.oauth.disconnect()
        with pytest.raises(ReconnectRequired, match=r"40107.*expired or revoked: connect again"):
            app.oauth.refresh()


def test_logins_as_coroutines(local: Local) -> None:
    async def go() -> None:
        async with AsyncTikTokBusiness(APP_ID, APP_SECRET, hosts=local.hosts) as app:
            login = app.oauth.begin_account_login(REDIRECT, SCOPES)
            back = await asyncio.to_thread(consented, local, login)
            account = await app.oauth.finish_account_login(login, back)
            fresh = await app.oauth.refresh()
            assert fresh.open_id == account.tokens.open_id

    asyncio.run(go())


def test_business_centers_are_walked(ads: TikTokBusiness) -> None:
    [center] = ads.advertisers.all_centers()
    assets = ads.advertisers.all_center_assets(
        bc_id=center.bc_info.bc_id, asset_type=AssetType.ADVERTISER
    )
    assert [one.asset_id for one in assets] == [ADVERTISER_ID]
    [member] = ads.advertisers.all_center_members(
        bc_id=center.bc_info.bc_id, filtering=MemberFilter(user_role=CenterRole.ADMIN)
    )
    assert member.user_name == "Mara Lindqvist"


def test_hosts_name_the_sandbox() -> None:
    assert Hosts.business_sandbox().business == "https://sandbox-ads.tiktok.com"
    assert Hosts().url(declared.ADVERTISER_INFO).startswith("https://business-api.tiktok.com/open")
