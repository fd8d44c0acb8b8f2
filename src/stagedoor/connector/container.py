"""The composition root: builds the parts of a process and injects each constructor's dependencies.

Only entry points (serving, the worker, commands) import it. Routes and job handlers get parts by
their types (`provided.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, get_type_hints

import httpx2

from stagedoor.client.base import TIMEOUT
from stagedoor.client.transport import opened

from .apps.service import Apps
from .clock import Clock, OpenClock, clock
from .database import Database
from .domains import CONNECTOR
from .fetching.service import Fetching
from .health.readiness import Readiness
from .health.service import Health
from .health.watch import Watch
from .idempotency import Idempotency
from .integrations.authorization import Authorization
from .integrations.return_urls import ReturnUrls
from .integrations.service import Integrations
from .jobs import Batched, Handler, Shutdown
from .keys import Keys
from .limits.pacer import DatabasePacer
from .listeners import Listeners
from .media.library import Library
from .media.service import MediaService
from .notices.service import Notices
from .pauses import store as pauses
from .pauses.service import Pauses
from .provided import Provided
from .publishing import stranded
from .publishing.account_queue import AccountQueue
from .publishing.accounts import Accounts
from .publishing.approval import ApprovalGate, PublishingPolicy
from .publishing.bulk import Bulk
from .publishing.cancelling import Cancelling
from .publishing.check_step import CheckStep
from .publishing.drafts import Drafts
from .publishing.holding import Holding
from .publishing.init_step import InitStep
from .publishing.offered import CreatorAnswers, CreatorOffers
from .publishing.operations import OperationCalls
from .publishing.post_run import PostRuns
from .publishing.publish_job import PublishJob
from .publishing.reactions import Reactions
from .publishing.scheduled_media import ScheduledMedia
from .publishing.scheduling import Scheduling
from .publishing.service import Posts
from .publishing.settings_step import SettingsStep
from .publishing.status_poll import StatusPoll
from .publishing.transitions import Transitions
from .publishing.upload_step import UploadStep
from .settings import Settings
from .tenants.authentication import Authentication
from .tenants.tokens import Verifier
from .vault import Vault, opening
from .webhooks.dispatch import Dispatch
from .webhooks.service import Webhooks
from .witness.effects import EffectCounter
from .witness.service import Witness

_LOSSES = ("integration.revoked", "integration.expired", "integration.deleted")
"""Kinds of notices after which an account can't be used any more."""


