"""Content Posting."""

from __future__ import annotations

from stagedoor.platform import posting

from .. import publish
from ..service import Call, M, Service, Steps


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
