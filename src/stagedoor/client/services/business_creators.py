"""The creator marketplace, TikTok One."""

from __future__ import annotations

from stagedoor.platform.products import business_creators as declared

from .. import creators
from ..service import Call, M, Service, Walk


class Creators(Service[M]):
    """Creators for hire, campaigns with them, linked videos and their results.

    Calls of the advertiser carry an advertiser's token with the permission for the creator
    marketplace, and name a marketplace account (`accounts`). Those of the creator (`own_...`,
    `join`, `link_video`, `link_requests`, `answer_request`) carry the account holder's token.
    """

    accounts = Call(declared.TTO_ACCOUNTS)
    account = Call(declared.TTO_ACCOUNT_INFO)
    status = Call(declared.TTO_CREATOR_STATUS)
    info = Call(declared.TTO_CREATOR_PUBLIC)
    list_posts = Call(declared.TTO_CREATOR_PUBLIC_VIDEOS)
    discover = Call(declared.TTO_CREATOR_DISCOVER)
    ranking = Call(declared.TTO_RANK)
    labels = Call(declared.TTO_LABELS)
    create_campaign = Call(declared.TTO_CAMPAIGN_CREATE)
    update_campaign = Call(declared.TTO_CAMPAIGN_UPDATE)
    list_campaigns = Call(declared.TTO_CAMPAIGN_GET)
    request_link = Call(declared.TTO_CAMPAIGN_LINK)
    list_links = Call(declared.TTO_CAMPAIGN_LINK_STATUS)
    report = Call(declared.TTO_REPORT)
    own_info = Call(declared.TTO_CREATOR_AUTHORIZED)
    list_own_posts = Call(declared.TTO_CREATOR_AUTHORIZED_VIDEOS)
    join = Call(declared.TTO_CREATOR_JOIN)
    link_video = Call(declared.TTO_CREATOR_VIDEO_LINK)
    link_requests = Call(declared.TTO_CREATOR_LINK_REQUEST_GET)
    answer_request = Call(declared.TTO_CREATOR_LINK_REQUEST_CONFIRM)
    all_posts = Walk(creators.all_posts, declared.TTO_CREATOR_PUBLIC_VIDEOS)
    all_creators = Walk(creators.all_creators, declared.TTO_CREATOR_DISCOVER)
    all_ranked = Walk(creators.all_ranked, declared.TTO_RANK)
    all_campaigns = Walk(creators.all_campaigns, declared.TTO_CAMPAIGN_GET)
    all_links = Walk(creators.all_links, declared.TTO_CAMPAIGN_LINK_STATUS)
    all_reported = Walk(creators.all_reported, declared.TTO_REPORT)
    all_own_posts = Walk(creators.all_own_posts, declared.TTO_CREATOR_AUTHORIZED_VIDEOS)
