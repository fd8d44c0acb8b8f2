"""The table of Research operations and their handlers."""

from __future__ import annotations

from stagedoor.platform.products import research
from stagedoor.platform.products.research import shop as research_shop
from stagedoor.platform.products.research import validation as research_validation

from ...calls import Handlers
from . import comments, people, playlists, shops, validation, videos

HANDLERS: Handlers = {
    research.VIDEO_QUERY: videos.query,
    research.USER_INFO: people.info,
    research.COMMENT_LIST: comments.listed,
    research.LIKED_VIDEOS: people.liked,
    research.PINNED_VIDEOS: people.pinned,
    research.REPOSTED_VIDEOS: people.reposted,
    research.FOLLOWERS: people.followers,
    research.FOLLOWING: people.following,
    research.PLAYLIST_INFO: playlists.info,
    research_shop.SHOP: shops.shops,
    research_shop.PRODUCT: shops.products,
    research_shop.REVIEW: shops.reviews,
    research_validation.VALIDATION_CREATE: validation.create,
    research_validation.VALIDATION_STATUS: validation.status,
    research_validation.VALIDATION_RESULT: validation.result,
}
