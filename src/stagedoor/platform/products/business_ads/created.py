"""Answers of operations that create, with required ids.

Reads take the fields that they show, so each field of their models is optional. A program that
has just created something needs its id: these models declare it again, as required.
"""

from __future__ import annotations

from ...model import Id
from .answers import Ad, AdGroup, Campaign
from .pages import WrittenAds


class CreatedCampaign(Campaign):
    """A new campaign, with its id."""

    campaign_id: Id


class CreatedAdGroup(AdGroup):
    """A new ad group, with its id and its campaign's."""

    campaign_id: Id
    adgroup_id: Id


class CreatedAd(Ad):
    """A new ad, with its id."""

    ad_id: Id


class CreatedAds(WrittenAds):
    """The new ads, in the order of the request."""

    ad_ids: tuple[Id, ...]
    creatives: tuple[CreatedAd, ...] = ()
