"""The Research API."""

from __future__ import annotations

from stagedoor.platform.products import research as declared
from stagedoor.platform.products.research import shop as research_shop
from stagedoor.platform.products.research import validation as research_validation

from .. import research
from ..collecting import collect as collecting
from ..service import Call, M, Service, Steps, WalkSteps

_VALIDATION = (
    research_validation.VALIDATION_CREATE,
    research_validation.VALIDATION_STATUS,
    research_validation.VALIDATION_RESULT,
)

_COLLECTED = (
    declared.VIDEO_QUERY,
    declared.COMMENT_LIST,
    declared.USER_INFO,
    declared.FOLLOWERS,
)


class Research(Service[M]):
    """Public data, for approved researchers. The app's own token is requested automatically.

    A method named after a resource is one call of TikTok's, for one page; `all_...` methods
    iterate through all pages.
    """

    videos = Call(declared.VIDEO_QUERY)
    user = Call(declared.USER_INFO)
    comments = Call(declared.COMMENT_LIST)
    liked_videos = Call(declared.LIKED_VIDEOS)
    pinned_videos = Call(declared.PINNED_VIDEOS)
    reposted_videos = Call(declared.REPOSTED_VIDEOS)
    followers = Call(declared.FOLLOWERS)
    following = Call(declared.FOLLOWING)
    playlist = Call(declared.PLAYLIST_INFO)
    shops = Call(research_shop.SHOP)
    products = Call(research_shop.PRODUCT)
    reviews = Call(research_shop.REVIEW)
    begin_validation = Call(research_validation.VALIDATION_CREATE)
    validation_status = Call(research_validation.VALIDATION_STATUS)
    validation_result = Call(research_validation.VALIDATION_RESULT)

    all_videos = WalkSteps(research.all_videos, declared.VIDEO_QUERY)
    all_comments = WalkSteps(research.all_comments, declared.COMMENT_LIST)
    all_liked_videos = WalkSteps(research.all_liked_videos, declared.LIKED_VIDEOS)
    all_reposted_videos = WalkSteps(research.all_reposted_videos, declared.REPOSTED_VIDEOS)
    all_followers = WalkSteps(research.all_followers, declared.FOLLOWERS)
    all_following = WalkSteps(research.all_following, declared.FOLLOWING)
    all_playlist_videos = WalkSteps(research.all_playlist_videos, declared.PLAYLIST_INFO)
    all_products = WalkSteps(research.all_products, research_shop.PRODUCT)
    all_reviews = WalkSteps(research.all_reviews, research_shop.REVIEW)
    still_available = Steps(research.still_available, *_VALIDATION)

    collect = Steps(collecting.collect, *_COLLECTED)
    collection_plan = Steps(collecting.collection_plan, declared.VIDEO_QUERY)
    refresh_collection = Steps(collecting.refresh_collection, *_COLLECTED, *_VALIDATION)
