"""The Research API."""

from __future__ import annotations

from stagedoor.platform import research as declared
from stagedoor.platform import research_shop, research_validation

from .. import research
from ..service import Call, M, Service, Steps, Walk


class Research(Service[M]):
    """Public data, for approved researchers. The app's own token is got by itself.

    What is named after a thing is TikTok's bare call, one page; `all_...` walks through all pages.
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

    all_videos = Walk(research.all_videos)
    all_comments = Walk(research.all_comments)
    all_liked_videos = Walk(research.all_liked_videos)
    all_reposted_videos = Walk(research.all_reposted_videos)
    all_followers = Walk(research.all_followers)
    all_following = Walk(research.all_following)
    all_playlist_videos = Walk(research.all_playlist_videos)
    all_products = Walk(research.all_products)
    all_reviews = Walk(research.all_reviews)
    still_available = Steps(research.still_available)
