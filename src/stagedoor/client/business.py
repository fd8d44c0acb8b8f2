"""The two clients of TikTok API for Business, `TikTokBusiness` and `AsyncTikTokBusiness`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Self, cast

import httpx2

from stagedoor.platform.arguments import AtLeast, checked
from stagedoor.platform.operation import Tier

from .base import (
    TIMEOUT,
    AsyncCalls,
    ClientBase,
    H,
    SyncCalls,
    async_parts,
    sync_parts,
    token_store,
)
from .business_session import BusinessSession, advertiser_of
from .hosts import Hosts
from .pacing import Pacer, Pacing
from .retry import RetryPolicy
from .service import Async, M, Sync
from .tokens import Tokens, TokenStore

if TYPE_CHECKING:
    from .services.business import Advertisers, BusinessOAuth
    from .services.business_accounts import Accounts
    from .services.business_ads import AdGroups, Ads, Campaigns, Identities
    from .services.business_audiences import Audiences
    from .services.business_comments import Comments
    from .services.business_creatives import Creatives
    from .services.business_creators import Creators
    from .services.business_events import Events, Subscriptions
    from .services.business_marketplace import Marketplace
    from .services.business_reports import Reports
    from .services.business_spark import SparkPosts


class _BusinessProducts(ClientBase[M, H]):
    """The products of both clients. A product's module is imported on first use."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._session.hosts.business}>"

    @checked
    def for_advertiser(self, advertiser_id: str | int) -> Self:
        """A client for one ad account: its calls need no `advertiser_id`.

        A call that names another ad account acts on that one.
        """
        session = cast(BusinessSession, self._session)
        return self._derived(replace(session, advertiser_id=advertiser_of(advertiser_id)))

    @cached_property
    def oauth(self) -> BusinessOAuth[M]:
        """Connecting and disconnecting ad accounts and TikTok accounts."""
        from .services.business import BusinessOAuth

        return BusinessOAuth(self._session, self._driver)

    @cached_property
    def advertisers(self) -> Advertisers[M]:
        """The ad accounts that the token reaches, and the person who authorised the app."""
        from .services.business import Advertisers

        return Advertisers(self._session, self._driver)

    @cached_property
    def campaigns(self) -> Campaigns[M]:
        """Campaigns: launch, pause, budgets."""
        from .services.business_ads import Campaigns

        return Campaigns(self._session, self._driver)

    @cached_property
    def ad_groups(self) -> AdGroups[M]:
        """Ad groups: targeting, budget, schedule, review."""
        from .services.business_ads import AdGroups

        return AdGroups(self._session, self._driver)

    @cached_property
    def ads(self) -> Ads[M]:
        """Ads, each with its creative."""
        from .services.business_ads import Ads

        return Ads(self._session, self._driver)

    @cached_property
    def identities(self) -> Identities[M]:
        """The accounts under which ads appear."""
        from .services.business_ads import Identities

        return Identities(self._session, self._driver)

    @cached_property
    def spark_posts(self) -> SparkPosts[M]:
        """Creators' posts that ads can show: redeem a creator's code, list, drop."""
        from .services.business_spark import SparkPosts

        return SparkPosts(self._session, self._driver)

    @cached_property
    def reports(self) -> Reports[M]:
        """Reports of ads: spending and results by object, time and audience."""
        from .services.business_reports import Reports

        return Reports(self._session, self._driver)

    @cached_property
    def audiences(self) -> Audiences[M]:
        """Custom audiences: customers, rules, lookalikes, streaming."""
        from .services.business_audiences import Audiences

        return Audiences(self._session, self._driver)

    @cached_property
    def events(self) -> Events[M]:
        """Conversions, such as purchases, from a server."""
        from .services.business_events import Events

        return Events(self._session, self._driver)

    @cached_property
    def subscriptions(self) -> Subscriptions[M]:
        """Webhooks of reviews, suspensions, leads and other news of ads."""
        from .services.business_events import Subscriptions

        return Subscriptions(self._session, self._driver)

    @cached_property
    def creatives(self) -> Creatives[M]:
        """Videos and images for ads: upload, search, names."""
        from .services.business_creatives import Creatives

        return Creatives(self._session, self._driver)

    @cached_property
    def creators(self) -> Creators[M]:
        """The creator marketplace, TikTok One: creators, campaigns with them, linked videos."""
        from .services.business_creators import Creators

        return Creators(self._session, self._driver)

    @cached_property
    def marketplace(self) -> Marketplace[M]:
        """The older creator marketplace: creators, orders of videos, their reports and rights."""
        from .services.business_marketplace import Marketplace

        return Marketplace(self._session, self._driver)

    @cached_property
    def accounts(self) -> Accounts[M]:
        """A TikTok account's profile, insights, posts and publishing."""
        from .services.business_accounts import Accounts

        return Accounts(self._session, self._driver)

    @cached_property
    def comments(self) -> Comments[M]:
        """Comments on the posts of a TikTok account."""
        from .services.business_comments import Comments

        return Comments(self._session, self._driver)


