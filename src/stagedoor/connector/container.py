"""The composition root: builds the parts of a process and injects each constructor's dependencies.

Only entry points (serving, the worker, commands) import it. Routes and job handlers get parts by
their types (`provided.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any, get_type_hints

from .actions import Actions
from .activity.service import Activity
from .ad_parts import AdParts
from .clock import Clock, clock
from .creatives.service import CreativesService
from .creatives.spark import SparkIdentities
from .data_kinds import DataKind
from .data_parts import DataParts
from .database import Database
from .domains import CONNECTOR
from .health.readiness import Readiness
from .health.service import Health
from .health.watch import HealthWatch
from .inbox_parts import InboxParts
from .jobs import Batched, Handler, Shutdown
from .pauses import store as pauses
from .pauses.service import Pauses
from .provided import Provided
from .publishing.account_queue import AccountQueue
from .publishing.approval import ApprovalGate, PublishingPolicy
from .publishing.bulk import Bulk
from .publishing.cancelling import Cancelling
from .publishing.check_step import CheckStep
from .publishing.composer import Composer, OrganisationState
from .publishing.creator_settings import CreatorAnswers, CreatorOffers
from .publishing.drafts import Drafts
from .publishing.holding import Holding
from .publishing.init_step import InitStep
from .publishing.operations import OperationCalls
from .publishing.post_run import PostRuns
from .publishing.publish_job import PublishJob
from .publishing.reactions import Reactions
from .publishing.scheduled_media import ScheduledMedia
from .publishing.scheduling import Scheduling
from .publishing.service import PostsService
from .publishing.settings_step import SettingsStep
from .publishing.status_poll import StatusPoll
from .publishing.transitions import Transitions
from .publishing.upload_step import UploadStep
from .reference.service import Reference
from .research_parts import ResearchParts
from .settings import Settings
from .sync.changes import PostedVideos, SyncEffects
from .sync.runs import Runs
from .vault import opening
from .webhooks.dead import DeadEvents
from .webhooks.dispatch import Dispatch
from .webhooks.service import WebhooksService
from .webhooks.subscriptions import BusinessSubscriptions
from .witness.effects import EffectCounter
from .witness.service import Witness


@dataclass
class Container(AdParts, InboxParts, ResearchParts, DataParts):
    """The parts of one process, each built when it is first needed."""

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
    def actions(self) -> Actions:
        return self.listeners.actions

    # publishing

    @cached_property
    def effects(self) -> EffectCounter:
        return EffectCounter()

    @cached_property
    def transitions(self) -> Transitions:
        return Transitions(
            self.clock,
            self.media,
            self.notices,
            listeners=self.listeners.transitions,
            video_listeners=(self.posted_videos.follow,),
            emit=self.events.emit,
        )

    @cached_property
    def holding(self) -> Holding:
        return Holding(self.clock, self.transitions, pauses.stops)

    @cached_property
    def posts(self) -> PostsService:
        return PostsService(self.database, self.media, self.holding, self.account_queue)

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
        return OperationCalls(self.accounts, self.integrations, self.creator_answers)

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
        return ApprovalGate(self.clock, self.media, self.notices, self.events.emit)

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
    def composer(self) -> Composer:
        parts = (self.database, self.account_queue, self.approval_gate, self.holding)
        state = OrganisationState(*parts)
        return Composer(self.clock, self.accounts, self.creator_answers, state)

    @cached_property
    def bulk(self) -> Bulk:
        return Bulk(
            database=self.database,
            media=self.media,
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
        return Reactions(self.database, self.clock, self.apps, self.integrations, self.transitions)

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
    def webhooks(self) -> WebhooksService:
        return WebhooksService(self.settings, self.database, self.clock, self.apps)

    @cached_property
    def dead_events(self) -> DeadEvents:
        return DeadEvents(self.database, self.clock)

    @cached_property
    def business_subscriptions(self) -> BusinessSubscriptions:
        return BusinessSubscriptions(
            self.settings, self.database, self.clock, self.apps, self.clients, self.integrations
        )

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(
            database=self.database,
            clock=self.clock,
            apps=self.apps,
            integrations=self.integrations,
            notices=self.notices,
            posts=self.reactions,
            events=self.events,
            own=(self.ads_webhooks.heard, self.video_webhooks.heard, self.inbox_news.heard),
            followers=self.listeners.events,
            app_followers=(self.portability.heard,),
        )

    # ads

    @cached_property
    def creatives(self) -> CreativesService:
        spark = SparkIdentities(self.business)
        return CreativesService(
            self.database, self.clock, self.media, self.business, self.posts, spark, self.events
        )

    # sync and activity

    @cached_property
    def activity(self) -> Activity:
        return Activity(self.database, self.clock)

    @cached_property
    def posted_videos(self) -> PostedVideos:
        return PostedVideos(self.clock, self.sync_schedule)

    @cached_property
    def sync_runs(self) -> Runs:
        return Runs(
            database=self.database,
            clock=self.clock,
            integrations=self.integrations,
            business=self.business,
            schedule=self.sync_schedule,
            changes=self.video_changes,
            events=self.events,
            comments=self.inbox_comments,
            shutdown=self.shutdown,
        )

    @cached_property
    def video_changes(self) -> SyncEffects:
        return SyncEffects(self.database, self.clock, self.transitions)

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

    def make_watch(self) -> HealthWatch:
        """The thread that notifies admins of a degraded service; not started."""
        return HealthWatch(self.health, self.database, self.clock, self.notices)

    @cached_property
    def reference(self) -> Reference:
        return Reference(self.listeners.described)

    # dependencies of routes and jobs

    @cached_property
    def provided(self) -> Provided:
        """All parts, by their types."""
        given = {
            Settings: self.settings,
            Database: self.database,
            Clock: self.clock,
            Shutdown: self.shutdown,
        }
        parts = {kind: partial(getattr, self, name) for kind, name in _parts().items()}
        return Provided(parts).with_instances(given)

    def connector_data_kinds(self) -> tuple[DataKind, ...]:
        return CONNECTOR.data_kinds(self.provided)

    def job_handlers(self) -> dict[str, Handler | Batched]:
        """The handler of each kind of job of the connector."""
        return CONNECTOR.job_handlers(self.provided)

    def close(self) -> None:
        first = ("fetching", "readiness", "conversions", "media", "audiences", "creator_answers")
        for name in (*first, "downloads", "destinations", "http"):
            if name in self.__dict__:
                getattr(self, name).close()
        self.clock.close()
        self.database.close()


@cache
def _parts() -> dict[type[Any], str]:
    """The attribute name of each part, by its type."""
    return {
        get_type_hints(part.func)["return"]: name
        for kind in Container.__mro__
        for name, part in vars(kind).items()
        if isinstance(part, cached_property) and name != "provided"
    }
