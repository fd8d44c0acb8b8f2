"""Display: the connected creator and their public videos."""

from __future__ import annotations

from stagedoor.platform.products import display

from .. import videos
from ..service import Call, M, Service, Walk


class User(Service[M]):
    """The connected creator."""

    info = Call(display.USER_INFO)


class Videos(Service[M]):
    """The connected creator's public videos."""

    list = Call(display.VIDEO_LIST)
    query = Call(display.VIDEO_QUERY)
    all = Walk(videos.all_videos, display.VIDEO_LIST)
    by_id = Walk(videos.videos_by_id, display.VIDEO_QUERY)
