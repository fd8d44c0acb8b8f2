"""Which function answers which operation of Content Posting."""

from __future__ import annotations

from stagedoor.platform.products import posting

from ..calls import Handlers
from . import service

HANDLERS: Handlers = {
    posting.CREATOR_INFO: service.creator_info,
    posting.VIDEO_INIT: service.video_init,
    posting.INBOX_VIDEO_INIT: service.inbox_video_init,
    posting.CONTENT_INIT: service.content_init,
    posting.STATUS: service.status,
    posting.CANCEL: service.cancel,
}
