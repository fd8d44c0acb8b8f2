"""The types of the service's events: what webhooks and e-mails tell, each declared once.

Code that emits an event or writes a notice names a member, subscriptions take patterns of members,
and the OpenAPI document and docs/events.md list them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final, Self

from stagedoor.platform.near_match import did_you_mean

from .database import TenantConnection

_NOTICE: Final = True


class EventType(StrEnum):
    """A type of events: the first part of its name is its family. `is_notice`: it is a kind of
    notices, which `GET /api/notices` lists and e-mails tell."""

    _value_: str
    is_notice: bool

    def __new__(cls, value: str, is_notice: bool = False) -> Self:
        made = str.__new__(cls, value)
        made._value_ = value
        made.is_notice = is_notice
        return made

    POST_PUBLISHED = "post.published"
    """TikTok says that the post is published."""
    POST_IN_INBOX = "post.inInbox"
    """The post is in the creator's inbox in TikTok, where the creator finishes it."""
    POST_FAILED = "post.failed", _NOTICE
    """The post failed, with TikTok's reason and what to do."""
    POST_CANCELLED = "post.cancelled"
    """The post was cancelled."""
    POST_UNKNOWN = "post.unknown", _NOTICE
    """TikTok's answer was lost: an admin looks whether the post exists, and settles it."""
    POST_CANDIDATES = "post.unknown.candidates", _NOTICE
    """Videos of the account that may be the post whose outcome isn't known."""
    POST_VISIBILITY = "post.visibility"
    """The post became public, was made private or removed, or its public id is known now."""
    POST_REMOVED = "post.removed", _NOTICE
    """The post isn't public any more."""
    POST_REFUSED = "post.refused", _NOTICE
    """The post of an agent's call wasn't published, since the call was refused."""
    POSTS_STRANDED = "posts.stranded", _NOTICE
    """Scheduled posts will fail, because their account can't be used any more."""

    APPROVAL_POST = "approval.post", _NOTICE
    """A member's post waits for an admin."""
    APPROVAL_POST_APPROVED = "approval.postApproved"
    """An admin approved a member's post."""
    APPROVAL_POST_REFUSED = "approval.postRefused"
    """An admin refused a member's post."""
    APPROVAL_PENDING = "approval.pending", _NOTICE
    """An agent's call waits for a person."""
    APPROVAL_DONE = "approval.done"
    """An agent's call was approved and made."""
    APPROVAL_FAILED = "approval.failed", _NOTICE
    """An agent's call was approved and failed."""
    APPROVAL_UNKNOWN = "approval.unknown", _NOTICE
    """An agent's call was approved, and it isn't known whether it was made."""
    APPROVAL_REFUSED = "approval.refused"
    """A person refused an agent's call."""
    APPROVAL_EXPIRED = "approval.expired"
    """Nobody decided about an agent's call in time."""

    INTEGRATION_CONNECTED = "integration.connected"
    """An account was connected, or connected again: `credential` says which kind of credential."""
    INTEGRATION_EXPIRED = "integration.expired", _NOTICE
    """TikTok doesn't renew an account's tokens: it has to be connected again."""
    INTEGRATION_ERROR = "integration.error", _NOTICE
    """An account's tokens couldn't be renewed for a reason that can be mended here."""
    INTEGRATION_REVOKED = "integration.revoked", _NOTICE
    """An account's authorization was removed at TikTok."""
    INTEGRATION_NARROWED = "integration.narrowed", _NOTICE
    """An account allows less than before."""
    INTEGRATION_CREDENTIAL_DELETED = "integration.credentialDeleted"
    """One credential of several was deleted from an account's record."""
    INTEGRATION_DELETED = "integration.deleted"
    """An account's record was deleted."""
    APP_REFUSED = "app.refused", _NOTICE
    """TikTok refuses an app's client key or secret."""

    COMMENT_RECEIVED = "comment.received"
    """Somebody commented."""
    COMMENT_REPLIED = "comment.replied"
    """The account commented or replied, here or in TikTok."""
    COMMENT_HIDDEN = "comment.hidden"
    """A comment was hidden."""
    COMMENT_SHOWN = "comment.shown"
    """A hidden comment is shown again."""
    COMMENT_LIKED = "comment.liked"
    """The account liked a comment."""
    COMMENT_UNLIKED = "comment.unliked"
    """The account took its like back."""
    COMMENT_PINNED = "comment.pinned"
    """A comment was pinned."""
    COMMENT_UNPINNED = "comment.unpinned"
    """A comment isn't pinned any more."""
    COMMENT_DELETED = "comment.deleted"
    """A comment was deleted."""
    COMMENT_UNKNOWN = "comment.unknown", _NOTICE
    """TikTok's answer to a reply was lost."""

    ADS_CAMPAIGN_CREATED = "ads.campaignCreated"
    """A campaign was created through this service."""
    ADS_CAMPAIGN_CHANGED = "ads.campaignChanged"
    """A campaign was changed through this service."""
    ADS_CAMPAIGN_LAUNCHED = "ads.campaignLaunched"
    """A campaign was launched through this service."""
    ADS_CAMPAIGN_PAUSED = "ads.campaignPaused"
    """A campaign was paused through this service."""
    ADS_AD_GROUP_CREATED = "ads.adGroupCreated"
    """An ad group was created through this service."""
    ADS_AD_GROUP_CHANGED = "ads.adGroupChanged"
    """An ad group was changed through this service."""
    ADS_AD_GROUP_LAUNCHED = "ads.adGroupLaunched"
    """An ad group was launched through this service."""
    ADS_AD_GROUP_PAUSED = "ads.adGroupPaused"
    """An ad group was paused through this service."""
    ADS_AD_CREATED = "ads.adCreated"
    """An ad was created through this service."""
    ADS_AD_CHANGED = "ads.adChanged"
    """An ad was changed through this service."""
    ADS_AD_LAUNCHED = "ads.adLaunched"
    """An ad was launched through this service."""
    ADS_AD_PAUSED = "ads.adPaused"
    """An ad was paused through this service."""
    ADS_PAUSED = "ads.paused"
    """A campaign, ad group or ad was switched off, wherever that was done."""
    ADS_RESUMED = "ads.resumed"
    """A campaign, ad group or ad was switched on, wherever that was done."""
    ADS_BUDGET_EXHAUSTED = "ads.budget_exhausted"
    """The budget of a campaign or ad group is used up."""
    ADS_BALANCE_EXHAUSTED = "ads.balance_exhausted"
    """The balance of the ad account is used up."""
    ADS_SCHEDULE_ENDED = "ads.schedule_ended"
    """The schedule of an ad group ended."""
    ADS_AD_GROUP_REVIEW = "ads.ad_group_review"
    """TikTok reviewed an ad group."""
    ADS_AD_REVIEW = "ads.ad_review"
    """TikTok reviewed an ad."""
    ADS_ACCOUNT_STATUS = "ads.account_status"
    """The status of an ad account changed."""
    ADS_LEAD = "ads.lead"
    """Somebody filled in a lead form: the ids alone."""
    ADS_CREATIVE_FATIGUE = "ads.creative_fatigue"
    """TikTok says that an ad wears out."""
    ADS_CREATIVE_READY = "ads.creativeReady"
    """A creative can be used in ads."""
    ADS_CREATIVE_FAILED = "ads.creativeFailed"
    """TikTok couldn't process a creative."""
    ADS_AUDIENCE_READY = "ads.audienceReady"
    """TikTok computed an audience."""
    ADS_AUDIENCE_FAILED = "ads.audienceFailed"
    """TikTok couldn't compute an audience."""
    ADS_SPEND_LIMIT_REACHED = "ads.spendLimitReached", _NOTICE
    """The organisation's ads spent the day's limit, and were paused."""
    ADS_SPEND_UNREADABLE = "ads.spendUnreadable", _NOTICE
    """The spending of the organisation's ads can't be read, so that its limit can't stop them."""

    SYNC_COMPLETED = "sync.completed"
    """A synchronisation that was triggered by hand has ended, for one account and type."""
    SYNC_FAILED = "sync.failed"
    """A synchronisation of one account and type began to fail; it is tried again."""

    RESEARCH_WAITING = "research.waiting"
    """A research job waits for the quota."""
    RESEARCH_COMPLETED = "research.completed"
    """A research job ended with its rows."""
    RESEARCH_FAILED = "research.failed"
    """TikTok refused a research job."""
    RESEARCH_CANCELLED = "research.cancelled"
    """A research job was cancelled."""

    PORTABILITY_COLLECTING = "portability.collecting"
    """TikTok collects a copy of a person's data."""
    PORTABILITY_READY = "portability.ready"
    """A copy of a person's data can be downloaded."""
    PORTABILITY_EXPIRED = "portability.expired"
    """A copy of a person's data wasn't downloaded in time: TikTok deleted it."""
    PORTABILITY_CANCELLED = "portability.cancelled"
    """The request of a copy was cancelled."""
    PORTABILITY_FAILED = "portability.failed"
    """TikTok refused the request of a copy, or it can't be followed any more."""
    PORTABILITY_UNKNOWN = "portability.unknown"
    """TikTok's answer to the request of a copy was lost."""
    PORTABILITY_OUTCOME_UNKNOWN = "portability.outcomeUnknown", _NOTICE
    """TikTok's answer to the request of a copy was lost: what an admin can do."""

    WEBHOOK_DISABLED = "webhook.disabled", _NOTICE
    """A webhook, or an address for notices, was switched off after failing for five days."""
    WEBHOOK_UNPROCESSABLE = "webhook.unprocessable", _NOTICE
    """TikTok sent an event that can't be processed."""
    SERVICE_DEGRADED = "service.degraded", _NOTICE
    """A part of the service fails; `GET /readyz` says which."""
    SERVICE_RESTORED = "service.restored", _NOTICE
    """The service's database was restored from an earlier state."""
    VAULT_RESET = "vault.reset", _NOTICE
    """The vault's keys were lost: accounts have to be connected again."""

    @property
    def family(self) -> str:
        return self.value.partition(".")[0]