@dataclass
class Container:
    """The parts of one process, each built when it is first needed."""

    settings: Settings
    keys: Keys = field(repr=False)
    database: Database
    clock: OpenClock
    listeners: Listeners = field(default_factory=Listeners)
    shutdown: Shutdown = field(default_factory=Shutdown)

    @classmethod
    def build(cls, settings: Settings) -> Container:
        """Raises `SettingsError`, also where keys are missing for a vault that is in use."""
        database = Database(settings.database_url)
        try:
            keys = opening.keys_for(settings, database)
        except BaseException:
            database.close()
            raise
        return cls(
            settings=settings,
            keys=keys,
            database=database,
            clock=clock(settings.clock_url),
        )

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
    def idempotency(self) -> Idempotency:
        return Idempotency(self.database, self.vault, self.clock)

    @cached_property
    def notices(self) -> Notices:
        return Notices(
            self.database,
            self.clock,
            followers=dict.fromkeys(_LOSSES, (stranded.tell,)),
            links=self.listeners.notice_links,
        )

    # accounts

    @cached_property
    def apps(self) -> Apps:
        return Apps(self.settings, self.database, self.vault, self.clock, self.http)

    @cached_property
    def pacer(self) -> DatabasePacer:
        return DatabasePacer(self.database, self.clock)

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
            pacer=self.pacer,
        )

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
            return_urls=self.return_urls,
        )

    # media

    @cached_property
    def media(self) -> MediaService:
        return MediaService(self.settings, self.database, self.clock)

    @cached_property
    def library(self) -> Library:
        return Library(self.settings, self.database, self.clock, self.media)

    @cached_property
    def fetching(self) -> Fetching:
        return Fetching(self.settings.fetch_private, self.database, self.media)

    # publishing

    @cached_property
    def effects(self) -> EffectCounter:
        return EffectCounter()

    @cached_property
    def transitions(self) -> Transitions:
        return Transitions(self.clock, self.media, self.notices, self.listeners.transitions)

    @cached_property
    def holding(self) -> Holding:
        return Holding(self.clock, self.transitions, pauses.stops)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.integrations)

    @cached_property
    def posts(self) -> Posts:
        return Posts(self.database, self.media, self.holding, self.account_queue)

    @cached_property
    def account_queue(self) -> AccountQueue:
        return AccountQueue(self.clock)

    @cached_property
    def creator_answers(self) -> CreatorAnswers:
        return CreatorAnswers(self.clock)

    @cached_property
    def creator_offers(self) -> CreatorOffers:
        return CreatorOffers(self.accounts, self.creator_answers)

    @cached_property
    def operation_calls(self) -> OperationCalls:
        return OperationCalls(self.accounts, self.apps, self.integrations, self.creator_answers)

    @cached_property
    def scheduling(self) -> Scheduling:
        return Scheduling(
            database=self.database,
            clock=self.clock,
            media=self.media,
            offers=self.creator_offers,
            posts=self.posts,
            transitions=self.transitions,
            gate=self.approval_gate,
        )

    @cached_property
    def approval_gate(self) -> ApprovalGate:
        return ApprovalGate(self.clock, self.media, self.notices)

    @cached_property
    def publishing_policy(self) -> PublishingPolicy:
        return PublishingPolicy(self.database, self.approval_gate)

    @cached_property
    def scheduled_media(self) -> ScheduledMedia:
        return ScheduledMedia(self.database, self.media, self.clock)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(
            settings=self.settings,
            database=self.database,
            clock=self.clock,
            media=self.media,
            library=self.library,
            accounts=self.accounts,
            offers=self.creator_offers,
            posts=self.posts,
            scheduling=self.scheduling,
        )

    @cached_property
    def bulk(self) -> Bulk:
        return Bulk(
            database=self.database,
            media=self.media,
            integrations=self.integrations,
            accounts=self.accounts,
            offers=self.creator_offers,
            drafts=self.drafts,
            scheduling=self.scheduling,
            gate=self.approval_gate,
            queue=self.account_queue,
        )

    @cached_property
    def cancelling(self) -> Cancelling:
        return Cancelling(
            database=self.database,
            clock=self.clock,
            media=self.media,
            notices=self.notices,
            integrations=self.integrations,
            accounts=self.accounts,
            posts=self.posts,
            transitions=self.transitions,
        )

    @cached_property
    def reactions(self) -> Reactions:
        return Reactions(self.database, self.clock, self.apps, self.integrations)

    @cached_property
    def post_runs(self) -> PostRuns:
        return PostRuns(
            database=self.database,
            clock=self.clock,
            media=self.media,
            transitions=self.transitions,
            paused=pauses.stops,
            count_effect=self.effects.count,
            shutdown=self.shutdown,
            queue=self.account_queue,
        )

    @cached_property
    def publish_job(self) -> PublishJob:
        settings = SettingsStep(self.accounts, self.creator_answers)
        return PublishJob(
            self.post_runs,
            CheckStep(self.media),
            InitStep(settings, self.media, self.vault),
            UploadStep(settings, self.media, self.vault),
        )

    @cached_property
    def status_poll(self) -> StatusPoll:
        return StatusPoll(
            runs=self.post_runs,
            database=self.database,
            media=self.media,
            integrations=self.integrations,
            notices=self.notices,
            transitions=self.transitions,
            holding=self.holding,
        )

    # webhooks

    @cached_property
    def webhooks(self) -> Webhooks:
        return Webhooks(self.database, self.clock, self.apps)

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(
            database=self.database,
            clock=self.clock,
            apps=self.apps,
            integrations=self.integrations,
            notices=self.notices,
            posts=self.reactions,
        )

    # use cases that span domains

    @cached_property
    def pauses(self) -> Pauses:
        return Pauses(self.database, self.clock, self.holding)

    @cached_property
    def witness(self) -> Witness:
        return self.make_witness()

    def make_witness(self) -> Witness:
        """A new witness for a process that starts now."""
        return Witness(
            settings=self.settings,
            database=self.database,
            clock=self.clock,
            media=self.media,
            notices=self.notices,
            pauses=self.pauses,
            holding=self.holding,
            effects=self.effects,
            hooks=self.listeners.witness,
        )

    @cached_property
    def readiness(self) -> Readiness:
        return Readiness(self.database, self.media)

    @cached_property
    def health(self) -> Health:
        return self.make_health()

    def make_health(self) -> Health:
        """The health checks for a process that starts now."""
        return Health(
            database=self.database,
            keys=self.keys,
            readiness=self.readiness,
            media=self.media,
            pauses=self.pauses,
        )

    def make_watch(self) -> Watch:
        """The thread that notifies admins of a degraded service; not started."""
        return Watch(self.health, self.database, self.clock, self.notices)

    # dependencies of routes and jobs

    @cached_property
    def provided(self) -> Provided:
        """All parts, by their types."""
        given = {Settings: self.settings, Database: self.database, Clock: self.clock}
        parts = {kind: partial(getattr, self, name) for kind, name in _parts().items()}
        return Provided(parts).with_instances(given)

    def job_handlers(self) -> dict[str, Handler | Batched]:
        """The handler of each kind of job of the connector."""
        return CONNECTOR.job_handlers(self.provided)

    def close(self) -> None:
        for name in ("fetching", "readiness", "media", "creator_answers", "http"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.clock.close()
        self.database.close()


def _parts() -> dict[type[Any], str]:
    """The attribute name of each part, by its type."""
    return {
        get_type_hints(part.func)["return"]: name
        for name, part in vars(Container).items()
        if isinstance(part, cached_property) and name != "provided"
    }
