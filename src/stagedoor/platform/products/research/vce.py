"""The Virtual Compute Environment (VCE) of TikTok's Research Tools (`research.yaml` vce).

Researchers query it by the Python package `pyrqs`, whose HTTP calls TikTok doesn't document. So
this module declares no operations, but what a query names: categories, fields, operators, limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ...durations import VCE_TEST_RECORDS


class VceStage(StrEnum):
    TEST = "test"
    """A notebook, with a random sample of what a query finds."""
    EXECUTION = "execution"
    """A submitted script, with everything that a query finds."""


class QueryTaskStatus(StrEnum):
    CREATED = "Created"
    VALIDATING = "Validating"
    PROCESSING = "Processing"
    COMPLETED = "Completed"
    ANALYSIS_FAILED = "AnalysisFailed"
    CANCELLED = "Cancelled"


class Combination(StrEnum):
    """How the conditions of a group are combined; written in any case."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"


class VceOperator(StrEnum):
    """A comparison; written in any case."""

    EQ = "EQ"
    IN = "IN"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"
    LIKE = "LIKE"
    """Text with % for any characters; without one, text that is contained."""
    CONTAINS = "CONTAINS"
    """For lists."""


SEVERAL = frozenset({VceOperator.IN, VceOperator.CONTAINS})
"""The operators that take several values."""
EXACT = frozenset({VceOperator.EQ, VceOperator.IN})
ORDERED = EXACT | {VceOperator.GT, VceOperator.GTE, VceOperator.LT, VceOperator.LTE}
TEXT = EXACT | {VceOperator.LIKE}
FLAG = frozenset({VceOperator.EQ})
LIST = frozenset({VceOperator.CONTAINS})

Filters = dict[str, frozenset[VceOperator]]


@dataclass(frozen=True, slots=True)
class VceCategory:
    """A category of data: the fields that can be returned, and those that conditions compare."""

    fields: tuple[str, ...]
    filters: Filters
    needs_condition: bool = False
    shop: bool = False

    def default_limit(self, stage: VceStage) -> int:
        """The `limit` of a query that names none."""
        if self.shop:
            return 10 if stage is VceStage.TEST else 100
        return 100 if stage is VceStage.TEST else 1_000

    def max_limit(self, stage: VceStage) -> int:
        if stage is VceStage.TEST:
            return VCE_TEST_RECORDS
        return 1_000 if self.shop else 100_000


def _every(names: str, operators: frozenset[VceOperator]) -> Filters:
    return dict.fromkeys(names.split(), operators)


_COUNTS = "like_count comment_count share_count view_count favorites_count"
_LISTS = "effect_ids hashtag_names video_label video_mention_list video_tags"
_SHARED = (
    *("video_description", "music_id", "like_count", "comment_count", "share_count", "view_count"),
    *("effect_ids", "hashtag_names", "playlist_id", "voice_to_text", "id", "duration_type"),
    *("favorites_count", "stem_verified", "hashtag_info_list", "effect_info_list", "sticker_text"),
    *("video_label", "video_mention_list", "video_tags"),
)
_SHARED_FILTERS = (
    _every("id music_id playlist_id duration_type", EXACT)
    | _every("voice_to_text video_description", TEXT)
    | _every(_COUNTS, ORDERED)
    | _every(_LISTS, LIST)
    | {"stem_verified": FLAG}
)
_NEWER = ("video_id", "create_date", "video_length", "effect_id", "hashtag_name")
"""Names of a newer page on videos, beside those of the reference."""


def _of_person(fields: tuple[str, ...]) -> VceCategory:
    """A category whose only condition is the person."""
    return VceCategory(fields, {"username": FLAG}, needs_condition=True)


_USER_VIDEO = (
    *("id", "create_time", "username", "region_code", "video_description", "music_id"),
    *("like_count", "comment_count", "share_count", "view_count", "hashtag_names"),
    *("is_stem_verified", "favorites_count", "hashtag_info_list", "effect_info_list"),
    *("sticker_info_list", "video_label", "video_mention_list", "video_tag"),
)
_COMMENT = (
    *("id", "text", "parent_comment_id", "like_count", "reply_count", "create_time"),
    "display_name",
)
_COMMENT_FILTERS = _every("id video_id text parent_comment_id display_name", EXACT) | _every(
    "like_count reply_count create_time", ORDERED
)
_PROFILE = (
    *("username", "bio_description", "avatar_uri", "is_verified", "following_count"),
    *("follower_count", "video_count", "likes_count", "bio_url"),
)

_SHOP = (
    *("shop_id", "shop_name", "shop_rating", "shop_review_count", "item_sold_count"),
    "shop_performance_value",
)
_PRODUCT = (
    *("product_id", "product_name", "product_description", "product_price", "product_rating"),
    *("product_review_count", "product_rating_1_count", "product_rating_2_count"),
    *("product_rating_3_count", "product_rating_4_count", "product_rating_5_count"),
    *("product_sold_count", "shop_name"),
)
_REVIEW = ("product_name", "review_text", "review_like_count", "create_time", "review_rating")

CATEGORIES: Mapping[str, VceCategory] = {
    "video": VceCategory(
        ("username", "region_code", "create_time", *_SHARED, *_NEWER),
        _SHARED_FILTERS
        | _every("username region_code video_id video_length effect_id hashtag_name", EXACT)
        | _every("create_time create_date", ORDERED),
    ),
    "video_wi": VceCategory(
        ("display_name", "country_code", "create_date", *_SHARED),
        _SHARED_FILTERS | _every("display_name country_code", EXACT) | {"create_date": ORDERED},
    ),
    "comment": VceCategory(("video_id", *_COMMENT), _COMMENT_FILTERS),
    "comment_wi": VceCategory(_COMMENT, _COMMENT_FILTERS),
    "profile": VceCategory(
        _PROFILE,
        _every("username bio_description avatar_uri bio_url", EXACT)
        | _every("following_count follower_count video_count likes_count", ORDERED)
        | {"is_verified": FLAG},
    ),
    "liked_videos": _of_person(_USER_VIDEO),
    "pinned_videos": _of_person(_USER_VIDEO),
    "reposted_videos": _of_person(_USER_VIDEO),
    "followers_list": _of_person(("display_name", "username")),
    "following_list": _of_person(("display_name", "username")),
    "playlists": VceCategory(
        (
            *("playlist_id", "playlist_name", "playlist_video_ids", "playlist_last_updated"),
            "playlist_item_total",
        ),
        {"playlist_id": FLAG},
        needs_condition=True,
    ),
    "tiktok_shop_info": VceCategory(_SHOP, {"shop_name": EXACT}, shop=True),
    "tiktok_shop_products": VceCategory(
        _PRODUCT, _every("product_name shop_id shop_name", EXACT), shop=True
    ),
    "tiktok_shop_reviews": VceCategory(
        _REVIEW, _every("product_name product_id shop_name", EXACT), shop=True
    ),
}