class TikTokBusiness(_BusinessProducts[Sync, httpx2.Client], SyncCalls[Sync]):
    """TikTok API for Business, with blocking calls. Use it with `with`, or call `close()`.

    `app_id` and `secret` are the app's, needed to connect, to refresh and for calls that the app
    authenticates. `tokens` are an advertiser's or an account holder's: `Tokens`, or a
    `TokenStore`; pass `access_token` alone for a token that isn't to be refreshed, such as an
    advertiser's. `hosts` are TikTok's base addresses (`Hosts.business_sandbox()` for the sandbox,
    `Hosts.at("http://127.0.0.1:8701")` for the emulator). `tier` is the app's, and sets the rate
    limits that `pacer` keeps. The other parameters are those of `TikTok`.
    """

    @checked
    def __init__(
        self,
        app_id: str | None = None,
        secret: str | None = None,
        *,
        access_token: str | None = None,
        tokens: TokenStore | Tokens | None = None,
        hosts: Hosts | None = None,
        tier: Tier = Tier.BASIC,
        timeout: Annotated[float, AtLeast(0)] | httpx2.Timeout | None = TIMEOUT,
        retry: RetryPolicy | None = None,
        pacer: Pacing | type[Pacer] | None = Pacer,
        transport: httpx2.BaseTransport | None = None,
        http: httpx2.Client | None = None,
        now: Callable[[], float] = time.time,
        user_agent: str = "stagedoor",
    ) -> None:
        store = token_store(access_token, tokens, "TikTokBusiness()")
        driver, mine = sync_parts(hosts, store, timeout, pacer, transport, http)
        session = BusinessSession(
            app_id,
            secret,
            hosts or Hosts(),
            retry or RetryPolicy(),
            now,
            user_agent,
            tier=tier,
        )
        super().__init__(session, driver, mine)


class AsyncTikTokBusiness(_BusinessProducts[Async, httpx2.AsyncClient], AsyncCalls[Async]):
    """TikTok API for Business, with coroutines, on asyncio or trio.

    Takes the same arguments as `TikTokBusiness`; `http` and `transport` are httpx2's async ones,
    and a token store's methods may be coroutines.
    """

    @checked
    def __init__(
        self,
        app_id: str | None = None,
        secret: str | None = None,
        *,
        access_token: str | None = None,
        tokens: TokenStore | Tokens | None = None,
        hosts: Hosts | None = None,
        tier: Tier = Tier.BASIC,
        timeout: Annotated[float, AtLeast(0)] | httpx2.Timeout | None = TIMEOUT,
        retry: RetryPolicy | None = None,
        pacer: Pacing | type[Pacer] | None = Pacer,
        transport: httpx2.AsyncBaseTransport | None = None,
        http: httpx2.AsyncClient | None = None,
        now: Callable[[], float] = time.time,
        user_agent: str = "stagedoor",
    ) -> None:
        store = token_store(access_token, tokens, "AsyncTikTokBusiness()")
        driver, mine = async_parts(hosts, store, timeout, pacer, transport, http)
        session = BusinessSession(
            app_id,
            secret,
            hosts or Hosts(),
            retry or RetryPolicy(),
            now,
            user_agent,
            tier=tier,
        )
        super().__init__(session, driver, mine)
