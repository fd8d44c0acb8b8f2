"""Launching and pausing campaigns, ad groups and ads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.platform.ads_vocabulary import IdentityType
from stagedoor.platform.products import business, business_creatives, business_spark

from ..ad_metrics.objects import AdLevel
from ..clock import Clock
from .errors import LaunchBlocked, PausedMeanwhile
from .journal import AdJournal, ChangeAuthor
from .launch_checks import LaunchAccount, Tree, problems
from .levels import AD_GROUPS, ADS, CAMPAIGNS, LEVELS, LevelCalls
from .objects import AdObject, moment_of
from .reads import AdReads, send, told_errors
from .spend_guard import PlannedSpend, SpendGuard
from .spend_plans import launched
from .spend_reads import SpendReads
from .writes import Writes

MAX_OBJECTS = 300
"""Ad groups and ads that one launch switches on."""
_VIDEOS, _IMAGES, _POST_PAGES = 60, 100, 10


class Launches:
    """Switches objects on and off. Thread-safe."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: AdJournal,
        reads: AdReads,
        writes: Writes,
        guard: SpendGuard,
        spend: SpendReads,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._reads = reads
        self._writes = writes
        self._guard = guard
        self._spend = spend

    def launch(
        self, by: ChangeAuthor, calls: LevelCalls, object_id: str, account_id: str | None = None
    ) -> AdObject:
        """Switch an object on, with everything below it; gives it as it is then. Idempotent.

        Raises `LaunchBlocked` with every problem, `SpendLimitExceeded`, `SpendUnreadable`,
        `PausedMeanwhile` and TikTok's refusals. Before the first switch, nothing was sent.
        """
        since = self._clock.now()
        found = self._reads.get(by.org, calls, object_id, account_id)
        tree = self._tree(by.org, found)
        blocked = problems(tree, datetime.fromtimestamp(since, UTC))
        if blocked:
            raise LaunchBlocked(blocked)
        plan = partial(self._planned, by.org, tree)
        with self._guard.allowing(by.org, found.account_id, plan) as check:
            for level in (ADS, AD_GROUPS, CAMPAIGNS):
                some = [one for one in tree.objects() if one.level is level.level]
                off = [one.id for one in some if not one.enabled]
                if not off:
                    continue
                if self._paused(by.org, tree, since):
                    raise PausedMeanwhile(calls.called)
                try:
                    self._writes.switch(by, level, found.account_id, off, on=True, check=check)
                finally:
                    # a pause that TikTok got before this switch must hold as well
                    if paused := self._paused(by.org, tree, since):
                        self._off(by, found, paused)
                        raise PausedMeanwhile(calls.called)
        return self._reads.get(by.org, calls, object_id, found.account_id)

    def pause(
        self, by: ChangeAuthor, calls: LevelCalls, object_id: str, account_id: str | None = None
    ) -> AdObject:
        """Switch an object off; what is below it stops too. Idempotent. Raises TikTok's
        refusals."""
        found = self._reads.find(by.org, calls, object_id, account_id)
        self._writes.switch(by, calls, found.account_id, [found.id], on=False)
        return self._reads.get(by.org, calls, object_id, found.account_id)

    def _paused(self, org: str, tree: Tree, since: float) -> dict[AdLevel, list[str]]:
        """The objects of the launch that were paused here since then."""
        found: dict[AdLevel, list[str]] = {}
        for level in (CAMPAIGNS, AD_GROUPS, ADS):
            ids = [one.id for one in tree.objects() if one.level is level.level]
            if paused := self._journal.paused_since(org, level.level, ids, since):
                found[level.level] = [one for one in ids if one in paused]
        return found

    def _off(
        self, by: ChangeAuthor, found: AdObject, paused: Mapping[AdLevel, Sequence[str]]
    ) -> None:
        for level, ids in paused.items():
            self._writes.switch(by, LEVELS[level], found.account_id, ids, on=False)

    def _planned(self, org: str, tree: Tree) -> PlannedSpend:
        """The most that the campaign may spend in a day once the launch is done. The campaign
        is read again: others may have changed its budget while the launch waited for its turn."""
        campaign = self._spend.campaign(org, tree.campaign)
        return launched(self._spend, org, campaign, {one.id for one in tree.groups})

    def _tree(self, org: str, found: AdObject) -> Tree:
        account_id = found.account_id
        client = self._reads.client(org, account_id)
        with told_errors():
            account = self._account(client, account_id)
            campaign, groups, ads = self._objects(org, client, found)
            reviewed = self._reads.reviews(client, AD_GROUPS, account_id, [g.id for g in groups])
            groups = [replace(one, review=reviewed.get(one.id)) for one in groups]
            reviewed = self._reads.reviews(client, ADS, account_id, [one.id for one in ads])
            ads = [replace(one, review=reviewed.get(one.id)) for one in ads]
            lost, processing = self._files(client, account_id, ads)
            lost |= self._posts(client, account_id, ads)
        return Tree(account, found.level, campaign, groups, ads, lost, processing)

    def _objects(
        self, org: str, client: TikTokBusiness, found: AdObject
    ) -> tuple[AdObject, list[AdObject], list[AdObject]]:
        """The campaign, and the ad groups and ads that the launch is about."""
        account_id = found.account_id
        if found.level is AdLevel.CAMPAIGN:
            below = {CAMPAIGNS.ids: (found.id,)}
            groups = self._all(client, AD_GROUPS, found, below)
            return found, groups, self._all(client, ADS, found, below, len(groups))
        campaign_id = found.record.campaign_id
        campaign = self._reads.find(org, CAMPAIGNS, campaign_id, account_id)
        if found.level is AdLevel.AD_GROUP:
            ads = self._all(client, ADS, found, {AD_GROUPS.ids: (found.id,)})
            return campaign, [found], ads
        group_id = found.record.adgroup_id
        group = self._reads.find(org, AD_GROUPS, group_id, account_id)
        return campaign, [group], [found]

    def _all(
        self,
        client: TikTokBusiness,
        calls: LevelCalls,
        of: AdObject,
        below: Mapping[str, tuple[str, ...]],
        already: int = 0,
    ) -> list[AdObject]:
        listed = self._reads.all_of(client, calls, of.account_id, **below)
        if listed is None or already + len(listed) > MAX_OBJECTS:
            called = LEVELS[of.level].called
            raise LaunchBlocked(
                [
                    {
                        "level": of.level.value,
                        "id": of.id,
                        "name": of.name,
                        "code": "too_many",
                        "message": f"The {called} {of.name} has more than {MAX_OBJECTS} ad groups "
                        "and ads: launch them in parts, the campaign last.",
                    }
                ]
            )
        return listed

    def _account(self, client: TikTokBusiness, account_id: str) -> LaunchAccount:
        query = business.AdvertiserQuery(
            advertiser_ids=(account_id,),
            fields=("advertiser_id", "status", "balance", "currency"),
        )
        for one in send(client, business.ADVERTISER_INFO, query).list:
            if one.advertiser_id == account_id:
                status = None if one.status is None else str(one.status)
                return LaunchAccount(account_id, status, one.balance, one.currency)
        return LaunchAccount(account_id, None, None, None)

    def _files(
        self, client: TikTokBusiness, account_id: str, ads: Sequence[AdObject]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of videos and images of these ads that the ad account hasn't, and of videos that
        TikTok hasn't processed."""
        videos = _distinct(one.record.video_id for one in ads)
        images = _distinct(name for one in ads for name in one.record.image_ids or ())
        here: set[str] = set()
        processing: set[str] = set()
        for at in range(0, len(videos), _VIDEOS):
            query: Any = business_creatives.VideoQuery(
                advertiser_id=account_id, video_ids=tuple(videos[at : at + _VIDEOS])
            )
            for video in send(client, business_creatives.FILE_VIDEO_INFO, query).list:
                here.add(video.video_id)
                if not video.is_ready:
                    processing.add(video.video_id)
        for at in range(0, len(images), _IMAGES):
            query = business_creatives.ImageQuery(
                advertiser_id=account_id, image_ids=tuple(images[at : at + _IMAGES])
            )
            found = send(client, business_creatives.FILE_IMAGE_INFO, query).list
            here.update(one.image_id for one in found)
        return frozenset({*videos, *images} - here), frozenset(processing)

    def _posts(
        self, client: TikTokBusiness, account_id: str, ads: Sequence[AdObject]
    ) -> frozenset[str]:
        """The posts of these ads that creators allowed by a code which is over or gone. Where an ad
        account has more than 1,000 posts, none is told to be gone."""
        by_code = [one for one in ads if one.record.identity_type == IdentityType.AUTH_CODE]
        wanted = set(_distinct(one.record.tiktok_item_id for one in by_code))
        now = datetime.fromtimestamp(self._clock.now(), UTC)
        allowed: set[str] = set()
        for number in range(1, _POST_PAGES + 1):
            if wanted <= allowed:
                break
            query = business_spark.AuthorizedPostQuery(
                advertiser_id=account_id, page=number, page_size=business_spark.MAX_POSTS
            )
            page = send(client, business_spark.TT_VIDEO_LIST, query)
            for one in page.list:
                end = None if one.auth_info is None else moment_of(one.auth_info.auth_end_time)
                if end is None or end > now:
                    allowed.add(one.item_info.item_id)
            if number >= page.page_info.total_page:
                return frozenset(wanted - allowed)
        return frozenset()


def _distinct(names: Any) -> list[str]:
    return list(dict.fromkeys(one for one in names if one is not None))