OF_POSTS: Final = frozenset(
    {
        EventType.POST_PUBLISHED,
        EventType.POST_IN_INBOX,
        EventType.POST_FAILED,
        EventType.POST_CANCELLED,
        EventType.POST_UNKNOWN,
        EventType.POST_VISIBILITY,
    }
)
"""Events with the whole post; webhooks get those of notices among them from publishing alone."""

Emit = Callable[[TenantConnection, EventType, Callable[[], Mapping[str, Any]]], object]
"""Emits an event of this type in the caller's transaction. Its data are made only where somebody
wants them."""

ALL: Final = "*"
"""The pattern of all types."""


@cache
def patterns(notices: bool = False) -> tuple[str, ...]:
    """The patterns that a subscription may have: `*`, each family and part of one (`post.*`), and
    each type. `notices`: those of kinds of notices alone."""
    types = [one for one in EventType if one.is_notice or not notices]
    return (ALL, *dict.fromkeys(_groups(types)), *(one.value for one in types))


def _groups(types: Iterable[EventType]) -> Iterable[str]:
    for one in types:
        parts = one.value.split(".")[:-1]
        for count in range(len(parts)):
            yield f"{'.'.join(parts[: count + 1])}.*"


def problem_of(pattern: str, notices: bool = False) -> str | None:
    """The problem of a pattern of types (`*`, `post.*`, `post.published`), with those that there
    are; None: there is none."""
    known = patterns(notices)
    if pattern in known:
        return None
    what = "a kind of notices" if notices else "a type of events"
    family = f"{pattern.partition('.')[0]}."
    same = [one for one in known if one.startswith(family)]
    there = same or [one for one in known if one == ALL or one.endswith(".*")]
    hint = did_you_mean(pattern, known)
    return f"isn't {what}.{hint} Use {'one of ' if len(there) > 1 else ''}{', '.join(there)}"
