"""Rule audiences: people who did something, counted in the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stagedoor.platform.products.business_audiences import RuleAudienceType

from ...world import World
from ..business_ads.state import ADS
from ..business_events.state import EVENTS_OF_SOURCE, TRACKED_EVENTS

_DAY = 86_400
_VIEWERS = 40
"""People who engaged with an ad for each unit of money that it spent; TikTok publishes none."""

KINDS = {
    RuleAudienceType.ENGAGEMENT: "Engagement Audience",
    RuleAudienceType.ENGAGEMENT_ORGANIC_VIDEO: "Engagement Audience",
    RuleAudienceType.ENGAGEMENT_LIVE_VIDEO: "Engagement Audience",
    RuleAudienceType.APP: "App Activity Audience",
    RuleAudienceType.PIXEL: "Website Audience",
    RuleAudienceType.LEAD_GENERATION: "Lead Generation",
    RuleAudienceType.BUSINESS_ACCOUNT: "Rule Business Account",
    RuleAudienceType.TIKTOK_SHOP: "Rule ad shop",
    RuleAudienceType.OFFLINE: "Offline Audience",
}


def people(world: World, kind: str, spec: Mapping[str, Any]) -> int:
    """The number of people whom a rule's spec includes and doesn't exclude."""
    count = _COUNTS.get(kind)
    if count is not None:
        return sum(
            count(world, source)
            for rule in spec["inclusion_rule_set"]["rules"]
            for source in rule["event_source_ids"]
        )
    included = _users(world, spec["inclusion_rule_set"])
    excluded = spec.get("exclusion_rule_set")
    return len(included if excluded is None else included - _users(world, excluded))


def _users(world: World, rules: Mapping[str, Any]) -> set[str]:
    """The people of the tracked events that a set of rules names."""
    found: set[str] = set()
    for rule in rules["rules"]:
        conditions = (rule.get("filter_set") or {}).get("filters", ())
        wanted = {one["value"] for one in conditions if one["field"] == "EVENT"}
        since = world.now() - rule["retention_days"] * _DAY
        for source in rule["event_source_ids"]:
            events = world[TRACKED_EVENTS].by(EVENTS_OF_SOURCE, source)
            found |= {
                one.user
                for one in events.walk(events.start((since,)))
                if one.user and one.test_event_code is None and (not wanted or one.event in wanted)
            }
    return found


def _of_ad(world: World, ad_id: str) -> int:
    found = world[ADS].get(ad_id)
    return 0 if found is None else found.spent * _VIEWERS // 100


def _of_video(world: World, video_id: str) -> int:
    found = world.videos.get(video_id)
    return 0 if found is None or not found.is_open else found.views


_COUNTS: dict[str, Callable[[World, str], int]] = {
    RuleAudienceType.ENGAGEMENT: _of_ad,
    RuleAudienceType.ENGAGEMENT_ORGANIC_VIDEO: _of_video,
}
"""Kinds whose people are counted by source; those of the others are in the tracked events."""
