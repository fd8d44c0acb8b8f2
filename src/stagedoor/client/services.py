"""TikTok's products as groups of methods; each declared operation stands here once."""

from __future__ import annotations

from stagedoor.platform import display, embed, oauth, posting
from stagedoor.platform import portability as platform

from . import login, paging, portability, publish
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

    finish_login = Steps(login.finish_login)
    refresh = Steps(login.refresh)
    disconnect = Steps(login.disconnect)
    client_token = Steps(login.client_token)


class Embeds(Service[M]):
    """Public embedding, without any token."""

    video = Call(embed.OEMBED_VIDEO)
    profile = Call(embed.OEMBED_PROFILE)
