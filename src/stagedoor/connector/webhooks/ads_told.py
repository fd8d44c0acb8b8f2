"""Events of ad accounts as an organisation's subscribers are told of them.

Reviews aren't among them: `ad_metrics`, which knows whether a list had the outcome before, emits
those. A change of a report and an unsigned delivery only have something read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform.products.business_events import SubscribeEntity

from .ads_news import ACCOUNT_STATUS, NAMES, advertiser_in

_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ACCOUNT_STATUS: {
        "status": ("status",),
        "reason": ("suspension_reason", "suspension_reasion"),
        "changedAt": ("status_change_time",),
    },
    NAMES[SubscribeEntity.LEAD]: {
        "id": ("id",),
        "source": ("lead_source",),
        "pageId": ("page_id",),
        "libraryId": ("library_id",),
        "campaignId": ("campaign_id",),
        "adGroupId": ("adgroup_id",),
        "adId": ("ad_id",),
    },
    NAMES[SubscribeEntity.CREATIVE_FATIGUE]: {
        "adGroupId": ("adgroup_id",),
        "adGroupIds": ("adgroup_ids",),
        "adId": ("ad_id",),
        "adIds": ("ad_ids",),
        "date": ("date",),
    },
}
"""The data of each event: by our name, TikTok's names. A lead's answers are personal data, and so
not among them."""


def is_told(event: str) -> bool:
    return event in _FIELDS


def data_of(event: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The data that subscribers are told."""
    found = {
        ours: next((content[one] for one in theirs if content.get(one) is not None), None)
        for ours, theirs in _FIELDS[event].items()
    }
    return {"accountId": advertiser_in(content)} | {
        ours: str(value) if ours == "id" or ours.endswith("Id") else value
        for ours, value in found.items()
        if value is not None
    }
