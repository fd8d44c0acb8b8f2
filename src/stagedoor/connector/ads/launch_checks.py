"""Everything that keeps ads from being delivered once they are switched on. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from stagedoor.platform.ads_vocabulary import OperationStatus

from ..ad_metrics.objects import AdLevel
from .budgets import is_over
from .levels import LEVELS
from .objects import AdObject, moment_of
from .problems import reason_of

_ENABLED = "STATUS_ENABLE"
_LOST = frozenset(
    {
        "TRANSCODING_FAIL",
        "MUSIC_AUTHORIZATION_MISSING",
        "ASSET_AUTHORIZATION_LOST",
        "ADGROUP_ASSET_AUTHORIZATION_LOST",
        "CREATOR_AUTHORIZATION_REVOKED",
        "PIXEL_UNBIND",
    }
)
"""Reasons of TikTok's statuses that no switch removes."""


@dataclass(frozen=True, slots=True)
class LaunchAccount:
    """An ad account, as far as a launch goes by it."""

    id: str
    status: str | None
    balance: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Tree:
    """The objects that a launch switches on, and those above them. `lost` are ids of videos and
    images that the ad account hasn't, and of posts that their creators don't allow (any more);
    `processing` those that TikTok hasn't processed."""

    account: LaunchAccount
    launched: AdLevel
    campaign: AdObject
    groups: Sequence[AdObject] = ()
    ads: Sequence[AdObject] = ()
    lost: frozenset[str] = field(default_factory=frozenset)
    processing: frozenset[str] = field(default_factory=frozenset)

    def objects(self) -> list[AdObject]:
        """The objects that the launch switches on, the lowest first."""
        groups = [] if self.launched is AdLevel.AD else list(self.groups)
        campaign = [self.campaign] if self.launched is AdLevel.CAMPAIGN else []
        return [*self.ads, *groups, *campaign]


Problem = Mapping[str, Any]


def problems(tree: Tree, now: datetime) -> list[Problem]:
    """Every problem, with the level, id, name and code of each."""
    found = list(_of_account(tree.account))
    if tree.launched is AdLevel.CAMPAIGN:
        found += _of_campaign(tree)
    for group in tree.groups:
        found += _of_group(tree, group, now)
    for ad in tree.ads:
        found += _of_ad(tree, ad)
    return found


def _problem(one: AdObject, code: str, message: str, **more: Any) -> Problem:
    called = LEVELS[one.level].called
    said = f"The {called} {one.name or one.id} {message}"
    return {"level": one.level.value, "id": one.id, "name": one.name, "code": code} | {
        "message": said,
        **more,
    }


def _of_account(account: LaunchAccount) -> Iterator[Problem]:
    about = {"level": "account", "id": account.id, "name": None}
    if account.status != _ENABLED:
        said = account.status or "nothing"
        yield about | {
            "code": "account_status",
            "message": f"The ad account {account.id} isn't usable: TikTok says {said}.",
        }
    if account.balance is not None and account.balance <= 0:
        yield about | {
            "code": "account_balance",
            "message": f"The ad account {account.id} has no money left: add some in TikTok's Ads "
            "Manager.",
        }


def _of_campaign(tree: Tree) -> Iterator[Problem]:
    yield from _deleted(tree.campaign)
    if not tree.groups:
        yield _problem(tree.campaign, "no_ad_groups", "has no ad group: make one first.")


def _of_group(tree: Tree, group: AdObject, now: datetime) -> Iterator[Problem]:
    if tree.launched is not AdLevel.AD:
        yield from _deleted(group)
        if group.record.operation_status == OperationStatus.FROZEN:
            yield _problem(group, "frozen", "was frozen by TikTok: make another one.")
        if not any(one.record.adgroup_id == group.id for one in tree.ads):
            yield _problem(group, "no_ads", "has no ad: make one first.")
    if not (group.has_budget or tree.campaign.record.budget_optimize_on):
        yield _problem(group, "no_budget", "has no budget, and its campaign divides none.")
    end = moment_of(group.record.schedule_end_time)
    if end is not None and is_over(group.record, now):
        over = f"ended at {end:%Y-%m-%d %H:%M} UTC: give it a later schedule.end."
        yield _problem(group, "schedule_over", over, endedAt=end.isoformat())
    yield from _rejected(group)


def _of_ad(tree: Tree, ad: AdObject) -> Iterator[Problem]:
    yield from _deleted(ad)
    yield from _rejected(ad)
    record = ad.record
    files = [one for one in (record.video_id, *(record.image_ids or ())) if one is not None]
    for name in files:
        if name in tree.lost:
            yield _problem(ad, "creative_missing", f"shows {name}, which the ad account hasn't.")
        elif name in tree.processing:
            yield _problem(ad, "creative_processing", f"shows {name}, which TikTok processes yet.")
    if record.tiktok_item_id is not None and record.tiktok_item_id in tree.lost:
        said = "shows a post whose creator doesn't allow it any more: ask for another code."
        yield _problem(ad, "post_not_allowed", said)
    shown = record.tiktok_item_id, record.page_id, (record.model_extra or {}).get("catalog_id")
    if not files and not any(shown):
        yield _problem(ad, "creative_missing", "shows no video, image or post.")
    reason = reason_of(ad.secondary_status or "")
    if reason in _LOST:
        yield _problem(ad, "creative_unusable", f"can't be shown: TikTok says {reason}.")


def _deleted(one: AdObject) -> Iterator[Problem]:
    if one.deleted:
        yield _problem(one, "deleted", "was deleted.")


def _rejected(one: AdObject) -> Iterator[Problem]:
    review = one.review
    if review is not None and review.rejected:
        why = "; ".join(review.reasons)
        said = f"was rejected by TikTok{f': {why}' if why else ''}. Change it, or appeal."
        yield _problem(one, "rejected", said, reasons=list(review.reasons))
