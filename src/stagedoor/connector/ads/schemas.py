"""JSON schemas of campaigns, ad groups and ads, as responses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stagedoor.platform.ads_vocabulary import (
    BudgetMode,
    IdentityType,
    PlacementType,
    ScheduleType,
)

from ..pages import Page
from ..shapes import ForeignJson, ResponseModel, moment
from .budgets import amount
from .creative_ids import CreativeId, CreativeKind, PostIdentity
from .journal import fields_of
from .objects import AdObject, moment_of
from .problems import Reviewed
from .store import AdsAction, Write


class AdReviewShown(ResponseModel):
    """The outcome of TikTok's review."""

    status: str | None
    """TikTok's word: ALL_AVAILABLE, PART_AVAILABLE or UNAVAILABLE."""
    approved: bool | None
    """Whether it may appear as it is."""
    appeal: str | None
    """TikTok's word for the state of an appeal."""
    reasons: list[str]
    """Why parts of it were rejected, in TikTok's words."""
    suggestions: list[str]
    """TikTok's suggestions."""

    @classmethod
    def of(cls, review: Reviewed | None) -> AdReviewShown | None:
        if review is None:
            return None
        return cls(
            status=review.status,
            approved=review.approved,
            appeal=review.appeal,
            reasons=list(review.reasons),
            suggestions=list(review.suggestions),
        )


class AdChangeShown(ResponseModel):
    """A change of an object by this service."""

    action: AdsAction
    """create, change, launch or pause."""
    by: str
    """The user, or `spend limit`."""
    at: datetime
    """When it was asked for, in UTC."""
    outcome: str | None
    """done, failed, or unknown where TikTok's answer was lost; null: under way."""
    changed: list[str]
    """TikTok's names of the fields that were sent."""
    error: str | None
    """Why it failed."""
    log_id: str | None
    """TikTok's log id of the failed call."""

    @classmethod
    def of(cls, write: Write) -> AdChangeShown:
        error = write.error or {}
        return cls(
            action=write.action,
            by=write.asked_by,
            at=moment(write.at),
            outcome=None if write.outcome is None else write.outcome.value,
            changed=sorted(fields_of(write.request)),
            error=error.get("message"),
            log_id=error.get("logId"),
        )


class _Shown(ResponseModel):
    id: str
    """TikTok's id."""
    account_id: str
    """The ad account."""
    name: str
    """Its name."""
    status: str | None
    """The switch, in TikTok's words: ENABLE, DISABLE or FROZEN."""
    secondary_status: str | None
    """TikTok's word for whether it is delivered; null in TikTok's sandbox."""
    review: AdReviewShown | None
    """The outcome of its review; null: none has ended, or its level has none."""
    problems: list[str]
    """The reasons why it isn't delivered, in words."""
    created_at: datetime | None
    """When it was made, in UTC."""
    updated_at: datetime | None
    """When it was last changed, in UTC."""
    tiktok: ForeignJson
    """Everything that TikTok says of it, by TikTok's names."""


def _common(found: AdObject) -> dict[str, Any]:
    record = found.record
    status = record.operation_status
    return {
        "id": found.id,
        "account_id": found.account_id,
        "name": found.name,
        "status": None if status is None else str(status),
        "secondary_status": found.secondary_status,
        "review": AdReviewShown.of(found.review),
        "problems": found.problems,
        "created_at": moment_of(record.create_time),
        "updated_at": moment_of(record.modify_time),
        "tiktok": dict(found.fields),
    }


def _budget(record: Any) -> dict[str, Any]:
    mode = record.budget_mode
    none = mode in (None, BudgetMode.INFINITE)
    return {
        "budget": None if none else amount(record.budget),
        "budget_mode": None if mode is None else str(mode),
    }


class CampaignShown(_Shown):
    """A campaign."""

    objective: str | None
    """TikTok's word for what it is for."""
    budget: str | None
    """The budget of the whole campaign; null: each ad group has its own."""
    budget_mode: str | None
    """The period of the budget."""

    @classmethod
    def values(cls, found: AdObject) -> dict[str, Any]:
        objective = found.record.objective_type
        more = {"objective": None if objective is None else str(objective)}
        return _common(found) | _budget(found.record) | more

    @classmethod
    def of(cls, found: AdObject) -> CampaignShown:
        return cls(**cls.values(found))


class CampaignDetail(CampaignShown):
    """A campaign with what was done to it."""

    changes: list[AdChangeShown]
    """The changes that were made here, newest first, at most 50."""

    @classmethod
    def told(cls, found: AdObject, changes: Sequence[Write]) -> CampaignDetail:
        return cls(**cls.values(found), changes=[AdChangeShown.of(one) for one in changes])


class CampaignsShown(ResponseModel):
    """A page of campaigns."""

    campaigns: list[CampaignShown]
    """The newest first; deleted ones are left out."""
    next_cursor: str | None
    """The cursor of the next page; null on the last one."""

    @classmethod
    def of(cls, page: Page[AdObject]) -> CampaignsShown:
        found = [CampaignShown.of(one) for one in page.items]
        return cls(campaigns=found, next_cursor=page.next_cursor)


class AdScheduleShown(ResponseModel):
    """When ads are shown."""

    start: datetime | None
    """The first moment, in UTC."""
    end: datetime | None
    """The last moment, in UTC; null: without an end."""


class AdFrequencyShown(ResponseModel):
    """How often a person sees the ads at most."""

    times: int
    """Times in `days` days."""
    days: int
    """The length of the span, in days."""


