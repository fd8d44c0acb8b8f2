"""Content Posting."""

from __future__ import annotations

from stagedoor.platform.products import posting

from .. import publish
from ..service import Call, M, Service, Steps

_DIRECT = (posting.CREATOR_INFO, posting.STATUS)


class Posts(Service[M]):
    """Publishing to the connected creator's account.

    The init methods are TikTok's single calls; `publish_video` and the like do all the steps.
    """

    creator_info = Call(posting.CREATOR_INFO)
    init_video = Call(posting.VIDEO_INIT)
    init_inbox_video = Call(posting.INBOX_VIDEO_INIT)
    init_photos = Call(posting.CONTENT_INIT)
    status = Call(posting.STATUS)
    cancel = Call(posting.CANCEL)

    publish_video = Steps(publish.publish_video, *_DIRECT, posting.VIDEO_INIT)
    publish_photos = Steps(publish.publish_photos, *_DIRECT, posting.CONTENT_INIT)
    send_to_inbox = Steps(publish.send_to_inbox, posting.INBOX_VIDEO_INIT, posting.STATUS)
    send_photos_to_inbox = Steps(publish.send_photos_to_inbox, posting.CONTENT_INIT, posting.STATUS)
    send_video = Steps(publish.send_video, posting.STATUS)
    wait_for = Steps(publish.wait_for, posting.STATUS)
