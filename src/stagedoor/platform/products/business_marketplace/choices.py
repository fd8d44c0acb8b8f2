"""The values that requests and answers of the older creator marketplace name."""

from __future__ import annotations

from enum import StrEnum

MAX_HANDLES = 20
"""Handles of one status query or invitation."""
MAX_ORDER_HANDLES = 100
MAX_ORDERS = 200
"""Orders of one query, and creators who may accept an order of one campaign code."""
MAX_DELIVERABLES = 10
"""Videos that an order asks of each creator."""
MAX_REPORT_DAYS = 60
MAX_FOUND = 250
"""Creators that a search finds at most."""
SPARK_REQUESTS = 30
"""Requests for the right to a video, before it is answered."""
CREATOR_FIELDS = (
    "profile_image",
    "display_name",
    "followers_count",
    "handle_name",
    "bio",
    "is_on_vacation",
    "creator_rate",
    "location",
    "topics",
    "creator_badges",
    "audience_countries",
    "audience_genders",
    "audience_ages",
    "audience_device",
    "average_views",
    "engagement_rate",
    "average_likes",
    "average_shares",
    "average_comments",
)
"""The fields of the account's own numbers that the local TikTok has too."""
ORDER_FIELDS = (
    "order_id",
    "handle_name",
    "campaign_code",
    "invite_link",
    "video_ids",
    "current_video_count",
    "total_video_limit",
    "per_creator_video_limit",
)


class TcmAudienceGender(StrEnum):
    MALE = "male"
    FEMALE = "female"


class TcmAudienceAge(StrEnum):
    """The age of most followers; 35+ takes the three oldest groups together."""

    FROM_18 = "18-24"
    FROM_25 = "25-34"
    FROM_35 = "35-44"
    FROM_45 = "45-54"
    FROM_55 = "55+"
    OVER_35 = "35+"


class TcmEngagementRate(StrEnum):
    """Likes, comments and shares of recent videos by their views, in percent."""

    TO_5 = "0-5"
    TO_10 = "5-10"
    TO_15 = "10-15"
    TO_20 = "15-20"
    OVER_20 = ">20"


class TcmSortField(StrEnum):
    FOLLOWERS = "follower_count"
    VIEWS = "avg_views"
    ENGAGEMENT = "engagement_rate"
    RELEVANCE = "relevance"


class TcmOrderSource(StrEnum):
    """Whether a managed service provider made the order."""

    MSP = "MSP"
    OTHER = "OTHER"


class TcmOrderQueryType(StrEnum):
    """By what orders are asked for."""

    ORDER_ID = "ORDER_ID"
    CAMPAIGN_CODE = "CAMPAIGN_CODE"
    INVITE_LINK = "INVITE_LINK"


class TcmSparkAction(StrEnum):
    EXTEND = "EXTEND"


class TcmSparkStatus(StrEnum):
    """The creator's answer to a request for the right to a video."""

    WAITING = "WAITING"
    REJECTED = "REJECTED"
    ACCEPTED = "ACCEPTED"


class TcmBinding(StrEnum):
    """Whether a video belongs to an order."""

    BIND = "BIND"
    UNBIND = "UNBIND"


class TcmReviewStatus(StrEnum):
    """The state of the review of an order's video."""

    NO_REVIEW = "NO_REVIEW"
    CONTENT_REVIEWING = "CONTENT_REVIEWING"
    AD_REVIEWING = "AD_REVIEWING"
    CONTENT_REVIEW_FAIL = "CONTENT_REVIEW_FAIL"
    AD_REVIEW_FAIL = "AD_REVIEW_FAIL"
    SUCCEED = "SUCCEED"
    ALL_FAIL = "ALL_FAIL"


class TcmMetric(StrEnum):
    """The numbers of a report that the local TikTok has too."""

    ENGAGEMENT_COUNT = "engagement_count"
    ENGAGEMENT_RATE = "engagement_rate"
    ENGAGEMENT_RATE_ORGANIC = "engagement_rate_organic"
    ENGAGEMENT_RATE_PAID = "engagement_rate_paid"
    VIDEO_VIEWS = "video_views"
    VIDEO_VIEWS_ORGANIC = "video_views_organic"
    VIDEO_VIEWS_PAID = "video_views_paid"
    LIKES = "likes"
    LIKES_ORGANIC = "likes_organic"
    LIKES_PAID = "likes_paid"
    SHARES = "shares"
    SHARES_ORGANIC = "shares_organic"
    SHARES_PAID = "shares_paid"
    COMMENTS = "comments"
    COMMENTS_ORGANIC = "comments_organic"
    COMMENTS_PAID = "comments_paid"
    REACH = "reach"
    TOTAL_PLAY_TIME = "total_play_time"
    AVERAGE_VIEW_TIME = "average_view_time"
    TWO_SECONDS_VIEWS = "two_seconds_views"
    SIX_SECONDS_VIEWS = "six_seconds_views"
    VIDEO_COMPLETION_RATE = "video_completion_rate"


TCM_DEFAULT_METRICS = (
    TcmMetric.ENGAGEMENT_COUNT,
    TcmMetric.ENGAGEMENT_RATE,
    TcmMetric.VIDEO_VIEWS,
    TcmMetric.LIKES,
    TcmMetric.SHARES,
    TcmMetric.COMMENTS,
    TcmMetric.REACH,
    TcmMetric.TOTAL_PLAY_TIME,
    TcmMetric.AVERAGE_VIEW_TIME,
    TcmMetric.TWO_SECONDS_VIEWS,
    TcmMetric.SIX_SECONDS_VIEWS,
    TcmMetric.VIDEO_COMPLETION_RATE,
)