class AdGroupShown(_Shown):
    """An ad group."""

    campaign_id: str | None
    """Its campaign."""
    locations: list[str]
    """Countries by their codes, other places by TikTok's ids."""
    budget: str | None
    """Its budget; null where the campaign divides its own."""
    budget_mode: str | None
    """The period of the budget."""
    schedule: AdScheduleShown
    """When its ads are shown."""
    optimization_goal: str | None
    """The goal that TikTok optimises for."""
    billing_event: str | None
    """The event that is paid for."""
    bid: str | None
    """The most that is paid for one event; null: TikTok bids."""
    placements: list[str]
    """Where its ads appear; none: TikTok chooses."""
    audience_ids: list[str]
    """TikTok's ids of the audiences that see its ads; none: everybody."""
    frequency: AdFrequencyShown | None
    """How often a person sees its ads at most."""

    @classmethod
    def values(cls, found: AdObject, locations: Sequence[str]) -> dict[str, Any]:
        record = found.record
        ends = record.schedule_type != ScheduleType.FROM_NOW
        chosen = record.placement_type != PlacementType.AUTOMATIC
        bid = record.conversion_bid_price or record.bid_price
        times, days = record.frequency, record.frequency_schedule
        goal, event = record.optimization_goal, record.billing_event
        more = {
            "campaign_id": record.campaign_id,
            "locations": list(locations),
            "schedule": AdScheduleShown(
                start=moment_of(record.schedule_start_time),
                end=moment_of(record.schedule_end_time) if ends else None,
            ),
            "optimization_goal": None if goal is None else str(goal),
            "billing_event": None if event is None else str(event),
            "bid": amount(bid) if bid else None,
            "placements": list(record.placements or ()) if chosen else [],
            "audience_ids": list(record.audience_ids or ()),
            "frequency": AdFrequencyShown(times=times, days=days) if times and days else None,
        }
        return _common(found) | _budget(record) | more

    @classmethod
    def of(cls, found: AdObject, locations: Sequence[str]) -> AdGroupShown:
        return cls(**cls.values(found, locations))


class AdGroupDetail(AdGroupShown):
    """An ad group with what was done to it."""

    changes: list[AdChangeShown]
    """The changes that were made here, newest first, at most 50."""

    @classmethod
    def told(
        cls, found: AdObject, locations: Sequence[str], changes: Sequence[Write]
    ) -> AdGroupDetail:
        told = [AdChangeShown.of(one) for one in changes]
        return cls(**cls.values(found, locations), changes=told)


class AdGroupsShown(ResponseModel):
    """A page of ad groups."""

    ad_groups: list[AdGroupShown]
    """The newest first; deleted ones are left out."""
    next_cursor: str | None
    """The cursor of the next page; null on the last one."""


class AdIdentityShown(ResponseModel):
    """The account that an ad appears under."""

    type: str
    """TikTok's word for its kind."""
    id: str
    """TikTok's identity_id."""
    bc_id: str | None
    """The Business Center, for BC_AUTH_TT."""


class AdShown(_Shown):
    """An ad."""

    campaign_id: str | None
    """Its campaign."""
    ad_group_id: str | None
    """Its ad group."""
    creative_id: str | None
    """The creative that it shows; null for a form that this API doesn't make."""
    text: str | None
    """Its text."""
    call_to_action: str | None
    """Its button."""
    landing_page_url: str | None
    """Where the button leads."""
    identity: AdIdentityShown | None
    """The account that it appears under."""
    cover_id: str | None
    """The image that its video begins with."""

    @classmethod
    def values(cls, found: AdObject) -> dict[str, Any]:
        record = found.record
        kind, identity = record.identity_type, None
        if kind is not None and record.identity_id is not None:
            identity = AdIdentityShown(
                type=str(kind), id=record.identity_id, bc_id=record.identity_authorized_bc_id
            )
        images = list(record.image_ids or ())
        return _common(found) | {
            "campaign_id": record.campaign_id,
            "ad_group_id": record.adgroup_id,
            "creative_id": _creative(record),
            "text": record.ad_text,
            "call_to_action": record.call_to_action,
            "landing_page_url": record.landing_page_url,
            "identity": identity,
            "cover_id": images[0] if images and record.video_id else None,
        }

    @classmethod
    def of(cls, found: AdObject) -> AdShown:
        return cls(**cls.values(found))


class AdWithChanges(AdShown):
    """An ad with what was done to it."""

    changes: list[AdChangeShown]
    """The changes that were made here, newest first, at most 50."""

    @classmethod
    def told(cls, found: AdObject, changes: Sequence[Write]) -> AdWithChanges:
        return cls(**cls.values(found), changes=[AdChangeShown.of(one) for one in changes])


class AdsShown(ResponseModel):
    """A page of ads."""

    ads: list[AdShown]
    """The newest first; deleted ones are left out."""
    next_cursor: str | None
    """The cursor of the next page; null on the last one."""

    @classmethod
    def of(cls, page: Page[AdObject]) -> AdsShown:
        return cls(ads=[AdShown.of(one) for one in page.items], next_cursor=page.next_cursor)


def _creative(record: Any) -> str | None:
    kind, images = record.identity_type, list(record.image_ids or ())
    if record.tiktok_item_id is not None:
        if not isinstance(kind, IdentityType) or record.identity_id is None:
            return None
        identity = PostIdentity(kind, record.identity_id, record.identity_authorized_bc_id)
        return str(CreativeId(CreativeKind.POST, record.tiktok_item_id, identity))
    if record.video_id is not None:
        return str(CreativeId(CreativeKind.VIDEO, record.video_id))
    return str(CreativeId(CreativeKind.IMAGE, images[0])) if len(images) == 1 else None
