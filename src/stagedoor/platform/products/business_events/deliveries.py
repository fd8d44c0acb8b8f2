"""Webhooks of subscriptions: the events and their payloads (`business.yaml`, entries)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AliasChoices, Field

from ...ads_vocabulary import ReviewStatus
from ...model import OPEN, Answer, Id, PrivateAnswer, says
from ...operation import Event
from ..business import AdvertiserStatus
from .subscriptions import SubscribeEntity

_SOURCE = "business.yaml subscription_webhooks"
LOG_ID = "log_id"


@dataclass(frozen=True, slots=True)
class SubscriptionEvent(Event):
    """An event that apps subscribe to. `number` is the delivery's `object`.

    None: the delivery has no envelope; its body is the payload. `named_by` is the payload's field
    that tells two changes with the same content apart.
    """

    number: int | None = None
    named_by: str = LOG_ID


class SubscriptionEnvelope(Answer):
    """A delivery with one or more changes of a kind."""

    request_id: Id = ""
    object: int
    time: Annotated[int | None, says("Unix seconds of the sending")] = None
    entry: tuple[dict[str, Any], ...]


class ReviewedAdGroup(Answer):
    """The outcome of an ad group's review."""

    log_id: str | None = None
    adv_id: Annotated[Id | None, says("the ad account")] = None
    campaign_id: Id | None = None
    campaign_name: str | None = None
    adgroup_id: Id
    adgroup_name: str | None = None
    review_status: Annotated[ReviewStatus | str | None, OPEN] = None
    reject_reason: Annotated[str | None, says("empty if it is approved")] = None

    @property
    def is_approved(self) -> bool:
        """Whether it was approved without a restriction; `review_info` has the details."""
        if self.review_status is not None:
            return self.review_status == ReviewStatus.ALL_AVAILABLE and not self.reject_reason
        return not self.reject_reason


class ReviewedAd(ReviewedAdGroup):
    """The outcome of an ad's review."""

    ad_id: Id
    ad_name: str | None = None


class CreativeFatigue(Answer):
    """Ads whose creatives the audience is tired of, named by what was subscribed to."""

    adv_id: Annotated[Id | None, says("the ad account")] = None
    adgroup_ids: tuple[Id, ...] | None = None
    ad_ids: tuple[Id, ...] | None = None
    adgroup_id: Id | None = None
    ad_id: Id | None = None
    date: Annotated[str | None, says("YYYY-MM-DD")] = None


class LeadAnswer(PrivateAnswer):
    """One answer of a lead's form, such as an e-mail address."""

    field: str
    value: Annotated[str | None, Field(repr=False), says("personal data")] = None


class Lead(PrivateAnswer):
    """A person who left their data in a form or a conversation."""

    id: Id
    lead_source: str | None = None
    page_id: Id | None = None
    page_name: str | None = None
    library_id: Id | None = None
    advertiser_id: Id | None = None
    advertiser_name: str | None = None
    campaign_id: Id | None = None
    campaign_name: str | None = None
    adgroup_id: Id | None = None
    adgroup_name: str | None = None
    ad_id: Id | None = None
    ad_name: str | None = None
    create_time: Annotated[int | None, says("Unix seconds")] = None
    changes: Annotated[tuple[LeadAnswer, ...], says("what the person entered")] = ()


class CreatorVideoLinked(Answer):
    """A creator uploaded or published a video for a campaign of TikTok One."""

    log_id: str | None = None
    event_type: str | None = None
    tto_campaign_event_type: Annotated[
        str | None, says("tto_video_uploaded or tto_video_published")
    ] = None
    event_time: Annotated[str | None, says("ISO 8601")] = None
    video_id: Id | None = None
    handle_name: str | None = None
    campaign_id: Id | None = None
    tto_tcm_account_id: Id | None = None


class ChangedMetrics(Answer):
    """New values of an ad account's metrics, as TikTok writes them."""

    spend: float | str | None = None
    impressions: float | str | None = None
    clicks: float | str | None = None
    video_play_actions: float | str | None = None


