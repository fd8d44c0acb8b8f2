"""The two clients of TikTok API for Business, `TikTokBusiness` and `AsyncTikTokBusiness`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Self, cast

import httpx2

from stagedoor.platform.arguments import AtLeast, checked
from stagedoor.platform.operation import Tier

from . import services
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
    def oauth(self) -> services.BusinessOAuth[M]:
        """Connecting and disconnecting ad accounts and TikTok accounts."""
        return services.BusinessOAuth(self._session, self._driver)

    @cached_property
    def advertisers(self) -> services.Advertisers[M]:
        """The ad accounts that the token reaches, and the person who authorised the app."""
        return services.Advertisers(self._session, self._driver)

    @cached_property
    def campaigns(self) -> services.Campaigns[M]:
        """Campaigns: launch, pause, budgets."""
        return services.Campaigns(self._session, self._driver)

    @cached_property
    def ad_groups(self) -> services.AdGroups[M]:
        """Ad groups: targeting, budget, schedule, review."""
        return services.AdGroups(self._session, self._driver)

    @cached_property
    def ads(self) -> services.Ads[M]:
        """Ads, each with its creative."""
        return services.Ads(self._session, self._driver)

    @cached_property
    def identities(self) -> services.Identities[M]:
        """The accounts under which ads appear."""
        return services.Identities(self._session, self._driver)

    @cached_property
    def spark_posts(self) -> services.SparkPosts[M]:
        """Creators' posts that ads can show: redeem a creator's code, list, drop."""
        return services.SparkPosts(self._session, self._driver)

    @cached_property
    def reports(self) -> services.Reports[M]:
        """Reports of ads: spending and results by object, time and audience."""
        return services.Reports(self._session, self._driver)

    @cached_property
    def audiences(self) -> services.Audiences[M]:
        """Custom audiences: customers, rules, lookalikes, streaming."""
        return services.Audiences(self._session, self._driver)

    @cached_property
    def events(self) -> services.Events[M]:
        """Conversions, such as purchases, from a server."""
        return services.Events(self._session, self._driver)

    @cached_property
    def subscriptions(self) -> services.Subscriptions[M]:
        """Webhooks of reviews, suspensions, leads and other news of ads."""
        return services.Subscriptions(self._session, self._driver)

    @cached_property
    def creatives(self) -> services.Creatives[M]:
        """Videos and images for ads: upload, search, names."""
        return services.Creatives(self._session, self._driver)

    @cached_property
    def creators(self) -> services.Creators[M]:
        """The creator marketplace, TikTok One: creators, campaigns with them, linked videos."""
        return services.Creators(self._session, self._driver)

    @cached_property
    def marketplace(self) -> services.Marketplace[M]:
        """The older creator marketplace: creators, orders of videos, their reports and rights."""
        return services.Marketplace(self._session, self._driver)

    @cached_property
    def accounts(self) -> services.Accounts[M]:
        """A TikTok account's profile, insights, posts and publishing."""
        return services.Accounts(self._session, self._driver)

    @cached_property
    def comments(self) -> services.Comments[M]:
        """Comments on the posts of a TikTok account."""
        return services.Comments(self._session, self._driver)


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
