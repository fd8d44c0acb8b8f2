"""Enumerations of the creator marketplace, independent of the product that uses them.

Code that stores these values needs no declarations (`business-accounts.yaml`, tto_*).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class CreatorStatus(StrEnum):
    """Whether the owner of a handle is a creator of the marketplace."""

    IN = "IN"
    NOT_IN = "NOT_IN"
    INVALID = "INVALID"
    """There is no such handle."""
    INVITED = "INVITED"


class VideoLinkStatus(StrEnum):
    """The state of the link between a video and a campaign."""

    IN_REVIEW = "IN_REVIEW"
    APPROVE = "APPROVE"
    REJECTED = "REJECTED"
    REVOKE = "REVOKE"


class CreatorCampaignType(StrEnum):
    """The kind of a campaign with creators."""

    CAMPAIGN = "CAMPAIGN"
    BRAND_LINK = "BRAND_LINK"


class LinkAction(StrEnum):
    """Request the link between a video and a campaign, or revoke it."""

    LINK = "LINK"
    REVOKE = "REVOKE"


class ConfirmAction(StrEnum):
    """The creator's answer to a request to link a video."""

    APPROVE = "APPROVE"
    REJECT = "REJECT"


class RankingType(StrEnum):
    """The posts by which creators are ranked."""

    BRANDED_CONTENT = "BRANDED_CONTENT"
    ORGANIC_CONTENT = "ORGANIC_CONTENT"


class RankingPeriod(StrEnum):
    """The length of the time over which creators are ranked."""

    WEEK = "WEEK"
    MONTH = "MONTH"


class Lookback(StrEnum):
    """Which of the last complete periods is ranked; ONE is the newest."""

    ONE = "ONE"
    TWO = "TWO"
    THREE = "THREE"


class LabelType(StrEnum):
    """The use of labels: in rankings, or in searches for creators."""

    RANKING = "RANKING"
    SEARCH = "SEARCH"


class CreatorSortField(StrEnum):
    """The value by which found creators are sorted."""

    RELEVANCE = "RELEVANCE"
    FOLLOWERS = "FOLLOWERS"
    MEDIAN_VIEWS = "MEDIAN_VIEWS"
    ENGAGEMENT_RATE = "ENGAGEMENT_RATE"


class CreatorSortOrder(StrEnum):
    """The order of found creators."""

    ASC = "ASC"
    DESC = "DESC"


class FollowerAge(StrEnum):
    """The age of most followers."""

    AGE_18_24 = "18-24"
    AGE_25_34 = "25-34"
    AGE_35_44 = "35-44"
    AGE_45_54 = "45-54"
    AGE_55_UP = "55+"


class SparkDays(IntEnum):
    """The days for which ad accounts may use a linked video in ads."""

    WEEK = 7
    MONTH = 30
    TWO_MONTHS = 60
    YEAR = 365
