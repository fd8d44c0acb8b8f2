"""A TikTok account's profile, insights, posts and publishing."""

from __future__ import annotations

from stagedoor.platform.products import business_accounts

from .. import account_posts
from ..service import Call, M, Service, Walk


class Accounts(Service[M]):
    """The connected TikTok account: profile, insights, posts, publishing."""

    info = Call(business_accounts.BUSINESS_GET)
    list_posts = Call(business_accounts.BUSINESS_VIDEO_LIST)
    post_settings = Call(business_accounts.BUSINESS_VIDEO_SETTINGS)
    publish_video = Call(business_accounts.BUSINESS_VIDEO_PUBLISH)
    publish_photos = Call(business_accounts.BUSINESS_PHOTO_PUBLISH)
    publish_status = Call(business_accounts.BUSINESS_PUBLISH_STATUS)
    all_posts = Walk(account_posts.all_posts, business_accounts.BUSINESS_VIDEO_LIST)
