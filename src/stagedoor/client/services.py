"""TikTok's products as groups of methods; each declared operation stands here once."""

from __future__ import annotations

from stagedoor.platform import (
    commercial,
    display,
    embed,
    oauth,
    posting,
    research_shop,
    research_validation,
)
from stagedoor.platform import portability as platform
from stagedoor.platform import research as declared

from . import login, paging, portability, publish, qr, research
from .service import Call, M, Service, Steps, Walk


class User(Service[M]):
    """The connected creator."""

    info = Call(display.USER_INFO)


class Videos(Service[M]):
    """The connected creator's public videos."""

    list = Call(display.VIDEO_LIST)
    query = Call(display.VIDEO_QUERY)
    all = Walk(paging.all_videos)
    by_id = Walk(paging.videos_by_id)


class Posts(Service[M]):
    """Publishing to the connected creator's account.

    The inits are TikTok's bare calls; `publish_video` and its like do all the steps.
    """

    creator_info = Call(posting.CREATOR_INFO)
    init_video = Call(posting.VIDEO_INIT)
    init_inbox_video = Call(posting.INBOX_VIDEO_INIT)
    init_photos = Call(posting.CONTENT_INIT)
    status = Call(posting.STATUS)
    cancel = Call(posting.CANCEL)

    publish_video = Steps(publish.publish_video)
    publish_photos = Steps(publish.publish_photos)
    send_to_inbox = Steps(publish.send_to_inbox)
    send_photos_to_inbox = Steps(publish.send_photos_to_inbox)
    send_video = Steps(publish.send_video)
    wait_for = Steps(publish.wait_for)


class Portability(Service[M]):
    """A copy of the connected person's data, from the EEA and the UK.

    `export` does all the steps. Reading what came is `stagedoor.read_archive`.
    """

    request = Call(platform.DATA_ADD)
    status = Call(platform.DATA_CHECK)
    cancel = Call(platform.DATA_CANCEL)

    download = Steps(portability.download, performs=platform.DATA_DOWNLOAD)
    wait_for = Steps(portability.wait_for)
    export = Steps(portability.export)


class OAuth(Service[M]):
    """Connecting and disconnecting accounts."""

    exchange_code = Call(oauth.TOKEN_CODE)
    exchange_refresh_token = Call(oauth.TOKEN_REFRESH)
    exchange_client_credentials = Call(oauth.TOKEN_CLIENT)
    revoke = Call(oauth.REVOKE)

    qr_start = Call(oauth.QR_START)
    qr_state = Call(oauth.QR_CHECK)

    qr_begin = Steps(qr.begin_qr)
    qr_check = Steps(qr.check_qr)
    qr_wait = Steps(qr.wait_for_qr)
    finish_login = Steps(login.finish_login)
    refresh = Steps(login.refresh)
    disconnect = Steps(login.disconnect)
    client_token = Steps(login.client_token)


class Embeds(Service[M]):
    """Public embedding, without any token."""

    video = Call(embed.OEMBED_VIDEO)
    profile = Call(embed.OEMBED_PROFILE)


class Commercial(Service[M]):
    """The library of ads and of posts with a commercial label. The app asks with its own token."""

    query_ads = Call(commercial.AD_QUERY)
    ad = Call(commercial.AD_DETAIL)
    report = Call(commercial.AD_REPORT)
    query_advertisers = Call(commercial.ADVERTISER_QUERY)
    query_contents = Call(commercial.CONTENT_QUERY)
    all_ads = Walk(paging.all_ads)
    all_contents = Walk(paging.all_contents)


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
