"""Advertisers and ads, with their indices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import CommercialLabel

from ...world import Video
from ...world.collection import Entity, EntityCollection, Index


@record
class Advertiser(Entity):
    """A business that pays for ads. `creator_id` is the TikTok account that the ads promote."""

    id: str
    name: str
    country: str
    paid_for_by: str
    creator_id: str | None = None


@record
class Targeting:
    """The target audience of an ad; the strings list categories."""

    ages: list[str] = field(default_factory=list)
    genders: list[str] = field(default_factory=list)
    users: int = 0
    audience: bool = False
    video_interactions: str = ""
    creator_interactions: str = ""
    interest: str = ""


@record
class Takedown:
    """TikTok's rejection of an ad; without countries, it applies everywhere."""

    reasons: list[str]
    countries: list[str] = field(default_factory=list)
    source: str = "TikTok"
    automated_notice: str | None = None


@record
class LibraryAd(Entity):
    """An ad in the library. It shows posts of the world, videos or photos."""

    id: str
    advertiser_id: str
    video_ids: list[str]
    first_shown: float
    reach: dict[str, int]
    """Unique users by the country where the ad was shown."""
    last_shown: float | None = None
    """None: the ad still runs."""
    title: str = ""
    external_url: str | None = None
    download_url: str | None = None
    call_to_action: str | None = None
    objective: str | None = None
    targeting: Targeting = field(default_factory=Targeting)
    takedown: Takedown | None = None

    @property
    def seen_by(self) -> int:
        return sum(self.reach.values())


ADVERTISERS = EntityCollection("advertisers", Advertiser)
ADS = EntityCollection("ads", LibraryAd)


def _latest(moment: float, id: str) -> tuple[float, str]:
    return -moment, id


def _labelled(label: CommercialLabel | None) -> Iterable[bool]:
    return (True,) if label is not None else ()


ADVERTISERS_BY_NAME = Index[Advertiser](by=("name", "id"))
ALL_ADS = Index[LibraryAd](by=("first_shown", "id"), order=_latest)
"""The latest first."""
ADS_OF_ADVERTISER = Index[LibraryAd](on=("advertiser_id",), by=("first_shown", "id"), order=_latest)
LABELLED_POSTS = Index[Video](on=("label",), keys=_labelled, by=("created", "id"), order=_latest)
"""Under True: posts with a commercial label, the latest first."""
