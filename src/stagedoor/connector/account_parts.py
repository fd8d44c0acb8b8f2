"""The parts of a process for tenants, apps, accounts, ads, media files and fetching.

`Container` adds the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import httpx2

from stagedoor.client.base import TIMEOUT
from stagedoor.client.transport import opened

from .ad_metrics.finder import AdObjectFinder
from .ad_metrics.service import AdMetrics
from .apps.service import Apps
from .audiences.runs import AudienceRuns
from .audiences.service import AudiencesService
from .clock import OpenClock
from .data_rules.schedule import RemovalSchedule
from .database import Database
from .event_types import EventType
from .fetching.destinations import Destinations
from .fetching.service import Fetching
from .idempotency import Idempotency
from .integrations.ad_accounts import AdAccounts
from .integrations.authorization import Authorization
from .integrations.business import BusinessClients
from .integrations.clients import AppClients
from .integrations.last_sync import LastSync
from .integrations.losses import of_creators, of_credentials, of_records
from .integrations.return_urls import ReturnUrls
from .integrations.service import Integrations
from .jobs import Shutdown
from .keys import Keys
from .limits.pacer import DatabasePacer
from .listeners import Listeners
from .media.conversions import Conversions
from .media.converter import Converter
from .media.library import Library
from .media.service import MediaService
from .notices.service import Notices
from .publishing import stranded
from .publishing.accounts import PostingAccounts
from .settings import Settings
from .slots import FileBodySlots, RequestSlots
from .subscriptions.deliver import Deliver
from .subscriptions.events import EventEmitter
from .subscriptions.service import SubscriptionsService
from .sync import store as sync
from .sync.ads_webhooks import AdsWebhooks
from .sync.schedule import SyncSchedule
from .sync.service import SyncService
from .sync.video_webhooks import VideoWebhooks
from .tenants.authentication import Authentication
from .tenants.tokens import Verifier
from .vault import Vault


@dataclass
class AccountParts:
    """The database, tenants, apps, accounts, ads, the media library and fetching."""

    settings: Settings
    keys: Keys = field(repr=False)
    database: Database
    clock: OpenClock
    listeners: Listeners = field(default_factory=Listeners)
    shutdown: Shutdown = field(default_factory=Shutdown)

    @cached_property
    def http(self) -> httpx2.Client:
        """The HTTP client for calls to TikTok, with one shared connection pool."""
        return opened(httpx2.Client, TIMEOUT, reaches=self.settings.outbound_urls)

    # tenants

    @cached_property
    def authentication(self) -> Authentication:
        verifier = Verifier(self.settings.jwt, self.keys.jwt, self.clock)
        return Authentication(verifier, self.database, self.clock)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.database, self.keys, self.clock)

    @cached_property
    def request_slots(self) -> RequestSlots:
        return RequestSlots()

    @cached_property
    def file_body_slots(self) -> FileBodySlots:
        return FileBodySlots()

    @cached_property
    def idempotency(self) -> Idempotency:
        return Idempotency(self.database, self.vault, self.clock)

    @cached_property
    def notices(self) -> Notices:
        return Notices(
            self.database,
            self.clock,
            followers={
                EventType.INTEGRATION_REVOKED: (
                    *of_creators(stranded.tell),
                    *of_credentials(self.sync_schedule.stopped),
                    self.removal_schedule.revoked,
                ),
                EventType.INTEGRATION_EXPIRED: (
                    *of_creators(stranded.tell),
                    *of_credentials(self.sync_schedule.stopped),
                ),
                EventType.INTEGRATION_CREDENTIAL_DELETED: (
                    *of_creators(stranded.tell),
                    *of_credentials(self.sync_schedule.given_up),
                    self.removal_schedule.given_up,
                ),
                EventType.INTEGRATION_DELETED: (
                    *of_records(stranded.tell, self.sync_schedule.deleted),
                    self.removal_schedule.deleted,
                ),
            },
            links=self.listeners.notice_links,
            told=self.events.notice,
        )

    @cached_property
    def removal_schedule(self) -> RemovalSchedule:
        return RemovalSchedule(self.clock)

    @cached_property
    def events(self) -> EventEmitter:
        return EventEmitter(self.clock)

    @cached_property
    def subscriptions(self) -> SubscriptionsService:
        return SubscriptionsService(
            self.settings, self.database, self.vault, self.clock, self.destinations
        )

    @cached_property
    def deliver(self) -> Deliver:
        return Deliver(
            settings=self.settings,
            database=self.database,
            vault=self.vault,
            clock=self.clock,
            notices=self.notices,
        )

    # accounts

    @cached_property
    def apps(self) -> Apps:
        return Apps(self.settings, self.database, self.vault, self.clock, self.http)

    @cached_property
    def pacer(self) -> DatabasePacer:
        return DatabasePacer(self.database, self.clock)

    @cached_property
    def clients(self) -> AppClients:
        return AppClients(self.settings, self.apps, self.clock, self.http, self.pacer)

    @cached_property
    def integrations(self) -> Integrations:
        return Integrations(
            settings=self.settings,
            database=self.database,
            vault=self.vault,
            apps=self.apps,
            notices=self.notices,
            clock=self.clock,
            http=self.http,
            clients=self.clients,
            emit=self.events.emit,
        )

    @cached_property
    def accounts(self) -> PostingAccounts:
        return PostingAccounts(self.integrations)

    @cached_property
    def business(self) -> BusinessClients:
        return BusinessClients(
            self.database, self.clock, self.apps, self.clients, self.integrations
        )

    @cached_property
    def ad_accounts(self) -> AdAccounts:
        return AdAccounts(self.business, self.integrations, self.clock)

    @cached_property
    def audiences(self) -> AudiencesService:
        return AudiencesService(self.database, self.clock, self.vault, self.business)

    @cached_property
    def audience_runs(self) -> AudienceRuns:
        return AudienceRuns(self.database, self.clock, self.vault, self.business, self.events)

    @cached_property
    def return_urls(self) -> ReturnUrls:
        return ReturnUrls(self.database)

    @cached_property
    def authorization(self) -> Authorization:
        return Authorization(
            settings=self.settings,
            database=self.database,
            vault=self.vault,
            apps=self.apps,
            notices=self.notices,
            clock=self.clock,
            integrations=self.integrations,
            clients=self.clients,
            return_urls=self.return_urls,
            emit=self.events.emit,
            listeners=(self.sync_schedule.connected,),
        )

    @cached_property
    def last_sync(self) -> LastSync:
        return LastSync(self.database, sync.last_successes)

    @cached_property
    def sync_schedule(self) -> SyncSchedule:
        return SyncSchedule(self.clock)

    # ads, and TikTok's news of ads and videos

    @cached_property
    def sync(self) -> SyncService:
        return SyncService(self.database, self.clock, self.integrations, self.sync_schedule)

    @cached_property
    def ad_object_finder(self) -> AdObjectFinder:
        return AdObjectFinder(self.database, self.business)

    @cached_property
    def ad_metrics(self) -> AdMetrics:
        return AdMetrics(self.database, self.clock, self.business, self.ad_object_finder)

    @cached_property
    def ads_webhooks(self) -> AdsWebhooks:
        return AdsWebhooks(self.database, self.clock, self.sync_schedule, self.events)

    @cached_property
    def video_webhooks(self) -> VideoWebhooks:
        return VideoWebhooks(self.database, self.clock, self.sync_schedule)

    # media

    @cached_property
    def media(self) -> MediaService:
        return MediaService(self.settings, self.database, self.clock)

    @cached_property
    def library(self) -> Library:
        return Library(self.settings, self.database, self.clock, self.media)

    @cached_property
    def conversions(self) -> Conversions:
        converter = Converter(self.media.storage, self.settings.data / "conversions")
        return Conversions(self.database, self.clock, self.media, self.library, converter)

    @cached_property
    def fetching(self) -> Fetching:
        return Fetching(self.settings.fetch_private, self.database, self.media)

    @cached_property
    def destinations(self) -> Destinations:
        return Destinations(self.settings.fetch_private)