class ReportDataChanged(Answer):
    """Numbers of ad accounts changed, so that reports should be read again."""

    data_level: str | None = None
    message: str | None = None
    changed_metrics_values: Annotated[
        dict[str, ChangedMetrics], says("by the id of the ad account")
    ] = Field(default_factory=dict)


class ServiceIncident(Answer):
    """An incident of TikTok's API began, changed, or ended."""

    incident_id: Id
    incident_title: str | None = None
    incident_products: tuple[str, ...] | None = None
    incident_event_type: Annotated[str | None, says("CREATE, UPDATE or RESOLVE")] = None
    incident_level: Annotated[str | None, says("LOW_DISRUPTION or MAJOR_DISRUPTION")] = None
    incident_start_time: str | int | None = None
    incident_resolve_time: str | int | None = None
    incident_detail: str | None = None


class AdAccountSuspended(Answer):
    """An ad account was suspended (STATUS_LIMIT), or may deliver again (STATUS_ENABLE)."""

    subscription_id: Id | None = None
    advertiser_id: Id
    advertiser_name: str | None = None
    owner_bc_id: Id | None = None
    status: Annotated[AdvertiserStatus | str, OPEN]
    status_change_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS, UTC")] = None
    suspension_reason: Annotated[
        str | None,
        # one of TikTok's SDKs has the misspelt name
        Field(validation_alias=AliasChoices("suspension_reason", "suspension_reasion")),
    ] = None


def _event(
    entity: SubscribeEntity,
    payload: type[Answer],
    summary: str,
    number: int | None,
    named_by: str = LOG_ID,
) -> SubscriptionEvent:
    name = f"subscription.{entity.value.lower()}"
    return SubscriptionEvent(name, payload, summary, _SOURCE, number=number, named_by=named_by)


LEAD_LEFT = _event(SubscribeEntity.LEAD, Lead, "A person left their data", 1, "id")
AD_GROUP_REVIEWED = _event(
    SubscribeEntity.AD_GROUP, ReviewedAdGroup, "An ad group's review has an outcome", 2
)
AD_REVIEWED = _event(SubscribeEntity.AD, ReviewedAd, "An ad's review has an outcome", 3)
CREATIVE_FATIGUED = _event(
    SubscribeEntity.CREATIVE_FATIGUE,
    CreativeFatigue,
    "The audience is tired of a creative",
    8,
    "date",
)
CREATOR_VIDEO_LINKED = _event(
    SubscribeEntity.TCM_VIDEOS, CreatorVideoLinked, "A creator's video for a campaign is there", 10
)
REPORT_DATA_CHANGED = _event(
    SubscribeEntity.REPORT_DATA_CHANGE, ReportDataChanged, "Numbers of ad accounts changed", 11
)
SERVICE_INCIDENT = _event(
    SubscribeEntity.API_SERVICE_STATUS,
    ServiceIncident,
    "An incident of TikTok's API",
    14,
    "incident_id",
)
AD_ACCOUNT_SUSPENDED = _event(
    SubscribeEntity.AD_ACCOUNT_SUSPENSION,
    AdAccountSuspended,
    "An ad account was suspended, or may deliver again",
    None,
    "status_change_time",
)

SUBSCRIPTION_EVENTS: dict[SubscribeEntity, SubscriptionEvent] = {
    SubscribeEntity.LEAD: LEAD_LEFT,
    SubscribeEntity.AD_GROUP: AD_GROUP_REVIEWED,
    SubscribeEntity.AD: AD_REVIEWED,
    SubscribeEntity.CREATIVE_FATIGUE: CREATIVE_FATIGUED,
    SubscribeEntity.TCM_VIDEOS: CREATOR_VIDEO_LINKED,
    SubscribeEntity.REPORT_DATA_CHANGE: REPORT_DATA_CHANGED,
    SubscribeEntity.API_SERVICE_STATUS: SERVICE_INCIDENT,
    SubscribeEntity.AD_ACCOUNT_SUSPENSION: AD_ACCOUNT_SUSPENDED,
}
"""All events by the kind of subscription."""
